"""Definitions of two dimensions answer as the reference's do, with static, time and dynamic dimensions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import notebook_assets as na

LENGTHS = {"Hourly": timedelta(hours=30), "Daily": timedelta(days=6), "Weekly": timedelta(weeks=4)}
LENGTHS["Monthly"] = timedelta(days=100)
ZONES = ["UTC", "America/New_York", "Europe/Berlin"]
MIDDLE = datetime(2024, 3, 30)


@st.composite
def dimensions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """The name of a definition's class, and its arguments."""
    kind = draw(st.sampled_from(["Static", "Static", "Dynamic", *sorted(LENGTHS)]))
    if kind == "Static":
        return "StaticPartitionsDefinition", {"partition_keys": draw(keys)}
    if kind == "Dynamic":
        return "DynamicPartitionsDefinition", {"name": draw(st.sampled_from(["one", "two"]))}
    start = MIDDLE - LENGTHS[kind] * draw(st.integers(0, 2)) / 2
    arguments: dict[str, Any] = {
        "start_date": start.replace(minute=0, second=0),
        "timezone": draw(st.sampled_from(ZONES)),
        "end_offset": draw(st.sampled_from([0, 0, 0, -1])),
    }
    if draw(st.booleans()):
        arguments["end_date"] = start.replace(minute=0, second=0) + LENGTHS[kind]
    return f"{kind}PartitionsDefinition", arguments


keys = st.lists(st.sampled_from(["a", "b", "c", "d e", "é", "2024-03-30"]), min_size=1, max_size=4, unique=True)


THEIRS = dagster.DagsterInstance.ephemeral()
NUMBERS = itertools.count()


class TheirStore:
    """The same dynamic keys in the reference's store and for our protocol; by names that are used once.

    (The reference remembers the keys of a name beyond a store.)
    """

    theirs = THEIRS

    def __init__(self, keys_by_name: dict[str, list[str]]) -> None:
        self.unique = {name: f"{name}{next(NUMBERS)}" for name in keys_by_name}
        self.keys = {self.unique[name]: found for name, found in keys_by_name.items()}
        for name, found in self.keys.items():
            self.theirs.add_dynamic_partitions(name, found)

    def named(self, written: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, tuple[str, dict[str, Any]]]:
        """Definitions as written, with the unique names."""
        return {
            dimension: (kind, {"name": self.unique[arguments["name"]]} if "name" in arguments else arguments)
            for dimension, (kind, arguments) in written.items()
        }

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        return self.keys[partitions_def_name]

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partition_key in self.keys[partitions_def_name]


def built(library: Any, written: dict[str, tuple[str, dict[str, Any]]]) -> Any:
    return library.MultiPartitionsDefinition(
        {name: getattr(library, kind)(**arguments) for name, (kind, arguments) in written.items()}
    )


cases = st.tuples(
    st.dictionaries(st.sampled_from(["z", "alpha", "date"]), dimensions(), min_size=2, max_size=2),
    st.fixed_dictionaries({"one": keys, "two": keys}),
    st.integers(-30 * 24, 120 * 24),
)


