"""What may be asked of time windows and their subsets is answered as the reference answers it.

Where the two differ on purpose (see docs/differences.md) only what both mean is compared; each difference has a test of
its own below, which shows both sides.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import notebook_assets.partitions as ours
from notebook_assets.errors import NotebookAssetsError
from tests.partitions.drawn_windows import both_sides, drawn_definition


def seconds(window: Any) -> tuple[float, float] | None:
    return None if window is None else (window.start.timestamp(), window.end.timestamp())


@st.composite
def asked(draw: st.DrawFn) -> tuple[Any, ...]:
    """A definition of both sides, a time, and two moments about it."""
    name, arguments, now = draw(drawn_definition())
    assume(arguments["timezone"] != "Australia/Lord_Howe")  # odd phases there
    definition, reference = both_sides(name, arguments, now)
    start = arguments.get("start_date", arguments.get("start"))
    length = timedelta(days=30 if name != "HourlyPartitionsDefinition" else 4)
    moments = [
        (start + length * draw(st.integers(-2, 26)) / 20).replace(
            minute=draw(st.sampled_from([0, 0, 30, 17])), second=0
        )
        for _ in range(2)
    ]
    first, last = sorted(moment.replace(tzinfo=UTC) for moment in moments)
    return definition, reference, now, first, last


@given(asked(), st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_moments_and_stretches_have_the_windows_of_the_reference(case, end_closed: bool) -> None:
    definition, reference, now, first, last = case
    with dagster.partition_loading_context(effective_dt=now), ours.partition_loading_context(now):
        keys = set(definition.get_partition_keys())
        stretch, their_stretch = ours.TimeWindow(first, last), dagster.TimeWindow(first, last)
        theirs = reference.get_partition_keys_in_time_window(their_stretch)
        assert definition.get_partition_keys_in_time_window(stretch) == [key for key in theirs if key in keys]
        assert definition.get_num_partitions_in_window(stretch) == len(theirs)
        assert definition.has_any_partitions_in_window(stretch) == bool(theirs)
        found = definition.get_partition_subset_in_time_window(stretch)
        assert found.get_partition_keys() == [key for key in theirs if key in keys]
        for respect in (True, False):
            after = seconds(reference.get_next_partition_window(first, respect_bounds=respect))
            before = seconds(reference.get_prev_partition_window(last, respect_bounds=respect))
            windows = [seconds(window) for window in map(definition.window_at, range(len(keys)))]
            if not respect or after is None or after in windows:
                assert seconds(definition.get_next_partition_window(first, respect)) == after
            if not respect or before is None or before in windows:
                assert seconds(definition.get_prev_partition_window(last, respect)) == before
        moment = first.timestamp()
        at = reference.get_partition_key_for_timestamp(moment, end_closed=end_closed)
        assert definition.get_partition_key_for_timestamp(moment, end_closed) == at
        assert seconds(definition.get_first_partition_window()) == seconds(reference.get_first_partition_window())
        assert seconds(definition.get_last_partition_window()) == seconds(reference.get_last_partition_window())
        ignoring = reference.get_last_partition_window_ignoring_exclusions()
        assert seconds(definition.get_last_partition_window_ignoring_exclusions()) == seconds(ignoring)
        assert compared_range(definition, stretch) in (compared_range(reference, their_stretch), None)


def compared_range(side: Any, stretch: Any) -> tuple[str, ...] | None:
    """The range of keys of a stretch of time without bounds, ``None`` where there is none."""
    try:
        return tuple(side.get_partition_key_range_for_time_window(stretch, respect_bounds=False))
    except (NotebookAssetsError, dagster.DagsterError, dagster._check.CheckError):
        return None


@given(asked(), st.data())
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_keys_and_subsets_say_what_those_of_the_reference_say(case, data: st.DataObject) -> None:
    definition, reference, now, _, _ = case
    with dagster.partition_loading_context(effective_dt=now), ours.partition_loading_context(now):
        keys = definition.get_partition_keys()
        assume(keys)
        # Where a skipped time has a key, the reference's subsets may lose it.
        assume(
            all(reference.subset_with_partition_keys(some).get_partition_keys() == some for some in (keys, keys[:1]))
        )
        chosen = [data.draw(st.lists(st.sampled_from(keys), max_size=8)) for _ in range(2)]
        some, more = (set(these) for these in chosen)
        windows, theirs = (
            [seconds(window) for window in side.time_windows_for_partition_keys(frozenset(some))]
            for side in (definition, reference)
        )
        assert windows == theirs
        assert definition.filter_valid_partition_keys({*some, "x"}) == reference.filter_valid_partition_keys(
            {*some, "x"}
        )
        for one in some:
            assert definition.get_tags_for_partition_key(one) == reference.get_tags_for_partition_key(one)
            for other in more:
                assert definition.less_than(one, other) == reference.less_than(one, other)
        mine = [definition.subset_with_partition_keys(these) for these in chosen]
        other = [reference.subset_with_partition_keys(these) for these in chosen]
        for found, expected in [
            (mine[0], other[0]),
            (mine[0] | mine[1], other[0] | other[1]),
            (mine[0] & mine[1], other[0] & other[1]),
            (mine[0] - mine[1], other[0] - other[1]),
            (definition.subset_with_all_partitions() - mine[0], reference.subset_with_all_partitions() - other[0]),
        ]:
            same_subset(definition, reference, found, expected)


def same_subset(definition: Any, reference: Any, found: Any, expected: Any) -> None:
    listed = list(expected.get_partition_keys())
    assert found.get_partition_keys() == listed
    assert (len(found), found.is_empty) == (len(expected), expected.is_empty)
    missing = expected.get_partition_keys_not_in_subset(reference)
    assert found.get_partition_keys_not_in_subset(definition) == list(missing)
    assert definition.deserialize_subset(found.serialize()) == found
    if not listed:
        return
    if definition.exclusions is None:  # else the reference's runs, windows and starts take in what is left out
        assert found.first_start.timestamp() == expected.first_start.timestamp()
        ranges = [tuple(each) for each in expected.get_partition_key_ranges(reference)]
        assert [tuple(each) for each in found.get_partition_key_ranges()] == ranges
        bounds = [(stamp(window.start), stamp(window.end)) for window in expected.included_time_windows]
        assert list(map(seconds, found.included_time_windows)) == bounds


def stamp(moment: Any) -> float:
    """The seconds of a datetime, or of the reference's own kind of moment."""
    return moment.timestamp() if isinstance(moment, datetime) else moment.timestamp


