"""Tables of a SQLiteIOManager that are read otherwise than written, changed by other programs, or hold odd numbers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    BrokenValueError,
    SQLiteIOManager,
    StaticPartitionsDefinition,
    StoreError,
    UnsupportedValueError,
    build_input_context,
    build_output_context,
)

PARTS = StaticPartitionsDefinition(["a", "b"])


def of(key: str = "daily", partition: str | None = None) -> dict[str, Any]:
    more = {} if partition is None else {"partition_key": partition, "asset_partitions_def": PARTS}
    return {"asset_key": key, **more}


@pytest.fixture
def tables(tmp_path: Path) -> SQLiteIOManager:
    return SQLiteIOManager(database=str(tmp_path / "tables.db"))


def put(tables: SQLiteIOManager, value: Any, *where: Any) -> None:
    tables.handle_output(build_output_context(**of(*where)), value)


def get(tables: SQLiteIOManager, *where: Any) -> Any:
    return tables.load_input(build_input_context(**of(*where)))


def test_another_partition_column_is_told(tables: SQLiteIOManager) -> None:
    put(tables, pd.DataFrame({"city": ["x"]}, index=pd.Index(["i"], name="k")), "daily", "a")
    for name, told in (("part", r"has no column 'part'; it has 'partition', 'k', 'city'"), ("city", "has values in")):
        other = SQLiteIOManager(database=tables.database, partition_column=name)
        with pytest.raises(StoreError, match=f"The table 'daily' in .* {told}.*partition_column= with which"):
            get(other, "daily", "a")
    other = SQLiteIOManager(database=tables.database, partition_column="part")
    with pytest.raises(StoreError, match=r"has no column 'part'"):
        put(other, pd.DataFrame({"city": ["y"]}), "daily", "a")
    assert get(tables, "daily", "a")["city"].tolist() == ["x"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE daily RENAME COLUMN city TO town", r"has no column 'city' any more; it has 'town', 'n'"),
        ("ALTER TABLE daily RENAME COLUMN n TO m", r"has no column 'n' any more"),
        ("INSERT INTO daily VALUES ('z', 3)", r"'daily' in .*are no such frame"),
        ("DELETE FROM daily", r"'daily' in .*are no such frame"),
        ("UPDATE daily SET n = 'text'", r"'daily' in .*are no such frame"),
        ("UPDATE daily SET n = NULL", r"'daily' in .*are no such frame"),
    ],
)
def test_what_another_program_changed_is_told(tables: SQLiteIOManager, statement: str, told: str) -> None:
    put(tables, pd.DataFrame({"city": ["x", "y"], "n": [1, 2]}))
    with closing(sqlite3.connect(tables.database)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(BrokenValueError, match=told):
        get(tables)


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64"])
@pytest.mark.parametrize("first", [1, 0.5])
def test_minus_zero_keeps_its_sign(tables: SQLiteIOManager, dtype: Any, first: float) -> None:
    values = pd.Series(pd.array([-0.0, 0.0, None, 2.0], dtype="Float64")).astype(dtype)
    put(tables, pd.DataFrame({"n": [first]}), "daily", "a")
    put(tables, pd.DataFrame({"n": values}), "daily", "b")
    back = get(tables, "daily", "b")["n"]
    assert str(back.dtype) == dtype
    assert [np.signbit(value) for value in back.dropna()] == [True, False, False]


@pytest.mark.parametrize(
    "values", [np.array([1, 2**63], "uint64"), pd.array([None, 2**64 - 1], "UInt64"), np.array([2**70], object)]
)
def test_whole_numbers_that_are_too_large_are_refused(tables: SQLiteIOManager, values: Any) -> None:
    with pytest.raises(UnsupportedValueError, match=r"The column 'n' of daily holds \d+, which is no whole number of"):
        put(tables, pd.DataFrame({"n": values}))
    put(tables, pd.DataFrame({"n": np.array([2**63 - 1], "uint64")}))
    assert get(tables)["n"].tolist() == [2**63 - 1]
