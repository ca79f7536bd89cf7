"""Examples of the reference pages on assets in which one function makes, or observes, several."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from notebook_assets import Instance, load_asset_value, materialize


@pytest.fixture
def store() -> Any:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


def test_graph_asset(store: Instance) -> None:
    """The decorated function wires ops; the asset is what they give."""
    from notebook_assets import graph_asset, op

    written: list[Any] = []
    create_db_connection = object

    class Files(pd.DataFrame):
        def to_sql(self, name, con):
            written.append(name)

    @op
    def fetch_files_from_slack(context) -> pd.DataFrame:
        return Files({"file": ["a"]})

    @op
    def store_files(files) -> None:
        files.to_sql(name="slack_files", con=create_db_connection())

    @graph_asset
    def slack_files_table():
        return store_files(fetch_files_from_slack())

    assert materialize([slack_files_table], instance=store).success
    assert written == ["slack_files"]


def test_multi_asset_of_specs(store: Instance) -> None:
    """The function stores what it makes."""
    from notebook_assets import AssetSpec, asset, multi_asset

    written: dict[str, Any] = {"asset0": 3}

    def load(path):
        return written[path]

    def do_some_transformation(value):
        return value + 1, value + 2

    def write(value, path):
        written[path] = value

    @asset
    def asset0() -> None: ...

    @multi_asset(
        specs=[
            AssetSpec("asset1", deps=["asset0"]),
            AssetSpec("asset2", deps=["asset0"]),
        ]
    )
    def my_function():
        asset0_value = load(path="asset0")
        asset1_result, asset2_result = do_some_transformation(asset0_value)
        write(asset1_result, path="asset1")
        write(asset2_result, path="asset2")

    assert materialize([asset0, my_function], instance=store).success
    assert written == {"asset0": 3, "asset1": 4, "asset2": 5}


def test_multi_asset_of_outs(store: Instance) -> None:
    """IO managers store what the function returns."""
    from notebook_assets import AssetOut, asset, multi_asset

    def do_some_transformation(value):
        return value + 1

    def do_some_other_transformation(value):
        return value + 2

    @asset
    def asset0():
        return 3

    # Or use IO managers to handle I/O:
    @multi_asset(
        outs={
            "asset1": AssetOut(),
            "asset2": AssetOut(),
        }
    )
    def my_function(asset0):
        asset1_value = do_some_transformation(asset0)
        asset2_value = do_some_other_transformation(asset0)
        return asset1_value, asset2_value

    materialize([asset0, my_function], instance=store)
    assert [load_asset_value(name, instance=store) for name in ("asset1", "asset2")] == [4, 5]


def test_a_job_that_observes(store: Instance) -> None:
    from notebook_assets import DataVersion, Definitions, define_asset_job, observable_source_asset

    @observable_source_asset
    def source_asset():
        return DataVersion("1")

    assets = [source_asset]

    # A job that observes a source asset:
    defs = Definitions(
        assets=assets,
        jobs=[define_asset_job("observation_job", selection=[source_asset])],
    )
    assert defs.resolve_job_def("observation_job").execute_in_process(instance=store).success


def test_the_neighbors_of_an_asset_that_the_same_function_makes() -> None:
    from notebook_assets import AssetOut, AssetSelection, Definitions, multi_asset

    @multi_asset(outs={"projections": AssetOut(), "forecast": AssetOut()})
    def plans():
        return 1, 2

    # Select all assets which are materialized by the same op as "projections":
    selection = AssetSelection.assets("projections").required_multi_asset_neighbors()
    assert selection.resolve(Definitions([plans]).graph) == plans.keys
