"""The table of check results: one row each time a check looked at a piece."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import AssetCheckEvaluation, AssetCheckSeverity
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, cut_text, metadata_from_json, metadata_to_json
from notebook_assets.store.event_record import PieceRecord
from notebook_assets.store.event_types import EventType
from notebook_assets.store.recording import PieceRow

_INSERT = (
    "INSERT INTO check_results (asset_id, partition, name, run, time, passed, severity, blocking, event_id, "
    "description, metadata, error, traceback) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
CHECK_ROW = (
    "SELECT c.id, c.name, c.partition, coalesce(r.id, ''), c.time, c.passed, c.severity, c.blocking, c.event_id, "
    "c.description, c.metadata, c.error, c.traceback FROM check_results c LEFT JOIN runs r ON r.number = c.run "
    "WHERE c.asset_id = ?"
)
_LATEST = (
    " AND c.id = (SELECT max(o.id) FROM check_results o "
    "WHERE o.asset_id = c.asset_id AND o.name = c.name AND o.partition = c.partition)"
)
# The outcomes "failed" and "error" of outcome_of_check, of checks that block.
_REFUSING = " AND c.blocking AND (c.error IS NOT NULL OR (NOT c.passed AND c.severity <> 'WARN'))"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """What a check found, as the store takes it.

    Args:
        name: The check's name.
        passed: Whether it passed.
        severity: ``"ERROR"`` or ``"WARN"``.
        blocking: Whether an error of it stops what is made from the piece.
        event_id: The materialization that it looked at, 0 if the store has none.
        description: What it said.
        metadata: What to keep beside it.
        error: The error that the check itself raised; None if it gave a result.
        traceback: The traceback of that error.

    >>> CheckFinding("no_nulls", passed=True).severity
    'ERROR'
    """

    name: str
    passed: bool
    severity: str = "ERROR"
    blocking: bool = False
    event_id: int = 0
    description: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class CheckRecord(PieceRecord):
    """The result of a check of one piece, as the store gives it back; ``time`` is in seconds since 1970 (UTC)."""

    result_id: int
    key: AssetKey
    partition: str | None
    run_id: str
    time: float
    finding: CheckFinding

    @property
    def name(self) -> str:
        """The check's name."""
        return self.finding.name

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        return self.finding.passed

    @property
    def event_type(self) -> EventType:
        """That a check was carried out."""
        return EventType.ASSET_CHECK_EVALUATION

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """What it found; None where the check itself raised an error."""
        found = self.finding
        if found.error is not None:
            return None
        severity, blocking = AssetCheckSeverity(found.severity), found.blocking
        about = found.metadata, found.event_id or None, severity, found.description, blocking, self.partition
        return AssetCheckEvaluation(self.key, found.name, found.passed, *about)

    @property
    def storage_id(self) -> int:
        """The number of its row, as :attr:`result_id`; results of checks are numbered by themselves."""
        return self.result_id

    @property
    def outcome(self) -> str:
        """``passed``, ``warned`` (severity WARN), ``failed``, or ``error`` where the check itself raised one."""
        return outcome_of_check(self.finding)


def outcome_of_check(finding: CheckFinding) -> str:
    """Return one word for what a check found.

    >>> outcome_of_check(CheckFinding("fresh", passed=False, severity="WARN"))
    'warned'
    """
    if finding.error is not None:
        return "error"
    return "passed" if finding.passed else "warned" if finding.severity == "WARN" else "failed"


def insert_check(connection: sqlite3.Connection, piece: PieceRow, finding: CheckFinding) -> int:
    """Write what a check found of a piece; return the result's id."""
    row = (
        piece.asset_id,
        piece.partition,
        finding.name,
        piece.run,
        time.time(),
        int(finding.passed),
        finding.severity,
        int(finding.blocking),
        finding.event_id,
        finding.description,
        metadata_to_json(finding.metadata),
        None if finding.error is None else cut_text(finding.error),
        None if finding.traceback is None else cut_text(finding.traceback),
    )
    result = connection.execute(_INSERT, row).lastrowid
    assert result is not None  # noqa: S101  (an INSERT that raised nothing has one)
    return result


def latest_checks(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int, *, refusing: bool = False
) -> list[CheckRecord]:
    """Return the latest result of each check of each piece of an asset, by name and partition.

    ``refusing`` leaves only the errors of blocking checks: most pieces have none, and a run asks for just these.
    """
    chosen = f"{_LATEST}{_REFUSING if refusing else ''}"
    rows = connection.execute(f"{CHECK_ROW}{chosen} ORDER BY c.name, c.partition", (asset_id,)).fetchall()
    return [check_record(key, row) for row in rows]


def check_history(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int, name: str, partition: str
) -> list[CheckRecord]:
    """Return all results of one check of one piece, the newest first."""
    rows = connection.execute(
        f"{CHECK_ROW} AND c.name = ? AND c.partition = ? ORDER BY c.id DESC", (asset_id, name, partition)
    ).fetchall()
    return [check_record(key, row) for row in rows]


def check_record(key: AssetKey, row: Sequence[Any]) -> CheckRecord:
    """Return the record of a row: number, name, partition, run, time, and what was found."""
    number, name, partition, run, moment, passed, severity, blocking, event, description, metadata, *raised = row
    about = {} if metadata == "{}" else metadata_from_json(metadata)  # of 100,000 results most have none
    found = CheckFinding(name, bool(passed), severity, bool(blocking), event, description, about, *raised)
    return CheckRecord(number, key, partition or None, run, moment, found)
