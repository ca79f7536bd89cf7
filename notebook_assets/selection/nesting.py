"""How deep selections may nest: what walks through them walks down one part inside another."""

from __future__ import annotations

from typing import Any

from notebook_assets.errors import InvalidSelectionError

MOST = 100
DEEP = 20
"""From how many layers on a chain of minus signs is laid flat."""


def set_nesting(whole: Any, *parts: Any) -> None:
    """Keep of a part of a selection that is made from others how many layers it has.

    Raises:
        InvalidSelectionError: It has too many.
    """
    nesting = 1 + max((part.nesting for part in parts), default=0)
    check_nesting(nesting)
    object.__setattr__(whole, "nesting", nesting)  # it is frozen


def check_nesting(layers: int) -> None:
    """Raise InvalidSelectionError where a selection has more parts inside each other than can be looked through.

    >>> check_nesting(3)
    """
    if layers > MOST:
        raise InvalidSelectionError(
            f"The selection has more than {MOST} parts inside each other, as parentheses or operators nest them. "
            "Join many assets by one list, AssetSelection.assets(*keys), or by 'or'; resolve a part of it before."
        )
