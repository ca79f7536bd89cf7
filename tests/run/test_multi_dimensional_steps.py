"""Assets of several dimensions are made, fed, loaded, and explained key by key, by rectangles and by slices."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    DailyPartitionsDefinition,
    Definitions,
    DimensionPartitionMapping,
    IdentityPartitionMapping,
    IOManager,
    MultiPartitionKey,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    PieceState,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    asset,
)
from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError
from notebook_assets.workspace import explain, partition_grid

LETTERS = StaticPartitionsDefinition(["x", "y", "z"])
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")
BOTH = MultiPartitionsDefinition({"date": DAYS, "abc": LETTERS})
THREE = MultiPartitionsDefinition({"date": DAYS, "abc": LETTERS, "size": StaticPartitionsDefinition(["S", "L"])})
M = PieceState.MATERIALIZED


@asset(partitions_def=BOTH)
def sold(context) -> dict[str, Any]:
    key = context.partition_key
    return {**key.keys_by_dimension, "start": context.partition_time_window.start.isoformat(), "key": str(key)}


@asset(partitions_def=DAYS)
def by_day(sold) -> list[str]:
    return list(sold)


@asset(partitions_def=LETTERS)
def by_letter(sold) -> list[str]:
    return list(sold)


@asset(partitions_def=BOTH)
def share(sold, by_day) -> str:
    return f"{sold['abc']} of {len(by_day)}"


BEFORE = MultiPartitionMapping(
    {
        "abc": DimensionPartitionMapping("abc", IdentityPartitionMapping()),
        "date": DimensionPartitionMapping("date", TimeWindowPartitionMapping(-1, -1)),
    }
)


@asset(partitions_def=BOTH, ins={"before": AssetIn("sold", partition_mapping=BEFORE)})
def growth(before) -> str:
    return "first" if before is None else before["key"]


@asset(partitions_def=THREE, ins={"sold": AssetIn(partition_mapping=MultiPartitionMapping({
    "abc": DimensionPartitionMapping("abc", IdentityPartitionMapping()),
    "date": DimensionPartitionMapping("date", IdentityPartitionMapping()),
}))})  # fmt: skip
def by_size(context, sold) -> str:
    return f"{sold['key']} {context.partition_key.keys_by_dimension['size']}"


def test_a_piece_knows_its_dimensions_and_its_time(make, store) -> None:
    made = make(sold, partition_key=MultiPartitionKey({"date": "2024-01-02", "abc": "y"}))
    expected = {"abc": "y", "date": "2024-01-02", "start": "2024-01-02T00:00:00+00:00", "key": "y|2024-01-02"}
    assert made.asset_value("sold") == expected
    with Definitions([sold]).get_asset_value_loader(store) as loader:
        assert loader.load_asset_value("sold", partition_key="y|2024-01-02") == expected
        key = MultiPartitionKey({"abc": "y", "date": "2024-01-02"})
        assert loader.load_asset_value("sold", partition_key=key) == expected


@pytest.mark.parametrize(
    ("partitions", "keys"),
    [
        ("x|2024-01-02...y|2024-01-03", ["x|2024-01-02", "x|2024-01-03", "y|2024-01-02", "y|2024-01-03"]),
        ({"abc": "x", "date": "2024-01-03..."}, ["x|2024-01-03", "x|2024-01-04"]),
        ({"date": "2024-01-03"}, ["x|2024-01-03", "y|2024-01-03", "z|2024-01-03"]),
        (["z|2024-01-01", {"abc": "x", "date": "2024-01-01"}], ["x|2024-01-01", "z|2024-01-01"]),
    ],
)
def test_rectangles_and_slices_are_made_and_loaded(make, store, partitions, keys) -> None:
    assert make(sold, partitions=partitions).pieces_in(M) == len(keys)
    with Definitions([sold]).get_asset_value_loader(store) as loader:
        values = loader.load_asset_value("sold", partitions=partitions)
    assert list(values) == keys
    assert [value["key"] for value in values.values()] == keys


def test_inputs_are_those_that_the_mappings_name(make, store) -> None:
    chain = [sold, by_day, by_letter, share, growth, by_size]
    made = make(*chain, partitions="all")
    assert made.success
    definitions = Definitions(chain)
    with definitions.get_asset_value_loader(store) as loader:
        assert loader.load_asset_value("by_day", partition_key="2024-01-02") == [f"{c}|2024-01-02" for c in "xyz"]
        assert loader.load_asset_value("by_letter", partition_key="y") == [f"y|2024-01-0{day}" for day in range(1, 5)]
        assert loader.load_asset_value("share", partition_key="z|2024-01-04") == "z of 3"
        assert loader.load_asset_value("growth", partition_key="z|2024-01-04") == "z|2024-01-03"
        assert loader.load_asset_value("growth", partition_key="z|2024-01-01") == "first"
        assert loader.load_asset_value("by_size", partition_key="z|2024-01-04|L") == "z|2024-01-04 L"
    assert explain("growth", "z|2024-01-04", instance=store, definitions=definitions).state is M


def test_a_changed_input_makes_just_what_needs_it_stale(make, store) -> None:
    count = [0]

    @asset(partitions_def=BOTH)
    def counted(context) -> int:
        count[0] += 1
        return count[0]

    @asset(partitions_def=DAYS)
    def added(counted) -> int:
        return sum(counted.values())

    make(counted, added, partitions="all")
    make(counted, partitions={"abc": "y", "date": "2024-01-02"})
    grid = repr(partition_grid("added", instance=store, definitions=Definitions([counted, added])))
    assert "stale: 2024-01-02" in grid
    assert "3 materialized" in grid


def test_the_grid_is_a_matrix_and_the_advice_names_rectangles(make, store) -> None:
    make(sold, partitions="x|2024-01-01...y|2024-01-02")
    definitions = Definitions([sold, by_letter])
    grid = repr(partition_grid("sold", instance=store, definitions=definitions))
    assert "x     ● ● · ·\ny     ● ● · ·\nz     · · · ·" in grid
    assert "missing: x|2024-01-03 … y|2024-01-04 (4), z|2024-01-01 … z|2024-01-04 (4)" in grid
    said = repr(explain("by_letter", "x", instance=store, definitions=definitions))
    assert "x|2024-01-03...x|2024-01-04" in said


def test_an_io_manager_is_told_the_key_and_its_time(make) -> None:
    told: list[Any] = []

    class Telling(IOManager):
        def handle_output(self, context, obj) -> None:
            told.append((context.partition_key, context.asset_partitions_time_window.start.day))

        def load_input(self, context) -> Any:
            told.append(sorted(context.asset_partition_keys))
            return dict.fromkeys(context.asset_partition_keys, 1)

    @asset(partitions_def=BOTH, io_manager_key="telling")
    def kept() -> int:
        return 1

    @asset(partitions_def=DAYS)
    def after(kept) -> int:
        return len(kept)

    make(kept, after, partitions={"abc": "x", "date": "2024-01-03"}, selection="kept", resources={"telling": Telling()})
    assert told == [("x|2024-01-03", 3)]


def test_what_is_no_key_is_refused_with_its_dimension(make) -> None:
    with pytest.raises(
        UnknownPartitionError, match=r"sold: There is no partition 'q\|2024-01-01', on the dimension 'abc'"
    ):
        make(sold, partition_key="q|2024-01-01")
    with pytest.raises(InvalidInvocationError, match="Did you mean 'abc'"):
        make(sold, partitions={"abd": "x"})


def test_a_filtered_key_is_not_made(make, store) -> None:
    sparse = MultiPartitionsDefinition(BOTH.dimensions, filter=lambda at: at["abc"] != "z")

    @asset(partitions_def=sparse)
    def some(context) -> str:
        return context.partition_key

    @asset(partitions_def=DAYS)
    def gathered(some) -> list[str]:
        return list(some)

    made = make(some, gathered, partitions="all")
    assert made.pieces_in(M) == 8 + 4
    with Definitions([some, gathered]).get_asset_value_loader(store) as loader:
        assert loader.load_asset_value("gathered", partition_key="2024-01-02") == ["x|2024-01-02", "y|2024-01-02"]
    with pytest.raises(UnknownPartitionError, match="filter leaves out"):
        make(some, partition_key="z|2024-01-01")


def test_without_one_dimension_of_times_there_is_no_window(make) -> None:
    plain = MultiPartitionsDefinition({"a": LETTERS, "b": StaticPartitionsDefinition(["1"])})

    @asset(partitions_def=plain)
    def timeless(context) -> str:
        return str(context.partition_time_window)

    made = make(timeless, partition_key="x|1")
    assert "Just one dimension must have time windows" in repr(made)
