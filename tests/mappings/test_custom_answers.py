"""Custom mappings are asked once for each key, and again when what they answer by has changed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MappingContext,
    PartitionMapping,
    StaticPartitionsDefinition,
    partition_mapping,
)
from notebook_assets.errors import InvalidMappingError
from notebook_assets.mappings import TimeWindowPartitionMapping, UpstreamPartitionsResult, custom_answers
from notebook_assets.partitions.dynamic_keys import DynamicKeys

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
DAYS = DailyPartitionsDefinition("2013-01-01")
REFERENCE_CALLS = 348
"""How many calls the reference enters to map one daily key to the day before."""


def episodes(*keys: str) -> DynamicPartitionsDefinition:
    return DynamicPartitionsDefinition(name="episodes").with_keys(DynamicKeys.of(keys))


class Recorder:
    """A function that keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    def __call__(self, key: str | None) -> str | None:
        self.asked.append(key)
        return key


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_each_key_is_asked_for_once(direction: str) -> None:
    recorder = Recorder()
    mapping = PartitionMapping.from_function(**{direction: recorder})
    for _ in range(3):
        mapping.links(LETTERS, LETTERS)
        mapping.get_downstream_partitions_for_partitions(LETTERS.subset_of_span(0, 1), LETTERS, LETTERS)
    assert recorder.asked == ["a", "b", "c"]


def test_a_few_keys_are_answered_without_all_others() -> None:
    recorder = Recorder()
    mapping = PartitionMapping.from_function(recorder, one=True)
    subset = LETTERS.subset_with_partition_keys(["b"])
    mapping.get_upstream_mapped_partitions_result_for_partitions(subset, LETTERS, LETTERS)
    assert recorder.asked == ["b"]


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_a_growing_definition_asks_only_for_new_keys(direction: str) -> None:
    recorder = Recorder()
    mapping = PartitionMapping.from_function(**{direction: recorder})
    few, more = episodes("e1", "e2"), episodes("e1", "e2", "e3")
    assert mapping.links(few, few).count().tolist() == [1, 1]
    assert mapping.links(more, more).count().tolist() == [1, 1, 1]
    assert recorder.asked == ["e1", "e2", "e3"]


def test_keys_that_moved_are_not_mistaken_for_others() -> None:
    """The same definition, settled with other keys, has other positions."""
    mapping = PartitionMapping.from_function(lambda key: key)
    for keys in (["e1", "e2"], ["e2", "e3"], ["e1", "e2"]):
        down, up = episodes(*keys), episodes("e2", "e1")
        subset = up.subset_with_partition_keys(["e2"])
        found = mapping.get_downstream_partitions_for_partitions(subset, up, down)
        assert found.get_partition_keys() == ["e2"]


TABLE = {"a": "b", "b": "c", "c": "a"}


def looked_up(key):
    return TABLE[key]


def by_another_function(key):
    return looked_up(key)


@pytest.mark.parametrize("fn", [looked_up, by_another_function])
def test_a_table_that_changes_is_read_again(fn, monkeypatch) -> None:
    mapping = PartitionMapping.from_function(fn)
    assert mapping.links(LETTERS, LETTERS).upstream(0).tolist() == [1]
    monkeypatch.setitem(TABLE, "a", "c")  # in place
    assert mapping.links(LETTERS, LETTERS).upstream(0).tolist() == [2]
    monkeypatch.setitem(globals(), "TABLE", {"a": "a", "b": "a", "c": "a"})
    assert mapping.links(LETTERS, LETTERS).upstream(0).tolist() == [0]
    subset = LETTERS.subset_with_partition_keys(["a"])
    assert len(mapping.get_downstream_partitions_for_partitions(subset, LETTERS, LETTERS)) == 3


def test_an_objects_own_attributes_count() -> None:
    class ByTable(PartitionMapping):
        def __init__(self, table):
            self.table = table

        def upstream(self, key):
            return self.table[key]

    mapping = ByTable({"a": "a", "b": "a", "c": "a"})
    assert mapping.links(LETTERS, LETTERS).upstream(1).tolist() == [0]
    mapping.table["b"] = "c"
    assert mapping.links(LETTERS, LETTERS).upstream(1).tolist() == [2]


