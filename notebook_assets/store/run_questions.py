"""The runs of a store: which there were, how they stand, and what happened in each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.event_types import EventType
from notebook_assets.store.events_of_run import PlaceOfEvent, places_of_run, records_at
from notebook_assets.store.record_filters import RunsFilter, seconds
from notebook_assets.store.record_rows import Wanted
from notebook_assets.store.run_keeping import RunKeeper
from notebook_assets.store.run_record import Run, RunStatus, run_from_row

_RUNS = "SELECT number, id, status, selection, tags, planned, started_at, finished_at, parent, host, pid FROM runs"
_ENDS = {
    RunStatus.SUCCESS: EventType.RUN_SUCCESS,
    RunStatus.FAILURE: EventType.RUN_FAILURE,
    RunStatus.CANCELED: EventType.RUN_CANCELED,
    RunStatus.INTERRUPTED: EventType.RUN_FAILURE,
}


@dataclass(frozen=True)
class RunChangeRecord(EventLogRecord):
    """That a run began, or how it ended."""

    run_id: str
    type: EventType
    time: float

    @property
    def event_type(self) -> EventType:
        """Whether it began, or how it ended."""
        return self.type

    @property
    def timestamp(self) -> float:
        """When that was."""
        return self.time

    @property
    def storage_id(self) -> int:
        """0: a run's beginning and end have no row of their own."""
        return 0


@dataclass(frozen=True)
class EventLogConnection:
    """One page of what happened in a run: the cursor by which the next ones come, and whether there are any.

    >>> EventLogConnection([], "", False).has_more
    False
    """

    records: Sequence[EventLogRecord]
    cursor: str
    has_more: bool


