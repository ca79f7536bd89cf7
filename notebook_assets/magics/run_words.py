"""How a run is carried out, as it is typed: --dry-run, --background, --executor, --workers, --newest, --timeout."""

from __future__ import annotations

import math
from typing import Any

from notebook_assets.magics.options import Arguments


def how(arguments: Arguments) -> dict[str, Any]:
    """Return what a line says of how its run is carried out, as the functions take it.

    Args:
        arguments: The line of a magic that has these options.

    Raises:
        MagicUsageError: A number is none, or two options don't go together.

    >>> from notebook_assets.magics.options import parse
    >>> from notebook_assets.magics.specs import RESUME
    >>> how(parse(RESUME, "--newest --workers 4"))["order"]
    'newest'
    """
    if arguments.has("--dry-run") and arguments.has("--background"):
        raise arguments.error("--background", "A dry run makes nothing that could go on in the background.")
    return {
        "dry_run": arguments.has("--dry-run"),
        "background": arguments.has("--background"),
        "executor": arguments.text("--executor"),
        "max_workers": whole_number(arguments, "--workers"),
        "timeout": seconds(arguments, "--timeout"),
        "order": "newest" if arguments.has("--newest") else "oldest",
    }


def whole_number(arguments: Arguments, name: str) -> int | None:
    """Return an argument that is a whole number from 1 on; None if it was not typed.

    Args:
        arguments: The line.
        name: The argument.

    Raises:
        MagicUsageError: It is something else.
    """
    text = arguments.text(name)
    if text is None:
        return None
    if not text.isdecimal() or not int(text):
        raise arguments.error(name, f"{name} is a whole number from 1 on; got {text!r}.")
    return int(text)


def seconds(arguments: Arguments, name: str) -> float | None:
    """Return an argument that is a number of seconds above zero; None if it was not typed.

    Args:
        arguments: The line.
        name: The argument.

    Raises:
        MagicUsageError: It is something else.
    """
    text = arguments.text(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise arguments.error(name, f"{name} is a number of seconds, such as 60 or 0.5; got {text!r}.")
    return number
