"""Mappings of time windows of all kinds, in both directions, one key at a time: just what the reference says.

Several keys at once are asked where no window is left out; what is required but does not exist is compared exactly but
for the two differences of docs/differences.md, which have tests of their own below.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import notebook_assets.mappings as our_mappings
import notebook_assets.partitions as ours
from tests.partitions.drawn_windows import CHANGES, both_sides, drawn_definition

OFFSETS = [(0, 0), (0, 0), (-1, -1), (-1, 0), (0, 1), (1, 1), (-3, 0), (-2, 2), (-6, 0)]


@st.composite
def drawn_pair(draw: st.DrawFn) -> tuple[Any, ...]:
    """Two definitions of both sides on the same clocks, a time near a change of these, offsets, and leniency."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    down_name, down_arguments, now = draw(drawn_definition(zone))
    same = draw(st.integers(0, 3)) == 0
    up_name, up_arguments, _ = (down_name, down_arguments, now) if same else draw(drawn_definition(zone))
    down, up = both_sides(down_name, down_arguments, now), both_sides(up_name, up_arguments, now)
    # The reference counts a half-hour phase of hours another way on each path.
    hours = "HourlyPartitionsDefinition" in (down_name, up_name)
    assume(zone != "Australia/Lord_Howe" or not hours)
    assume(all(side.get_num_partitions(now) for side in (down[0], up[0])))
    # There, a shifted window takes in the excluded time beside it.
    offsets = draw(st.sampled_from(OFFSETS)) if down[0].has_no_holes else (0, 0)
    return down, up, now, offsets, draw(st.booleans())


def asked(module: Any, mapping: Any, down: Any, up: Any, now: datetime, keys: list[str]) -> tuple[set[str], set[str]]:
    """What some downstream keys need, and what of it does not exist."""
    with module.partition_loading_context(now):
        result = mapping.get_upstream_mapped_partitions_result_for_partitions(
            down.subset_with_partition_keys(keys), down, up, current_time=now
        )
        return set(result.partitions_subset.get_partition_keys()), set(result.required_but_nonexistent_partition_keys)


def needing(module: Any, mapping: Any, down: Any, up: Any, now: datetime, keys: list[str]) -> set[str]:
    """What needs some upstream keys."""
    with module.partition_loading_context(now):
        subset = up.subset_with_partition_keys(keys)
        found = mapping.get_downstream_partitions_for_partitions(subset, up, down, current_time=now)
        return set(found.get_partition_keys())


def stretch(down: Any, position: int, offsets: tuple[int, int]) -> tuple[int, int]:
    """The stretch of time that a downstream window needs, in seconds."""
    return down.grid.start(position + offsets[0]), down.grid.end(position + offsets[1])


def overlap(up: Any, key: str, needed: tuple[int, int]) -> bool:
    """Whether an upstream window overlaps a stretch of time."""
    window = up.time_window_for_partition_key(key)
    return window.start.timestamp() < needed[1] and needed[0] < window.end.timestamp()


@given(drawn_pair(), st.data())
@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_both_directions_are_those_of_the_reference(case: tuple[Any, ...], data: st.DataObject) -> None:
    down, up, now, offsets, lenient = case
    mapping = our_mappings.TimeWindowPartitionMapping(*offsets, lenient)
    theirs = dagster.TimeWindowPartitionMapping(*offsets, lenient)
    several = down[0].has_no_holes and up[0].has_no_holes
    down_keys, up_keys = (list(side.get_partition_keys(now)) for side in (down[0], up[0]))
    chosen, given_up = (
        data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=5 if several else 1))
        for keys in (down_keys, up_keys)
    )
    # Where a skipped time has a key, the reference's subsets may lose it.
    for side, some in ((down[1], chosen), (up[1], given_up)):
        with dagster.partition_loading_context(now):
            assume(all(side.subset_with_partition_keys([key]).get_partition_keys() == [key] for key in some))
    found, lost = asked(ours, mapping, down[0], up[0], now, chosen)
    expected, expected_lost = asked(dagster, theirs, down[1], up[1], now, chosen)
    assert found <= expected
    for key in expected - found:  # there, what falls among left-out windows needs the window before them
        assert not up[0].has_no_holes
        assert not any(overlap(up[0], key, stretch(down[0], down[0].position(each), offsets)) for each in chosen)
    if lost != expected_lost:
        stretches = [stretch(down[0], down[0].position(key), offsets) for key in chosen]
        for key in expected_lost - lost:  # named there although it exists, or although nothing overlaps it
            assert key in up_keys or not any(overlap(up[0], key, each) for each in stretches)
        for key in lost - expected_lost:  # left out there: windows that have begun before what is needed does
            window = up[0].time_window_for_partition_key(key)
            assert any(overlap(up[0], key, each) and window.start.timestamp() < each[0] for each in stretches)
    found = needing(ours, mapping, down[0], up[0], now, given_up)
    expected = needing(dagster, theirs, down[1], up[1], now, given_up)
    assert found <= expected
    for key in expected - found:
        assert not (down[0].has_no_holes and up[0].has_no_holes)
        needed = stretch(down[0], down[0].position(key), offsets)
        assert not any(overlap(up[0], each, needed) for each in given_up)


