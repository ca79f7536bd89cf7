"""Giving one of the dynamic partitions another key: what was made for it stays with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Any

from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError, did_you_mean
from notebook_assets.store.records import DEFAULT_IO_MANAGER_KEY

_TABLES = ("pieces", "materializations", "failures", "check_results", "observations", "step_outputs")
_BETWEEN = "|"  # dimensions, in keys of several


def rename_key(
    connection: sqlite3.Connection, definition_id: int, name: str, old: str, new: str, *, values_moved: bool = False
) -> list[str]:
    """Rename a key inside a transaction; it keeps its place.

    Args:
        connection: The database.
        definition_id: The number of the definition.
        name: Its name.
        old: The key.
        new: What it is to be called.
        values_moved: Whether what IO managers keep of it is under the new key already.

    Returns:
        The assets of whose pieces the store keeps no values; whether an IO manager does, it does not know.

    Raises:
        UnknownPartitionError: There is no such key.
        InvalidInvocationError: There is a key ``new`` already, or something was recorded for one that is gone; or an IO
            manager of an asset keeps what was made under the old key.
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
    elsewhere, sums = [], _SumsOfKeys(keys)
    for asset_id, key, partitions in _partitioned_by(connection, name):
        changes = _renamed(connection, asset_id, partitions, name, (old, new))
        _rewrite_reads(connection, asset_id, dict(changes), sums)
        if not values_moved and _is_kept_elsewhere(connection, asset_id, key, changes):
            elsewhere.append(key)
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
    return elsewhere


def _is_kept_elsewhere(
    connection: sqlite3.Connection, asset_id: int, key: str, changes: Sequence[tuple[str, str]]
) -> bool:
    """Whether the store keeps no values of some of the pieces; raise where an IO manager of the asset's own does."""
    missing = (pair for pair in changes if connection.execute(_NOT_KEPT, (asset_id, pair[0])).fetchone())
    before, after = next(missing, ("", ""))
    (io_manager,) = connection.execute("SELECT io_manager_key FROM assets WHERE id = ?", (asset_id,)).fetchone()
    if before and io_manager != DEFAULT_IO_MANAGER_KEY:
        raise InvalidInvocationError(
            f"{key}[{before}] is kept by its IO manager {io_manager!r}, under that key, where the store can't rename "
            f"it. Move it to {after!r} there, then say so: values_moved=True; or forget it first: "
            f"instance.wipe({key!r}, {before!r})."
        )
    return bool(before)


_NOT_KEPT = (  # nor was it, and pruned
    "SELECT 1 FROM pieces p JOIN materializations m ON m.id = p.event_id WHERE p.asset_id = ? AND p.partition = ? "
    "AND m.kind = 'materialization' AND m.format IS NULL AND m.digest IS NULL"
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
    connection: sqlite3.Connection, upstream_id: int, names: Mapping[str, str], sums: _SumsOfKeys
) -> None:
    """Say by the new names what the latest events read of an asset, so that they don't count as reading other keys."""
    rows = connection.execute(
        "SELECT i.subset, i.materialization_id FROM input_reads i JOIN pieces p ON p.event_id = i.materialization_id "
        "WHERE i.upstream_id = ? AND i.subset <> ''",
        (upstream_id,),
    ).fetchall()
    rewritten = {subset: _rewritten(subset, names, sums) for subset in {row[0] for row in rows}}
    connection.executemany(
        f"UPDATE input_reads SET subset = ? WHERE materialization_id = ? AND upstream_id = {upstream_id:d}",  # noqa: S608
        [(rewritten[subset], event) for subset, event in rows if rewritten[subset] != subset],
    )


def _rewritten(subset: str, names: Mapping[str, str], sums: _SumsOfKeys) -> str:
    """Return the text of spans of keys, ``[[first, last, sum of the keys' hashes], ...]``, with other names."""
    spans = json.loads(subset)
    for span in spans:
        first, last, *found = span
        if found and found == [sums.between(first, last)]:
            span[2] = sums.between(first, last, names)
        span[:2] = names.get(first, first), names.get(last, last)
    return json.dumps(spans)


class _SumsOfKeys:
    """What stands in spans for their keys: sums of hashes, each known as soon as it is asked for."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._places = {key: place for place, key in enumerate(keys)}
        self._up_to = list(accumulate(map(_hash, keys), initial=0))

    def between(self, first: str, last: str, names: Mapping[str, str] | None = None) -> str | None:
        """Return the sum of all keys from one to another, with other names if given; None where there are none such."""
        start, end = self._places.get(first), self._places.get(last)
        if start is None or end is None or start > end:
            return None
        total = self._up_to[end + 1] - self._up_to[start]
        for old, new in (names or {}).items():
            if start <= self._places.get(old, -1) <= end:
                total += _hash(new) - _hash(old)
        return f"{total % 2**64:x}"


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")
