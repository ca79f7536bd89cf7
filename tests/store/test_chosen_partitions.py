"""Pieces are chosen in a store as elsewhere: keys, ranges, dates and all; what can't be meant is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.errors import (
    InvalidInvocationError,
    InvalidPartitionRangeError,
    NeverMaterializedError,
    UnknownPartitionError,
)
from notebook_assets.store import Instance

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-11")
KEYS = list(DAYS.get_partition_keys())


@pytest.fixture
def daily(instance: Instance) -> Instance:
    @asset(partitions_def=DAYS)
    def daily(context: Any) -> str:
        return str(context.partition_key)

    materialize([daily], partitions="2013-01-01...2013-01-08", instance=instance, progress=False)
    return instance


CHOICES = {
    "a key": ("2013-01-03", [2]),
    "a range": ("2013-01-03...2013-01-04", [2, 3]),
    "an open range": ("2013-01-07...", [6, 7]),
    "keys and a range": (["2013-01-01", "2013-01-05...2013-01-06"], [0, 4, 5]),
    "a range of keys": (PartitionKeyRange("2013-01-02", "2013-01-03"), [1, 2]),
    "a date": (date(2013, 1, 4), [3]),
    "dates": ([date(2013, 1, 4), "2013-01-05"], [3, 4]),
    "a subset": (DAYS.subset_with_partition_keys(KEYS[1:3]), [1, 2]),
    "all": ("all", list(range(8))),
    "nothing": ([], []),
    "everything": (None, list(range(8))),
}


@pytest.mark.parametrize(("written", "chosen"), CHOICES.values(), ids=list(CHOICES))
def test_what_is_chosen_is_wiped(daily: Instance, written: Any, chosen: list[int]) -> None:
    assert daily.wipe("daily", written) == len(chosen)
    left = {key for at, key in enumerate(KEYS[:8]) if at not in chosen}
    assert daily.get_materialized_partitions("daily") == left


@pytest.mark.parametrize(("written", "chosen"), CHOICES.values(), ids=list(CHOICES))
def test_what_is_chosen_is_exported(daily: Instance, tmp_path: Path, written: Any, chosen: list[int]) -> None:
    assert daily.export(tmp_path / "some.zip", "daily", written).pieces == len(chosen)
    with Instance(tmp_path / "other") as other:
        other.import_archive(tmp_path / "some.zip")
        assert other.get_materialized_partitions("daily") == {KEYS[at] for at in chosen}


@pytest.mark.parametrize(
    ("written", "error", "words"),
    [
        ("2013-02-01", UnknownPartitionError, "daily: .*2013-02-01"),
        (["2013-01-01", "nonsense"], UnknownPartitionError, "daily: .*nonsense"),
        ("2013-01-03...2013-02-01", UnknownPartitionError, "2013-02-01"),
        ("2013-01-04...2013-01-03", InvalidPartitionRangeError, "2013-01-04"),
    ],
)
def test_what_cannot_be_is_not_wiped(daily: Instance, written: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        daily.wipe("daily", written)
    assert len(daily.get_materialized_partitions("daily")) == 8


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("2013-01-09...2013-01-10", NeverMaterializedError),
        ("2013-01-09", NeverMaterializedError),
        ("2013-01-03...2013-02-01", UnknownPartitionError),
        ("2013-01-04...2013-01-03", InvalidPartitionRangeError),
    ],
)
def test_what_is_not_there_is_not_exported(
    daily: Instance, tmp_path: Path, written: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        daily.export(tmp_path / "some.zip", "daily", written)
    assert not list(tmp_path.glob("some*"))


def test_a_range_is_of_the_assets_that_have_it(daily: Instance, tmp_path: Path) -> None:
    @asset
    def whole() -> int:
        return 1

    materialize([whole], instance=daily, progress=False)
    assert daily.export(tmp_path / "some.zip", partitions="2013-01-01...2013-01-03").pieces == 3
    assert daily.export(tmp_path / "every.zip", partitions="all").pieces == 9
    with pytest.raises(UnknownPartitionError, match="whole is not partitioned"):
        daily.wipe("whole", "2013-01-01")


def test_what_is_recorded_is_wiped_though_the_definition_has_it_no_more(
    instance: Instance, put: Callable[..., int]
) -> None:
    @asset(partitions_def=DynamicPartitionsDefinition(name="episodes"))
    def episode(context: Any) -> str:
        return str(context.partition_key)

    instance.add_dynamic_partitions("episodes", ["e1", "e2", "e3"])
    materialize([episode], partitions="all", instance=instance, progress=False)
    instance.delete_dynamic_partition("episodes", "e1")
    assert instance.wipe("episode", "e1") == 1
    assert instance.wipe("episode", "e2...e3") == 2
    with pytest.raises(UnknownPartitionError, match="e1"):
        instance.wipe("episode", "e1")


def test_a_partition_called_all_is_one(instance: Instance) -> None:
    @asset(partitions_def=StaticPartitionsDefinition(["all", "some"]))
    def part(context: Any) -> str:
        return str(context.partition_key)

    materialize([part], partitions=["all", "some"], instance=instance, progress=False)
    assert instance.wipe("part", "all") == 1
    assert instance.wipe("part", "all") == 0
    assert instance.get_materialized_partitions("part") == {"some"}


def test_rectangles_are_wiped(instance: Instance) -> None:
    letters = StaticPartitionsDefinition(["a", "b"])

    @asset(partitions_def=MultiPartitionsDefinition({"letter": letters, "more": letters}))
    def grid(context: Any) -> str:
        return str(context.partition_key)

    materialize([grid], partitions="all", instance=instance, progress=False)
    assert instance.wipe("grid", {"letter": "a"}) == 2
    assert instance.get_materialized_partitions("grid") == {"b|a", "b|b"}


def test_without_a_definition_keys_alone_are_known(instance: Instance, put: Callable[..., int]) -> None:
    put("plain", "x", 1)
    with pytest.raises(InvalidInvocationError, match=r"order the partitions of plain .*'x...'"):
        instance.wipe("plain", "x...")
    assert instance.wipe("plain", ["x", "y"]) == 1
