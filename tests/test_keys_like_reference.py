"""Asset keys beside the reference: what becomes which key, what is refused, and what else is asked of them."""

from __future__ import annotations

from typing import Any

import dagster
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notebook_assets
from notebook_assets import AssetKey, AssetSelection, Definitions, InvalidDefinitionError

PARTS = st.lists(st.text("ab/\\-._ é1", min_size=1, max_size=4), min_size=1, max_size=3)
TEXTS = st.text("ab/\\", max_size=6)


def told(library: Any, ask: Any) -> Any:
    """Return what an expression over a library's AssetKey gives, keys as their parts; or that it is refused."""
    try:
        found = ask(library.AssetKey)
    except Exception:  # the libraries have errors of their own
        return "refused"
    return found.path if isinstance(found, library.AssetKey) else found


def same(ask: Any) -> None:
    assert told(notebook_assets, ask) == told(dagster, ask)


@given(PARTS)
def test_what_is_asked_of_a_key(parts: list[str]) -> None:
    same(lambda key: key(parts).to_user_string())
    same(lambda key: key(parts).to_escaped_user_string())
    same(lambda key: key(parts).to_python_identifier())
    same(lambda key: key(parts).to_python_identifier("it"))
    same(lambda key: key(parts).to_string())
    same(lambda key: key.from_db_string(key(parts).to_string()))
    same(lambda key: key.from_escaped_user_string(key(parts).to_escaped_user_string()))
    same(lambda key: repr(key(parts)))
    same(lambda key: key(parts).parts)


@given(PARTS, PARTS)
def test_two_keys(one: list[str], other: list[str]) -> None:
    same(lambda key: key(one) == key(other))
    same(lambda key: [key(one) < key(other), key(one) <= key(other), key(one) > key(other), key(one) >= key(other)])
    same(lambda key: key(one).has_prefix(other))
    same(lambda key: key(one).has_prefix(one[:1]))
    same(lambda key: key(one).with_prefix(other))
    same(lambda key: key(one).with_prefix("p"))


@given(TEXTS)
def test_texts_as_keys(text: str) -> None:
    """An empty part is refused here, where the reference keeps it."""
    for ask in (lambda key: key.from_user_string(text), lambda key: key.from_escaped_user_string(text)):
        theirs = told(dagster, ask)
        assert told(notebook_assets, ask) == ("refused" if "" in theirs or not theirs else theirs)


@pytest.mark.parametrize(
    "value",
    [
        "a", "a/b", ["a", "b"], ("a", "b"), ["a/b"], 3, None, {"a"}, {"a": 1}, iter(["a"]), ["a", 1], [["a"]], b"a",
        1.5, object(), [None],
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["from_coercible", "from_coercible_or_definition", "__call__"])
def test_what_may_be_written_for_a_key(value: Any, way: str) -> None:
    same(lambda key: key(value) if way == "__call__" else getattr(key, way)(value))


def test_definitions_stand_for_their_keys() -> None:
    def of(library: Any) -> list[Any]:
        defined = [library.SourceAsset("q"), library.asset(name="z", key_prefix="p")(lambda: 1), library.AssetKey("k")]
        return [library.AssetKey.from_coercible_or_definition(each).path for each in defined]

    assert of(notebook_assets) == of(dagster) == [["q"], ["p", "z"], ["k"]]


@pytest.mark.parametrize("empty", ["", [], ["a", ""], [""]])
def test_keys_with_empty_parts_are_refused_only_here(empty: Any) -> None:
    dagster.AssetKey(empty)
    with pytest.raises(InvalidDefinitionError):
        AssetKey(empty)


def test_a_string_is_one_part_of_a_prefix() -> None:
    """The reference compares it letter by letter with the parts, or not at all."""
    assert AssetKey(["ab", "c"]).has_prefix("ab")
    assert not AssetKey(["a", "b"]).has_prefix("ab")
    assert not dagster.AssetKey(["ab", "c"]).has_prefix("ab")


def test_a_text_with_a_slash_is_two_parts_in_a_selection_and_one_as_a_key() -> None:
    """As in the reference: a selection reads what a person types, a coercion takes what it is given."""
    for library in (notebook_assets, dagster):
        assert library.AssetKey.from_coercible("a/b").path == ["a/b"]
    theirs = dagster.AssetSelection.assets("a/b").resolve([dagster.asset(key=["a", "b"])(lambda: 1)])
    graph = Definitions([notebook_assets.asset(key=["a", "b"])(lambda: 1)]).graph
    ours = AssetSelection.assets("a/b").resolve(graph)
    assert [key.path for key in ours] == [key.path for key in theirs] == [["a", "b"]]
