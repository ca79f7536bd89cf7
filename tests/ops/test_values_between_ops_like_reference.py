"""Values that go from op to op through IO managers: who is asked for what, beside the reference."""

from collections.abc import Callable
from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")
PACKAGES = (notebook_assets, dagster)


class Told:
    """IO managers of a package that keep values by their paths, and what they were told."""

    def __init__(self, package: Any) -> None:
        self.said: list[Any] = []
        said = self.said

        class Keeps(package.IOManager):  # type: ignore[misc,name-defined]
            def __init__(self, name: str) -> None:
                self.name, self.values = name, {}

            def handle_output(self, context: Any, obj: Any) -> None:
                run, *path = context.get_identifier()
                assert run == context.run_id
                self.values[tuple(path)] = obj
                said.append(
                    (
                        self.name,
                        "stores",
                        context.step_key,
                        context.name,
                        *path,
                        context.mapping_key,
                        context.op_def.name,
                    )
                )
                said.append((context.has_asset_key, dict(context.definition_metadata), context.has_partition_key))

            def load_input(self, context: Any) -> Any:
                upstream = context.upstream_output
                if upstream is None:
                    said.append((self.name, "loads nothing", context.name, context.op_def.name))
                    return "nothing"
                path = upstream.get_identifier()[1:]
                said.append((self.name, "loads", context.name, context.op_def.name, upstream.step_key, *path))
                said.append((context.has_asset_key, context.has_input_name, upstream.mapping_key))
                return self.values.get(tuple(path), "missing")

        self.manager = Keeps

    def resources(self, *names: str) -> dict[str, Any]:
        return {name: self.manager(name) for name in names}


def one_of(package: Any, **out: Any) -> Any:
    @package.op(name="one", out=package.Out(**out))
    def one():  # type: ignore[no-untyped-def]
        return 1

    return one


def passes(package: Any, name: str = "passes", **given: Any) -> Any:
    @package.op(name=name, ins={"rows": package.In(**given)})
    def passes(rows):  # type: ignore[no-untyped-def]
        return rows

    return passes


def chain(package: Any) -> Callable[[], Any]:
    first, second = one_of(package, io_manager_key="a", metadata={"unit": "m"}), passes(package)
    last = passes(package, "last", input_manager_key="b")
    return lambda: last(second(first()))


def mapped(package: Any) -> Callable[[], Any]:
    @package.op(out=package.DynamicOut(io_manager_key="a"))
    def many():  # type: ignore[no-untyped-def]
        yield package.DynamicOutput(1, "k1")
        yield package.DynamicOutput(2, "k2")

    second, last = passes(package), passes(package, "last")
    return lambda: last(many().map(second).collect())


def fanned(package: Any) -> Callable[[], Any]:
    first, last = one_of(package, io_manager_key="a"), passes(package)
    return lambda: last([first.alias("p")(), first.alias("q")()])


def fanned_by_hand(package: Any) -> Callable[[], Any]:
    first, last = one_of(package), passes(package, input_manager_key="b")
    return lambda: last([first.alias("p")(), first.alias("q")()])


def waiting(package: Any) -> Callable[[], Any]:
    @package.op(ins={"go": package.In(package.Nothing)})
    def last():  # type: ignore[no-untyped-def]
        return 2

    @package.op(out=package.Out(package.Nothing, io_manager_key="a"))
    def nothing():  # type: ignore[no-untyped-def]
        return None

    return lambda: last(nothing())


def nested(package: Any) -> Callable[[], Any]:
    first, last = one_of(package, io_manager_key="a"), passes(package)

    @package.graph
    def inner():  # type: ignore[no-untyped-def]
        return first()

    return lambda: last(inner())


def unconnected(package: Any) -> Callable[[], Any]:
    only = passes(package, input_manager_key="b")
    return lambda: only()


WIRINGS = (chain, mapped, fanned, fanned_by_hand, waiting, nested, unconnected)


def what_happens(package: Any, wiring: Any, resources: tuple[str, ...], **options: Any) -> Any:
    told, wire = Told(package), wiring(package)

    def wires():  # type: ignore[no-untyped-def]
        wire()

    job = package.job(name="wired", resource_defs=told.resources(*resources), **options)(wires)
    result = job.execute_in_process(**({"partition_key": "k"} if options else {}))
    return told.said, {name: result.output_for_node(name) for name in ("one", "passes", "last") if has(result, name)}


def has(result: Any, name: str) -> bool:
    """Whether a node ran."""
    return name in {event.step_key for event in result.get_step_success_events()}


@pytest.mark.parametrize("resources", [("a", "b"), ("a", "b", "io_manager")], ids=["named", "default too"])
@pytest.mark.parametrize("wiring", WIRINGS)
def test_managers_are_told_and_asked_as_in_the_reference(wiring: Any, resources: tuple[str, ...]) -> None:
    ours, theirs = (what_happens(package, wiring, resources) for package in PACKAGES)
    assert ours == theirs


