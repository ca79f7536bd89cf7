"""AutoIOManager and ParquetIOManager: formats by type, several partitions at once, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from notebook_assets import (
    AssetIn,
    AutoIOManager,
    BackfillPolicy,
    ConfigurableResource,
    DailyPartitionsDefinition,
    Definitions,
    FilesystemIOManager,
    InMemoryIOManager,
    Instance,
    NeverMaterializedError,
    OutputTypeError,
    ParquetIOManager,
    PartitionKeyRange,
    SourceAsset,
    SQLiteIOManager,
    StoreError,
    asset,
    build_input_context,
    build_output_context,
    load_asset_value,
    materialize,
)

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")
KEYS = DAYS.get_partition_keys()
FRAME = pd.DataFrame({"n": [1, 2], "name": ["a", None], "at": pd.to_datetime(["2024-01-01", "2025-01-01"], utc=True)})


class Odd:
    """A value that only a pickle keeps."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Odd)

    __hash__ = None  # type: ignore[assignment]


VALUES = [
    (3, "json"),
    ("text", "txt"),
    (b"bytes", "bin"),
    ([1, {"a": None}], "json"),
    (np.arange(4), "npy"),
    (np.float32(1.5), "npy"),
    (np.array(3), "pickle"),
    (FRAME, "parquet"),
    (Odd(), "pickle"),
    (None, "json"),
]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
        return True
    return type(one) is type(other) and bool(np.all(one == other))


def span(**more: Any) -> Any:
    return {
        "asset_key": ["raw", "daily"],
        "asset_partitions_def": DAYS,
        "asset_partition_key_range": PartitionKeyRange(KEYS[0], KEYS[-1]),
        **more,
    }


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("value", "suffix"), VALUES, ids=lambda each: type(each).__name__)
def test_a_value_gets_the_format_of_its_type(tmp_path: Path, value: Any, suffix: str) -> None:
    manager = AutoIOManager(base_path=tmp_path)
    context = build_output_context(asset_key=["raw", "one"])
    manager.handle_output(context, value)
    assert names(tmp_path) == [f"raw/one.{suffix}"]
    assert context.get_logged_metadata()["path"].value == str(tmp_path / f"raw/one.{suffix}")
    assert same(manager.load_input(build_input_context(asset_key=["raw", "one"])), value)
    assert manager.has_output(context)


def test_a_value_of_another_type_takes_the_place_of_the_file_before(tmp_path: Path) -> None:
    manager = AutoIOManager(base_path=tmp_path)
    for value, suffix in VALUES:
        manager.handle_output(build_output_context(asset_key="one"), value)
        assert names(tmp_path) == [f"one.{suffix}"]


@pytest.mark.parametrize("kind", [AutoIOManager, ParquetIOManager])
@pytest.mark.parametrize("form", ["dict", "frame"])
def test_several_partitions_go_out_and_come_in_at_once(tmp_path: Path, kind: Any, form: str) -> None:
    manager = kind(base_path=tmp_path)
    frames = {key: FRAME.iloc[:number] for number, key in enumerate(KEYS)}
    together: Any = frames if form == "dict" else pd.concat(frames, names=["partition"])
    manager.handle_output(build_output_context(**span()), together)
    assert names(tmp_path) == [f"raw/daily/{key}.parquet" for key in KEYS]
    back = manager.load_input(build_input_context(**span()))
    assert list(back) == KEYS
    for key in KEYS:
        pd.testing.assert_frame_equal(back[key], frames[key], check_index_type=False)


@pytest.mark.parametrize("kind", [ParquetIOManager, InMemoryIOManager])
def test_partitions_that_lack_or_do_not_belong_are_told(tmp_path: Path, kind: Any) -> None:
    manager = InMemoryIOManager() if kind is InMemoryIOManager else ParquetIOManager(base_path=tmp_path)
    with pytest.raises(OutputTypeError, match=r"raw/daily: of the 3 partitions .* lacks 1: '2024-01-03'"):
        manager.handle_output(build_output_context(**span()), dict.fromkeys(KEYS[:2], FRAME))
    with pytest.raises(OutputTypeError, match=r"stores 3 partitions at once as a dict by partition key; got a list"):
        manager.handle_output(build_output_context(**span()), [FRAME])
    with pytest.raises(OutputTypeError, match=r"has an index level 'partition'"):
        manager.handle_output(build_output_context(**span()), FRAME)
    with pytest.raises(OutputTypeError, match=r"has rows of 'other'"):
        manager.handle_output(build_output_context(**span()), pd.concat({"other": FRAME}, names=["partition"]))
    assert names(tmp_path) == []
    assert getattr(manager, "values", {}) == {}


@pytest.mark.parametrize(
    "value", [3, "text", [1, 2], {"a": 1}, pd.DataFrame({"n": [object()]})], ids=lambda each: type(each).__name__
)
def test_parquet_takes_tables_only(tmp_path: Path, value: Any) -> None:
    manager = ParquetIOManager(base_path=tmp_path)
    with pytest.raises(StoreError, match=r"The value of one.* of type .*(keeps tables|be kept as Parquet)"):
        manager.handle_output(build_output_context(asset_key="one"), value)
    assert names(tmp_path) == []


