"""Static definitions."""

from __future__ import annotations

import pytest

from notebook_assets.errors import InvalidDefinitionError, InvalidPartitionRangeError, UnknownPartitionError
from notebook_assets.partitions import PartitionKeyRange, StaticPartitionsDefinition


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["a", "b", "a"], "more than once: \\['a'\\]"),
        (["a...b"], "stands for a range"),
        (["a\n"], "control characters"),
        ([""], "string of some length"),
        ([1], "string of some length"),
    ],
)
def test_keys_that_can_not_be_kept_apart_or_shown_are_refused(keys, message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        StaticPartitionsDefinition(keys)


def test_dots_and_commas_may_be_in_keys() -> None:
    keys = ["a..b", "1,000", "x y", "ä"]
    assert StaticPartitionsDefinition(keys).get_partition_keys() == keys


def test_an_unknown_key_names_near_ones() -> None:
    airports = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
    with pytest.raises(UnknownPartitionError, match="Did you mean 'JFK'"):
        airports.position("JKF")
    with pytest.raises(UnknownPartitionError, match="There are 3: 'EWR', 'JFK', 'LGA'"):
        airports.position("000")


def test_ranges_follow_the_order_of_the_list() -> None:
    letters = StaticPartitionsDefinition(list("dbca"))
    assert letters.get_partition_keys_in_range(PartitionKeyRange("b", "a")) == ["b", "c", "a"]
    with pytest.raises(InvalidPartitionRangeError, match="runs backwards; did you mean b\\.\\.\\.a"):
        letters.get_partition_keys_in_range(PartitionKeyRange("a", "b"))


def test_order_counts_for_equality() -> None:
    assert StaticPartitionsDefinition(["a", "b"]) != StaticPartitionsDefinition(["b", "a"])
    assert StaticPartitionsDefinition(["a", "b"]) == StaticPartitionsDefinition(("a", "b"))
