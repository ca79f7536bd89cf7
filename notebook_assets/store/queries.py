"""The store's questions, each a bulk query or one row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import metadata_from_json
from notebook_assets.states import PieceState
from notebook_assets.store.records import (
    FailureRecord,
    InputRead,
    MaterializationRecord,
    PieceCounts,
    PieceTable,
    RunRecord,
)

_STATES = {state.value: state for state in PieceState}
_EVENT = (
    "m.id, m.partition, m.kind, r.id, m.time, m.duration, m.code, m.data_version, m.metadata, m.tags, m.format, "
    "m.type, m.size FROM materializations m JOIN runs r ON r.number = m.run"
)


def piece_table(connection: sqlite3.Connection, asset_id: int) -> PieceTable:
    """Return every recorded piece of one asset."""
    rows = connection.execute(
        "SELECT partition, state, kind, event_id, value_event_id, code, data_version, time, duration, size, run "
        "FROM pieces WHERE asset_id = ? ORDER BY partition",
        (asset_id,),
    ).fetchall()
    if not rows:
        return PieceTable()
    partitions, states, kinds, events, value_events, codes, versions, times, durations, sizes, runs = zip(
        *rows, strict=True
    )
    run_ids = dict(connection.execute("SELECT number, id FROM runs").fetchall())
    kept: dict[Any, Any] = {}  # equal texts of many rows become one object
    return PieceTable(
        [name or None for name in partitions],
        [_STATES[state] for state in states],
        [kept.setdefault(kind, kind) for kind in kinds],
        list(events),
        list(value_events),
        [kept.setdefault(code, code) for code in codes],
        list(versions),
        list(times),
        list(durations),
        list(sizes),
        [run_ids[run] for run in runs],
    )


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


def input_reads(connection: sqlite3.Connection, asset_id: int) -> dict[int, list[InputRead]]:
    """Return what the latest event of each piece read, by the event's id."""
    upstream = {
        number: AssetKey.from_escaped_user_string(text)
        for number, text in connection.execute(
            "SELECT id, key FROM assets WHERE id IN (SELECT DISTINCT i.upstream_id FROM pieces p "
            "JOIN input_reads i ON i.materialization_id = p.event_id WHERE p.asset_id = ? AND p.event_id > 0)",
            (asset_id,),
        )
    }
    reads: dict[int, list[InputRead]] = {}
    for event, number, subset, up_to, digest in connection.execute(
        "SELECT i.materialization_id, i.upstream_id, i.subset, i.up_to_event, i.digest FROM pieces p "
        "JOIN input_reads i ON i.materialization_id = p.event_id WHERE p.asset_id = ? AND p.event_id > 0",
        (asset_id,),
    ):
        reads.setdefault(event, []).append(InputRead(upstream[number], subset, up_to, digest))
    return reads


def latest_event(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int, partition: str
) -> MaterializationRecord | None:
    """Return the latest materialization or empty row of one piece."""
    row = connection.execute(
        f"SELECT {_EVENT} JOIN pieces p ON p.event_id = m.id WHERE p.asset_id = ? AND p.partition = ?",
        (asset_id, partition),
    ).fetchone()
    return None if row is None else _event_record(key, row)


def latest_materialization(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int
) -> MaterializationRecord | None:
    """Return the asset's latest materialization, of whatever partition."""
    row = connection.execute(
        f"SELECT {_EVENT} WHERE m.id = (SELECT max(event_id) FROM pieces "  # noqa: S608
        "WHERE asset_id = ? AND kind = 'materialization')",
        (asset_id,),
    ).fetchone()
    return None if row is None else _event_record(key, row)


def materialized_partitions(connection: sqlite3.Connection, asset_id: int) -> set[str]:
    """Return the partition keys that have been made, and not been found empty since."""
    rows = connection.execute(
        "SELECT partition FROM pieces WHERE asset_id = ? AND kind = 'materialization' AND partition <> ''", (asset_id,)
    )
    return {row[0] for row in rows}


_FAILURE = (
    "SELECT p.partition, f.kind, r.id, f.time, f.duration, f.code, f.error_type, f.message, f.traceback, f.missing, "
    "f.reads FROM pieces p JOIN failures f ON f.id = p.failure_id JOIN runs r ON r.number = f.run WHERE p.asset_id = ?"
)


def failure_of(connection: sqlite3.Connection, key: AssetKey, asset_id: int, partition: str) -> FailureRecord | None:
    """Return why the latest attempt at a piece failed or was skipped."""
    row = connection.execute(f"{_FAILURE} AND p.partition = ?", (asset_id, partition)).fetchone()
    return None if row is None else _failure_record(key, row)


def failures_of(connection: sqlite3.Connection, key: AssetKey, asset_id: int) -> list[FailureRecord]:
    """Return the same for every piece of an asset whose latest attempt failed or was skipped."""
    rows = connection.execute(f"{_FAILURE} ORDER BY p.partition", (asset_id,)).fetchall()
    return [_failure_record(key, row) for row in rows]


def _failure_record(key: AssetKey, row: Sequence[Any]) -> FailureRecord:
    partition, kind, run_id, moment, duration, code, error_type, message, traceback, missing, reads = row
    return FailureRecord(
        key,
        partition or None,
        kind,
        run_id,
        moment,
        duration,
        code,
        error_type,
        message,
        traceback,
        tuple(json.loads(missing)),
        tuple(InputRead(AssetKey.from_escaped_user_string(name), *rest) for name, *rest in json.loads(reads)),
    )


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


def all_runs(connection: sqlite3.Connection) -> list[RunRecord]:
    """Return every run, the newest first."""
    rows = connection.execute(
        "SELECT id, status, selection, tags, planned, started_at, finished_at FROM runs ORDER BY number DESC"
    )
    return [RunRecord(run, status, selection, json.loads(tags), *rest) for run, status, selection, tags, *rest in rows]


def _event_record(key: AssetKey, row: Sequence[Any]) -> MaterializationRecord:
    event, partition, kind, run, moment, duration, code, version, metadata, tags, form, type_name, size = row
    return MaterializationRecord(
        event,
        key,
        partition or None,
        kind,
        run,
        moment,
        duration,
        code,
        version,
        metadata_from_json(metadata),
        json.loads(tags),
        form,
        type_name,
        size,
    )
