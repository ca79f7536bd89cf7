"""Assets made of ops and graphs, and the ops in assets, beside the reference: what is said of them, and what is run."""

# No postponed annotations: the reference looks up those of the functions below by name, outside of them.

from collections.abc import Callable
from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")


def outcome(make: Callable[[ModuleType], Any], tell: Callable[[ModuleType, Any], Any], dg: ModuleType) -> Any:
    try:
        return tell(dg, make(dg))
    except Exception:
        return "refused"


def type_of(dg: ModuleType, declared: Any) -> str:
    """Return what a type is called, in words that both libraries share."""
    name = getattr(declared, "display_name", None) or getattr(declared, "__name__", str(declared))
    return {"Int": "int", "String": "str", "NoneType": "Nothing", "Any": "NO_DEFAULT"}.get(name, name)


def op_in(dg: ModuleType, definition: Any) -> Any:
    op = definition.op
    return {
        "kind": type(op).__name__,
        "name": op.name,
        "ins": {name: type_of(dg, about.dagster_type) for name, about in op.ins.items()},
        "outs": {
            name: (type_of(dg, out.dagster_type), out.is_required, out.io_manager_key or "io_manager", out.code_version)
            for name, out in op.outs.items()
        },
        "resources": set(op.required_resource_keys),
        "tags": dict(op.tags),
        "retries": op.retry_policy.max_retries if op.retry_policy else None,
        "description": op.description,
        "version": op.version,
        "pool": op.pool,
    }


def with_everything(dg: ModuleType) -> Any:
    @dg.asset(
        config_schema={"rows": int},
        required_resource_keys={"db"},
        op_tags={"team": "sales"},
        retry_policy=dg.RetryPolicy(3),
        code_version="v",
        description="hello",
        key_prefix="sales",
    )
    def daily(context, hourly): ...

    return daily


def annotated(dg: ModuleType) -> Any:
    @dg.asset(deps=["raw"], output_required=False, io_manager_key="files")
    def daily(hourly: int, other=3) -> str:
        """What it is."""

    return daily


def typed(dg: ModuleType) -> Any:
    @dg.asset(dagster_type=dg.String, ins={"x": dg.AssetIn(key=["a", "b"])})
    def daily(x): ...

    return daily


def several(dg: ModuleType) -> Any:
    @dg.multi_asset(
        outs={"x": dg.AssetOut(), "y": dg.AssetOut(is_required=False, code_version="3")},
        name="both",
        op_tags={"q": "1"},
    )
    def made(u): ...

    return made


def by_specs(dg: ModuleType) -> Any:
    @dg.multi_asset(specs=[dg.AssetSpec("x", deps=["d"]), dg.AssetSpec(["a", "y"], skippable=True)])
    def made(): ...

    return made


def a_graph(dg: ModuleType) -> Any:
    @dg.op
    def one():
        return 1

    @dg.graph_asset
    def table():
        return one()

    return table


def of_op(dg: ModuleType) -> Any:
    return dg.AssetsDefinition.from_op(ops(dg)["documented"])


@pytest.mark.parametrize(
    "make", [with_everything, annotated, typed, several, by_specs, a_graph, of_op], ids=lambda make: make.__name__
)
def test_the_op_in_an_asset_says_what_the_reference_says(make: Callable[[ModuleType], Any]) -> None:
    """A graph-backed asset has none."""
    assert outcome(make, op_in, notebook_assets) == outcome(make, op_in, dagster)


def ops(dg: ModuleType) -> dict[str, Any]:
    @dg.op
    def one():
        return 1

    @dg.op(description="an op", tags={"a": "b"}, code_version="7")
    def documented(rows):
        return rows

    @dg.op(out=dg.Out(description="an output", metadata={"k": 1}, code_version="c", is_required=False))
    def described():
        return 1

    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def two(a, b):
        return 1, 2

    @dg.op(out={"x": dg.Out()})
    def named():
        return 1

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def waits():
        return 1

    return {each.name: each for each in (one, documented, described, two, named, waits)}


def graphs(dg: ModuleType) -> dict[str, Any]:
    known = ops(dg)

    @dg.graph(description="a graph")
    def of_one():
        return known["one"]()

    @dg.graph(out={"x": dg.GraphOut(), "y": dg.GraphOut()})
    def of_two(a, b):
        x, y = known["two"](a, b)
        return {"x": x, "y": y}

    @dg.graph
    def of_nothing():
        known["one"]()

    return {each.name: each for each in (of_one, of_two, of_nothing)}


def of_node(name: str, **options: Any) -> Callable[[ModuleType], Any]:
    """Return what makes assets of an op or a graph; options may be functions of the library."""

    def make(dg: ModuleType) -> Any:
        given = {key: value(dg) if callable(value) else value for key, value in options.items()}
        if name in (known := ops(dg)):
            return dg.AssetsDefinition.from_op(known[name], **given)
        return dg.AssetsDefinition.from_graph(graphs(dg)[name], **given)

    return make


def keys(**of: Any) -> Callable[[ModuleType], Any]:
    return lambda dg: {name: dg.AssetKey(key) for name, key in of.items()}


def internal(**of: list[Any]) -> Callable[[ModuleType], Any]:
    return lambda dg: {name: {dg.AssetKey(key) for key in given} for name, given in of.items()}


def specs(dg: ModuleType, definition: Any) -> Any:
    return {
        spec.key.to_user_string(): {
            "group": spec.group_name or "default",
            "description": spec.description,
            "metadata": {name: getattr(each, "value", each) for name, each in spec.metadata.items()},
            "tags": dict(spec.tags or {}),
            "owners": list(spec.owners or ()),
            "version": spec.code_version,
            "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "skippable": spec.skippable,
            "inputs": {name: key.to_user_string() for name, key in definition.keys_by_input_name.items()},
        }
        for spec in definition.specs
    }


