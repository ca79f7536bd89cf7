"""Run and RunStatus: what a store keeps of a run as a whole."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.run_owners import PLACE_TAG

CONFIG_TAG = "notebook_assets/run_config"
"""Beside the tags of a run in its row: the configuration that it was given, as JSON."""


class RunStatus(StrEnum):
    """How a run stands; the values are the words of the table ``runs``.

    >>> RunStatus.FAILURE == "failed", RunStatus("SUCCESS") is RunStatus.SUCCESS
    (True, True)
    """

    STARTED = "running"
    SUCCESS = "success"
    FAILURE = "failed"
    CANCELED = "canceled"
    INTERRUPTED = "interrupted"
    """Its process died before it ended."""

    @classmethod
    def _missing_(cls, value: object) -> RunStatus | None:
        return next((each for each in cls if each.name == value), None)


RUN_STATUSES = tuple(status.value for status in RunStatus)


@dataclass(frozen=True)
class Run:
    """One run, as the store keeps it; times in seconds since 1970 (UTC), ``finished_at`` is None while it runs.

    Args:
        run_id: Its id.
        status: How it stands: a :class:`RunStatus`, which is a text.
        selection: What was asked for, in words.
        tags: What was attached.
        planned: How many steps it planned.
        started_at: When it began.
        finished_at: When it ended.
        config: The configuration that it was given, as JSON without secrets; None where it was given none.
        parent: The run that it goes on with.
        host: The machine that it ran on.
        pid: The process that it ran in.
        storage_id: The number of its row; 0 before it has one.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def one(): return 1
    >>> store = Instance.ephemeral()
    >>> run = store.run(materialize([one], instance=store, progress=False).run_id)
    >>> run.is_success, [event.event_type.value for event in run.events]
    (True, ['PIPELINE_START', 'ASSET_MATERIALIZATION', 'PIPELINE_SUCCESS'])
    """

    run_id: str
    status: str
    selection: str
    tags: Mapping[str, str]
    planned: int
    started_at: float
    finished_at: float | None
    config: str | None = None
    parent: str | None = None
    host: str | None = None
    pid: int | None = None
    storage_id: int = 0
    read_events: Callable[[str], Sequence[EventLogRecord]] | None = field(default=None, compare=False, repr=False)

    @property
    def events(self) -> Sequence[EventLogRecord]:
        """What happened in it, as the store that it was read from keeps it.

        Raises:
            StoreError: That store is closed.
        """
        return [] if self.read_events is None else self.read_events(self.run_id)

    @property
    def is_finished(self) -> bool:
        """Whether it ended, in whatever way."""
        return self.status != RunStatus.STARTED

    @property
    def is_success(self) -> bool:
        """Whether it ended without an error."""
        return self.status == RunStatus.SUCCESS

    @property
    def is_failure(self) -> bool:
        """Whether something in it failed."""
        return self.status == RunStatus.FAILURE

    @property
    def is_failure_or_canceled(self) -> bool:
        """Whether something in it failed, or it was ended before its time."""
        return self.is_finished and not self.is_success

    @property
    def job_name(self) -> str:
        """The name of the job, else what was asked for: the same as :attr:`selection`."""
        return self.selection

    @property
    def parent_run_id(self) -> str | None:
        """The same as :attr:`parent`."""
        return self.parent

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The configuration that it was given, without secrets."""
        found: Mapping[str, Any] = json.loads(self.config) if self.config else {}
        return found

    @property
    def start_time(self) -> float:
        """The same as :attr:`started_at`."""
        return self.started_at

    @property
    def end_time(self) -> float | None:
        """The same as :attr:`finished_at`."""
        return self.finished_at

    @property
    def create_timestamp(self) -> datetime:
        """When it began, in UTC."""
        return datetime.fromtimestamp(self.started_at, UTC)

    @property
    def update_timestamp(self) -> datetime:
        """When it ended, or began if it did not end, in UTC."""
        return datetime.fromtimestamp(self.finished_at or self.started_at, UTC)

    @property
    def dagster_run(self) -> Run:
        """The run itself: a run and its record are one here."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:  # without the store, which another process may not have
        values = (getattr(self, name) for name in self.__dataclass_fields__ if name != "read_events")
        return type(self), tuple(values)


RunRecord = Run


def new_run(selection: str, tags: Mapping[str, str], planned: int, run_id: str = "") -> Run:
    """Return what is known of a run that is about to begin; nothing is kept of it yet.

    Args:
        selection: What was asked for, in words.
        tags: Names and values kept with it.
        planned: How many steps it plans.
        run_id: What to call it; by default it gets a name of its own.

    >>> new_run("daily", {}, 1).status
    <RunStatus.STARTED: 'running'>
    """
    return Run(run_id or str(uuid.uuid4()), RunStatus.STARTED, selection, dict(tags), planned, time.time(), None)


def run_from_row(row: Sequence[Any], read_events: Callable[[str], Sequence[EventLogRecord]] | None = None) -> Run:
    """Return the run of a row: number, id, status, selection, tags, planned, times, parent, host and process.

    Args:
        row: The row.
        read_events: Reads the events of a run from the store.
    """
    number, run_id, status, selection, written, planned, started_at, finished_at, parent, host, pid = row
    tags = json.loads(written)
    tags = tags if isinstance(tags, dict) else {}  # of an import before these were checked
    tags.pop(PLACE_TAG, None)
    return Run(
        run_id,
        RunStatus(status) if status in RUN_STATUSES else status,
        selection,
        tags,
        planned,
        started_at,
        finished_at,
        tags.pop(CONFIG_TAG, None),
        parent,
        host,
        pid,
        number,
        read_events,
    )
