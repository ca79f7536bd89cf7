"""What people may write for partitions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notebook_assets.errors import InvalidPartitionRangeError, InvalidSubsetError, UnknownPartitionError
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    parse_partitions,
)

DAYS = DailyPartitionsDefinition("2013-01-01")
NOW = datetime(2013, 1, 6, tzinfo=UTC)
ALL = ["2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04", "2013-01-05"]


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("2013-01-02", ALL[1:2]),
        ("2013-01-02...2013-01-04", ALL[1:4]),
        ("2013-01-02 ... 2013-01-04", ALL[1:4]),
        ("2013-01-04...", ALL[3:]),
        ("...2013-01-02", ALL[:2]),
        ("...", ALL),
        ("all", ALL),
        (PartitionKeyRange("2013-01-02", "2013-01-03"), ALL[1:3]),
        (["2013-01-05", "2013-01-01...2013-01-02"], [*ALL[:2], ALL[4]]),
        (["2013-01-05", "2013-01-01"], [ALL[0], ALL[4]]),
        ((key for key in ALL), ALL),
        ([], []),
        (DAYS.subset_of_span(1, 100), ALL[1:]),
    ],
    ids=lambda value: str(value).partition(" at 0x")[0],
)
def test_keys_ranges_and_lists_are_read(written, keys: list[str]) -> None:
    assert parse_partitions(DAYS, written, NOW).get_partition_keys() == keys


@pytest.mark.parametrize(
    ("written", "error", "message"),
    [
        ("2013-01-04...2013-01-02", InvalidPartitionRangeError, "backwards; did you mean 2013-01-02...2013-01-04"),
        ("2013-01-01...2013-01-02...2013-01-03", InvalidPartitionRangeError, "FIRST...LAST"),
        ("2013-01-06", UnknownPartitionError, "does not exist yet; the last is '2013-01-05'"),
        (["2013-01-01", "2013-01-06"], UnknownPartitionError, "does not exist yet"),
        ("2013-01-04...2013-01-09", UnknownPartitionError, "'2013-01-09' does not exist yet"),
        ("2012-01-04...", UnknownPartitionError, "the first is '2013-01-01'"),
        ("nonsense", UnknownPartitionError, "not of the format"),
        (5, InvalidSubsetError, "named by keys, ranges or a subset; got 5"),
    ],
    ids=str,
)
def test_what_can_not_be_read_or_does_not_exist_is_an_error(written, error, message: str) -> None:
    with pytest.raises(error, match=message):
        parse_partitions(DAYS, written, NOW)


def test_a_key_named_all_is_that_key() -> None:
    regions = StaticPartitionsDefinition(["all", "north"])
    assert parse_partitions(regions, "all").get_partition_keys() == ["all"]


def test_commas_and_two_dots_are_part_of_a_key() -> None:
    odd = StaticPartitionsDefinition(["1,000", "a..b", "c"])
    assert parse_partitions(odd, "1,000...a..b").get_partition_keys() == ["1,000", "a..b"]
