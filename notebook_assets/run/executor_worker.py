"""The other process: gets kits and tasks through a pipe, calls functions, and gives back what came of it."""

from __future__ import annotations

import io
import logging
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from functools import cache
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import NotPortableError, StoreError
from notebook_assets.lazy import lazy_module
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.executor_as_new import is_as_new
from notebook_assets.run.executor_errors import PackedError, packed
from notebook_assets.run.executor_kits import INSTANCE, Kit, PartKit, RunKit, SourceKit, Things
from notebook_assets.run.executor_line import Line, end_all, lead_a_group
from notebook_assets.run.executor_messages import BEGUN, CLOSE, Answer, Ask, AskThing, Begin, Closed
from notebook_assets.run.executor_resources import LentThings, PortedResources
from notebook_assets.run.executor_store import WorkerInstance, forget_home, make_at_home
from notebook_assets.run.input_sources import InputSource
from notebook_assets.run.late_calls import left_behind_when
from notebook_assets.run.output_aside import OutputAside
from notebook_assets.run.private_loop import PrivateLoop
from notebook_assets.run.result import RunResult
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.run.step_calls import StepCalls
from notebook_assets.run.step_output import keep_aside
from notebook_assets.run.work import CallsApart, Computed

if TYPE_CHECKING:
    import cloudpickle
    import numpy as np
else:
    cloudpickle = lazy_module("cloudpickle")
    np = lazy_module("numpy")

_SHARED_BYTES = 128 * 2**20
"""How much memory a worker uses for values that several of its calls take."""

_IDLE = 60.0
"""Seconds that a worker without a run waits for another one."""


def serve(connection: Connection, printed: str) -> None:
    """Do what comes through a pipe, until nobody is at the other end, or nothing comes for a while between runs.

    Args:
        connection: The pipe.
        printed: The file for what a call prints, should this process die with it.
    """
    lead_a_group()
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the notebook's process decides what an interrupt means
    # What is printed is caught, and shown by the notebook's process: nobody may see what goes out of here.
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    multiprocessing.current_process().daemon = False  # a function may start processes of its own
    before, own = frozenset(sys.modules), os.getpid()
    streams, line = (sys.stdout, sys.stderr), Line(connection, end=lambda: end_all(own))
    worker, aside = _Worker(line), OutputAside(printed)
    keep_aside(aside)
    with suppress(EOFError, OSError), left_behind_when(line):  # nobody is there any more
        while (message := line.next(None if worker.has_run else _IDLE)) is not None:
            if message == CLOSE:
                closed = replace(worker.close(), is_as_new=is_as_new(before, streams))
                worker = _Worker(line)
                line.tell(pickle.dumps(closed))
                continue
            aside.clear()
            done = worker.done(message)
            if os.getpid() != own:  # the function forked, and this is the child, which nobody waits for
                os._exit(0)
            line.tell(done)


