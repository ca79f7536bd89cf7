"""Graphs of ops compared with the reference: which ops ran, failed, were skipped, and with which values."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

HOWS = ("returns", "yields", "nothing", "fails", "none")
TRIED = ("tried again", "tried in vain", "asks", "gives up")


pytestmark = pytest.mark.usefixtures("quiet_reference")


# One op: what it needs (numbers of earlier ops), whether that comes as a list, and how it behaves.
NODE = st.tuples(st.sets(st.integers(0, 5), max_size=3), st.booleans(), st.sampled_from(HOWS))
# The same, with ops that are tried again; the last says whether the op stands in a graph of its own.
TRIED_NODE = st.tuples(
    st.sets(st.integers(0, 5), max_size=3), st.booleans(), st.sampled_from(HOWS + TRIED), st.booleans()
)
# A dynamic op: how many values it gives (None: it fails), and how the op behaves that is mapped over them.
DYNAMIC = st.tuples(
    st.sampled_from([None, 0, 1, 3]), st.sampled_from(("returns", "fails on 1", "nothing on 1", "nothing"))
)


def an_op(dg: ModuleType, at: int, ups: list[int], as_list: bool, how: str) -> Any:
    inputs = ["items"] if as_list and ups else [f"x{up}" for up in ups]

    def value(given: dict[str, Any], retries: int = 0) -> Any:
        if how in ("fails", "tried in vain") or (how == "tried again" and retries < 2):
            raise ValueError(f"op {at}")
        if how == "asks":
            raise dg.RetryRequested(max_retries=1)
        if how == "gives up":
            raise dg.Failure(f"op {at}", allow_retries=False)
        return None if how == "none" else [at, sorted(given.items(), key=str)]

    options: dict[str, Any] = {
        "name": f"n{at}",
        "ins": {name: dg.In() for name in inputs},
        "out": dg.Out(is_required=how not in ("yields", "nothing")),
        "retry_policy": dg.RetryPolicy(2) if how in TRIED and how != "asks" else None,
    }
    if how in TRIED:

        @dg.op(**options)
        def tried(context, **given):
            return value(given, context.retry_number)

        return tried
    if how in ("yields", "nothing"):

        @dg.op(**options)
        def made(**given):
            if how == "yields":
                yield dg.Output(value(given))
    else:

        @dg.op(**options)
        def made(**given):
            return value(given)

    return made


def a_job(dg: ModuleType, nodes: list[Any], dynamics: list[Any]) -> Any:
    """Write a job as a user of either library would."""
    ops = [
        an_op(dg, at, sorted(up for up in ups if up < at), as_list, how) for at, (ups, as_list, how) in enumerate(nodes)
    ]

    @dg.op
    def gather(items):
        return items

    @dg.job(name="drawn")
    def drawn():
        given: list[Any] = []
        for at, (ups, as_list, _) in enumerate(nodes):
            needed = sorted(up for up in ups if up < at)
            if as_list and needed:
                given.append(ops[at](items=[given[up] for up in needed]))
            else:
                given.append(ops[at](**{f"x{up}": given[up] for up in needed}))
        for at, (count, how) in enumerate(dynamics):
            each = each_of(dg, at, how)
            mapped = counting(dg, at, count)(given[0]).map(each)
            mapped.map(gather.alias(f"after{at}"))
            gather.alias(f"all{at}")(mapped.collect())

    return drawn


def counting(dg: ModuleType, at: int, count: int | None) -> Any:
    @dg.op(name=f"count{at}", out=dg.DynamicOut())
    def made(start):
        if count is None:
            raise ValueError("no count")
        for number in range(count):
            yield dg.DynamicOutput(number, mapping_key=f"k{number}")

    return made


def each_of(dg: ModuleType, at: int, how: str) -> Any:
    @dg.op(name=f"each{at}", out=dg.Out(is_required=False))
    def made(number):
        if how == "fails on 1" and number == 1:
            raise ValueError("one")
        if how == "returns" or (how != "nothing" and number != 1):
            yield dg.Output(number * 10)

    return made


def in_a_graph(dg: ModuleType, op: Any) -> Any:
    """Return a graph of one op, with the same inputs and output."""
    return dg.GraphDefinition(
        name=f"g_{op.name}",
        node_defs=[op],
        input_mappings=[
            dg.InputMapping(graph_input_name=name, mapped_node_name=op.name, mapped_node_input_name=name)
            for name in op.ins
        ],
        output_mappings=[dg.OutputMapping("result", op.name, "result")],
    )


def a_tried_job(dg: ModuleType, nodes: list[Any]) -> Any:
    """Write a job of ops that may be tried again, some in graphs of their own."""
    made = []
    for at, (ups, as_list, how, nested) in enumerate(nodes):
        op = an_op(dg, at, sorted(up for up in ups if up < at), as_list, how)
        made.append(in_a_graph(dg, op) if nested else op)

    @dg.job(name="drawn")
    def drawn():
        given: list[Any] = []
        for at, (ups, as_list, _, _) in enumerate(nodes):
            needed = sorted(up for up in ups if up < at)
            if as_list and needed:
                given.append(made[at](items=[given[up] for up in needed]))
            else:
                given.append(made[at](**{f"x{up}": given[up] for up in needed}))

    return drawn


def told(job: Any, names: list[str]) -> dict[str, Any]:
    """Return what became of each op, and its value."""
    result = job.execute_in_process(raise_on_error=False)
    found: dict[str, Any] = {"success": result.success}
    for name in names:
        states = (result.is_node_success(name), result.is_node_failed(name), result.is_node_skipped(name))
        try:
            value = result.output_for_node(name)
        except Exception:
            value = "no output"
        found[name] = (*states, result.retry_attempts_for_node(name), value)
    return found


# The reference takes a tenth of a second and more for each graph, too long to make a failing one small.
PHASES = (Phase.explicit, Phase.generate)


@settings(max_examples=25, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(nodes=st.lists(NODE, min_size=1, max_size=6), dynamics=st.lists(DYNAMIC, max_size=2))
def test_drawn_graphs_run_like_the_reference(nodes: list[Any], dynamics: list[Any]) -> None:
    """On random graphs with failures, optional outputs, lists and dynamic outputs, the same ops do the same."""
    names = [f"n{at}" for at in range(len(nodes))]
    names += [f"{kind}{at}" for at in range(len(dynamics)) for kind in ("count", "each", "all", "after")]
    assert told(a_job(notebook_assets, nodes, dynamics), names) == told(a_job(dagster, nodes, dynamics), names)


@settings(max_examples=20, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(nodes=st.lists(TRIED_NODE, min_size=1, max_size=5))
def test_drawn_ops_are_tried_again_like_in_the_reference(nodes: list[Any]) -> None:
    """By their policy, by their own request, or not; on their own or in graphs: as often, with the same outcome."""
    names = [f"g_n{at}.n{at}" if nested else f"n{at}" for at, (_, _, _, nested) in enumerate(nodes)]
    assert told(a_tried_job(notebook_assets, nodes), names) == told(a_tried_job(dagster, nodes), names)


def assets_of(dg: ModuleType, nodes: list[Any]) -> list[Any]:
    """Write an asset that an op gives once others ran, which is made from another, and one that is made from it."""
    ops = [
        an_op(dg, at, [up for up in sorted(ups) if up < at], as_list, how)
        for at, (ups, as_list, how) in enumerate(nodes)
    ]

    @dg.asset
    def above():
        return "above"

    @dg.op
    def last(context, above, items):
        context.add_output_metadata({"rows": 3})
        return [above, items]

    @dg.graph_asset
    def table(above):
        given: list[Any] = []
        for at, (ups, as_list, _) in enumerate(nodes):
            needed = sorted(up for up in ups if up < at)
            if as_list and needed:
                given.append(ops[at](items=[given[up] for up in needed]))
            else:
                given.append(ops[at](**{f"x{up}": given[up] for up in needed}))
        used = {up for at, (ups, _, _) in enumerate(nodes) for up in ups if up < at}
        return last(above, [each for at, each in enumerate(given) if at not in used])

    @dg.asset
    def below(table):
        return [table]

    return [above, table, below]


def told_of_assets(dg: ModuleType, nodes: list[Any]) -> dict[str, Any]:
    instance = dg.DagsterInstance.ephemeral()
    result = dg.materialize(assets_of(dg, nodes), instance=instance, raise_on_error=False)
    found: dict[str, Any] = {"success": result.success}
    for name in ("above", "table", "below"):
        try:
            found[name] = result.asset_value(name)
        except Exception:
            found[name] = "no value"
        if dg is dagster and found[name] is None and name != "above":
            found[name] = "no value"
    return found


@settings(max_examples=8, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(nodes=st.lists(NODE, min_size=1, max_size=4))
def test_drawn_graph_assets_are_made_like_in_the_reference(nodes: list[Any]) -> None:
    """The same assets have values, and the same values, whatever the ops do."""
    assert told_of_assets(notebook_assets, nodes) == told_of_assets(dagster, nodes)
