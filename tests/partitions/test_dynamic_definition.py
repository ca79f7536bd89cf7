"""Dynamic definitions: by name with any store, by a function of the time, and without any store."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, UnknownPartitionError
from notebook_assets.partitions import (
    DynamicPartitionsDefinition,
    Partition,
    PartitionKeyRange,
    PartitionLoadingContext,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    loading_context,
    parse_partitions,
    partition_loading_context,
    partitions_definition_from_dict,
)

EPISODES = DynamicPartitionsDefinition(name="episodes")


class Shelf:
    """A store of the two methods that every store has, which counts how often all keys are read."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.reads = 0

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        self.reads += 1
        return list(self.keys) if partitions_def_name == "episodes" else []

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partitions_def_name == "episodes" and partition_key in self.keys


@pytest.fixture(autouse=True)
def no_store_here() -> Iterator[None]:
    """No notebook, and so no store of one."""
    before = list(loading_context._STORES_HERE)
    loading_context._STORES_HERE.clear()
    yield
    loading_context._STORES_HERE[:] = before


def test_the_keys_come_from_the_argument_then_the_context_then_the_notebook() -> None:
    loading_context.set_store_here(lambda: Shelf("here"))
    assert EPISODES.get_partition_keys() == ["here"]
    with partition_loading_context(dynamic_partitions_store=Shelf("around")):
        assert EPISODES.get_partition_keys() == ["around"]
        assert EPISODES.get_partition_keys(dynamic_partitions_store=Shelf("given")) == ["given"]
        assert "around" in EPISODES.subset_with_all_partitions()
    assert EPISODES.has_partition_key("here")


def test_all_questions_about_keys() -> None:
    shelf = Shelf("b", "a", "c")
    given: dict[str, Any] = {"dynamic_partitions_store": shelf}
    assert EPISODES.get_partition_keys(**given) == ["b", "a", "c"]
    assert EPISODES.get_num_partitions(**given) == 3
    assert EPISODES.get_first_partition_key(**given) == "b"
    assert EPISODES.get_last_partition_key(**given) == "c"
    assert EPISODES.get_partition_keys_in_range(PartitionKeyRange("a", "c"), **given) == ["a", "c"]
    assert list(EPISODES.subset_with_all_partitions(**given)) == ["b", "a", "c"]
    assert EPISODES.filter_valid_partition_keys(["a", "x"], **given) == {"a"}
    page = EPISODES.get_paginated_partition_keys(PartitionLoadingContext(None, shelf), 2, True)
    assert (page.results, page.has_more) == (["b", "a"], True)
    assert parse_partitions(EPISODES, "a...", **given).get_partition_keys() == ["a", "c"]
    with pytest.raises(UnknownPartitionError, match="no partition 'x'"):
        parse_partitions(EPISODES, ["a", "x"], **given)


def test_one_key_is_looked_up_without_reading_all() -> None:
    shelf = Shelf("a", "b")
    assert EPISODES.has_partition_key("a", dynamic_partitions_store=shelf)
    assert not EPISODES.has_partition_key("x", dynamic_partitions_store=shelf)
    EPISODES.validate_partition_key("a", PartitionLoadingContext(None, shelf))
    EPISODES.validate_partition_key("b", dynamic_partitions_store=shelf)
    assert shelf.reads == 0
    with pytest.raises(UnknownPartitionError, match="no partition 'x'"):
        EPISODES.validate_partition_key("x", dynamic_partitions_store=shelf)


def test_a_settled_form_does_not_follow_the_store() -> None:
    shelf = Shelf("a", "b")
    settled = EPISODES.settled(None, shelf)
    shelf.keys.append("c")
    shelf.keys.remove("a")
    assert settled.get_partition_keys() == ["a", "b"]
    assert settled.has_partition_key("a")
    assert EPISODES.get_partition_keys(dynamic_partitions_store=shelf) == ["b", "c"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: EPISODES.get_partition_keys(),
        lambda: EPISODES.get_num_partitions(),
        lambda: EPISODES.has_partition_key("a"),
        lambda: EPISODES.find_position("a"),
        lambda: EPISODES.subset_with_all_partitions(),
        lambda: EPISODES.get_serializable_unique_identifier(),
        lambda: EPISODES.add_partitions(["a"]),
        lambda: EPISODES.deserialize_subset('{"version":1,"identity":"static","keys":[]}'),
    ],
)
def test_without_any_store_the_error_says_how_to_give_one(ask: Any) -> None:
    with pytest.raises(InvalidInvocationError, match=r"'episodes'.*Instance\.get\(\).*partition_loading_context"):
        ask()


def test_what_is_no_store_is_said() -> None:
    with pytest.raises(InvalidInvocationError, match="lacks get_dynamic_partitions"):
        EPISODES.get_partition_keys(dynamic_partitions_store="store.db")


