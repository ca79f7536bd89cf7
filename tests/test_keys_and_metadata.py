"""Asset keys, metadata values, lazy modules, states, and near matches in errors."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, date, datetime
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
from notebook_assets.metadata import metadata_from_json, metadata_to_json, normalize_metadata

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
        ("text", MetadataValue("text", "text")),
        (3, MetadataValue("int", 3)),
        (True, MetadataValue("bool", True)),
        (2.5, MetadataValue("float", 2.5)),
        (None, MetadataValue("null", None)),
        (np.int64(3), MetadataValue("int", 3)),
        (np.float32(0.5), MetadataValue("float", 0.5)),
        (np.bool_(True), MetadataValue("bool", True)),
        ({"a": [1, float("nan")]}, MetadataValue("json", {"a": [1, "NaN"]})),
        ((1, 2), MetadataValue("json", [1, 2])),
        (Path("a") / "b", MetadataValue("path", str(Path("a") / "b"))),
        (datetime(2024, 1, 1, tzinfo=UTC), MetadataValue("timestamp", 1704067200.0)),
        (pd.Timestamp("2024-01-01", tz="UTC"), MetadataValue("timestamp", 1704067200.0)),
        (date(2024, 1, 1), MetadataValue("text", "2024-01-01")),
        (AssetKey(["a", "b"]), MetadataValue("asset", ["a", "b"])),
        (MetadataValue.md("*a*"), MetadataValue("md", "*a*")),
        (MetadataValue.url("https://a"), MetadataValue("url", "https://a")),
        (MetadataValue.timestamp(5), MetadataValue("timestamp", 5.0)),
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
