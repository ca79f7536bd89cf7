"""What IO managers are told of single inputs and outputs by a run's configuration, beside the reference."""

from collections.abc import Callable
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    AssetCheckResult,
    AssetIn,
    IOManager,
    RunResult,
    asset,
    asset_check,
    input_manager,
    io_manager,
)
from notebook_assets.errors import InvalidConfigError

Make = Callable[..., RunResult]
Log = list[tuple[Any, ...]]


def program(dg: Any, log: Log) -> dict[str, Any]:
    """An IO manager with a schema for outputs, an input manager with one for inputs, and assets that they serve."""

    class Manager(dg.IOManager):  # type: ignore[misc]  # of either package
        def __init__(self) -> None:
            self.values: dict[Any, Any] = {}

        def handle_output(self, context: Any, obj: Any) -> None:
            log.append(("out", context.asset_key.path[-1], context.name, context.config, context.resource_config))
            self.values[context.asset_key] = obj

        def load_input(self, context: Any) -> Any:
            log.append(("in", context.name, context.config, context.upstream_output.config))
            return self.values[context.asset_key]

    @dg.io_manager(config_schema={"base": str}, output_config_schema={"form": str, "rows": dg.Field(int, 5)})
    def manager(_: Any) -> Manager:
        return Manager()

    @dg.input_manager(config_schema={"unit": str}, input_config_schema={"first": int})
    def sliced(context: Any) -> int:
        log.append(("sliced", context.config, context.resource_config))
        return 7

    @dg.asset
    def a() -> int:
        return 1

    @dg.asset(key_prefix="p")
    def b(a: int) -> int:
        return a + 1

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def both(a: int) -> tuple[int, int]:
        return a, a

    @dg.asset(ins={"a": dg.AssetIn(input_manager_key="sliced")})
    def c(a: int) -> int:
        return a

    return {"a": a, "b": b, "both": both, "c": c, "resources": {"io_manager": manager, "sliced": sliced}}


BASE = {"io_manager": {"config": {"base": "s3"}}, "sliced": {"config": {"unit": "m"}}}
OUT_A = {"a": {"outputs": {"result": {"form": "csv"}}}}


@pytest.mark.parametrize(
    ("assets", "ops"),
    [
        (("a", "b"), {**OUT_A, "p__b": {"outputs": {"result": {"form": "npy", "rows": 2}}}}),
        (("a", "both"), {**OUT_A, "both": {"outputs": {"x": {"form": "1"}, "y": {"form": "2"}}}}),
        (("a", "c"), {**OUT_A, "c": {"inputs": {"a": {"first": 3}}, "outputs": {"result": {"form": "t"}}}}),
        (("a", "c"), {**OUT_A, "c": {"outputs": {"result": {"form": "t"}}}}),
        (("a", "c"), {**OUT_A, "c": {"inputs": {"a": {"first": "x"}}, "outputs": {"result": {"form": "t"}}}}),
        (("a", "b"), OUT_A),
        (("a",), {}),
        (("a",), {"a": {"outputs": {"result": {"form": 3}}}}),
        (("a",), {"a": {"outputs": {"other": {"form": "x"}}}}),
        (("a",), {"a": {"outputs": [{"result": {"form": "x"}}]}}),
        (("a",), {"a": {"outputs": {"result": {"form": "x"}}, "inputs": {"z": {}}}}),
    ],
)
def test_managers_are_told_what_they_are_in_the_reference(assets: tuple[str, ...], ops: dict[str, Any]) -> None:
    """Or the run is refused by both, before anything runs."""
    seen = []
    for dg in (notebook_assets, dagster):
        log: Log = []
        made = program(dg, log)
        resources = made["resources"] if "c" in assets else {"io_manager": made["resources"]["io_manager"]}
        config = {"ops": ops, "resources": {name: BASE[name] for name in resources}}
        options = {} if dg is dagster else {"progress": False, "instance": notebook_assets.Instance.ephemeral()}
        try:
            dg.materialize([made[name] for name in assets], resources=resources, run_config=config, **options)
        except (InvalidConfigError, dagster.DagsterInvalidConfigError):
            assert log == []
            seen.append("refused")
        else:
            seen.append(log)
    assert seen[0] == seen[1]


