"""What a function is given: one value, a dict by key or one frame; what may be missing; and that it may change it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    InvalidInvocationError,
    LastPartitionMapping,
    MonthlyPartitionsDefinition,
    Output,
    PieceState,
    SpecificPartitionsPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    WeeklyPartitionsDefinition,
    asset,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import read_subsets, statuses
from notebook_assets.run.copies import lender_of, size_in_memory
from notebook_assets.run.shared_values import SharedValues

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")
ONE_DAY = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-02")
HOURS = HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-01-01:00")
WEEKS = WeeklyPartitionsDefinition("2024-01-01", end_date="2024-01-08", day_offset=1)
MONTHS = MonthlyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
NAMES = StaticPartitionsDefinition(["a", "b"])
LONE = StaticPartitionsDefinition(["a"])
MAY_LACK = {"allow_missing_partitions": True}


@pytest.mark.parametrize(
    ("upstream", "downstream", "mapping", "expected"),
    [
        (None, None, None, "None"),
        (None, DAYS, None, "None"),
        (DAYS, DAYS, None, "2024-01-01"),
        (NAMES, NAMES, None, "a"),
        (NAMES, None, None, {"a": "a", "b": "b"}),
        (LONE, None, None, {"a": "a"}),
        (ONE_DAY, None, None, {"2024-01-01": "2024-01-01"}),
        (NAMES, None, LastPartitionMapping(), "b"),
        (NAMES, None, SpecificPartitionsPartitionMapping(["b"]), "b"),
        (NAMES, None, SpecificPartitionsPartitionMapping(["a", "b"]), {"a": "a", "b": "b"}),
        (NAMES, DAYS, AllPartitionMapping(), {"a": "a", "b": "b"}),
        (
            HOURS,
            ONE_DAY,
            TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True),
            {"2024-01-01-00:00": "2024-01-01-00:00"},
        ),
        (ONE_DAY, HOURS, None, "2024-01-01"),
        (MONTHS, DAYS, None, "2024-01-01"),
        (DAYS, DAYS, TimeWindowPartitionMapping(start_offset=-1), {"2024-01-01": "2024-01-01"}),
        (WEEKS, DAYS, None, "2024-01-01"),
    ],
)
def test_shape_is_decided_by_definitions_and_mapping(make, upstream, downstream, mapping, expected) -> None:
    """Never by how many keys happen to exist: a dict stays a dict where there is one key, or none."""

    @asset(partitions_def=upstream)
    def up(context):
        return context.partition_key if context.has_partition_key else "None"

    @asset(partitions_def=downstream, ins={"up": AssetIn(partition_mapping=mapping)})
    def down(up):
        return up

    make(up, partitions="all" if upstream else None)
    first = downstream.get_partition_keys()[0] if downstream else None
    result = make(down, up, selection="down", partition_key=first)
    assert result.asset_value("down", first) == expected


@pytest.mark.parametrize("made", [[], ["2024-01-01"], ["2024-01-01", "2024-01-03"]])
def test_what_may_be_missing_is_left_out(make, made: list[str]) -> None:
    @asset(partitions_def=DAYS)
    def up(context):
        return context.partition_key

    @asset(ins={"up": AssetIn(metadata=MAY_LACK)})
    def down(up):
        return up

    if made:
        make(up, partitions=made)
    assert make(down, up, selection="down").asset_value("down") == {key: key for key in made}


def test_one_value_that_may_be_missing_is_none(make) -> None:
    @asset(partitions_def=DAYS)
    def up(): ...

    @asset(partitions_def=DAYS, ins={"up": AssetIn(metadata=MAY_LACK)})
    def down(up):
        return up is None

    assert make(down, up, selection="down", partition_key="2024-01-02").asset_value("down") is True


def test_the_first_partition_of_an_asset_that_needs_its_earlier_ones(make) -> None:
    """Gets None for what lies before the first."""

    @asset(partitions_def=DAYS, ins={"total": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))})
    def total(total):
        return (total or 0) + 1

    result = make(total, partitions="all")
    assert [result.asset_value("total", key) for key in DAYS.get_partition_keys()] == [1, 2, 3]


def test_what_is_missing_is_named(make) -> None:
    @asset(partitions_def=HOURS)
    def hourly(): ...

    @asset(partitions_def=DailyPartitionsDefinition("2023-12-31", end_date="2024-01-02"))
    def daily(hourly): ...

    result = make(daily, hourly, selection="daily", partitions="all")
    assert [skip.missing[:1] for skip in result.skips] == [
        ("hourly[2023-12-31-00:00]",),
        ("hourly[2024-01-01-00:00]",),
    ]
    assert not any(skip.is_excused for skip in result.skips)
    assert result.status == "failed"


def test_a_frame_is_given_where_the_parameter_says_so(make) -> None:
    @asset(partitions_def=NAMES)
    def up(context):
        return pd.DataFrame({"name": [context.partition_key]})

    @asset
    def down(up: pd.DataFrame):
        return list(up["name"])

    @asset(partitions_def=NAMES)
    def no_frame():
        return 1

    @asset
    def wrong(no_frame: pd.DataFrame): ...

    @asset(ins={"up": AssetIn(metadata=MAY_LACK)})
    def of_nothing(up: pd.DataFrame):
        return len(up)

    assert make(of_nothing, up, selection="of_nothing").asset_value("of_nothing") == 0
    make(up, no_frame, partitions="all")
    result = make(down, wrong, up, no_frame, selection="down or wrong")
    assert result.asset_value("down") == ["a", "b"]
    with pytest.raises(InvalidInvocationError, match=r"wrong: the input 'no_frame' is annotated as a DataFrame, but"):
        raise result.failures[0].error


def test_the_one_frame_is_that_of_the_loader(make, store) -> None:
    """The keys are the first level of its index, the frames' own index follows."""

    @asset(partitions_def=NAMES)
    def up(context):
        return pd.DataFrame({"n": [1, 2]}, index=pd.Index([context.partition_key + "1", "2"], name="origin"))

    @asset
    def down(up: pd.DataFrame):
        return up

    @asset
    def by_level(up: pd.DataFrame):
        return up.groupby("origin")["n"].sum().to_dict()

    @asset(ins={"up": AssetIn(metadata=MAY_LACK)})
    def of_nothing(up: pd.DataFrame):
        return list(up.index.names)

    nothing = make(of_nothing, up, selection="of_nothing")
    assert nothing.asset_value("of_nothing") == ["partition"]
    result = make(up, down, by_level, partitions="all")
    given = result.asset_value("down")
    with store.loader() as loader:
        pd.testing.assert_frame_equal(given, loader.load_asset_value("up", partitions="all"))
    assert given.index.names == ["partition", "origin"]
    assert result.asset_value("by_level") == {"a1": 1, "b1": 1, "2": 4}