def test_what_closures_and_defaults_hold_counts() -> None:
    shift = [1]

    @partition_mapping
    def moved(key, by=shift):
        return "abc"[("abc".index(key) + shift[0]) % 3]

    assert moved.links(LETTERS, LETTERS).upstream(0).tolist() == [1]
    shift[0] = 2
    assert moved.links(LETTERS, LETTERS).upstream(0).tolist() == [2]


def test_the_time_counts_where_a_function_is_told_it() -> None:
    @partition_mapping
    def this_month(key, context: MappingContext):
        return [
            day for day in context.upstream_def.get_partition_keys(context.now) if day[:7] == f"{context.now:%Y-%m}"
        ]

    for month, many in ((1, 9), (2, 9), (1, 9)):
        links = this_month.links(DAYS, DAYS, None, datetime(2013, month, 10, tzinfo=UTC))
        assert links.count().tolist() == [many] * (9 if month == 1 else 40)


def test_what_is_kept_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(custom_answers, "_MOST_ANSWERS", 5)
    recorders = [Recorder() for _ in range(4)]
    for recorder in recorders:
        PartitionMapping.from_function(recorder).links(LETTERS, LETTERS)
    assert sum(len(book.answers) for book in custom_answers._BOOKS) <= 5 + len(LETTERS.get_partition_keys())


def test_directions_that_do_not_agree_for_keys_that_came_later() -> None:
    mapping = PartitionMapping.from_function(lambda key: key, downstream=lambda key: None if key == "e3" else key)
    few, more = episodes("e1", "e2"), episodes("e1", "e2", "e3")
    mapping.links(few, few)
    with pytest.raises(InvalidMappingError, match=r"upstream\('e3'\) names 'e3', but downstream\('e3'\) does not"):
        mapping.links(more, more)
    with pytest.raises(InvalidMappingError, match="do not agree"):
        mapping.get_downstream_partitions_for_partitions(more.subset_of_span(0, 1), more, more)


def _calls_of(fn) -> int:
    entered = 0

    def count(frame, event, argument):
        nonlocal entered
        entered += event == "call"

    sys.setprofile(count)
    try:
        fn()
    finally:
        sys.setprofile(None)
    return entered


def test_mapping_one_daily_key_enters_at_most_a_tenth_of_the_references_calls() -> None:
    days = DailyPartitionsDefinition("2013-01-01", end_date="2023-01-01")
    before = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    subset = days.subset_with_partition_keys(["2020-05-05"])

    def ask() -> UpstreamPartitionsResult:
        return before.get_upstream_mapped_partitions_result_for_partitions(subset, days, days)

    assert list(ask().partitions_subset) == ["2020-05-04"]
    assert _calls_of(ask) <= REFERENCE_CALLS // 10


def test_asking_a_custom_mapping_for_many_keys_enters_a_few_calls_for_each() -> None:
    days = DailyPartitionsDefinition("2013-01-01", end_date="2016-01-01")
    mapping = PartitionMapping.from_function(lambda key: str(date.fromisoformat(key) + timedelta(days=1)))
    many = days.get_num_partitions()
    assert _calls_of(lambda: mapping.links(days, days)) <= 6 * many


def test_a_mapping_that_can_not_be_compared_is_asked_all_the_same() -> None:
    """A dataclass with an array has no answer to ``==``; nor may it stand in the way of other mappings."""

    @dataclass(frozen=True)
    class Shifted(PartitionMapping):
        steps: Any

        def upstream(self, key: str) -> str:
            return "ab"[("ab".index(key) + int(self.steps.sum())) % 2]

    letters = StaticPartitionsDefinition(["a", "b"])
    for steps, expected in ([0, 0], "ab"), ([0, 1], "ba"), ([1, 1], "ab"):
        links = Shifted(np.array(steps)).links(letters, letters)
        assert [letters.key_at(links.upstream(row)[0]) for row in range(2)] == list(expected)
    same = PartitionMapping.from_function(lambda key: key)
    assert same.links(letters, letters).upstream(1).tolist() == [1]
