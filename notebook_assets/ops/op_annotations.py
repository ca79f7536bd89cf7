"""The annotations of ops and composition functions."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Any


def annotations_of(fn: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the annotations of a function, resolved where they resolve.

    >>> def double(number: "int"): ...
    >>> annotations_of(double)
    {'number': <class 'int'>}
    """
    try:
        return typing.get_type_hints(fn)
    except Exception:  # any annotation may raise anything when evaluated
        return dict(getattr(fn, "__annotations__", {}))