@pytest.mark.parametrize("wanted", [["a", "c"], ["b"], ["a", "b", 'ü"\\', "d"]])
def test_what_is_kept_of_the_partitions_read_is_in_the_shared_format(make, store, wanted: list[str]) -> None:
    """However many spans it takes, and whatever is in the keys."""
    names = StaticPartitionsDefinition(["a", "b", "c", 'ü"\\', "d"])

    @asset(partitions_def=names)
    def up(context):
        return context.partition_key

    @asset(ins={"up": AssetIn(partition_mapping=SpecificPartitionsPartitionMapping(wanted))})
    def down(up): ...

    make(up, partitions="all")
    make(down, up, selection="down")
    status = statuses(AssetGraph([up, down]), store)[AssetKey("down")]
    (reads,) = store.input_reads(AssetKey("down")).values()
    assert [read.subset for read in reads] == read_subsets(status.links[0], names.get_partition_keys())
    assert status.state(0) is PieceState.MATERIALIZED


def test_inputs_named_only_by_ins(make) -> None:
    @asset
    def up():
        return 1

    @asset(ins={"one": AssetIn("up"), "other": AssetIn("up")})
    def down(**inputs):
        return inputs

    assert make(up, down).asset_value("down") == {"one": 1, "other": 1}


# Copies

VALUES: list[tuple[Any, Any]] = [
    ({"n": [1]}, lambda value: value["n"].append(2)),
    ([[1], [2]], lambda value: value[0].append(2)),
    (np.arange(3), lambda value: value.__setitem__(0, 9)),
    (pd.DataFrame({"n": [1, 2]}), lambda value: value.__setitem__("n", 0)),
    (pd.DataFrame({"n": [1, 2]}), lambda value: value.insert(0, "m", 0)),
    (pd.Series([1, 2]), lambda value: value.__setitem__(0, 9)),
    (pd.DataFrame({"n": [[1], [2]]}), lambda value: value["n"][0].append(9)),
]


