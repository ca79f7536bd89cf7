"""Frames come back the very same: from Parquet where it can, from a pickle where it can't."""

from __future__ import annotations

import datetime
import decimal
import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import pandas as frames_of

from notebook_assets.store.formats import decode, encode
from notebook_assets.store.frame_exact import frames_are_same

HOURS = pd.date_range("2013-03-10", periods=3, freq="h", tz="America/New_York")
THREE = {"temp": [1.5, np.nan, -0.0], "origin": ["EWR", None, "🐍"], "n": [1, 2, 3]}


def typed(dtype: Any, values: Any = (1, 0, 1)) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.array(values, dtype=dtype)})


IN_PARQUET = {
    "floats, text and integers": pd.DataFrame(THREE),
    "a slice of a range index": pd.DataFrame(THREE).iloc[1:],
    "a named range": pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(4, 0, -2, name="back")),
    "no rows": pd.DataFrame(THREE).iloc[:0],
    "hours with a frequency and a time zone": pd.DataFrame({"a": [1, 2, 3]}, index=HOURS),
    "a column in a time zone": pd.DataFrame({"a": HOURS}),
    "two index levels": pd.DataFrame(THREE).set_index(["origin", "n"]),
    "an index that is named as a column": pd.DataFrame({"a": [1, 2]}, index=pd.Index([3, 4], name="a")),
    "a named column index": pd.DataFrame([[1]], columns=pd.Index(["a"], name="names")),
    "columns that are a range": pd.DataFrame([[1, 2]]),
    "two column levels": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
    "categories with unused ones in an order": pd.DataFrame(
        {"c": pd.Categorical(["b", None], ["z", "b", "a"], ordered=True)}
    ),
    "a categorical index": pd.DataFrame({"a": [1]}, index=pd.CategoricalIndex(["x"], ["y", "x"])),
    "nullable small integers": typed("Int16", [1, None, 3]),
    "nullable booleans": typed("boolean", [True, None, False]),
    "nullable floats": typed("Float64", [1.5, None, 0.0]),
    "unsigned": typed("uint64", [2**64 - 1, 0, 1]),
    "half floats": typed("float16"),
    "milliseconds": typed("datetime64[ms]"),
    "nanoseconds": typed("datetime64[ns]", [1, 0, 2**62]),
    "differences of time": typed("timedelta64[s]"),
    "dates": pd.DataFrame({"a": [datetime.date(2013, 1, 1), None]}),
    "periods": pd.DataFrame({"a": pd.period_range("2013", periods=2, freq="M")}),
}
IN_PICKLE = {
    "two columns of one name": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "column names of mixed types": pd.DataFrame([[1, 2]], columns=[1, "a"]),
    "categories that are numbers": pd.DataFrame({"c": pd.Categorical([2, 3], [3, 2])}),
    "lists": pd.DataFrame({"a": [[1], [2]]}),
    "mixed objects": pd.DataFrame({"a": pd.Series([1, "x"], dtype=object)}),
    "None beside NaN": pd.DataFrame({"a": pd.Series([None, np.nan, "x"], dtype=object)}),
    "decimals of unlike precision": pd.DataFrame({"a": [decimal.Decimal("1.0"), decimal.Decimal("1.00")]}),
    "complex numbers": typed("complex128"),
    "sparse": pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])}),
    "no columns": pd.DataFrame(index=range(3)),
}


def round_trip(value: Any) -> tuple[str, Any]:
    encoded = encode(value, "a test")
    return encoded.format, decode(encoded.format, encoded.data, "a test")


def assert_same(back: pd.DataFrame, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_index_type="exact", check_column_type="exact")
    assert list(map(repr, back.dtypes)) == list(map(repr, frame.dtypes))
    assert list(back.index.names) == list(frame.index.names)
    assert getattr(back.index, "freq", None) == getattr(frame.index, "freq", None)


@pytest.mark.parametrize("name", IN_PARQUET)
def test_parquet_gives_back(name: str) -> None:
    for _ in range(2):  # the first frame of a layout makes the plan, the second uses it
        form, back = round_trip(IN_PARQUET[name])
        assert form == "parquet"
        assert_same(back, IN_PARQUET[name])


@pytest.mark.parametrize("name", IN_PICKLE)
def test_what_parquet_would_change_is_pickled(name: str) -> None:
    for _ in range(2):
        form, back = round_trip(IN_PICKLE[name])
        assert form == "pickle"
        pd.testing.assert_frame_equal(back, IN_PICKLE[name])


