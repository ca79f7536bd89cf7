"""Whatever is handed to the questions about keys, windows and subsets: an answer or an error of the package."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, UnknownPartitionError
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    TimeWindow,
    TimeWindowPartitionsDefinition,
    partition_loading_context,
    partitions_definition_from_dict,
)
from tests.partitions.wrong_arguments import LETTERS, NOW, VALUES, arguments_of, raw_errors

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-02-01")
DEFINITIONS = {
    "days": DAYS,
    "weekdays": DailyPartitionsDefinition("2013-01-01", timezone="Europe/Berlin", exclusions=["0 0 * * 6"]),
    "letters": LETTERS,
    "by a function": DynamicPartitionsDefinition(lambda now: ["p", "q"]),
    "of two dimensions": MultiPartitionsDefinition({"letter": LETTERS, "day": DAYS}),
}
METHODS = [
    "can_deserialize_subset", "deserialize_subset", "end_time_for_partition_key", "equal_except_for_start_or_end",
    "filter_valid_partition_keys", "get_cron_schedule", "get_multipartition_keys_with_dimension_value",
    "get_next_partition_key", "get_next_partition_window", "get_num_partitions", "get_num_partitions_in_window",
    "get_paginated_partition_keys", "get_partition_key", "get_partition_key_for_timestamp",
    "get_partition_key_range_for_time_window", "get_partition_keys", "get_partition_keys_between_indexes",
    "get_partition_keys_in_range", "get_partition_keys_in_time_window", "get_partition_subset_in_time_window",
    "get_partitions_def_for_dimension", "get_prev_partition_key", "get_prev_partition_window",
    "get_tags_for_partition_key", "has_any_partitions_in_window", "has_partition_key", "is_valid_key_format",
    "is_window_start_excluded", "less_than", "subset_with_key_range", "subset_with_partition_keys",
    "time_window_for_partition_key", "time_windows_for_partition_keys", "validate_partition_key",
]  # fmt: skip
OF_SUBSETS = [
    "__and__", "__contains__", "__eq__", "__or__", "__sub__", "can_deserialize", "create_empty_subset",
    "from_serialized", "get_partition_keys_not_in_subset", "with_partition_key_range", "with_partition_keys",
    "with_partitions_def",
]  # fmt: skip


def right_values(definition: Any) -> dict[str, Any]:
    first, second = definition.get_partition_keys(NOW)[:2]
    subset = definition.subset_with_partition_keys([first])
    moment = datetime(2013, 1, 5, tzinfo=UTC)
    window = TimeWindow(moment, datetime(2013, 1, 9, tzinfo=UTC))
    return {
        "partition_key": first, "partition_key1": first, "partition_key2": second, "key": first,
        "partition_keys": [first], "partition_key_range": PartitionKeyRange(first, second), "time_window": window,
        "timestamp": moment.timestamp(),
        "start_idx": 0, "end_idx": 2, "end_dt": moment, "start_dt": moment, "window_start": moment, "current_time": NOW,
        "context": None, "limit": 2, "ascending": True, "cursor": None, "serialized": subset.serialize(),
        "partitions_def": definition, "other": definition, "dimension_name": "letter", "dimension_partition_key": "a",
    }  # fmt: skip


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_answers_or_says_what_is_wrong(name: str) -> None:
    definition = DEFINITIONS[name]
    with partition_loading_context(NOW):
        right = right_values(definition)
        asked = 0
        for method in (each for each in METHODS if hasattr(definition, each)):
            call = getattr(definition, method)
            values = arguments_of(call, right)
            assert values is not None, method
            assert raw_errors(call, values, list(values)) == []
            asked += 1
        assert asked >= 12


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_subset_answers_or_says_what_is_wrong(name: str) -> None:
    definition = DEFINITIONS[name]
    with partition_loading_context(NOW):
        right = right_values(definition)
        subset = definition.subset_with_partition_keys(right["partition_keys"])
        for method in OF_SUBSETS:
            call = getattr(subset, method)
            values = arguments_of(call, right | {"other": subset})
            assert values is not None or method == "__eq__" or method == "__contains__", method
            if values is None:
                assert [call(value) for value in VALUES[:12]] == [False] * 12
            else:
                assert raw_errors(call, values, list(values)) == []


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value).partition(" at 0x")[0])
def test_what_describes_no_definition_is_refused(value: Any) -> None:
    with pytest.raises(InvalidDefinitionError):
        partitions_definition_from_dict(value)


def test_indexes_are_whole_numbers() -> None:
    for indexes in (("0", 2), (0, "2"), (0.5, 2), (None, 2)):
        with pytest.raises(InvalidInvocationError, match="An index is a whole number, such as 0; got"):
            DAYS.get_partition_keys_between_indexes(*indexes)


def test_keys_of_no_list_are_refused() -> None:
    for ask in (
        DAYS.filter_valid_partition_keys,
        DAYS.subset_with_partition_keys,
        DAYS.time_windows_for_partition_keys,
    ):
        with pytest.raises(UnknownPartitionError, match=r"Partition keys are a list, such as \['a', 'b'\]; got 5"):
            ask(5)


def test_a_moment_of_zero_is_no_time() -> None:
    with pytest.raises(InvalidInvocationError, match="A time is a datetime"):
        DAYS.get_partition_keys(0)


@pytest.mark.parametrize(
    ("cron", "windows"), [("0 0 * * *", 68_000), ("0 0 1 * *", 2_200), ("0 0 1,2 1 *", 360), ("0 0 29 2 *", 46)]
)
def test_an_end_offset_that_time_carries_past_the_years_of_keys_is_refused_then(cron: str, windows: int) -> None:
    definition = TimeWindowPartitionsDefinition("2013-01-01", "%Y-%m-%d", cron_schedule=cron, end_offset=windows)
    assert definition.get_last_partition_key(datetime(2013, 6, 1)) > "2190"
    with pytest.raises(InvalidDefinitionError, match=f"end_offset of {windows:,} windows goes past the year 2200"):
        definition.get_partition_keys(datetime(2030, 6, 1))


def test_an_end_offset_counts_the_windows_of_a_year_not_the_first_one() -> None:
    """Two windows a year, the first a day long: a thousand of them are five hundred years."""
    with pytest.raises(InvalidDefinitionError, match="goes past the year 2200"):
        TimeWindowPartitionsDefinition("2013-01-01", "%Y-%m-%d", cron_schedule="0 0 1,2 1 *", end_offset=1_000)
