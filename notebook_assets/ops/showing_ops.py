"""What ops, graphs and jobs of ops say of themselves: inputs, outputs, and which node takes what from where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from notebook_assets.assets.showing_specs import Pairs, card, names, partitions_words
from notebook_assets.display import (
    Column,
    Rich,
    Showable,
    Table,
    as_rich,
    badge,
    code,
    joined,
    plural,
    soft,
    stack,
    title_line,
)
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.graph_runs import StepState, step_name
from notebook_assets.ops.in_process_result import OpsResult
from notebook_assets.ops.job_definition import JobDefinition
from notebook_assets.ops.node_wiring import Collected, FromInput, FromOutput, Source
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.partitions.shown import shown
from notebook_assets.resources.config_types import config_type_of
from notebook_assets.states import PieceState

_STATES = {
    StepState.SUCCESS: badge(PieceState.MATERIALIZED, "success"),
    StepState.FAILED: badge(PieceState.FAILED, "failed"),
    StepState.SKIPPED: badge(PieceState.SKIPPED, "skipped: an optional output was not given"),
    StepState.NOT_RUN: badge(PieceState.MISSING, "not run: what it needs failed"),
}


@shown.register
def _of_op(op: OpDefinition) -> Rich:
    kind = op.signature.config_class
    schema = code(config_type_of(op.config_schema).shown()) if op.config_schema is not None else None
    pairs: Pairs = [
        ("inputs", names_in_order(op.ins)),
        ("outputs", names_in_order(op.outs)),
        ("config", code(kind.__name__) if kind is not None else schema),
        ("resources", names(op.required_resource_keys)),
        ("retries", as_rich(str(op.retry_policy.max_retries)) if op.retry_policy else None),
        ("tags", names(f"{name}={value}" for name, value in op.tags.items()) if op.tags else None),
    ]
    return card(op.name, "op", op.description, pairs)


def names_in_order(things: Mapping[str, Any]) -> Rich | None:
    """Return names in a line, in their own order; None where there are none."""
    return code(", ".join(things)) if things else None


@shown.register
def _of_graph(graph: GraphDefinition) -> Rich:
    pairs: Pairs = [("inputs", names_in_order(graph.ins)), ("outputs", _outputs(graph))]
    return card(graph.name, f"graph of {plural(len(graph.nodes), 'node')}", graph.description, pairs, _nodes(graph))


@shown.register
def _of_job(job: JobDefinition) -> Rich:
    hooks = sorted(str(getattr(hook, "name", hook)) for hook in job.hook_defs)
    pairs: Pairs = [
        ("inputs", names_in_order(job.graph.ins)),
        ("partitions", partitions_words(job.partitions_def)),
        ("resources", names({*job.required_resource_keys, *job.resource_defs})),
        ("hooks", names(hooks)),
        ("tags", names(f"{name}={value}" for name, value in job.tags.items()) if job.tags else None),
    ]
    detail = f"job of {plural(len(job.graph.nodes), 'node')}"
    return card(job.name, detail, job.description, pairs, _nodes(job.graph))


@shown.register
def _of_result(result: OpsResult) -> Rich:
    """Each step with what became of it; the graph's own outputs are values, which the result hands out."""
    run = result.graph_run
    states = Counter(state.value for state in run.states.values())
    detail = ", ".join(f"{many} {word}" for word, many in states.items())
    rows: list[list[Showable]] = []
    for step, state in run.states.items():
        error, tries = run.failures.get(step), run.retries.get(step, 0)
        said = f"{type(error).__name__}: {error}" if error is not None else None
        rows.append([step_name(*step), _STATES[state], tries or None, said])
    kept = [at for at in range(4) if at < 2 or any(row[at] for row in rows)]
    titles: list[Column | str] = ["step", "came out", Column("tried again", "right"), "error"]
    table = Table([titles[at] for at in kept], [[row[at] for at in kept] for row in rows], noun="step").rich
    word = "succeeded" if result.success else "failed"
    return stack([title_line(f"{result.job_def.name} {word}", detail), table])


def _outputs(graph: GraphDefinition) -> Rich | None:
    parts = [joined([code(name), soft(f"from {_said(source)}")]) for name, source in graph.outputs.items()]
    return joined(parts, ", ") if parts else None


def _nodes(graph: GraphDefinition) -> Rich:
    rows: list[list[Showable]] = []
    for name, node in graph.nodes.items():
        takes = ", ".join(f"{each} from {_said(source)}" for each, source in node.inputs.items())
        is_op = isinstance(node.definition, OpDefinition)
        kind = "op" if is_op else "graph"
        rows.append([name, kind if node.definition.name == name else f"{kind} {node.definition.name}", takes or None])
    return Table(["node", "is", "takes"], rows, noun="node").rich


def _said(source: Source) -> str:
    if isinstance(source, FromInput):
        return f"the input {source.name}"
    if isinstance(source, FromOutput):
        return source.node if source.output == "result" else f"{source.node}.{source.output}"
    if isinstance(source, Collected):
        return f"all of {_said(source.source)}"
    return " and ".join(map(_said, source.sources))
