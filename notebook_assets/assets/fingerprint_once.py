"""Fingerprints that are taken once for a whole question, which may ask for the same code many times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_TAKEN: ContextVar[dict[Any, Any] | None] = ContextVar("fingerprints_taken", default=None)


@contextmanager
def fingerprints_taken_once() -> Iterator[None]:
    """Have the code of each definition looked at once, when first asked for, for all that is asked inside.

    What a run makes is recorded with the code that it began with.

    >>> from notebook_assets import asset
    >>> limit = 1
    >>> @asset
    ... def rows():
    ...     return limit
    >>> with fingerprints_taken_once():
    ...     before = rows.code
    ...     limit = 2
    ...     rows.code == before
    True
    >>> rows.code == before
    False
    """
    token = _TAKEN.set({})
    try:
        yield
    finally:
        _TAKEN.reset(token)


def taken_once(of: Any, take: Callable[[], T]) -> T:
    """Return what is taken of something's code: what was taken inside :func:`fingerprints_taken_once`, or it anew.

    Args:
        of: A definition and what is taken of it, or anything that stands for these.
        take: Takes it.

    >>> taken_once("a definition", lambda: "0123")
    '0123'
    """
    taken = _TAKEN.get()
    if taken is None:
        return take()
    if of not in taken:
        taken[of] = take()
    found: T = taken[of]
    return found
