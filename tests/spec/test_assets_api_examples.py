"""Every example of the reference pages on assets, but for automation conditions and their sensors.

Only the import is changed; functions that the pages call but do not show are stubs.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from notebook_assets import Instance, materialize_to_memory


@pytest.fixture
def store() -> Any:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


def test_asset() -> None:
    from notebook_assets import asset

    @asset
    def my_upstream_asset() -> int:
        return 1

    @asset
    def my_asset(my_upstream_asset: int) -> int:
        return my_upstream_asset + 1

    assert materialize_to_memory([my_upstream_asset, my_asset]).output_for_node("my_asset") == 2


def test_asset_key() -> None:
    from notebook_assets import AssetKey

    AssetKey("asset1")
    AssetKey(["asset1"])  # same as the above
    AssetKey(["prefix", "asset1"])
    AssetKey(["prefix", "subprefix", "asset1"])

    assert AssetKey("asset1") == AssetKey(["asset1"])
    assert AssetKey(["prefix", "asset1"]).to_user_string() == "prefix/asset1"


def test_multi_observable_source_asset() -> None:
    from notebook_assets import AssetSpec, ObserveResult, multi_observable_source_asset

    @multi_observable_source_asset(
        specs=[AssetSpec("asset1"), AssetSpec("asset2")],
    )
    def my_function():
        yield ObserveResult(asset_key="asset1", metadata={"foo": "bar"})
        yield ObserveResult(asset_key="asset2", metadata={"baz": "qux"})

    from notebook_assets import AssetKey

    assert set(my_function.keys) == {AssetKey("asset1"), AssetKey("asset2")}
    assert [result.asset_key for result in my_function()] == [AssetKey("asset1"), AssetKey("asset2")]


def test_asset_dep() -> None:
    """A dependency with a partition mapping."""
    from notebook_assets import AssetDep, AssetSpec, TimeWindowPartitionMapping

    upstream_asset = AssetSpec("upstream_asset")
    downstream_asset = AssetSpec(
        "downstream_asset",
        deps=[AssetDep(upstream_asset, partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))],
    )
    assert downstream_asset.asset_deps[0].partition_mapping == TimeWindowPartitionMapping(
        start_offset=-1, end_offset=-1
    )


def test_a_job_of_all_assets(store: Instance) -> None:
    from notebook_assets import Definitions, asset, define_asset_job

    # A job that targets all assets in the code location:
    @asset
    def asset1(): ...

    defs = Definitions(
        assets=[asset1],
        jobs=[define_asset_job("all_assets")],
    )
    assert defs.resolve_job_def("all_assets").execute_in_process(instance=store).success
    assert store.latest("asset1") is not None


def test_a_job_of_one_asset(store: Instance) -> None:
    from notebook_assets import AssetKey, Definitions, asset, define_asset_job

    # A job that targets a single asset
    @asset
    def asset1(): ...

    defs = Definitions(
        assets=[asset1],
        jobs=[define_asset_job("all_assets", selection=[asset1])],
    )
    assert defs.resolve_job_def("all_assets").asset_keys == (AssetKey("asset1"),)


def test_a_job_of_a_group() -> None:
    from notebook_assets import AssetKey, AssetSelection, Definitions, asset, define_asset_job

    @asset(group_name="marketing")
    def leads(): ...

    @asset
    def other(): ...

    assets = [leads, other]

    # A job that targets all the assets in a group:
    defs = Definitions(
        assets=assets,
        jobs=[define_asset_job("marketing_job", selection=AssetSelection.groups("marketing"))],
    )
    assert defs.resolve_job_def("marketing_job").asset_keys == (AssetKey("leads"),)


def test_a_job_with_resources(store: Instance) -> None:
    from notebook_assets import Definitions, asset, define_asset_job

    prod_slack_client = SimpleNamespace(name="slack")
    seen = []

    # Resources are supplied to the assets, not the job:
    @asset(required_resource_keys={"slack_client"})
    def asset1(context):
        seen.append(context.resources.slack_client)

    defs = Definitions(
        assets=[asset1],
        jobs=[define_asset_job("all_assets")],
        resources={"slack_client": prod_slack_client},
    )
    assert defs.resolve_job_def("all_assets").execute_in_process(instance=store).success
    assert seen == [prod_slack_client]