def test_a_parameter_gets_the_table_and_the_columns_that_it_asks_for(tmp_path: Path) -> None:
    store = Instance.ephemeral()
    resources = {"io_manager": ParquetIOManager(base_path=str(tmp_path)), "memory": AutoIOManager()}

    @asset
    def rows() -> pd.DataFrame:
        return FRAME

    @asset(io_manager_key="memory")
    def arrow(rows: pa.Table) -> list[str]:
        return [type(rows).__module__, *rows.column_names]

    @asset(io_manager_key="memory", ins={"rows": AssetIn(metadata={"columns": ["name"]})})
    def some(rows: pd.DataFrame) -> list[str]:
        return list(rows.columns)

    materialize([rows, arrow, some], instance=store, resources=resources, progress=False)
    assert store.load("arrow")[:4] == ["pyarrow.lib", "n", "name", "at"]
    assert store.load("some") == ["name"]
    assert load_asset_value("some", instance=store) == ["name"]


def test_an_arrow_table_is_stored_as_it_is(tmp_path: Path) -> None:
    manager = ParquetIOManager(base_path=tmp_path)
    table = pa.table({"n": pa.array([1, 2], pa.int8())})
    manager.handle_output(build_output_context(asset_key="one"), table)
    assert pa.parquet.read_table(tmp_path / "one.parquet").equals(table)


@pytest.mark.parametrize("kind", [AutoIOManager, ParquetIOManager])
def test_values_of_sources_and_partitions_load_by_definitions(tmp_path: Path, kind: Any) -> None:
    manager = kind(base_path=tmp_path)
    for key in KEYS[:2]:
        context = build_output_context(asset_key="daily", asset_partitions_def=DAYS, partition_key=key)
        manager.handle_output(context, FRAME)
    defs = Definitions([SourceAsset("daily", partitions_def=DAYS)], resources={"io_manager": manager})
    with defs.get_asset_value_loader(Instance.ephemeral()) as loader:
        assert list(loader.load_asset_value("daily", KEYS[0]).columns) == list(FRAME.columns)
        both = loader.load_asset_value("daily", partitions=KEYS[:2])
        assert both.index.get_level_values("partition").unique().tolist() == KEYS[:2]
        assert len(loader.load_asset_value("daily", partitions="all", missing="skip")) == 4
        assert loader.load_asset_value("daily", KEYS[2], missing="none") is None
        with pytest.raises(NeverMaterializedError, match=r"1 of the 3 partitions of daily"):
            loader.load_asset_value("daily", partitions="all")


def test_pickles_from_elsewhere_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = AutoIOManager(base_path=tmp_path)
    manager.handle_output(build_output_context(asset_key="one"), Odd())
    file = tmp_path / "one.pickle"
    for altered in (file.read_bytes()[:-1] + b"x", b"\x80\x04K\x05.", file.read_bytes().replace(b"Odd", b"odd")):
        file.write_bytes(altered)
        with pytest.raises(StoreError, match=r"was (not signed here|changed after it was signed)"):
            manager.load_input(build_input_context(asset_key="one"))


def test_without_a_folder_it_stands_for_the_store() -> None:
    store = Instance.ephemeral()

    @asset
    def one() -> int:
        return 1

    materialize([one], instance=store, resources={"io_manager": AutoIOManager()}, progress=False)
    assert store.load("one") == 1
    with pytest.raises(Exception, match=r"An AutoIOManager without base_path stands for the store"):
        AutoIOManager().load_input(build_input_context(asset_key="one"))


@pytest.mark.parametrize("kind", ["store", "parquet", "memory", "sqlite"])
def test_rows_told_apart_by_the_key_alone_are_numbered_anew_in_each_partition(tmp_path: Path, kind: str) -> None:
    managers: dict[str, Any] = {
        "store": {},
        "parquet": {"io_manager": ParquetIOManager(base_path=tmp_path)},
        "memory": {"io_manager": InMemoryIOManager()},
        "sqlite": {"io_manager": SQLiteIOManager(database=str(tmp_path / "tables.db"))},
    }

    @asset(partitions_def=DAYS, backfill_policy=BackfillPolicy.single_run())
    def ranged() -> pd.DataFrame:
        return pd.DataFrame({"n": range(6)}, index=pd.Index([KEYS[at // 2] for at in range(6)], name="partition"))

    store = Instance.ephemeral()
    materialize([ranged], partitions="all", instance=store, resources=managers[kind], progress=False)
    found = Definitions([ranged], resources=managers[kind]).load_asset_value(
        "ranged", partition_key=KEYS[1], instance=store
    )
    pd.testing.assert_frame_equal(found, pd.DataFrame({"n": [2, 3]}))


def test_a_missing_file_is_told_without_the_errors_below(tmp_path: Path) -> None:
    manager = ParquetIOManager(base_path=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"one has no file at") as caught:
        manager.load_input(build_input_context(asset_key="one"))
    assert caught.value.__suppress_context__


def test_a_place_is_a_path_or_a_text(tmp_path: Path) -> None:
    frames = SQLiteIOManager(database=tmp_path / "tables.db")
    frames.handle_output(build_output_context(asset_key="one"), FRAME)
    assert (tmp_path / "tables.db").exists()

    @asset
    def one() -> set[int]:
        return {1}

    files = {"io_manager": FilesystemIOManager(base_dir=tmp_path / "files")}
    assert materialize([one], instance=Instance.ephemeral(), resources=files, progress=False).success
    assert (tmp_path / "files" / "one").exists()


@pytest.mark.parametrize("kind", [ParquetIOManager, SQLiteIOManager, FilesystemIOManager, AutoIOManager])
def test_what_is_given_without_a_name_is_told(kind: Any) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__} takes what it is given by name: {kind.__name__}\("):
        kind("somewhere")


def test_a_resource_whose_own_init_takes_places_is_left_alone() -> None:
    class Named(ConfigurableResource[Any]):
        name: str

        def __init__(self, name: str) -> None:
            super().__init__(name=name)  # type: ignore[call-arg]

    assert Named("x").name == "x"