@given(cases, st.data())
@settings(
    max_examples=80, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_keys_ranges_and_questions_are_those_of_the_reference(case, data: st.DataObject) -> None:
    written, dynamic, hours = case
    now = (MIDDLE + timedelta(hours=hours)).replace(tzinfo=UTC)
    store = TheirStore(dynamic)
    written = store.named(written)
    ours, theirs = built(na, written), built(dagster, written)
    mine = ours.get_partition_keys(now, store)
    assert mine == list(theirs.get_partition_keys(current_time=now, dynamic_partitions_store=store.theirs))
    assert ours.partition_dimension_names == theirs.partition_dimension_names
    assert ours.primary_dimension.name == theirs.primary_dimension.name
    assert ours.secondary_dimension.name == theirs.secondary_dimension.name
    assert ours.has_time_window_dimension == theirs.has_time_window_dimension
    assert ours.get_num_partitions(now, store) == len(mine)
    with (
        dagster.partition_loading_context(effective_dt=now, dynamic_partitions_store=store.theirs),
        na.partition_loading_context(now, store),
    ):
        assert ours.get_first_partition_key() == theirs.get_first_partition_key()
        assert ours.get_last_partition_key() == theirs.get_last_partition_key()
        assert theirs.get_num_partitions() == len(mine)
        assume(mine)
        first, last = data.draw(st.sampled_from(mine)), data.draw(st.sampled_from(mine))
        assert first.keys_by_dimension == theirs.get_partition_key_from_str(str(first)).keys_by_dimension
        for asked in (str(first), str(first) + "x", "nothing", "a|b|c", f"{first.split('|')[0]}|nothing"):
            assert ours.has_partition_key(asked) == theirs.has_partition_key(asked)
            assert ours.is_valid_key_format(asked) == theirs.is_valid_key_format(asked)
        name = data.draw(st.sampled_from(ours.partition_dimension_names))
        value = first.keys_by_dimension[name]
        assert ours.get_tags_for_partition_key(first) == theirs.get_tags_for_partition_key(first)
        asked = {*mine[:3], "nothing|at all"}
        assert ours.filter_valid_partition_keys(asked) == theirs.filter_valid_partition_keys(asked)
        mine_with = ours.get_multipartition_keys_with_dimension_value(name, value)
        assert mine_with == list(theirs.get_multipartition_keys_with_dimension_value(name, value))
        expected = list(theirs.get_partition_keys_in_range(dagster.PartitionKeyRange(first, last), store.theirs))
        if expected:
            assert ours.get_partition_keys_in_range(na.PartitionKeyRange(first, last)) == expected
        else:
            with pytest.raises(na.errors.InvalidPartitionRangeError, match="backwards"):
                ours.get_partition_keys_in_range(na.PartitionKeyRange(first, last))


@given(cases, st.data())
@settings(
    max_examples=40, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_windows_of_keys_are_those_of_the_reference(case, data: st.DataObject) -> None:
    written, dynamic, hours = case
    times = [kind for kind, arguments in written.values() if "start_date" in arguments]
    assume(len(times) == 1)
    now = (MIDDLE + timedelta(hours=hours)).replace(tzinfo=UTC)
    store = TheirStore(dynamic)
    written = store.named(written)
    ours, theirs = built(na, written), built(dagster, written)
    keys_now = ours.get_partition_keys(now, store)
    assume(keys_now)
    key = data.draw(st.sampled_from(keys_now))
    assert ours.time_window_dimension.name == theirs.time_window_dimension.name
    found, expected = ours.time_window_for_partition_key(key), theirs.time_window_for_partition_key(key)
    assert [moment.timestamp() for moment in found] == [moment.timestamp() for moment in expected]


@pytest.mark.parametrize(
    "by_dimension", [{"b": "1", "a": "x"}, {"only": "x"}, {"c": "3", "a": "1", "b": "2"}, {"a": "", "b": "x y"}]
)
def test_keys_are_texts_as_those_of_the_reference(by_dimension) -> None:
    ours, theirs = na.MultiPartitionKey(by_dimension), dagster.MultiPartitionKey(by_dimension)
    assert ours == theirs == str(ours)
    assert ours.keys_by_dimension == theirs.keys_by_dimension
    assert [tuple(each) for each in ours.dimension_keys] == [
        (each.dimension_name, each.partition_key) for each in theirs.dimension_keys
    ]


@pytest.mark.parametrize("library", [na, dagster])
@pytest.mark.parametrize(
    "defs",
    [
        lambda library: {"a": library.StaticPartitionsDefinition(["x"])},
        lambda library: {},
        lambda library: {
            "a": library.StaticPartitionsDefinition(["x"]),
            "b": library.MultiPartitionsDefinition(
                {"c": library.StaticPartitionsDefinition(["x"]), "d": library.StaticPartitionsDefinition(["x"])}
            ),
        },
        *(
            lambda library, sign=sign: {
                "a": library.StaticPartitionsDefinition([f"x{sign}y"]),
                "b": library.StaticPartitionsDefinition(["1"]),
            }
            for sign in "|[],"
        ),
    ],
)
def test_what_the_reference_refuses_is_refused(library, defs) -> None:
    with pytest.raises((na.errors.InvalidDefinitionError, dagster.DagsterError)):
        library.MultiPartitionsDefinition(defs(library))


def test_dynamic_keys_with_the_separator_are_left_out_as_there() -> None:
    store = TheirStore({"one": ["k1", "k|2", "k,3", "k4"], "two": []})
    written = {
        "dyn": ("DynamicPartitionsDefinition", {"name": "one"}),
        "static": ("StaticPartitionsDefinition", {"partition_keys": ["1", "2"]}),
    }
    written = store.named(written)
    ours = built(na, written).get_partition_keys(dynamic_partitions_store=store)
    assert ours == list(built(dagster, written).get_partition_keys(dynamic_partitions_store=store.theirs))
    assert ours == ["k1|1", "k1|2", "k,3|1", "k,3|2", "k4|1", "k4|2"]


def test_its_words_are_those_of_the_reference() -> None:
    written = {
        "b c": ("StaticPartitionsDefinition", {"partition_keys": ["x", "y"]}),
        "a": ("DailyPartitionsDefinition", {"start_date": "2024-01-01"}),
    }
    assert str(built(na, written)) == str(built(dagster, written))
