"""Subsets: set algebra, order, what they are kept as."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.errors import InvalidSubsetError, UnknownPartitionError
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    PartitionKeyRange,
    PartitionsSubset,
    StaticPartitionsDefinition,
)

HOURS = HourlyPartitionsDefinition("2013-11-02-00:00", "2013-11-05-00:00", timezone="America/New_York")
LETTERS = StaticPartitionsDefinition(list("zyxwvutsrqponmlkjihgfedcba"))
DEFINITIONS = st.sampled_from([HOURS, LETTERS])


@st.composite
def two_sets(draw):
    definition = draw(DEFINITIONS)
    keys = definition.get_partition_keys()
    chosen = st.sets(st.sampled_from(keys))
    return definition, draw(chosen), draw(chosen)


@given(two_sets())
def test_subsets_are_put_together_as_sets_are(case) -> None:
    definition, left_keys, right_keys = case
    left, right = (definition.subset_with_partition_keys(keys) for keys in (left_keys, right_keys))
    for subset, keys in [
        (left | right, left_keys | right_keys),
        (left & right, left_keys & right_keys),
        (left - right, left_keys - right_keys),
    ]:
        assert set(subset) == keys
        assert len(subset) == len(keys) == subset.num_partitions
        assert bool(subset) == bool(keys) != subset.is_empty
        assert subset == definition.subset_with_partition_keys(keys)
        assert hash(subset) == hash(definition.subset_with_partition_keys(keys))
    assert all((key in left) == (key in left_keys) for key in definition.get_partition_keys())
    assert [*left] == [key for key in definition.get_partition_keys() if key in left_keys]
    assert set(left.get_partition_keys_not_in_subset()) == set(definition.get_partition_keys()) - left_keys


@given(two_sets())
def test_spans_are_sorted_and_do_not_touch_and_texts_hold_keys(case) -> None:
    definition, keys, _ = case
    subset = definition.subset_with_partition_keys(keys)
    spans = subset.spans()
    assert all(start < stop for start, stop in spans)
    assert all(left[1] < right[0] for left, right in pairwise(spans))
    assert definition.deserialize_subset(subset.serialize()) == subset
    written = json.loads(subset.serialize())["keys"]
    assert all(isinstance(key, str) for entry in written for key in ([entry] if isinstance(entry, str) else entry))
    assert subset.positions().tolist() == [definition.position(key) for key in subset]


@given(st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=8))
def test_spans_in_any_order_make_the_same_subset(pairs) -> None:
    subset = PartitionsSubset(HOURS, [a for a, _ in pairs], [b for _, b in pairs])
    assert set(subset.positions().tolist()) == {n for a, b in pairs for n in range(a, b)}


def test_a_stored_subset_of_time_windows_outlives_a_new_start_or_end() -> None:
    days = DailyPartitionsDefinition("2013-01-01", "2014-01-01")
    text = days.subset_of_span(0, 31).serialize()
    longer = DailyPartitionsDefinition("2012-01-01")
    assert longer.deserialize_subset(text).get_partition_key_ranges() == [PartitionKeyRange("2013-01-01", "2013-01-31")]
    shorter = DailyPartitionsDefinition("2013-01-15")
    assert not shorter.can_deserialize_subset(text)
    with pytest.raises(InvalidSubsetError, match="the first is '2013-01-15'"):
        shorter.deserialize_subset(text)
    assert not HOURS.can_deserialize_subset(text)
    assert not days.can_deserialize_subset("{}")


def test_a_stored_subset_of_static_keys_outlives_new_keys_and_a_new_order() -> None:
    text = LETTERS.subset_with_partition_keys(["c", "b"]).serialize()
    assert set(StaticPartitionsDefinition(["b", "new", "c"]).deserialize_subset(text)) == {"b", "c"}
    assert not StaticPartitionsDefinition(["b"]).can_deserialize_subset(text)


def test_subsets_of_two_definitions_do_not_mix() -> None:
    with pytest.raises(InvalidSubsetError, match="one definition"):
        LETTERS.empty_subset() | HOURS.empty_subset()
    with pytest.raises(UnknownPartitionError):
        LETTERS.subset_with_partition_keys(["?"])


def test_a_subset_can_not_be_changed() -> None:
    subset = LETTERS.subset_of_span(0, 3)
    with pytest.raises(AttributeError):
        subset.partitions_def = HOURS
    with pytest.raises(ValueError, match="read-only"):
        subset.span_arrays[0][0] = 5


def test_a_subset_says_what_is_in_it() -> None:
    days = DailyPartitionsDefinition("2013-01-01")
    shown = repr(days.subset_of_span(0, 3) | days.subset_of_span(9, 10))
    assert shown == "<4 of DailyPartitionsDefinition: '2013-01-01'...'2013-01-03', '2013-01-10'>"
    assert len(days.subset_with_all_partitions(datetime(2013, 1, 11, tzinfo=UTC))) == 10
