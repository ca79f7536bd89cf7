"""Carry out the calls of a run: one after the other here, or by workers as soon as what each needs is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from notebook_assets.run.cancel import CancelToken
from notebook_assets.run.checks_in_run import RunChecks
from notebook_assets.run.late_calls import pauses_end_with
from notebook_assets.run.listeners import ProgressListener
from notebook_assets.run.result import RunResult
from notebook_assets.run.schedule import Call
from notebook_assets.run.work import Computed, Work, carried_out
from notebook_assets.run.work_units import WorkUnit, schedule_of


class Pool(Protocol):
    """Workers that compute what works are about."""

    @property
    def window(self) -> int:
        """How many works it takes at a time: so many that no worker waits, and no more."""

    def submit(self, call: Call, work: Work) -> None:
        """Have a work computed that has begun."""

    def take(self) -> tuple[Call, Work, Computed] | None:
        """Wait for a work that is computed; None where it was woken up instead."""

    def wake(self) -> None:
        """Have :meth:`take` return, from another thread."""

    def close(self) -> None:
        """Let the workers go; all works are computed."""

    def abandon(self) -> None:
        """Let go of the workers at once, whatever they are doing; nothing of it counts."""


class RunLoop:
    """Carries out the calls of one run.

    Args:
        units: What is called, upstream first.
        result: What is told of the run.
        progress: Is told of each piece.
        checks: The checks of the run.
        newest: Whether later partitions come first.
        cancel: Asks for the end.
    """

    def __init__(
        self,
        units: Sequence[WorkUnit],
        result: RunResult,
        progress: ProgressListener,
        checks: RunChecks,
        *,
        newest: bool = False,
        cancel: CancelToken | None = None,
    ) -> None:
        self._units = units
        self._result = result
        self._progress = progress
        self._begun = getattr(progress, "begun", None)  # most listeners don't ask
        self._checks = checks
        self._newest = newest
        self._cancel = cancel

    def here(self) -> None:
        """Carry out one call after the other, asset by asset.

        Raises:
            KeyboardInterrupt: It was interrupted, or canceled between two calls.
            StoreError: The store takes no more.
        """
        with pauses_end_with(self._cancel):
            for unit in self._units:
                try:
                    for positions in unit.in_order(newest=self._newest):
                        self._check_canceled()
                        self._announce(unit, positions)
                        carried_out(unit.work(positions))
                        self._tell(unit, positions)
                finally:
                    unit.flush()
                for key in unit.keys:
                    self._checks.after_asset(key)

    def by(self, pool: Pool) -> None:
        """Have workers compute the calls; each is begun, and recorded, here.

        Raises:
            KeyboardInterrupt: It was interrupted, or canceled; what is not recorded by then never will be.
            StoreError: The store takes no more.
        """
        try:
            if self._cancel is not None:
                self._cancel.when_canceled(pool.wake)
            self._go_on(pool)
            pool.close()
        except BaseException:
            pool.abandon()
            raise
        finally:
            for unit in self._units:
                unit.flush()

    def _go_on(self, pool: Pool) -> None:
        barriers = [at for at, unit in enumerate(self._units) if self._checks.waits_for_asset(unit.keys)]
        schedule = schedule_of(self._units, newest=self._newest, barriers=barriers)
        under_way = 0
        while True:
            self._check_canceled()
            call = schedule.next() if under_way < pool.window else None
            if call is not None:
                unit = self._units[call[0]]
                work = unit.work(schedule.positions(call).tolist())
                if work.begin():
                    self._announce(unit, schedule.positions(call).tolist())
                    pool.submit(call, work)
                    under_way += 1
                    continue
            elif under_way:
                taken = pool.take()
                if taken is None:
                    continue
                under_way -= 1
                call, work, computed = taken
                if computed.fatal is None or computed.made:
                    work.finish(computed)
                if computed.fatal is not None:
                    raise computed.fatal
            else:
                return
            self._tell(self._units[call[0]], schedule.positions(call).tolist())
            if schedule.ended(call):
                self._end(self._units[call[0]])
                schedule.lift()

    def _announce(self, unit: WorkUnit, positions: Sequence[int]) -> None:
        """Tell the listener which pieces a call is about to make, where it wants to know."""
        if self._begun is not None:
            for member, position in unit.made_at(positions):
                self._begun(self._result, member.key, member.status.keys[position])

    def _tell(self, unit: WorkUnit, positions: Sequence[int]) -> None:
        """Carry out the checks of the pieces that a call was to make, and tell the listener of them."""
        if len(positions) == 1 == len(unit.members):  # by far the most frequent case
            status, position = unit.members[0].status, positions[0]
            if not self._checks.is_idle:
                self._checks.after_piece(status, position)
            self._progress.advanced(self._result, status.node.key, status.keys[position])
            return
        for member, position in unit.made_at(positions):
            self._checks.after_piece(member.status, position)
            self._progress.advanced(self._result, member.key, member.status.keys[position])

    def _end(self, unit: WorkUnit) -> None:
        unit.flush()
        for key in unit.keys:
            self._checks.after_asset(key)

    def _check_canceled(self) -> None:
        if self._cancel is not None and self._cancel.is_canceled:
            raise KeyboardInterrupt
