"""Metadata values: what may be attached to a definition or to a materialization, and how it is kept as JSON."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey

_Seconds: TypeAlias = float  # inside MetadataValue, float is the method


@dataclass(frozen=True)
class MetadataValue:
    """One metadata value and its kind, which decides how it is shown.

    Made by the static methods, or from a plain Python value by :func:`normalize_metadata`.

    >>> MetadataValue.url("https://example.org").kind
    'url'
    """

    kind: str
    value: Any

    @staticmethod
    def text(text: str) -> MetadataValue:
        """A plain text."""
        return MetadataValue("text", str(text))

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
        return MetadataValue("url", str(url))

    @staticmethod
    def path(path: str | os.PathLike[str]) -> MetadataValue:
        """A path in a file system."""
        return MetadataValue("path", os.fspath(path))

    @staticmethod
    def json(data: Any) -> MetadataValue:
        """Anything that JSON can hold."""
        return MetadataValue("json", data)

    @staticmethod
    def md(data: str) -> MetadataValue:
        """A text in Markdown."""
        return MetadataValue("md", str(data))

    @staticmethod
    def timestamp(value: datetime | _Seconds) -> MetadataValue:
        """A moment: an aware datetime, or seconds since 1970 in UTC.

        Raises:
            InvalidDefinitionError: A datetime without a time zone, which names no moment.
        """
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                raise InvalidDefinitionError(
                    f"A timestamp needs a time zone; got {value!r}. Give it one by value.replace(tzinfo=...)."
                )
            return MetadataValue("timestamp", value.timestamp())
        return MetadataValue("timestamp", float(value))

    @staticmethod
    def asset(asset_key: CoercibleToAssetKey) -> MetadataValue:
        """Another asset."""
        return MetadataValue("asset", AssetKey.from_coercible(asset_key).path)

    @staticmethod
    def null() -> MetadataValue:
        """Nothing."""
        return MetadataValue("null", None)

    @property
    def is_number(self) -> Any:  # inside this class, bool is the method
        """Whether it can be plotted."""
        return self.kind in ("int", "float")


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
        try:  # as it will be read back: a copy, with numbers that JSON lacks as text
            return MetadataValue.json(json.loads(json.dumps(value), parse_constant=str))
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidDefinitionError(f"{where} {name!r} can't be kept as JSON: {error}.") from None
    raise InvalidDefinitionError(
        f"{where} {name!r} is of type {type(value).__name__}, which metadata can't keep; "
        "give text, a number, a bool, a date, a path, a list, a dict, or a MetadataValue."
    )


def metadata_to_json(metadata: Mapping[str, MetadataValue]) -> str:
    """Return the JSON form that the store keeps; numbers that JSON lacks (NaN, infinity) become text."""
    if not metadata:
        return "{}"
    return json.dumps({name: [entry.kind, _json_safe(entry.value)] for name, entry in metadata.items()}, default=str)


def _json_safe(value: Any) -> Any:
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def metadata_from_json(text: str) -> dict[str, MetadataValue]:
    """Return the metadata that :func:`metadata_to_json` wrote.

    >>> metadata_from_json(metadata_to_json(normalize_metadata({"rows": 3, "ratio": float("inf")})))["ratio"].value
    inf
    """
    if text == "{}":
        return {}
    return {
        name: MetadataValue(kind, float(value) if kind == "float" else value)
        for name, (kind, value) in json.loads(text).items()
    }
