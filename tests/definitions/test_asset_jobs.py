"""Jobs over assets: what they select, how they run, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetKey,
    AssetSelection,
    DailyPartitionsDefinition,
    Definitions,
    Instance,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidSelectionError,
    RunConfig,
    SourceAsset,
    StaticPartitionsDefinition,
    UnknownAssetError,
    UnknownPartitionError,
    asset,
    daily_partitioned_config,
    define_asset_job,
    load_asset_value,
    partitioned_config,
)

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")


@asset
def a():
    return 1


@asset
def b(a):
    return a + 1


@asset(required_resource_keys={"r"}, config_schema={"x": int})
def c(context, b):
    return context.op_config["x"], b, context.resources.r, dict(context.run_tags)


@asset(partitions_def=DAYS)
def daily(context):
    return context.partition_key


@asset(partitions_def=StaticPartitionsDefinition(["q"]))
def static(): ...


@asset(config_schema={"day": str}, partitions_def=DAYS)
def configured(context):
    return context.op_config["day"]


@partitioned_config(DAYS, tags_for_partition_key_fn=lambda key: {"year": key[:4]})
def by_day(key):
    return {"ops": {"configured": {"config": {"day": f"{DAYS.time_window_for_partition_key(key).start:%A}"}}}}


@daily_partitioned_config("2024-01-01")
def without_end(start, end):
    return {}


@asset
def fails(a):
    raise ValueError("no")


def definitions(*jobs: Any, **options: Any) -> Definitions:
    return Definitions([a, b, c, daily, static, fails, SourceAsset("src")], jobs=jobs, resources={"r": 5}, **options)


def job(**options: Any) -> Any:
    return definitions(define_asset_job("job", **options)).resolve_job_def("job")


@pytest.fixture
def store() -> Iterator[Instance]:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        ("*b", "a b"),
        ("a+", "a b fails"),
        (["a", "b"], "a b"),
        ([a, b], "a b"),
        (b, "b"),
        (AssetKey("b"), "b"),
        (AssetSelection.assets("a").downstream(depth=1) - AssetSelection.assets("fails"), "a b"),
        ("key:a or src", "a"),
    ],
)
def test_selections_as_people_write_them(selection: object, wanted: str) -> None:
    """Upstream first; what is made elsewhere is left out."""
    assert " ".join(key.to_user_string() for key in job(selection=selection).asset_keys) == wanted


def test_a_job_makes_its_assets(store: Instance) -> None:
    """The result tells by the names of the reference."""
    result = job(selection="*b", tags={"t": 1}).execute_in_process(instance=store)
    assert result.success
    assert (result.output_for_node("b"), result.asset_value("a"), result.asset_value(b.key)) == (2, 1, 2)
    assert store.runs()[0].tags == {"t": "1"}
    assert store.runs()[0].selection == "job"
    assert load_asset_value("b", instance=store) == 2


def test_the_store_of_the_folder_is_the_default() -> None:
    """As with materialize."""
    job(selection="a").execute_in_process()
    assert load_asset_value("a") == 1


@pytest.mark.parametrize("given", ["dict", "RunConfig"])
def test_configuration_of_the_job_and_of_the_call(store: Instance, given: str) -> None:
    """The call's configuration is in the place of the job's."""
    job(selection="*b").execute_in_process(instance=store)

    def config(x: int) -> Any:
        return {"ops": {"c": {"config": {"x": x}}}} if given == "dict" else RunConfig(ops={"c": {"config": {"x": x}}})

    asked = job(selection="c", config=config(3), run_tags={"rt": "1"}, tags={"of the job": "1"})
    assert asked.execute_in_process(instance=store, tags={"u": "2"}).output_for_node("c") == (
        3,
        2,
        5,
        {"rt": "1", "u": "2"},
    )
    assert asked.execute_in_process(instance=store, run_config=config(7)).output_for_node("c")[0] == 7
    assert asked.execute_in_process(instance=store, resources={"r": 6}).output_for_node("c")[2] == 6


def test_a_partition_of_a_job(store: Instance) -> None:
    """One key is made; it is a tag of the run, too."""
    asked = job(selection="daily or a")
    assert asked.partitions_def == DAYS
    assert asked.get_partition_keys() == ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]
    result = asked.execute_in_process(partition_key="2024-01-02", instance=store)
    assert (result.output_for_node("daily"), result.output_for_node("a")) == ("2024-01-02", 1)
    assert store.runs()[0].tags == {"dagster/partition": "2024-01-02"}
    with pytest.raises(UnknownPartitionError, match="2025-01-02"):
        asked.execute_in_process(partition_key="2025-01-02", instance=store)
    with pytest.raises(InvalidInvocationError, match="has partitions: say which"):
        asked.execute_in_process(instance=store)
    with pytest.raises(InvalidInvocationError, match="has no partitions; got 'x'"):
        job(selection="a").execute_in_process(partition_key="x", instance=store)


def test_configuration_by_partition(store: Instance) -> None:
    """A PartitionedConfig gives the configuration and the tags of each key."""
    asked = Definitions([configured], jobs=[define_asset_job("job", config=by_day)]).resolve_job_def("job")
    result = asked.execute_in_process(partition_key="2024-01-02", instance=store)
    assert result.output_for_node("configured") == "Tuesday"
    tags = {"year": "2024", "dagster/partition": "2024-01-02", "dagster/partition_set": "job_partition_set"}
    assert store.runs()[0].tags == tags == asked.get_tags_for_partition_key("2024-01-02")
    assert asked.get_run_config_for_partition_key("2024-01-01")["ops"]["configured"]["config"] == {"day": "Monday"}
    with pytest.raises(InvalidDefinitionError, match="have the same, but configured has"):
        Definitions([configured], jobs=[define_asset_job("job", config=without_end)]).resolve_job_def("job")


def test_some_of_the_assets_of_a_job(store: Instance) -> None:
    """asset_selection narrows; another asset is refused."""
    asked = job(selection="*b")
    asked.execute_in_process(instance=store, asset_selection=[AssetKey("a")])
    assert store.latest("b") is None
    with pytest.raises(UnknownAssetError, match="The job 'job' does not make fails"):
        asked.execute_in_process(instance=store, asset_selection=["fails"])
    for wrong in ({"op_selection": ["a"]}, {"input_values": {"a": 1}}):
        with pytest.raises(InvalidInvocationError, match="it takes asset_selection, but no op_selection"):
            asked.execute_in_process(instance=store, **wrong)


def test_the_first_error_is_raised_or_told(store: Instance) -> None:
    """raise_on_error decides, as with materialize."""
    asked = job(selection="*fails")
    with pytest.raises(ValueError, match="no"):
        asked.execute_in_process(instance=store)
    result = asked.execute_in_process(instance=store, raise_on_error=False)
    assert not result.success
    assert [failure.piece for failure in result.failures] == ["fails"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"selection": "src"}, r"selects no asset that can be made: key:\"src\""),
        ({"selection": "group:wether"}, r"selects no asset that can be made"),
        ({"selection": [daily, static]}, r"have the same, but static has"),
        ({"selection": [static], "partitions_def": DAYS}, r"its config or partitions_def has"),
    ],
)
def test_a_job_that_can_not_be_is_refused_when_it_is_resolved(options: dict[str, Any], text: str) -> None:
    """Also by validate_loadable."""
    made = definitions(define_asset_job("job", **options))
    with pytest.raises(InvalidDefinitionError, match=text):
        made.resolve_job_def("job")
    with pytest.raises(InvalidDefinitionError, match=text):
        Definitions.validate_loadable(made)


def test_wrong_arguments_are_refused_where_they_are_written() -> None:
    with pytest.raises(InvalidDefinitionError, match="A job has a name"):
        define_asset_job("")
    with pytest.raises(InvalidSelectionError):
        define_asset_job("job", selection=3)
    with pytest.raises(InvalidDefinitionError, match="tags"):
        define_asset_job("job", tags=["a"])  # type: ignore[arg-type]
    with pytest.raises(InvalidDefinitionError, match="Two jobs are called 'job'"):
        definitions(define_asset_job("job"), define_asset_job("job", selection="a"))
    for wrong in (3, a, "job"):
        with pytest.raises(InvalidDefinitionError, match=r"A job is made by define_asset_job or @job"):
            definitions(wrong)
    with pytest.raises(InvalidDefinitionError, match="jobs is a list of jobs"):
        Definitions(jobs="all")


def test_a_job_that_is_not_there() -> None:
    """Near matches are named; the job over all assets is always there."""
    made = definitions(define_asset_job("nightly", selection="a"))
    with pytest.raises(InvalidInvocationError, match=r"There is no job 'nightyl'.* Did you mean 'nightly'"):
        made.resolve_job_def("nightyl")
    assert made.get_job_def("nightly").name == "nightly"
    assert [found.name for found in made.resolve_all_job_defs()] == ["nightly"]
    assert Definitions([a, b]).resolve_job_def("__ASSET_JOB").asset_keys == (a.key, b.key)
