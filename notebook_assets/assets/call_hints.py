"""Calls whose arguments don't fit are refused with the argument that may have been meant."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from notebook_assets.errors import did_you_mean

P = ParamSpec("P")
T = TypeVar("T")


def with_call_hints(by_place: str = "", **elsewhere: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Have a function say more of arguments that it does not take; they are a TypeError still.

    Args:
        by_place: What to write where more is given by place than the function takes.
        elsewhere: Where a name belongs that is no argument of the function.

    >>> @with_call_hints(by_place="write box(size=...).")
    ... def box(*, size=1): ...
    >>> box(sise=2)
    Traceback (most recent call last):
    TypeError: box() has no argument 'sise'. Did you mean 'size'?
    >>> box(2)
    Traceback (most recent call last):
    TypeError: box() takes that by name only: write box(size=...).
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        parameters = inspect.signature(function).parameters

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            __tracebackhide__ = True  # IPython leaves this frame out
            if wrong := next((name for name in kwargs if name not in parameters), None):
                raise TypeError(_told(function.__name__, wrong, parameters, elsewhere))
            if by_place and len(args) > sum(each.kind is not each.KEYWORD_ONLY for each in parameters.values()):
                raise TypeError(f"{function.__name__}() takes that by name only: {by_place}")
            return function(*args, **kwargs)

        return call

    return decorate


def _told(function: str, wrong: str, known: Mapping[str, object], elsewhere: Mapping[str, str]) -> str:
    hint = f" {elsewhere[wrong]}" if wrong in elsewhere else did_you_mean(wrong, known)
    return f"{function}() has no argument {wrong!r}.{hint}"
