"""Decorators that make a PartitionedConfig of a function: for any partitions, static and dynamic ones, time windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from notebook_assets.partitions.calendars import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from notebook_assets.partitions.config_by_partition import PartitionedConfig
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.dynamic import DynamicPartitionsDefinition
from notebook_assets.partitions.dynamic_functions import PartitionFunction
from notebook_assets.partitions.static import StaticPartitionsDefinition
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

_Tags = Mapping[str, str]
_OfWindow: TypeAlias = Callable[[datetime, datetime], Any]
_Exclusions: TypeAlias = Sequence[str | datetime] | None


def partitioned_config(
    partitions_def: PartitionsDefinition,
    tags_for_partition_key_fn: Callable[[str], _Tags] | None = None,
) -> Callable[[Callable[[str], Any]], PartitionedConfig]:
    """Decorate a function from a partition key to the run configuration of that partition.

    Args:
        partitions_def: The partitions.
        tags_for_partition_key_fn: Gives further tags for a key.

    >>> @partitioned_config(StaticPartitionsDefinition(["oslo", "rome"]))
    ... def city(key):
    ...     return {"ops": {"weather": {"config": {"city": key}}}}
    >>> city.get_run_config_for_partition_key("rome")
    {'ops': {'weather': {'config': {'city': 'rome'}}}}
    """

    def decorate(function: Callable[[str], Any]) -> PartitionedConfig:
        return PartitionedConfig(
            partitions_def,
            decorated_fn=function,
            run_config_for_partition_key_fn=function,
            tags_for_partition_key_fn=tags_for_partition_key_fn,
        )

    return decorate


def static_partitioned_config(
    partition_keys: Sequence[str],
    tags_for_partition_fn: Callable[[str], _Tags] | None = None,
    tags_for_partition_key_fn: Callable[[str], _Tags] | None = None,
) -> Callable[[Callable[[str], Any]], PartitionedConfig]:
    """Decorate a function from one of a list of keys to its run configuration.

    Args:
        partition_keys: The keys.
        tags_for_partition_fn: The same as ``tags_for_partition_key_fn``; for older code.
        tags_for_partition_key_fn: Gives further tags for a key.

    >>> @static_partitioned_config(["oslo", "rome"], tags_for_partition_key_fn=lambda key: {"city": key})
    ... def city(key):
    ...     return {"resources": {"weather": {"config": {"city": key}}}}
    >>> city.get_tags_for_partition_key("rome")["city"]
    'rome'
    """
    return partitioned_config(
        StaticPartitionsDefinition(partition_keys), tags_for_partition_key_fn or tags_for_partition_fn
    )


def dynamic_partitioned_config(
    partition_fn: PartitionFunction,
    tags_for_partition_fn: Callable[[str], _Tags] | None = None,
    tags_for_partition_key_fn: Callable[[str], _Tags] | None = None,
) -> Callable[[Callable[[str], Any]], PartitionedConfig]:
    """Decorate a function from one of the keys that another function gives to its run configuration.

    Args:
        partition_fn: Gives the keys at a time.
        tags_for_partition_fn: The same as ``tags_for_partition_key_fn``; for older code.
        tags_for_partition_key_fn: Gives further tags for a key.

    >>> @dynamic_partitioned_config(lambda current_time: ["ep1", "ep2"])
    ... def episode(key):
    ...     return {"ops": {"listen": {"config": {"episode": key}}}}
    >>> episode.get_partition_keys()
    ['ep1', 'ep2']
    """
    return partitioned_config(
        DynamicPartitionsDefinition(partition_fn), tags_for_partition_key_fn or tags_for_partition_fn
    )


def hourly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: Callable[[datetime, datetime], _Tags] | None = None,
    exclusions: _Exclusions = None,
) -> Callable[[_OfWindow], PartitionedConfig]:
    """Decorate a function from the start and the end of an hour to its run configuration.

    Args:
        start_date: The first hour; the other arguments are those of :class:`HourlyPartitionsDefinition`.
        minute_offset: Minutes after the full hour at which windows start.
        timezone: An IANA name; UTC if not given.
        fmt: The format of the keys.
        end_offset: How many windows more than have ended by now.
        tags_for_partition_fn: Gives further tags from the start and the end.
        exclusions: Windows that are left out.

    >>> @hourly_partitioned_config("2024-01-01-00:00")
    ... def hour(start, end):
    ...     return {"ops": {"load": {"config": {"from": start.isoformat()}}}}
    >>> hour.get_run_config_for_partition_key("2024-01-01-05:00")["ops"]["load"]["config"]["from"]
    '2024-01-01T05:00:00+00:00'
    """
    return _of_windows(
        HourlyPartitionsDefinition(
            start_date=start_date,
            minute_offset=minute_offset,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
            **_format(fmt),
        ),
        tags_for_partition_fn,
    )


def daily_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: Callable[[datetime, datetime], _Tags] | None = None,
    exclusions: _Exclusions = None,
) -> Callable[[_OfWindow], PartitionedConfig]:
    """Decorate a function from the start and the end of a day to its run configuration.

    Args:
        start_date: The first day; the other arguments are those of :class:`DailyPartitionsDefinition`.
        minute_offset: Minutes after the full hour at which windows start.
        hour_offset: Hours after midnight.
        timezone: An IANA name; UTC if not given.
        fmt: The format of the keys.
        end_offset: How many windows more than have ended by now.
        tags_for_partition_fn: Gives further tags from the start and the end.
        exclusions: Windows that are left out.

    >>> @daily_partitioned_config("2024-01-01")
    ... def day(start, end):
    ...     return {"ops": {"load": {"config": {"until": end.isoformat()}}}}
    >>> day.get_run_config_for_partition_key("2024-01-01")["ops"]["load"]["config"]["until"]
    '2024-01-02T00:00:00+00:00'
    """
    return _of_windows(
        DailyPartitionsDefinition(
            start_date=start_date,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
            **_format(fmt),
        ),
        tags_for_partition_fn,
    )


def weekly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: Callable[[datetime, datetime], _Tags] | None = None,
    exclusions: _Exclusions = None,
) -> Callable[[_OfWindow], PartitionedConfig]:
    """Decorate a function from the start and the end of a week to its run configuration.

    Args:
        start_date: Weeks begin here or later; the other arguments are those of :class:`WeeklyPartitionsDefinition`.
        minute_offset: Minutes after the full hour at which windows start.
        hour_offset: Hours after midnight.
        day_offset: The day of the week, 0 is Sunday.
        timezone: An IANA name; UTC if not given.
        fmt: The format of the keys.
        end_offset: How many windows more than have ended by now.
        tags_for_partition_fn: Gives further tags from the start and the end.
        exclusions: Windows that are left out.

    >>> @weekly_partitioned_config("2024-01-01", day_offset=1)
    ... def week(start, end):
    ...     return {"ops": {"load": {"config": {"days": (end - start).days}}}}
    >>> week.get_run_config_for_partition_key("2024-01-08")
    {'ops': {'load': {'config': {'days': 7}}}}
    """
    return _of_windows(
        WeeklyPartitionsDefinition(
            start_date=start_date,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            day_offset=day_offset,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
            **_format(fmt),
        ),
        tags_for_partition_fn,
    )


def monthly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 1,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: Callable[[datetime, datetime], _Tags] | None = None,
    exclusions: _Exclusions = None,
) -> Callable[[_OfWindow], PartitionedConfig]:
    """Decorate a function from the start and the end of a month to its run configuration.

    Args:
        start_date: Months begin here or later; the other arguments are those of :class:`MonthlyPartitionsDefinition`.
        minute_offset: Minutes after the full hour at which windows start.
        hour_offset: Hours after midnight.
        day_offset: The day of the month, from 1.
        timezone: An IANA name; UTC if not given.
        fmt: The format of the keys.
        end_offset: How many windows more than have ended by now.
        tags_for_partition_fn: Gives further tags from the start and the end.
        exclusions: Windows that are left out.

    >>> @monthly_partitioned_config("2024-01-01")
    ... def month(start, end):
    ...     return {"ops": {"load": {"config": {"days": (end - start).days}}}}
    >>> month.get_run_config_for_partition_key("2024-02-01")
    {'ops': {'load': {'config': {'days': 29}}}}
    """
    return _of_windows(
        MonthlyPartitionsDefinition(
            start_date=start_date,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            day_offset=day_offset,
            timezone=timezone,
            end_offset=end_offset,
            exclusions=exclusions,
            **_format(fmt),
        ),
        tags_for_partition_fn,
    )


def _format(fmt: str | None) -> dict[str, Any]:
    return {} if fmt is None else {"fmt": fmt}


def _of_windows(
    windows: TimeWindowPartitionsDefinition, tags_of: Callable[[datetime, datetime], _Tags] | None
) -> Callable[[_OfWindow], PartitionedConfig]:
    """Return the decorator for functions from the start and the end of a window."""

    def of_key(function: Callable[[datetime, datetime], Any]) -> Callable[[str], Any]:
        def call(key: str) -> Any:
            window = windows.time_window_for_partition_key(key)
            return function(window.start, window.end)

        return call

    def decorate(function: _OfWindow) -> PartitionedConfig:
        return PartitionedConfig(
            windows,
            decorated_fn=function,
            run_config_for_partition_key_fn=of_key(function),
            tags_for_partition_key_fn=None if tags_of is None else of_key(tags_of),
        )

    return decorate
