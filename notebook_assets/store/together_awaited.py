"""Coroutines run to their end from plain code, beside whatever loop the notebook has: one, or several at once."""

from __future__ import annotations

import contextvars
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import asyncio
    from concurrent import futures
else:
    asyncio = lazy_module("asyncio")
    futures = lazy_module("concurrent.futures")


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns; it runs in a loop of its own, in another thread.

    >>> async def answer():
    ...     return 42
    >>> awaited(answer())
    42
    """
    with futures.ThreadPoolExecutor(1, thread_name_prefix="notebook_assets loading") as pool:
        return pool.submit(contextvars.copy_context().run, asyncio.run, coroutine).result()


async def awaited_all(coroutines: Sequence[Coroutine[Any, Any, Any]]) -> list[tuple[Any, Exception | None]]:
    """Return what coroutines that run at once returned, each with the error that it raised.

    >>> async def answer():
    ...     return 42
    >>> awaited(awaited_all([answer(), answer()]))
    [(42, None), (42, None)]
    """
    return await asyncio.gather(*map(_caught, coroutines))


async def _caught(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, Exception | None]:
    try:
        return await coroutine, None
    except Exception as error:
        return None, error