@pytest.mark.parametrize(("value", "change"), VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("readers", [1, 3])
def test_a_function_may_change_what_it_is_given(make, store, value: Any, change: Any, readers: int) -> None:
    """Neither the store nor any other step sees it; nor a change that the maker makes to its value afterwards."""
    made = []

    @asset
    def up():
        made.append(value.copy() if hasattr(value, "copy") else value)
        return made[0]

    def reader(number: int) -> Any:
        @asset(name=f"reader{number}")
        def fn(up):
            seen = repr(up)
            change(up)
            return seen

        return fn

    result = make(up, *(reader(number) for number in range(readers)))
    assert result.success, result.failures
    assert {result.asset_value(f"reader{number}") for number in range(readers)} == {repr(value)}
    assert repr(store.load("up")) == repr(value)


def test_a_value_that_many_keys_share_is_read_once(make, store, monkeypatch) -> None:
    @asset
    def up():
        return {"n": 1}

    @asset(partitions_def=DAYS)
    def down(up):
        up["n"] += 1
        return up["n"]

    make(up)
    loads = []
    load = type(store).load
    monkeypatch.setattr(type(store), "load", lambda self, *place: loads.append(place) or load(self, *place))
    result = make(down, up, selection="down", partitions="all")
    assert len(loads) == 1
    assert {result.asset_value("down", key) for key in DAYS.get_partition_keys()} == {2}


class Uncopyable:
    def __reduce__(self) -> Any:
        raise TypeError("no copies")


def test_shared_values_are_bounded_and_forgotten_after_their_last_use() -> None:
    shared = SharedValues(limit=100)
    shared.expect("a", np.array([2, 2, 1]))
    shared.expect("a", np.array([1, 0, 0]))
    first = shared.get("a", 0, 1, lambda: [0] * 1)
    assert (len(shared), shared.size) == (1, 80)
    second = shared.get("a", 0, 1, lambda: pytest.fail("read again"))
    assert first == second
    assert first is not second
    shared.get("a", 1, 1, lambda: [1])
    assert (len(shared), shared.size) == (1, 80)  # the first had to go
    shared.get("a", 1, 1, lambda: pytest.fail("read again"))
    assert (len(shared), shared.size) == (0, 0)  # that was its last use
    assert shared.get("a", 2, 1, lambda: "once") == "once"
    assert len(shared) == 0


def test_shared_values_of_another_version_are_read_again() -> None:
    shared = SharedValues()
    shared.expect("a", np.array([5]))
    assert [shared.get("a", 0, version, lambda version=version: version) for version in (1, 1, 2)] == [1, 1, 2]


def test_what_can_not_be_copied_or_is_too_large_is_read_for_each() -> None:
    shared = SharedValues(limit=100)
    shared.expect("a", np.array([9, 9]))
    reads = []
    for _ in range(2):
        shared.get("a", 0, 1, lambda: reads.append(1) or Uncopyable())
        shared.get("a", 1, 1, lambda: reads.append(1) or [0] * 50)
    assert (len(reads), len(shared), shared.size) == (4, 0, 0)


def test_only_cheap_values_that_are_needed_again_are_kept_when_stored() -> None:
    shared = SharedValues()
    shared.expect("a", np.array([1, 0, 1]))
    for position, value in enumerate(["needed", "not needed", ["dear"]]):
        shared.put("a", position, 1, value)
        shared.put("b", position, 1, value)
    assert len(shared) == 1


class Number(int):
    """Has room for more than a number."""


@pytest.mark.parametrize(
    ("value", "cheap"),
    [
        (1, True),
        ("a", True),
        (None, True),
        (Number(1), False),
        ([1], False),
        (pd.DataFrame({"n": [1]}), True),
        (pd.DataFrame({"n": ["a"]}), True),
        (pd.DataFrame({"n": [[1]]}), False),
        (pd.Series([1.5]), True),
        (np.zeros(3), False),
    ],
)
def test_which_copies_cost_next_to_nothing(value: Any, cheap: bool) -> None:
    assert lender_of(value).is_cheap is cheap


def test_sizes_are_estimated() -> None:
    assert size_in_memory(np.zeros(100)) == 800
    assert size_in_memory(pd.DataFrame({"n": range(1_000)})) >= 8_000
    assert size_in_memory(object()) > 0


# Steps that need what yielded nothing


def test_skips_for_want_of_empty_pieces_are_excused(make) -> None:
    @asset(partitions_def=DAYS, output_required=False)
    def maybe(context):
        if context.partition_key != "2024-01-02":
            yield from ()
        else:
            yield Output(1)

    @asset(partitions_def=DAYS)
    def after(maybe):
        return maybe

    @asset(partitions_def=DAYS)
    def later(after):
        return after

    result = make(maybe, after, later, partitions="all")
    assert result.success
    assert [result.pieces_in(state) for state in (PieceState.EMPTY, PieceState.SKIPPED)] == [2, 4]
    assert all(skip.is_excused for skip in result.skips)
    assert [skip.piece for skip in result.skips if skip.key.name == "later"] == [
        "later[2024-01-01]",
        "later[2024-01-03]",
    ]


def test_skips_for_want_of_a_failure_or_of_both_are_not_excused(make) -> None:
    @asset(output_required=False)
    def empty():
        yield from ()

    @asset
    def bad():
        raise ValueError("x")

    @asset
    def both(empty, bad): ...

    @asset
    def after(both): ...

    @asset
    def excused(empty): ...

    result = make(empty, bad, both, after, excused)
    assert result.status == "failed"
    assert {skip.piece: skip.is_excused for skip in result.skips} == {"both": False, "after": False, "excused": True}
