"""What a call gives of a range is taken apart by partition key; what does not fit is refused with the keys."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    BackfillPolicy,
    DataVersion,
    MaterializeResult,
    Output,
    OutputTypeError,
    StaticPartitionsDefinition,
    asset,
)
from notebook_assets.assets import NO_VALUE
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.range_values import by_partition, joined
from notebook_assets.store import one_frame

KEYS = ["a", "b", "c"]


def given(value: Any, *, is_required: bool = True, **more: Any) -> list[Outcome]:
    return by_partition(Outcome(value, True, **more), KEYS, "daily", is_required=is_required)


def test_a_dict_holds_the_value_of_each_key_whatever_its_order() -> None:
    assert [each.value for each in given({"c": 3, "a": 1, "b": None})] == [1, None, 3]


@pytest.mark.parametrize("value", [None, NO_VALUE], ids=["none", "no value"])
def test_nothing_is_nothing_for_each_key(value: object) -> None:
    found = given(value)
    assert [each.value for each in found] == [value] * 3
    assert all(each.is_made for each in found)


def test_what_is_said_of_one_key_wins_over_what_is_said_of_all() -> None:
    whole: Any = {"metadata": {"rows": 1, "all": 2}, "tags": {"t": "all"}, "data_version": "v"}
    own = Output(1, metadata={"rows": 7}, data_version=DataVersion("own"), tags={"t": "own"})
    one, two, three = given({"a": own, "b": MaterializeResult(value=5), "c": MaterializeResult()}, **whole)
    assert (one.value, two.value, three.value) == (1, 5, NO_VALUE)
    assert (one.data_version, two.data_version) == ("own", "v")
    assert (one.tags, two.tags) == ({"t": "own"}, {"t": "all"})
    assert {name: getattr(each, "value", each) for name, each in one.metadata.items()} == {"rows": 7, "all": 2}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": 1, "c": 3}, ["daily[a...c]", "'b' is lacking"]),
        ({}, ["'a', 'b', 'c' are lacking"]),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, ["'d' was not asked for"]),
        ({"a": 1, "B": 2, "c": 3}, ["'b' is lacking", "'B' was not asked for", "did you mean"]),
        ({1: 1, 2: 2}, ["Partition keys are texts", "int"]),
        ([1, 2, 3], ["3 partitions", "a dict by partition key", "list"]),
        (5, ["a dict by partition key", "int"]),
    ],
    ids=str,
)
def test_what_does_not_fit_is_told_by_its_keys(value: Any, words: list[str]) -> None:
    with pytest.raises(OutputTypeError) as found:
        given(value)
    for each in words:
        assert each.lower() in str(found.value).lower()


def test_of_many_wrong_keys_a_few_are_named() -> None:
    with pytest.raises(OutputTypeError, match="and 995 more are lacking"):
        by_partition(Outcome({}, True), [str(number) for number in range(1000)], "daily")


def test_what_need_not_be_there_is_empty_where_it_is_not() -> None:
    assert [each.is_made for each in given({"b": 1}, is_required=False)] == [False, True, False]


def test_a_frame_as_loading_gives_it_is_taken_apart_again() -> None:
    frames = {
        "a": pd.DataFrame({"n": [1, 2]}, index=pd.Index(["x", "y"], name="place")),
        "b": pd.DataFrame({"n": [3]}, index=pd.Index(["x"], name="place")),
        "c": pd.DataFrame({"n": [4, 5]}, index=pd.Index(["y", "z"], name="place")),
    }
    for each, frame in zip(given(one_frame(frames, "daily")), frames.values(), strict=True):
        pd.testing.assert_frame_equal(each.value, frame)


def test_rows_of_a_frame_may_come_in_any_order_and_not_at_all() -> None:
    frame = pd.DataFrame({"n": [1, 2, 3]}, index=pd.Index(["c", "a", "c"], name="partition"))
    one, two, three = (each.value for each in given(frame))
    assert (one.n.tolist(), two.n.tolist(), three.n.tolist()) == ([2], [], [1, 3])
    assert list(three.index) == [0, 1]
    assert two.dtypes.equals(frame.dtypes)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"n": [1]}), "is called 'partition'"),
        (pd.DataFrame({"partition": ["a"], "n": [1]}), 'set_index("partition")'),
        (pd.DataFrame({"n": [1]}, index=pd.Index(["d"], name="partition")), "'d' was not asked for"),
        (pd.DataFrame({"n": [1]}, index=pd.DatetimeIndex(["2024-01-01"], name="partition")), "keys are texts"),
    ],
    ids=["no level", "a column", "another key", "moments"],
)
def test_a_frame_that_does_not_say_whose_rows_are_whose_is_refused(frame: pd.DataFrame, words: str) -> None:
    with pytest.raises(OutputTypeError) as found:
        given(frame)
    assert words in str(found.value)


def test_parts_of_a_range_are_joined_with_what_is_said_of_each() -> None:
    parts = [
        Output({"a": 1, "b": Output(2, metadata={"own": 1})}, metadata={"part": 1}),
        "an event",
        Output({"c": 3}, data_version=DataVersion("v")),
        MaterializeResult(asset_key="other"),
    ]
    event, whole, other = joined(parts)
    assert (event, other.asset_key.to_user_string()) == ("an event", "other")
    assert {key: each.value for key, each in whole.value.items()} == {"a": 1, "b": 2, "c": 3}
    assert {key: sorted(each.metadata) for key, each in whole.value.items()} == {
        "a": ["part"],
        "b": ["own", "part"],
        "c": [],
    }
    assert whole.value["c"].data_version == DataVersion("v")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([Output({"a": 1}), Output({"a": 2})], "'a' was yielded twice"),
        ([Output({"a": 1}), Output(5)], "more than one output"),
    ],
    ids=["a key twice", "no dict"],
)
def test_parts_that_do_not_go_together_are_refused(parts: list[Any], words: str) -> None:
    with pytest.raises(OutputTypeError, match=words):
        list(joined(parts))


@pytest.mark.parametrize("inner", [[], ["place"]], ids=["one level", "two levels"])
def test_rows_without_a_partition_key_are_refused_and_counted(inner: list[str]) -> None:
    frame = pd.DataFrame({"partition": ["a", None, float("nan")], "place": ["x", "y", "z"], "v": [1, 2, 3]})
    with pytest.raises(OutputTypeError, match=r"daily\[a\.\.\.c\]: 2 rows of the DataFrame have no partition key"):
        given(frame.set_index(["partition", *inner]))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Output(1, output_name="other"), "an output called 'other'"),
        (MaterializeResult(asset_key="other", value=1), "of another asset, .*other"),
    ],
)
def test_what_a_dict_holds_is_of_the_asset_that_it_is_given_for(make: Any, value: Any, words: str) -> None:
    @asset(partitions_def=StaticPartitionsDefinition(KEYS), backfill_policy=BackfillPolicy.single_run())
    def daily():
        return {"a": 1, "b": value, "c": 3}

    result = make(daily, partitions="all")
    assert len(result.failures) == 3
    with pytest.raises(OutputTypeError, match=rf"daily\[b\] was given .*{words}"):
        raise result.failures[0].error
