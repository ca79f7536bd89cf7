"""Hints for keys that name one dimension alone where partitions have several."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import NotebookAssetsError
from notebook_assets.partitions import MultiPartitionsDefinition, PartitionsDefinition, parse_partitions


def slice_hint(definition: PartitionsDefinition, written: Any) -> str:
    """Return how to write all partitions with one part, where a text names that part only; else nothing.

    Args:
        definition: Whose partitions.
        written: What was written and names no partition: a text such as ``LGA`` or ``{"airport": "LGA"}``, or several.

    >>> from notebook_assets import StaticPartitionsDefinition
    >>> airports, days = StaticPartitionsDefinition(["JFK", "LGA"]), StaticPartitionsDefinition(["1", "2"])
    >>> slice_hint(MultiPartitionsDefinition({"airport": airports, "day": days}), "LGA")
    " For all with 'airport': 'LGA' write LGA|1...LGA|2, or materialize(..., partitions={'airport': 'LGA'})."
    """
    if not isinstance(definition, MultiPartitionsDefinition):
        return ""
    for text in written if isinstance(written, list | tuple) else [written]:
        wanted = _meant(definition, text) if isinstance(text, str) else {}
        try:
            named = parse_partitions(definition, wanted) if wanted else None
        except NotebookAssetsError:
            continue
        if named:
            first, last = (named.partitions_def.key_at(int(named.positions()[end])) for end in (0, -1))
            which = ", ".join(f"{name!r}: {part!r}" for name, part in wanted.items())
            return f" For all with {which} write {first}...{last}, or materialize(..., partitions={wanted!r})."
    return ""


def _meant(definition: MultiPartitionsDefinition, text: str) -> dict[str, Any]:
    """Return the dict that a text is, or the dimension that has it as a key."""
    if text.startswith("{"):
        try:
            read = literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return {}
        return dict(read) if isinstance(read, Mapping) else {}
    there = definition.settled()
    names = there.partition_dimension_names if isinstance(there, MultiPartitionsDefinition) else ()
    for name in names:
        if definition.get_partitions_def_for_dimension(name).settled().find_position(text) is not None:
            return {name: text}
    return {}
