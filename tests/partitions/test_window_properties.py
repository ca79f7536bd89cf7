"""What holds of time windows and their subsets whatever the definition: without the reference."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import notebook_assets.partitions as ours
from notebook_assets.errors import InvalidDefinitionError
from tests.partitions.drawn_windows import drawn_definition


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Any, int]:
    """A definition and how many windows it has."""
    name, arguments, now = draw(drawn_definition())
    try:
        definition = getattr(ours, name)(**arguments)
    except InvalidDefinitionError:  # exclusions that leave nothing
        assume(False)
        raise
    return definition, definition.get_num_partitions(now)


@given(drawn())
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_keys_name_windows_and_windows_follow_each_other(case: tuple[Any, int]) -> None:
    definition, count = case
    positions = np.arange(count, dtype=np.int64)
    keys = definition.keys_at(positions)
    assert len(set(keys)) == count
    assert definition.find_positions(keys).tolist() == positions.tolist()
    assert definition.find_positions([*keys, "x"] * 2).tolist() == [*positions.tolist(), -1] * 2
    assert definition.keys_of_span(0, min(count, 30)) == keys[:30]
    for position, key in list(enumerate(keys))[:: max(count // 5, 1)]:
        window = definition.time_window_for_partition_key(key)
        assert definition.position(key) == position == definition.position_at(window.start.timestamp())
        assert definition.get_partition_key_for_timestamp(window.start.timestamp()) == key
    starts, ends = definition.bounds(positions)
    assert (ends > starts).all()
    following = starts[1:] - ends[:-1]
    assert (following == 0).all() if definition.has_no_holes else (following >= 0).all()


@given(drawn(), st.data())
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_subsets_are_sets(case: tuple[Any, int], data: st.DataObject) -> None:
    definition, count = case
    assume(count)
    numbers = st.sets(st.integers(0, count - 1), max_size=9)
    a, b, c = (definition.subset_of_positions(np.array(sorted(data.draw(numbers)), dtype=np.int64)) for _ in range(3))
    whole = definition.subset_of_span(0, count)
    assert set((a | b).positions()) == set(a.positions()) | set(b.positions())
    assert a | b == b | a
    assert a & b == b & a
    assert (a | b) & c == (a & c) | (b & c)
    assert a - (b | c) == (a - b) & (a - c)
    assert whole - (whole - a) == a
    assert a | (a & b) == a
    assert (a - b) & b == definition.empty_subset()
    for subset in (a, a | b, whole - a):
        assert definition.deserialize_subset(subset.serialize()) == subset
        assert definition.subset_with_partition_keys(subset.get_partition_keys()) == subset
        assert len(subset) == len(subset.get_partition_keys())


# zone, day, the seconds that it has
DAYS = [
    ("America/New_York", "2013-03-10", 23), ("America/New_York", "2013-11-03", 25),
    ("Europe/Berlin", "2013-03-31", 23), ("Europe/Berlin", "2013-10-27", 25),
    ("Europe/London", "2013-03-31", 23), ("Europe/London", "2013-10-27", 25),
    ("America/Sao_Paulo", "2013-10-20", 23), ("America/Sao_Paulo", "2014-02-15", 25),
    ("Africa/Cairo", "2024-04-26", 23), ("Africa/Cairo", "2024-10-31", 25),
    ("Australia/Lord_Howe", "2013-10-06", 23.5), ("Australia/Lord_Howe", "2013-04-07", 24.5),
    ("Asia/Kathmandu", "2013-05-05", 24), ("UTC", "2013-05-05", 24),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "day", "hours"), DAYS, ids=[f"{zone} {day}" for zone, day, _ in DAYS])
def test_a_day_is_as_long_as_its_clocks_say(zone: str, day: str, hours: float) -> None:
    days = ours.DailyPartitionsDefinition(datetime(2010, 1, 1), datetime(2025, 1, 1), timezone=zone)
    window = days.time_window_for_partition_key(day)
    assert window.end.timestamp() - window.start.timestamp() == hours * 3_600
    minutes = ours.TimeWindowPartitionsDefinition(
        datetime(2010, 1, 1), "%Y-%m-%d-%H:%M", datetime(2025, 1, 1), cron_schedule="*/30 * * * *", timezone=zone
    )
    assert minutes.get_num_partitions_in_window(window) == hours * 2


def test_the_hours_of_a_day_of_the_documentation() -> None:
    hours = ours.HourlyPartitionsDefinition("2024-01-01-00:00", "2025-01-01-00:00")
    day = ours.DailyPartitionsDefinition("2024-01-01", "2025-01-01").time_window_for_partition_key("2024-04-12")
    assert hours.get_partition_keys_in_time_window(day) == [f"2024-04-12-{hour:02d}:00" for hour in range(24)]
