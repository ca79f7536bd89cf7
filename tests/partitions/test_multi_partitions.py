"""Definitions of several dimensions: settling, filters, rectangles, sets, and what is refused."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from notebook_assets.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidPartitionRangeError,
    UnknownPartitionError,
)
from notebook_assets.partitions import PartitionsSubset, partitions_definition_from_dict
from notebook_assets.partitions.multi_boxes import boxes, product_spans, projected, strides_of

LETTERS, DIGITS = StaticPartitionsDefinition(["x", "y", "z"]), StaticPartitionsDefinition(["1", "2"])
DAYS = DailyPartitionsDefinition("2024-01-01")
BOTH = MultiPartitionsDefinition({"date": DAYS, "abc": LETTERS})
THIRD, FIFTH = datetime(2024, 1, 4, tzinfo=UTC), datetime(2024, 1, 6, tzinfo=UTC)


class Store:
    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        return list(self.keys)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partition_key in self.keys


def drawn_spans(data: st.DataObject, count: int) -> tuple[np.ndarray, np.ndarray]:
    chosen = data.draw(st.lists(st.integers(0, max(count - 1, 0)), max_size=30)) if count else []
    subset = StaticPartitionsDefinition([str(at) for at in range(count)]).subset_of_positions(np.array(chosen, int))
    return subset.span_arrays


sizes = st.lists(st.integers(1, 5), min_size=2, max_size=4)


@given(sizes, st.data())
@settings(max_examples=150, deadline=None)
def test_boxes_hold_each_place_once_and_no_other(size: list[int], data: st.DataObject) -> None:
    spans = drawn_spans(data, int(np.prod(size)))
    low, high = boxes(spans, size)
    places = [
        int(np.dot(place, strides_of(size)))
        for first, last in zip(low.tolist(), high.tolist(), strict=True)
        for place in product(*(range(start, stop) for start, stop in zip(first, last, strict=True)))
    ]
    assert sorted(places) == [at for start, stop in zip(*spans, strict=True) for at in range(start, stop)]


@given(sizes, st.data())
@settings(max_examples=150, deadline=None)
def test_sets_by_dimension_are_the_products_and_come_back_by_projection(size: list[int], data: st.DataObject) -> None:
    wanted = [drawn_spans(data, each) if data.draw(st.booleans()) else None for each in size]
    starts, stops = product_spans(size, wanted)
    chosen = [
        list(range(each)) if spans is None else [at for pair in zip(*spans, strict=True) for at in range(*pair)]
        for each, spans in zip(size, wanted, strict=True)
    ]
    found = [at for pair in zip(starts, stops, strict=True) for at in range(*pair)]
    assert found == [int(np.dot(place, strides_of(size))) for place in product(*chosen)]
    for number, each in enumerate(size if found else []):
        back = projected((starts, stops), strides_of(size)[number], each)
        assert [at for pair in zip(*back, strict=True) for at in range(*pair)] == chosen[number]


def test_three_dimensions_are_listed_with_the_first_slowest() -> None:
    three = MultiPartitionsDefinition({"c": DIGITS, "a": LETTERS, "b": StaticPartitionsDefinition(["p", "q"])})
    keys = three.get_partition_keys()
    assert keys == ["|".join(parts) for parts in product("xyz", "pq", "12")]
    assert keys[-1].keys_by_dimension == {"a": "z", "b": "q", "c": "2"}
    assert [three.position(key) for key in keys] == list(range(12)) == three.positions(keys).tolist()
    assert three.settled().dimension_positions("b", np.arange(12)).tolist() == [0, 0, 1, 1] * 3
    assert three.get_partition_keys_in_range(PartitionKeyRange("x|q|1", "y|q|2")) == [
        "x|q|1",
        "x|q|2",
        "y|q|1",
        "y|q|2",
    ]


def test_a_key_is_a_text_that_knows_its_dimensions() -> None:
    key = MultiPartitionKey({"date": "2024-01-01", "abc": "x"})
    assert key == "x|2024-01-01"
    assert hash(key) == hash("x|2024-01-01")
    assert {"x|2024-01-01": 1}[key] == 1
    back = pickle.loads(pickle.dumps(key))
    assert (back, back.keys_by_dimension) == (key, {"abc": "x", "date": "2024-01-01"})
    assert type(BOTH.get_partition_keys(THIRD)[0]) is MultiPartitionKey


@pytest.mark.parametrize("written", ["x|y", {"a": 1}, {1: "a"}, {"a": "x|y"}])
def test_what_is_no_key_is_refused(written) -> None:
    with pytest.raises(InvalidInvocationError):
        MultiPartitionKey(written)


# Settling


def test_settled_forms_are_equal_and_stay_what_they_are() -> None:
    third, fifth = BOTH.settled(THIRD), BOTH.settled(FIFTH)
    assert third == fifth == BOTH
    assert hash(third) == hash(BOTH)
    assert third.at(FIFTH.timestamp()) is third
    assert BOTH.settled(FIFTH) is fifth, "the same keys are not settled anew"
    assert (third.get_num_partitions(FIFTH), fifth.get_num_partitions(THIRD)) == (9, 15)
    assert (third.position("y|2024-01-01"), fifth.position("y|2024-01-01")) == (3, 5)


def test_subsets_of_different_days_go_together() -> None:
    early, late = BOTH.settled(THIRD), BOTH.settled(FIFTH)
    three, five = early.subset_with_all_partitions(), late.subset_with_all_partitions()
    assert (five - three).get_partition_keys() == [f"{letter}|2024-01-0{day}" for letter in "xyz" for day in (4, 5)]
    assert (three - five).is_empty
    assert three | five == five
    assert (three & five).get_partition_keys() == three.get_partition_keys()
    assert three.fitted(late) == three
    assert late.subset_of_positions(np.array([4])).fitted(early).is_empty
    assert len({three, three.fitted(late)}) == 1


def test_dynamic_dimensions_grow_shrink_and_go_together() -> None:
    multi = MultiPartitionsDefinition({"a": LETTERS, "dyn": DynamicPartitionsDefinition(name="d")})
    before = multi.settled(None, Store("k1", "k2"))
    after = multi.settled(None, Store("k2", "k3"))
    old, new = before.subset_with_all_partitions(), after.subset_with_all_partitions()
    assert (old & new).get_partition_keys() == ["x|k2", "y|k2", "z|k2"]
    assert set(old | new) == {f"{letter}|{key}" for letter in "xyz" for key in ("k1", "k2", "k3")}
    assert (new - old).get_partition_keys() == ["x|k3", "y|k3", "z|k3"]
    assert old.fitted(after).get_partition_keys() == ["x|k2", "y|k2", "z|k2"]
    assert pickle.loads(pickle.dumps(old)).get_partition_keys() == old.get_partition_keys()


@given(st.data(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_algebra_of_subsets_is_that_of_sets_of_keys(data: st.DataObject, sparse: bool) -> None:
    wanted = (lambda at: (ord(at["abc"]) + int(at["date"][-1])) % 3 > 0) if sparse else None
    multi = MultiPartitionsDefinition(BOTH.dimensions, filter=wanted)
    made = []
    for now in data.draw(st.tuples(st.sampled_from([THIRD, FIFTH]), st.sampled_from([THIRD, FIFTH]))):
        there = multi.settled(now)
        every = there.get_partition_keys()
        made.append(there.subset_with_partition_keys(data.draw(st.lists(st.sampled_from(every))) if every else []))
    one, other = made
    assert set(one | other) == set(one) | set(other)
    assert set(one & other) == set(one) & set(other)
    assert set(one - other) == set(one) - set(other)
    assert (one == other) == (set(one) == set(other))
    for subset in made:
        there = subset.partitions_def
        ranges = subset.get_partition_key_ranges()
        again = [key for each in ranges for key in there.subset_with_key_range(each)]
        assert sorted(again) == sorted(subset), "rectangles read back as the same keys, each once"
        assert there.deserialize_subset(subset.serialize()) == subset
        assert pickle.loads(pickle.dumps(BOTH.settled(THIRD))) == BOTH


def test_ranges_are_rectangles_both_ways() -> None:
    there = BOTH.settled(FIFTH)
    column = there.subset_with_partition_keys([f"{letter}|2024-01-02" for letter in "xyz"])
    assert column.get_partition_key_ranges() == [PartitionKeyRange("x|2024-01-02", "z|2024-01-02")]
    assert repr(column) == "<3 of MultiPartitionsDefinition: 'x|2024-01-02'...'z|2024-01-02'>"
    block = there.subset_with_key_range(PartitionKeyRange("y|2024-01-02", "z|2024-01-03"))
    assert block.get_partition_keys() == ["y|2024-01-02", "y|2024-01-03", "z|2024-01-02", "z|2024-01-03"]
    with pytest.raises(InvalidPartitionRangeError, match="backwards on the dimension 'date', from '2024-01-03'"):
        there.subset_with_key_range(PartitionKeyRange("x|2024-01-03", "z|2024-01-02"))


def test_ten_million_combinations_are_not_listed() -> None:
    minutes = TimeWindowPartitionsDefinition(
        "2023-01-01-00:00", "%Y-%m-%d-%H:%M", "2024-01-01-00:00", cron_schedule="* * * * *"
    )
    names = StaticPartitionsDefinition([f"k{number}" for number in range(20)])
    many = MultiPartitionsDefinition({"name": names, "minute": minutes}).settled()
    every = many.subset_with_all_partitions()
    part = many.subset_with_key_range(PartitionKeyRange("2023-02-01-00:00|k3", "2023-02-28-23:59|k9"))
    assert len(every) == 525_600 * 20
    assert many.find_position("2023-06-01-12:00|k7") == (151 * 24 + 12) * 60 * 20 + 7
    assert len(every & part) == 28 * 1440 * 7
    assert every.only_span == (0, 525_600 * 20)
    assert not many.product()._listed, "no keys were made"


# Filters


@pytest.mark.parametrize(
    "wanted",
    [
        lambda at: at["abc"] == "x" or at["date"] >= "2024-01-03",
        [*(f"x|2024-01-0{day}" for day in range(1, 10)), *(f"{c}|2024-01-0{d}" for c in "yz" for d in range(3, 10))],
        [{"abc": c, "date": f"2024-01-0{d}"} for c in "xyz" for d in range(1, 10) if c == "x" or d > 2],
    ],
)
def test_a_filter_leaves_combinations_out(wanted) -> None:
    sparse = MultiPartitionsDefinition(BOTH.dimensions, filter=wanted)
    expected = ["x|2024-01-01", "x|2024-01-02", "x|2024-01-03", "y|2024-01-03", "z|2024-01-03"]
    assert sparse.get_partition_keys(THIRD) == expected
    there = sparse.settled(THIRD)
    assert there.positions(expected).tolist() == [0, 1, 2, 3, 4]
    assert there.find_positions(["y|2024-01-01", "y|2024-01-03", "q", "q|2024-01-01"]).tolist() == [-1, 3, -1, -1]
    assert not sparse.has_partition_key("y|2024-01-01", THIRD)
    with pytest.raises(UnknownPartitionError, match="filter leaves out that combination, as it does 4 of 9"):
        there.position("y|2024-01-01")
    rows = there.subset_with_key_range(PartitionKeyRange("x|2024-01-02", "z|2024-01-03"))
    assert rows.get_partition_keys() == expected[1:]
    later = sparse.settled(FIFTH)
    assert len(later.subset_with_all_partitions() - there.subset_with_all_partitions()) == 6
    assert sparse != BOTH


def test_a_filter_is_asked_once_for_each_combination() -> None:
    asked = []
    sparse = MultiPartitionsDefinition(BOTH.dimensions, filter=lambda at: asked.append(tuple(at.values())) or True)
    assert len(sparse.get_partition_keys(THIRD)) == 9
    assert len(sparse.get_partition_keys(FIFTH)) == 15
    assert sparse.get_num_partitions(FIFTH) == 15
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 15


def test_a_definition_read_back_keeps_the_wanted_keys_but_no_function() -> None:
    listed = MultiPartitionsDefinition(BOTH.dimensions, filter=["x|2024-01-02"])
    assert partitions_definition_from_dict(listed.to_dict()) == listed
    by_function = MultiPartitionsDefinition(BOTH.dimensions, filter=lambda at: False)
    assert partitions_definition_from_dict(by_function.to_dict()) == BOTH
    assert by_function.get_partition_keys(THIRD) == []
    assert by_function.get_first_partition_key(THIRD) is None


def test_a_filter_that_fails_says_on_what() -> None:
    sparse = MultiPartitionsDefinition(BOTH.dimensions, filter=lambda at: at["nothing"])
    with pytest.raises(InvalidDefinitionError, match=r"failed on \{'abc': 'x', 'date': '2024-01-01'\}: KeyError"):
        sparse.get_partition_keys(THIRD)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("x|2024-01-01", "or a list of the wanted keys"),
        (["x"], "has a part for each dimension"),
        ([{"abc": "x"}], "names each dimension"),
        (["q|2024-01-01"], "wants 'q' on 'abc'"),
        (["x|2023-01-01"], "wants '2023-01-01' on 'date'"),
        (7, "or a list of the wanted keys"),
    ],
)
def test_a_filter_of_keys_that_can_not_be_is_refused(wanted, said) -> None:
    with pytest.raises(InvalidDefinitionError, match=said):
        MultiPartitionsDefinition(BOTH.dimensions, filter=wanted)


# What is refused, and how it is said


@pytest.mark.parametrize(
    ("dimensions", "said"),
    [
        ({"a": LETTERS}, "two dimensions or more"),
        ([LETTERS, DIGITS], "a dict of a definition by name"),
        ({"a": LETTERS, "b": BOTH}, r"put its dimensions \['abc', 'date'\] beside the others"),
        ({"a": LETTERS, "b": ["x"]}, "is no partitions definition"),
        ({"a": LETTERS, "": DIGITS}, "a name of some length"),
        ({"a": LETTERS, "b": StaticPartitionsDefinition(["1,2"])}, "can't hold any of"),
        ({"a": LETTERS, "b": DailyPartitionsDefinition("2024|01|01", fmt="%Y|%m|%d")}, "can't hold any of"),
    ],
)
def test_definitions_that_can_not_be_are_refused(dimensions, said) -> None:
    with pytest.raises(InvalidDefinitionError, match=said):
        MultiPartitionsDefinition(dimensions)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("x", "a key has 2 parts, 'abc|date', and this has 1"),
        ("x|2024-01-01|1", "and this has 3"),
        ("xx|2024-01-01", "on the dimension 'abc': There is no partition 'xx'. Did you mean 'x'"),
        ("x|2024-01-31", "on the dimension 'date': The partition '2024-01-31' does not exist yet; the last is"),
        ("x|2023-01-31", "on the dimension 'date': There is no partition '2023-01-31': the first is '2024-01-01'"),
    ],
)
def test_an_unknown_key_is_explained_by_its_dimension(key, said) -> None:
    with pytest.raises(UnknownPartitionError) as caught:
        BOTH.settled(THIRD).position(key)
    assert said in str(caught.value)


def test_times_are_asked_of_the_one_dimension_that_has_them() -> None:
    assert BOTH.time_window_for_partition_key("x|2024-01-02").start == datetime(2024, 1, 2, tzinfo=UTC)
    assert BOTH.time_window_dimension.name == "date"
    hours = HourlyPartitionsDefinition("2024-01-01-00:00")
    for other, said in ((MultiPartitionsDefinition({"a": LETTERS, "b": DIGITS}), "no dimension is"),):
        with pytest.raises(InvalidInvocationError, match=said):
            other.time_window_for_partition_key("x|1")
    with pytest.raises(InvalidInvocationError, match=r"\['day', 'hour'\] are"):
        MultiPartitionsDefinition({"day": DAYS, "hour": hours}).time_window_dimension  # noqa: B018
    with pytest.raises(InvalidInvocationError, match="Did you mean 'date'"):
        BOTH.get_partitions_def_for_dimension("dat")


def test_a_set_by_dimension_leaves_the_others_whole() -> None:
    there = BOTH.settled(THIRD)
    days = DAYS.subset_of_span(1, 2)
    assert there.subset_of_product({"date": days}).get_partition_keys() == [f"{c}|2024-01-02" for c in "xyz"]
    assert there.subset_of_product({}) == there.subset_with_all_partitions()
    assert isinstance(there.subset_of_product({"date": days}), PartitionsSubset)


def test_a_filter_is_asked_again_when_what_it_reads_changes() -> None:
    """In a notebook, the next cell may change what a filter looks up; earlier subsets keep what they had."""
    allowed = {"a"}
    letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1"])
    sparse = MultiPartitionsDefinition({"x": letters, "y": digits}, filter=lambda at: at["x"] in allowed)
    before = sparse.subset_with_all_partitions()
    allowed.add("b")
    assert sparse.get_partition_keys() == ["a|1", "b|1"]
    assert list(sparse.subset_with_all_partitions() - before) == ["b|1"]
    allowed.remove("a")
    assert sparse.get_partition_keys() == ["b|1"]
    assert list(before) == ["a|1"]