def test_attributes_of_a_frame_are_kept() -> None:
    frame = pd.DataFrame(THREE)
    frame.attrs["source"] = "a test"
    form, back = round_trip(frame)
    assert (form, back.attrs) == ("pickle", {"source": "a test"})


@pytest.mark.parametrize("name", [None, "temp", "value", ""])
def test_a_series_comes_back_with_its_name_and_index(name: str | None) -> None:
    series = pd.Series([1.5, 2.5, 3.5], index=HOURS, name=name)
    form, back = round_trip(series)
    assert form == "parquet"
    pd.testing.assert_series_equal(back, series)


def test_a_plan_is_not_used_for_a_frame_of_another_layout() -> None:
    """The same column names with other dtypes, other categories or another index."""
    ones = [
        pd.DataFrame({"a": [1]}),
        pd.DataFrame({"a": [1.0]}),
        pd.DataFrame({"a": ["1"]}),
        pd.DataFrame({"a": pd.Categorical(["x"], ["x"])}),
        pd.DataFrame({"a": pd.Categorical(["x"], ["y", "x"])}),
        pd.DataFrame({"a": pd.Categorical(["x"], ["x", "y"])}),
        pd.DataFrame({"a": [1]}, index=pd.Index([5])),
        pd.DataFrame({"a": [1]}, index=pd.Index([5], name="i")),
        pd.DataFrame({"a": [1]}, index=pd.Index(["5"], name="i")),
        pd.DataFrame({"a": [1]}, index=pd.RangeIndex(7, 8)),
    ]
    for frame in ones + ones[::-1]:
        assert_same(round_trip(frame)[1], frame)


@given(
    frames_of.data_frames(
        columns=[
            frames_of.column("i", dtype="int64"),
            frames_of.column("f", dtype="float64"),
            frames_of.column("b", dtype="bool"),
            frames_of.column("t", dtype="datetime64[ns]"),
        ]
    ),
    st.lists(st.none() | st.text(), min_size=1),
)
@settings(max_examples=60, deadline=None)
def test_any_frame_of_plain_columns_comes_back(frame: pd.DataFrame, texts: list[str | None]) -> None:
    frame = frame.assign(s=pd.Series((texts * len(frame))[: len(frame)], index=frame.index, dtype="str"))
    assert_same(round_trip(frame)[1], frame)


def test_a_loaded_frame_may_be_changed() -> None:
    for frame in (pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame(THREE), pd.DataFrame({"a": HOURS})):
        back = round_trip(frame)[1]
        back.iloc[0, 0] = back.iloc[1, 0]
        back.loc[2, "new"] = 1
        back.columns = [*back.columns[:-1], "newer"]


def test_loaded_frames_share_nothing() -> None:
    encoded = encode(pd.DataFrame(THREE), "a test")
    first, second, third = (decode("parquet", encoded.data, "a test") for _ in range(3))
    first.columns.name = "names"
    second.index.name = "rows"
    second.iloc[:, 2] = 9
    assert_same(third, pd.DataFrame(THREE))
    assert_same(decode("parquet", encoded.data, "a test"), pd.DataFrame(THREE))


def test_other_readers_see_the_same_frame_and_no_index_column() -> None:
    frame = pd.DataFrame(THREE)
    data = encode(frame, "a test").data
    assert_same(pd.read_parquet(io.BytesIO(data)), frame)
    assert pq.read_table(io.BytesIO(data)).column_names == ["temp", "origin", "n"]


def test_a_large_frame_is_compressed_and_the_same() -> None:
    frame = pd.DataFrame({"n": np.arange(200_000) % 7, "c": pd.Categorical(["EWR", "JFK"] * 100_000, ["JFK", "EWR"])})
    encoded = encode(frame, "a test")
    assert len(encoded.data) < frame.memory_usage().sum() / 5
    assert_same(decode("parquet", encoded.data, "a test"), frame)


def test_the_same_frame_has_the_same_digest() -> None:
    assert encode(pd.DataFrame(THREE), "x").digest == encode(pd.DataFrame(THREE).copy(), "x").digest


def test_sameness_tells_apart_what_pandas_calls_equal() -> None:
    texts = pd.Series(["x", None], dtype=object)
    assert not frames_are_same(pd.DataFrame({"a": texts}), pd.DataFrame({"a": texts.fillna(np.nan)}))
    assert not frames_are_same(typed("string[python]", ["x"]), typed("string[pyarrow]", ["x"]))
    assert not frames_are_same(pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]}, index=pd.Index([0])))
