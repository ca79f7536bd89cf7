"""What makes no sense is refused where it is written, with what was found and what to write."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from notebook_assets.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidMappingError,
    InvalidPartitionRangeError,
    InvalidSubsetError,
    UnknownPartitionError,
)
from notebook_assets.mappings import SpecificPartitionsPartitionMapping, TimeWindowPartitionMapping
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)

Daily, Windows, Static = DailyPartitionsDefinition, TimeWindowPartitionsDefinition, StaticPartitionsDefinition
DAYS = Daily("2013-01-01", end_date="2014-01-01")
NAN, INFINITE = math.nan, math.inf

DEFINITIONS: dict[str, tuple[Callable[[], Any], str]] = {
    "end before start": (lambda: Daily("2013-01-02", end_date="2013-01-01"), "lies before their start"),
    "unknown zone": (lambda: Daily("2013-01-01", timezone="Europe/Berln"), "Did you mean 'Europe/Berlin'"),
    "half a zone": (lambda: Daily("2013-01-01", timezone="Berlin"), "Did you mean 'Europe/Berlin'?"),
    "zone in small letters": (lambda: Daily("2013-01-01", timezone="europe/berlin"), "Did you mean 'Europe/Berlin'"),
    "a path as a zone": (lambda: Daily("2013-01-01", timezone="../../etc/passwd"), "There is no time zone"),
    "a number as a zone": (lambda: Daily("2013-01-01", timezone=5), "timezone is a text"),
    "a number as a start": (lambda: Daily(5), "The start is a datetime or a text like '2013-01-31'; got 5"),
    "no start": (lambda: Daily(None), "The start is a datetime or a text"),
    "a date as a start": (lambda: Daily(date(2013, 1, 1)), "The start is a datetime or a text"),
    "an empty start": (lambda: Daily(""), "The start '' is not of the format"),
    "zero as an end": (lambda: Daily("2013-01-01", end_date=0), "The end is a datetime or a text"),
    "a start in the year 1": (lambda: Daily(datetime(1, 1, 1)), "the years of keys, 1000 to 2200"),
    "a start in the year 2300": (lambda: Daily("2300-01-01"), "the years of keys are 1000 to 2200"),
    "minute 60": (lambda: HourlyPartitionsDefinition("2013-01-01-00:00", minute_offset=60), "from 0 to 59; got '60'"),
    "minute 1.5": (lambda: HourlyPartitionsDefinition("2013-01-01-00:00", minute_offset=1.5), "a whole number"),
    "hour 24": (lambda: Daily("2013-01-01", hour_offset=24), "from 0 to 23; got '24'"),
    "day 8 of the week": (lambda: WeeklyPartitionsDefinition("2013-01-01", day_offset=8), "from 0 to 7"),
    "day 32 of the month": (lambda: MonthlyPartitionsDefinition("2013-01-01", day_offset=32), "from 1 to 31"),
    "a text as an end_offset": (lambda: Daily("2013-01-01", end_offset="1"), "end_offset is a whole number"),
    "a silly end_offset": (lambda: Daily("2013-01-01", end_offset=10**9), "goes past the year 2200"),
    "no format": (lambda: Windows("2013", "", cron_schedule="@daily"), "fmt is a format of the keys"),
    "a constant format": (lambda: Windows("x", "x", cron_schedule="@daily"), "too coarse"),
    "a coarse format": (lambda: Windows("2013-01", "%Y-%m", cron_schedule="@daily"), "too coarse"),
    "a format of two lines": (lambda: Windows("2013\n01", "%Y\n%m", cron_schedule="@monthly"), "control characters"),
    "a format with dots": (lambda: Windows("2013...01", "%Y...%m", cron_schedule="@monthly"), "stands for a range"),
    "neither cron nor schedule": (lambda: Windows("2013-01-01", "%Y-%m-%d"), "need a cron_schedule"),
    "an exclusion that is a key": (lambda: Daily("2013-01-01", exclusions=["2013-01-05"]), "or a datetime"),
    "an exclusion that is a date": (lambda: Daily("2013-01-01", exclusions=[date(2013, 1, 1)]), "list of datetimes"),
    "a bad cron as an exclusion": (lambda: Daily("2013-01-01", exclusions=["0 0 * * 9"]), "from 0 to 7"),
    "all left out": (lambda: Daily("2013-01-01", exclusions=["0 0 * * *"]), "leaves no time windows"),
    "a key twice": (lambda: Static(["a", "a"]), "more than once: \\['a'\\]"),
    "a line break in a key": (lambda: Static(["a\n"]), "control characters"),
    "dots in a key": (lambda: Static(["a...b"]), "stands for a range"),
    "half a letter in a key": (lambda: Static(["\ud800"]), "control characters"),
    "a number as a key": (lambda: Static([1]), "A partition key is a string"),
    "one text as keys": (lambda: Static("abc"), r"Write \['abc'\]"),
    "no keys": (lambda: Static(None), "Partition keys are a list"),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_that_can_not_be_is_refused(name: str) -> None:
    make, said = DEFINITIONS[name]
    with pytest.raises(InvalidDefinitionError, match=said):
        make()


QUESTIONS: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a key of another form": (
        lambda: DAYS.validate_partition_key("2013-1-5"),
        UnknownPartitionError,
        "it is written '2013-01-05'",
    ),
    "a month 13": (lambda: DAYS.validate_partition_key("2013-13-05"), UnknownPartitionError, "not of the format"),
    "a key after the end": (
        lambda: DAYS.validate_partition_key("2015-01-01"), UnknownPartitionError, "the last is '2013-12-31'",
    ),
    "a key before the start": (
        lambda: DAYS.validate_partition_key("2012-12-31"), UnknownPartitionError, "the first is '2013-01-01'",
    ),
    "a range as a key": (
        lambda: DAYS.validate_partition_key("2013-01-01...2013-01-05"), UnknownPartitionError, "FIRST...LAST",
    ),
    "a number as a key": (lambda: DAYS.validate_partition_key(5), UnknownPartitionError, "There is no partition 5"),
    "a year of five digits": (
        lambda: DAYS.validate_partition_key("99999-01-01"), UnknownPartitionError, "not of the format",
    ),
    "a near static key": (
        lambda: Static(["EWR", "JFK"]).validate_partition_key("EWRR"), UnknownPartitionError, "Did you mean 'EWR'",
    ),
    "one text as keys": (
        lambda: DAYS.subset_with_partition_keys("2013-01-01"), UnknownPartitionError, r"Write \['2013-01-01'\]",
    ),
    "a list as a key": (
        lambda: Static(["a"]).subset_with_partition_keys([["x"]]), UnknownPartitionError, "There is no partition",
    ),
    "NaN": (lambda: DAYS.get_partition_key_for_timestamp(NAN), InvalidInvocationError, "got nan"),
    "infinity": (lambda: DAYS.get_partition_key_for_timestamp(INFINITE), InvalidInvocationError, "got inf"),
    "a far timestamp": (lambda: DAYS.get_partition_key_for_timestamp(1e15), InvalidInvocationError, "1000 to 2200"),
    "a text as a time": (lambda: DAYS.get_partition_keys("2013-01-05"), InvalidInvocationError, "A time is a datetime"),
    "a text as a moment": (lambda: DAYS.get_next_partition_window("x"), InvalidInvocationError, "A moment is"),
    "no stretch of time": (
        lambda: DAYS.get_partition_keys_in_time_window(None), InvalidInvocationError, "A stretch of time is",
    ),
    "a partition by a number": (lambda: DAYS.get_partition_key(5), InvalidInvocationError, "by its key or by a date"),
    "minute 99": (lambda: DAYS.get_cron_schedule(99), InvalidDefinitionError, "from 0 to 59"),
    "a weekday for days": (
        lambda: DAYS.get_cron_schedule(day_of_week=1), InvalidInvocationError, "Daily partitions have no day_of_week",
    ),
    "a range that runs backwards": (
        lambda: DAYS.get_partition_keys_in_range(PartitionKeyRange("2013-02-01", "2013-01-01")),
        InvalidPartitionRangeError,
        "did you mean 2013-01-01...2013-02-01",
    ),
    "one key as a range": (
        lambda: DAYS.get_partition_keys_in_range("2013-02-01"), InvalidPartitionRangeError, "A range is",
    ),
    "a stored number": (lambda: DAYS.deserialize_subset(5), InvalidSubsetError, "no stored subset"),
    "a subset of another definition": (
        lambda: DAYS.subset_with_all_partitions() | Daily("2013-02-01").empty_subset(),
        InvalidSubsetError,
        "Only subsets of one definition",
    ),
    "a list for a subset": (
        lambda: DAYS.subset_with_all_partitions() | ["2013-01-01"], InvalidSubsetError, "got a list",
    ),
    "the start of nothing": (lambda: DAYS.empty_subset().first_start, InvalidSubsetError, "the subset is empty"),
    "the time of letters": (
        lambda: Static(["a"]).subset_with_all_partitions().first_start, InvalidSubsetError, "Only partitions",
    ),
    "windows of other clocks": (
        lambda: TimeWindowPartitionMapping().links(Daily("2013-01-01", timezone="Europe/Berlin"), DAYS),
        InvalidMappingError,
        "the same time zone",
    ),
    "windows of letters": (
        lambda: TimeWindowPartitionMapping().links(Static(["a"]), DAYS), InvalidMappingError, "windows on both",
    ),
    "a number as a needed key": (
        lambda: SpecificPartitionsPartitionMapping([5]), InvalidMappingError, "list of upstream partition keys",
    ),
    "a word as a flag": (
        lambda: TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions="no"), InvalidMappingError, "True or",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_makes_no_sense_is_answered_by_what_to_ask(name: str) -> None:
    ask, error, said = QUESTIONS[name]
    with pytest.raises(error, match=said):
        ask()


def test_naive_moments_are_on_the_definitions_clocks() -> None:
    days = Daily("2013-01-01", end_date="2014-01-01", timezone="America/New_York")
    for end in (datetime(2013, 1, 3), datetime(2013, 1, 3, 5, tzinfo=UTC)):
        assert days.get_num_partitions_in_window(TimeWindow(datetime(2013, 1, 1), end)) == 2


@pytest.mark.parametrize("key", [None, 5, datetime(2013, 1, 1), ["a"]])
def test_what_is_no_text_is_no_key(key: Any) -> None:
    assert not DAYS.has_partition_key(key)
    assert not Static(["a"]).has_partition_key(key)
    assert DAYS.filter_valid_partition_keys(["2013-01-01", "x"]) == {"2013-01-01"}
