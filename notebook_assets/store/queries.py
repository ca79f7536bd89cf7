"""The store's questions, each a bulk query or one row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import metadata_from_json
from notebook_assets.states import PieceState
from notebook_assets.store.record_rows import ANY_EVENT, NOT_MADE
from notebook_assets.store.records import (
    FailureRecord,
    InputRead,
    MaterializationRecord,
    PieceColumns,
    PieceCounts,
    PieceTable,
)

_STATES = {state.value: state for state in PieceState}
_COLUMNS = "partition, state, kind, event_id, code, data_version"


def piece_columns(connection: sqlite3.Connection, asset_id: int) -> PieceColumns:
    """Return what decides the status of every recorded piece of one asset."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM pieces WHERE asset_id = ? ORDER BY partition",  # noqa: S608
        (asset_id,),
    ).fetchall()
    return PieceColumns(*_plain(rows)) if rows else PieceColumns()


def piece_table(connection: sqlite3.Connection, asset_id: int) -> PieceTable:
    """Return every recorded piece of one asset."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, value_event_id, time, duration, size, run "  # noqa: S608
        "FROM pieces WHERE asset_id = ? ORDER BY partition",
        (asset_id,),
    ).fetchall()
    if not rows:
        return PieceTable()
    columns = _plain(rows)
    numbers = json.dumps(list(set(columns[-1])))
    of_these = "SELECT number, id FROM runs WHERE number IN (SELECT value FROM json_each(?))"
    run_ids = dict(connection.execute(of_these, (numbers,)).fetchall())
    columns[-1] = [run_ids.get(number, "") for number in columns[-1]]
    return PieceTable(*columns)


def _plain(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return rows as columns, the first two of which are partitions and states."""
    partitions, states, *others = zip(*rows, strict=True)
    return [[name or None for name in partitions], [_STATES[state] for state in states], *map(list, others)]


def piece_counts(connection: sqlite3.Connection) -> dict[AssetKey, PieceCounts]:
    """Return how many pieces of each asset are in which state."""
    rows = connection.execute(
        "SELECT a.key, c.state, c.pieces, c.last_time, c.value_event, m.type FROM (SELECT asset_id, state, "
        "count(*) AS pieces, max(time) AS last_time, max(value_event_id) AS value_event FROM pieces "
        "GROUP BY asset_id, state) c JOIN assets a ON a.id = c.asset_id "
        "LEFT JOIN materializations m ON m.id = c.value_event ORDER BY a.key, c.value_event"
    ).fetchall()
    counts: dict[AssetKey, PieceCounts] = {}
    for text, state, pieces, last_time, _, value_type in rows:
        key = AssetKey.from_escaped_user_string(text)
        before = counts.get(key, PieceCounts())
        counts[key] = PieceCounts(
            {**before.states, _STATES[state]: pieces},
            max(last_time, before.last_time or last_time),
            value_type or before.value_type,
        )
    return counts


def input_reads(
    connection: sqlite3.Connection, asset_id: int, known: dict[int, AssetKey]
) -> dict[int, list[InputRead]]:
    """Return what the latest event of each piece read, by the event's id.

    Args:
        connection: The database.
        asset_id: The asset.
        known: The keys of assets by their numbers, as far as they were met; others are added.
    """
    reads: dict[int, list[InputRead]] = {}
    for event, number, *read in _read_rows(connection, asset_id):
        upstream = known.get(number) or _key_of(connection, number, known)
        reads.setdefault(event, []).append(InputRead(upstream, *read))
    return reads


def _read_rows(connection: sqlite3.Connection, asset_id: int) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT i.materialization_id, i.upstream_id, i.subset, i.up_to_event, i.digest FROM pieces p "
        "JOIN input_reads i ON i.materialization_id = p.event_id WHERE p.asset_id = ? AND p.event_id > 0 "
        "ORDER BY p.partition",
        (asset_id,),
    ).fetchall()


def _key_of(connection: sqlite3.Connection, number: int, known: dict[int, AssetKey]) -> AssetKey:
    if number not in known:
        (text,) = connection.execute("SELECT key FROM assets WHERE id = ?", (number,)).fetchone()
        known[number] = AssetKey.from_escaped_user_string(text)
    return known[number]


def latest_event(connection: sqlite3.Connection, asset_id: int, partition: str) -> MaterializationRecord | None:
    """Return the latest materialization or empty row of one piece."""
    latest = "e.id = (SELECT event_id FROM pieces WHERE asset_id = ? AND partition = ?)"
    return next(iter(ANY_EVENT.read(connection, (latest, (asset_id, partition)))), None)


def latest_materialization(connection: sqlite3.Connection, asset_id: int) -> MaterializationRecord | None:
    """Return the asset's latest materialization, of whatever partition."""
    latest = "e.id = (SELECT max(event_id) FROM pieces WHERE asset_id = ? AND kind = 'materialization')"
    return next(iter(ANY_EVENT.read(connection, (latest, (asset_id,)))), None)


def recorded_keys(connection: sqlite3.Connection) -> list[AssetKey]:
    """Return the keys of the assets of which something is recorded, sorted."""
    rows = connection.execute(
        "SELECT key FROM assets WHERE EXISTS (SELECT 1 FROM pieces WHERE asset_id = assets.id) "
        "OR EXISTS (SELECT 1 FROM observations WHERE asset_id = assets.id)"
    )
    return sorted((AssetKey.from_escaped_user_string(row[0]) for row in rows), key=AssetKey.to_string)


def materialized_partitions(
    connection: sqlite3.Connection, asset_id: int, before: int | None = None, after: int | None = None
) -> set[str]:
    """Return the partition keys that have been made, and not been found empty since; or made by events between two."""
    query = "SELECT partition FROM pieces WHERE asset_id = ? AND kind = 'materialization' AND partition <> ''"
    arguments = [asset_id]
    if before is not None or after is not None:
        query = query.replace("pieces", "materializations") + " AND id < ? AND id > ?"
        arguments += [2**62 if before is None else before, after or 0]
    return {row[0] for row in connection.execute(query, arguments)}


def failure_of(connection: sqlite3.Connection, asset_id: int, partition: str) -> FailureRecord | None:
    """Return why the latest attempt at a piece failed or was skipped."""
    latest = "e.id = (SELECT failure_id FROM pieces WHERE asset_id = ? AND partition = ?)"
    return next(iter(NOT_MADE.read(connection, (latest, (asset_id, partition)))), None)


def failures_of(connection: sqlite3.Connection, asset_id: int) -> list[FailureRecord]:
    """Return the same for every piece of an asset whose latest attempt failed or was skipped, sorted by partition."""
    latest = "e.id IN (SELECT failure_id FROM pieces WHERE asset_id = ? AND failure_id > 0)"
    return sorted(NOT_MADE.read(connection, (latest, (asset_id,))), key=lambda failure: failure.partition or "")


def metadata_series(connection: sqlite3.Connection, asset_id: int, name: str) -> list[tuple[str | None, float]]:
    """Return the number called ``name`` of each piece's latest materialization that has one, by partition key."""
    rows = connection.execute(
        "SELECT p.partition, m.metadata FROM pieces p JOIN materializations m ON m.id = p.event_id "
        "WHERE p.asset_id = ? AND instr(m.metadata, ?) > 0 ORDER BY p.partition",
        (asset_id, json.dumps(name)),
    ).fetchall()
    series: list[tuple[str | None, float]] = []
    for partition, text in rows:
        entry = metadata_from_json(text).get(name)
        if entry is not None and entry.is_number:
            series.append((partition or None, entry.value))
    return series
