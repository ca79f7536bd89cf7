"""AssetExecutionContext: every property and every error, as a function sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetCheckResult,
    AssetCheckSpec,
    AssetDep,
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    DataVersion,
    HourlyPartitionsDefinition,
    InvalidDefinitionError,
    InvalidInvocationError,
    IOManager,
    MaterializeResult,
    NotebookAssetsError,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionMapping,
    asset,
    build_asset_context,
)

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")
HOURS = HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-11-00:00")
NAMES = StaticPartitionsDefinition(["a", "b"])
KEY = "2024-01-02"
DAY = TimeWindow(datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC))


@asset(partitions_def=DAYS)
def days():
    return 1


@asset(partitions_def=NAMES)
def names():
    return 1


@asset(partitions_def=HOURS)
def by_hour():
    return 1


@asset
def single():
    return 1


@pytest.fixture
def ask(make) -> Callable[[Callable[[Any], Any]], Any]:
    """Give what a question gives that is asked inside the step ``daily[2024-01-02]``, or the error it raises."""

    def asked(question: Callable[[Any], Any]) -> Any:
        told: list[Any] = []

        @asset(
            partitions_def=DAYS,
            ins={
                "recent": AssetIn("days", partition_mapping=TimeWindowPartitionMapping(start_offset=-1)),
                "names": AssetIn(partition_mapping=AllPartitionMapping()),
            },
            deps=[AssetDep("by_hour", metadata={"allow_missing_partitions": True})],
            required_resource_keys={"db"},
        )
        def daily(context, recent, names, single):
            try:
                told.append(question(context))
            except (InvalidInvocationError, InvalidDefinitionError) as error:
                told.append(error)
            return 1

        upstream = [days, names, by_hour, single]
        make(*upstream, selection="days or names", partitions=None, only="all")
        result = make(
            daily,
            single,
            *upstream[:3],
            selection="daily or single",
            partition_key=KEY,
            tags={"who": "me"},
            resources={"db": 5},
        )
        assert told, result
        return told[0]

    return asked


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (lambda it: it.asset_key, AssetKey("daily")),
        (lambda it: it.assets_def.partitions_def, DAYS),
        (lambda it: it.has_partition_key, True),
        (lambda it: it.has_partition_key_range, False),
        (lambda it: it.partition_key, KEY),
        (lambda it: it.partition_keys, [KEY]),
        (lambda it: it.partition_key_range, PartitionKeyRange(KEY, KEY)),
        (lambda it: it.asset_partition_key_range, PartitionKeyRange(KEY, KEY)),
        (lambda it: it.partition_time_window, DAY),
        (lambda it: it.asset_partition_key_for_output(), KEY),
        (lambda it: it.asset_partition_keys_for_output("result"), [KEY]),
        (lambda it: it.asset_partition_key_range_for_output(), PartitionKeyRange(KEY, KEY)),
        (lambda it: it.asset_partitions_time_window_for_output(), DAY),
        (lambda it: it.asset_partitions_def_for_output(), DAYS),
        (lambda it: it.asset_partition_keys_for_input("recent"), ["2024-01-01", KEY]),
        (lambda it: it.asset_partition_key_range_for_input("recent"), PartitionKeyRange("2024-01-01", KEY)),
        (lambda it: it.asset_partitions_time_window_for_input("recent").end, DAY.end),
        (lambda it: it.asset_partitions_def_for_input("recent"), DAYS),
        (lambda it: it.asset_partition_keys_for_input("names"), ["a", "b"]),
        (lambda it: it.asset_partition_keys_for_input("single"), []),
        (lambda it: it.asset_partition_keys_for_input("by_hour")[::23], ["2024-01-02-00:00", "2024-01-02-23:00"]),
        (lambda it: it.asset_partitions_def_for_input("by_hour"), HOURS),
        (lambda it: it.resources.db, 5),
        (
            lambda it: (it.run_tags, it.has_tag("who"), it.get_tag("who"), it.get_tag("x")),
            ({"who": "me"}, True, "me", None),
        ),
        (lambda it: it.instance.load("days", KEY), 1),
        (lambda it: it.log.name, "notebook_assets"),
        (lambda it: repr(it) == f"<context of daily[{KEY}], run {it.run_id}>", True),
    ],
)
def test_what_a_function_can_ask(ask, question: Callable[[Any], Any], answer: Any) -> None:
    assert ask(question) == answer


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (lambda it: it.asset_partition_keys_for_input("days"), None),
        (
            lambda it: it.asset_partition_keys_for_input("recently"),
            r"no input 'recently'.*Did you mean 'recent'",
        ),
        (lambda it: it.asset_partition_key_for_input("recent"), r"the input 'recent' has 2 partitions here, not one"),
        (lambda it: it.asset_partition_key_range_for_input("single"), r"the input 'single' has no partitions here"),
        (lambda it: it.asset_partitions_def_for_input("single"), r"the input 'single' has no partitions"),
        (lambda it: it.asset_partitions_time_window_for_input("names"), r"its partitions are no time windows"),
        (lambda it: it.resources.other, r"There is no resource 'other'; this run has \['db'\]"),
        (lambda it: it.add_output_metadata({"x": object()}), r"output metadata 'x' is of type object"),
        (lambda it: it.add_asset_metadata({"x": 1}, "other"), r"Metadata can be added to daily\[2024-01-02\] only"),
        (lambda it: it.add_asset_metadata({"x": 1}, partition_key="2024-01-01"), r"Metadata can be added to daily"),
    ],
)
def test_questions_that_have_no_answer(ask, question: Callable[[Any], Any], text: str | None) -> None:
    if text is None:
        assert ask(question) == ["2024-01-01", KEY]  # an asset can be named by its key too
    else:
        with pytest.raises((InvalidInvocationError, InvalidDefinitionError), match=text):
            raise ask(question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (lambda it: it.partition_key, r"it has no partitions, so there is no partition_key"),
        (lambda it: it.partition_keys, r"it has no partitions"),
        (lambda it: it.partition_time_window, r"it: its partitions are no time windows \(None\)"),
        (lambda it: it.asset_partitions_def_for_output(), r"it has no partitions"),
    ],
)
def test_an_asset_without_partitions(make, question: Callable[[Any], Any], text: str) -> None:
    @asset
    def it(context):
        assert not context.has_partition_key
        question(context)

    with pytest.raises(InvalidInvocationError, match=text):
        raise make(it).failures[0].error


def test_metadata_and_data_version_reach_the_materialization(make, store) -> None:
    @asset
    def it(context):
        context.add_output_metadata({"a": 1}, output_name="result", mapping_key=None)
        context.add_asset_metadata({"b": 2}, asset_key="it")
        context.set_data_version("it", DataVersion("v1"))
        return 1

    make(it)
    record = store.latest("it")
    assert {name: entry.value for name, entry in record.metadata.items()} == {"a": 1, "b": 2}
    assert record.data_version == "v1"


def test_the_context_may_be_a_keyword(make) -> None:
    @asset
    def it(*, context, single):
        return context.asset_key.name, single

    assert make(it, single).asset_value("it") == ("it", 1)


def test_values_of_other_assets_are_loaded_from_where_they_are_kept(make) -> None:
    class Doubling(IOManager):
        def handle_output(self, context: Any, obj: Any) -> None: ...

        def load_input(self, context: Any) -> Any:
            return context.asset_key.name, context.python_type

    @asset(io_manager_def=Doubling(), deps=["names"])
    def elsewhere():
        return 1

    @asset(deps=[names, single, elsewhere])
    def it(context):
        return [
            context.load_asset_value("names", partition_key="b"),
            context.load_asset_value(AssetKey("single")),
            context.load_asset_value("elsewhere", python_type=list),
        ]

    make(names, partitions="all")
    result = make(elsewhere, single, it)
    assert result.asset_value("it") == [1, 1, ("elsewhere", list)]


def test_a_value_that_is_not_there_can_not_be_loaded(make, store) -> None:
    @asset
    def it(context):
        return context.load_asset_value("nowhere")

    error = make(it).failures[0].error
    assert isinstance(error, NotebookAssetsError)
    with pytest.raises(InvalidInvocationError, match="There is no store to load nowhere from"):
        it(build_asset_context())
    with pytest.raises(type(error)):
        it(build_asset_context(instance=store))


def test_the_run_the_keys_of_inputs_and_the_checks_of_a_call_are_told(make, store) -> None:
    told = {}

    @asset(check_specs=[AssetCheckSpec("fine", asset="it")], ins={"one": AssetIn("single")})
    def it(context, one):
        told["run"] = context.run.run_id == context.run_id, context.run.status
        told["input"] = context.asset_key_for_input("one")
        told["checks"] = [key.name for key in context.selected_asset_check_keys]
        with pytest.raises(InvalidInvocationError, match=r"no input 'ones'.*Did you mean 'one'"):
            context.asset_key_for_input("ones")
        return MaterializeResult(value=one, check_results=[AssetCheckResult(passed=True)])

    assert make(single, it).success
    assert told == {"run": (True, "running"), "input": AssetKey("single"), "checks": ["fine"]}
    with pytest.raises(InvalidInvocationError, match="is made in no run"):
        build_asset_context(instance=store).run  # noqa: B018
