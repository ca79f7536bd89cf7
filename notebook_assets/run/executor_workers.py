"""Worker: another process and the pipe to it; how one is started, kept for the next run, or stopped."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.executor_line import end_all, end_group
from notebook_assets.run.executor_messages import Closed
from notebook_assets.run.executor_worker import serve
from notebook_assets.run.output_aside import OutputFile
from notebook_assets.run.schedule import Call
from notebook_assets.run.step_text import StepText
from notebook_assets.run.work import Work

if TYPE_CHECKING:
    from loky import backend
else:
    backend = lazy_module("loky.backend")


@dataclass(eq=False)
class Worker:
    """A process and the pipe to it."""

    process: Any
    pipe: Any
    shared: set[int] = field(default_factory=set)
    kits: set[int] = field(default_factory=set)
    task: tuple[Call, Work] | None = None
    sent: float = 0.0
    """When it was given its task."""
    began: float | None = None
    """When the function of its task was called."""
    has_run: bool = False
    """Whether it knows what all calls of the run share."""
    printed: OutputFile = field(default_factory=OutputFile)
    """What its task printed so far."""
    is_used: bool = False
    """Whether it made calls of another run before."""


_IDLE: dict[int, list[Worker]] = {}
"""Workers between two runs, which are as good as new, by the process that they are of: a child that was forked has none
of them. They end by themselves after a while."""


def a_worker() -> Worker:
    """Return a worker without a task: one that an earlier run left as good as new, or a new one."""
    idle = _IDLE.get(os.getpid(), [])
    while idle:
        worker = idle.pop()
        if worker.process.is_alive():
            return worker
        worker.pipe.close()
        worker.printed.close()
    context = backend.get_context("loky")
    ours, theirs = context.Pipe()
    printed = OutputFile()
    process = context.Process(target=serve, args=(theirs, printed.path), daemon=True)
    process.start()
    theirs.close()
    return Worker(process, ours, printed=printed)


def keep(worker: Worker, until: float) -> bool:
    """Keep a worker that was told to let go of its run for the next one; return whether that can be.

    Args:
        worker: The worker.
        until: How long to wait for it, by the monotonic clock.
    """
    if not _has_closed(worker, until):
        return False
    _IDLE.setdefault(os.getpid(), []).append(Worker(worker.process, worker.pipe, printed=worker.printed, is_used=True))
    return True


def how_it_ended(code: int | None) -> str:
    """Return how a process ended.

    >>> how_it_ended(3)
    'it exited with code 3'
    """
    if code is None:
        return "nobody knows why"
    if code >= 0:
        return f"it exited with code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    more = ", as the system does where memory runs out" if name == "SIGKILL" else ""
    return f"it was ended by {name}{more}"


def _has_closed(worker: Worker, until: float) -> bool:
    """Wait until a worker has let go of a run; return whether it can be used for another one."""
    try:
        while worker.pipe.poll(max(until - time.monotonic(), 0.0)):
            message = pickle.loads(worker.pipe.recv_bytes())  # noqa: S301  (from a process of this run)
            if isinstance(message, Closed):
                _tell(message)
                return message.is_as_new
    except (EOFError, OSError):
        pass
    return False


def _tell(closed: Closed) -> None:
    """Tell what happened when resources were torn down, as it would be told had that been done here."""
    if closed.output:
        sys.stdout.write(closed.output)
    for level, message in closed.told:
        piece_log().log(level, message)


def kill(worker: Worker) -> StepText:
    """Stop a process, and those that it started; return what its task printed until then."""
    if worker.process.is_alive():
        end_all(worker.process.pid)
    else:
        end_group(worker.process.pid)
    worker.process.join(5.0)
    worker.pipe.close()
    found = worker.printed.read()
    worker.printed.close()
    return found