def test_a_run_of_a_partition_tells_it() -> None:
    ours, theirs = (
        what_happens(package, chain, ("a", "b"), partitions_def=package.StaticPartitionsDefinition(["k"]))
        for package in PACKAGES
    )
    assert ours == theirs
    assert (False, {"unit": "m"}, True) in ours[0]


def inside_an_asset(package: Any) -> Any:
    told = Told(package)
    first, last = one_of(package, io_manager_key="a"), passes(package)

    @package.asset
    def up():  # type: ignore[no-untyped-def]
        return 5

    @package.op
    def adds(rows, up):  # type: ignore[no-untyped-def]
        return rows + up

    @package.graph_asset
    def total(up):  # type: ignore[no-untyped-def]
        return adds(last(first()), up)

    more = {"progress": False, "instance": notebook_assets.Instance.ephemeral()} if package is notebook_assets else {}
    result = package.materialize([up, total], resources=told.resources("a"), **more)
    return (
        [each for each in told.said if each[0] == "a"],
        result.asset_value("total"),
        set(total.required_resource_keys),
    )


def test_ops_inside_an_asset_use_the_managers_that_they_name() -> None:
    ours, theirs = map(inside_an_asset, PACKAGES)
    assert ours[:2] == theirs[:2]
    assert ours[2] == theirs[2] - {"io_manager"} == {"a"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_manager_that_is_not_given_is_an_error(package: Any) -> None:
    first = one_of(package, io_manager_key="nope")

    def wires():  # type: ignore[no-untyped-def]
        first()

    with pytest.raises(Exception, match="nope"):
        package.job(name="wired")(wires).execute_in_process()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_what_fails_to_be_stored_is_tried_again_and_fails_the_op(package: Any) -> None:
    ran: list[int] = []

    class Fails(package.IOManager):  # type: ignore[misc,name-defined]
        def handle_output(self, context: Any, obj: Any) -> None:
            raise ValueError("full")

        def load_input(self, context: Any) -> None: ...

    @package.op(out=package.Out(io_manager_key="a"), retry_policy=package.RetryPolicy(max_retries=1))
    def one():  # type: ignore[no-untyped-def]
        ran.append(1)

    @package.job(resource_defs={"a": Fails()})
    def wired():  # type: ignore[no-untyped-def]
        one()

    result = wired.execute_in_process(raise_on_error=False)
    assert (result.success, ran, result.is_node_failed("one")) == (False, [1, 1], True)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_value_that_was_loaded_is_of_the_declared_type(package: Any) -> None:
    first = one_of(package, io_manager_key="a")

    @package.op
    def last(rows: str):  # type: ignore[no-untyped-def]
        return rows

    def wires():  # type: ignore[no-untyped-def]
        last(first())

    job = package.job(name="wired", resource_defs=Told(package).resources("a"))(wires)
    with pytest.raises((notebook_assets.TypeCheckDidNotPass, dagster.DagsterTypeCheckDidNotPass)):
        job.execute_in_process()


CONFIGS: dict[str, Any] = {
    "nothing": {},
    "what it takes": {"ops": {"one": {"outputs": {"result": {"path": "x"}}}}},
    "another type": {"ops": {"one": {"outputs": {"result": {"path": 3}}}}},
    "another output": {"ops": {"one": {"outputs": {"other": {"path": "x"}}}}},
    "of an op that tells nothing": {"ops": {"passes": {"outputs": {"result": {"path": "x"}}}}},
}


@pytest.mark.parametrize("config", CONFIGS)
def test_what_a_manager_is_told_of_an_output_is_checked(config: str) -> None:
    found = []
    for package in PACKAGES:
        told: list[Any] = []

        class Keeps(package.IOManager):  # type: ignore[misc,name-defined]
            def handle_output(self, context: Any, obj: Any, told: Any = told) -> None:
                told.append(context.config)

            def load_input(self, context: Any) -> Any:
                return 1

        keeps = package.io_manager(output_config_schema={"path": str})(lambda _, made=Keeps: made())
        first, last = one_of(package, io_manager_key="a"), passes(package)

        @package.graph
        def wired():  # type: ignore[no-untyped-def]
            last(first())  # noqa: B023  # it is called at once

        job = wired.to_job(resource_defs={"a": keeps})
        try:
            job.execute_in_process(run_config=CONFIGS[config])
        except (notebook_assets.InvalidConfigError, dagster.DagsterInvalidConfigError):
            told.append("refused")
        found.append(told)
    assert found[0] == found[1]


def test_values_may_be_kept_in_memory() -> None:
    first, last = one_of(notebook_assets, io_manager_key="a"), passes(notebook_assets)

    @notebook_assets.job(resource_defs={"a": notebook_assets.mem_io_manager})
    def wired() -> None:
        last(first())

    assert wired.execute_in_process().output_for_node("passes") == 1
