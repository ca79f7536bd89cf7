"""Definitions: assets with their resources; merging; loading values that the store or IO managers keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AssetKey,
    AssetSpec,
    DailyPartitionsDefinition,
    Definitions,
    DuplicateAssetError,
    Instance,
    InvalidDefinitionError,
    InvalidInvocationError,
    IOManager,
    NeverMaterializedError,
    SourceAsset,
    UnknownAssetError,
    UnknownPartitionError,
    UnknownUpstreamError,
    asset,
)
from notebook_assets.workspace import materialize

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")


class Told(IOManager):
    """Gives back what it was told."""

    def handle_output(self, context: Any, obj: Any) -> None: ...

    def load_input(self, context: Any) -> Any:
        return {
            "asset": str(context.asset_key),
            "partition": context.partition_key if context.has_partition_key else None,
            "metadata": dict(context.metadata),
            "type": context.python_type,
            "greeting": getattr(context.resources, "greeting", None),
        }


@asset
def single():
    return 1


@asset(partitions_def=DAYS)
def daily(context):
    return pd.DataFrame({"day": [context.partition_key]})


SOURCE = SourceAsset("table", metadata={"path": "p"}, io_manager_def=Told())
BY_DAY = SourceAsset("tables", io_manager_key="told", partitions_def=DAYS)
ALL = Definitions([single, daily, SOURCE, BY_DAY], resources={"told": Told(), "greeting": "hello"})


@pytest.fixture
def store() -> Iterator[Instance]:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


def test_the_store_is_read_first(store: Instance) -> None:
    materialize([single, daily], partitions="all", instance=store, progress=False)
    assert ALL.load_asset_value("single", instance=store) == 1
    with ALL.get_asset_value_loader(store) as loader:
        assert loader.load_asset_value("daily", partition_key="2024-01-02")["day"].tolist() == ["2024-01-02"]
        assert len(loader.load_asset_value("daily", partitions="all")) == 3


def test_sources_are_loaded_by_their_io_manager(store: Instance) -> None:
    told = ALL.load_asset_value("table", instance=store, python_type=dict, metadata={"columns": ["a"]})
    assert told == {
        "asset": "table",
        "partition": None,
        "metadata": {"path": "p", "columns": ["a"]},
        "type": dict,
        "greeting": "hello",
    }
    assert ALL.load_asset_value("tables", instance=store, partition_key="2024-01-02")["partition"] == "2024-01-02"
    with ALL.get_asset_value_loader(store) as loader:
        both = loader.load_asset_value("tables", partitions="2024-01-01...2024-01-02")
    assert [key for key, found in both.items() if found["partition"] == key] == ["2024-01-01", "2024-01-02"]


def test_what_an_io_manager_of_its_own_keeps_is_loaded_by_it(store: Instance) -> None:
    @asset(io_manager_def=Told())
    def own():
        return 1

    materialize([own], instance=store, progress=False)
    assert Definitions([own]).load_asset_value("own", instance=store)["asset"] == "own"


@pytest.mark.parametrize(
    ("key", "partition", "error", "text"),
    [
        ("singel", None, UnknownAssetError, r"There is no asset 'singel'. Did you mean 'single'\?"),
        ("single", None, NeverMaterializedError, r"single was never materialized. Materialize it first"),
        ("single", "2024-01-01", UnknownPartitionError, r"single has no partitions, so it has no partition"),
        ("daily", "2024-01-02", NeverMaterializedError, r"daily\[2024-01-02\] was never materialized"),
        ("daily", None, InvalidInvocationError, r"daily has partitions: say which"),
        ("daily", "2024-02-30", UnknownPartitionError, r"2024-02-30"),
        ("tables", None, InvalidInvocationError, r"tables has partitions: say which"),
        ("tables", "2025-01-01", UnknownPartitionError, r"2025-01-01"),
    ],
)
def test_what_is_not_there_is_told_apart(store, key, partition, error: type[Exception], text: str) -> None:
    """No such asset, no such partition, and never made are different errors, also before anything was made."""
    with pytest.raises(error, match=text):
        ALL.load_asset_value(key, instance=store, partition_key=partition)


def test_a_source_that_nothing_loads(store: Instance) -> None:
    with pytest.raises(NeverMaterializedError, match="It is made elsewhere and has no IO manager"):
        Definitions([SourceAsset("table")]).load_asset_value("table", instance=store)


def test_merging() -> None:
    merged = Definitions.merge(
        Definitions([single], resources={"a": 1}), Definitions([daily], resources={"a": 1, "b": 2})
    )
    assert merged.assets == (single, daily)
    assert merged.resources == {"a": 1, "b": 2}
    assert Definitions.merge(ALL, ALL).graph.keys() == ALL.graph.keys()
    with pytest.raises(
        InvalidDefinitionError, match=r"different resources called 'a': 1 and 2. Give one of them another"
    ):
        Definitions.merge(Definitions(resources={"a": 1}), Definitions(resources={"a": 2}))
    with pytest.raises(DuplicateAssetError):
        Definitions.merge(Definitions([single]), Definitions([AssetSpec("single")]))


def test_what_does_not_fit_together_is_refused_at_once() -> None:
    @asset
    def needs(nothing): ...

    with pytest.raises(UnknownUpstreamError):
        _ = Definitions([needs]).graph
    assert Definitions([needs], known=[AssetSpec("nothing")]).graph.parents(AssetKey("needs")) == (AssetKey("nothing"),)
    for wrong in ("single", 3):
        with pytest.raises(InvalidDefinitionError, match="Definitions takes a list of assets; got"):
            Definitions(wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidDefinitionError, match="Expected an asset"):
        Definitions([lambda: 1])


def test_descriptions_tell_the_store_what_loading_needs(store: Instance) -> None:
    described = {entry.key.name: entry for entry in ALL.descriptions("a.ipynb")}
    assert described["daily"].partitions == DAYS.to_dict()
    assert described["daily"].kind == "asset"
    assert described["table"].kind == "source"
    assert described["tables"].io_manager_key == "told"
    assert described["single"].code == single.code
    assert {entry.notebook for entry in described.values()} == {"a.ipynb"}
    store.describe_assets(described.values())
    assert set(store.asset_descriptions()) == set(ALL.graph.keys())


def test_how_they_are_shown() -> None:
    assert repr(Definitions([single])) == "Definitions(single)"
