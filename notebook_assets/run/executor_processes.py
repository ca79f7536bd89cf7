"""Processes that compute the works of a run: each has one task at a time, so that it is known what died with it."""

from __future__ import annotations

import math
import pickle
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import connection
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import NotPortableError, StepTimeoutError, WorkerDiedError
from notebook_assets.lazy import lazy_module
from notebook_assets.run.executor_errors import packed
from notebook_assets.run.executor_kits import Parcel
from notebook_assets.run.executor_messages import BEGUN, CLOSE, Answer, Ask, AskThing, Begin
from notebook_assets.run.executor_porter import Porter
from notebook_assets.run.executor_workers import Worker, a_worker, how_it_ended, keep, kill
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.schedule import Call
from notebook_assets.run.work import Computed, Work

if TYPE_CHECKING:
    import cloudpickle
else:
    cloudpickle = lazy_module("cloudpickle")

_PATIENCE = 0.2
"""Seconds after which a wait looks up: on some systems an interrupt gets through only then."""

_TEAR_DOWN = 10.0
"""Seconds that resources have to be torn down at the end of a run."""

_START = 60.0
"""Seconds that a process has beside the time of a call to start, and to import what the call needs."""


class ProcessPool:
    """Computes works in other processes, which are started when they are needed and end with the run.

    Args:
        workers: How many.
        scope: What all steps of the run share.
        timeout: How many seconds a call may take, retries included.

    Raises:
        NotPortableError: The configuration of the run can't be handed to another process.
    """

    def __init__(self, workers: int, scope: RunScope, timeout: float | None = None) -> None:
        self.window = workers * 2
        self._most = workers
        self._scope = scope
        self._timeout = timeout
        self._porter = Porter(scope)
        self._run = self._porter.run
        self._workers: list[Worker] = []
        self._todo: deque[tuple[Call, Work]] = deque()
        self._done: deque[tuple[Call, Work, Computed]] = deque()
        self._woken, self._wake = connection.Pipe(duplex=False)
        self._numbers: dict[int, int] = {}  # of kits, by the ids of what calls
        self._given_again: set[Call] = set()

    def prepare(self, works: Iterable[Work]) -> None:
        """Make sure that works can be handed to other processes.

        Raises:
            NotPortableError: One can't; the error says what of it.
        """
        for work in works:
            self._porter.kit(_calls_of(work))

    def submit(self, call: Call, work: Work) -> None:
        """Have a work computed that has begun."""
        self._todo.append((call, work))
        self._feed()

    def take(self) -> tuple[Call, Work, Computed] | None:
        """Wait for a work that is computed; None where it was woken up instead."""
        while not self._done:
            self._feed()
            busy = {worker.pipe: worker for worker in self._workers if worker.task is not None}
            ends = {worker.process.sentinel: worker for worker in busy.values()}
            for ready in connection.wait([*busy, *ends, self._woken], self._patience()):
                if ready is self._woken:
                    self._woken.recv_bytes()
                    return None
                worker: Worker = busy.get(ready) or ends[ready]
                if worker.task is not None:
                    self._listen(worker)
            self._stop_late()
        return self._done.popleft()

    def wake(self) -> None:
        """Have :meth:`take` return, from another thread."""
        with suppress(OSError):
            self._wake.send_bytes(b"")

    def close(self) -> None:
        """Let the workers tear down what they set up, and end."""
        for worker in self._workers:
            with suppress(OSError):
                worker.pipe.send_bytes(pickle.dumps(CLOSE))
        until = time.monotonic() + _TEAR_DOWN
        for worker in list(self._workers):
            if keep(worker, until):
                self._workers.remove(worker)
        self.abandon()

    def abandon(self) -> None:
        """Stop the workers at once, and all that they started."""
        workers, self._workers = self._workers, []
        for worker in workers:
            kill(worker)
        for end in (self._woken, self._wake):
            end.close()  # a second time does no harm

    def _feed(self) -> None:
        """Give tasks to the workers that have none; start one where all have."""
        while self._todo:
            worker = next((each for each in self._workers if each.task is None), None)
            if worker is None and len(self._workers) < self._most:
                worker = self._started()
            if worker is None:
                return
            call, work = self._todo.popleft()
            try:
                begin = self._begin(worker, work)
            except NotPortableError as error:
                self._done.append((call, work, Computed(error=error)))
                continue
            worker.task, worker.sent, worker.began = (call, work), time.monotonic(), None
            try:
                worker.pipe.send_bytes(pickle.dumps(begin, protocol=5))
            except OSError:
                self._take_death(worker)

    def _started(self) -> Worker:
        worker = a_worker()
        self._workers.append(worker)
        return worker

    def _begin(self, worker: Worker, work: Any) -> Begin:
        """Return a task with what the worker does not have yet."""
        calls = _calls_of(work)
        kit, task = self._porter.kit(calls), self._porter.pack(work.task, f"What {_name(work)} is made from")
        number = self._numbers.setdefault(id(calls), len(self._numbers))
        is_new = number not in worker.kits
        shared: dict[int, bytes] = {}
        for parcel in (kit, task) if is_new else (task,):
            self._add_shared(parcel, worker, shared)
        run = None if worker.has_run else self._run
        worker.kits.add(number)
        worker.has_run = True
        return Begin(run, list(shared.items()), (number, kit.data if is_new else None), task.data)

    def _add_shared(self, parcel: Parcel, worker: Worker, found: dict[int, bytes]) -> None:
        for number in sorted(parcel.shared - worker.shared):
            if number not in found:
                shared = self._porter.shared[number]
                self._add_shared(shared, worker, found)
                found[number] = shared.data
                worker.shared.add(number)

    def _listen(self, worker: Worker) -> None:
        """Take what a worker says."""
        try:
            if not worker.pipe.poll():
                raise EOFError
            data = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._take_death(worker)
            return
        try:
            message = pickle.loads(data)  # noqa: S301  (from a process of this run)
        except Exception as error:  # a class that can't be made anew
            reason = f"What {_name(self._task(worker)[1])} gave can't be read: {type(error).__name__}: {error}."
            message = Computed(error=NotPortableError(reason))
        if message == BEGUN:
            worker.began = time.monotonic()
        elif isinstance(message, Ask):
            with suppress(OSError):
                worker.pipe.send_bytes(pickle.dumps(self._answer(message)))
        elif isinstance(message, AskThing):
            with suppress(OSError):
                worker.pipe.send_bytes(pickle.dumps(self._thing(message, worker)))
        elif isinstance(message, Computed):
            if message.output:
                sys.stdout.write(message.output)
            call, work = self._task(worker)
            worker.task, worker.began, worker.is_used = None, None, False
            self._done.append((call, work, message))

    def _answer(self, ask: Ask) -> Answer:
        """Return a value that a worker can't get by itself."""
        load: Callable[..., Any] | None = self._scope.load
        try:
            if ask.by_manager and load is not None:
                value = load(ask.key, ask.partition, ask.python_type)
            else:
                value = self._scope.instance.load(ask.key, ask.partition)
            return Answer(cloudpickle.dumps(value))
        except Exception as error:  # whatever an IO manager or a value raises
            return Answer(None, packed(error))

    def _thing(self, ask: AskThing, worker: Worker) -> Answer:
        """Return a resource that a function asks for without having said that it needs it."""
        try:
            number = self._porter.asked(ask.place, ask.key)
            shared: dict[int, bytes] = {}
            self._add_shared(Parcel(b"", frozenset([number])), worker, shared)
            return Answer(pickle.dumps(number), shared=list(shared.items()))
        except NotPortableError as error:
            return Answer(None, packed(error))

    @staticmethod
    def _task(worker: Worker) -> tuple[Call, Work]:
        if worker.task is None:
            raise AssertionError("a worker without a task says nothing")
        return worker.task

    def _take_death(self, worker: Worker) -> None:
        """Fail the piece of a worker that died; the next task starts another one.

        A piece that it had not begun is not to blame: it is given to another worker, once.
        """
        worker.process.join(1.0)
        call = self._task(worker)[0]
        if worker.began is None and (worker.is_used or call not in self._given_again):
            if not worker.is_used:  # which may just have ended since nothing was to be done
                self._given_again.add(call)
            self._workers.remove(worker)
            self._todo.appendleft(self._task(worker))
            worker.task = None
            kill(worker)
            return
        name, how = _name(self._task(worker)[1]), how_it_ended(worker.process.exitcode)
        self._fail(worker, WorkerDiedError(f"The process that made {name} died: {how}. Other pieces go on."))

    def _fail(self, worker: Worker, error: Exception) -> None:
        self._workers.remove(worker)
        printed = kill(worker)
        output = printed.text()
        if output:
            sys.stdout.write(output)
        call, work = self._task(worker)
        worker.task = None
        seconds = 0.0 if worker.began is None else time.monotonic() - worker.began
        self._done.append((call, work, Computed(None, error, seconds, output=output, dropped=printed.dropped)))

    def _stop_late(self) -> None:
        """Stop the workers whose calls took too long."""
        if self._timeout is None:
            return
        for worker in list(self._workers):
            if worker.task is None or time.monotonic() < self._end(worker):
                continue
            name, most = _name(worker.task[1]), f"{self._timeout:g} s"
            said = f"{name} took longer than the {most} that a call may take, and was stopped."
            if worker.began is None:
                said = (
                    f"{name} was stopped before its function was called: to start a process, and to import and "
                    f"unpickle what it needs there, took longer than {_START:g} s and the {most} of the call."
                )
            self._fail(worker, StepTimeoutError(f"{said} Give it more by timeout=, or less to do."))

    def _end(self, worker: Worker) -> float:
        """Return when the task of a worker takes too long, by the monotonic clock."""
        most = math.inf if self._timeout is None else self._timeout
        return worker.sent + _START + most if worker.began is None else worker.began + most

    def _patience(self) -> float | None:
        """Return how long to wait at most."""
        ends = (self._end(worker) for worker in self._workers if worker.task is not None)
        soonest = min(ends, default=math.inf) - time.monotonic()
        most = _PATIENCE if sys.platform == "win32" else math.inf
        found = min(soonest, most)
        return None if found == math.inf else max(found, 0.0)


def _calls_of(work: Any) -> Any:
    calls = getattr(work, "calls", None)
    if calls is None:
        raise NotPortableError(f'{type(work).__name__} can\'t be done by another process; use executor="threads".')
    return calls


def _name(work: Any) -> str:
    """Return what a work makes, as people write it."""
    partition = getattr(work, "partition", None)
    label: str = work.calls.parts[0].definition.label
    return label if partition is None else f"{label}[{partition}]"
