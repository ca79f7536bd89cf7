"""An event loop of a run's own, for coroutines; a notebook's own loop is busy with the cell."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import asyncio
    from concurrent import futures
else:
    asyncio = lazy_module("asyncio")
    futures = lazy_module("concurrent.futures")

PATIENCE = 10.0
"""How many seconds a canceled coroutine has to clean up; long enough to close files and connections."""


class PrivateLoop:
    """Runs coroutines to their end, one at a time, in a thread that is started for the first of them.

    >>> async def answer():
    ...     return 42
    >>> loop = PrivateLoop()
    >>> loop.run(answer())
    42
    >>> loop.close()
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_abandoned = False

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Return what a coroutine returns, or raise what it raises; an interrupt cancels it.

        Args:
            coroutine: It sees the context variables of the caller.
        """
        future = asyncio.run_coroutine_threadsafe(_caught(coroutine), self._started())
        try:
            value, error = future.result()
        except BaseException:  # an interrupt in this thread
            future.cancel()
            raise
        if error is not None:
            raise error
        return value

    def collect(self, generator: AsyncIterator[Any]) -> list[Any]:
        """Return all that an asynchronous generator yields."""
        found: list[Any] = self.run(_collected(generator))
        return found

    @contextmanager
    def left_behind_on_error(self) -> Iterator[None]:
        """Have :meth:`close` wait for nobody after an error: what runs is canceled, and cleans up by itself."""
        try:
            yield
        except BaseException:
            self._is_abandoned = True
            raise

    def close(self, patience: float | None = None) -> None:
        """Stop the thread, once what was canceled has cleaned up.

        What does not heed its cancellation in time, or until a second interrupt, is left behind.

        Args:
            patience: How many seconds it has; by default ``PATIENCE``. With 0 nobody waits, and the thread goes on
                until it is done.
        """
        patience = PATIENCE if patience is None else patience
        if self._loop is None or self._thread is None:
            return
        if not patience:
            asyncio.run_coroutine_threadsafe(_canceled_and_stopped(self._loop), self._loop)
            self._loop = self._thread = None
            return
        with suppress(KeyboardInterrupt):
            futures.wait([asyncio.run_coroutine_threadsafe(_canceled_all(), self._loop)], timeout=patience)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self._loop.close()
        self._loop = self._thread = None

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="notebook_assets loop", daemon=True)
            self._thread.start()
        return self._loop


class PrivateLoops(PrivateLoop):
    """A private loop for each thread that has coroutines to run.

    >>> async def answer():
    ...     return 42
    >>> loops = PrivateLoops()
    >>> loops.run(answer())
    42
    >>> loops.close()
    """

    def __init__(self) -> None:
        super().__init__()
        self._own = threading.local()
        self._all: list[PrivateLoop] = []

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Return what a coroutine returns, or raise what it raises."""
        loop: PrivateLoop | None = getattr(self._own, "loop", None)
        if loop is None:
            loop = self._own.loop = PrivateLoop()
            self._all.append(loop)
        return loop.run(coroutine)

    def close(self, patience: float | None = None) -> None:
        """Stop all threads."""
        for loop in self._all:
            loop.close(0.0 if self._is_abandoned else patience)
        self._all.clear()


async def _caught(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, BaseException | None]:
    """Hand over the error as a value: some (SystemExit) would end the loop and leave the caller waiting."""
    try:
        return await coroutine, None
    except BaseException as error:
        return None, error


async def _canceled_all() -> None:
    """Cancel what still runs in this loop, and wait until it has cleaned up."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        if not task.cancelling():  # a second time would cut short what it does about the first
            task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


async def _canceled_and_stopped(loop: asyncio.AbstractEventLoop) -> None:
    await _canceled_all()
    loop.call_soon(loop.stop)


async def _collected(generator: AsyncIterator[Any]) -> list[Any]:
    return [thing async for thing in generator]
