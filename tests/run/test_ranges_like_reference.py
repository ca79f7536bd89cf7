"""What functions and IO managers are told when one call makes a range: beside the reference."""

from collections.abc import Callable
from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")
PACKAGES = (notebook_assets, dagster)
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"

OF_CONTEXT = (
    "has_partition_key",
    "partition_key",
    "partition_keys",
    "has_partition_key_range",
    "partition_key_range",
    "partition_time_window",
    "asset_partition_key_for_output",
    "asset_partition_keys_for_output",
    "asset_partition_key_range_for_output",
    "asset_partitions_time_window_for_output",
)
OF_INPUT = (
    "asset_partition_key_for_input",
    "asset_partition_keys_for_input",
    "asset_partition_key_range_for_input",
    "asset_partitions_time_window_for_input",
)
OF_MANAGER = (
    "has_partition_key",
    "has_asset_partitions",
    "asset_partition_keys",
    "asset_partition_key_range",
    "asset_partitions_time_window",
)


def plain(value: Any, *, in_order: bool = True) -> Any:
    """Return an answer as something that is equal in both packages."""
    if hasattr(value, "start"):
        return (plain(value.start), plain(value.end))
    if hasattr(value, "timestamp"):
        return value.timestamp()
    if isinstance(value, list | tuple | set):
        found = [str(each) for each in value]
        return found if in_order else sorted(found)
    return str(value) if isinstance(value, str) else value


def answers(context: Any, names: tuple[str, ...], *about: Any, in_order: bool = True) -> dict[str, Any]:
    """Ask a context everything; an error is an answer."""
    found: dict[str, Any] = {}
    for name in names:
        try:
            value = getattr(context, name)
            value = value(*about) if callable(value) else value
        except Exception:
            value = "an error"
        found[name] = plain(value, in_order=in_order)
    return found


def definition_of(package: Any, kind: str) -> Any:
    days = package.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")
    letters = package.StaticPartitionsDefinition(list("abcdef"))
    if kind == "days":
        return days
    if kind == "letters":
        return letters
    return package.MultiPartitionsDefinition({"day": days, "letter": letters})


RANGES = [
    ("days", "2024-01-02", "2024-01-04"),
    ("days", "2024-01-02", "2024-01-02"),
    ("letters", "b", "d"),
    ("letters", "f", "f"),
    ("grid", "2024-01-02|a", "2024-01-02|c"),
]


def materialized(package: Any, assets: list[Any], start: str, end: str, **more: Any) -> Any:
    if package is notebook_assets:
        more |= {"progress": False, "instance": notebook_assets.Instance.ephemeral()}
    return package.materialize(assets, tags={START: start, END: end}, raise_on_error=False, **more)


def manager_of(package: Any, told: list[Any]) -> Any:
    class Tells(package.IOManager):  # type: ignore[misc,name-defined]
        def handle_output(self, context: Any, obj: Any) -> None:
            told.append(("out", answers(context, OF_MANAGER, in_order=False), obj))

        def load_input(self, context: Any) -> Any:
            told.append(("in", answers(context, OF_MANAGER, in_order=False)))
            return "loaded"

    return Tells()


def told_in_a_range(package: Any, kind: str, start: str, end: str) -> Any:
    told: list[Any] = []
    keys = definition_of(package, kind)

    @package.asset(partitions_def=keys)
    def up(context):  # type: ignore[no-untyped-def]
        told.append(answers(context, OF_CONTEXT))
        context.add_output_metadata({"all": 1})
        return package.Output("up", metadata={"own": 2})

    @package.asset(partitions_def=keys)
    def down(context, up: Any) -> Any:  # type: ignore[no-untyped-def]
        told.append((up, answers(context, OF_INPUT, "up", in_order=False)))
        return "down"

    result = materialized(package, [up, down], start, end, resources={"io_manager": manager_of(package, told)})
    assert result.success
    made = [
        (event.asset_key.to_user_string(), event.partition, sorted(event.metadata))
        for event in (each.materialization for each in result.get_asset_materialization_events())
    ]
    return told, sorted(made)


