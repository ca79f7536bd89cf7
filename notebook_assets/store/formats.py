"""How a value becomes bytes and bytes a value: the format follows the type."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from notebook_assets.errors import BrokenValueError, UnsupportedValueError
from notebook_assets.metadata import MetadataValue
from notebook_assets.store.frames import ParquetFormat
from notebook_assets.store.npy import NpyFormat, NpyScalarFormat
from notebook_assets.store.plain import BytesFormat, JsonFormat, TextFormat
from notebook_assets.store.value_facts import value_facts


class Format(Protocol):
    """One way to write values.

    ``name`` is what the store records, ``suffix`` what the file ends in, ``executes`` whether reading can run code:
    what does is signed, and read only with a valid signature.
    """

    name: str
    suffix: str
    executes: bool

    def encode(self, value: Any) -> bytes | None:
        """Return the bytes, or ``None`` where this format would not give back exactly this value."""

    def decode(self, data: bytes) -> Any:
        """Return the value, a new object that the caller may change."""


class PickleFormat:
    """What no other format keeps: any object that Python can pickle."""

    name = "pickle"
    suffix = "pickle"
    executes = True

    def encode(self, value: Any) -> bytes:
        """Return the pickle; what can't be pickled raises whatever pickle raises."""
        return pickle.dumps(value, protocol=5)

    def decode(self, data: bytes) -> Any:
        """Return the object; only to be called for a pickle whose signature is valid."""
        return pickle.loads(data)  # noqa: S301  (signed: see signing.py)


FORMATS: tuple[Format, ...] = (
    JsonFormat(),
    TextFormat(),
    BytesFormat(),
    ParquetFormat(),
    NpyFormat(),
    NpyScalarFormat(),
    PickleFormat(),
)
"""Every format; a value gets the first that keeps it exactly."""

_WITH_FACTS = ("parquet", "npy", "pickle")
_BY_NAME = {form.name: form for form in FORMATS}


@dataclass(frozen=True)
class EncodedValue:
    """A value as bytes.

    Args:
        format: The name of its format.
        type_name: The value's type, with its module unless it is built in.
        data: The bytes.
        digest: Identifies format and bytes; two equal digests are two equal values.
        facts: What is recorded of it besides: rows and columns of a table, say. None where there is nothing.
    """

    format: str
    type_name: str
    data: bytes
    digest: str
    facts: Mapping[str, MetadataValue] | None = None


def encode(value: Any, where: str) -> EncodedValue:
    """Return ``value`` in the first format that keeps it exactly; ``where`` names it in an error.

    Raises:
        UnsupportedValueError: No format can keep it.

    >>> encode(3, "daily").format, encode((1, 2), "daily").format
    ('json', 'pickle')
    """
    for form in FORMATS:
        try:
            data = form.encode(value)
        except Exception as error:
            raise UnsupportedValueError(_not_kept(value, where, error)) from error
        if data is not None:
            facts = value_facts(value) if form.name in _WITH_FACTS else None
            return EncodedValue(form.name, type_name(value), data, digest_of(form.name, data), facts)
    raise AssertionError("the last format takes every value or raises")


def _not_kept(value: Any, where: str, error: Exception) -> str:
    return (
        f"The value of {where}, of type {type_name(value)}, can't be stored: {error}. Return something that can be "
        "pickled (no open file, connection, generator, lambda or local class), or give the asset an IO manager."
    )


def decode(format_name: str, data: bytes, what: str) -> Any:
    """Return the value that ``data`` holds; ``what`` names it in an error. Pickles are the caller's to check first.

    Raises:
        BrokenValueError: The bytes can't be read.

    >>> decode("json", b"[1, 2]", "daily")
    [1, 2]
    """
    form = format_called(format_name, what)
    try:
        return form.decode(data)
    except Exception as error:
        hint = " Define or import in this notebook what it is made of." if form.executes else ""
        raise BrokenValueError(
            f"The value of {what} can't be read as {format_name}: {type(error).__name__}: {error}.{hint}"
        ) from error


def format_called(name: str, what: str) -> Format:
    """Return the format of that name.

    Raises:
        BrokenValueError: There is none.

    >>> format_called("parquet", "daily").suffix
    'parquet'
    """
    form = _BY_NAME.get(name)
    if form is None:
        raise BrokenValueError(f"The value of {what} is in the format {name!r}; known are {', '.join(_BY_NAME)}.")
    return form


def digest_of(format_name: str, data: bytes) -> str:
    """Return 32 hexadecimal digits that identify these bytes in this format.

    >>> len(digest_of("json", b"1")), digest_of("json", b"1") == digest_of("text", b"1")
    (32, False)
    """
    return hashlib.blake2b(data, digest_size=16, person=format_name.encode()).hexdigest()


def new_digest(format_name: str) -> hashlib.blake2b:
    """Return what gives the digest of :func:`digest_of` for bytes that come in chunks.

    >>> chunks = new_digest("json")
    >>> chunks.update(b"[1, ")
    >>> chunks.update(b"2]")
    >>> chunks.hexdigest() == digest_of("json", b"[1, 2]")
    True
    """
    return hashlib.blake2b(digest_size=16, person=format_name.encode())


def type_name(value: Any) -> str:
    """Return the name of the value's type, with its module unless it is built in.

    >>> type_name(3), type_name(FORMATS[0])
    ('int', 'notebook_assets.store.plain.JsonFormat')
    """
    kind = type(value)
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
