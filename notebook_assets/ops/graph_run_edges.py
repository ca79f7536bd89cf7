"""What is checked before a graph runs, and what is made of it afterwards."""

from __future__ import annotations

from typing import Any

from notebook_assets.assets import AssetMaterialization
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.ops.flat_graph import FlatGraph
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.graph_runs import GraphRun
from notebook_assets.ops.node_wiring import FromInput, FromOutput
from notebook_assets.ops.op_config import NOT_GIVEN, configured_input


def check_inputs(graph: FlatGraph, run: GraphRun) -> None:
    """Raise InvalidInvocationError unless every input of every op has something to come from.

    Args:
        graph: The ops to run.
        run: The run, which has not begun.
    """
    for path, flat in graph.ops.items():
        for name, about in flat.op.ins.items():
            source = flat.inputs.get(name)
            is_open = source is None or (isinstance(source, FromInput) and source.name not in run.inputs)
            if not is_open or about.waits_only or about.has_default or about.input_manager_key is not None:
                continue
            if configured_input(run.given.get(path, {}), name) is NOT_GIVEN:
                where = (
                    f"input_values={{{source.name!r}: ...}}"
                    if isinstance(source, FromInput)
                    else f'run_config={{"ops": {{{path!r}: {{"inputs": {{{name!r}: ...}}}}}}}}'
                )
                raise InvalidInvocationError(
                    f"The input {name!r} of the op {path!r} comes from nowhere: no op gives it, and it has no default. "
                    f"Give it by {where}."
                )


def first_failure(run: GraphRun) -> BaseException:
    """Return the error of the first op that failed, with a note that names it."""
    (path, key), error = next(iter(run.failures.items()))
    step = path if key is None else f"{path}[{key}]"
    note = f"in the op {step!r}" + (f" of {run.around.job_name!r}" if run.around.job_name else "")
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)
    return error


def record_reported(instance: Any, name: str, run: GraphRun) -> None:
    """Record in the store what ops reported to have materialized.

    Args:
        instance: The store.
        name: What ran.
        run: The run, which is over.
    """
    reported = [event for _, event in run.user_events if isinstance(event, AssetMaterialization)]
    if not reported:
        return
    run_id = instance.begin_run(selection=name, tags=run.around.run_tags, planned=len(run.graph.ops))
    for event in reported:
        instance.record_materialization(
            event.asset_key, event.partition, run_id=run_id, metadata=event.values, tags=event.tags
        )
    instance.finish_run(run_id, "failed" if run.failures else "success")


def outputs_of(run: GraphRun, graph: GraphDefinition) -> dict[str, tuple[Any, FromOutput | None]]:
    """Return the outputs that a graph gave, with where each comes from; those that were not given are left out.

    Args:
        run: The run of the graph, which is over.
        graph: The graph.
    """
    found: dict[str, tuple[Any, FromOutput | None]] = {}
    for name in graph.outs:
        source = run.graph.outputs.get(name)
        if source is None:  # its op was not among those that were run
            continue
        if isinstance(source, FromInput):
            found[name] = (run.inputs[source.name], None)
        elif (source.node, source.output, None) in run.values:
            found[name] = (run.values[source.node, source.output, None], source)
    return found
