"""Metadata values: what may be attached to a definition or to a materialization, and how it is kept as JSON."""

from __future__ import annotations

import json
import math
import operator
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError, NotebookAssetsError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey

_Seconds: TypeAlias = float  # inside MetadataValue, float is the method

LONGEST_TEXT = 64 * 1024
"""Characters of the longest text that the store keeps of metadata, of an error's message or of its traceback."""


@dataclass(frozen=True)
class MetadataValue:
    """One metadata value and its kind, which decides how it is shown.

    Made by the static methods, or from a plain Python value by :func:`normalize_metadata`.

    Raises:
        InvalidDefinitionError: The value is none of its kind, or there is no such kind.

    >>> MetadataValue.url("https://example.org").kind
    'url'
    >>> MetadataValue.float("12 rows")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidDefinitionError: MetadataValue.float takes a number; got '12 rows'.
    """

    kind: str
    value: Any

    def __post_init__(self) -> None:
        check = _CHECKS.get(self.kind)
        if check is None:
            raise InvalidDefinitionError(f"Metadata is of one of the kinds {', '.join(_CHECKS)}; got {self.kind!r}.")
        wanted, checked = check
        try:
            value = checked(self.value)
        except (TypeError, ValueError, OverflowError, OSError, RecursionError, NotebookAssetsError) as error:
            why = f" ({error})" if self.kind == "json" else ""
            raise InvalidDefinitionError(
                f"MetadataValue.{self.kind} takes {wanted}; got {_shown(self.value)}{why}."
            ) from None
        object.__setattr__(self, "value", value)

    @staticmethod
    def text(text: str) -> MetadataValue:
        """A plain text."""
        return MetadataValue("text", text)

    @staticmethod
    def int(value: int) -> MetadataValue:
        """A whole number; plotted over partitions."""
        return MetadataValue("int", value)

    @staticmethod
    def float(value: float) -> MetadataValue:
        """A number; plotted over partitions."""
        return MetadataValue("float", value)

    @staticmethod
    def bool(value: bool) -> MetadataValue:
        """True or false."""
        return MetadataValue("bool", value)

    @staticmethod
    def url(url: str) -> MetadataValue:
        """An address, shown as a link."""
        return MetadataValue("url", url)

    @staticmethod
    def path(path: str | os.PathLike[str]) -> MetadataValue:
        """A path in a file system."""
        return MetadataValue("path", path)

    @staticmethod
    def json(data: Any) -> MetadataValue:
        """Anything that JSON can hold; a copy is kept, with numbers that JSON lacks as text."""
        return MetadataValue("json", data)

    @staticmethod
    def md(data: str) -> MetadataValue:
        """A text in Markdown."""
        return MetadataValue("md", data)

    @staticmethod
    def timestamp(value: datetime | _Seconds) -> MetadataValue:
        """A moment: an aware datetime, or seconds since 1970 in UTC.

        Raises:
            InvalidDefinitionError: A datetime without a time zone, which names no moment.
        """
        if isinstance(value, datetime) and value.utcoffset() is None:
            raise InvalidDefinitionError(
                f"A timestamp needs a time zone; got {value!r}. Give it one by value.replace(tzinfo=...)."
            )
        return MetadataValue("timestamp", value)

    @staticmethod
    def asset(asset_key: CoercibleToAssetKey) -> MetadataValue:
        """Another asset."""
        return MetadataValue("asset", asset_key)

    @staticmethod
    def null() -> MetadataValue:
        """Nothing."""
        return MetadataValue("null", None)

    @property
    def is_number(self) -> Any:  # inside this class, bool is the method
        """Whether it can be plotted."""
        return self.kind in ("int", "float")


def _whole_number(value: Any) -> int:
    number = operator.index(value)
    str(number)  # more digits than Python writes can't be kept
    return number


def _number(value: Any) -> float:
    if isinstance(value, str | bytes):
        raise TypeError
    return float(value)


def _truth(value: Any) -> bool:
    plain = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    if not isinstance(plain, bool):
        raise TypeError
    return plain


def _json_copy(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_constant=str)  # as it will be read back


def _moment(value: Any) -> float:
    seconds = value.timestamp() if isinstance(value, datetime) else _number(value)
    datetime.fromtimestamp(seconds, UTC)  # raises for what no datetime can hold
    return seconds


def _nothing(value: Any) -> None:
    if value is not None:
        raise TypeError


_CHECKS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "text": ("a text", str),
    "int": ("a whole number", _whole_number),
    "float": ("a number", _number),
    "bool": ("True or False", _truth),
    "url": ("an address", str),
    "path": ("a path", os.fsdecode),
    "json": ("what JSON can hold", _json_copy),
    "md": ("a text", str),
    "timestamp": ("an aware datetime or seconds since 1970", _moment),
    "asset": ("an asset key", lambda value: AssetKey.from_coercible(value).path),
    "null": ("None", _nothing),
}
"""What each kind of value takes, in words, and what checks a value and gives it back as it is kept."""


