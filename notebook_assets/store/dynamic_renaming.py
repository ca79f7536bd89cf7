"""Giving one of the dynamic partitions another key: what was made for it stays with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError, did_you_mean

_TABLES = ("pieces", "materializations", "failures", "check_results", "observations", "step_outputs")
_BETWEEN = "|"  # dimensions, in keys of several


def rename_key(connection: sqlite3.Connection, definition_id: int, name: str, old: str, new: str) -> None:
    """Rename a key inside a transaction; it keeps its place.

    Args:
        connection: The database.
        definition_id: The number of the definition.
        name: Its name.
        old: The key.
        new: What it is to be called.

    Raises:
        UnknownPartitionError: There is no such key.
        InvalidInvocationError: There is a key ``new`` already, or something was recorded for one that is gone.
    """
    keys = [row[0] for row in connection.execute(_KEYS, (definition_id,))]
    if old not in keys:
        raise UnknownPartitionError(
            f"The dynamic partitions {name!r} have no key {old!r}; they have {len(keys):,}.{did_you_mean(old, keys)}"
        )
    if new in keys:
        raise InvalidInvocationError(f"The dynamic partitions {name!r} have a key {new!r} already.")
    connection.execute(
        "UPDATE dynamic_partitions SET partition = ? WHERE definition_id = ? AND partition = ?",
        (new, definition_id, old),
    )
    for asset_id, key, partitions in _partitioned_by(connection, name):
        for before, after in _renamed(connection, asset_id, partitions, name, (old, new)):
            taken = "SELECT 1 FROM pieces WHERE asset_id = ? AND partition = ?"
            if connection.execute(taken, (asset_id, after)).fetchone():
                raise InvalidInvocationError(
                    f"{key}[{after}] was recorded already, for a key that was deleted since. Forget it first: "
                    f"instance.wipe({key!r}, {after!r})."
                )
            for table in _TABLES:
                connection.execute(
                    f"UPDATE {table} SET partition = ? WHERE asset_id = ? AND partition = ?",  # noqa: S608
                    (after, asset_id, before),
                )


_KEYS = "SELECT partition FROM dynamic_partitions WHERE definition_id = ?"


def _partitioned_by(connection: sqlite3.Connection, name: str) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield number, key and partitions of the assets of which a definition of dynamic partitions is one, or a part."""
    rows = connection.execute("SELECT id, key, partitions FROM assets WHERE partitions IS NOT NULL").fetchall()
    for asset_id, key, text in rows:
        partitions = json.loads(text)
        if isinstance(partitions, dict) and True in _places(partitions, name):
            yield asset_id, key, partitions


def _places(partitions: Mapping[str, Any], name: str) -> list[bool]:
    """Return for each dimension of a definition, sorted by their names, whether it is the one of a name."""
    dimensions = partitions.get("partitions_defs")
    parts = [partitions] if dimensions is None else [dimensions[dimension] for dimension in sorted(dimensions)]
    return [part.get("type") == "DynamicPartitionsDefinition" and part.get("name") == name for part in parts]


def _renamed(
    connection: sqlite3.Connection, asset_id: int, partitions: Mapping[str, Any], name: str, keys: tuple[str, str]
) -> list[tuple[str, str]]:
    """Return the recorded partitions of an asset that change, each with what it is called then."""
    places, (old, new) = _places(partitions, name), keys
    if len(places) == 1:
        return [(old, new)]
    found = []
    query = " UNION ".join(f"SELECT partition FROM {table} WHERE asset_id = ?1" for table in _TABLES)  # noqa: S608
    for (partition,) in connection.execute(query, (asset_id,)).fetchall():
        parts = partition.split(_BETWEEN)
        after = [new if part == old and is_it else part for part, is_it in zip(parts, places, strict=False)]
        if len(parts) == len(places) and after != parts:
            found.append((partition, _BETWEEN.join(after)))
    return found
