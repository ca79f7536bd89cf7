"""Plain Python values as metadata: which kind each of them becomes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata.table_parts import TableColumnLineage, TableSchema
from notebook_assets.metadata.value_base import MetadataValue


def normalize_metadata(metadata: Mapping[str, Any] | None, where: str = "metadata") -> dict[str, MetadataValue]:
    """Return ``metadata`` with each plain Python value as a :class:`MetadataValue`.

    Args:
        metadata: Names and values; ``None`` counts as none.
        where: What the metadata belongs to, for the error.

    Raises:
        InvalidDefinitionError: A name is no string, or a value is of a kind that can't be kept.

    >>> normalize_metadata({"rows": 3})["rows"]
    IntMetadataValue(value=3)
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
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a NumPy number
        return _normalized(name, value.item(), where)
    for types, make in _MAKERS:
        if isinstance(value, types):
            return make(value)
    if isinstance(value, dict | list | tuple):
        try:
            return MetadataValue.json(value)
        except InvalidDefinitionError as error:
            raise InvalidDefinitionError(f"{where} {name!r} can't be kept as JSON: {error}") from None
    raise InvalidDefinitionError(
        f"{where} {name!r} is of type {type(value).__name__}, which metadata can't keep; "
        "give text, a number, a bool, a date, a path, a list, a dict, or a MetadataValue."
    )


_MAKERS: tuple[tuple[type, Callable[[Any], MetadataValue]], ...] = (
    (str, MetadataValue.text),
    (bool, MetadataValue.bool),
    (int, MetadataValue.int),
    (float, MetadataValue.float),
    (datetime, MetadataValue.timestamp),
    (date, lambda value: MetadataValue.text(value.isoformat())),
    (AssetKey, MetadataValue.asset),
    (os.PathLike, MetadataValue.path),
    (TableSchema, MetadataValue.table_schema),
    (TableColumnLineage, MetadataValue.column_lineage),
)
"""Which types become which kind: the first that fits, so that a bool is no int and a datetime no date."""
