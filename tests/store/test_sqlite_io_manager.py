"""SQLiteIOManager: frames come back the same, partitions replace their rows at once, names and schemas are minded."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    Definitions,
    Instance,
    OutputTypeError,
    PartitionKeyRange,
    SourceAsset,
    SQLiteIOManager,
    StaticPartitionsDefinition,
    StoreError,
    ValueNotFoundError,
    asset,
    build_input_context,
    build_output_context,
    materialize,
)
from notebook_assets.store.sqlite_tables import SQLiteTables

KEYS = ["a", "b", "c"]
PARTS = StaticPartitionsDefinition(KEYS)
MOMENTS = pd.DatetimeIndex(np.array(["2024-01-01T12:00:00.123456789", "NaT", "1969-12-31"], "M8[ns]"))


def of(key: Any = "daily", partition: str | None = None) -> dict[str, Any]:
    more = {} if partition is None else {"partition_key": partition, "asset_partitions_def": PARTS}
    return {"asset_key": key, **more}


def several(first: str = "a", last: str = "c", **more: Any) -> dict[str, Any]:
    span = PartitionKeyRange(first, last)
    return {"asset_key": "daily", "asset_partitions_def": PARTS, "asset_partition_key_range": span, **more}


@pytest.fixture
def tables(tmp_path: Path) -> SQLiteIOManager:
    return SQLiteIOManager(database=str(tmp_path / "tables.db"))


def put(tables: SQLiteIOManager, value: Any, *where: Any) -> None:
    tables.handle_output(build_output_context(**of(*where)), value)


def get(tables: SQLiteIOManager, *where: Any) -> Any:
    return tables.load_input(build_input_context(**of(*where)))


def rows(tables: SQLiteIOManager, query: str) -> list[Any]:
    with closing(sqlite3.connect(tables.database)) as connection:
        return connection.execute(query).fetchall()


FRAMES = {
    "numbers": pd.DataFrame({"i": [1, -(2**62), 3], "f": [1.5, np.nan, np.inf], "b": [True, False, True]}),
    "small numbers": pd.DataFrame({"i": np.array([1, 2], "int8"), "f": np.array([0.1, 2], "float32")}),
    "texts": pd.DataFrame({"t": ["a", None, "01"], "o": np.array(["x", None, "y"], dtype=object)}),
    "mixed objects": pd.DataFrame({"o": pd.Series([1, "1", 1.5, b"1", None], dtype=object)}),
    "bytes": pd.DataFrame({"o": pd.Series([b"\x00", b""], dtype=object)}),
    "moments": pd.DataFrame({"n": MOMENTS, "u": MOMENTS.tz_localize("UTC"), "z": MOMENTS.tz_localize("Europe/Berlin")}),
    "coarse moments": pd.DataFrame({"n": MOMENTS.as_unit("s"), "d": MOMENTS.as_unit("s") - MOMENTS.as_unit("s")[0]}),
    "nullable": pd.DataFrame({"i": pd.array([1, None], "Int64"), "b": pd.array([True, None], "boolean")}),
    "nullable floats": pd.DataFrame({"f": pd.array([1.5, None], "Float32"), "s": pd.array(["a", None], "string")}),
    "categories": pd.DataFrame({"c": pd.Categorical(["x", None, "x"], categories=["y", "x"], ordered=True)}),
    "no rows": pd.DataFrame({"i": pd.array([], "int64"), "t": pd.array([], "str"), "n": MOMENTS[:0]}),
    "no columns": pd.DataFrame(index=pd.RangeIndex(3)),
    "nothing": pd.DataFrame(),
    "named index": pd.DataFrame({"v": [1, 2]}, index=pd.Index(["x", "y"], name="name")),
    "other index": pd.DataFrame({"v": [1, 2]}, index=[7, 5]),
    "range from 5": pd.DataFrame({"v": [1, 2]}, index=pd.RangeIndex(5, 9, 2, name="at")),
    "two levels": pd.DataFrame({"v": [1, 2]}, index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["a", None])),
    "odd names": pd.DataFrame({"": [1], 'quo"te': [2], "select": [3], "'; DROP": [4], "é🐍": [5]}).drop(columns=""),
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("partition", [None, "b"])
def test_a_frame_comes_back_the_same(tables: SQLiteIOManager, name: str, partition: str | None) -> None:
    put(tables, FRAMES[name], "daily", partition)
    pd.testing.assert_frame_equal(get(tables, "daily", partition), FRAMES[name], check_freq=False)


REFUSED = [
    (3, r"of type int; SQLiteIOManager keeps DataFrames"),
    (pd.DataFrame({"o": [object()]}), r"The column 'o' of daily\[a\] holds objects of type object"),
    (pd.DataFrame({"c": [1j]}), r"holds the type complex128"),
    (pd.DataFrame({"c": pd.Categorical([1, 2])}), r"categories that are no texts"),
    (pd.DataFrame({1: [2]}), r"is called by a text; got 1"),
    (pd.DataFrame({"a": [1], "A": [2]}), r"does not tell 'a' from a column whose name differs in case only"),
    (pd.DataFrame({"Partition": [1]}), r"another partition_column="),
    (pd.DataFrame({"n": np.array([2**63], "uint64")}), r"holds 9223372036854775808, which is no"),
]


@pytest.mark.parametrize(("value", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_what_can_not_be_kept_is_refused_and_changes_nothing(tables: SQLiteIOManager, value: Any, told: str) -> None:
    put(tables, FRAMES["numbers"], "daily", "a")
    with pytest.raises(StoreError, match=told):
        put(tables, value, "daily", "a")
    pd.testing.assert_frame_equal(get(tables, "daily", "a"), FRAMES["numbers"])


def test_a_partition_that_is_made_again_replaces_its_rows(tables: SQLiteIOManager) -> None:
    for key in ("a", "b", "a"):
        put(tables, pd.DataFrame({"n": [len(rows(tables, "SELECT 1")), 2]}), "daily", key)
    assert rows(tables, "SELECT partition, n FROM daily ORDER BY 1, 2") == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    put(tables, pd.DataFrame({"n": []}), "daily", "a")
    assert rows(tables, "SELECT DISTINCT partition FROM daily") == [("b",)]
    assert len(get(tables, "daily", "a")) == 0


@pytest.mark.parametrize("form", ["dict", "frame"])
def test_several_partitions_go_out_and_come_in_at_once(tables: SQLiteIOManager, form: str) -> None:
    frames = {key: pd.DataFrame({"n": range(number)}) for number, key in enumerate(KEYS)}
    together: Any = frames if form == "dict" else pd.concat(frames, names=["partition"])
    tables.handle_output(build_output_context(**several()), together)
    back = tables.load_input(build_input_context(**several()))
    assert {key: frame["n"].tolist() for key, frame in back.items()} == {"a": [], "b": [0], "c": [0, 1]}
    assert tables.has_output(build_output_context(**several()))
    with pytest.raises(OutputTypeError, match=r"lacks 1: 'c'"):
        tables.handle_output(build_output_context(**several()), {"a": FRAMES["numbers"], "b": FRAMES["numbers"]})
    with pytest.raises(StoreError, match=r"holds objects"):
        tables.handle_output(build_output_context(**several()), {**frames, "c": pd.DataFrame({"n": [object()]})})
    assert rows(tables, "SELECT count(*) FROM daily") == [(3,)]


def test_all_or_none_of_several_partitions_are_written(tables: SQLiteIOManager) -> None:
    put(tables, pd.DataFrame({"n": [1]}), "daily", "a")
    with pytest.raises(StoreError, match=r"The column 'n' of daily is TEXT in this piece, but INTEGER in the table"):
        tables.handle_output(
            build_output_context(**several()),
            {"a": pd.DataFrame({"n": [5]}), "b": pd.DataFrame({"n": [6]}), "c": pd.DataFrame({"n": ["x"]})},
        )
    assert rows(tables, "SELECT partition, n FROM daily") == [("a", 1)]


def test_new_columns_are_added_and_each_piece_has_its_own(tables: SQLiteIOManager) -> None:
    first, second = pd.DataFrame({"n": [1]}), pd.DataFrame({"more": ["x"], "n": [2.5]})
    put(tables, first, "daily", "a")
    put(tables, second, "daily", "b")
    assert rows(tables, "SELECT * FROM daily") == [("a", 1, None), ("b", 2.5, "x")]
    pd.testing.assert_frame_equal(get(tables, "daily", "a"), first)
    pd.testing.assert_frame_equal(get(tables, "daily", "b"), second)


def test_large_whole_numbers_are_not_put_where_they_would_be_rounded(tables: SQLiteIOManager) -> None:
    put(tables, pd.DataFrame({"n": [0.5]}), "daily", "a")
    put(tables, pd.DataFrame({"n": [2**53]}), "daily", "b")
    assert get(tables, "daily", "b")["n"].tolist() == [2**53]
    with pytest.raises(StoreError, match=r"is INTEGER in this piece, but REAL in the table"):
        put(tables, pd.DataFrame({"n": [2**53 + 1]}), "daily", "b")


def test_an_asset_without_partitions_has_its_table_made_anew(tables: SQLiteIOManager) -> None:
    put(tables, pd.DataFrame({"n": [1]}))
    put(tables, pd.DataFrame({"n": ["text"]}))
    assert rows(tables, "SELECT * FROM daily") == [("text",)]
    put(tables, pd.DataFrame({"n": [3]}), "daily", "a")  # it has partitions now
    assert rows(tables, "SELECT * FROM daily") == [("a", 3)]
    with pytest.raises(StoreError, match=r"holds partitions of daily, which has none any more"):
        put(tables, pd.DataFrame({"n": [4]}))


def test_what_is_not_there_is_told(tables: SQLiteIOManager) -> None:
    with pytest.raises(ValueNotFoundError, match=r"daily\[a\] is not in '.*tables.db'"):
        get(tables, "daily", "a")
    assert not Path(tables.database).exists()
    put(tables, FRAMES["numbers"], "daily", "b")
    with pytest.raises(ValueNotFoundError, match=r"daily\[a\], daily\[c\] are not in"):
        tables.load_input(build_input_context(**several()))
    there = tables.load_input(build_input_context(**several(definition_metadata={"allow_missing_partitions": True})))
    assert list(there) == ["b"]
    assert not tables.has_output(build_output_context(**of("daily", "a")))


ASSETS = [
    AssetKey(name)
    for name in (
        "daily",
        "Daily",
        "DAILY",
        ["raw", "daily"],
        "raw/daily",
        "sqlite_master",
        "_notebook_assets_pieces",
        'a"b',
        "'; DROP TABLE daily; --",
        "x" * 3000,
        "🐍",
        "select",
    )
]


def test_names_of_assets_never_collide(tables: SQLiteIOManager) -> None:
    for number, key in enumerate(ASSETS):
        put(tables, pd.DataFrame({"n": [number]}), key)
    assert [get(tables, key)["n"].tolist() for key in ASSETS] == [[number] for number in range(len(ASSETS))]


@pytest.mark.parametrize("key", ["..", "/", "nul\0byte", "x" * 4096, "🐍" * 1024, "'; DROP TABLE daily; --", " ", "é"])
def test_any_text_is_a_partition(tables: SQLiteIOManager, key: str) -> None:
    parts = StaticPartitionsDefinition(["other", "z"]) if "\0" in key else StaticPartitionsDefinition([key, "z"])
    for number, each in enumerate((key, "z")):
        context = build_output_context(asset_key="daily", partition_key=each, asset_partitions_def=parts)
        tables.handle_output(context, pd.DataFrame({"n": [number]}))
    context = build_input_context(asset_key="daily", partition_key=key, asset_partitions_def=parts)
    assert tables.load_input(context)["n"].tolist() == [0]


def test_a_table_of_someone_else_is_left_alone(tables: SQLiteIOManager) -> None:
    with closing(sqlite3.connect(tables.database)) as connection:
        connection.executescript("CREATE TABLE daily (x); INSERT INTO daily VALUES (1);")
    with pytest.raises(StoreError, match=r"has a table 'daily' that SQLiteIOManager did not make"):
        put(tables, FRAMES["numbers"])
    assert rows(tables, "SELECT * FROM daily") == [(1,)]


def test_what_is_no_database_is_told(tables: SQLiteIOManager) -> None:
    Path(tables.database).write_bytes(b"no database at all" * 100)
    for do in (lambda: put(tables, FRAMES["numbers"]), lambda: get(tables)):
        with pytest.raises(StoreError, match=r"can't be used: file is not a database"):
            do()


def test_several_writers_wait_for_each_other(tables: SQLiteIOManager) -> None:
    def write(key: str) -> None:
        for number in range(5):
            put(tables, pd.DataFrame({"n": [number] * 20}), "daily", key)

    threads = [threading.Thread(target=write, args=(key,)) for key in KEYS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(tables, "SELECT partition, n, count(*) FROM daily GROUP BY 1, 2") == [(key, 4, 20) for key in KEYS]


def test_runs_and_loaders_use_it(tmp_path: Path) -> None:
    store = Instance.ephemeral()
    resources = {"tables": SQLiteIOManager(database=str(tmp_path / "tables.db"), partition_column="key")}

    @asset(partitions_def=PARTS, io_manager_key="tables")
    def counts(context) -> pd.DataFrame:  # type: ignore[no-untyped-def]
        return pd.DataFrame({"n": [ord(context.partition_key)], "name": ["x"]})

    @asset(ins={"counts": AssetIn(metadata={"columns": ["n"]})})
    def total(counts: pd.DataFrame) -> list[Any]:
        return [list(counts.columns), int(counts["n"].sum())]

    materialize([counts, total], partitions="all", instance=store, resources=resources, progress=False)
    assert store.load("total") == [["n"], 97 + 98 + 99]
    assert store.latest("counts", "a").metadata["table"].value == "counts"
    defs = Definitions([SourceAsset("counts", partitions_def=PARTS, io_manager_key="tables")], resources=resources)
    with defs.get_asset_value_loader(Instance.ephemeral()) as loader:
        assert loader.load_asset_value("counts", "b")["n"].tolist() == [98]
        assert loader.load_asset_value("counts", partitions="all").loc["c", "n"].tolist() == [99]


def test_plain_keys_are_names_of_tables_as_they_are() -> None:
    tables = SQLiteTables(Path("tables.db"), "partition")
    assert [tables.name_for(key) for key in ("daily", "raw/daily", "a_1", "Daily", "sqlite_x", "x" * 100)] == [
        "daily",
        "raw/daily",
        "a_1",
        "Daily~1",
        "=sqlite_x",
        f"={'x' * 100}",
    ]


@pytest.mark.parametrize("names", [["rowid"], ["RowId", "oid"], ["_rowid_", "rowid", "n"], ["oid"]], ids="-".join)
@pytest.mark.parametrize("where", [(), ("daily", "a")], ids=["whole", "partition"])
def test_columns_may_be_called_as_sqlite_calls_the_number_of_a_row(tables, names, where) -> None:
    frame = pd.DataFrame({name: [3, 1, 2] for name in names})
    put(tables, frame, *where)
    pd.testing.assert_frame_equal(get(tables, *where), frame)


def test_a_column_that_takes_a_name_of_the_row_number_later_keeps_the_order(tables) -> None:
    first, second = pd.DataFrame({"n": [3, 1, 2]}), pd.DataFrame({"n": [1, 2, 3], "rowid": [3, 1, 2]})
    put(tables, first, "daily", "a")
    put(tables, second, "daily", "b")
    pd.testing.assert_frame_equal(get(tables, "daily", "a"), first)
    pd.testing.assert_frame_equal(get(tables, "daily", "b"), second)


@pytest.mark.parametrize(
    ("column", "names"), [("partition", ["rowid", "_rowid_", "oid"]), ("oid", ["_ROWID_", "rowid"])], ids=str
)
def test_a_table_that_leaves_no_name_for_the_row_number_is_refused(tmp_path: Path, column: str, names: Any) -> None:
    tables = SQLiteIOManager(database=str(tmp_path / "tables.db"), partition_column=column)
    put(tables, pd.DataFrame({"n": [1]}), "daily", "a")
    with pytest.raises(StoreError, match=r"needs one of these names; rename one"):
        put(tables, pd.DataFrame({name: [2, 1] for name in names}), "daily", "a")
    assert get(tables, "daily", "a")["n"].tolist() == [1]
