"""Runs in a store: they begin, plan, print and end; and those whose process died are found and closed."""

from __future__ import annotations

import sqlite3
import time
import uuid
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from notebook_assets.errors import InvalidInvocationError, StoreError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.store import run_table
from notebook_assets.store.database import Database
from notebook_assets.store.reading import StoreReader
from notebook_assets.store.run_locks import RunLocks
from notebook_assets.store.run_owners import OWNER_COLUMNS, lives
from notebook_assets.store.run_record import RUN_STATUSES
from notebook_assets.store.values import ValueFiles

_LAST_WAIT = 1.0  # seconds to wait for another process when the store is closed
_RUNNING = f"SELECT id, number, {OWNER_COLUMNS} FROM runs WHERE status = 'running'"  # noqa: S608  (constant)


class RunKeeper(StoreReader):
    """What a store takes in of runs. Each method is one transaction: all of it is written, or nothing."""

    def __init__(self, database: Database, files: ValueFiles) -> None:
        super().__init__(database, files)
        self._late_ends: dict[int, tuple[str, float]] = {}  # of runs, as long as the store could not be written
        self._locks = RunLocks(database.path.parent)
        weakref.finalize(self, self._locks.close)

    @contextmanager
    def _write(self, wait: float | None = None) -> Iterator[sqlite3.Connection]:
        """Give the connection in one transaction, which also records how runs ended that could not be written then."""
        late = dict(self._late_ends)
        with self.database.write(wait) as connection:
            for number, (status, moment) in late.items():
                run_table.end_run(connection, number, status, moment)
            yield connection
        for number in late:
            self._late_ends.pop(number, None)

    def _tidy_up(self) -> None:
        """Close the runs of dead processes when the store is opened, if it can be written just now."""
        with suppress(StoreError):
            self._close_dead_runs(wait=0.0)

    def _write_late_ends(self) -> None:
        """Record, before the store is closed, how runs ended; without waiting long for another process."""
        if self._late_ends and not self.database.is_closed:
            self.database.lock_wait = min(self.database.lock_wait, _LAST_WAIT)
            with suppress(StoreError), self._write():
                pass

    def begin_run(
        self,
        *,
        selection: str = "",
        tags: Mapping[str, str] | None = None,
        planned: int = 0,
        run_id: str | None = None,
        parent: str | None = None,
        targets: Sequence[tuple[CoercibleToAssetKey, str]] = (),
    ) -> str:
        """Record that a run starts, in this process; runs of processes that died are closed first.

        Args:
            selection: What was asked for, in words.
            tags: Anything to keep with it.
            planned: How many steps it plans.
            run_id: What to call it, where that is known already; by default something new.
            parent: The id of the run that it goes on with.
            targets: What it plans: assets, each with the serialized subset of its partitions, ``""`` without any.

        Returns:
            The run's id.
        """
        self.database.check_in_place()
        self._follow_renames()
        self._tidy_up()
        run_id = run_id or str(uuid.uuid4())
        planned_subsets = {AssetKey.from_coercible(key): subset for key, subset in targets}
        with self._write() as connection:
            run_table.insert_run(
                connection,
                run_id,
                selection=selection,
                tags=tags or {},
                planned=planned,
                parent=parent,
                targets=list(planned_subsets.items()),
                locks=self._locks,
            )
        return run_id

    def finish_run(self, run_id: str, status: str) -> None:
        """Record how a run ended.

        Raises:
            InvalidInvocationError: No such status.
            StoreError: No such run; or the store can't be written, then it is recorded as soon as it can.
        """
        if status not in RUN_STATUSES:
            raise InvalidInvocationError(f"A run's status is one of {', '.join(RUN_STATUSES)}; got {status!r}.")
        number = self._run_number(run_id)
        self._late_ends[number] = (status, time.time())
        with self._write():
            pass
        self._locks.release(number)

    def close_dead_runs(self, *, hosts: str | Iterable[str] = ()) -> list[str]:
        """Close the runs whose process died before they ended: they become ``interrupted`` at their last event.

        It is done whenever a store is opened and a run begins. Whether a process on another machine lives can't be seen
        from here: its runs are left alone, unless you name it.

        Args:
            hosts: Machines, or containers, of which you know that nothing runs there any more, by ``Run.host``; a run
                that is seen to live is left alone even so.

        Returns:
            The ids of the runs that were closed.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     run = instance.begin_run()  # of this process, which lives
        ...     instance.close_dead_runs()
        []
        """
        return self._close_dead_runs([hosts] if isinstance(hosts, str) else list(hosts))

    def runs_out_of_sight(self) -> dict[str, str]:
        """Return the runs of which it can't be told from here whether they go on: their ids, each with its machine.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     run = instance.begin_run()  # of this process, which is seen to live
        ...     instance.runs_out_of_sight()
        {}
        """
        return {run_id: host or "" for run_id, _, host, is_alive in self._running() if is_alive is None}

    def _running(self) -> list[tuple[str, int, str | None, bool | None]]:
        """Return id, number and machine of each run that did not end, and whether it lives (None: not known)."""
        with self.database.read() as connection:
            rows = connection.execute(_RUNNING).fetchall()
        return [(run_id, number, host, lives(self._locks, number, host, *rest)) for run_id, number, host, *rest in rows]

    def _close_dead_runs(self, hosts: Sequence[str] = (), *, wait: float | None = None) -> list[str]:
        dead = {
            number: run_id
            for run_id, number, host, is_alive in self._running()
            if is_alive is False or (is_alive is None and host in hosts)
        }
        dead = {number: run_id for number, run_id in dead.items() if number not in self._late_ends}
        if not dead:
            return []
        with self._write(wait) as connection:
            for number, moment in run_table.last_moments(connection, dead).items():
                connection.execute(
                    "UPDATE runs SET status = 'interrupted', finished_at = ? WHERE number = ? AND status = 'running'",
                    (moment, number),
                )
        return list(dead.values())

    def run_targets(self, run_id: str) -> dict[AssetKey, str]:
        """Return what a run planned: by asset the serialized subset of its partitions, ``""`` where it has none.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as instance:
        ...     instance.run_targets(instance.begin_run(targets=[("daily", "")]))
        {AssetKey(['daily']): ''}
        """
        with self.database.read() as connection:
            return run_table.targets_of(connection, run_id)

    def record_step_output(
        self, key: CoercibleToAssetKey, partition: str | None = None, *, run_id: str, text: str, dropped: int = 0
    ) -> None:
        """Keep what a step printed and logged; of more than 64 K characters the middle is left out.

        Args:
            key: The asset.
            partition: The partition key, ``None`` for an unpartitioned asset.
            run_id: The run.
            text: What it printed; nothing is written where it is empty.
            dropped: How many characters were left out of it already.
        """
        if not text:
            return
        asset_id, number = self._ids.make(AssetKey.from_coercible(key)), self._run_number(run_id)
        with self._write() as connection:
            run_table.insert_output(connection, asset_id, partition or "", number, text, dropped)

    def step_output(self, key: CoercibleToAssetKey, partition: str | None = None, run_id: str | None = None) -> str:
        """Return what a piece's step printed and logged, ``""`` if nothing.

        Args:
            key: The asset; text may have its parts joined by slashes.
            partition: The partition key, ``None`` for an unpartitioned asset.
            run_id: In which run; by default in the latest attempt at the piece.

        Raises:
            StoreError: No such run.
        """
        asset_id = self._ids.find(self._ids.named(key))
        if asset_id is None:
            return ""
        number = None if run_id is None else self._run_number(run_id)
        with self.database.read() as connection:
            return run_table.output_of(connection, asset_id, partition or "", number)

    def _run_number(self, run_id: str) -> int:
        number = self._run_numbers.get(run_id)
        if number is None:
            with self.database.read() as connection:
                row = connection.execute("SELECT number FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is None:
                raise StoreError(f"The store has no run {run_id!r}; begin_run() gives the id of a new one.")
            number = self._run_numbers[run_id] = int(row[0])
        return number
