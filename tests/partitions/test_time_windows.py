"""Keys, counts, windows and offsets of time-window definitions, and what they refuse."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import numpy as np
import pytest

from notebook_assets.errors import InvalidDefinitionError, UnknownPartitionError
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    ScheduleType,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    partition_loading_context,
    partitions_definition_from_dict,
)

NOON_OF_THE_TENTH = datetime(2013, 1, 10, 12, tzinfo=UTC)

# arguments, how many keys there are at noon of the tenth, and the last
COUNTS = [
    ({}, 9, "2013-01-09"),
    ({"end_date": "2013-01-05"}, 4, "2013-01-04"),
    ({"end_offset": 1}, 10, "2013-01-10"),
    ({"end_offset": -2}, 7, "2013-01-07"),
    ({"end_offset": 2, "end_date": "2013-01-05"}, 4, "2013-01-04"),
    ({"end_offset": -2, "end_date": "2013-01-09"}, 7, "2013-01-07"),
    ({"end_offset": 5, "end_date": "2013-01-12"}, 11, "2013-01-11"),
    ({"end_offset": -50}, 0, None),
    ({"end_date": "2013-01-01"}, 0, None),
    ({"start_date": "2013-02-01"}, 0, None),
    ({"start_date": "2013-02-01", "end_offset": 1}, 0, None),
    ({"exclusions": ["0 0 * * 6,0"], "end_offset": -3}, 4, "2013-01-04"),
    ({"exclusions": ["0 0 * * 6,0"], "end_offset": 3}, 10, "2013-01-14"),
    ({"exclusions": [datetime(2013, 1, 9)]}, 8, "2013-01-08"),
]


@pytest.mark.parametrize(("arguments", "count", "last"), COUNTS)
def test_windows_exist_once_they_have_ended_give_or_take_the_end_offset(arguments, count, last) -> None:
    days = DailyPartitionsDefinition(**{"start_date": "2013-01-01", **arguments})
    assert days.get_num_partitions(NOON_OF_THE_TENTH) == count == len(days.get_partition_keys(NOON_OF_THE_TENTH))
    assert days.get_last_partition_key(NOON_OF_THE_TENTH) == last


def test_the_context_gives_the_time_and_a_naive_time_is_on_the_definitions_clocks() -> None:
    days = DailyPartitionsDefinition("2013-01-01", timezone="America/New_York")
    with partition_loading_context(datetime(2013, 1, 3)):
        assert days.get_last_partition_key() == "2013-01-02"
    assert days.get_last_partition_key(datetime(2013, 1, 3, tzinfo=UTC)) == "2013-01-01"


def test_the_kinds_start_their_windows_at_their_offsets() -> None:
    weeks = WeeklyPartitionsDefinition("2013-01-01", "2013-02-01", minute_offset=3, hour_offset=2, day_offset=3)
    assert weeks.get_partition_keys()[:2] == ["2013-01-02", "2013-01-09"]
    assert weeks.window_at(0).start == datetime(2013, 1, 2, 2, 3, tzinfo=UTC)
    assert (weeks.minute_offset, weeks.hour_offset, weeks.day_offset) == (3, 2, 3)
    assert weeks.get_cron_schedule(hour_of_day=5) == "3 5 * * 3"
    assert weeks.schedule_type is ScheduleType.WEEKLY
    months = MonthlyPartitionsDefinition("2013-01-01", "2013-12-31", day_offset=31)
    assert [key[5:] for key in months.get_partition_keys()] == ["01-31", "03-31", "05-31", "07-31", "08-31", "10-31"]
    hours = HourlyPartitionsDefinition(datetime(2013, 1, 1), datetime(2013, 1, 1, 3), minute_offset=15)
    assert hours.get_partition_keys() == ["2013-01-01-00:15", "2013-01-01-01:15"]


CRONS = {
    "@daily": ["2013-01-01-00:00", "2013-01-02-00:00"],
    "@weekly": ["2013-01-06-00:00", "2013-01-13-00:00"],
    "0 0 L * *": ["2013-01-31-00:00", "2013-02-28-00:00"],
    "0 0 * * MON": ["2013-01-07-00:00", "2013-01-14-00:00"],
    "0 0 * * 1#2": ["2013-01-14-00:00", "2013-02-11-00:00"],
    "0 0 * * L5": ["2013-01-25-00:00", "2013-02-22-00:00"],
    "0 0 ? * *": ["2013-01-01-00:00", "2013-01-02-00:00"],
    "0 22-2 * * *": ["2013-01-01-00:00", "2013-01-01-01:00"],
    "0 0 * * 5-1": ["2013-01-04-00:00", "2013-01-05-00:00"],
    "0 0 13 * 5": ["2013-01-04-00:00", "2013-01-11-00:00"],
    "*/7 * * * *": ["2013-01-01-00:00", "2013-01-01-00:07"],
    "0 0 1,15 * *": ["2013-01-01-00:00", "2013-01-15-00:00"],
    "0 0 29 2 *": ["2016-02-29-00:00", "2020-02-29-00:00"],
}


@pytest.mark.parametrize("cron", CRONS)
def test_a_cron_expression_means_what_it_means_in_the_reference(cron: str) -> None:
    windows = TimeWindowPartitionsDefinition(datetime(2013, 1, 1), "%Y-%m-%d-%H:%M", cron_schedule=cron)
    assert windows.get_partition_keys(datetime(2025, 1, 1, tzinfo=UTC))[:2] == CRONS[cron]


def test_a_leap_day_window_that_ends_after_the_end_is_no_partition() -> None:
    windows = TimeWindowPartitionsDefinition("2013-01-01", "%Y-%m-%d", "2013-12-31", cron_schedule="0 0 29 2 *")
    assert windows.get_partition_keys() == []


REFUSED = [
    ({"cron_schedule": "60 * * * *"}, "'60 \\* \\* \\* \\*' is no valid cron expression"),
    ({"cron_schedule": "@reboot"}, "takes five fields"),
    ({"cron_schedule": "0 0 31 2 *"}, "no valid cron expression"),
    ({"cron_schedule": "0 0 * * * *"}, "takes five fields"),
    ({"cron_schedule": "H * * * *"}, "no valid cron expression"),
    ({"timezone": "Europe/Berln"}, "Did you mean 'Europe/Berlin'"),
    ({"start": "2013-1"}, "in which it looks like '2013-01-31'"),
    ({"start": "2013-01-01-00:00"}, "is not of the format '%Y-%m-%d'"),
    ({"end": "2012-12-31"}, "lies before their start"),
    ({"cron_schedule": "0 */12 * * *"}, "several windows would have the key '2013-01-01'"),
    ({"fmt": "%m-%d", "start": datetime(2013, 1, 1)}, "several windows would have the key|can't be read back"),
    ({"fmt": "%G-W%V", "start": datetime(2013, 1, 1)}, "can't be read back"),
    ({"exclusions": ["0 0 * * *"]}, "leaves no time windows"),
    ({"exclusions": ["x"]}, "'x' is no valid cron expression"),
    ({"schedule_type": ScheduleType.DAILY}, "give no schedule_type"),
    ({"cron_schedule": None}, "need a cron_schedule or a schedule_type"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_a_definition_that_can_not_be_right_is_refused(arguments, message: str) -> None:
    usual = {"start": "2013-01-01", "fmt": "%Y-%m-%d", "cron_schedule": "0 0 * * *"}
    with pytest.raises(InvalidDefinitionError, match=message):
        TimeWindowPartitionsDefinition(**{**usual, **arguments})


UNKNOWN = [
    ("2012-12-31", "the first is '2013-01-01'"),
    ("2014-01-01", "the last is '2013-12-31'"),
    ("2013-1-2", "no partition '2013-1-2'"),
    ("yesterday", "not of the format '%Y-%m-%d', as '2013-01-01' is"),
    ("2013-02-30", "not of the format"),
    ("2013-01-06", "The nearest are '2013-01-05' and '2013-01-07'"),
    ("2013-1-7", "it is written '2013-01-07'"),
]


@pytest.mark.parametrize(("key", "message"), UNKNOWN)
def test_an_unknown_key_is_an_error_that_says_why(key: str, message: str) -> None:
    days = DailyPartitionsDefinition("2013-01-01", "2014-01-01", exclusions=["0 0 * * 0"])
    with pytest.raises(UnknownPartitionError, match=message):
        days.position(key)
    with pytest.raises(UnknownPartitionError, match=message):
        days.positions(["2013-01-02"] * 20 + [key])
    assert not days.has_partition_key(key)


def test_windows_at_the_borders_are_asked_for_without_being_partitions() -> None:
    days = DailyPartitionsDefinition("2013-01-01", "2014-01-01")
    assert days.time_window_for_partition_key("2012-12-31").end == datetime(2013, 1, 1, tzinfo=UTC)
    assert days.get_prev_partition_window(datetime(2013, 1, 1, tzinfo=UTC)) is None
    assert days.get_prev_partition_window(datetime(2013, 1, 1, tzinfo=UTC), respect_bounds=False) is not None
    assert days.get_next_partition_key("2013-12-31") is None
    assert days.get_next_partition_key("2013-12-30") == "2013-12-31"


def test_moments_are_found_in_their_windows() -> None:
    days = DailyPartitionsDefinition("2013-01-01", "2014-01-01", timezone="America/New_York")
    moment = datetime(2013, 7, 1, 4, tzinfo=UTC).timestamp()
    assert days.get_partition_key_for_timestamp(moment) == "2013-07-01"
    assert days.get_partition_key_for_timestamp(moment, end_closed=True) == "2013-06-30"
    assert days.key_at(days.position_at(moment - 1)) == "2013-06-30"
    assert days.position_at(0) is None
    window = TimeWindow(datetime(2013, 7, 1, 5, tzinfo=UTC), datetime(2013, 7, 3, 5, tzinfo=UTC))
    assert days.get_partition_keys_in_time_window(window) == ["2013-07-02", "2013-07-03"]


def test_bounds_are_utc_seconds_in_bulk() -> None:
    days = DailyPartitionsDefinition("2013-01-01", "2014-01-01", timezone="America/New_York")
    starts, ends = days.bounds(np.array([0, 68, 306]))
    assert (ends - starts).tolist() == [86_400, 23 * 3_600, 25 * 3_600]
    assert starts.dtype == ends.dtype == np.int64
    assert len(days.bounds()[0]) == 365


DEFINITIONS = [
    DailyPartitionsDefinition("2013-01-01"),
    DailyPartitionsDefinition("2013-01-01", exclusions=["0 0 * * 6", datetime(2013, 1, 2)], end_offset=1),
    HourlyPartitionsDefinition("2013-11-03-01:00-0500", timezone="America/New_York", minute_offset=15),
    WeeklyPartitionsDefinition("2013-01-01", "2014-01-01"),
    MonthlyPartitionsDefinition("2013-01", fmt="%Y-%m"),
    TimeWindowPartitionsDefinition("2013-01-01", "%Y-%m-%d", cron_schedule="0 9 * * 1-5", timezone="Europe/Berlin"),
    StaticPartitionsDefinition(["a", "b"]),
]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=repr)
def test_a_definition_survives_being_written_down(definition) -> None:
    for copy in (partitions_definition_from_dict(definition.to_dict()), pickle.loads(pickle.dumps(definition))):
        assert copy == definition
        assert type(copy) is type(definition)
        assert hash(copy) == hash(definition)
        assert copy.get_serializable_unique_identifier() == definition.get_serializable_unique_identifier()
        now = datetime(2013, 12, 1, tzinfo=UTC)
        assert copy.get_partition_keys(now) == definition.get_partition_keys(now)


def test_definitions_of_the_same_windows_are_equal_whatever_they_are_called() -> None:
    plain = TimeWindowPartitionsDefinition("2013-01-01", "%Y-%m-%d", cron_schedule="0 0 * * *")
    days = DailyPartitionsDefinition("2013-01-01")
    assert days == plain
    assert days.get_serializable_unique_identifier() == plain.get_serializable_unique_identifier()
    assert days != DailyPartitionsDefinition("2013-01-02")
    assert days.equal_except_for_start_or_end(DailyPartitionsDefinition("2013-01-02"))


def test_a_place_among_ten_million_minutes_needs_no_list_of_them() -> None:
    minutes = TimeWindowPartitionsDefinition(
        datetime(2000, 1, 1),
        "%Y-%m-%d-%H:%M",
        datetime(2020, 1, 1),
        cron_schedule="* * * * *",
        timezone="Europe/Berlin",
    )
    assert minutes.get_num_partitions() == 10_519_200
    assert minutes.position("2019-12-31-23:59") == 10_519_199
    assert len(minutes.subset_with_all_partitions() & minutes.subset_of_span(5, 10_000_000)) == 9_999_995


@pytest.mark.parametrize("key", ["0001-01-01", "9999-12-31", "1700-01-01"])
@pytest.mark.parametrize("cron", ["0 0 * * *", "0 0 1 * *", "*/5 9-17 * * 1-5"])
def test_a_key_of_an_absurd_year_is_unknown_at_once(cron: str, key: str) -> None:
    windows = TimeWindowPartitionsDefinition(
        datetime(2013, 1, 1), "%Y-%m-%d-%H:%M", cron_schedule=cron, timezone="Europe/Berlin"
    )
    assert not windows.has_partition_key(f"{key}-00:00")
    with pytest.raises(UnknownPartitionError):
        windows.positions([windows.key_at(0)] * 50 + [f"{key}-00:00"])
