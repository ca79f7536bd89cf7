"""A changed definition says which keys it kept, which it brought, and which values are found no more."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    definition_changes,
)

NOW = datetime(2013, 3, 1, tzinfo=UTC)
BERLIN = {"timezone": "Europe/Berlin"}

# old, new, what is said of it
CASES: list[tuple[PartitionsDefinition, PartitionsDefinition, str]] = [
    (
        DailyPartitionsDefinition("2013-01-01"),
        DailyPartitionsDefinition("2013-02-01"),
        "<28 keys kept; 31 orphaned: '2013-01-01'...'2013-01-31'>",
    ),
    (
        DailyPartitionsDefinition("2013-02-01"),
        DailyPartitionsDefinition("2013-01-01"),
        "<28 keys kept; 31 new: '2013-01-01'...'2013-01-31'>",
    ),
    (DailyPartitionsDefinition("2013-02-01"), DailyPartitionsDefinition("2013-02-01"), "<no change: 28 keys kept>"),
    (
        DailyPartitionsDefinition("2013-02-20"),
        DailyPartitionsDefinition("2013-02-20", **BERLIN),
        "<9 keys kept, with another meaning>",
    ),
    (
        DailyPartitionsDefinition("2013-02-20"),
        DailyPartitionsDefinition("2013-02-20", exclusions=["0 0 * * 6,0"]),
        "<7 keys kept; 2 orphaned: '2013-02-23'...'2013-02-24'>",
    ),
    (
        DailyPartitionsDefinition("2013-02-20"),
        WeeklyPartitionsDefinition("2013-02-20"),
        "<0 keys kept, with another meaning; 9 orphaned: '2013-02-20'...'2013-02-28'>",
    ),
    (
        StaticPartitionsDefinition(["EWR", "JFK", "LGA"]),
        StaticPartitionsDefinition(["LGA", "JFK", "SFO"]),
        "<2 keys kept; 1 new: 'SFO'; 1 orphaned: 'EWR'>",
    ),
    (
        StaticPartitionsDefinition(list("abcdefghi")),
        StaticPartitionsDefinition(list("bdfh")),
        "<4 keys kept; 5 orphaned: 'a', 'c', 'e', …>",
    ),
    (
        DailyPartitionsDefinition("2013-02-28"),
        StaticPartitionsDefinition([]),
        "<0 keys kept, with another meaning; 1 orphaned: '2013-02-28'>",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES, ids=[said for *_, said in CASES])
def test_changes_are_told(old: PartitionsDefinition, new: PartitionsDefinition, said: str) -> None:
    changes = definition_changes(old, new, NOW)
    assert repr(changes) == said
    assert changes.is_empty == said.startswith("<no change")


def drawn_days(start: int, end: int, excluded: list[int]) -> DailyPartitionsDefinition:
    exclusions = [datetime(2013, 3, 20 + day) for day in excluded]
    first, last = datetime(2013, 3, 20 + start), datetime(2013, 4, 1 + end)
    return DailyPartitionsDefinition(first, last, exclusions=exclusions, **BERLIN)


days = st.builds(drawn_days, st.integers(0, 9), st.integers(0, 9), st.lists(st.integers(0, 11), max_size=2))
letters = st.builds(StaticPartitionsDefinition, st.lists(st.sampled_from("abcdefgh"), unique=True))


@given(st.one_of(st.tuples(days, days), st.tuples(letters, letters)))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_changes_are_the_differences_of_the_keys(pair: tuple[PartitionsDefinition, PartitionsDefinition]) -> None:
    old, new = pair
    before, after = (set(definition.get_partition_keys()) for definition in pair)
    changes = definition_changes(old, new)
    assert set(changes.kept) == before & after
    assert set(changes.new) == after - before
    assert set(changes.orphaned) == before - after
    assert changes.kept.partitions_def == changes.new.partitions_def == new
    assert changes.orphaned.partitions_def == old


def test_ten_million_windows_are_compared_by_their_ranges() -> None:
    minutes = {"fmt": "%Y-%m-%d-%H:%M", "cron_schedule": "* * * * *", "end": "2019-01-05-10:40"}
    old = TimeWindowPartitionsDefinition("2000-01-01-00:00", **minutes)
    new = TimeWindowPartitionsDefinition("2000-01-02-00:00", **minutes)
    definition_changes(old, new)
    began = time.process_time()
    changes = definition_changes(old, new)
    assert time.process_time() - began < 0.1  # key by key it takes a minute
    assert (len(changes.kept), len(changes.orphaned)) == (9_998_560, 1_440)


def test_hours_of_another_phase_are_other_hours() -> None:
    old = HourlyPartitionsDefinition("2013-01-01-00:00", "2013-01-02-00:00")
    changes = definition_changes(old, HourlyPartitionsDefinition("2013-01-01-00:30", "2013-01-02-00:00", 30))
    assert (len(changes.kept), len(changes.new), len(changes.orphaned)) == (0, 23, 24)


@pytest.mark.parametrize("wrong", [None, "2013-01-01", ["a"]])
def test_only_definitions_can_be_compared(wrong: Any) -> None:
    with pytest.raises(InvalidInvocationError, match="Two partitions definitions can be compared"):
        definition_changes(StaticPartitionsDefinition(["a"]), wrong)
