"""Whether a process in which functions were called can be used for another run."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def is_as_new(before: Iterable[str], streams: tuple[Any, Any]) -> bool:
    """Whether the streams are as they were, and no modules of a person's own are loaded, which may be other ones then.

    Args:
        before: The names of the modules that were loaded at first.
        streams: What was ``sys.stdout`` and ``sys.stderr`` then.

    >>> is_as_new(sys.modules, (sys.stdout, sys.stderr)), is_as_new(sys.modules, (None, None))
    (True, False)
    """
    if any(now is not then or then.closed for now, then in zip((sys.stdout, sys.stderr), streams, strict=True)):
        return False
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    known = (*(sysconfig.get_path(name) for name in names), str(Path(__file__).parents[1]))
    return all(
        _is_from(sys.modules[name], known) for name in set(sys.modules).difference(before) if name in sys.modules
    )


def _is_from(module: Any, known: tuple[str, ...]) -> bool:
    file = getattr(module, "__file__", None)
    if file is not None:
        return str(file).startswith(known)
    return all(str(folder).startswith(known) for folder in getattr(module, "__path__", ()))
