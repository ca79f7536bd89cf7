"""What happened in one run, in order: where each record is, and the records of some of these places."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.event_types import EventType
from notebook_assets.store.record_rows import ANY_EVENT, CHECKED, NOT_MADE, SEEN, RecordRows

_TABLES: tuple[RecordRows[Any], ...] = (ANY_EVENT, SEEN, NOT_MADE, CHECKED)
_EVENTS = (
    "SELECT 0, id, time, kind FROM materializations WHERE run = ?1 UNION ALL "
    "SELECT 1, id, time, 'observation' FROM observations WHERE run = ?1 ORDER BY 2"
)
_FAILURES = "SELECT 2, id, time, kind FROM failures WHERE run = ?1 ORDER BY 2"
_CHECKS = "SELECT 3, id, time, 'check' FROM check_results WHERE run = ?1 ORDER BY 2"
_TYPES = {
    "materialization": EventType.ASSET_MATERIALIZATION,
    "empty": EventType.STEP_SUCCESS,
    "observation": EventType.ASSET_OBSERVATION,
    "failed": EventType.STEP_FAILURE,
    "skipped": EventType.STEP_SKIPPED,
    "check": EventType.ASSET_CHECK_EVALUATION,
}


class PlaceOfEvent(NamedTuple):
    """Where the record of one event is: which table, its number there; and of which type it is."""

    table: int
    number: int
    event_type: EventType


def places_of_run(connection: sqlite3.Connection, run: int) -> list[PlaceOfEvent]:
    """Return where the events of a run are, as they came: by their numbers, and between kinds by time.

    Args:
        connection: The database.
        run: The number of the run.
    """
    timed = [pair for query in (_EVENTS, _FAILURES, _CHECKS) for pair in _never_back(connection.execute(query, (run,)))]
    return [place for _, place in sorted(timed, key=lambda pair: pair[0])]  # of one time, in the order of the tables


def records_at(connection: sqlite3.Connection, places: Sequence[PlaceOfEvent]) -> list[EventLogRecord]:
    """Return the records of some places, in their order.

    Args:
        connection: The database.
        places: Where they are.
    """
    found: dict[tuple[int, int], EventLogRecord] = {}
    for table, rows in enumerate(_TABLES):
        numbers = [place.number for place in places if place.table == table]
        if numbers:
            wanted = "e.id IN (SELECT value FROM json_each(?))", [json.dumps(numbers)]
            found.update(((table, record.storage_id), record) for record in rows.read(connection, wanted))
    return [found[place[:2]] for place in places if place[:2] in found]


def _never_back(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[float, PlaceOfEvent]]:
    """Yield places with the latest time so far: a clock may jump back."""
    found = list(rows)
    times = accumulate((row[2] for row in found), max)
    return zip(times, (PlaceOfEvent(table, number, _TYPES[kind]) for table, number, _, kind in found), strict=True)
