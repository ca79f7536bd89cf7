"""Checks that cells bind to names are found, the newest of a key counts, and they run with their asset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetSpec,
    Instance,
    ObserveResult,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    explain,
    materialize,
    multi_observable_source_asset,
    run_checks,
)
from notebook_assets.errors import InvalidDefinitionError, UnknownAssetError
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


def test_a_check_that_two_names_define_is_said(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    namespace.update(daily=daily, rows=check("rows", passed=False))
    assert "twice" not in str(asset_catalogue(instance=store))
    namespace.update(dup=check("rows"))
    said = "The check daily:rows is defined twice, as rows and as dup: the newer one counts, dup."
    assert said in str(asset_catalogue(instance=store))
    namespace.update(rows=namespace["dup"])
    assert "twice" not in str(asset_catalogue(instance=store))


def test_a_check_of_an_asset_that_is_not_there_is_told_by_every_run(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    namespace.update(daily=daily, rows=check("rows"), lost=check("lost", of="dialy"))
    said = "The check dialy:lost is of the asset 'dialy', but there is none. Did you mean 'daily'?"
    assert said in str(materialize("daily", instance=store, progress=False))
    assert said in str(run_checks("daily", instance=store))
    assert said in str(asset_catalogue("daily", instance=store))


def test_results_of_checks_that_are_gone_are_counted_no_more(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    namespace.update(daily=daily, rows=check("rows"), late=check("late", passed=False))
    materialize("daily", instance=store, progress=False)
    del namespace["late"]
    assert [entry.checks for entry in asset_catalogue(instance=store).entries] == ["1 passed"]
    assert "failed, not defined any more" in str(explain("daily", instance=store))
    assert "passed, not" not in str(explain("daily", instance=store))


def test_results_of_checks_of_partitions_that_are_gone_are_marked(namespace: dict[str, Any]) -> None:
    @asset(partitions_def=StaticPartitionsDefinition(["x", "y"]))
    def hourly() -> int:
        return 1

    store = Instance.ephemeral()
    namespace.update(hourly=hourly, late=check("late", of="hourly", passed=False))
    materialize("hourly", partitions="all", instance=store, progress=False)
    assert "2 failed" in str(explain("hourly", instance=store))
    del namespace["late"]
    assert "2 failed, not defined any more" in str(explain("hourly", instance=store))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("daily:rows", ["rows"]),
        ("rows", ["rows"]),
        (["rows", "daily:late"], ["late", "rows"]),
        ("daily", ["late", "rows"]),
        ("late", ["late"]),
    ],
)
def test_checks_are_asked_for_by_name(namespace: dict[str, Any], asked: object, names: list[str]) -> None:
    store = Instance.ephemeral()
    namespace.update(daily=daily, rows=check("rows"), late=check("late"))
    materialize("daily", instance=store, progress=False)
    assert sorted(each.check_name for each in run_checks(asked, instance=store).check_evaluations) == names


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("daily:rwos", "There is no check 'daily:rwos'. Did you mean 'daily:rows'?"),
        ("dialy", "There is no asset 'dialy'. Did you mean 'daily'?"),
        ("rwos", "There is no asset 'rwos', and no check. Did you mean 'rows'?"),
    ],
)
def test_a_check_that_is_not_there_is_named_with_what_is_near(
    namespace: dict[str, Any], asked: str, message: str
) -> None:
    namespace.update(daily=daily, rows=check("rows"))
    with pytest.raises(UnknownAssetError, match=re.escape(message)):
        run_checks(asked, instance=Instance.ephemeral())


def test_two_checks_of_one_key_are_not_handed_over_together(namespace: dict[str, Any]) -> None:
    for call in (materialize, run_checks):
        with pytest.raises(InvalidDefinitionError, match=r"daily has two checks called 'rows'. Give one of them"):
            call([daily, check("rows"), check("rows")], instance=Instance.ephemeral())
    once = check("rows")
    assert materialize([daily, once, once], instance=Instance.ephemeral(), progress=False).success


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
