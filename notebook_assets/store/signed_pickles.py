"""Pickles that carry their signature: behind the pickle, where whoever else reads the file does not look."""

from __future__ import annotations

import pickle
from typing import Any

from notebook_assets.errors import BrokenValueError, UnsupportedValueError, UntrustedPickleError
from notebook_assets.store.formats import type_name
from notebook_assets.store.signing import is_signed, sign

MARK = b"\nnotebook_assets signed this pickle\n"
"""What stands between a pickle, which knows its own end, and its signature."""

_SIGNATURE_BYTES = 32


def to_signed_pickle(value: Any, what: str) -> bytes:
    """Return the pickle of a value, followed by its signature with this user's key.

    Args:
        value: The value.
        what: Its name, for an error.

    Raises:
        UnsupportedValueError: It can't be pickled.

    >>> import pickle
    >>> pickle.loads(to_signed_pickle([1, 2], "daily"))
    [1, 2]
    """
    try:
        data = pickle.dumps(value, protocol=5)
    except Exception as error:
        raise UnsupportedValueError(
            f"The value of {what}, of type {type_name(value)}, can't be pickled: {error}. Return something that can be "
            "(no open file, connection, generator, lambda or local class), or nothing."
        ) from error
    return b"".join((data, MARK, sign(data)))


def from_signed_pickle(data: bytes, what: str, *, trust: bool = False) -> Any:
    """Return the value of a pickle that this user signed.

    Args:
        data: The bytes of the file.
        what: Its name, for an error.
        trust: Whether pickles that others made are read too.

    Raises:
        UntrustedPickleError: It was not signed, or was changed since; it was not opened.
        BrokenValueError: It can't be read.

    >>> from_signed_pickle(to_signed_pickle([1, 2], "daily"), "daily")
    [1, 2]
    """
    start, is_marked = _mark_in(data)
    if not trust and not is_signed_pickle(data):
        why = "was changed after it was signed, or signed by someone else" if is_marked else "was not signed here"
        raise UntrustedPickleError(
            f"The pickle of {what} {why}, and reading a pickle can run any code. If you know where it comes from (a "
            "Dagster installation of yours, say), give the IO manager trust=True; or materialize it again."
        )
    try:
        return pickle.loads(data[:start] if is_marked else data)  # noqa: S301  (signed, or trusted)
    except Exception as error:
        raise BrokenValueError(
            f"The pickle of {what} can't be read: {type(error).__name__}: {error}. Define or import in this notebook "
            "what it is made of."
        ) from error


def is_signed_pickle(data: bytes) -> bool:
    """Whether these are the bytes of a pickle that this user signed, whole and unaltered.

    >>> is_signed_pickle(to_signed_pickle([1, 2], "daily")), is_signed_pickle(b"my notes")
    (True, False)
    """
    start, is_marked = _mark_in(data)
    return is_marked and is_signed(data[:start], data[start + len(MARK) :])


def looks_like_pickle(data: bytes) -> bool:
    """Whether these may be the bytes of a pickle by whomever, judged by its first and its last byte; it is not opened.

    >>> looks_like_pickle(pickle.dumps([1, 2])), looks_like_pickle(b"my notes.")
    (True, False)
    """
    start, is_marked = _mark_in(data)
    own = data[:start] if is_marked else data
    return own.startswith(pickle.PROTO) and own.endswith(pickle.STOP)


def _mark_in(data: bytes) -> tuple[int, bool]:
    """Return where the mark stands, or would, and whether it is there."""
    start = len(data) - _SIGNATURE_BYTES - len(MARK)
    return start, start > 0 and data[start : start + len(MARK)] == MARK
