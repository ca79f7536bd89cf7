"""What a function tells of other assets in a run is kept whole: as in the reference, in every executor."""

from __future__ import annotations

from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import Instance, asset, materialize
from notebook_assets.assets.observations import DATA_VERSION_TAG

pytestmark = pytest.mark.usefixtures("quiet_reference")

TAGS = {"dagster/data_version": "v1", "owner": "ann"}


def told(dg: Any) -> list[Any]:
    return [
        dg.AssetMaterialization("made", description="said", metadata={"rows": 3}, tags=TAGS),
        dg.AssetMaterialization("made", description="of p", partition="p"),
        dg.AssetObservation("seen", description="saw", metadata={"rows": 4}, tags=TAGS),
        dg.AssetObservation("seen", description="saw p", partition="p"),
    ]


def logs(dg: Any) -> Any:
    @dg.asset
    def teller(context):  # type: ignore[no-untyped-def]
        for event in told(dg):
            context.log_event(event)
        return 1

    return teller


def yields(dg: Any) -> Any:
    @dg.asset
    def teller():  # type: ignore[no-untyped-def]
        yield from told(dg)
        yield dg.Output(1)

    return teller


def logs_in_a_multi_asset(dg: Any) -> Any:
    @dg.multi_asset(outs={"one": dg.AssetOut(), "two": dg.AssetOut()})
    def teller(context):  # type: ignore[no-untyped-def]
        for event in told(dg):
            context.log_event(event)
        return 1, 2

    return teller


def logs_for_several_partitions(dg: Any) -> Any:
    days = dg.StaticPartitionsDefinition(["mon"])

    @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
    def teller(context):  # type: ignore[no-untyped-def]
        for event in told(dg):
            context.log_event(event)
        return {"mon": 1}

    return teller


def kept(dg: Any, way: Any, instance: Any) -> list[Any]:
    teller = way(dg)
    partition = {"partition_key": "mon"} if way is logs_for_several_partitions else {}
    dg.materialize([teller], instance=instance, **partition)
    made = [
        each.asset_materialization for each in instance.fetch_materializations(dg.AssetKey("made"), limit=9).records
    ]
    seen = [each.asset_observation for each in instance.fetch_observations(dg.AssetKey("seen"), limit=9).records]
    return [
        (
            event.partition,
            event.description,
            {
                name: tag
                for name, tag in (event.tags or {}).items()
                if name != DATA_VERSION_TAG and "partition" not in name
            },
            {name: value.value for name, value in event.metadata.items()},
        )
        for event in (*made, *seen)
    ]


@pytest.mark.parametrize("way", [logs, yields, logs_in_a_multi_asset, logs_for_several_partitions])
def test_descriptions_tags_and_metadata_are_kept_as_in_the_reference(way: Any) -> None:
    with Instance.ephemeral() as ours, dagster.DagsterInstance.ephemeral() as theirs:
        found = kept(notebook_assets, way, ours)
        assert found == kept(dagster, way, theirs)
        assert [description for _, description, *_ in found] == ["of p", "said", "saw p", "saw"]


@pytest.mark.parametrize("executor", ["in_process", "threads", "processes"])
def test_the_data_version_that_is_told_is_that_of_the_piece(store: Instance, executor: str) -> None:
    materialize([logs(notebook_assets)], instance=store, executor=executor, progress=False)
    pieces = store.pieces("made")
    assert dict(zip(pieces.partitions, pieces.data_versions, strict=True)) == {None: "v1", "p": None}
    assert store.observed_columns(notebook_assets.AssetKey("seen")).data_versions == ["v1"]


def test_what_is_told_to_be_the_same_makes_nothing_stale(store: Instance) -> None:
    """A function tells of a table elsewhere, which is what it was: what is made from it need not be made again."""
    versions = ["v1", "v1", "v2"]

    @asset
    def teller(context: Any) -> None:
        tags = {"dagster/data_version": versions.pop(0)}
        context.log_event(notebook_assets.AssetMaterialization("table", tags=tags))

    table = notebook_assets.AssetSpec("table")

    @asset(deps=[table])
    def reader() -> int:
        return 1

    for planned in (1, 0, 1):
        materialize([teller], instance=store, progress=False)
        assert materialize([reader], instance=store, progress=False, only="needed").planned == planned
