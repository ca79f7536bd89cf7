"""What a custom mapping is written with: functions from key to keys, one for each direction or for one of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from notebook_assets.errors import InvalidMappingError
from notebook_assets.partitions import PartitionsDefinition, TimeWindow, TimeWindowPartitionsDefinition
from notebook_assets.partitions.loading_context import resolved_store

UPSTREAM, DOWNSTREAM = "upstream", "downstream"
"""The names of the two directions, and of the methods that answer them."""

_REFERENCE_NAMES = {
    UPSTREAM: "get_upstream_mapped_partitions_result_for_partitions",
    DOWNSTREAM: "get_downstream_partitions_for_partitions",
}
_THIS_PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True, eq=False)
class MappingContext:
    """What a mapping's function that takes a second parameter is told beside the key.

    Args:
        downstream_def: The downstream definition with its keys as they are; ``None`` if it has no partitions.
        upstream_def: The upstream definition, likewise.
        now: The time that decides which partitions exist, an aware datetime.

    >>> from datetime import UTC
    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> context = MappingContext(days, days, datetime(2013, 6, 1, tzinfo=UTC))
    >>> context.downstream_window("2013-01-02").start.day
    2
    """

    downstream_def: PartitionsDefinition | None
    upstream_def: PartitionsDefinition
    now: datetime

    def downstream_window(self, key: str) -> TimeWindow:
        """The time window of a downstream key; InvalidMappingError if downstream has no time windows."""
        return _window(self.downstream_def, key, DOWNSTREAM)

    def upstream_window(self, key: str) -> TimeWindow:
        """The time window of an upstream key; InvalidMappingError if upstream has no time windows."""
        return _window(self.upstream_def, key, UPSTREAM)


def _window(definition: PartitionsDefinition | None, key: str, side: str) -> TimeWindow:
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        raise InvalidMappingError(f"Only keys of time windows have a window; {side} is {definition!r}.")
    return definition.time_window_for_partition_key(key)


class CustomMapping(Protocol):
    """What this floor's files ask of a custom mapping."""

    @property
    def label(self) -> str:
        """The mapping in a few words."""

    @property
    def allow_nonexistent(self) -> bool:
        """Whether keys that do not exist upstream are left out in place of being required."""

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Whether at most one upstream key is possible for each downstream key."""


@dataclass(frozen=True, eq=False)
class KeyFunction:
    """One direction as it was written: a function of a key, or of a key and a :class:`MappingContext`."""

    fn: Callable[..., Any]
    takes_context: bool
    written: Callable[..., Any]
    """The user's own code, of which ``fn`` may be a form."""


def key_function(mapping: object, direction: str) -> KeyFunction | None:
    """Return what answers a direction of a mapping, or ``None`` if that direction is not written.

    Args:
        mapping: The mapping: with a method (or attribute) of the direction's name, or with the reference's method.
        direction: ``"upstream"`` or ``"downstream"``.
    """
    own = getattr(mapping, direction, None)
    if callable(own):
        return KeyFunction(own, takes_context(own), own)
    name = _REFERENCE_NAMES[direction]
    inherited = getattr(type(mapping), name, None)
    if inherited is None or str(inherited.__module__).partition(".")[0] == _THIS_PACKAGE:
        return None
    form = _reference_upstream if direction == UPSTREAM else _reference_downstream
    method = getattr(mapping, name)
    return KeyFunction(form(method), True, method)


def takes_context(fn: Callable[..., Any]) -> bool:
    """Whether a function wants a :class:`MappingContext` beside the key: as a second parameter that has no default, or
    one that is named ``context``.

    >>> takes_context(lambda key: key), takes_context(lambda key, context: key), takes_context(lambda key, days=2: key)
    (False, True, False)
    """
    if hasattr(fn, "__func__"):  # of a bound method, whose object may have no hash
        return _takes_context(fn.__func__, 2)
    try:
        return _takes_context(fn, 1)
    except TypeError:  # it can't be hashed itself
        return _takes_context.__wrapped__(fn, 1)


@lru_cache(maxsize=1_024)
def _takes_context(fn: Callable[..., Any], before: int) -> bool:
    try:
        parameters = list(inspect.signature(fn).parameters.values())[before:]
    except (TypeError, ValueError):
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(
        parameter.kind in positional
        and (parameter.name == "context" or (number == 0 and parameter.default is parameter.empty))
        for number, parameter in enumerate(parameters[:1])
    )


def _reference_upstream(method: Callable[..., Any]) -> Callable[..., Any]:
    def upstream(key: str | None, context: MappingContext) -> list[str]:
        down = context.downstream_def
        subset = None if down is None or key is None else down.subset_with_partition_keys([key])
        store = resolved_store(None)
        result = method(subset, down, context.upstream_def, current_time=context.now, dynamic_partitions_store=store)
        return [*result.partitions_subset.get_partition_keys(), *result.required_but_nonexistent_partition_keys]

    return upstream


def _reference_downstream(method: Callable[..., Any]) -> Callable[..., Any]:
    def downstream(key: str, context: MappingContext) -> list[str]:
        up = context.upstream_def
        subset, store = up.subset_with_partition_keys([key]), resolved_store(None)
        found = method(subset, up, context.downstream_def, current_time=context.now, dynamic_partitions_store=store)
        return list(found.get_partition_keys())

    return downstream