class RunQuestions(RunKeeper):
    """A store that answers for its runs."""

    def runs(self) -> list[Run]:
        """Return every run, the newest first."""
        return list(self.get_runs())

    def run(self, run_id: str) -> Run | None:
        """Return a run, None where there is none of that id."""
        return self.get_run_by_id(run_id)

    def get_runs(
        self,
        filters: RunsFilter | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        *,
        ascending: bool = False,
    ) -> Sequence[Run]:
        """Return runs, the newest first.

        Args:
            filters: Which; by default all.
            cursor: The id of a run, behind which they begin.
            limit: How many at most.
            ascending: Whether the first comes first.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     first, second = instance.begin_run(), instance.begin_run()
        ...     instance.finish_run(first, "failed")
        ...     failed = instance.get_runs(RunsFilter(statuses=[RunStatus.FAILURE]))
        >>> [run.run_id == first for run in failed]
        [True]
        """
        condition, values = _of_filter(filters or RunsFilter())
        side, order = (">", "ASC") if ascending else ("<", "DESC")
        if cursor is not None:
            condition, values = (
                f"{condition} AND number {side} (SELECT number FROM runs WHERE id = ?)",  # noqa: S608
                [*values, cursor],
            )
        with self.database.read() as connection:
            rows = connection.execute(
                f"{_RUNS} WHERE {condition} ORDER BY number {order} LIMIT ?",
                (*values, -1 if limit is None else limit),
            ).fetchall()
        return [run_from_row(row, self._events_of_run) for row in rows]

    def get_run_records(
        self,
        filters: RunsFilter | None = None,
        limit: int | None = None,
        *,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> Sequence[Run]:
        """Return the same as :meth:`get_runs`: a run and its record are one here."""
        return self.get_runs(filters, cursor, limit, ascending=ascending)

    def get_run_by_id(self, run_id: str) -> Run | None:
        """Return a run, None where there is none of that id."""
        with self.database.read() as connection:
            row = connection.execute(f"{_RUNS} WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else run_from_row(row, self._events_of_run)

    def has_run(self, run_id: str) -> bool:
        """Whether there is a run of that id."""
        return self.get_run_by_id(run_id) is not None

    def get_runs_count(self, filters: RunsFilter | None = None) -> int:
        """Return how many runs there are, of all or of those that a filter chooses."""
        condition, values = _of_filter(filters or RunsFilter())
        with self.database.read() as connection:
            row = connection.execute(f"SELECT count(*) FROM runs WHERE {condition}", values).fetchone()  # noqa: S608
        return int(row[0])

    def get_records_for_run(
        self,
        run_id: str,
        cursor: str | None = None,
        of_type: EventType | Collection[EventType] | None = None,
        limit: int | None = None,
        *,
        ascending: bool = True,
    ) -> EventLogConnection:
        """Return what happened in a run, as far as the store keeps it, in order; nothing where there is no such run.

        Args:
            run_id: The run.
            cursor: That of the page before.
            of_type: What they tell of; one kind or several.
            limit: How many at most.
            ascending: Whether the first comes first.

        Raises:
            InvalidInvocationError: A cursor that no page had, or a limit that is no number from 0 on.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> run_id = materialize([one], instance=store, progress=False).run_id
        >>> [record.event_type.value for record in store.get_records_for_run(run_id).records]
        ['PIPELINE_START', 'ASSET_MATERIALIZATION', 'PIPELINE_SUCCESS']
        """
        if cursor and not cursor.isdecimal():
            raise InvalidInvocationError(f"get_records_for_run: cursor is that of a page before; got {cursor!r}.")
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
            raise InvalidInvocationError(f"get_records_for_run: limit is a number from 0 on, or None; got {limit!r}.")
        chosen = {EventType(of_type)} if isinstance(of_type, str) else None if of_type is None else set(of_type)
        start = int(cursor or 0)
        with self.database.read() as connection:
            places = [place for place in self._places(run_id) if chosen is None or place.event_type in chosen]
            rest = (places if ascending else places[::-1])[start:]
            shown = rest[:limit]
            records = _read(connection, shown)
        return EventLogConnection(records, str(start + len(shown)), len(shown) < len(rest))

    def all_logs(
        self, run_id: str, of_type: EventType | Collection[EventType] | None = None
    ) -> Sequence[EventLogRecord]:
        """Return all that happened in a run, in order."""
        return self.get_records_for_run(run_id, of_type=of_type).records

    def _events_of_run(self, run_id: str) -> Sequence[EventLogRecord]:
        with self.database.read() as connection:
            return _read(connection, self._places(run_id))

    def _places(self, run_id: str) -> list[PlaceOfEvent | RunChangeRecord]:
        run = self.get_run_by_id(run_id)
        if run is None:
            return []
        with self.database.read() as connection:
            happened = places_of_run(connection, run.storage_id)
        began = RunChangeRecord(run_id, EventType.RUN_START, run.started_at)
        if run.finished_at is None:
            return [began, *happened]
        return [began, *happened, RunChangeRecord(run_id, _ENDS[RunStatus(run.status)], run.finished_at)]


def _read(connection: sqlite3.Connection, places: Sequence[PlaceOfEvent | RunChangeRecord]) -> list[EventLogRecord]:
    """Return the records of places; beginnings and ends are their own."""
    found = iter(records_at(connection, [place for place in places if isinstance(place, PlaceOfEvent)]))
    return [place if isinstance(place, RunChangeRecord) else next(found) for place in places]


def _of_filter(asked: RunsFilter) -> Wanted:
    parts: list[tuple[str, object]] = []
    if asked.run_ids is not None:
        parts.append(("id IN (SELECT value FROM json_each(?))", json.dumps(list(asked.run_ids))))
    if asked.job_name is not None:
        parts.append(("selection = ?", asked.job_name))
    if asked.statuses:
        words = [RunStatus(status).value for status in asked.statuses]
        parts.append(("status IN (SELECT value FROM json_each(?))", json.dumps(words)))
    for name, value in (asked.tags or {}).items():
        texts = [value] if isinstance(value, str) else list(value)
        parts.append(
            (
                "EXISTS (SELECT 1 FROM json_each(runs.tags) t, json_each(?) w "
                "WHERE t.key = json_extract(w.value, '$[0]') AND t.value = json_extract(w.value, '$[1]'))",
                json.dumps([[name, text] for text in texts]),
            )
        )
    for name, expression, sign in (
        ("created_after", "started_at", ">"),
        ("created_before", "started_at", "<"),
        ("updated_after", "coalesce(finished_at, started_at)", ">"),
        ("updated_before", "coalesce(finished_at, started_at)", "<"),
    ):
        moment = getattr(asked, name)
        if moment is not None:
            parts.append((f"{expression} {sign} ?", seconds(moment, name)))
    return " AND ".join(["1", *(condition for condition, _ in parts)]), [value for _, value in parts]
