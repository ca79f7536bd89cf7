"""What is no list, no dict or no text where one is wanted is refused by name, where it was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    AssetCheckSpec,
    AssetOut,
    Definitions,
    Instance,
    Output,
    asset,
    asset_check,
    materialize,
    multi_asset,
    multi_asset_check,
)
from notebook_assets.errors import InvalidDefinitionError, OutputTypeError, did_you_mean


def one(x: Any) -> int:
    return 1


def none() -> int:
    return 1


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "check_specs of an asset": (lambda: asset(check_specs=1)(none), "check_specs is a list of AssetCheckSpec; got 1"),
    "check_specs of several": (lambda: multi_asset(outs={"b": AssetOut()}, check_specs=1)(none), "check_specs is a"),
    "additional_ins": (lambda: asset_check(asset="a", additional_ins=1)(one), "additional_ins is a dict"),
    "additional_deps": (lambda: asset_check(asset="a", additional_deps=1)(one), "additional_deps is a list; got 1"),
    "no specs of checks": (lambda: multi_asset_check(specs=None), "specs is a list of AssetCheckSpec; got None"),
    "no specs in a generator": (lambda: multi_asset(specs=(each for each in ())), "makes one asset at least"),
    "ins by a number": (lambda: asset(ins={1: 2})(one), "ins names 1, which is no parameter"),
    "ins of several by a number": (lambda: multi_asset(outs={"b": AssetOut()}, ins={1: 2})(one), "ins names 1, which"),
    "ins of a check": (lambda: asset_check(asset="a", additional_ins={1: 2})(one), "ins names 1, which"),
    "schedules": (lambda: Definitions(schedules=1), "schedules is a list; got 1"),
    "sensors": (lambda: Definitions(sensors="every hour"), "sensors is a list; got 'every hour'"),
    "loggers": (lambda: Definitions(loggers=1), "loggers of Definitions is a dict"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str) -> None:
    make, text = WRONG[name]
    with pytest.raises(InvalidDefinitionError) as caught:
        make()
    assert text in str(caught.value)


def test_an_output_without_a_name_is_an_error_of_its_asset() -> None:
    made = asset(name="b")(lambda: Output(1, None))
    with pytest.raises(OutputTypeError, match="an output called None"):
        materialize([made], instance=Instance.ephemeral(), progress=False)


@pytest.mark.parametrize("asked", [1, None, ["daily"], "daily"])
def test_near_matches_of_anything(asked: object) -> None:
    assert did_you_mean(asked, ["dayly", 2]) == (" Did you mean 'dayly'?" if asked == "daily" else "")


def test_specs_of_a_generator_are_taken_once() -> None:
    specs = (AssetCheckSpec(name, asset="a") for name in ("rows", "nulls"))
    assert [spec.name for spec in multi_asset_check(specs=specs)(one).check_specs] == ["rows", "nulls"]


def test_resources_that_do_not_compare_by_one_word_are_merged_by_identity() -> None:
    array = np.arange(3)
    merged = Definitions.merge(Definitions(resources={"x": array}), Definitions(resources={"x": array}))
    assert merged.resources["x"] is array
    with pytest.raises(InvalidDefinitionError, match="different resources called 'x'"):
        Definitions.merge(Definitions(resources={"x": array}), Definitions(resources={"x": array.copy()}))
