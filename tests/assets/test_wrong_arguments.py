"""Arguments of a wrong kind are refused where they are written, by an error that says what was asked and found."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import (
    AssetDep,
    AssetIn,
    AssetMaterialization,
    AssetSelection,
    AssetSpec,
    DailyPartitionsDefinition,
    DataVersion,
    Definitions,
    HourlyPartitionsDefinition,
    Instance,
    InvalidDefinitionError,
    InvalidSelectionError,
    MaterializeResult,
    Output,
    SourceAsset,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    asset,
)
from notebook_assets.workspace import materialize


def f():
    return 1


WRONG_OPTIONS: list[dict[str, Any]] = [
    {"name": 1},
    {"key_prefix": 1},
    {"key_prefix": [1]},
    {"description": {}},
    {"group_name": 1},
    {"code_version": 1},
    {"code_version": ["a"]},
    {"code_version": ""},
    {"metadata": "rows"},
    {"metadata": [1]},
    {"tags": "a"},
    {"tags": ["a"]},
    {"kinds": [1]},
    {"required_resource_keys": "db"},
    {"required_resource_keys": 1},
    {"required_resource_keys": {1}},
    {"resource_defs": 1},
    {"resource_defs": ["db"]},
    {"io_manager_key": 1},
]


@pytest.mark.parametrize("options", WRONG_OPTIONS, ids=str)
def test_options_of_an_asset(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(InvalidDefinitionError, match=f"{name}.*such as .*; got") as raised:
        asset(**options)(f)
    assert repr(options[name]) in str(raised.value)


DAY = "2024-01-01"
WRONG_CALLS: list[Callable[[], Any]] = [
    lambda: AssetSpec("a", code_version=1),  # type: ignore[arg-type]
    lambda: AssetSpec("a", metadata="m"),  # type: ignore[arg-type]
    lambda: SourceAsset("a", resource_defs=1),  # type: ignore[arg-type]
    lambda: SourceAsset("a", io_manager_key=1),  # type: ignore[arg-type]
    lambda: AssetIn(metadata="m"),  # type: ignore[arg-type]
    lambda: AssetIn(key_prefix=1),  # type: ignore[arg-type]
    lambda: AssetIn(input_manager_key=1),  # type: ignore[arg-type]
    lambda: AssetDep("a", metadata="m"),  # type: ignore[arg-type]
    lambda: Output(1, metadata="m"),  # type: ignore[arg-type]
    lambda: Output(1, tags="t"),  # type: ignore[arg-type]
    lambda: MaterializeResult(metadata=[1]),  # type: ignore[arg-type]
    lambda: AssetMaterialization("a", metadata=1),  # type: ignore[arg-type]
    lambda: DataVersion("\ud800"),
    lambda: DailyPartitionsDefinition(DAY, end_offset="x"),  # type: ignore[arg-type]
    lambda: DailyPartitionsDefinition(DAY, hour_offset="3"),  # type: ignore[arg-type]
    lambda: DailyPartitionsDefinition(DAY, minute_offset=1.5),  # type: ignore[arg-type]
    lambda: DailyPartitionsDefinition(DAY, exclusions=5),  # type: ignore[arg-type]
    lambda: DailyPartitionsDefinition(DAY, exclusions="0 0 * * 6"),
    lambda: DailyPartitionsDefinition(DAY, exclusions=[5]),  # type: ignore[list-item]
    lambda: DailyPartitionsDefinition(DAY, timezone=5),  # type: ignore[arg-type]
    lambda: HourlyPartitionsDefinition(f"{DAY}-00:00", fmt=5),  # type: ignore[arg-type]
    lambda: TimeWindowPartitionsDefinition(DAY, None, cron_schedule="0 0 * * *"),  # type: ignore[arg-type]
    lambda: TimeWindowPartitionsDefinition(DAY, "%Y-%m-%d", schedule_type="daily"),  # type: ignore[arg-type]
    lambda: StaticPartitionsDefinition(None),  # type: ignore[arg-type]
    lambda: StaticPartitionsDefinition("abc"),
    lambda: TimeWindowPartitionMapping(start_offset="x"),  # type: ignore[arg-type]
    lambda: TimeWindowPartitionMapping(end_offset=0.5),  # type: ignore[arg-type]
    lambda: Definitions(resources=5),  # type: ignore[arg-type]
    lambda: asset(dict),
    lambda: asset(int),
    lambda: asset(functools.partial(f)),
    lambda: asset(asset(f)),
]


@pytest.mark.parametrize("call", WRONG_CALLS, ids=range(len(WRONG_CALLS)))
def test_arguments_of_other_definitions(call: Callable[[], Any]) -> None:
    with pytest.raises(InvalidDefinitionError) as raised:
        call()
    assert len(str(raised.value)) > 40, "says what was asked and what was found"


@pytest.mark.parametrize(
    "call",
    [
        lambda: AssetSelection.from_string(None),  # type: ignore[arg-type]
        lambda: AssetSelection.groups(None),  # type: ignore[arg-type]
        lambda: AssetSelection.groups("a", 1),  # type: ignore[arg-type]
        lambda: AssetSelection.tag("a", 1),  # type: ignore[arg-type]
        lambda: AssetSelection.tag_string(None),  # type: ignore[arg-type]
        lambda: AssetSelection.kind(1),  # type: ignore[arg-type]
        lambda: AssetSelection.owner(1),  # type: ignore[arg-type]
        lambda: AssetSelection.key_substring(None),  # type: ignore[arg-type]
        lambda: AssetSelection.key_prefixes(1),  # type: ignore[arg-type]
        lambda: AssetSelection.key_prefixes(["a", 1]),  # type: ignore[list-item]
    ],
)
def test_arguments_of_selections(call: Callable[[], Any]) -> None:
    with pytest.raises(InvalidSelectionError, match="takes texts; got"):
        call()


class Tripled:
    """A callable object."""

    def __call__(self, number: int) -> int:
        return number * 3


def test_partials_and_callable_objects_are_assets_where_they_have_a_name() -> None:
    def scaled(number, by):
        return number * by

    def number():
        return 2

    made = [
        asset(number),
        asset(name="tripled")(Tripled()),
        asset(name="scaled", ins={"number": AssetIn("tripled")})(functools.partial(scaled, by=5)),
    ]
    assert made[2].spec.description is None
    with Instance.ephemeral() as store:
        result = materialize(made[:2], instance=store, progress=False)
        assert result.asset_value("tripled") == 6


def test_metadata_that_is_added_while_running_is_checked() -> None:
    @asset
    def adds(context):
        context.add_output_metadata("x")

    @asset
    def names(context):
        context.set_data_version("names", "v1")

    with Instance.ephemeral() as store:
        result = materialize([adds, names], instance=store, progress=False, raise_on_error=False)
    assert [type(failure.error) for failure in result.failures] == [InvalidDefinitionError] * 2
    assert "such as" in str(result.failures[0].error)
