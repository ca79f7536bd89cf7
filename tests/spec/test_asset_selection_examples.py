"""Every example of the reference page on AssetSelection, resolved on a small graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetKey,
    AssetOut,
    AssetSelection,
    AssetSpec,
    Definitions,
    asset,
    asset_check,
    multi_asset,
)

my_assets_list = ["leads", "promotion"]
asset_key_list = [AssetKey(["a"]), AssetKey(["b"])]


@asset(group_name="marketing")
def leads(): ...


@asset(group_name="marketing")
def campaigns(leads): ...


@asset
def promotion(campaigns): ...


@asset
def a(): ...


@asset
def b(): ...


@asset
def asset1(): ...


@multi_asset(outs={"projections": AssetOut(), "forecast": AssetOut()})
def plans():
    return 1, 2


@asset_check(asset=leads)
def my_asset_check():
    return AssetCheckResult(passed=True)


GRAPH = Definitions(
    [leads, campaigns, promotion, a, b, asset1, plans, AssetSpec(["a", "b", "c"])], asset_checks=[my_asset_check]
).graph

EXAMPLES: list[tuple[str, Callable[[], Any], str]] = [
    ("all assets in a group", lambda: AssetSelection.groups("marketing"), "campaigns leads"),
    (
        "a group as well as an asset",
        lambda: AssetSelection.groups("marketing") | AssetSelection.assets("promotion"),
        "campaigns leads promotion",
    ),
    (
        "a group, downstream of an asset",
        lambda: AssetSelection.groups("marketing") & AssetSelection.assets("leads").downstream(),
        "campaigns leads",
    ),
    ("a list of assets", lambda: AssetSelection.assets(*my_assets_list), "leads promotion"),
    (
        "all except for a group",
        lambda: AssetSelection.all() - AssetSelection.groups("marketing"),
        "a asset1 b forecast projections promotion",
    ),
    (
        "a group without its checks",
        lambda: AssetSelection.groups("marketing") - AssetSelection.all_asset_checks(),
        "campaigns leads",
    ),
    ("checks of a list of assets", lambda: AssetSelection.checks_for_assets(*my_assets_list), ""),
    ("one check", lambda: AssetSelection.checks(my_asset_check), ""),
    ("a key", lambda: AssetSelection.assets(AssetKey(["a"])), "a"),
    ("a text", lambda: AssetSelection.assets("a"), "a"),
    ("keys", lambda: AssetSelection.assets(AssetKey(["a"]), AssetKey(["b"])), "a b"),
    ("texts", lambda: AssetSelection.assets("a", "b"), "a b"),
    ("a definition", lambda: AssetSelection.assets(asset1), "asset1"),
    ("an unpacked list of keys", lambda: AssetSelection.assets(*asset_key_list), "a b"),
    ("prefixes of one segment", lambda: AssetSelection.key_prefixes("a", "b"), "a b"),
    (
        "prefixes of two segments, with sources",
        lambda: AssetSelection.key_prefixes(["a", "b"], ["a", "c"], include_sources=True),
        "a/b/c",
    ),
]


@pytest.mark.parametrize(("make", "wanted"), [entry[1:] for entry in EXAMPLES], ids=[entry[0] for entry in EXAMPLES])
def test_a_selection_of_the_page_selects_what_its_comment_says(make: Callable[[], Any], wanted: str) -> None:
    """Resolved on the graph, it gives these assets."""
    assert " ".join(sorted(key.to_user_string() for key in make().resolve(GRAPH))) == wanted


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ([AssetKey(["a"])], "a"),
        (["a"], "a"),
        ([AssetKey(["a"]), AssetKey(["b"])], "a b"),
        (["a", "b"], "a b"),
        (asset_key_list, "a b"),
    ],
)
def test_the_deprecated_keys_of_a_selection_work_and_warn(asked: list[Any], wanted: str) -> None:
    """``keys`` is what ``assets`` was called before."""
    with pytest.warns(DeprecationWarning, match=r"use AssetSelection\.assets"):
        found = AssetSelection.keys(*asked).resolve(GRAPH)
    assert " ".join(sorted(key.to_user_string() for key in found)) == wanted
