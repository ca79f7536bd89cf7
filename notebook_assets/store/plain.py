"""Values that are kept as themselves: text, bytes, and what JSON gives back exactly."""

from __future__ import annotations

import json
import math
from typing import Any

_LARGEST_INT_BITS = 10_000  # Python refuses to read integers of more than 4,300 digits
_SCALARS = (str, int, bool, type(None), float)


class TextFormat:
    """A string, as UTF-8."""

    name = "text"
    suffix = "txt"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the UTF-8 form of a string that has one.

        >>> TextFormat().encode("é")
        b'\\xc3\\xa9'
        """
        return _utf8(value) if type(value) is str else None

    def decode(self, data: bytes) -> str:
        """Return the string."""
        return data.decode("utf-8")


class BytesFormat:
    """Bytes, as they are."""

    name = "bytes"
    suffix = "bin"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the bytes themselves."""
        return value if type(value) is bytes else None

    def decode(self, data: bytes) -> bytes:
        """Return the bytes themselves."""
        return bytes(data)


class JsonFormat:
    """None, booleans, numbers, and lists and dicts of these and strings, where JSON gives back the very same."""

    name = "json"
    suffix = "json"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the JSON form, or ``None`` where reading it would give something else (tuples, NaN, integer keys).

        >>> JsonFormat().encode({"a": [1, None]}), JsonFormat().encode({1: 2}), JsonFormat().encode((1,))
        (b'{"a": [1, null]}', None, None)
        """
        kind = type(value)
        if kind not in (dict, list, int, float, bool, type(None)):
            return None
        try:
            return _utf8(json.dumps(value, ensure_ascii=False)) if _is_exact(value) else None
        except (ValueError, RecursionError):  # circular or very deep
            return None

    def decode(self, data: bytes) -> Any:
        """Return the value."""
        return json.loads(data)


def _is_exact(value: Any) -> bool:
    kind = type(value)
    if kind is int:
        return bool(value.bit_length() <= _LARGEST_INT_BITS)
    if kind is float:
        return math.isfinite(value)
    if kind is list:
        return all(map(_is_exact, value))
    if kind is dict:
        return all(type(name) is str for name in value) and all(map(_is_exact, value.values()))
    return kind in _SCALARS


def _utf8(text: str) -> bytes | None:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        return None
