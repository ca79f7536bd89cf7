"""What a selection is resolved on: graphs, definitions, repositories, lists of assets; names that are not there."""

from __future__ import annotations

import warnings
from typing import Any

import dagster as reference
import pytest

import notebook_assets as here
from notebook_assets import (
    AssetCheckKey,
    AssetKey,
    AssetSelection,
    AssetSpec,
    Definitions,
    asset,
    asset_check,
    repository,
)
from notebook_assets.errors import InvalidSelectionError, UnknownAssetError


@asset(group_name="raw")
def one() -> int:
    return 1


@asset
def two(one: int) -> int:
    return one + 1


@asset_check(asset=two)
def positive(two: int) -> here.AssetCheckResult:
    return here.AssetCheckResult(passed=two > 0)


@repository
def repo() -> list[Any]:
    return [one, two, positive]


EVERYTHING = Definitions([one, two], asset_checks=[positive])


@pytest.mark.parametrize(
    "assets", [[one, two, positive], (two, one, positive), EVERYTHING, EVERYTHING.resolve_asset_graph(), repo]
)
def test_a_selection_resolves_on_whatever_has_assets(assets: Any) -> None:
    assert AssetSelection.groups("raw").downstream().resolve(assets) == {one.key, two.key}
    assert AssetSelection.all().resolve_checks(assets) == {AssetCheckKey(two.key, "positive")}


def test_a_list_need_not_hold_what_its_assets_depend_on() -> None:
    assert AssetSelection.all().resolve([two]) == {two.key}
    assert AssetSelection.all(include_sources=True).resolve([two]) == {one.key, two.key}
    assert AssetSelection.assets("three").upstream_source_assets().resolve([AssetSpec("three", deps=["x"])]) >= {
        AssetKey("x")
    }


@pytest.mark.parametrize("wrong", [3, "two", None, [one, 3], {"one": one}])
def test_what_has_no_assets_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidSelectionError, match="A selection is resolved on"):
        AssetSelection.all().resolve(wrong)


@pytest.mark.parametrize(
    "make",
    [
        lambda s: s.assets("one", "five"),
        lambda s: s.assets("five"),
        lambda s: s.assets("five").upstream() | s.assets("two"),
        lambda s: s.all() - s.assets("five"),
        lambda s: s.all() & s.assets("five", "two"),
        lambda s: s.assets("five", "one").downstream(include_self=False).roots(),
    ],
)
def test_names_that_are_not_there_are_passed_over_where_that_is_asked_for(make: Any) -> None:
    with pytest.raises(UnknownAssetError, match="There is no asset 'five'"):
        make(AssetSelection).resolve(EVERYTHING)

    @reference.asset(group_name="raw", name="one")
    def first() -> None: ...

    @reference.asset(name="two")
    def second(one: Any) -> None: ...

    theirs = make(reference.AssetSelection).resolve([first, second], allow_missing=True)
    found = make(AssetSelection).resolve(EVERYTHING, allow_missing=True)
    assert {key.to_user_string() for key in found} == {key.to_user_string() for key in theirs}


def test_checks_that_are_not_there_are_passed_over_where_that_is_asked_for() -> None:
    missing = AssetSelection.checks(AssetCheckKey(two.key, "missing")) | AssetSelection.checks(positive)
    with pytest.raises(UnknownAssetError, match="two:missing"):
        missing.resolve_checks(EVERYTHING)
    assert missing.resolve_checks(EVERYTHING, allow_missing=True) == {AssetCheckKey(two.key, "positive")}


LEFT_OUT = {
    "needs_parentheses_when_operand": "how texts are put together inside",
    "operand_to_selection_str": "how texts are put together inside",
    "resolve_inner": "what resolve does inside",
    "resolve_checks_inner": "what resolve_checks does inside",
    "to_serializable_asset_selection": "for sending selections to a server",
}


def test_a_selection_has_all_public_methods_of_the_reference_but_those_that_are_not_for_people() -> None:
    theirs = {name for name in dir(reference.AssetSelection) if not name.startswith("_")}
    assert theirs - set(dir(AssetSelection)) == set(LEFT_OUT)


def test_what_the_reference_writes_is_written_the_same() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for package in (here, reference):
            select: Any = package.AssetSelection
            wanted = [
                select.all(include_sources=True),
                select.groups("g", "h", include_sources=True),
                select.key_substring("x"),
                select.assets("a").upstream(depth=2, include_self=False),
                select.assets("a").downstream() - select.groups("g"),
                select.tag("k", "v") | select.kind(None) & select.owner("team:x"),
                select.assets("a").roots().sinks(),
            ]
            texts = [selection.to_selection_str() for selection in wanted]
            assert texts == [
                "*",
                'group:"g" or group:"h"',
                'key_substring:"x"',
                '2+key:"a" and not key:"a"',
                'key:"a"+ and not group:"g"',
                'tag:"k"="v" or (kind:<null> and owner:"team:x")',
                'sinks(roots(key:"a"))',
            ]
