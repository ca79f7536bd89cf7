"""Line: a worker's end of the pipe, read by one thread, so that each message gets to whom it is for."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import NotPortableError
from notebook_assets.lazy import lazy_module
from notebook_assets.run.executor_messages import CLOSE, Answer, Ask, AskThing

if TYPE_CHECKING:
    import cloudpickle
    import psutil
else:
    cloudpickle = lazy_module("cloudpickle")
    psutil = lazy_module("psutil")

_PATIENCE = 1.0
"""Seconds after which the thread looks whether the notebook's process lives: a child that it forked holds the pipe."""

_OVER = "The run that this thread was started in is over in this process, so that nothing can be asked for any more."


class Line:
    """Tells a worker what it is to do, and what it asks for; and when nobody is there to do it for.

    Args:
        connection: The pipe.
        end: Called, in a thread, where the notebook's process is gone in the midst of a task.

    >>> from multiprocessing import Pipe
    >>> ours, theirs = Pipe()
    >>> line = Line(theirs, end=lambda: None)
    >>> ours.send_bytes(pickle.dumps(CLOSE))
    >>> line.next(5.0)
    'close'
    >>> line.is_set()
    False
    >>> ours.close()
    >>> line.next(5.0) is None, line.is_set()
    (True, True)
    """

    def __init__(self, connection: Connection, end: Callable[[], object]) -> None:
        self._connection = connection
        self._end = end
        self._own, self._parent = os.getpid(), os.getppid()
        self._todo: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._asking = threading.Lock()
        self._state = threading.Lock()
        self._is_open, self._is_waiting = False, False
        self._gone = threading.Event()
        self._is_busy = False
        threading.Thread(target=self._read, name="notebook_assets line", daemon=True).start()

    def next(self, seconds: float | None) -> Any:
        """Return what is to be done next; None where nobody is there any more, or nothing comes for some seconds.

        Args:
            seconds: How long to wait; None is for ever.
        """
        self._is_busy = False
        try:
            message = self._todo.get(timeout=seconds)
        except queue.Empty:
            return None
        self._is_busy = message is not None and message != CLOSE  # what is set up may be torn down
        if self._is_busy and self._gone.is_set():
            self._end()
        return message

    def tell(self, data: bytes) -> None:
        """Send a message.

        Raises:
            OSError: Nobody is there any more.
        """
        with self._state:
            try:
                self._connection.send_bytes(data)
            except OSError:
                if self._is_busy and os.getpid() == self._own:  # before the thread that reads has noticed
                    self._end()
                raise

    def ask(self, ask: Ask | AskThing, *, is_over: bool = False) -> Answer:
        """Return what the notebook's process answers; any thread may ask, one after the other.

        Args:
            ask: What is asked for.
            is_over: Whether the run that it is asked for has ended.

        Raises:
            NotPortableError: The run is over, or this is a process that a function forked.
        """
        if os.getpid() != self._own:
            raise NotPortableError(
                "This process was forked by the function of an asset: what only the notebook's process can give has "
                "to be asked for by the process that the function was called in, before it forks."
            )
        data = cloudpickle.dumps(ask)
        with self._asking:
            with self._state:
                if is_over or not self._is_open:
                    raise NotPortableError(_OVER)
                self._is_waiting = True
                self._connection.send_bytes(data)
            answer = self._answers.get()
        if answer is None:
            raise NotPortableError(_OVER)
        return answer

    def is_set(self) -> bool:
        """Whether the notebook's process is gone, so that whatever is made here is too late."""
        return self._gone.is_set() or (os.getpid() == self._own and os.getppid() != self._parent)

    def wait(self, timeout: float) -> bool:
        """Wait until it is gone, some seconds at most; return whether it is."""
        return self._gone.wait(timeout)

    def _read(self) -> None:
        """Hand on each message, until nobody is there; what goes on then is ended."""
        try:
            while True:
                while not self._connection.poll(_PATIENCE):
                    if self.is_set():
                        raise EOFError
                self._hand_on(pickle.loads(self._connection.recv_bytes()))  # noqa: S301  (from who started this)
        except (EOFError, OSError):
            self._gone.set()
            if self._is_busy:
                self._end()
            self._answers.put(None)
            self._todo.put(None)

    def _hand_on(self, message: Any) -> None:
        if isinstance(message, Answer):
            with self._state:
                self._is_waiting = False
            self._answers.put(message)
            return
        with self._state:
            self._is_open = message != CLOSE
            if not self._is_open and self._is_waiting:  # which nobody will answer any more
                self._is_waiting = False
                self._answers.put(None)
        self._todo.put(message)


def lead_a_group() -> None:
    """Have this process lead a group of its own, where there are such: what it starts can be ended after its death."""
    if hasattr(os, "setsid"):
        with suppress(OSError):  # it leads one already
            os.setsid()


def end_group(pid: int) -> None:
    """End what a worker started and is still in its group, also where the worker has died already.

    Args:
        pid: The worker's process id.

    >>> end_group(2**22 + 1)
    """
    if sys.platform != "win32":
        with suppress(OSError):  # nobody is left in it, or it was never made
            os.killpg(pid, signal.SIGKILL)


def end_all(pid: int) -> None:
    """End a process that lives, and all that it started.

    Args:
        pid: Its process id.

    >>> end_all(2**22 + 1)
    """
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in process.children(recursive=True):
            with suppress(psutil.Error):
                each.kill()
        end_group(pid)
        process.kill()
