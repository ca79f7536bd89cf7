"""Ops and graphs made by hand, beside the reference: the same graphs run to the same values, the same are refused."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")


def input_mapping(dg: ModuleType, name: str, node: str, node_input: str) -> Any:
    return dg.InputMapping(graph_input_name=name, mapped_node_name=node, mapped_node_input_name=node_input)


def nodes(dg: ModuleType) -> dict[str, Any]:
    """Return some ops, decorated and made by hand, by name."""

    @dg.op
    def one():
        return 1

    @dg.op
    def add(a, b):
        return a + b

    @dg.op
    def total(items):
        return sum(items)

    @dg.op(out=dg.DynamicOut())
    def counts():
        for number in range(3):
            yield dg.DynamicOutput(number, mapping_key=f"k{number}")

    def computed(context, inputs):
        yield dg.Output(inputs["number"] * 10, "tens")
        yield dg.Output(context.op_config["by"], "by")

    by_hand = dg.OpDefinition(
        computed,
        name="by_hand",
        ins={"number": dg.In(int)},
        outs={"tens": dg.Out(int), "by": dg.Out()},
        config_schema={"by": dg.Field(int, default_value=7)},
        tags={"team": 3},
        code_version="v",
    )
    inner = dg.GraphDefinition(
        name="inner",
        node_defs=[add],
        input_mappings=[input_mapping(dg, "p", "add", "a"), input_mapping(dg, "q", "add", "b")],
        output_mappings=[dg.OutputMapping("sum", "add", "result")],
    )
    found = (one, add, total, counts, by_hand, inner)
    return {each.name: each for each in found}


def dep(dg: ModuleType, node: str, output: str = "result") -> Any:
    return dg.DependencyDefinition(node, output)


GRAPHS: dict[str, Callable[[ModuleType], dict[str, Any]]] = {
    "a chain": lambda dg: {"use": ["add", "one"], "dependencies": {"add": {"a": dep(dg, "one"), "b": dep(dg, "one")}}},
    "aliases": lambda dg: {
        "use": ["one", "add"],
        "dependencies": {
            dg.NodeInvocation("one"): {},
            dg.NodeInvocation("one", alias="uno"): {},
            dg.NodeInvocation("add", "sum", tags={"k": "v"}): {"a": dep(dg, "one"), "b": dep(dg, "uno")},
        },
        "outputs": [("result", "sum", "result")],
    },
    "fan in": lambda dg: {
        "use": ["one", "add", "total"],
        "dependencies": {
            "add": {"a": dep(dg, "one"), "b": dep(dg, "one")},
            "total": {"items": dg.MultiDependencyDefinition([dep(dg, "one"), dep(dg, "add")])},
        },
        "outputs": [("all", "total", "result")],
    },
    "several outputs": lambda dg: {
        "use": ["one", "by_hand", "add"],
        "dependencies": {
            "by_hand": {"number": dep(dg, "one")},
            "add": {"a": dep(dg, "by_hand", "tens"), "b": dep(dg, "by_hand", "by")},
        },
        "outputs": [("result", "add", "result"), ("tens", "by_hand", "tens")],
    },
    "a graph in a graph": lambda dg: {
        "use": ["one", "inner"],
        "dependencies": {"inner": {"p": dep(dg, "one"), "q": dep(dg, "one")}},
        "outputs": [("result", "inner", "sum")],
    },
    "inputs": lambda dg: {
        "use": ["add"],
        "inputs": [("p", "add", "a"), ("p", "add", "b")],
        "outputs": [("result", "add", "result")],
        "run": {"input_values": {"p": 4}},
    },
    "a dynamic output": lambda dg: {
        "use": ["counts", "by_hand"],
        "dependencies": {"by_hand": {"number": dep(dg, "counts")}},
    },
    "a node that nothing names": lambda dg: {"use": ["one", "counts"]},
    "an unknown node": lambda dg: {"use": ["add"], "dependencies": {"add": {"a": dep(dg, "nope")}}},
    "an unknown use": lambda dg: {"use": ["add"], "dependencies": {"nope": {}}},
    "an unknown output": lambda dg: {"use": ["add", "one"], "dependencies": {"add": {"a": dep(dg, "one", "zz")}}},
    "an unknown input": lambda dg: {"use": ["add", "one"], "dependencies": {"add": {"zz": dep(dg, "one")}}},
    "a circle": lambda dg: {"use": ["add"], "dependencies": {"add": {"a": dep(dg, "add")}}},
    "no dependency": lambda dg: {"use": ["add"], "dependencies": {"add": {"a": "one"}}},
    "an input of no node": lambda dg: {"use": ["add"], "inputs": [("p", "nope", "a")]},
    "an input that is none": lambda dg: {"use": ["add"], "inputs": [("p", "add", "zz")]},
    "an input with two sources": lambda dg: {
        "use": ["add", "one"],
        "dependencies": {"add": {"a": dep(dg, "one")}},
        "inputs": [("p", "add", "a")],
    },
    "an output of no node": lambda dg: {"use": ["one"], "outputs": [("r", "nope", "result")]},
    "an output that is none": lambda dg: {"use": ["one"], "outputs": [("r", "one", "zz")]},
    "a name that is none": lambda dg: {"use": ["one"], "name": "a-b"},
    "an input from nowhere": lambda dg: {"use": ["add"]},
}


def outcome(dg: ModuleType, written: dict[str, Any]) -> Any:
    """Return the values of all nodes and outputs, or that it was refused."""
    known = nodes(dg)
    try:
        graph = dg.GraphDefinition(
            name=written.get("name", "drawn"),
            node_defs=[known[name] for name in written["use"]],
            dependencies=written.get("dependencies"),
            input_mappings=[input_mapping(dg, *each) for each in written.get("inputs", ())],
            output_mappings=[dg.OutputMapping(*each) for each in written.get("outputs", ())],
        )
        result = graph.execute_in_process(**written.get("run", {}))
    except Exception:
        return "refused"
    found: dict[str, Any] = {name: result.output_value(name) for name, *_ in written.get("outputs", ())}
    uses = {str(getattr(each, "alias", None) or getattr(each, "name", each)) for each in graph.dependencies}
    for name in sorted({*uses, *written["use"]} - {"inner"}):
        try:
            outs = known[name].outs if name in known else {"result": None}
            found[name] = {out: result.output_for_node(name, out) for out in outs}
        except Exception:
            found[name] = "nothing"
    return found


@pytest.mark.parametrize("case", GRAPHS)
def test_graphs_made_by_hand_run_or_are_refused_like_in_the_reference(case: str) -> None:
    write = GRAPHS[case]
    assert outcome(notebook_assets, write(notebook_assets)) == outcome(dagster, write(dagster))


def seen(op: Any) -> dict[str, Any]:
    return {
        "name": op.name,
        "ins": list(op.ins),
        "outs": {name: (out.is_required, out.code_version) for name, out in op.outs.items()},
        "tags": dict(op.tags),
        "version": op.version,
        "resources": set(op.required_resource_keys),
        "retries": op.retry_policy.max_retries if op.retry_policy else None,
        "description": op.description,
    }


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ins": {}, "outs": {}},
        {"tags": {"a": "b"}, "version": "1", "description": "text"},
        {"code_version": "2", "required_resource_keys": {"db"}},
    ],
)
def test_an_op_made_by_hand_says_what_the_reference_says(options: dict[str, Any]) -> None:
    def compute(context, inputs):
        yield None

    assert seen(notebook_assets.OpDefinition(compute, "made", **options)) == seen(
        dagster.OpDefinition(compute, "made", **options)
    )


# Each node of a drawn graph: the earlier nodes that its two inputs come from (None: a list of all earlier ones).
DRAWN = st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 5), st.integers(0, 5))), min_size=1, max_size=5)


def drawn_graph(dg: ModuleType, drawn: list[Any]) -> Any:
    known = nodes(dg)
    uses: dict[Any, Any] = {dg.NodeInvocation("one", "n0"): {}}
    for at, ups in enumerate(drawn, 1):
        if ups is None:
            given = [dep(dg, f"n{up}") for up in range(at)]
            uses[dg.NodeInvocation("total", f"n{at}")] = {"items": dg.MultiDependencyDefinition(given)}
        else:
            left, right = (f"n{up % at}" for up in ups)
            uses[dg.NodeInvocation("add", f"n{at}")] = {"a": dep(dg, left), "b": dep(dg, right)}
    used = {use.name for use in uses}
    backwards = dict(reversed(uses.items()))  # dependencies may be written in any order
    return dg.GraphDefinition(
        name="drawn",
        node_defs=[known[name] for name in sorted(used)],
        dependencies=backwards,
        output_mappings=[dg.OutputMapping("result", f"n{len(drawn)}", "result")],
    )


@settings(
    max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(drawn=DRAWN)
def test_drawn_graphs_made_by_hand_give_the_same_values(drawn: list[Any]) -> None:
    ours, theirs = (drawn_graph(dg, drawn).execute_in_process() for dg in (notebook_assets, dagster))
    names = [f"n{at}" for at in range(len(drawn) + 1)]
    assert [ours.output_for_node(name) for name in names] == [theirs.output_for_node(name) for name in names]
    assert ours.output_value() == theirs.output_value()
