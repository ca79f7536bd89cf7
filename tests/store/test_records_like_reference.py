"""Records, runs and reported events of a store, in the reference's words: the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import Instance

pytestmark = pytest.mark.usefixtures("quiet_reference")

PARTS = ["x", "y", "z"]


def filled(dg: Any, instance: Any) -> Any:
    """Return a store after some runs of assets of a package, and some events without a run."""

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(PARTS))  # type: ignore[untyped-decorator]
    def parted(context) -> Any:  # type: ignore[no-untyped-def]
        if context.partition_key == "y":
            raise ValueError("no")
        return dg.MaterializeResult(metadata={"rows": 1}, data_version=dg.DataVersion(context.partition_key))

    @dg.asset  # type: ignore[untyped-decorator]
    def seen(context) -> None:  # type: ignore[no-untyped-def]
        context.log_event(dg.AssetObservation("seen", metadata={"rows": 2}, description="looked"))

    @dg.asset_check(asset=seen)  # type: ignore[untyped-decorator]
    def checked() -> Any:
        return dg.AssetCheckResult(passed=True)

    for key in ("x", "y", "x"):
        dg.materialize([parted], partition_key=key, instance=instance, raise_on_error=False, tags={"part": key})
    dg.materialize([seen, checked], instance=instance)
    report = instance.report_runless_asset_event
    report(dg.AssetMaterialization("elsewhere", "done", {"rows": 3}, "z", {"dagster/data_version": "v", "tag": "1"}))
    report(dg.AssetObservation("only_seen", "told", {"rows": 4}))
    report(dg.AssetCheckEvaluation(dg.AssetKey("seen"), "reported", passed=False, metadata={"rows": 5}))
    return instance


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[Any, Any]]:
    """The store of the reference and ours, after the same runs."""
    reference = dagster.DagsterInstance.ephemeral()
    yield filled(dagster, reference), filled(notebook_assets, Instance.ephemeral())
    reference.dispose()


def told(record: Any) -> Any:
    """Return what a record says, without the tags that are the reference's own."""
    event = record.asset_materialization or record.asset_observation
    if event is None:
        return None
    metadata = {name: entry.value for name, entry in event.metadata.items()}
    tags = {name: value for name, value in (event.tags or {}).items() if "/" not in name and name != "part"}
    kind = record.event_type.value if hasattr(record, "event_type") else None
    return kind, event.asset_key.path, event.partition, metadata, event.description, tags


def page(instance: Any, what: str, *arguments: Any, **named: Any) -> Any:
    """Return what the records of a page say, and whether there are more."""
    found = getattr(instance, what)(*arguments, **named)
    return [told(record) for record in found.records], found.has_more


def numbers(dg: Any, of: Any) -> list[int]:
    """Return the numbers of what was made of the asset with partitions, the latest first."""
    return [record.storage_id for record in of.fetch_materializations(dg.AssetKey("parted"), 10).records]


def times(dg: Any, of: Any) -> list[float]:
    """Return when it was made."""
    return [record.timestamp for record in of.fetch_materializations(dg.AssetKey("parted"), 10).records]


def made(dg: Any, of: Any, **wanted: Any) -> Any:
    """Return what was made of the asset with partitions, as far as a filter chooses it."""
    return page(of, "fetch_materializations", dg.AssetRecordsFilter(dg.AssetKey("parted"), **wanted), limit=10)


def runs(of: Any, *arguments: Any, **named: Any) -> Any:
    """Return how runs stand and with which tags."""
    return [(run.status.name, dict(run.tags).get("part")) for run in of.get_runs(*arguments, **named)]


def of_run(dg: Any, of: Any, *wanted: Any, **named: Any) -> Any:
    """Return what happened in the last run, of some kinds, a dict of those kinds to counts."""
    run_id = of.get_runs(limit=1)[0].run_id
    kinds = {dg.DagsterEventType(kind) for kind in wanted}
    found = of.get_records_for_run(run_id, of_type=kinds, **named).records
    return [told(record.event_log_entry) and told(record.event_log_entry)[1:] for record in found]


QUESTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "of a partition": lambda dg, of: made(dg, of, asset_partitions=["x"]),
    "of another": lambda dg, of: made(dg, of, asset_partitions=["y", "z"]),
    "after a number": lambda dg, of: made(dg, of, after_storage_id=numbers(dg, of)[-1]),
    "before a number": lambda dg, of: made(dg, of, before_storage_id=numbers(dg, of)[0]),
    "of numbers": lambda dg, of: made(dg, of, storage_ids=numbers(dg, of)[:1]),
    "after a time": lambda dg, of: made(dg, of, after_timestamp=times(dg, of)[-1]),
    "before a time": lambda dg, of: made(dg, of, before_timestamp=times(dg, of)[0]),
    "between": lambda dg, of: made(dg, of, after_timestamp=times(dg, of)[0], before_timestamp=times(dg, of)[-1]),
    "observations": lambda dg, of: page(of, "fetch_observations", dg.AssetKey("seen"), limit=3),
    "no observations": lambda dg, of: page(of, "fetch_observations", dg.AssetKey("parted"), limit=3),
    "reported": lambda dg, of: page(of, "fetch_materializations", dg.AssetKey("elsewhere"), limit=3),
    "reported to be seen": lambda dg, of: page(of, "fetch_observations", dg.AssetKey("only_seen"), limit=3),
    "without a run": lambda dg, of: of.get_latest_materialization_event(dg.AssetKey("elsewhere")).run_id,
    "of all assets": lambda dg, of: [
        told(record)
        for record in of.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION))
    ],
    "of all assets, some": lambda dg, of: [
        told(record)
        for record in of.get_event_records(
            dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION, after_cursor=numbers(dg, of)[-1]), 1, True
        )
    ],
    "assets": lambda dg, of: [
        (
            record.asset_entry.asset_key.path,
            record.asset_entry.last_materialization is None or told(record.asset_entry.last_materialization)[1:],
            record.asset_entry.last_run_id is not None,
        )
        for record in sorted(of.get_asset_records(), key=lambda record: record.asset_entry.asset_key.path)
        if record.asset_entry.asset_key.path != ["elsewhere"]
    ],
    "some assets": lambda dg, of: [
        record.asset_entry.asset_key.path
        for record in of.get_asset_records([dg.AssetKey("seen"), dg.AssetKey("unknown")])
    ],
    "partitions": lambda dg, of: {
        key: status and status.value
        for key, status in of.get_status_by_partition(
            dg.AssetKey("parted"), PARTS, dg.StaticPartitionsDefinition(PARTS)
        ).items()
    },
    "of an unknown asset": lambda dg, of: of.get_status_by_partition(
        dg.AssetKey("unknown"), PARTS, dg.StaticPartitionsDefinition(PARTS)
    ),
    "made partitions": lambda dg, of: of.get_materialized_partitions(dg.AssetKey("parted")),
    "made partitions before": lambda dg, of: of.get_materialized_partitions(
        dg.AssetKey("parted"), before_cursor=numbers(dg, of)[-1]
    ),
    "made partitions after": lambda dg, of: of.get_materialized_partitions(
        dg.AssetKey("parted"), after_cursor=numbers(dg, of)[-1]
    ),
    "latest data version": lambda dg, of: told(of.get_latest_data_version_record(dg.AssetKey("parted"))),
    "of a source": lambda dg, of: told(of.get_latest_data_version_record(dg.AssetKey("elsewhere"), partition_key="z")),
    "runs": lambda dg, of: runs(of),
    "runs, the first first": lambda dg, of: runs(of, ascending=True),
    "some runs": lambda dg, of: runs(of, limit=2),
    "runs behind one": lambda dg, of: runs(of, cursor=of.get_runs(limit=2)[-1].run_id),
    "runs behind none": lambda dg, of: runs(of, cursor="none"),
    "failed runs": lambda dg, of: runs(of, dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE])),
    "runs of a tag": lambda dg, of: runs(of, dg.RunsFilter(tags={"part": "x"})),
    "runs of tags": lambda dg, of: runs(of, dg.RunsFilter(tags={"part": ["x", "y"]})),
    "runs of no tag": lambda dg, of: runs(of, dg.RunsFilter(tags={"part": "z"})),
    "runs in any state": lambda dg, of: runs(of, dg.RunsFilter(statuses=[])),
    "runs of an id": lambda dg, of: runs(of, dg.RunsFilter(run_ids=[of.get_runs()[1].run_id])),
    "how many runs": lambda dg, of: (
        of.get_runs_count(),
        of.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])),
    ),
    "no run": lambda dg, of: (of.get_run_by_id("none"), of.has_run("none"), of.has_run(of.get_runs()[0].run_id)),
    "run records": lambda dg, of: [
        (record.dagster_run.status.name, record.end_time >= record.start_time, record.update_timestamp.tzinfo is None)
        for record in of.get_run_records(limit=2)
    ],
    "what a run made": lambda dg, of: of_run(dg, of, "ASSET_MATERIALIZATION"),
    "what a run made and saw": lambda dg, of: of_run(dg, of, "ASSET_MATERIALIZATION", "ASSET_OBSERVATION"),
    "what a run made first": lambda dg, of: of_run(dg, of, "ASSET_MATERIALIZATION", "ASSET_OBSERVATION", limit=1),
    "how a run went": lambda dg, of: of_run(dg, of, "PIPELINE_START", "PIPELINE_SUCCESS", "PIPELINE_FAILURE"),
    "all assets": lambda dg, of: sorted(key.path for key in of.all_asset_keys()),
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=list(QUESTIONS))
def test_records_and_runs_are_told_alike(ask: Callable[[Any, Any], Any], stores: tuple[Any, Any]) -> None:
    reference, ours = stores
    assert ask(notebook_assets, ours) == ask(dagster, reference)
