"""Zones whose clocks went over the date line: a day without any moment has no partition, and no other gets lost."""

from collections.abc import Sequence

import dagster as dg
import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    UnknownPartitionError,
    WeeklyPartitionsDefinition,
)

SKIPPED = [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21"), ("Pacific/Fakaofo", "2011-12-30")]


def _days(zone: str, year: int) -> DailyPartitionsDefinition:
    return DailyPartitionsDefinition(f"{year}-01-01", end_date=f"{year + 1}-02-01", timezone=zone)


@pytest.mark.parametrize(("zone", "day"), SKIPPED)
def test_the_skipped_day_has_no_partition(zone: str, day: str) -> None:
    """Its key is unknown; every other day is there once, with a window that touches the next."""
    days = _days(zone, int(day[:4]))
    keys = days.get_partition_keys()
    assert len(keys) == len(set(keys)) == 365 + 31 - 1
    assert day not in keys
    with pytest.raises(UnknownPartitionError):
        days.time_window_for_partition_key(day)
    windows = [days.time_window_for_partition_key(key) for key in keys]
    assert all(windows[at].end.timestamp() == windows[at + 1].start.timestamp() for at in range(len(windows) - 1))
    assert {(window.end.timestamp() - window.start.timestamp()) / 3600 for window in windows} <= {23.0, 24.0, 25.0}
    assert days.positions(keys).tolist() == list(range(len(keys)))


def test_the_reference_has_two_keys_of_one_window() -> None:
    """There the skipped day and the one after it are the same stretch of time."""
    days = dg.DailyPartitionsDefinition("2011-12-28", end_date="2012-01-02", timezone="Pacific/Apia")
    theirs = [days.time_window_for_partition_key(key) for key in ("2011-12-30", "2011-12-31")]
    assert theirs[0] == theirs[1]
    ours = DailyPartitionsDefinition("2011-12-28", end_date="2012-01-02", timezone="Pacific/Apia")
    assert ours.get_partition_keys() == [key for key in days.get_partition_keys() if key != "2011-12-30"]


@pytest.mark.parametrize(
    ("definition", "keys"),
    [
        (
            WeeklyPartitionsDefinition("2011-12-20", end_date="2012-01-20", day_offset=5, timezone="Pacific/Apia"),
            ["2011-12-23", "2011-12-31", "2012-01-06", "2012-01-13"],
        ),
        (
            TimeWindowPartitionsDefinition(
                "2011-12-28", "%Y-%m-%d", "2012-01-06", cron_schedule="0 0 * * 4-6", timezone="Pacific/Apia"
            ),
            ["2011-12-29", "2011-12-31", "2012-01-05"],
        ),
    ],
    ids=["weeks from Fridays", "a cron with weekdays"],
)
def test_a_window_that_was_to_start_on_it(definition: TimeWindowPartitionsDefinition, keys: Sequence[str]) -> None:
    """It starts with the day after, and is named so."""
    assert definition.get_partition_keys() == keys
    assert definition.positions(keys).tolist() == list(range(len(keys)))