OF_NODES: dict[str, Callable[[ModuleType], Any]] = {
    "an op": of_node("one"),
    "an op with a description": of_node("documented"),
    "an op with a described output": of_node("described"),
    "an op of two outputs": of_node("two"),
    "an op whose output is named": of_node("named"),
    "an op with a prefix": of_node("documented", key_prefix="k"),
    "an op with keys": of_node("documented", keys_by_input_name=keys(rows="r"), keys_by_output_name=keys(result=["a"])),
    "a graph": of_node("of_one"),
    "two": of_node("of_two"),
    "two with a prefix": of_node("of_two", key_prefix=["a", "b"]),
    "two with keys": of_node(
        "of_two", keys_by_input_name=keys(a=["q", "a"], b="b"), keys_by_output_name=keys(x="xx", y=["yy"])
    ),
    "an unknown output": of_node("of_two", keys_by_output_name=keys(zz="xx")),
    "an unknown input": of_node("of_two", keys_by_input_name=keys(zz="xx")),
    "internal deps": of_node("of_two", internal_asset_deps=internal(x=["a"], y=["x", "b"])),
    "internal deps of an unknown output": of_node("of_two", internal_asset_deps=internal(zz=["a"])),
    "a group": of_node("of_two", group_name="g"),
    "groups": of_node("of_two", group_names_by_output_name={"x": "g"}),
    "a group and groups": of_node("of_two", group_name="g", group_names_by_output_name={"x": "h"}),
    "descriptions": of_node("of_two", descriptions_by_output_name={"x": "d"}),
    "metadata": of_node("of_two", metadata_by_output_name={"x": {"m": 1}}),
    "tags": of_node("of_two", tags_by_output_name={"y": {"t": "1"}}),
    "owners": of_node("of_two", owners_by_output_name={"x": ["team:a"]}),
    "code versions": of_node("of_two", code_versions_by_output_name={"x": "3"}),
    "descriptions of an unknown output": of_node("of_two", descriptions_by_output_name={"zz": "d"}),
    "metadata of an unknown output": of_node("of_two", metadata_by_output_name={"zz": {}}),
    "tags of an unknown output": of_node("of_two", tags_by_output_name={"zz": {}}),
    "groups of an unknown output": of_node("of_two", group_names_by_output_name={"zz": "g"}),
    "a mapping of an unknown input": of_node(
        "of_two", partition_mappings=lambda dg: {"zz": dg.AllPartitionMapping()}
    ),
    "a check": of_node("of_two", check_specs=lambda dg: [dg.AssetCheckSpec("c", asset="x")]),
    "a check of another asset": of_node("of_two", check_specs=lambda dg: [dg.AssetCheckSpec("c", asset="nope")]),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_NODES)
def test_assets_of_ops_and_graphs_are_what_they_are_in_the_reference(case: str) -> None:
    assert outcome(OF_NODES[case], specs, notebook_assets) == outcome(OF_NODES[case], specs, dagster)


def told_retries(dg: ModuleType, seen: list[Any]) -> Any:
    @dg.op(retry_policy=dg.RetryPolicy(2))
    def flaky(context):
        seen.append(context.retry_number)
        if context.retry_number < 1:
            raise ValueError("once")
        return 5

    @dg.op
    def after(number):
        return number + 1

    @dg.graph
    def inner():
        return after(flaky())

    @dg.graph_asset
    def table():
        return inner()

    return table


def told_hooks(dg: ModuleType, seen: list[Any]) -> Any:
    @dg.success_hook
    def good(context):
        seen.append(("good", context.step_key))

    @dg.failure_hook
    def bad(context):
        seen.append(("bad", context.step_key, str(context.op_exception)))

    @dg.op
    def one():
        return 1

    @dg.op(retry_policy=dg.RetryPolicy(3))
    def broken(number):
        raise dg.Failure("for good", allow_retries=False)

    @dg.graph_asset(hooks={good, bad})
    def table():
        return broken(one())

    return table


def told_requests(dg: ModuleType, seen: list[Any]) -> Any:
    @dg.op
    def asks(context):
        seen.append(context.retry_number)
        raise dg.RetryRequested(max_retries=2)

    @dg.graph_asset
    def table():
        return asks()

    return table


def told_dynamic(dg: ModuleType, seen: list[Any]) -> Any:
    @dg.op(out=dg.DynamicOut())
    def counts():
        for number in range(3):
            yield dg.DynamicOutput(number, mapping_key=f"k{number}")

    @dg.op
    def square(context, number):
        seen.append((context.get_mapping_key(), number))
        return number * number

    @dg.op
    def add(left, right):
        return left + right

    @dg.op
    def both(squares, sums):
        return [squares, sums]

    @dg.graph_asset
    def table():
        numbers = counts()
        squares = numbers.map(square)
        sums = numbers.map(lambda number: add(number, square.alias("again")(number)))
        return both(squares.collect(), sums.collect())

    return table


@pytest.mark.parametrize(
    "make", [told_retries, told_hooks, told_requests, told_dynamic], ids=lambda make: make.__name__
)
def test_ops_of_an_asset_are_tried_hooked_and_mapped_like_in_the_reference(make: Any) -> None:
    """The same steps run as often, hooks are told of the same, and the same is stored."""
    found = []
    for dg in (notebook_assets, dagster):
        seen: list[Any] = []
        result = dg.materialize_to_memory([make(dg, seen)], raise_on_error=False)
        value = result.asset_value("table") if result.success else None
        found.append((result.success, value, sorted(seen, key=str)))
    assert found[0] == found[1]
