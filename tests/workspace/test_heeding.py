"""What a blocking check refused stays refused in later runs, until it is made again, or the check passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetCheckSpec,
    Definitions,
    Instance,
    Output,
    RunResult,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    explain,
    materialize,
    run_checks,
)
from notebook_assets.workspace.current import workspace

PARTS = StaticPartitionsDefinition(["x", "y"])
ODD: set[object] = set()


@asset
def orders() -> list[int]:
    return [1, -2]


@asset
def revenue(orders: list[int]) -> int:
    return sum(orders)


@asset_check(asset=orders, blocking=True)
def ok(orders: list[int]) -> AssetCheckResult:
    return AssetCheckResult(passed="orders" not in ODD)


@asset(partitions_def=PARTS)
def prices(context: Any) -> str:
    return str(context.partition_key)


@asset_check(asset=prices, blocking=True)
def sane(prices: str) -> AssetCheckResult:
    return AssetCheckResult(passed=prices not in ODD)


@asset(partitions_def=PARTS)
def basket(prices: str) -> str:
    return prices


@asset
def whole(prices: dict[str, str]) -> str:
    return "".join(prices.values())


@asset(check_specs=[AssetCheckSpec("own", asset="checked", blocking=True)])
def checked() -> Iterator[Any]:
    yield Output(1)
    yield AssetCheckResult(check_name="own", passed=False)


@asset
def after(checked: int) -> int:
    return checked


HERE = Definitions([orders, revenue, prices, basket, whole, checked, after], asset_checks=[ok, sane])


@pytest.fixture
def store() -> Iterator[Instance]:
    ODD.clear()
    ODD.update({"orders", "y"})
    with Instance.ephemeral() as instance:
        yield instance
    ODD.clear()


@pytest.fixture
def make(store: Instance, monkeypatch: pytest.MonkeyPatch) -> Callable[..., RunResult]:
    monkeypatch.setattr(workspace(), "definitions", lambda *_: HERE)

    def made(what: object, **options: Any) -> RunResult:
        return materialize(what, instance=store, progress=False, raise_on_error=False, **options)

    return made


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("revenue", {"upstream": True}),
        ("revenue", {"only": "needed"}),
        ("revenue", {"only": "missing"}),
        ("revenue", {"only": "failed"}),
        ("revenue", {}),
        ([revenue], {"upstream": True}),
    ],
)
def test_what_was_refused_is_not_used_by_later_runs(
    make: Callable[..., RunResult], store: Instance, what: object, options: dict[str, Any]
) -> None:
    make("revenue", upstream=True)
    for _ in range(2):
        result = make(what, **options)
        assert not result.success
        assert [skip.shortage for skip in result.skips] == [
            "an error was found by orders:ok; mend that, and make orders again"
        ]
    assert store.latest("revenue") is None


@pytest.mark.parametrize(("what", "options"), [([revenue], {}), ("revenue", {"only": "all"})])
def test_definitions_that_are_handed_over_and_only_all_insist(
    make: Callable[..., RunResult], store: Instance, what: object, options: dict[str, Any]
) -> None:
    make("orders")
    assert make(what, **options).success
    said = explain("revenue", instance=store, definitions=HERE).why
    assert said[-1] == "It needs what was refused: the blocking check orders:ok found an error."


def test_of_partitions_only_the_refused_one_is_kept_back(make: Callable[..., RunResult], store: Instance) -> None:
    make("prices")
    result = make("basket")
    assert [skip.piece for skip in result.skips] == ["basket[y]"]
    assert sorted(store.get_materialized_partitions("basket")) == ["x"]
    assert [skip.piece for skip in make("prices or basket or whole").skips] == ["basket[y]", "whole"]
    assert [skip.piece for skip in make([prices, basket, whole]).skips] == ["basket[y]", "whole"]


def test_what_is_made_again_in_the_same_run_is_judged_anew(make: Callable[..., RunResult], store: Instance) -> None:
    make("+revenue")
    ODD.clear()
    assert make("+revenue").success
    assert store.load("revenue") == -1


def test_a_check_that_passes_now_stops_nothing(make: Callable[..., RunResult], store: Instance) -> None:
    make("orders")
    ODD.clear()
    run_checks(ok, instance=store, definitions=HERE)
    assert make("revenue").success


def test_a_check_of_the_assets_own_function_is_heeded_too(make: Callable[..., RunResult]) -> None:
    make("checked")
    assert [skip.piece for skip in make("after", upstream=True).skips] == ["after"]


@pytest.mark.parametrize("checks", [[], [asset_check(asset=orders, name="ok")(lambda: AssetCheckResult(passed=False))]])
def test_a_check_that_is_gone_or_blocks_no_more_stops_nothing(
    make: Callable[..., RunResult], store: Instance, monkeypatch: pytest.MonkeyPatch, checks: list[Any]
) -> None:
    make("orders")
    here = Definitions([orders, revenue], asset_checks=checks)
    monkeypatch.setattr(workspace(), "definitions", lambda *_: here)
    assert make("revenue", upstream=True).success


def test_what_was_never_made_is_explained_by_the_check_that_refused_what_it_needs(
    make: Callable[..., RunResult], store: Instance
) -> None:
    make("orders")
    found = explain("revenue", instance=store, definitions=HERE)
    assert found.why == ("It was never made.", "It has to wait: the blocking check orders:ok found an error.")
    assert found.to_do == ("%materialize orders", "%materialize revenue")
