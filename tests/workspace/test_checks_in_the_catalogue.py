"""Checks that cells bind to names are found, the newest of a key counts, and they run with their asset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetSpec,
    Instance,
    ObserveResult,
    asset,
    asset_check,
    explain,
    materialize,
    multi_observable_source_asset,
    run_checks,
)
from notebook_assets.workspace import Workspace, asset_catalogue, set_workspace, workspace
from notebook_assets.workspace.catalogue import Catalogue


def check(name: str, of: str = "daily", passed: bool = True) -> Any:
    @asset_check(asset=of, name=name)
    def looked() -> AssetCheckResult:
        return AssetCheckResult(passed=passed, description="looked at", metadata={"rows": 3})

    return looked


@asset
def daily() -> int:
    return 1


@pytest.fixture
def namespace() -> Iterator[dict[str, Any]]:
    before, names = workspace(), dict[str, Any]()
    set_workspace(Workspace(lambda: names))
    yield names
    set_workspace(before)


def test_the_newest_check_of_a_key_counts() -> None:
    catalogue, first, second = Catalogue(), check("rows"), check("rows")
    catalogue.refresh({"second": first})
    catalogue.refresh({"first": second, "second": first})
    assert catalogue.checks() == [second]
    catalogue.refresh({"second": first})
    assert catalogue.checks() == [first]
    catalogue.refresh({})
    assert catalogue.checks() == []


def test_bound_checks_run_with_their_asset_and_are_listed(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    namespace.update(daily=daily, rows=check("rows"), late=check("late", passed=False))
    materialize("daily", instance=store, progress=False)
    namespace.update(more=check("more"), lost=check("lost", of="dialy"))
    listing = asset_catalogue(instance=store)
    assert [entry.checks for entry in listing.entries] == ["1 failed, 1 passed, 1 never run"]
    assert "The check dialy:lost is of the asset 'dialy', but there is none. Did you mean 'daily'?" in str(listing)
    assert len(run_checks("daily", instance=store).check_evaluations) == 3


def test_an_explanation_shows_what_checks_found(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    namespace.update(daily=daily, late=check("late", passed=False))
    materialize("daily", instance=store, progress=False)
    shown = str(explain("daily", instance=store))
    assert "late" in shown
    assert "looked at (rows 3)" in shown
    namespace.pop("late")
    materialize("daily", instance=store, progress=False)
    assert "failed, of an earlier value" in str(explain("daily", instance=store))


def test_sources_of_one_function_enter_each_by_itself() -> None:
    @multi_observable_source_asset(specs=[AssetSpec("a"), AssetSpec("b")])
    def both() -> Iterator[ObserveResult]:
        yield ObserveResult(asset_key="a")

    catalogue = Catalogue()
    catalogue.refresh({"both": both})
    assert [entry.key.to_user_string() for entry in catalogue.entries()] == ["a", "b"]
