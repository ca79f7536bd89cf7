"""What the keys and windows are on days on which the clocks change, zone by zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)

# zone, day, its hours that are not just 00:00 to 23:00, and how many windows the day has
HOURS = [
    ("America/New_York", "2013-03-10", {"missing": ["02:00"], "extra": []}, 23),
    ("America/New_York", "2013-11-03", {"missing": [], "extra": ["01:00-0500"]}, 25),
    ("Europe/Berlin", "2013-03-31", {"missing": ["02:00"], "extra": []}, 23),
    ("Europe/Berlin", "2013-10-27", {"missing": [], "extra": ["02:00+0100"]}, 25),
    ("Europe/London", "2013-10-27", {"missing": [], "extra": ["01:00+0000"]}, 25),
    ("America/Sao_Paulo", "2013-10-20", {"missing": ["00:00"], "extra": []}, 23),
    ("America/Sao_Paulo", "2014-02-15", {"missing": [], "extra": ["23:00-0300"]}, 25),
    ("Africa/Cairo", "2024-04-26", {"missing": ["00:00"], "extra": []}, 23),
    ("Africa/Cairo", "2024-10-31", {"missing": [], "extra": ["23:00+0200"]}, 25),
    ("Asia/Kathmandu", "2013-05-05", {"missing": [], "extra": []}, 24),
    ("UTC", "2013-05-05", {"missing": [], "extra": []}, 24),
]


@pytest.mark.parametrize(("zone", "day", "odd", "count"), HOURS, ids=[f"{zone} {day}" for zone, day, *_ in HOURS])
def test_a_day_has_the_hours_that_its_clocks_show(zone: str, day: str, odd: dict[str, list[str]], count: int) -> None:
    hours = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2025-01-01-00:00", timezone=zone)
    days = DailyPartitionsDefinition("2010-01-01", end_date="2025-01-01", timezone=zone)
    keys = hours.get_partition_keys_in_time_window(days.time_window_for_partition_key(day))
    usual = [f"{day}-{hour:02d}:00" for hour in range(24)]
    assert set(usual) - set(keys) == {f"{day}-{time}" for time in odd["missing"]}
    assert set(keys) - set(usual) == {f"{day}-{time}" for time in odd["extra"]}
    assert len(keys) == count == len(set(keys))


def test_the_half_hour_of_lord_howe_shifts_the_hours_as_in_the_reference() -> None:
    spring = HourlyPartitionsDefinition("2013-10-06-00:00", "2013-10-06-05:00", timezone="Australia/Lord_Howe")
    assert [key[11:] for key in spring.get_partition_keys()] == ["00:00", "01:00", "02:30", "03:30"]
    autumn = HourlyPartitionsDefinition("2013-04-07-00:00", "2013-04-07-04:00", timezone="Australia/Lord_Howe")
    assert [key[11:] for key in autumn.get_partition_keys()] == ["00:00", "01:00", "01:30+1030", "02:30"]


def test_a_lord_howe_key_names_the_window_that_it_was_listed_for() -> None:
    hours = HourlyPartitionsDefinition("2013-10-06-00:00", "2013-10-07-00:00", timezone="Australia/Lord_Howe")
    window = hours.time_window_for_partition_key("2013-10-06-02:30")
    assert (window.start.isoformat(), window.end.isoformat()) == (
        "2013-10-06T02:30:00+11:00",
        "2013-10-06T03:30:00+11:00",
    )


# zone, cron, key of the day, the instant (UTC) at which its window starts
ONCE_A_DAY = [
    ("America/New_York", "30 2 * * *", "2013-03-10-03:00", "2013-03-10T07:00"),  # in the gap: at its end
    ("America/New_York", "30 1 * * *", "2013-11-03-01:30", "2013-11-03T06:30"),  # twice: the second
    ("America/Sao_Paulo", "0 0 * * *", "2013-10-20-00:00", "2013-10-20T03:00"),  # no midnight: the hour keeps its name
    ("America/Sao_Paulo", "30 0 * * *", "2013-10-20-00:30", "2013-10-20T03:30"),
    ("Africa/Cairo", "0 0 * * *", "2024-04-26-00:00", "2024-04-25T22:00"),
    ("America/Sao_Paulo", "0 23 15 * *", "2014-02-15-23:00", "2014-02-16T01:00"),  # twice, before midnight: the first
    ("America/Sao_Paulo", "0 22,23 * * *", "2014-02-15-23:00", "2014-02-16T02:00"),
    ("America/Nuuk", "30 23 * * *", "2024-03-30-23:30", "2024-03-31T01:30"),
    ("America/Havana", "0 0 * * *", "2013-11-03-00:00", "2013-11-03T04:00"),  # two midnights: the first
    ("America/Havana", "0 0,12 * * *", "2013-11-03-00:00", "2013-11-03T05:00"),  # several times a day: the second
    ("Australia/Lord_Howe", "15 2 * * *", "2013-10-06-02:30", "2013-10-05T15:30"),
    ("Australia/Lord_Howe", "45 1 * * *", "2013-04-07-01:45", "2013-04-06T15:15"),
]


@pytest.mark.parametrize(
    ("zone", "cron", "key", "start"), ONCE_A_DAY, ids=[f"{case[0]} {case[1]}" for case in ONCE_A_DAY]
)
def test_a_time_that_is_skipped_or_repeated_is_planned_as_in_the_reference(
    zone: str, cron: str, key: str, start: str
) -> None:
    windows = TimeWindowPartitionsDefinition(
        datetime(2010, 1, 1), "%Y-%m-%d-%H:%M", datetime(2025, 1, 1), cron_schedule=cron, timezone=zone
    )
    position = windows.position(key)
    # Python never calls ambiguous times of two zones equal, so the seconds are compared.
    expected = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert windows.window_at(position).start.timestamp() == expected.timestamp()
    assert windows.key_at(position) == key
    assert windows.keys_at(windows.positions([key] * 20)) == [key] * 20


def test_windows_are_aware_datetimes_on_the_zones_clocks() -> None:
    hours = HourlyPartitionsDefinition("2013-01-01-00:00", timezone="America/New_York")
    window = hours.time_window_for_partition_key("2013-11-03-01:00-0500")
    assert window.start.isoformat() == "2013-11-03T01:00:00-05:00"
    assert window.start.fold == 1
    assert (window.end - window.start).total_seconds() == 3_600


def test_a_format_with_an_offset_gets_no_second_one() -> None:
    hours = HourlyPartitionsDefinition(
        "2013-11-03-00:00-0400", "2013-11-03-03:00-0500", timezone="America/New_York", fmt="%Y-%m-%d-%H:%M%z"
    )
    assert [key[11:] for key in hours.get_partition_keys()] == ["00:00-0400", "01:00-0400", "01:00-0500", "02:00-0500"]
    assert hours.positions(hours.get_partition_keys()).tolist() == [0, 1, 2, 3]
