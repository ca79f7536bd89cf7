"""Selecting what one call makes together, compared with the reference."""

from __future__ import annotations

from types import ModuleType

import dagster
import pytest

import notebook_assets
from notebook_assets.assets import AssetGraph


def defined(dg: ModuleType, can_subset: bool) -> list[object]:
    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b"), dg.AssetSpec("c")], can_subset=can_subset)
    def several():  # type: ignore[no-untyped-def]  # the reference wants no annotation, or a tuple
        ...

    @dg.asset(deps=["a"])
    def after() -> None: ...

    return [several, after]


@pytest.mark.parametrize("can_subset", [False, True])
@pytest.mark.parametrize("chosen", [["a"], ["after"], ["b", "after"]])
def test_what_one_call_makes_is_selected_as_in_the_reference(chosen: list[str], can_subset: bool) -> None:
    theirs = dagster.AssetSelection.assets(*chosen).required_multi_asset_neighbors()
    ours = notebook_assets.AssetSelection.assets(*chosen).required_multi_asset_neighbors()
    expected = {key.to_user_string() for key in theirs.resolve(defined(dagster, can_subset))}
    graph = AssetGraph(defined(notebook_assets, can_subset))
    assert {key.to_user_string() for key in ours.resolve(graph)} == expected
