"""Fingerprints that are taken once for a whole question, which may ask for the same code many times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from notebook_assets.assets.fingerprint import CodeFingerprint

_TAKEN: ContextVar[dict[Any, CodeFingerprint] | None] = ContextVar("fingerprints_taken", default=None)


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


def taken_once(definition: Any, take: Callable[[], CodeFingerprint]) -> CodeFingerprint:
    """Return a definition's fingerprint: the one that was taken inside :func:`fingerprints_taken_once`, or a new one.

    >>> taken_once("a definition", lambda: CodeFingerprint("0123", {})).digest
    '0123'
    """
    taken = _TAKEN.get()
    if taken is None:
        return take()
    if definition not in taken:
        taken[definition] = take()
    return taken[definition]