def test_without_any_store_subsets_are_made_of_the_given_keys() -> None:
    one, other = EPISODES.subset_with_partition_keys(["b", "a", "b"]), EPISODES.subset_with_partition_keys(["a", "c"])
    assert list(one) == ["b", "a"]
    assert set(one | other) == {"a", "b", "c"}
    assert set(one & other) == {"a"}
    assert list(one - other) == ["b"]
    assert not EPISODES.empty_subset()
    assert set(EPISODES.empty_subset() | one) == {"a", "b"}


def test_keys_are_added_and_deleted_by_the_definition() -> None:
    class Kept(Shelf):
        def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
            self.keys += partition_keys

        def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
            self.keys.remove(partition_key)

    shelf = Kept()
    EPISODES.add_partitions((key for key in "abc"), dynamic_partitions_store=shelf)
    EPISODES.delete_partitions(["b"], dynamic_partitions_store=shelf)
    assert shelf.keys == ["a", "c"]


def test_requests_name_the_definition_and_the_keys() -> None:
    added, deleted = EPISODES.build_add_request(["a"]), EPISODES.build_delete_request(("a", "b"))
    assert (added.partitions_def_name, added.partition_keys) == ("episodes", ["a"])
    assert (deleted.partitions_def_name, deleted.partition_keys) == ("episodes", ["a", "b"])


# By a function


def years(current_time: datetime | None) -> Sequence[str | Partition]:
    """One partition a year."""
    assert current_time is not None
    return [Partition(year) for year in range(2020, current_time.year + 1)]


YEARS = DynamicPartitionsDefinition(years)


def test_a_function_gives_the_keys_at_a_time() -> None:
    assert YEARS.get_partition_keys(datetime(2022, 5, 1)) == ["2020", "2021", "2022"]
    with partition_loading_context(datetime(2021, 5, 1, tzinfo=UTC)):
        assert YEARS.get_last_partition_key() == "2021"
        assert list(YEARS.subset_with_partition_keys(["2021"])) == ["2021"]
    assert YEARS.has_partition_key("2021", datetime(2021, 5, 1))
    assert not YEARS.has_partition_key("2022", datetime(2021, 5, 1))
    assert YEARS.settled(datetime(2021, 5, 1)).settled(datetime(2025, 5, 1)).get_num_partitions() == 2


def test_a_function_needs_no_store_and_takes_no_additions() -> None:
    for refused in (lambda: YEARS.build_add_request(["2019"]), lambda: YEARS.add_partitions(["2019"])):
        with pytest.raises(InvalidInvocationError, match="from a function"):
            refused()
    assert YEARS.get_num_partitions(datetime(2020, 1, 1)) == 1
    with pytest.raises(UnknownPartitionError) as caught:
        YEARS.settled(datetime(2020, 1, 1)).position("1999")
    assert "add_dynamic_partitions" not in str(caught.value)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda current_time: ["a", "a"], r"more than once: \['a'\]"),
        (lambda current_time: [3], "some length; got 3"),
        (lambda current_time: "abc", "are a list"),
        (lambda current_time: None, "lambda.*failed: TypeError"),
        (lambda current_time: [1 / 0], "lambda.*failed: ZeroDivisionError: division by zero"),
    ],
)
def test_what_a_function_can_not_give(function: Any, message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        DynamicPartitionsDefinition(function).get_partition_keys()


# Identity


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either a name.*or a partition_fn"),
        ({"partition_fn": years, "name": "episodes"}, "either a name"),
        ({"name": ""}, "a name, a string of some length; got ''"),
        ({"name": 3}, "got 3"),
        ({"partition_fn": 3}, "function of the current time; got 3"),
        ({"partition_fn": lambda: ["a"]}, "current time, which .*lambda.* does not take"),
    ],
)
def test_a_definition_has_a_name_or_a_function(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        DynamicPartitionsDefinition(**arguments)


def test_two_definitions_of_one_name_are_the_same() -> None:
    assert DynamicPartitionsDefinition("episodes") == EPISODES
    assert len({EPISODES, DynamicPartitionsDefinition(name="episodes"), DynamicPartitionsDefinition(name="x")}) == 2
    assert DynamicPartitionsDefinition(years) == YEARS
    assert DynamicPartitionsDefinition(years) != EPISODES
    assert StaticPartitionsDefinition(["episodes"]) != EPISODES


def test_a_definition_is_read_back_by_its_name_and_a_function_is_not() -> None:
    again: PartitionsDefinition = partitions_definition_from_dict(EPISODES.to_dict())
    assert again == EPISODES
    assert pickle.loads(pickle.dumps(YEARS)) == YEARS
    with pytest.raises(InvalidDefinitionError, match="given by the function years"):
        partitions_definition_from_dict(YEARS.to_dict())


def test_a_stored_subset_is_read_by_a_static_definition_of_the_same_keys() -> None:
    """Going from static to dynamic keys, or back, makes nothing stale."""
    static = StaticPartitionsDefinition(["a", "b"])
    dynamic = EPISODES.settled(None, Shelf("b", "a"))
    assert list(dynamic.deserialize_subset(static.subset_with_partition_keys(["a"]).serialize())) == ["a"]
    assert list(static.deserialize_subset(dynamic.subset_with_all_partitions().serialize())) == ["a", "b"]
