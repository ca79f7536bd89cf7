"""Selections of many parts inside each other: they work, or are refused in words."""

from __future__ import annotations

from collections.abc import Callable

import dagster
import pytest

from notebook_assets import AssetKey, AssetSelection, asset
from notebook_assets.errors import InvalidSelectionError

ALL = AssetSelection.all()
A, B = (asset(name=name)(lambda: 1) for name in "ab")
STEPS: dict[str, Callable[[AssetSelection], AssetSelection]] = {
    "taken from all": lambda found: ALL - found,
    "taken from all, or one": lambda found: (ALL - found) | AssetSelection.assets("a"),
    "upstream of it": lambda found: found.upstream(),
    "roots of either": lambda found: (found | ALL).roots() & ALL,
}


@pytest.mark.parametrize(
    "text",
    ["(" * 5_000 + "a" + ")" * 5_000, "not " * 5_000 + "a", "roots(" * 3_000 + "a" + ")" * 3_000, "(" * 5_000],
    ids=["brackets", "not", "roots", "unclosed"],
)
def test_a_text_of_thousands_of_layers_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidSelectionError, match="more than 100 parts inside each other"):
        AssetSelection.from_string(text)


@pytest.mark.parametrize("text", ["(" * 50 + "a" + ")" * 50, "not " * 50 + "a", "+" * 5_000 + "a"])
def test_many_layers_work(text: str) -> None:
    assert AssetSelection.from_string(text).resolve([A, B]) == {AssetKey("a")}


@pytest.mark.parametrize("name", STEPS)
def test_what_operators_build_works_until_it_is_refused_in_words(name: str) -> None:
    found, error = AssetSelection.assets("a"), None
    while error is None:
        try:
            found = STEPS[name](found)
        except InvalidSelectionError as refused:
            error = refused
    assert "more than 100 parts inside each other" in str(error)
    assert found.resolve([A, B]) <= {AssetKey("a"), AssetKey("b")}
    assert found == AssetSelection(found.expression)
    assert len({found, AssetSelection(found.expression)}) == 1
    assert found.to_string()
    assert found.resolve_checks([A, B]) == set()


def test_any_number_of_assets_may_be_taken_away_or_added_one_by_one() -> None:
    many = [asset(name=f"n{number}")(lambda: 1) for number in range(600)]
    left, more = ALL, AssetSelection.assets("n0")
    for each in many[1:]:
        left, more = left - AssetSelection.assets(each), more | AssetSelection.assets(each)
    assert left.resolve(many) == {AssetKey("n0")}
    assert AssetSelection.from_string(left.to_string()).resolve(many) == {AssetKey("n0")}
    assert len(more.resolve(many)) == 600


def test_a_tag_is_called_null_as_in_the_reference() -> None:
    for found in (AssetSelection, dagster.AssetSelection):
        assert str(found.from_string("tag:<null>")) == 'tag:"<null>"'
