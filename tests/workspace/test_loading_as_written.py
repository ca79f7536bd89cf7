"""Loading values as people write it: by slashes, by the asset itself, by dates; and clear answers without one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    Instance,
    MaterializeResult,
    StaticPartitionsDefinition,
    asset,
    load_asset_value,
    materialize,
)
from notebook_assets.errors import (
    InvalidInvocationError,
    NeverMaterializedError,
    UnknownAssetError,
    UnknownPartitionError,
    ValueNotFoundError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.workspace import Workspace, set_workspace, workspace

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")


@asset(partitions_def=DAYS)
def sales(context: Any) -> str:
    return str(context.partition_key)


@asset(key=["shop", "total"])
def total() -> int:
    return 33


@asset
def nothing() -> None:
    """Store nothing."""


@asset(partitions_def=DAYS)
def unkept() -> MaterializeResult[Any]:
    return MaterializeResult()


@asset
def failing() -> int:
    raise ValueError("a\x1b[31mred\u202etxt" + "x" * 1_000_000)


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """The namespace of a notebook."""
    found: dict[str, Any] = {}
    before = workspace()
    set_workspace(Workspace(lambda: found))
    yield found
    set_workspace(before)


@pytest.fixture
def store(names: dict[str, Any]) -> Iterator[Instance]:
    with Instance.ephemeral() as made:
        things = [sales, total, nothing, unkept, failing]
        materialize(things, partitions="2024-01-01...2024-01-02", instance=made, progress=False, raise_on_error=False)
        yield made


@pytest.mark.parametrize("wanted", ["shop/total", ["shop", "total"], AssetKey(["shop", "total"]), total])
def test_an_asset_is_named_in_any_way(store: Instance, wanted: Any) -> None:
    assert load_asset_value(wanted, instance=store) == 33


def test_a_key_of_one_part_with_a_slash_comes_first(store: Instance, names: dict[str, Any]) -> None:
    assert store.load("shop/total") == 33

    @asset(key=AssetKey(["shop/total"]))
    def other() -> int:
        return 44

    materialize([other], instance=store, progress=False)
    assert load_asset_value("shop/total", instance=store) == store.load("shop/total") == 44
    assert load_asset_value(["shop", "total"], instance=store) == 33


@pytest.mark.parametrize("day", ["2024-01-02", date(2024, 1, 2), datetime(2024, 1, 2)])
def test_a_partition_is_the_second_argument_and_may_be_a_date(store: Instance, day: Any) -> None:
    assert load_asset_value("sales", day, instance=store) == "2024-01-02"
    assert load_asset_value(sales, partition_key=day, instance=store) == "2024-01-02"
    assert load_asset_value("sales", partitions=[day], instance=store) == {"2024-01-02": "2024-01-02"}


def test_a_date_that_names_no_partition_is_told(store: Instance) -> None:
    with pytest.raises(UnknownPartitionError, match="2025-01-02"):
        load_asset_value("sales", date(2025, 1, 2), instance=store)
    with pytest.raises(InvalidInvocationError, match=r"partitions of shop/total are no time windows"):
        load_asset_value("shop/total", date(2024, 1, 2), instance=store)


def test_every_option_is_in_the_signature() -> None:
    """So that an editor completes them, and a misspelt one is an error at the call."""
    found = inspect.signature(load_asset_value).parameters
    assert {"as_", "missing", "python_type", "metadata", "resource_config", "partition_key_range"} < set(found)
    assert all(parameter.kind is not parameter.VAR_KEYWORD for parameter in found.values())


def test_near_matches_are_those_of_the_store(store: Instance) -> None:
    """Nothing is defined in this notebook."""
    with pytest.raises(UnknownAssetError, match=r"no asset 'sale'\. Did you mean 'sales'"):
        load_asset_value("sale", instance=store)


def test_what_was_made_without_a_value_was_made(store: Instance) -> None:
    for key, partition in (("nothing", None), ("unkept", "2024-01-01")):
        with pytest.raises(ValueNotFoundError, match="was materialized, but the store keeps no value") as caught:
            load_asset_value(key, partition, instance=store)
        assert not isinstance(caught.value, NeverMaterializedError)
    assert load_asset_value("nothing", missing="none", instance=store) is None


def test_ranges_tell_apart_what_was_never_made_and_what_has_no_value(store: Instance) -> None:
    made = "2024-01-01...2024-01-02"
    with pytest.raises(ValueNotFoundError, match="2 were materialized, but the store keeps no value of them") as caught:
        load_asset_value("unkept", partitions=made, instance=store)
    assert not isinstance(caught.value, NeverMaterializedError)
    with pytest.raises(NeverMaterializedError, match=r"2 of the 4 .* never materialized: 2024-01-03.* 2 were mater"):
        load_asset_value("unkept", partitions="all", instance=store)
    assert load_asset_value("unkept", partitions=made, missing="skip", instance=store) == {}


def test_the_text_of_a_failure_is_short_and_shows_what_it_is(store: Instance) -> None:
    with pytest.raises(NeverMaterializedError, match=r"a␛\[31mred⟨U\+202E⟩txt") as caught:
        load_asset_value("failing", instance=store)
    assert len(str(caught.value)) < 2_000
    failure = store.failure("failing")
    assert failure is not None
    assert len(failure.message) < 70_000
    assert len(failure.traceback or "") < 70_000


def parted(keys: list[str]) -> Any:
    @asset(name="v", partitions_def=StaticPartitionsDefinition(keys))
    def made() -> str:
        return "part"

    return made


@asset(name="v")
def whole() -> str:
    return "whole"


def test_an_asset_that_has_no_partitions_any_more(store: Instance, names: dict[str, Any]) -> None:
    materialize([parted(["a", "b"])], partitions="all", instance=store, progress=False)
    names["v"] = whole
    with pytest.raises(NeverMaterializedError, match="v was never materialized since it has no partitions"):
        load_asset_value("v", instance=store)
    with pytest.raises(UnknownPartitionError, match=r"v has no partitions any more.*instance\.load\('v', 'a'\)"):
        load_asset_value("v", "a", instance=store)
    with pytest.raises(InvalidInvocationError, match="v is not partitioned"):
        load_asset_value("v", partitions=["a"], instance=store)
    assert store.load("v", "a") == "part"


def test_an_asset_that_has_partitions_now(store: Instance, names: dict[str, Any]) -> None:
    materialize([whole], instance=store, progress=False)
    names["v"] = parted(["b", "c"])
    with pytest.raises(InvalidInvocationError, match=r"v is partitioned.*before it was.*instance\.load\('v'\)"):
        load_asset_value("v", instance=store)
    with pytest.raises(NeverMaterializedError):
        load_asset_value("v", "b", instance=store)
    assert store.load("v") == "whole"


def test_a_key_that_is_not_in_the_definition_any_more(store: Instance, names: dict[str, Any]) -> None:
    materialize([parted(["a", "b"])], partitions="all", instance=store, progress=False)
    names["v"] = parted(["b", "c"])
    with pytest.raises(UnknownPartitionError, match=r"no partition 'a' any more.*instance\.load\('v', 'a'\) gives it"):
        load_asset_value("v", "a", instance=store)
    with pytest.raises(UnknownPartitionError):
        load_asset_value("v", partitions=["a"], instance=store)
    assert load_asset_value("v", "b", instance=store) == "part"