class _Worker:
    """Makes calls.

    Args:
        line: Where it asks for values.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._is_over = False
        self._run = b""
        self._scope: RunScope | None = None
        self._shared: dict[Any, Any] = {}
        self._calls: dict[int, CallsApart] = {}

    @property
    def has_run(self) -> bool:
        """Whether it is at work for a run."""
        return self._scope is not None

    def done(self, begin: Begin) -> bytes:
        """Return what came of a task, pickled."""
        try:
            task = self._prepare(begin)
            self._line.tell(pickle.dumps(BEGUN))
            computed = self._calls[begin.kit[0]].computed(task)
        except (EOFError, OSError):
            raise
        except KeyboardInterrupt as error:  # the function raised it: it ends the run, as it does elsewhere
            computed = Computed(fatal=error)
        except StoreError as error:  # it can't even be opened
            computed = Computed(fatal=error)
        except BaseException as error:  # modules of a person's own are imported, and may raise anything
            computed = Computed(error=error)
        try:
            return _result(computed)
        except Exception as error:  # metadata that nobody can pickle, say
            reason = f"What the call gave can't be handed to the notebook's process: {type(error).__name__}: {error}."
            return _result(Computed(error=NotPortableError(reason), seconds=computed.seconds))

    def _prepare(self, begin: Begin) -> Any:
        if begin.run is not None:
            self._run = begin.run
        if self._scope is None:
            kit: RunKit = self._loads(self._run)  # again for each task, where it raises
            _settle(kit)
            self._scope = self._scope_of(kit)
        for number, data in begin.shared:
            self._shared[number] = self._loads(data)
        number, calls = begin.kit
        if calls is not None:
            self._calls[number] = self._calls_of(self._loads(calls))
        return self._loads(begin.task)

    def _scope_of(self, kit: RunKit) -> RunScope:
        instance = WorkerInstance(kit.folder)
        instance.ask = self._ask
        self._shared[INSTANCE] = instance
        resources: Any = PortedResources(kit, instance)
        return RunScope(
            result=RunResult(kit.run_id, instance, 0),
            instance=instance,
            resources=resources,
            statuses={},
            tags=kit.tags,
            config=kit.config,
            shared=SharedValues(_SHARED_BYTES),
            loop=PrivateLoop(),
            retry_policy=kit.retry_policy,
            load=lambda key, partition, python_type=None: self._ask(Ask(key, partition, True, python_type)),
            is_apart=True,
            is_elsewhere=True,
        )

    def _calls_of(self, kit: Kit) -> CallsApart:
        rebuilt: CallsApart = kit.kind.rebuilt([self._part(part) for part in kit.parts])
        return rebuilt

    def _part(self, kit: PartKit) -> StepCalls:
        scope = self._known_scope
        sources = {name: self._source(kit, source) for name, source in kit.sources.items()}
        resources: Any = scope.resources
        resources.add(kit.node, self._lent(kit.things))
        assert kit.node.definition is not None  # noqa: S101  (it is made here)
        return StepCalls(kit.node.definition, kit.node, scope, sources, kit.may_be_none)

    def _source(self, part: PartKit, kit: SourceKit) -> InputSource:
        scope = self._known_scope
        resources: Any = scope.resources
        seen = resources.seen(self._lent(kit.things))
        told = (kit.config, kit.upstream_config)
        found = InputSource(kit.dependency, part.node, kit.upstream, scope.instance, seen, scope.shared, *told)
        if kit.shared_by and not scope.shared.shared_positions(found.source):
            scope.shared.expect(found.source, np.full(kit.shared_by, 2**40, dtype=np.int64))
        return found

    def _lent(self, things: Things) -> LentThings:
        """Return the resources that something sees."""
        held = {key: self._shared[number] for key, number in things.held.items()}
        return LentThings(held, things.others, lambda key: self._fetched(AskThing(things.place, key)))

    def _fetched(self, ask: AskThing) -> Any:
        """Return a resource that was not sent."""
        answer = self._answer(ask)
        for number, data in answer.shared:
            self._shared[number] = self._loads(data)
        return self._shared[pickle.loads(answer.value or b"")]  # noqa: S301  (its number)

    @property
    def _known_scope(self) -> RunScope:
        assert self._scope is not None  # noqa: S101  (no task comes before its run)
        return self._scope

    def _loads(self, data: bytes) -> Any:
        unpickler = _Unpickler(io.BytesIO(data))
        unpickler.shared = self._shared
        return unpickler.load()

    def _ask(self, ask: Ask) -> Any:
        """Return a value that only the notebook's process can get."""
        value = pickle.loads(self._answer(ask).value or b"")  # noqa: S301  (from the process that started this one)
        make_at_home(value)
        return value

    def _answer(self, ask: Ask | AskThing) -> Answer:
        answer = self._line.ask(ask, is_over=self._is_over)
        if answer.error is not None:
            raise answer.error.unpacked()
        return answer

    def close(self) -> Closed:
        """Tear down what was set up; return what was told of it."""
        self._is_over = True
        told, printed = _Told(), io.StringIO()
        if self._scope is not None:
            self._scope.loop.close()
            piece_log().addHandler(told)
            with redirect_stdout(printed), redirect_stderr(printed):
                try:
                    self._scope.resources.close()
                except BaseException as error:  # of those that are no Exception it has torn down the rest
                    piece_log().error("Not all resources could be torn down: %s: %s", type(error).__name__, error)
            piece_log().removeHandler(told)
            self._scope.instance.close()
        forget_home()
        return Closed(is_as_new=False, told=told.told, output=printed.getvalue())


class _Told(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append((record.levelno, record.getMessage()))


def _settle(kit: RunKit) -> None:
    """Be where the notebook's process is, with its environment."""
    around = kit.around
    os.environ.clear()
    os.environ.update(around.environment)
    sys.path[:] = around.path
    piece_log().setLevel(around.log_level)
    with suppress(OSError):
        os.chdir(around.folder)


class _Unpickler(pickle.Unpickler):
    """Puts in what is shared."""

    shared: Mapping[Any, Any]

    def persistent_load(self, pid: Any) -> Any:
        return self.shared[pid]


@cache
def _pickler() -> type[Any]:
    """Return the class of what pickles results: errors with their frames, whatever they are."""

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        """Pickles errors as they can be handed on."""

        def reducer_override(self, obj: Any) -> Any:
            if isinstance(obj, BaseException):
                return _unpacked, (packed(obj),)
            return super().reducer_override(obj)

    return Pickler


def _unpacked(error: PackedError) -> BaseException:
    return error.unpacked()


def _result(computed: Computed) -> bytes:
    buffer = io.BytesIO()
    _pickler()(buffer, protocol=5).dump(computed)
    return buffer.getvalue()
