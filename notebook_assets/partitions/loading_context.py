"""What time it is and which dynamic keys there are, for public methods that are asked without being told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from notebook_assets.errors import InvalidInvocationError


@dataclass(frozen=True)
class PartitionLoadingContext:
    """The time and the dynamic keys by which definitions are read.

    Args:
        effective_dt: What counts as now; ``None`` for the wall clock. A naive time is one on the definition's clocks.
        dynamic_partitions_store: What knows the keys of dynamic definitions.

    >>> PartitionLoadingContext(datetime(2013, 1, 1)).effective_dt.year
    2013
    """

    effective_dt: datetime | None = None
    dynamic_partitions_store: Any = None


_NOTHING_SET = PartitionLoadingContext()
_CURRENT: ContextVar[PartitionLoadingContext] = ContextVar("partition_loading_context", default=_NOTHING_SET)


@contextmanager
def partition_loading_context(
    effective_dt: datetime | None = None,
    dynamic_partitions_store: Any = None,
    *,
    new_ctx: PartitionLoadingContext | None = None,
) -> Iterator[PartitionLoadingContext]:
    """Set the time and the dynamic keys for all that is asked inside; what is not given stays as it is outside.

    >>> with partition_loading_context(datetime(2013, 1, 4, tzinfo=UTC)) as context:
    ...     context.effective_dt.day
    4
    """
    outer = _CURRENT.get()
    context = new_ctx or PartitionLoadingContext(
        effective_dt=effective_dt or outer.effective_dt,
        dynamic_partitions_store=dynamic_partitions_store or outer.dynamic_partitions_store,
    )
    token = _CURRENT.set(context)
    try:
        yield context
    finally:
        _CURRENT.reset(token)


def resolved_time(current_time: datetime | None, clocks: tzinfo) -> float:
    """Return the seconds since 1970 of a given time, else of the context's, else of the wall clock.

    Args:
        current_time: The time that was given, if any.
        clocks: The time zone that a naive time is in.

    Raises:
        InvalidInvocationError: The time is no datetime.

    >>> resolved_time(datetime(1970, 1, 2), UTC)
    86400.0
    """
    moment = _CURRENT.get().effective_dt if current_time is None else current_time
    moment = datetime.now(UTC) if moment is None else moment
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=clocks)).timestamp()
    except (AttributeError, TypeError, OverflowError):
        raise InvalidInvocationError(f"A time is a datetime, such as datetime(2013, 1, 31); got {moment!r}.") from None


def told(
    context: PartitionLoadingContext | datetime | None, dynamic_partitions_store: Any = None
) -> tuple[datetime | None, Any]:
    """Return the time and the store that a call names by a context, or by a time and a store.

    >>> told(PartitionLoadingContext(datetime(2013, 1, 1), "a store"))
    (datetime.datetime(2013, 1, 1, 0, 0), 'a store')
    """
    if isinstance(context, PartitionLoadingContext):
        store = context.dynamic_partitions_store if dynamic_partitions_store is None else dynamic_partitions_store
        return context.effective_dt, store
    return context, dynamic_partitions_store


def resolved_store(dynamic_partitions_store: Any) -> Any:
    """Return a given store of dynamic keys, else the context's, else ``None``.

    >>> with partition_loading_context(dynamic_partitions_store="a store"):
    ...     resolved_store(None)
    'a store'
    """
    return dynamic_partitions_store if dynamic_partitions_store is not None else _CURRENT.get().dynamic_partitions_store


_STORES_HERE: list[Callable[[], Any]] = []


def store_here() -> Any:
    """Return the store of the notebook, which knows dynamic keys where no call and no context names one; or ``None``.

    Apart from :func:`resolved_store`, since asking for it may open it, and most definitions need none.
    """
    return _STORES_HERE[-1]() if _STORES_HERE else None


def set_store_here(provider: Callable[[], Any]) -> None:
    """Say what :func:`store_here` returns.

    >>> set_store_here(lambda: None)
    """
    _STORES_HERE[:] = [provider]
