"""Which records and runs are asked for: AssetRecordsFilter, EventRecordsFilter, RunsFilter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.store.event_types import EventType

Moment: TypeAlias = "float | datetime"
"""A time: seconds since 1970 (UTC), or a datetime, which is UTC where it has no zone."""


@dataclass(frozen=True)
class AssetRecordsFilter:
    """Which records of an asset are asked for: those to which all that is given applies.

    Args:
        asset_key: The asset.
        asset_partitions: Of these partitions only.
        after_timestamp: Recorded after this time.
        before_timestamp: Recorded before it.
        after_storage_id: With a greater number than this.
        before_storage_id: With a smaller one.
        storage_ids: With one of these numbers.

    >>> AssetRecordsFilter("daily", asset_partitions=["2013-01-01"]).asset_partitions
    ['2013-01-01']
    """

    asset_key: CoercibleToAssetKey
    asset_partitions: Sequence[str] | None = None
    after_timestamp: Moment | None = None
    before_timestamp: Moment | None = None
    after_storage_id: int | None = None
    before_storage_id: int | None = None
    storage_ids: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.asset_partitions, str):
            object.__setattr__(self, "asset_partitions", [self.asset_partitions])


@dataclass(frozen=True)
class EventRecordsFilter:
    """Which records of a kind are asked for: those to which all that is given applies.

    Args:
        event_type: What they tell of.
        asset_key: Of this asset; by default of all.
        asset_partitions: Of these partitions only.
        after_cursor: With a greater number than this.
        before_cursor: With a smaller one.
        after_timestamp: Recorded after this time.
        before_timestamp: Recorded before it.
        storage_ids: With one of these numbers.

    >>> EventRecordsFilter(EventType.ASSET_MATERIALIZATION).event_type.value
    'ASSET_MATERIALIZATION'
    """

    event_type: EventType
    asset_key: CoercibleToAssetKey | None = None
    asset_partitions: Sequence[str] | None = None
    after_cursor: int | None = None
    before_cursor: int | None = None
    after_timestamp: Moment | None = None
    before_timestamp: Moment | None = None
    storage_ids: Sequence[int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "event_type", EventType(self.event_type))
        if isinstance(self.asset_partitions, str):
            object.__setattr__(self, "asset_partitions", [self.asset_partitions])


@dataclass(frozen=True)
class RunsFilter:
    """Which runs are asked for: those to which all that is given applies.

    Args:
        run_ids: One of these.
        job_name: Of the job of this name.
        statuses: In one of these states, such as ``RunStatus.FAILURE`` or ``"failed"``.
        tags: With these tags; where several texts are given, with one of them.
        created_after: Begun after this time.
        created_before: Begun before it.
        updated_after: Ended, or begun and not ended, after this time.
        updated_before: Ended, or begun and not ended, before it.

    >>> RunsFilter(statuses=["failed"]).statuses
    ['failed']
    """

    run_ids: Sequence[str] | None = None
    job_name: str | None = None
    statuses: Sequence[str] | None = None
    tags: Mapping[str, str | Sequence[str]] | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    updated_after: Moment | None = None
    updated_before: Moment | None = None


def seconds(moment: Moment, name: str) -> float:
    """Return a time in seconds since 1970 (UTC).

    Args:
        moment: The time.
        name: What was given as it, for errors.

    Raises:
        InvalidInvocationError: It is no time.

    >>> seconds(datetime(1970, 1, 2), "after_timestamp")
    86400.0
    """
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(moment, bool) or not isinstance(moment, int | float):
        raise InvalidInvocationError(f"{name} is a datetime, or seconds since 1970; got {moment!r}.")
    return float(moment)
