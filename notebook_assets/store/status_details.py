"""What is told of pieces beside their state: when, by which run, how large, why they failed, what runs plan."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.store.run_locks import RunLocks
from notebook_assets.store.run_owners import lives

_DETAILS = (
    "SELECT p.partition, p.time, CASE WHEN m.run IS NOT NULL THEN p.duration END, "  # reported: nobody knows
    "CASE WHEN m.size IS NOT NULL THEN p.size END, r.id, "
    "CASE WHEN instr(m.metadata, '\"row_count\"') THEN json_extract(m.metadata, '$.row_count[1]') END "
    "FROM pieces p LEFT JOIN runs r ON r.number = p.run LEFT JOIN materializations m ON m.id = p.event_id "
    "WHERE p.asset_id = ?"
)
_FAILURES = (
    "SELECT p.partition, f.kind, f.error_type, substr(f.message, 1, 400), f.missing FROM pieces p "
    "JOIN failures f ON f.id = p.failure_id WHERE p.asset_id = ?"
)
# The same words as outcome_of_check; of a group with max(id), SQLite takes the other columns from that row.
_CHECKS = (
    "SELECT name, CASE WHEN error IS NOT NULL THEN 'error' WHEN passed THEN 'passed' "
    "WHEN severity = 'WARN' THEN 'warned' ELSE 'failed' END AS outcome, count(*) FROM (SELECT name, error, passed, "
    "severity, max(id) FROM check_results WHERE asset_id = ? GROUP BY name, partition) GROUP BY name, outcome"
)
_RUNS = (
    "SELECT r.number, r.id, r.started_at, r.finished_at, t.subset, r.host, r.pid, r.process_started, r.tags "
    "FROM run_targets t JOIN runs r ON r.number = t.run "
    "WHERE t.asset_id = ? AND r.status = ? ORDER BY r.number DESC LIMIT ?"
)
_MOST_RUNS = {"running": 50, "interrupted": 3, "canceled": 3}  # older ones that ended so were followed by others


@dataclass(frozen=True)
class PieceDetails:
    """What is told of the recorded pieces of an asset, one list a column, in any order.

    Args:
        partitions: Their keys, empty for an asset without partitions.
        times: Of the latest event of each, in seconds since 1970.
        durations: Seconds that the latest materialization took; None where it was reported without a run.
        sizes: Bytes of its value; None where an IO manager or nobody keeps it.
        run_ids: The run of the latest event, None outside of runs.
        row_counts: How many rows the value has, where that was recorded.

    >>> len(PieceDetails())
    0
    """

    partitions: Sequence[str] = ()
    times: Sequence[float] = ()
    durations: Sequence[float | None] = ()
    sizes: Sequence[int | None] = ()
    run_ids: Sequence[str | None] = ()
    row_counts: Sequence[int | None] = ()

    def __len__(self) -> int:
        return len(self.partitions)


@dataclass(frozen=True)
class FailureInShort:
    """Why a piece failed or was skipped, without its traceback; ``missing`` has the names of what was not there."""

    partition: str
    kind: str
    error_type: str | None
    message: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class PlanningRun:
    """A run that is to make pieces of an asset, or was when its process died.

    Args:
        run_id: Its id.
        is_alive: Whether its process lives, as far as can be told; one that can't be seen counts as alive.
        started_at: When it began, in seconds since 1970.
        finished_at: When it made its last piece before it died; None where that is not known.
        subset: The pieces, as the partitions definition serializes a subset; empty without partitions.
        done: The partitions with which it is done.

    >>> PlanningRun("r", True, 0.0, None, "", frozenset()).is_alive
    True
    """

    run_id: str
    is_alive: bool
    started_at: float
    finished_at: float | None
    subset: str
    done: frozenset[str]


def piece_details(connection: sqlite3.Connection, asset_id: int) -> PieceDetails:
    """Return what is told of the recorded pieces of an asset."""
    rows = connection.execute(_DETAILS, (asset_id,)).fetchall()
    return PieceDetails(*zip(*rows, strict=True)) if rows else PieceDetails()


def seconds_each(connection: sqlite3.Connection, asset_id: int) -> float | None:
    """Return the mean of the seconds that pieces of an asset took; None where none is known to have taken any."""
    row = connection.execute("SELECT avg(duration) FROM pieces WHERE asset_id = ? AND duration > 0", (asset_id,))
    found: float | None = row.fetchone()[0]
    return found


def failures_in_short(connection: sqlite3.Connection, asset_id: int) -> list[FailureInShort]:
    """Return why pieces of an asset failed or were skipped when they were last tried."""
    rows = connection.execute(_FAILURES, (asset_id,)).fetchall()
    return [
        FailureInShort(partition, kind, error_type, message, tuple(json.loads(missing)))
        for partition, kind, error_type, message, missing in rows
    ]


def check_counts(connection: sqlite3.Connection, asset_id: int) -> dict[tuple[str, str], int]:
    """Return how many of the latest results of each check ended how, by its name and the outcome."""
    rows = connection.execute(_CHECKS, (asset_id,)).fetchall()
    return {(name, outcome): many for name, outcome, many in rows}


def planning_runs(connection: sqlite3.Connection, asset_id: int, status: str, locks: RunLocks) -> list[PlanningRun]:
    """Return the latest runs of a status that is a key of ``_MOST_RUNS`` and that planned an asset, newest first."""
    found = []
    for number, run_id, started, finished, subset, *owner in connection.execute(
        _RUNS, (asset_id, status, _MOST_RUNS[status])
    ).fetchall():
        is_alive = status == "running" and lives(locks, number, *owner) is not False
        done = connection.execute(  # what a later run made is no longer left of one that died
            "SELECT partition FROM pieces WHERE asset_id = ? AND (run = ? OR (NOT ? AND time >= ?))",
            (asset_id, number, is_alive, started),
        ).fetchall()
        found.append(PlanningRun(run_id, is_alive, started, finished, subset, frozenset(row[0] for row in done)))
    return found