# The differences on purpose, both sides of each

DAYS = ("2013-01-10", "2013-01-20")
NOW = datetime(2013, 3, 1, tzinfo=UTC)


def day(number: int, month: int = 1) -> datetime:
    return datetime(2013, month, number, tzinfo=UTC)


DIFFERENCES = {
    "keys in a stretch of time exist": (
        lambda side, days: list(days.get_partition_keys_in_time_window(side.TimeWindow(day(8), day(12)))),
        ["2013-01-10", "2013-01-11"],
        ["2013-01-08", "2013-01-09", "2013-01-10", "2013-01-11"],
    ),
    "the next window is one that exists": (
        lambda side, days: days.get_next_partition_window(day(5)).start.day,
        10,
        5,
    ),
    "the window before is one that exists": (
        lambda side, days: days.get_prev_partition_window(day(25)).start.day,
        19,
        24,
    ),
    "a range for a stretch of time stays within the definition": (
        lambda side, days: tuple(days.get_partition_key_range_for_time_window(side.TimeWindow(day(12), day(25)))),
        ("2013-01-12", "2013-01-19"),
        ("2013-01-12", "2013-01-24"),
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_does_not_exist_is_not_given(name: str) -> None:
    ask, here, there = DIFFERENCES[name]
    for side, expected in ((ours, here), (dagster, there)):
        with side.partition_loading_context(NOW):
            assert ask(side, side.DailyPartitionsDefinition(*DAYS)) == expected


def test_indexes_count_the_keys_that_are_listed() -> None:
    found = {}
    for side in (ours, dagster):
        with side.partition_loading_context(NOW):
            weeks = side.WeeklyPartitionsDefinition("2013-01-06", "2013-02-08", exclusions=[datetime(2013, 1, 20)])
            found[side] = list(weeks.get_partition_keys_between_indexes(0, 9)), list(weeks.get_partition_keys())
    assert found[ours][0] == found[ours][1] == found[dagster][1] == ["2013-01-06", "2013-01-13", "2013-01-27"]
    assert set(found[dagster][0]) > set(found[dagster][1])  # windows after the end among them


def test_windows_are_counted_as_they_are_listed() -> None:
    """The reference's count of plain days goes wrong where the clocks change between two odd moments."""
    found = {}
    for side in (ours, dagster):
        days = side.DailyPartitionsDefinition("2013-10-01", "2014-01-01", timezone="America/Havana")
        stretch = side.TimeWindow(datetime(2013, 10, 30, 2, 17, tzinfo=UTC), datetime(2013, 11, 28, 5, 17, tzinfo=UTC))
        found[side] = days.get_num_partitions_in_window(stretch), len(days.get_partition_keys_in_time_window(stretch))
    assert found[ours] == (30, 30)
    assert found[dagster] == (29, 30)


def test_hours_have_no_hour_offset() -> None:
    assert ours.HourlyPartitionsDefinition("2013-01-01-00:00").hour_offset == 0
    with pytest.raises(dagster._check.CheckError):
        _ = dagster.HourlyPartitionsDefinition("2013-01-01-00:00").hour_offset
