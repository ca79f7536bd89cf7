"""The format of a value follows its type, and gives back exactly that value."""

from __future__ import annotations

import collections
import enum
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.errors import BrokenValueError, UnsupportedValueError
from notebook_assets.store.formats import decode, encode


class Colour(enum.IntEnum):
    RED = 1


FORMATS = [
    (None, "json"),
    (True, "json"),
    (3, "json"),
    (-0.0, "json"),
    (1e300, "json"),
    ([1, [2.5, None], {"a": "é🐍"}], "json"),
    ({"b": 1, "a": [True]}, "json"),
    ("", "text"),
    ("a\r\nb\x00", "text"),
    (b"\x00\xff", "bytes"),
    ((1, 2), "pickle"),
    ([(1, 2)], "pickle"),
    ({1: 2}, "pickle"),
    ({"a": {1: 2}}, "pickle"),
    (math.inf, "pickle"),
    ([math.inf], "pickle"),
    ("\ud800", "pickle"),
    (["\ud800"], "pickle"),
    ([Colour.RED], "pickle"),
    (Colour.RED, "pickle"),
    (collections.OrderedDict(a=1), "pickle"),
    (bytearray(b"x"), "pickle"),
    ({1, 2}, "pickle"),
    (Fraction(1, 3), "pickle"),
    (np.float64(1.5), "npy-scalar"),
    (np.arange(6).reshape(2, 3), "npy"),
    (np.asfortranarray(np.eye(3)), "npy"),
    (np.array(5), "npy"),
    (np.array(["2013-01-01"], "datetime64[ns]"), "npy"),
    (np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), "npy"),
    (np.array([object]), "pickle"),
    (np.ma.masked_array([1, 2], [0, 1]), "pickle"),
    (pd.DataFrame({"n": [1]}), "parquet"),
    (pd.Series([1.0], name="n"), "parquet"),
    (pd.Timestamp("2013-01-01", tz="UTC"), "pickle"),
]


@pytest.mark.parametrize(("value", "expected"), FORMATS, ids=range(len(FORMATS)))
def test_the_format_follows_the_type(value: Any, expected: str) -> None:
    encoded = encode(value, "a test")
    assert encoded.format == expected
    back = decode(encoded.format, encoded.data, "a test")
    assert type(back) is type(value)
    assert repr(back) == repr(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
    max_leaves=20,
)


@given(plain)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    encoded = encode(value, "a test")
    assert repr(decode(encoded.format, encoded.data, "a test")) == repr(value)


def test_a_list_that_holds_itself_is_kept() -> None:
    value: list[Any] = []
    value.append(value)
    encoded = encode(value, "a test")
    back = decode(encoded.format, encoded.data, "a test")
    assert back[0] is back


def test_an_integer_too_long_for_text_is_kept() -> None:
    encoded = encode([10**5000], "a test")
    assert decode(encoded.format, encoded.data, "a test") == [10**5000]


def test_equal_bytes_of_different_formats_have_different_digests() -> None:
    assert encode(1, "x").digest != encode("1", "x").digest != encode(b"1", "x").digest


def test_a_value_that_nothing_keeps_names_asset_type_and_remedy() -> None:
    with pytest.raises(UnsupportedValueError, match=r"value of daily\[x\], of type function, can't be stored.*IO man"):
        encode(lambda: 1, "daily[x]")


def test_bytes_of_an_unknown_format_are_an_error() -> None:
    with pytest.raises(BrokenValueError, match="format 'feather'; known are json"):
        decode("feather", b"", "daily")


@pytest.mark.parametrize("form", ["json", "text", "npy", "parquet", "pickle"])
def test_bytes_that_can_not_be_read_are_an_error(form: str) -> None:
    with pytest.raises(BrokenValueError, match=f"daily can't be read as {form}"):
        decode(form, b"\xff\xfe", "daily")


def test_plain_values_load_neither_numpy_nor_pandas(start_python: Any) -> None:
    script = (
        "import sys; from notebook_assets.store import Instance\n"
        "with Instance.ephemeral() as i:\n"
        "    i.record_materialization('a', run_id=i.begin_run(), value=i.encode([1], 'a')); assert i.load('a') == [1]\n"
        "print({'numpy', 'pandas', 'pyarrow', 'sqlite_utils'} & set(sys.modules))"
    )
    process = start_python(script)
    out, err = process.communicate()
    assert out == "set()\n", err


@pytest.mark.parametrize(
    "value",
    [
        np.int64(3),
        np.uint8(255),
        np.float64(0.1),
        np.float32("nan"),
        np.float16(1.5),
        np.bool_(True),
        np.complex128(1 + 2j),
        np.datetime64("2013-01-01T05:00", "ns"),
        np.timedelta64(3, "D"),
    ],
    ids=repr,
)
def test_a_scalar_comes_back_as_the_very_type_without_a_pickle(value: Any) -> None:
    encoded = encode(value, "x")
    back = decode(encoded.format, encoded.data, "x")
    assert encoded.format == "npy-scalar"
    assert (type(back), back.dtype, back.tobytes()) == (type(value), value.dtype, value.tobytes())


@pytest.mark.parametrize("value", [np.str_("a"), np.bytes_(b"a"), np.array(3)], ids=repr)
def test_a_scalar_that_would_come_back_as_another_is_none(value: Any) -> None:
    encoded = encode(value, "x")
    back = decode(encoded.format, encoded.data, "x")
    assert type(back) is type(value)
    assert back == value
