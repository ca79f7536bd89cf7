"""Giving one of the dynamic partitions another key: what was made for it stays with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
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
        changes = _renamed(connection, asset_id, partitions, name, (old, new))
        _rewrite_reads(connection, asset_id, dict(changes), keys)
        for before, after in changes:
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


_KEYS = "SELECT partition FROM dynamic_partitions WHERE definition_id = ? ORDER BY number"


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


def _rewrite_reads(
    connection: sqlite3.Connection, upstream_id: int, names: Mapping[str, str], keys: Sequence[str]
) -> None:
    """Say by the new names what the latest events read of an asset, so that they don't count as reading other keys."""
    rows = connection.execute(
        "SELECT i.subset, i.materialization_id FROM input_reads i JOIN pieces p ON p.event_id = i.materialization_id "
        "WHERE i.upstream_id = ? AND i.subset <> ''",
        (upstream_id,),
    ).fetchall()
    changed = [(_rewritten(subset, names, keys), event) for subset, event in rows]
    connection.executemany(
        f"UPDATE input_reads SET subset = ? WHERE materialization_id = ? AND upstream_id = {upstream_id:d}",  # noqa: S608
        [pair for pair, (subset, _) in zip(changed, rows, strict=True) if pair[0] != subset],
    )


def _rewritten(subset: str, names: Mapping[str, str], keys: Sequence[str]) -> str:
    """Return the text of spans of keys, ``[[first, last, sum of the keys' hashes], ...]``, with other names."""
    spans = json.loads(subset)
    for span in spans:
        first, last, *sums = span
        if sums and first in keys and last in keys:
            between = keys[keys.index(first) : keys.index(last) + 1]
            if sums == [_sum_of(between)]:
                span[2] = _sum_of([names.get(key, key) for key in between])
        span[:2] = names.get(first, first), names.get(last, last)
    return json.dumps(spans)


def _sum_of(keys: Sequence[str]) -> str:
    """Return what stands in spans for their keys."""
    hashes = (int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") for key in keys)
    return f"{sum(hashes) % 2**64:x}"
