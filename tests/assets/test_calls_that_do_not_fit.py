"""Calls whose arguments don't fit say what was meant: of decorators, of materialize, of functions called by hand."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

import pytest

from notebook_assets import AssetCheckResult, asset, asset_check, build_asset_context, materialize
from notebook_assets.errors import InvalidInvocationError


@asset
def orders():
    return 1


def fine(orders: int) -> AssetCheckResult:
    return AssetCheckResult(passed=True)


@asset
def amount(context, orders):
    return orders


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: asset(group="x"), r"asset\(\) has no argument 'group'\. Did you mean 'group_name'\?"),
        (lambda: asset_check(fine), r"write @asset_check\(asset=\.\.\.\)"),
        (lambda: asset_check(asset=orders, severity="WARN"), r"return AssetCheckResult\(passed=\.\.\., severity="),
        (lambda: materialize("a", "b"), r"give a list, materialize\(\[a, b\]\)"),
        (lambda: materialize("a", partition="b"), "Did you mean 'partitions'"),
    ],
)
def test_arguments_that_are_none_are_told_with_what_was_meant(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        call()


def test_a_function_called_without_its_context_asks_for_it() -> None:
    with pytest.raises(InvalidInvocationError, match=r"its context comes first: build_asset_context\(\)"):
        amount(3)
    assert amount(build_asset_context(), 3) == amount(MagicMock(), 3) == 3
    with pytest.raises(TypeError, match="positional arguments"):
        amount(MagicMock(), 3, 4)


def test_decorators_still_show_their_parameters_and_where_they_were_called() -> None:
    assert "group_name" in inspect.signature(asset).parameters
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asset(non_argument_deps={"a"})(lambda: 1)
    assert [warning.filename for warning in caught] == [__file__]