def _shown(value: Any) -> str:
    """Return a value's repr, cut; only its type where it has none."""
    try:
        return cut_text(repr(value), 200)
    except Exception:  # what a repr raises is no concern here
        return f"an object of type {type(value).__name__}"


def normalize_metadata(metadata: Mapping[str, Any] | None, where: str = "metadata") -> dict[str, MetadataValue]:
    """Return ``metadata`` with each plain Python value as a :class:`MetadataValue`.

    Args:
        metadata: Names and values; ``None`` counts as none.
        where: What the metadata belongs to, for the error.

    Raises:
        InvalidDefinitionError: A name is no string, or a value is of a kind that can't be kept.

    >>> normalize_metadata({"rows": 3})["rows"]
    MetadataValue(kind='int', value=3)
    """
    return {_checked_name(name, where): _normalized(name, value, where) for name, value in (metadata or {}).items()}


def _checked_name(name: Any, where: str) -> str:
    if not isinstance(name, str):
        raise InvalidDefinitionError(f"The names in the {where} are strings; got {name!r}.")
    return name


def _normalized(name: str, value: Any, where: str) -> MetadataValue:
    if isinstance(value, MetadataValue):
        return value
    if value is None:
        return MetadataValue.null()
    if isinstance(value, bool):
        return MetadataValue.bool(value)
    if isinstance(value, str):
        return MetadataValue.text(value)
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a NumPy number
        return _normalized(name, value.item(), where)
    if isinstance(value, int):
        return MetadataValue.int(value)
    if isinstance(value, float):
        return MetadataValue.float(value)
    if isinstance(value, datetime):
        return MetadataValue.timestamp(value)
    if isinstance(value, date):
        return MetadataValue.text(value.isoformat())
    if isinstance(value, AssetKey):
        return MetadataValue.asset(value)
    if isinstance(value, os.PathLike):
        return MetadataValue.path(value)
    if isinstance(value, dict | list | tuple):
        try:
            return MetadataValue.json(value)
        except InvalidDefinitionError as error:
            raise InvalidDefinitionError(f"{where} {name!r} can't be kept as JSON: {error}") from None
    raise InvalidDefinitionError(
        f"{where} {name!r} is of type {type(value).__name__}, which metadata can't keep; "
        "give text, a number, a bool, a date, a path, a list, a dict, or a MetadataValue."
    )


def cut_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return ``text``, without its middle where it has more than ``longest`` characters, and with a note of that.

    >>> cut_text("abcdefghij", 4)
    'ab\\n[... 6 of 10 characters are left out ...]\\nij'
    """
    if len(text) <= longest:
        return text
    half = longest // 2
    note = f"[... {len(text) - 2 * half:,} of {len(text):,} characters are left out ...]"
    return f"{text[:half]}\n{note}\n{text[-half:]}"


def metadata_to_json(metadata: Mapping[str, MetadataValue]) -> str:
    """Return the JSON form that the store keeps; NaN and infinity become text, and long texts are cut."""
    if not metadata:
        return "{}"
    return json.dumps({name: [entry.kind, _json_safe(entry.value)] for name, entry in metadata.items()}, default=str)


def _json_safe(value: Any) -> Any:
    if isinstance(value, str):
        return cut_text(value)
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def metadata_from_json(text: str) -> dict[str, MetadataValue]:
    """Return the metadata that :func:`metadata_to_json` wrote; what can't be read as what it should be, as text.

    So a value that another program or a newer version has written keeps nothing else from being read.

    >>> metadata_from_json(metadata_to_json(normalize_metadata({"rows": 3, "ratio": float("inf")})))["ratio"].value
    inf
    >>> metadata_from_json('{"rows": ["int", "twelve"]}')["rows"]
    MetadataValue(kind='text', value='twelve')
    """
    if text == "{}":
        return {}
    try:
        entries = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        return {"unreadable": MetadataValue.text(text)}
    return {name: _read(entry) for name, entry in entries.items()}


def _read(entry: Any) -> MetadataValue:
    if not isinstance(entry, list) or len(entry) != 2:
        return MetadataValue.text(json.dumps(entry))
    kind, value = entry
    if kind == "float" and value in _NO_JSON_NUMBERS:
        value = float(value)
    try:
        return MetadataValue(kind, value)
    except (InvalidDefinitionError, TypeError):  # the kind itself may be no text
        return MetadataValue.text(value if isinstance(value, str) else json.dumps(value))


_NO_JSON_NUMBERS = ("nan", "inf", "-inf")
