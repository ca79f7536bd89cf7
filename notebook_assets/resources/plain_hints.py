"""The annotations of a function that need no evaluation: asking for them the long way takes most of the time."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import FunctionType
from typing import Any

_BUILT_IN = {name: found for name, found in vars(builtins).items() if isinstance(found, type)} | {"None": type(None)}


def plain_hints(fn: Callable[..., Any]) -> dict[str, Any] | None:
    """Return a function's annotations as ``typing.get_type_hints`` does; None where that has to be asked.

    Args:
        fn: The function; only of a plain one, whose annotations are classes, or name built-in ones, is it known.

    >>> def total(rows: int, name: str) -> None: ...
    >>> plain_hints(total)
    {'rows': <class 'int'>, 'name': <class 'str'>, 'return': <class 'NoneType'>}
    >>> def other(rows: list[int]): ...
    >>> plain_hints(other) is None
    True
    """
    if type(fn) is not FunctionType or fn.__dict__:  # it wraps another one, or asks not to be looked at
        return None
    found: dict[str, Any] = {}
    for name, hint in fn.__annotations__.items():
        if hint is None:
            found[name] = type(None)
        elif type(hint) is str:
            if hint not in _BUILT_IN or hint in fn.__globals__:
                return None
            found[name] = _BUILT_IN[hint]
        elif type(hint) is type:
            found[name] = hint
        else:
            return None
    return found