@pytest.mark.parametrize(("kind", "start", "end"), RANGES, ids=str)
def test_functions_and_io_managers_are_told_the_same(kind: str, start: str, end: str) -> None:
    ours, theirs = (told_in_a_range(package, kind, start, end) for package in PACKAGES)
    assert ours == theirs


def nothing(package: Any, keys: Any) -> Any:
    @package.asset(partitions_def=keys)
    def made() -> None: ...

    return made


def result_without_value(package: Any, keys: Any) -> Any:
    @package.asset(partitions_def=keys)
    def made(context):  # type: ignore[no-untyped-def]
        context.add_asset_metadata({"one": 1}, partition_key="2024-01-02")
        context.add_asset_metadata({"all": 1})
        return package.MaterializeResult(metadata={"own": 2})

    return made


def metadata_of_another_key(package: Any, keys: Any) -> Any:
    @package.asset(partitions_def=keys)
    def made(context) -> None:  # type: ignore[no-untyped-def]
        context.add_asset_metadata({"one": 1}, partition_key="2024-01-09")

    return made


def several(package: Any, keys: Any) -> Any:
    @package.multi_asset(specs=[package.AssetSpec(name, partitions_def=keys) for name in ("one", "two")])
    def made(context):  # type: ignore[no-untyped-def]
        yield package.MaterializeResult(asset_key="one", metadata={"z": len(context.partition_keys)})
        yield package.MaterializeResult(asset_key="two")

    return made


def one_value_for_the_store(package: Any, keys: Any) -> Any:
    @package.asset(partitions_def=keys)
    def made() -> int:
        return 1

    return made


@pytest.mark.parametrize(
    "define", [nothing, result_without_value, metadata_of_another_key, several, one_value_for_the_store]
)
def test_the_same_is_recorded_or_fails(define: Callable[[Any, Any], Any]) -> None:
    found = []
    for package in PACKAGES:
        keys = definition_of(package, "days")
        result = materialized(package, [define(package, keys)], "2024-01-02", "2024-01-03")
        events = [each.materialization for each in result.get_asset_materialization_events()]
        rows = [
            (event.asset_key.to_user_string(), event.partition, {n: each.value for n, each in event.metadata.items()})
            for event in events
        ]
        found.append((result.success, sorted(rows, key=repr)))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("tags", "more"),
    [({START: "2024-01-02"}, {}), ({END: "2024-01-02"}, {}), ({START: "2024-01-02", END: "2024-01-03"}, {"key": 1})],
    ids=["start", "end", "a key too"],
)
@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_half_a_range_and_a_range_with_a_key_are_refused(package: Any, tags: dict[str, str], more: Any) -> None:
    keys = {"partition_key": "2024-01-02"} if more else {}
    with pytest.raises(Exception, match="range"):
        package.materialize([nothing(package, definition_of(package, "days"))], tags=tags, **keys)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_job_takes_a_range_by_its_tags(package: Any) -> None:
    told: list[Any] = []

    @package.asset(partitions_def=definition_of(package, "letters"))
    def made(context) -> None:  # type: ignore[no-untyped-def]
        told.append(list(context.partition_keys))

    job = package.Definitions([made], jobs=[package.define_asset_job("job", [made])]).resolve_job_def("job")
    instance = (notebook_assets.Instance if package is notebook_assets else dagster.DagsterInstance).ephemeral()
    assert job.execute_in_process(tags={START: "b", END: "d"}, instance=instance).success
    assert told == [["b", "c", "d"]]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_context_for_a_test_may_be_of_a_range(package: Any) -> None:
    @package.asset(partitions_def=definition_of(package, "days"))
    def made(context):  # type: ignore[no-untyped-def]
        return answers(context, ("has_partition_key", "partition_keys", "has_partition_key_range"))

    ends = package.PartitionKeyRange("2024-01-02", "2024-01-03")
    assert made(package.build_asset_context(partition_key_range=ends)) == {
        "has_partition_key": False,
        "partition_keys": ["2024-01-02", "2024-01-03"],
        "has_partition_key_range": True,
    }
