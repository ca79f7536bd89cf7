"""A blocking check that tells of no error and then breaks stops what comes after, as in the reference."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets

BOTH = pytest.mark.parametrize("lib", [notebook_assets, dagster], ids=["ours", "dagster"])


def made(lib: ModuleType, check: Any) -> list[str]:
    """Which assets are made, of one that is checked and of one that is made from it."""
    found: list[str] = []
    a = lib.asset(name="a")(lambda: found.append("a"))
    d = lib.asset(name="d", deps=["a"])(lambda: found.append("d"))
    store = lib.Instance.ephemeral() if lib is notebook_assets else dagster.DagsterInstance.ephemeral()
    result = lib.materialize([a, d, check], instance=store, raise_on_error=False)
    assert not result.success
    return found


@BOTH
@pytest.mark.parametrize("blocking", [True, False])
def test_a_check_that_passes_and_then_raises(lib: ModuleType, blocking: bool) -> None:
    @lib.asset_check(asset="a", blocking=blocking)
    def rows() -> Any:
        yield lib.AssetCheckResult(passed=True)
        raise ValueError("broken")

    assert made(lib, rows) == (["a"] if blocking else ["a", "d"])


@BOTH
@pytest.mark.parametrize("told", ["rows", "nulls", None])
def test_of_several_checks_those_that_block_count(lib: ModuleType, told: str | None) -> None:
    specs = [lib.AssetCheckSpec("rows", asset="a", blocking=True), lib.AssetCheckSpec("nulls", asset="a")]

    @lib.multi_asset_check(specs=specs)
    def looked() -> Any:
        if told:
            yield lib.AssetCheckResult(passed=True, check_name=told, asset_key="a")
        raise ValueError("broken")

    assert made(lib, looked) == ["a"]