class Kept(IOManager):
    def __init__(self) -> None:
        self.told: list[Any] = []

    def handle_output(self, context: Any, obj: Any) -> None:
        self.told.append(context.config)

    def load_input(self, context: Any) -> Any:
        self.told.append((context.name, context.config))
        return 1


def test_an_asset_s_own_manager_may_be_told_of_inputs_too(make: Make) -> None:
    """The reference refuses it; it need not be told."""
    manager = Kept()

    @io_manager(input_config_schema={"rows": int})
    def keeping(_):  # type: ignore[no-untyped-def]
        return manager

    @asset(io_manager_def=keeping)
    def a():  # type: ignore[no-untyped-def]
        return 1

    @asset
    def b(a):  # type: ignore[no-untyped-def]
        return a

    assert make(a, b).success
    assert make(a, b, run_config={"ops": {"b": {"inputs": {"a": {"rows": 2}}}}}).success
    assert manager.told == [None, ("a", None), None, ("a", {"rows": 2})]
    with pytest.raises(InvalidConfigError, match=r"ops\.b\.inputs\.a\.rows: expected Int, got 'x'"):
        make(a, b, run_config={"ops": {"b": {"inputs": {"a": {"rows": "x"}}}}})
    with pytest.raises(InvalidConfigError, match=r"ops\.b\.inputs: 'A' can't be configured; what can: a"):
        make(a, b, run_config={"ops": {"b": {"inputs": {"A": {"rows": 3}}}}})
    with pytest.raises(InvalidConfigError, match=r"ops\.a: unknown field 'inputs'; there is: config\."):
        make(a, run_config={"ops": {"a": {"inputs": {"A": {"rows": 3}}}}})


def test_inputs_of_checks_are_configured_as_those_of_assets(make: Make) -> None:
    @input_manager(input_config_schema={"first": int})
    def sliced(context: Any) -> int:
        return int(context.config["first"])

    @asset
    def rows():  # type: ignore[no-untyped-def]
        return 1

    @asset_check(asset=rows, additional_ins={"some": AssetIn("rows", input_manager_key="sliced")})
    def right(some: int) -> AssetCheckResult:
        return AssetCheckResult(passed=some == 4)

    given = {"ops": {"rows_right": {"inputs": {"some": {"first": 4}}}}}
    assert make(rows, right, resources={"sliced": sliced}, run_config=given).success
    with pytest.raises(InvalidConfigError, match=r"ops\.rows_right\.inputs\.some\.first: it is missing"):
        make(rows, right, resources={"sliced": sliced})


def test_paths_and_names_are_those_of_the_reference() -> None:
    """The one of an asset, and the one in a run, of one output and of several."""

    def seen(dg: Any) -> Log:
        log: Log = []

        class Manager(dg.IOManager):  # type: ignore[misc]  # of either package
            def handle_output(self, context: Any, obj: Any) -> None:
                in_run = context.get_run_scoped_output_identifier()
                assert in_run[0] == context.run_id
                log.append((context.name, context.step_key, in_run[1:], context.get_asset_output_identifier()))
                log.append((context.asset_spec.key.path, context.has_asset_key))

            def load_input(self, context: Any) -> int:
                log.append((context.name, context.has_input_name, context.instance is not None))
                return 1

        @dg.asset(key_prefix="p", partitions_def=dg.StaticPartitionsDefinition(["x"]))
        def one() -> int:
            return 1

        @dg.multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut(key="c")}, ins={"one": dg.AssetIn(["p", "one"])})
        def both(one: int) -> tuple[int, int]:
            return 1, 2

        options = {} if dg is dagster else {"progress": False, "instance": notebook_assets.Instance.ephemeral()}
        dg.materialize([one, both], resources={"io_manager": Manager()}, partition_key="x", **options)
        return log

    assert seen(notebook_assets) == seen(dagster)
