"""Records from the rows of a store: of what was made, seen, checked, or failed; by asset, by run, or all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import metadata_from_json
from notebook_assets.store.checks_table import CheckRecord, check_record
from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.event_types import EventType
from notebook_assets.store.observations_table import ObservationRecord
from notebook_assets.store.record_filters import AssetRecordsFilter, seconds
from notebook_assets.store.records import FailureRecord, InputRead, MaterializationRecord

R = TypeVar("R", bound=EventLogRecord)

Wanted = tuple[str, Sequence[object]]
"""A condition in SQL, and what stands for its question marks."""


@dataclass(frozen=True)
class RecordRows(Generic[R]):
    """One table of records: how its rows are read, and which of them count."""

    select: str
    build: Callable[[AssetKey, Sequence[Any]], R]
    only: str = "1"

    def read(
        self, connection: sqlite3.Connection, wanted: Wanted, *, ascending: bool = True, limit: int | None = None
    ) -> list[R]:
        """Return the records to which a condition applies, by their numbers.

        Args:
            connection: The database.
            wanted: The condition; ``e`` is the table.
            ascending: Whether the first comes first.
            limit: How many at most.
        """
        condition, values = wanted
        number = "+e.id" if "e.partition" in condition else "e.id"  # by +, the index of pieces is used, and then sorted
        order = f"{number} {'ASC' if ascending else 'DESC'}"
        rows = connection.execute(
            f"{self.select} WHERE {self.only} AND {condition} ORDER BY {order} LIMIT ?",
            (*values, -1 if limit is None else limit),
        )
        keys: dict[str, AssetKey] = {}
        found = []
        for text, *row in rows:
            key = keys.get(text) or keys.setdefault(text, AssetKey.from_escaped_user_string(text))
            found.append(self.build(key, row))
        return found


def _rows(columns: str, table: str) -> str:  # CROSS JOIN: the table is gone through in its own order, never the assets
    return (
        f"SELECT a.key, e.id, e.partition, coalesce(r.id, ''), e.time, {columns} FROM {table} e "  # noqa: S608
        "CROSS JOIN assets a ON a.id = e.asset_id LEFT JOIN runs r ON r.number = e.run"
    )


def _made(key: AssetKey, row: Sequence[Any]) -> MaterializationRecord:
    number, partition, run, moment, kind, duration, code, version, metadata, tags, *stored = row
    about = metadata_from_json(metadata), json.loads(tags)
    return MaterializationRecord(
        number, key, partition or None, kind, run, moment, duration, code, version, *about, *stored
    )


def _seen(key: AssetKey, row: Sequence[Any]) -> ObservationRecord:
    number, partition, run, moment, version, description, metadata, tags = row
    about = version, description, metadata_from_json(metadata), json.loads(tags)
    return ObservationRecord(number, key, partition or None, run or None, moment, *about)


def _checked(key: AssetKey, row: Sequence[Any]) -> CheckRecord:
    number, partition, run, moment, name, *found = row
    return check_record(key, (number, name, partition, run, moment, *found))


def _failed(key: AssetKey, row: Sequence[Any]) -> FailureRecord:
    number, partition, run, moment, kind, duration, code, error_type, message, traceback, missing, reads = row
    read = tuple(InputRead(AssetKey.from_escaped_user_string(name), *rest) for name, *rest in json.loads(reads))
    told = error_type, message, traceback, tuple(json.loads(missing)), read
    return FailureRecord(key, partition or None, kind, run, moment, duration, code, *told, number)


ANY_EVENT = RecordRows(
    _rows(
        "e.kind, e.duration, e.code, e.data_version, e.metadata, e.tags, e.format, e.type, e.size, e.description",
        "materializations",
    ),
    _made,
)
"""What was made, and what was found empty."""
MADE = RecordRows(ANY_EVENT.select, _made, "e.kind = 'materialization'")
SEEN = RecordRows(_rows("e.data_version, e.description, e.metadata, e.tags", "observations"), _seen)
CHECKED = RecordRows(
    _rows(
        "e.name, e.passed, e.severity, e.blocking, e.event_id, e.description, e.metadata, e.error, e.traceback",
        "check_results",
    ),
    _checked,
)
NOT_MADE = RecordRows(
    _rows("e.kind, e.duration, e.code, e.error_type, e.message, e.traceback, e.missing, e.reads", "failures"), _failed
)
"""What failed, and what did not start."""
FAILED = RecordRows(NOT_MADE.select, _failed, "e.kind = 'failed'")
SKIPPED = RecordRows(NOT_MADE.select, _failed, "e.kind = 'skipped'")

BY_TYPE: Mapping[EventType, RecordRows[Any]] = {
    EventType.ASSET_MATERIALIZATION: MADE,
    EventType.ASSET_OBSERVATION: SEEN,
    EventType.ASSET_CHECK_EVALUATION: CHECKED,
    EventType.STEP_FAILURE: FAILED,
    EventType.STEP_SKIPPED: SKIPPED,
}


def of_filter(asked: AssetRecordsFilter, asset_id: int | None) -> Wanted:
    """Return the condition of a filter.

    Args:
        asked: The filter.
        asset_id: The number of its asset; None for all assets.

    Raises:
        InvalidInvocationError: A time is none.

    >>> of_filter(AssetRecordsFilter("a", before_storage_id=7), 1)
    ('1 AND e.asset_id = ? AND e.id < ?', [1, 7])
    """
    parts: list[tuple[str, object]] = []
    if asset_id is not None:
        parts.append(("e.asset_id = ?", asset_id))
    if asked.asset_partitions is not None:
        parts.append(("e.partition IN (SELECT value FROM json_each(?))", json.dumps(list(asked.asset_partitions))))
    if asked.storage_ids is not None:
        parts.append(("e.id IN (SELECT value FROM json_each(?))", json.dumps(list(asked.storage_ids))))
    if asked.after_storage_id is not None:
        parts.append(("e.id > ?", asked.after_storage_id))
    if asked.before_storage_id is not None:
        parts.append(("e.id < ?", asked.before_storage_id))
    if asked.after_timestamp is not None:
        parts.append(("e.time > ?", seconds(asked.after_timestamp, "after_timestamp")))
    if asked.before_timestamp is not None:
        parts.append(("e.time < ?", seconds(asked.before_timestamp, "before_timestamp")))
    return " AND ".join(["1", *(condition for condition, _ in parts)]), [value for _, value in parts]
