"""What IO managers are told in a run, and what they may tell: beside the reference."""

from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")
PACKAGES = (notebook_assets, dagster)


def materialized(package: Any, assets: list[Any], manager: Any) -> Any:
    more = {"progress": False, "instance": notebook_assets.Instance.ephemeral()} if package is notebook_assets else {}
    return package.materialize(assets, resources={"io_manager": manager}, **more)


def two_assets(package: Any) -> list[Any]:
    @package.asset
    def rows() -> int:
        return 1

    @package.asset
    def report(rows: int) -> Any:
        return "x"

    return [rows, report]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_contexts_know_the_op_and_the_type(package: Any) -> None:
    told: list[Any] = []

    class Tells(package.IOManager):  # type: ignore[misc,name-defined]
        def handle_output(self, context: Any, obj: Any) -> None:
            told.append((context.op_def.name, context.dagster_type.display_name.lower()))

        def load_input(self, context: Any) -> Any:
            told.append(
                (context.op_def.name, context.upstream_output.op_def.name, context.dagster_type.display_name.lower())
            )
            return 1

    assert materialized(package, two_assets(package), Tells()).success
    assert told == [("rows", "int"), ("report", "rows", "int"), ("report", "any")]


def told_by(package: Any, give: Any) -> Any:
    """What a manager's handle_output makes of the materialization of ``rows``, and which others there are."""

    class Gives(package.IOManager):  # type: ignore[misc,name-defined]
        def handle_output(self, context: Any, obj: Any) -> Any:
            return give(package, context)

        def load_input(self, context: Any) -> Any:
            return 1

    result = materialized(package, two_assets(package)[:1], Gives())
    events = result.get_asset_materialization_events()
    metadata = [event.materialization.metadata for event in events if event.asset_key.to_user_string() == "rows"]
    others = {event.asset_key.to_user_string() for event in events} - {"rows"}
    seen = [event.asset_key.to_user_string() for event in result.get_asset_observation_events()]
    return {name: value.value for each in metadata for name, value in each.items()}, others, seen


def attaches(package: Any, context: Any) -> Any:
    context.add_output_metadata({"a": 1, "b": 1})
    return {"b": 2}


def logs(package: Any, context: Any) -> None:
    context.log_event(package.AssetMaterialization("elsewhere"))
    context.log_event(package.AssetMaterialization("rows", metadata={"own": 3}))
    context.log_event(package.AssetObservation("rows"))


GIVES = {
    "nothing": lambda package, context: None,
    "metadata": lambda package, context: {"a": 1},
    "metadata twice": attaches,
    "a materialization": lambda package, context: package.AssetMaterialization("elsewhere"),
    "an empty list": lambda package, context: [],
    "logged events": logs,
}


@pytest.mark.parametrize("give", GIVES)
def test_what_an_io_manager_gives_back_is_metadata_and_events(give: str) -> None:
    ours, theirs = (told_by(package, GIVES[give]) for package in PACKAGES)
    theirs[0].pop("path", None)
    assert ours == theirs


@pytest.mark.parametrize("wrong", ["text", 3, True, [1]], ids=str)
def test_anything_else_is_refused_as_there(wrong: Any) -> None:
    for package in PACKAGES:
        with pytest.raises((notebook_assets.OutputTypeError, dagster.DagsterInvariantViolationError)):
            told_by(package, lambda _, __: wrong)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_manager_that_yields_is_run_to_its_end(package: Any) -> None:
    stored: list[Any] = []

    class Yields(package.IOManager):  # type: ignore[misc,name-defined]
        def handle_output(self, context: Any, obj: Any) -> Any:
            stored.append(obj)
            yield package.AssetMaterialization("elsewhere")

        def load_input(self, context: Any) -> Any:
            return 1

    result = materialized(package, two_assets(package)[:1], Yields())
    found = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert (stored, found) == ([1], {"elsewhere", "rows"})


def of_siblings(package: Any, when: str) -> dict[str, Any]:
    @package.multi_asset(outs={"a": package.AssetOut(), "b": package.AssetOut()})
    def both(context):  # type: ignore[no-untyped-def]  # the reference takes no other annotation
        event = package.AssetMaterialization("b", metadata={"told": 1})
        if when == "logged before":
            context.log_event(event)
        yield package.Output(1, "a")
        if when == "yielded":
            yield event
        if when == "logged between":
            context.log_event(event)
        yield package.Output(2, "b")
        if when == "logged of another at the end":
            context.log_event(package.AssetMaterialization("c", metadata={"told": 1}))

    class Nowhere(package.IOManager):  # type: ignore[misc,name-defined]
        def handle_output(self, context: Any, obj: Any) -> None: ...
        def load_input(self, context: Any) -> None: ...

    found: dict[str, Any] = {}
    for event in materialized(package, [both], Nowhere()).get_asset_materialization_events():
        told = {name: value.value for name, value in event.materialization.metadata.items()}
        found.setdefault(event.asset_key.to_user_string(), {}).update(told)
    return found


@pytest.mark.parametrize("when", ["logged before", "yielded", "logged between", "logged of another at the end"])
def test_what_is_told_of_a_sibling_is_told_of_that_one(when: str) -> None:
    ours, theirs = (of_siblings(package, when) for package in PACKAGES)
    assert ours == theirs
