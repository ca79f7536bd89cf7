"""Which checks a selection chooses, as in the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dagster as reference
import pytest

import notebook_assets as here
from notebook_assets.assets import AssetGraph
from notebook_assets.errors import InvalidSelectionError, UnknownAssetError


def definitions(package: Any) -> tuple[list[Any], list[Any]]:
    @package.asset(check_specs=[package.AssetCheckSpec("own", asset="a")])
    def a():  # type: ignore[no-untyped-def]  # the reference wants a tuple where there are checks
        ...

    @package.asset(group_name="more")
    def b(a: Any) -> None: ...

    @package.asset(group_name="more")
    def c(b: Any) -> None: ...

    @package.asset_check(asset=a)
    def first() -> None: ...

    @package.asset_check(asset=b)
    def second() -> None: ...

    @package.asset_check(asset=c, additional_deps=["a"])
    def third() -> None: ...

    return [a, b, c], [first, second, third]


CASES: dict[str, Callable[[Any, list[Any], list[Any]], Any]] = {
    "all": lambda s, _, __: s.all(),
    "all without checks": lambda s, _, __: s.all().without_checks(),
    "all checks": lambda s, _, __: s.all_asset_checks(),
    "assets bring theirs": lambda s, assets, _: s.assets(assets[0]),
    "a group without its checks": lambda s, _, __: s.groups("more") - s.all_asset_checks(),
    "those of some assets": lambda s, assets, _: s.checks_for_assets(*assets[1:]),
    "those of a name": lambda s, _, __: s.checks_for_assets("a"),
    "one check": lambda s, _, checks: s.checks(checks[1]),
    "an asset and a check": lambda s, _, checks: s.assets("a").without_checks() | s.checks(checks[1]),
    "without one check": lambda s, _, checks: s.all() - s.checks(checks[1]),
    "checks of both": lambda s, assets, _: s.checks_for_assets(*assets[:2]) & s.checks_for_assets(*assets[1:]),
    "upstream brings its checks": lambda s, _, __: s.assets("b").upstream(),
    "downstream of what has none": lambda s, _, __: s.assets("a").without_checks().downstream(),
    "roots": lambda s, _, __: s.all().roots(),
    "roots without checks": lambda s, _, __: s.groups("more").without_checks().roots() | s.assets("a"),
    "checks of an asset that is left out": lambda s, assets, _: s.checks_for_assets(assets[0]) | s.assets("c"),
    "several named checks": lambda s, _, checks: s.checks(checks[0], checks[2]) & s.all(),
    "checks of no asset": lambda s, _, __: s.checks_for_assets() | s.checks(),
    "all but an asset": lambda s, _, __: s.all() - s.assets("b"),
}


@pytest.mark.parametrize("case", CASES)
def test_assets_and_checks_that_are_selected_are_those_of_the_reference(case: str) -> None:
    assets, checks = definitions(here)
    graph = AssetGraph([*assets, *checks])
    selection = CASES[case](here.AssetSelection, assets, checks)
    found = {key.to_user_string() for key in selection.resolve_checks(graph)}
    theirs, their_checks = definitions(reference)
    their_graph = reference.Definitions(assets=theirs, asset_checks=their_checks).resolve_asset_graph()
    wanted = CASES[case](reference.AssetSelection, theirs, their_checks)
    assert found == {key.to_user_string() for key in wanted.resolve_checks(their_graph)}
    again = here.AssetSelection.from_string(str(selection))
    assert (again.resolve_checks(graph), str(again)) == (selection.resolve_checks(graph), str(selection))
    assert again.resolve(graph) == selection.resolve(graph)
    kept = {key.to_user_string() for key in selection.resolve(graph)}
    assert kept == {key.to_user_string() for key in wanted.resolve(their_graph)}


def test_a_check_that_is_not_there_is_an_error_with_near_matches() -> None:
    assets, checks = definitions(here)
    selection = here.AssetSelection.checks(here.AssetCheckKey(here.AssetKey("a"), "frist"))
    with pytest.raises(UnknownAssetError, match=r"There is no check 'a:frist'.*'a:first'"):
        selection.resolve_checks(AssetGraph([*assets, *checks]))


def test_what_is_no_check_is_refused() -> None:
    with pytest.raises(InvalidSelectionError, match=r"takes checks .*; got 'first'"):
        here.AssetSelection.checks("first")


def test_selections_of_checks_are_written_such_that_they_are_read_again() -> None:
    select = here.AssetSelection
    odd = here.AssetCheckKey(here.AssetKey(['a "b"', "c/d", "e, f"]), 'x: "y"')
    written = {
        select.checks(odd): r'checks("a \"b\"/c\\/d/e, f":"x: \"y\"")',
        select.checks_for_assets("raw/a", "b"): 'checks_for_assets("raw/a", "b")',
        select.all_asset_checks(): "all_asset_checks()",
        select.groups("g").without_checks(): 'without_checks(group:"g")',
        select.all_asset_checks() - select.checks(odd): None,
    }
    for selection, text in written.items():
        assert text in (None, str(selection))
        assert select.from_string(str(selection)) == selection


def test_what_is_given_to_a_selection_may_be_a_check() -> None:
    _, checks = definitions(here)
    wanted = here.AssetSelection.checks(checks[0])
    assert here.AssetSelection.from_coercible(checks[0]) == wanted
    assert here.AssetSelection.from_coercible([checks[0], "a"]) == wanted | here.AssetSelection.from_string("a")
    assert here.AssetSelection.assets(checks[0]) == here.AssetSelection.assets()
