"""Values by key, list, range or all: as they are, as a dict, or as one frame; and what happens to missing ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from notebook_assets.errors import (
    BrokenValueError,
    EmptyPieceError,
    InvalidInvocationError,
    InvalidPartitionRangeError,
    NeverMaterializedError,
    UnknownAssetError,
    UnknownPartitionError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import DailyPartitionsDefinition, PartitionKeyRange, PartitionsDefinition
from notebook_assets.store import AssetDescription, AssetValueLoader, Instance

DAYS = DailyPartitionsDefinition(start_date="2013-01-01", end_date="2013-01-08")
KEYS = list(DAYS.get_partition_keys())


@pytest.fixture
def loader(instance: Instance, run_id: str, put: Callable[..., int]) -> AssetValueLoader:
    """Of seven days: 1, 2, 4 and 6 have values, 3 is empty, 5 failed, 7 was never made."""
    instance.describe_assets(
        [
            AssetDescription(AssetKey("numbers"), partitions=DAYS.to_dict()),
            AssetDescription(AssetKey("frames"), partitions=DAYS.to_dict()),
            AssetDescription(AssetKey("never"), partitions=DAYS.to_dict()),
            AssetDescription(AssetKey("report")),
        ]
    )
    for number in (1, 2, 4, 6):
        put("numbers", KEYS[number - 1], number)
        put("frames", KEYS[number - 1], pd.DataFrame({"n": [number, -number]}))
    for name in ("numbers", "frames"):
        instance.record_empty(name, KEYS[2], run_id=run_id)
        instance.record_failure(name, KEYS[4], run_id=run_id, error_type="E", message="m")
    put("report", None, {"rows": 3})
    return instance.loader()


def test_one_value_comes_as_it_is(loader: AssetValueLoader) -> None:
    with loader as opened:
        assert opened.load_asset_value("report") == {"rows": 3}
        assert opened.load_asset_value(AssetKey("numbers"), partition_key="2013-01-02") == 2
        assert opened.load_asset_value(["numbers"], partition_key="2013-01-02", python_type=int) == 2


@pytest.mark.parametrize(
    "several",
    [
        "2013-01-01...2013-01-03",
        "...2013-01-03",
        ["2013-01-02", "2013-01-01"],
        ["2013-01-01...2013-01-02"],
        PartitionKeyRange("2013-01-01", "2013-01-03"),
        DAYS.subset_with_partition_keys(["2013-01-01", "2013-01-02"]),
    ],
)
def test_several_values_come_by_key_in_the_definitions_order(loader: AssetValueLoader, several: Any) -> None:
    values = loader.load_asset_value("numbers", partitions=several)
    assert list(values.items()) == [("2013-01-01", 1), ("2013-01-02", 2)]


def test_the_reference_parameter_for_ranges_works(loader: AssetValueLoader) -> None:
    span = PartitionKeyRange("2013-01-01", "2013-01-02")
    assert loader.load_asset_value("numbers", partition_key_range=span) == {"2013-01-01": 1, "2013-01-02": 2}


def test_one_key_among_partitions_still_gives_several(loader: AssetValueLoader) -> None:
    """The parameter decides the shape, never how many keys there happen to be."""
    assert loader.load_asset_value("numbers", partitions="2013-01-02") == {"2013-01-02": 2}
    assert isinstance(loader.load_asset_value("frames", partitions="2013-01-02"), pd.DataFrame)


def test_frames_come_as_one_with_the_partition_as_first_index_level(loader: AssetValueLoader) -> None:
    frame = loader.load_asset_value("frames", partitions="2013-01-01...2013-01-02")
    assert frame.index.names == ["partition", None]
    assert frame["n"].tolist() == [1, -1, 2, -2]
    one = loader.load_asset_value("frames", partition_key="2013-01-02")
    pd.testing.assert_frame_equal(frame.loc["2013-01-02"], one, check_index_type=False)


def test_names_of_the_frames_own_index_stay(put: Callable[..., int], loader: AssetValueLoader) -> None:
    for key in KEYS[:2]:
        put("frames", key, pd.DataFrame({"n": [1], "hour": [3], "place": ["EWR"]}).set_index(["hour", "place"]))
    frame = loader.load_asset_value("frames", partitions=KEYS[:2])
    assert frame.index.names == ["partition", "hour", "place"]


def test_the_shape_can_be_chosen(loader: AssetValueLoader) -> None:
    two = "2013-01-01...2013-01-02"
    assert list(loader.load_asset_value("frames", partitions=two, as_="dict")) == ["2013-01-01", "2013-01-02"]
    assert list(loader.load_asset_value("frames", partitions=two, python_type=dict[str, pd.DataFrame])) == KEYS[:2]
    assert len(loader.load_asset_value("frames", partitions=two, python_type=pd.DataFrame)) == 4
    with pytest.raises(InvalidInvocationError, match=r"numbers\[2013-01-01\] is a value of type int, not a DataFrame"):
        loader.load_asset_value("numbers", partitions=two, as_="frame")


def test_missing_partitions_are_counted_and_named(loader: AssetValueLoader) -> None:
    with pytest.raises(
        NeverMaterializedError,
        match=r"2 of the 7 partitions of numbers were never materialized: 2013-01-05, 2013-01-07\..*missing='skip'",
    ):
        loader.load_asset_value("numbers", partitions="all")
    with pytest.raises(NeverMaterializedError, match=r"7 of the 7 .* 2013-01-05 and 2 more"):
        loader.load_asset_value("never", partitions="all")


def test_missing_partitions_can_be_skipped_or_none(loader: AssetValueLoader) -> None:
    skipped = loader.load_asset_value("numbers", partitions="all", missing="skip")
    assert list(skipped.values()) == [1, 2, 4, 6]
    none = loader.load_asset_value("numbers", partitions="all", missing="none")
    assert list(none.values()) == [1, 2, 4, None, 6, None], "the empty third day is left out"
    assert len(loader.load_asset_value("frames", partitions="all", missing="none")) == 8


def test_without_any_value_the_shape_is_that_of_the_asset(loader: AssetValueLoader) -> None:
    assert loader.load_asset_value("numbers", partitions="2013-01-07", missing="skip") == {}
    empty = loader.load_asset_value("frames", partitions="2013-01-07", missing="skip")
    assert (len(empty), empty.index.names) == (0, ["partition"])
    assert loader.load_asset_value("frames", partitions="2013-01-03").empty


def test_one_missing_value_is_an_error_or_none(loader: AssetValueLoader) -> None:
    with pytest.raises(NeverMaterializedError, match="latest attempt was failed: E: m"):
        loader.load_asset_value("numbers", partition_key="2013-01-05")
    with pytest.raises(EmptyPieceError):
        loader.load_asset_value("numbers", partition_key="2013-01-03")
    assert loader.load_asset_value("numbers", partition_key="2013-01-05", missing="none") is None
    assert loader.load_asset_value("numbers", partition_key="2013-01-03", missing="none") is None
    with pytest.raises(InvalidInvocationError, match="with one value use"):
        loader.load_asset_value("numbers", partition_key="2013-01-05", missing="skip")


def test_what_does_not_exist_is_never_skipped(loader: AssetValueLoader) -> None:
    with pytest.raises(UnknownAssetError, match="Did you mean 'numbers'"):
        loader.load_asset_value("number", missing="none")
    with pytest.raises(UnknownPartitionError):
        loader.load_asset_value("numbers", partition_key="2014-01-01", missing="none")
    with pytest.raises(UnknownPartitionError):
        loader.load_asset_value("numbers", partitions=["2014-01-01"], missing="skip")
    with pytest.raises(InvalidPartitionRangeError):
        loader.load_asset_value("numbers", partitions="2013-01-05...2013-01-01", missing="skip")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"partition_key": "2013-01-01", "partitions": "all"}, "partition_key and partitions, not both"),
        ({"partition_key": ["2013-01-01"]}, "partition_key is one key, a string"),
        ({"as_": "list", "partitions": "all"}, "as_ is one of 'auto', 'dict', 'frame', 'lazy'; got 'list'"),
        ({"missing": "ignore"}, "missing is one of 'raise', 'skip', 'none'; got 'ignore'"),
        ({}, "numbers is partitioned: say which part"),
    ],
)
def test_arguments_that_do_not_go_together(loader: AssetValueLoader, arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInvocationError, match=told):
        loader.load_asset_value("numbers", **arguments)


def test_an_unpartitioned_asset_has_no_partitions(loader: AssetValueLoader) -> None:
    with pytest.raises(InvalidInvocationError, match="report is not partitioned"):
        loader.load_asset_value("report", partitions="all")
    with pytest.raises(UnknownPartitionError, match="report is not partitioned, so it has no partition 'x'"):
        loader.load_asset_value("report", partition_key="x")


def test_what_the_store_does_not_keep_comes_from_the_fallback(instance: Instance, loader: AssetValueLoader) -> None:
    asked: list[tuple[AssetKey, str | None, dict[str, Any]]] = []

    def fallback(key: AssetKey, partition: str | None, **options: Any) -> str:
        asked.append((key, partition, options))
        if partition == KEYS[1]:
            raise NeverMaterializedError("not there")
        return f"from elsewhere: {partition}"

    instance.describe_assets(
        [
            AssetDescription(AssetKey("raw"), "source"),
            AssetDescription(AssetKey("custom"), io_manager_key="mine", partitions=DAYS.to_dict()),
        ]
    )
    with instance.loader(fallback=fallback) as opened:
        assert opened.load_asset_value("raw") == "from elsewhere: None"
        assert opened.load_asset_value("never heard of") == "from elsewhere: None"
        opened.load_asset_value("custom", partition_key=KEYS[0], python_type=str, metadata={"columns": ["a"]})
        assert asked[-1] == (
            AssetKey("custom"),
            KEYS[0],
            {"python_type": str, "metadata": {"columns": ["a"]}},
        )
        values = opened.load_asset_value("custom", partitions=KEYS[:3], missing="skip")
        assert list(values) == [KEYS[0], KEYS[2]]
        with pytest.raises(NeverMaterializedError, match="1 of the 3"):
            opened.load_asset_value("custom", partitions=KEYS[:3])
        assert opened.load_asset_value("report") == {"rows": 3}, "what the store keeps comes from the store"
        count = len(asked)
        with pytest.raises(NeverMaterializedError):
            opened.load_asset_value("never", partition_key=KEYS[0])
        assert len(asked) == count, "what the store would keep is not asked for elsewhere"


def test_a_value_that_was_recorded_without_being_kept_comes_from_the_fallback(
    instance: Instance, run_id: str, loader: AssetValueLoader
) -> None:
    instance.record_materialization("numbers", KEYS[0], run_id=run_id, value=None)
    with instance.loader(fallback=lambda key, partition: 99) as opened:
        assert opened.load_asset_value("numbers", partition_key=KEYS[0]) == 99
        assert opened.load_asset_value("numbers", partitions=KEYS[:2]) == {KEYS[0]: 99, KEYS[1]: 2}


def test_definitions_of_now_go_before_those_of_the_store(instance: Instance, loader: AssetValueLoader) -> None:
    longer = DailyPartitionsDefinition(start_date="2013-01-01", end_date="2013-02-01")

    def definitions(key: AssetKey) -> PartitionsDefinition | None:
        return longer if key == AssetKey("numbers") else None

    with instance.loader(definitions=definitions) as opened:
        with pytest.raises(NeverMaterializedError):
            opened.load_asset_value("numbers", partition_key="2013-01-20")
        with pytest.raises(NeverMaterializedError, match="26 of the 31"):
            opened.load_asset_value("numbers", partitions="all")


def test_values_load_from_the_folder_alone(instance: Instance, loader: AssetValueLoader) -> None:
    instance.close()
    with Instance(instance.folder) as again, again.loader() as opened:
        assert opened.load_asset_value("numbers", partitions="2013-01-01...2013-01-02") == {KEYS[0]: 1, KEYS[1]: 2}


def test_more_keys_than_one_statement_takes(instance: Instance, put: Callable[..., int]) -> None:
    years = DailyPartitionsDefinition(start_date="2010-01-01", end_date="2014-01-01")
    instance.describe_assets([AssetDescription(AssetKey("many"), partitions=years.to_dict())])
    keys = list(years.get_partition_keys())
    for number, key in enumerate(keys[:-1]):
        put("many", key, number)
    values = instance.loader().load_asset_value("many", partitions=f"...{keys[-2]}")
    assert list(values.values()) == list(range(len(keys) - 1))
    with pytest.raises(NeverMaterializedError, match="1 of the 1,461"):
        instance.loader().load_asset_value("many", partitions="all")
    assert instance.wipe("many", keys) == len(keys) - 1


FRAMES = {
    "of one layout": [pd.DataFrame({"n": [1, 2], "s": ["a", None]}), pd.DataFrame({"n": [3, 4], "s": [None, "b"]})],
    "with a part of a range": [pd.DataFrame({"n": [1, 2, 3]}).iloc[1:], pd.DataFrame({"n": [3, 4]})],
    "one without rows": [pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"n": [1, 2]}).iloc[:0]],
    "with other dtypes": [pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"n": [1.5]})],
    "with other columns": [pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"m": [1]})],
    "with other categories": [
        pd.DataFrame({"c": pd.Categorical(["a"], ["a", "b"])}),
        pd.DataFrame({"c": pd.Categorical(["c"], ["c"])}),
    ],
    "with times": [
        pd.DataFrame({"t": pd.date_range("2013", periods=2, tz="America/New_York")}),
        pd.DataFrame({"t": pd.date_range("2014", periods=2, tz="America/New_York")}),
    ],
    "with an index of times": [
        pd.DataFrame({"n": [1, 2]}, index=pd.date_range("2013", periods=2)),
        pd.DataFrame({"n": [1, 2]}, index=pd.date_range("2014", periods=2)),
    ],
    "one that is pickled": [pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"n": [[1], 2]})],
    "nullable": [pd.DataFrame({"n": pd.array([1, None], "Int16")}), pd.DataFrame({"n": pd.array([3], "Int16")})],
}


@pytest.mark.parametrize("name", FRAMES)
def test_one_frame_is_what_pandas_would_make_of_the_parts(
    loader: AssetValueLoader, put: Callable[..., int], name: str
) -> None:
    parts = dict(zip(KEYS, FRAMES[name], strict=False))
    for key, part in parts.items():
        put("frames", key, part)
    frame = loader.load_asset_value("frames", partitions=list(parts))
    pd.testing.assert_frame_equal(frame, pd.concat(parts, names=["partition"]), check_index_type="equiv")
    frame.iloc[0, 0] = frame.iloc[1, 0]


def test_a_broken_part_of_one_frame_is_named(
    instance: Instance, loader: AssetValueLoader, put: Callable[..., int]
) -> None:
    with instance.database.write() as connection:
        connection.execute("UPDATE value_blobs SET data = x'00' WHERE length(data) > 400")
    with pytest.raises(BrokenValueError, match=r"frames\[2013-01-01\] was cut short or altered"):
        loader.load_asset_value("frames", partitions=KEYS[:2])
