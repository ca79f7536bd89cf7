"""What @asset_check, @multi_asset_check and check specs say, and which of them are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    AssetKey,
    asset,
    asset_check,
    multi_asset_check,
)
from notebook_assets.errors import InvalidDefinitionError


@asset
def daily() -> list[int]:
    return [1]


def test_the_values_parameter_may_have_any_name_beside_context_and_additional_ins() -> None:
    @asset_check(asset=daily, additional_ins={"hourly": AssetIn("hourly")}, additional_deps=["raw"])
    def fits(context, rows, hourly):  # type: ignore[no-untyped-def]
        return AssetCheckResult(passed=rows == hourly)

    assert [(each.key.to_user_string(), each.input_name) for each in fits.dependencies] == [
        ("daily", "rows"),
        ("hourly", "hourly"),
        ("raw", None),
    ]
    assert [dep.asset_key.to_user_string() for dep in fits.specs[0].additional_deps] == ["hourly", "raw"]
    assert fits.check_key == AssetCheckKey(AssetKey("daily"), "fits")


def test_a_check_is_called_like_the_function_that_it_is() -> None:
    @asset_check(asset="daily", name="has_rows", description="Some rows.", blocking=True)
    def check(rows: list[int]) -> AssetCheckResult:
        return AssetCheckResult(passed=bool(rows), metadata={"rows": len(rows)})

    found = check([1, 2])
    assert (found.passed, found.metadata["rows"].value) == (True, 2)
    (spec,) = check.check_specs
    assert (spec.name, spec.description, spec.blocking) == ("has_rows", "Some rows.", True)


def test_the_context_is_known_by_its_annotation() -> None:
    @asset_check(asset="daily")
    def check(here: AssetCheckExecutionContext) -> AssetCheckResult:  # noqa: F821
        return AssetCheckResult(passed=True)

    assert check.signature.context == "here"


def test_numpys_truth_is_truth() -> None:
    assert AssetCheckResult(passed=np.bool_(True)).passed is True  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"passed": 1}, r"passed is True or False; got 1. Write bool"),
        ({"passed": None}, r"passed is True or False"),
        ({"passed": True, "severity": "ERROR"}, r"AssetCheckSeverity.ERROR or AssetCheckSeverity.WARN; got 'ERROR'"),
        ({"passed": True, "metadata": {"a": object()}}, r"metadata of a check's result 'a'"),
        ({"passed": True, "metadata": [1]}, r"metadata"),
        ({"passed": True, "check_name": 3}, r"check_name"),
    ],
)
def test_results_that_are_none_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=said):
        AssetCheckResult(**arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": 3, "asset": "daily"}, r"A check has a name"),
        ({"name": "rows", "asset": 3}, r"asset key"),
        ({"name": "rows", "asset": "daily", "additional_deps": "raw"}, r"additional_deps is a list; got 'raw'"),
        ({"name": "rows", "asset": "daily", "additional_deps": ["daily"]}, r"which it looks at anyway"),
        ({"name": "rows", "asset": "daily", "blocking": "yes"}, r"blocking is True or False"),
    ],
)
def test_specs_that_make_no_sense_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises((InvalidDefinitionError, TypeError), match=said):
        AssetCheckSpec(**arguments)


def test_two_unnamed_inputs_are_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"'rows', 'other', of which only one.*additional_ins"):

        @asset_check(asset="daily")
        def check(rows, other): ...  # type: ignore[no-untyped-def]


def test_several_checks_of_one_function_have_different_keys() -> None:
    specs = [AssetCheckSpec("rows", asset="daily"), AssetCheckSpec("rows", asset="hourly")]

    @multi_asset_check(specs=specs, ins={"daily": "daily"})
    def look(daily):  # type: ignore[no-untyped-def]
        yield AssetCheckResult(passed=True, asset_key="daily")

    assert look.check_keys == {spec.key for spec in specs}
    with pytest.raises(InvalidDefinitionError, match=r"daily:rows twice"):
        multi_asset_check(specs=[specs[0], specs[0]])
    with pytest.raises(InvalidDefinitionError, match=r"list of AssetCheckSpec; got 'rows'"):
        multi_asset_check(specs=["rows"])  # type: ignore[list-item]


def test_a_spec_can_be_had_with_another_key_and_other_metadata() -> None:
    spec = AssetCheckSpec("rows", asset="daily", blocking=True, metadata={"a": 1})
    other = spec.replace_key(AssetCheckKey(AssetKey(["x", "daily"]), "lines")).with_metadata({"b": 2})
    assert (other.name, other.asset_key, other.blocking, other.metadata) == (
        "lines",
        AssetKey(["x", "daily"]),
        True,
        {"b": 2},
    )
    assert other.get_python_identifier() == "x__daily_lines"


@pytest.mark.parametrize("text", ["daily:rows", "a/b:rows", "daily:a:b"])
def test_the_key_of_a_check_is_read_as_it_is_written(text: str) -> None:
    assert AssetCheckKey.from_user_string(text).to_user_string() == text


def test_severities_are_those_that_there_are() -> None:
    assert [severity.value for severity in AssetCheckSeverity] == ["WARN", "ERROR"]
