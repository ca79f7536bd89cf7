"""Mappings of several dimensions, alone: what they need, what is missing, both directions, descriptions, refusals."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AllPartitionMapping,
    DailyPartitionsDefinition,
    DimensionPartitionMapping,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MonthlyPartitionsDefinition,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
)
from notebook_assets.errors import InvalidMappingError
from notebook_assets.mappings import default_mapping, links_between, partition_mapping_from_dict
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.multi_links import rows_of

LETTERS, DIGITS = StaticPartitionsDefinition(["x", "y", "z"]), StaticPartitionsDefinition(["1", "2"])
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")
HOURS = HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-05-00:00")
BOTH = MultiPartitionsDefinition({"abc": LETTERS, "date": DAYS})
THREE = MultiPartitionsDefinition({"abc": LETTERS, "date": DAYS, "digit": DIGITS})
SPARSE = MultiPartitionsDefinition(BOTH.dimensions, filter=lambda at: at["abc"] < "z" or at["date"] > "2024-01-02")
TO_ONE = MultiToSingleDimensionPartitionMapping()
DAY_BEFORE = DimensionPartitionMapping("date", TimeWindowPartitionMapping(-1, -1))
TO_LETTER = MultiToSingleDimensionPartitionMapping("abc")
SAME_LETTER = DimensionPartitionMapping("abc", IdentityPartitionMapping())
LETTER_BEFORE = MultiPartitionMapping({"date": DAY_BEFORE, "abc": SAME_LETTER})


def needed(mapping, downstream, upstream, key):
    result = mapping.get_upstream_mapped_partitions_result_for_partitions(
        downstream.subset_with_partition_keys([key]), downstream, upstream
    )
    return list(result.partitions_subset), list(result.required_but_nonexistent_partition_keys)


def needing(mapping, upstream, downstream, key):
    chosen = upstream.subset_with_partition_keys([key])
    return list(mapping.get_downstream_partitions_for_partitions(chosen, upstream, downstream))


@pytest.mark.parametrize(
    ("mapping", "downstream", "upstream", "key", "there", "missing"),
    [
        (TO_ONE, BOTH, LETTERS, "y|2024-01-02", ["y"], []),
        (TO_ONE, LETTERS, BOTH, "y", [f"y|2024-01-0{day}" for day in range(1, 5)], []),
        (TO_ONE, DAYS, BOTH, "2024-01-02", ["x|2024-01-02", "y|2024-01-02", "z|2024-01-02"], []),
        (TO_ONE, DAYS, SPARSE, "2024-01-02", ["x|2024-01-02", "y|2024-01-02"], []),
        (LETTER_BEFORE, BOTH, SPARSE, "z|2024-01-02", [], ["z|2024-01-01"]),
        (LETTER_BEFORE, BOTH, SPARSE, "y|2024-01-02", ["y|2024-01-01"], []),
        (TO_ONE, DAYS, THREE, "2024-01-02", [f"{c}|2024-01-02|{n}" for c in "xyz" for n in "12"], []),
        (TO_LETTER, BOTH, StaticPartitionsDefinition(["y"]), "x|2024-01-01", [], ["x"]),
        (LETTER_BEFORE, BOTH, BOTH, "y|2024-01-03", ["y|2024-01-02"], []),
        (MultiPartitionMapping({"abc": SAME_LETTER}), BOTH, THREE, "y|2024-01-03",
         [f"y|2024-01-0{day}|{n}" for day in range(1, 5) for n in "12"], []),
    ],
)  # fmt: skip
def test_what_a_key_needs(mapping, downstream, upstream, key, there, missing) -> None:
    assert needed(mapping, downstream, upstream, key) == (there, missing)


def test_missing_keys_are_named_as_combinations() -> None:
    early = MultiPartitionsDefinition({"abc": StaticPartitionsDefinition(["x", "y"]), "date": DAYS})
    late = MultiPartitionsDefinition(
        {"abc": LETTERS, "date": DailyPartitionsDefinition("2024-01-03", end_date="2024-01-09")}
    )
    each = {name: DimensionPartitionMapping(name, default_mapping(early.dimensions[name], late.dimensions[name]))
            for name in ("abc", "date")}  # fmt: skip
    whole = {"date": each["date"]}
    assert needed(MultiPartitionMapping(each), late, early, "x|2024-01-03") == (["x|2024-01-03"], [])
    assert needed(MultiPartitionMapping(each), late, early, "z|2024-01-03") == ([], ["z|2024-01-03"])
    assert needed(MultiPartitionMapping(each), late, early, "x|2024-01-07") == ([], ["x|2024-01-07"])
    assert needed(MultiPartitionMapping(whole), late, early, "x|2024-01-07") == ([], ["x|2024-01-07", "y|2024-01-07"])


def test_the_same_key_is_found_in_another_settled_form() -> None:
    days = MultiPartitionsDefinition({"abc": LETTERS, "date": DailyPartitionsDefinition("2024-01-01")})
    third, fifth = (datetime(2024, 1, day, tzinfo=UTC) for day in (4, 6))
    chosen = days.settled(third).subset_with_partition_keys(["z|2024-01-03"])
    found = IdentityPartitionMapping().get_upstream_mapped_partitions_result_for_partitions(chosen, days, days, fifth)
    assert list(found.partitions_subset) == ["z|2024-01-03"]
    back = IdentityPartitionMapping().get_downstream_partitions_for_partitions(chosen, days, days, fifth)
    assert list(back) == ["z|2024-01-03"]
    to_day = TO_ONE.get_downstream_partitions_for_partitions(chosen, days, days.dimensions["date"], fifth)
    assert list(to_day) == ["2024-01-03"]


inner = st.sampled_from(["same", "all", "last", "static"])
times = st.sampled_from([(0, 0), (-1, -1), (-1, 1), None])


@given(inner, times, st.sampled_from([BOTH, THREE, SPARSE]), st.sampled_from([BOTH, THREE, SPARSE]), st.data())
@settings(max_examples=120, deadline=None)
def test_both_directions_agree(letter, offsets, upstream, downstream, data: st.DataObject) -> None:
    kinds = {
        "same": IdentityPartitionMapping(),
        "all": AllPartitionMapping(),
        "last": LastPartitionMapping(),
        "static": StaticPartitionMapping({"x": ["y", "z"], "y": "x"}),
    }
    named = {"abc": DimensionPartitionMapping("abc", kinds[letter])}
    if offsets is not None:
        named["date"] = DimensionPartitionMapping("date", TimeWindowPartitionMapping(*offsets))
    check_agreement(MultiPartitionMapping(named), downstream, upstream, data)


@given(
    st.sampled_from([BOTH, THREE, SPARSE]),
    st.sampled_from([LETTERS, DAYS, HOURS, DailyPartitionsDefinition("2024-01-03", end_date="2024-01-09")]),
    st.booleans(),
    st.data(),
)
@settings(max_examples=80, deadline=None)
def test_both_directions_to_a_single_dimension_agree(multi, single, multi_is_upstream, data: st.DataObject) -> None:
    upstream, downstream = (multi, single) if multi_is_upstream else (single, multi)
    check_agreement(TO_ONE, downstream, upstream, data)


def check_agreement(mapping, downstream, upstream, data: st.DataObject) -> None:
    links = links_between(mapping, downstream, upstream)
    up_keys, down_keys = upstream.get_partition_keys(), downstream.get_partition_keys()
    chosen = set(data.draw(st.lists(st.sampled_from(up_keys))))
    rows = [row for row in range(len(links)) if chosen & {up_keys[at] for at in links.upstream(row)}]
    found = mapping.get_downstream_partitions_for_partitions(
        upstream.subset_with_partition_keys(chosen), upstream, downstream
    )
    assert list(found) == [down_keys[row] for row in rows]
    for row in range(len(links)):
        spans = links.spans(row)
        assert all(start < stop for start, stop in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        if mapping.feeds_one(downstream, upstream):
            assert links.count()[row] <= 1
    assert not any(key in up_keys for keys in links.nonexistent.values() for key in keys)


def test_many_scattered_keys_are_followed_in_bulk() -> None:
    letters = StaticPartitionsDefinition([f"l{number}" for number in range(40)])
    many = MultiPartitionsDefinition(
        {"a": letters, "b": DailyPartitionsDefinition("2020-01-01", end_date="2020-04-01")}
    )
    mapping = MultiPartitionMapping({
        "a": DimensionPartitionMapping("a", IdentityPartitionMapping()),
        "b": DimensionPartitionMapping("b", TimeWindowPartitionMapping(-1, -1)),
    })  # fmt: skip
    scattered = many.settled().subset_of_positions(np.arange(0, 40 * 91, 2))
    began = time.process_time()
    found = mapping.get_downstream_partitions_for_partitions(scattered, many, many)
    assert time.process_time() - began < 0.5
    expected = [at + 1 for at in range(0, 40 * 91, 2) if at % 91 < 90]
    assert found.positions().tolist() == expected


def test_rows_are_taken_with_what_they_lack() -> None:
    links = Links(np.array([0, 1, 1, 3]), np.array([0, 4, 7]), np.array([2, 5, 9]), {1: ("gone",)})
    taken = rows_of(links, np.array([2, 1, 2, 0, 1]))
    assert [taken.spans(row) for row in range(5)] == [[(4, 5), (7, 9)], [], [(4, 5), (7, 9)], [(0, 2)], []]
    assert taken.nonexistent == {1: ("gone",), 4: ("gone",)}
    assert len(rows_of(links, np.zeros(0, dtype=np.int64))) == 0


@pytest.mark.parametrize(
    ("mapping", "downstream", "upstream", "one"),
    [
        (TO_ONE, BOTH, LETTERS, True),
        (TO_ONE, BOTH, DAYS, True),
        (TO_ONE, BOTH, HOURS, False),
        (TO_ONE, LETTERS, BOTH, False),
        (MultiPartitionMapping({"abc": SAME_LETTER}), BOTH, BOTH, False),
        (MultiPartitionMapping({"abc": SAME_LETTER, "date": DAY_BEFORE}), BOTH, BOTH, True),
        (MultiPartitionMapping({"abc": SAME_LETTER, "date": DAY_BEFORE}), BOTH, THREE, False),
        (MultiPartitionMapping({"abc": SAME_LETTER, "date": DAY_BEFORE}), THREE, BOTH, True),
        (IdentityPartitionMapping(), BOTH, BOTH, True),
    ],
)
def test_an_input_is_one_value_where_one_key_is_possible(mapping, downstream, upstream, one) -> None:
    assert mapping.feeds_one(downstream, upstream) is one


def test_default_rules_for_several_dimensions() -> None:
    hourly = MultiPartitionsDefinition({"abc": LETTERS, "date": HOURS})
    assert default_mapping(BOTH, BOTH) == IdentityPartitionMapping()
    assert default_mapping(BOTH, LETTERS) == default_mapping(DAYS, BOTH) == default_mapping(BOTH, HOURS) == TO_ONE
    assert default_mapping(BOTH, DIGITS) == IdentityPartitionMapping()
    assert default_mapping(None, BOTH) == default_mapping(BOTH, None) == AllPartitionMapping()
    by_dimension = default_mapping(BOTH, hourly)
    hours = needed(by_dimension, BOTH, hourly, "y|2024-01-02")[0]
    assert hours == [f"y|2024-01-02-{hour:02}:00" for hour in range(24)]


@pytest.mark.parametrize("mapping", [
    TO_ONE,
    MultiToSingleDimensionPartitionMapping("abc"),
    MultiPartitionMapping({}),
    MultiPartitionMapping({"abc": SAME_LETTER, "date": DAY_BEFORE}),
])  # fmt: skip
def test_a_mapping_is_read_back_and_says_what_it_does(mapping) -> None:
    again = partition_mapping_from_dict(mapping.to_dict())
    assert again == mapping
    assert hash(again) == hash(mapping)
    assert mapping.description.endswith(".")
    assert mapping.label
    assert mapping.code_functions() == ()


def test_code_of_custom_mappings_of_a_dimension_counts() -> None:
    class Next(PartitionMapping):
        def upstream(self, key: str) -> str:
            return {"x": "y", "y": "z", "z": "x"}[key]

    mapping = MultiPartitionMapping({"abc": DimensionPartitionMapping("abc", Next()), "date": DAY_BEFORE})
    assert [function.__name__ for function in mapping.code_functions()] == ["upstream"]
    assert needed(mapping, BOTH, BOTH, "x|2024-01-02") == (["y|2024-01-01"], [])
    assert needing(mapping, BOTH, BOTH, "y|2024-01-01") == ["x|2024-01-02"]


@pytest.mark.parametrize(
    ("mapping", "downstream", "upstream", "said"),
    [
        (TO_ONE, BOTH, BOTH, "both are, for which there is MultiPartitionMapping"),
        (TO_ONE, LETTERS, DIGITS, "neither"),
        (TO_ONE, BOTH, DIGITS, "name one"),
        (TO_ONE, LETTERS, None, "neither"),
        (TO_ONE, None, BOTH, "the downstream asset has no partitions"),
        (MultiToSingleDimensionPartitionMapping("abd"), BOTH, LETTERS, "Did you mean 'abc'"),
        (MultiToSingleDimensionPartitionMapping("date"), BOTH, LETTERS, "different kinds"),
        (MultiPartitionMapping({}), BOTH, LETTERS, "there is MultiToSingleDimensionPartitionMapping"),
        (MultiPartitionMapping({"abd": SAME_LETTER}), BOTH, BOTH, "no upstream dimension 'abd'.*Did you mean 'abc'"),
        (MultiPartitionMapping({"digit": DimensionPartitionMapping("q", AllPartitionMapping())}), BOTH, THREE,
         "no downstream dimension 'q'"),
        (MultiPartitionMapping({"digit": DAY_BEFORE}), BOTH, THREE, "On the upstream dimension 'digit': A TimeWindow"),
    ],
)  # fmt: skip
def test_what_a_mapping_can_not_serve_is_refused(mapping, downstream, upstream, said) -> None:
    with pytest.raises(InvalidMappingError, match=said):
        mapping.validate_partition_mapping(upstream, downstream)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            lambda: MultiPartitionMapping({"a": IdentityPartitionMapping()}),
            r"Write DimensionPartitionMapping\('a', …\)",
        ),
        (lambda: MultiPartitionMapping([SAME_LETTER]), "Give a dict"),
        (lambda: MultiPartitionMapping({"a": SAME_LETTER, "b": SAME_LETTER}), "one upstream dimension at most"),
        (lambda: DimensionPartitionMapping(AllPartitionMapping(), "a"), "made from a downstream dimension's name"),
    ],
)
def test_what_is_no_mapping_is_refused(made, said) -> None:
    with pytest.raises(InvalidMappingError, match=said):
        made()


def test_parts_of_a_key_that_mean_other_things_do_not_go_together_by_default() -> None:
    """A month's first day and a day have the same key; dimensions of one meaning may have other names."""
    airports = StaticPartitionsDefinition(["EWR"])
    months = MonthlyPartitionsDefinition("2013-01-01", end_date="2013-03-01")
    days = DailyPartitionsDefinition("2013-01-01", end_date="2013-03-01")
    by_month = MultiPartitionsDefinition({"month": months, "airport": airports})
    by_day, by_date = (MultiPartitionsDefinition({name: days, "airport": airports}) for name in ("day", "date"))
    with pytest.raises(InvalidMappingError, match="upstream airport, day; downstream airport, month"):
        default_mapping(by_month, by_day)
    with pytest.raises(InvalidMappingError, match="mean other things"):
        default_mapping(by_day, MultiPartitionsDefinition({"day": days, "airport": airports, "b": airports}))
    assert default_mapping(by_date, by_day) == IdentityPartitionMapping()
