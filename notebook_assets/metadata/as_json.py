"""Metadata as the store keeps it: JSON, from which all comes back equal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.metadata.cutting import cut_text
from notebook_assets.metadata.value_base import MetadataValue, kind_named

_NO_JSON_NUMBERS = ("nan", "inf", "-inf")


def metadata_to_json(metadata: Mapping[str, MetadataValue]) -> str:
    """Return the JSON form that the store keeps; NaN and infinity become text, and long texts are cut.

    >>> metadata_to_json({"rows": MetadataValue.int(3)})
    '{"rows": ["int", 3]}'
    """
    if not metadata:
        return "{}"
    return json.dumps({name: [entry.kind, _json_safe(entry.plain())] for name, entry in metadata.items()}, default=str)


def _json_safe(value: Any) -> Any:
    if isinstance(value, str):
        return cut_text(value)
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def metadata_from_json(text: str) -> dict[str, MetadataValue]:
    """Return the metadata that :func:`metadata_to_json` wrote; what can't be read as what it should be, as text.

    So a value that another program or a newer version has written keeps nothing else from being read.

    >>> metadata_from_json('{"rows": ["int", 3], "ratio": ["float", "inf"]}')["ratio"].value
    inf
    >>> metadata_from_json('{"rows": ["int", "twelve"]}')["rows"]
    TextMetadataValue(text='twelve')
    """
    if text == "{}":
        return {}
    try:
        entries = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        return {"unreadable": MetadataValue.text(str(text))}
    return {name: _read(entry) for name, entry in entries.items()}


def _read(entry: Any) -> MetadataValue:
    if not isinstance(entry, list) or len(entry) != 2:
        return MetadataValue.text(json.dumps(entry))
    kind, value = entry
    if kind == "float" and value in _NO_JSON_NUMBERS:
        value = float(value)
    try:
        return kind_named(kind).from_plain(value)
    except (InvalidDefinitionError, TypeError):  # the kind itself may be no text
        return MetadataValue.text(value if isinstance(value, str) else json.dumps(value))
