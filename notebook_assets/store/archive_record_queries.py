"""What is written to an archive besides the pieces: their failures, checks, observations, output and code."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from notebook_assets.store.archive_format import CHECKS, FAILURES, OBSERVATIONS, OUTPUTS
from notebook_assets.store.archive_records import (
    CHECK_COLUMNS,
    CODE_COLUMNS,
    FAILURE_COLUMNS,
    OBSERVATION_COLUMNS,
    OUTPUT_COLUMNS,
)
from notebook_assets.store.database import Database

_Row: TypeAlias = dict[str, Any]

_FROM = "JOIN assets a ON a.id = t.asset_id LEFT JOIN runs r ON r.number = t.run WHERE t.asset_id = ?"
_SELECTS: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    FAILURES: (
        FAILURE_COLUMNS,
        "SELECT a.key, t.partition, r.id, t.time, t.kind, t.duration, t.code, t.error_type, t.message, t.traceback, "
        "t.missing, t.reads, coalesce(p.failure_id = t.id, 0) FROM failures t LEFT JOIN pieces p "
        "ON p.asset_id = t.asset_id AND p.partition = t.partition",
        "AND p.failure_id = t.id",
    ),
    OBSERVATIONS: (
        OBSERVATION_COLUMNS,
        "SELECT a.key, t.partition, r.id, t.time, t.id, t.data_version, t.description, t.metadata, t.tags "
        "FROM observations t",
        # The latest that tells a data version is what the piece is, and a later one may tell none.
        "AND t.id IN (SELECT max(id) FROM observations WHERE asset_id = t.asset_id GROUP BY partition UNION SELECT "
        "max(id) FROM observations WHERE asset_id = t.asset_id AND data_version IS NOT NULL GROUP BY partition)",
    ),
    CHECKS: (
        CHECK_COLUMNS,
        "SELECT a.key, t.partition, r.id, t.time, t.name, t.passed, t.severity, t.blocking, t.event_id, "
        "t.description, t.metadata, t.error, t.traceback FROM check_results t",
        "AND t.id IN (SELECT max(id) FROM check_results WHERE asset_id = t.asset_id GROUP BY name, partition)",
    ),
    OUTPUTS: (
        OUTPUT_COLUMNS,
        "SELECT a.key, t.partition, r.id, t.time, t.text, t.dropped FROM step_outputs t",
        "AND t.id IN (SELECT max(id) FROM step_outputs WHERE asset_id = t.asset_id GROUP BY partition)",
    ),
}
_CODES = "SELECT a.key, t.code, t.version, t.first_seen, t.id FROM codes t JOIN assets a ON a.id = t.asset_id"
_PARTS = "SELECT p.name, p.part, s.source FROM code_parts p LEFT JOIN code_sources s ON s.digest = p.source"


def archived_records(
    database: Database, chosen: Iterable[int], partitions: Collection[str] | None, *, latest: bool
) -> dict[str, list[_Row]]:
    """Return the rows for each file: of the chosen assets (by number), in the order in which they were recorded.

    Args:
        database: The store's database.
        chosen: The assets.
        partitions: The partitions; None for all.
        latest: Whether only what holds now is asked for, not the history.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     archived_records(store.database, [], None, latest=True)
    {'failures.jsonl': [], 'observations.jsonl': [], 'checks.jsonl': [], 'outputs.jsonl': []}
    """
    found: dict[str, list[_Row]] = {name: [] for name in _SELECTS}
    with database.read() as connection:
        for asset_id in chosen:
            for name, (columns, select, only) in _SELECTS.items():
                query = f"{select} {_FROM} {only if latest else ''} ORDER BY t.id"
                rows = connection.execute(query, (asset_id,)).fetchall()
                named = (dict(zip(columns, row, strict=True)) for row in rows)
                found[name] += [row for row in named if partitions is None or row["partition"] in partitions]
    found[OBSERVATIONS].sort(key=lambda row: row["id"])
    return found


def known_checks(checks: Iterable[_Row], events: Collection[int]) -> list[_Row]:
    """Return the results of checks that looked at an event that goes along, or at what the store had no event of.

    >>> known_checks([{"event": 0}, {"event": 1}, {"event": 2}], {2})
    [{'event': 0}, {'event': 2}]
    """
    return [row for row in checks if not row["event"] or row["event"] in events]


def archived_codes(database: Database, used: Collection[tuple[str, str]]) -> list[_Row]:
    """Return the rows of codes, with their parts and what is known of their sources.

    Args:
        database: The store's database.
        used: The keys of assets, as the store writes them, with their codes.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     archived_codes(store.database, {("daily", "c1")})
    []
    """
    with database.read() as connection:
        found = connection.execute(f"{_CODES} ORDER BY t.id").fetchall()
        return [
            dict(zip(CODE_COLUMNS, (*row, _parts(connection, code_id)), strict=True))
            for *row, code_id in found
            if (row[0], row[1]) in used
        ]


def codes_used(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return the assets and codes that rows name.

    >>> codes_used([{"asset": "daily", "code": "c1"}, {"asset": "daily", "code": None}])
    {('daily', 'c1')}
    """
    return {(row["asset"], code) for row in rows for code in (row["code"], row.get("accepted")) if code is not None}


def _parts(connection: sqlite3.Connection, code_id: int) -> str:
    rows = connection.execute(f"{_PARTS} WHERE p.code_id = ? ORDER BY p.name", (code_id,))
    return json.dumps({name: [part, source] for name, part, source in rows})
