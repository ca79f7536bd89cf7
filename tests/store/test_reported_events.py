"""What is reported without a run counts as what a run recorded: states, staleness, statuses by partition, pages."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AssetCheckEvaluation,
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    AssetPartitionStatus,
    AssetSpec,
    DailyPartitionsDefinition,
    Definitions,
    DynamicPartitionsDefinition,
    InMemoryIOManager,
    MaterializeResult,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError, ValueNotFoundError
from notebook_assets.store import Instance

VERSION = "notebook_assets/data_version"
LETTERS = StaticPartitionsDefinition(["x", "y", "z"])


@asset
def source() -> int:
    return 1


@asset
def made(source: int) -> int:
    return source + 1


def state_of_made(instance: Instance) -> str:
    """Return the state of what is made from the source."""
    return str(statuses(AssetGraph([source, made]), instance)[made.key].all_states()[0])


@pytest.mark.parametrize("version", ["other", None])
def test_what_is_made_from_something_that_is_reported_to_be_new_becomes_stale(
    instance: Instance, version: str | None
) -> None:
    materialize([source, made], instance=instance, progress=False)
    before = instance.latest("source")
    assert before is not None
    tags = {} if version is None else {VERSION: version}
    instance.report_runless_asset_event(AssetMaterialization("source", tags=tags))
    assert state_of_made(instance) == "stale"
    assert instance.load("source", version=before.event_id) == 1
    assert instance.load("source") == 1  # as a file that is there stays what is loaded


def test_the_same_data_version_makes_nothing_stale(instance: Instance) -> None:
    materialize([source, made], instance=instance, progress=False)
    before = instance.latest("source")
    assert before is not None
    assert before.data_version is not None
    instance.report_runless_asset_event(AssetMaterialization("source", tags={VERSION: before.data_version}))
    assert state_of_made(instance) == "materialized"


def test_reported_events_are_kept_whole_and_belong_to_no_run(instance: Instance) -> None:
    report = instance.report_runless_asset_event
    report(AssetMaterialization(["a", "b"], "told", {"rows": 3}, "x", {"tag": "1"}))
    report(AssetObservation("seen", "looked", {"rows": 4}, "x", {VERSION: "v2"}))
    report(AssetCheckEvaluation(AssetKey("seen"), "rows", passed=False, metadata={"n": 1}, description="few"))
    [record] = instance.fetch_materializations("a/b", 5).records
    assert (record.run_id, record.description, dict(record.tags), record.size) == ("", "told", {"tag": "1"}, None)
    assert record.asset_materialization == AssetMaterialization(["a", "b"], "told", {"rows": 3}, "x", {"tag": "1"})
    assert instance.pieces("a/b").run_ids == [""]
    [seen] = instance.fetch_observations("seen", 5).records
    assert (seen.run_id, seen.data_version, seen.description) == (None, "v2", "looked")
    [check] = instance.latest_checks("seen")
    assert (check.run_id, check.outcome, check.finding.description) == ("", "failed", "few")
    assert instance.runs() == []
    assert {row["run"] for view in ("latest", "durations", "latest_checks") for row in instance.db[view].rows} == {None}


def test_something_else_is_no_event(instance: Instance) -> None:
    with pytest.raises(InvalidInvocationError, match=r"takes an AssetMaterialization.*got 'daily'"):
        instance.report_runless_asset_event("daily")  # type: ignore[arg-type]


def test_a_partition_that_a_run_has_planned_and_not_made_yet_is_in_progress(instance: Instance) -> None:
    subset = LETTERS.subset_with_partition_keys(["x", "y"]).serialize()
    before, run = instance.begin_run(), instance.begin_run(targets=[("a", subset)])
    instance.describe_assets([])
    instance.record_materialization("a", "y", run_id=before)
    instance.record_failure("a", "z", run_id=before, error_type="E", message="no")
    told = AssetPartitionStatus
    expected: dict[str, Any] = {"x": told.IN_PROGRESS, "y": told.IN_PROGRESS, "z": told.FAILED}
    assert instance.get_status_by_partition("a", ["x", "y", "z"], LETTERS) == expected
    instance.record_materialization("a", "x", run_id=run)
    assert instance.get_status_by_partition("a", None, LETTERS) == {**expected, "x": told.MATERIALIZED}
    instance.finish_run(run, "canceled")
    assert instance.get_status_by_partition("a", ["y", "unknown"]) == {"y": told.MATERIALIZED, "unknown": None}


@pytest.mark.parametrize(
    "written", ["some/table", ["some", "table"], AssetKey(["some", "table"]), AssetSpec("some/table")]
)
def test_an_asset_is_asked_for_as_a_person_writes_it(instance: Instance, written: Any) -> None:
    key = AssetKey(["some", "table"])
    if isinstance(written, AssetSpec):
        written = AssetSpec(key)
    run = instance.begin_run(targets=[(key, "")])
    instance.record_materialization(key, "x", run_id=run, value=instance.encode(1, "a"))
    instance.record_observations(key, [])
    instance.record_step_output(key, "x", run_id=run, text="out")
    assert instance.fetch_materializations(written, 1).records[0].key == key
    assert [record.asset_key for record in instance.get_asset_records([written])] == [key]
    assert instance.get_materialized_partitions(written) == {"x"}
    assert instance.step_output(written, "x") == "out"
    assert instance.has_asset_key(written)
    assert instance.get_latest_materialization_events([written]).keys() == {key}
    assert instance.trust(written) == 0
    assert instance.load(written, "x") == 1
    instance.wipe_asset_partitions(written, ["x"])
    assert instance.latest(written, "x") is None


EVENTS = [
    lambda key, partition: AssetMaterialization(key, partition=partition),
    lambda key, partition: AssetObservation(key, partition=partition),
    lambda key, partition: AssetCheckEvaluation(asset_key=key, check_name="fine", passed=True, partition=partition),
]


@pytest.mark.parametrize("event", EVENTS)
def test_partitions_that_an_asset_does_not_have_are_refused(instance: Instance, event: Any) -> None:
    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        return str(context.partition_key)

    @asset(partitions_def=DynamicPartitionsDefinition(name="episodes"))
    def episode(context: Any) -> str:
        return str(context.partition_key)

    instance.add_dynamic_partitions("episodes", ["e1"])
    materialize([letter], partition_key="x", instance=instance, progress=False)
    materialize([episode], partition_key="e1", instance=instance, progress=False)
    last = instance.last_event_id()
    with pytest.raises(UnknownPartitionError, match=r"letter: .*'nonsense'"):
        instance.report_runless_asset_event(event("letter", "nonsense"))
    with pytest.raises(UnknownPartitionError, match=r"episode: .*e2"):
        instance.report_runless_asset_event(event("episode", "e2"))
    assert instance.last_event_id() == last
    for key, partition in (("letter", "y"), ("episode", "e1"), ("never defined", "anything"), ("letter", None)):
        instance.report_runless_asset_event(event(key, partition))


def test_a_partition_that_is_not_over_yet_can_be_reported(instance: Instance) -> None:
    @asset(partitions_def=DailyPartitionsDefinition("2013-01-01"))
    def daily(context: Any) -> str:
        return str(context.partition_key)

    materialize([daily], partition_key="2013-01-01", instance=instance, progress=False)
    instance.report_runless_asset_event(AssetMaterialization("daily", partition="2199-01-01"))
    with pytest.raises(UnknownPartitionError, match="2012-12-31"):
        instance.report_runless_asset_event(AssetMaterialization("daily", partition="2012-12-31"))


def ways_to_load(instance: Instance, definitions: Definitions) -> list[Any]:
    """Return the value of a partition by every way of loading, those of one and of several."""
    lazy = definitions.load_asset_value("letters", partitions="all", as_="lazy", missing="skip", instance=instance)
    several = definitions.load_asset_value("letters", partitions="all", missing="skip", instance=instance)
    return [instance.load("letters", "x"), dict(lazy).get("x"), several.get("x")]


@pytest.mark.parametrize("times", [1, 3])
def test_the_latest_value_that_is_kept_is_loaded_and_read_after_a_report(instance: Instance, times: int) -> None:
    @asset(partitions_def=LETTERS)
    def letters(context) -> str:  # type: ignore[no-untyped-def]
        return str(context.partition_key) * 30_000  # a file

    @asset(partitions_def=LETTERS)
    def longer(letters: str) -> str:
        return letters + "."

    options: Any = {"instance": instance, "partition_key": "x", "progress": False}
    materialize([letters, longer], **options)
    for _ in range(times):
        instance.report_runless_asset_event(AssetMaterialization("letters", partition="x"))
    assert ways_to_load(instance, Definitions([letters, longer])) == ["x" * 30_000] * 3
    assert materialize([letters, longer], selection=[longer], **options).asset_value("longer") == "x" * 30_000 + "."
    instance.prune(keep=1)
    assert instance.load("letters", "x") == "x" * 30_000


def test_what_a_run_made_without_a_value_counts_however_much_is_reported(instance: Instance) -> None:
    gives: dict[str, Any] = {"value": 1}

    @asset
    def letters() -> Any:
        return MaterializeResult() if gives["value"] is None else gives["value"]

    materialize([letters], instance=instance, progress=False)
    gives["value"] = None
    materialize([letters], instance=instance, progress=False)
    instance.report_runless_asset_event(AssetMaterialization("letters"))
    with pytest.raises(ValueNotFoundError, match="the store keeps no value of it"):
        instance.load("letters")


def test_an_io_manager_of_its_own_is_asked_after_a_report(instance: Instance) -> None:
    kept = InMemoryIOManager()

    @asset(name="letters")
    def before() -> int:
        return 1

    @asset(name="letters", io_manager_key="memory")
    def after() -> int:
        return 2

    materialize([before], instance=instance, progress=False)
    definitions = Definitions([after], resources={"memory": kept})
    kept.values["letters",] = 2
    materialize([after, source], selection=[source], instance=instance, resources={"memory": kept}, progress=False)
    instance.report_runless_asset_event(AssetMaterialization("letters"))
    assert definitions.load_asset_value("letters", instance=instance) == 2