# The differences on purpose, both sides of each

JUNE = datetime(2013, 6, 1, tzinfo=UTC)
SATURDAYS = ["0 0 * * 6"]
DIFFERENCES = {
    "several keys leave out what is excluded between them": (
        lambda of: of.DailyPartitionsDefinition("2013-01-01", exclusions=SATURDAYS),
        lambda of: of.DailyPartitionsDefinition("2012-12-01"),
        ((0, 0), ["2013-01-04", "2013-01-06"]),
        ({"2013-01-04", "2013-01-06"}, set()),
        ({"2013-01-04", "2013-01-05", "2013-01-06"}, set()),
    ),
    "a shifted key leaves out what is excluded beside it": (
        lambda of: of.DailyPartitionsDefinition("2013-01-01", exclusions=SATURDAYS),
        lambda of: of.DailyPartitionsDefinition("2012-12-01"),
        ((-1, -1), ["2013-01-06"]),
        ({"2013-01-04"}, set()),
        ({"2013-01-04", "2013-01-05"}, set()),
    ),
    "what lies in an excluded day needs no other day": (
        lambda of: of.HourlyPartitionsDefinition("2013-01-01-00:00"),
        lambda of: of.DailyPartitionsDefinition("2012-12-01", exclusions=SATURDAYS),
        ((0, 0), ["2013-01-05-12:00"]),
        (set(), set()),
        ({"2013-01-04"}, set()),
    ),
    "a day in part before the first hour it needs is named": (
        lambda of: of.DailyPartitionsDefinition("2013-01-01", hour_offset=6),
        lambda of: of.DailyPartitionsDefinition("2013-02-01"),
        ((0, 0), ["2013-01-05"]),
        (set(), {"2013-01-05", "2013-01-06"}),
        (set(), {"2013-01-06"}),
    ),
    "a day that exists is not among the missing": (
        lambda of: of.MonthlyPartitionsDefinition("2013-01-01"),
        lambda of: of.DailyPartitionsDefinition("2013-01-30", "2013-01-31"),
        ((0, 0), ["2013-01-01"]),
        ({"2013-01-30"}, {f"2013-01-{day:02d}" for day in range(1, 32)} - {"2013-01-30"}),
        ({"2013-01-30"}, {f"2013-01-{day:02d}" for day in range(1, 32)}),
    ),
    "a start after the end needs nothing": (
        lambda of: of.DailyPartitionsDefinition("2013-01-01"),
        lambda of: of.WeeklyPartitionsDefinition("2012-12-02"),
        ((1, 0), ["2013-01-08"]),
        (set(), set()),
        ({"2013-01-06"}, set()),
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_on_purpose(name: str) -> None:
    make_down, make_up, (offsets, keys), here, there = DIFFERENCES[name]
    answers = []
    for side in (ours, dagster):
        mapping = (our_mappings if side is ours else side).TimeWindowPartitionMapping(*offsets)
        answers.append(asked(side, mapping, make_down(side), make_up(side), JUNE, keys))
    assert answers == [here, there]
