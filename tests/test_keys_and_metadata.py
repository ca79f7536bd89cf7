"""Asset keys, metadata values, lazy modules, states, and near matches in errors."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets import AssetKey, InvalidDefinitionError, MetadataValue, PieceState, UnknownAssetError
from notebook_assets.errors import NotebookAssetsError, did_you_mean, near_matches
from notebook_assets.lazy import lazy_module
from notebook_assets.metadata import kind_named, metadata_from_json, metadata_to_json, normalize_metadata

WRITABLE = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029")
PARTS = st.lists(st.text(WRITABLE, min_size=1), min_size=1, max_size=4)


@given(PARTS)
def test_keys_survive_text_and_pickle(parts: list[str]) -> None:
    """Nothing is lost on the way to an escaped string, or to another process, and back."""
    key = AssetKey(parts)
    assert AssetKey.from_escaped_user_string(key.to_escaped_user_string()) == key
    assert pickle.loads(pickle.dumps(key)) == key
    assert hash(AssetKey(tuple(parts))) == hash(key)
    assert key.path == parts


@given(PARTS, PARTS)
def test_escaped_strings_of_two_keys_differ(one: list[str], other: list[str]) -> None:
    same = AssetKey(one).to_escaped_user_string() == AssetKey(other).to_escaped_user_string()
    assert same == (one == other)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", "string of some length; got ''"),
        ([], r"with at least one part; got \[\]"),
        (3, "a string or a list of strings with at least one part; got 3"),
        (["a", 3], r"Each part of an asset key is a string of some length; got \['a', 3\]"),
        (["a", ""], r"string of some length"),
        ("a\nb", r"can't hold control characters; got 'a\\nb'"),
        ("a\ud800", r"can't hold control characters"),
    ],
)
def test_wrong_keys(path: Any, text: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=text):
        AssetKey(path)


def test_what_a_key_can_do() -> None:
    key = AssetKey(["a", "b"])
    assert (key.name, str(key), key.to_python_identifier(), repr(key)) == ("b", "a/b", "a__b", "AssetKey(['a', 'b'])")
    assert AssetKey.from_user_string("a/b") == key == AssetKey.from_coercible(["a", "b"])
    assert AssetKey.from_coercible(key) is key
    assert AssetKey("a/b") != key
    assert key.has_prefix(["a"])
    assert not key.has_prefix(["b"])
    assert AssetKey("b").with_prefix("a") == key
    assert sorted([key, AssetKey("a")]) == [AssetKey("a"), key]
    with pytest.raises(AttributeError, match="An asset key can't be changed: tried to set 'parts'"):
        key.parts = ("c",)
    with pytest.raises(TypeError):
        _ = key < "a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", MetadataValue.text("text")),
        (3, MetadataValue.int(3)),
        (True, MetadataValue.bool(True)),
        (2.5, MetadataValue.float(2.5)),
        (None, MetadataValue.null()),
        (np.int64(3), MetadataValue.int(3)),
        (np.float32(0.5), MetadataValue.float(0.5)),
        (np.bool_(True), MetadataValue.bool(True)),
        ({"a": [1, float("nan")]}, MetadataValue.json({"a": [1, "NaN"]})),
        ((1, 2), MetadataValue.json([1, 2])),
        (Path("a") / "b", MetadataValue.path(str(Path("a") / "b"))),
        (datetime(2024, 1, 1, tzinfo=UTC), MetadataValue.timestamp(1704067200.0)),
        (pd.Timestamp("2024-01-01", tz="UTC"), MetadataValue.timestamp(1704067200.0)),
        (date(2024, 1, 1), MetadataValue.text("2024-01-01")),
        (AssetKey(["a", "b"]), MetadataValue.asset(["a", "b"])),
        (MetadataValue.md("*a*"), MetadataValue.md("*a*")),
        (MetadataValue.url("https://a"), MetadataValue.url("https://a")),
        (MetadataValue.timestamp(5), MetadataValue.timestamp(5.0)),
    ],
)
def test_plain_values_become_metadata_and_survive_the_store(value: Any, expected: MetadataValue) -> None:
    found = normalize_metadata({"x": value})
    assert found == {"x": expected}
    assert metadata_from_json(metadata_to_json(found)) == found


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), 1e300, 0.1])
def test_numbers_that_json_lacks_survive(number: float) -> None:
    assert metadata_from_json(metadata_to_json(normalize_metadata({"x": number})))["x"].value == number


def test_json_metadata_is_a_copy() -> None:
    given_list = [1]
    found = normalize_metadata({"x": given_list})
    given_list.append(2)
    assert found["x"].value == [1]


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({1: "a"}, "The names in the metadata of x are strings; got 1"),
        ({"a": object()}, "metadata of x 'a' is of type object, which metadata can't keep; give text, a number"),
        ({"a": [object()]}, "metadata of x 'a' can't be kept as JSON"),
        ({"a": datetime(2024, 1, 1)}, "A timestamp needs a time zone; got"),
    ],
)
def test_what_metadata_can_not_keep(metadata: Any, text: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=text):
        normalize_metadata(metadata, "metadata of x")


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("make", "value", "text"),
    [
        (MetadataValue.float, pd.NA, r"MetadataValue\.float takes a number; got <NA>"),
        (MetadataValue.float, None, "takes a number; got None"),
        (MetadataValue.float, "12 rows", "takes a number; got '12 rows'"),
        (MetadataValue.float, "1.5", "takes a number; got '1.5'"),
        pytest.param(MetadataValue.float, 10**400, "takes a number", id="too large"),
        (MetadataValue.int, "3", "takes a whole number; got '3'"),
        (MetadataValue.int, 1.5, "takes a whole number"),
        (MetadataValue.int, pd.NA, "takes a whole number"),
        pytest.param(MetadataValue.int, 10**5000, "takes a whole number; got an object of type int", id="too long"),
        (MetadataValue.bool, pd.NA, "takes True or False"),
        (MetadataValue.bool, "yes", "takes True or False"),
        (MetadataValue.json, LOOP, "takes what JSON can hold.*Circular"),
        (MetadataValue.json, object(), "takes what JSON can hold"),
        (MetadataValue.path, 3, "takes a path"),
        (MetadataValue.timestamp, 1e300, "takes an aware datetime"),
        (MetadataValue.timestamp, float("nan"), "takes an aware datetime"),
        (MetadataValue.timestamp, "today", "takes an aware datetime"),
        (MetadataValue.asset, 3, "takes an asset key"),
        (kind_named, "colour", "one of the kinds .*text, int,.*got 'colour'"),
    ],
)
def test_a_metadata_value_is_checked_when_it_is_made(make: Any, value: Any, text: str) -> None:
    """So that what is wrong is told where it is written, and never gets into a store."""
    with pytest.raises(InvalidDefinitionError, match=text):
        make(value)


@pytest.mark.parametrize(
    ("make", "value", "expected"),
    [
        (MetadataValue.float, np.float32(0.5), 0.5),
        (MetadataValue.float, Decimal("1.5"), 1.5),
        (MetadataValue.float, 3, 3.0),
        (MetadataValue.int, np.int64(3), 3),
        (MetadataValue.bool, np.True_, True),
        (MetadataValue.json, (1, 2), [1, 2]),
        (MetadataValue.path, Path("a"), "a"),
        (MetadataValue.asset, "a", AssetKey("a")),
    ],
)
def test_a_metadata_value_is_kept_as_a_plain_one(make: Any, value: Any, expected: Any) -> None:
    kept = make(value).value
    assert (kept, type(kept)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": ["float", "<NA>"], "b": ["int", 1]}', {"a": MetadataValue.text("<NA>"), "b": MetadataValue.int(1)}),
        ('{"a": ["float", null]}', {"a": MetadataValue.text("null")}),
        ('{"a": ["colour", "red"]}', {"a": MetadataValue.text("red")}),
        ('{"a": [["int"], 3]}', {"a": MetadataValue.text("3")}),
        ('{"a": 3}', {"a": MetadataValue.text("3")}),
        ('{"a": ["asset", []]}', {"a": MetadataValue.text("[]")}),
        ("[1]", {"unreadable": MetadataValue.text("[1]")}),
        ("no json", {"unreadable": MetadataValue.text("no json")}),
    ],
)
def test_stored_metadata_that_can_not_be_read_is_text(text: str, expected: dict[str, MetadataValue]) -> None:
    assert metadata_from_json(text) == expected


def test_a_very_long_text_is_cut_in_the_middle() -> None:
    given = MetadataValue.text("head" + "y" * 1_000_000 + "tail")
    (kept,) = metadata_from_json(metadata_to_json({"t": given})).values()
    assert len(kept.value) < 70_000
    assert kept.value.startswith("headyyy")
    assert kept.value.endswith("yyytail")
    assert "[... 934,472 of 1,000,008 characters are left out ...]" in kept.value


def test_numbers_can_be_plotted() -> None:
    kinds = {value.kind for value in normalize_metadata(dict(enumerate_values())).values() if value.is_number}
    assert kinds == {"int", "float"}


def enumerate_values() -> list[tuple[str, Any]]:
    return [("a", 1), ("b", 1.5), ("c", True), ("d", "1"), ("e", None)]


def test_a_lazy_module_loads_at_its_first_use() -> None:
    sys.modules.pop("this_is_never_loaded", None)
    stand_in = lazy_module("this_is_never_loaded")
    assert repr(stand_in) == "<lazy module 'this_is_never_loaded'>"
    with pytest.raises(AttributeError):
        _ = stand_in.__wrapped__
    with pytest.raises(ModuleNotFoundError):
        _ = stand_in.anything
    assert lazy_module("json").dumps([1]) == "[1]"


@pytest.mark.parametrize("state", PieceState)
def test_only_materialized_and_stale_pieces_can_be_loaded(state: PieceState) -> None:
    assert state.is_there == (state.value in ("materialized", "stale"))


def test_near_matches_are_found_among_few_and_many() -> None:
    assert near_matches("Dayly", ["daily", "weekly"]) == ["daily"]
    assert did_you_mean("x", ["daily"]) == ""
    many = [f"{day:05}" for day in range(50_000)]
    assert near_matches("12x45", many)[0].startswith("12")


def test_an_unknown_asset_is_a_key_error_with_a_plain_message() -> None:
    error = UnknownAssetError("There is no asset 'a'.")
    assert str(error) == "There is no asset 'a'."
    assert isinstance(error, KeyError)
    assert isinstance(error, NotebookAssetsError)
    assert str(UnknownAssetError()) == ""
