"""Inputs of ops that an input manager loads, in place of what another op gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.ops.flat_graph import FlatGraph, FlatOp
from notebook_assets.ops.ins_outs import NO_DEFAULT
from notebook_assets.ops.node_wiring import FromInput, FromOutput
from notebook_assets.ops.op_config import NOT_GIVEN
from notebook_assets.ops.op_context import Surroundings
from notebook_assets.run.build_io_contexts import build_input_context, build_output_context


def loaded_inputs(
    flat: FlatOp, graph: FlatGraph, around: Surroundings, given: Mapping[str, Any], mapping_key: str | None
) -> dict[str, Any]:
    """Return the inputs that input managers load: those of other ops, and those that nothing is connected to.

    Args:
        flat: The op.
        graph: The graph that it is in.
        around: What all ops of the run share.
        given: What the run's configuration says of the op's inputs; input managers are told.
        mapping_key: The key of the dynamic output's value that the op runs for, if any.

    Raises:
        InvalidInvocationError: The resource is no input manager.
    """
    found: dict[str, Any] = {}
    for name, about in flat.op.ins.items():
        source = flat.inputs.get(name)
        if about.input_manager_key is None or about.waits_only or isinstance(source, FromInput):
            continue
        manager: Any = around.resources[about.input_manager_key]
        if not callable(getattr(manager, "load_input", None)):
            raise InvalidInvocationError(
                f"The input {name!r} of {flat.path!r} is loaded by the resource {about.input_manager_key!r}, which has "
                f"no load_input: {manager!r}."
            )
        upstream = None
        if isinstance(source, FromOutput):
            out = graph.ops[source.node].op.outs[source.output]
            upstream = build_output_context(
                step_key=source.node,
                name=source.output,
                run_id=around.run_id,
                mapping_key=mapping_key if graph.is_dynamic(source) else None,
                definition_metadata=dict(out.metadata or {}),
                op_def=graph.ops[source.node].op,
            )
        config = given.get(name, NOT_GIVEN)
        context = build_input_context(
            name=name,
            config=None if config is NOT_GIVEN else config,
            definition_metadata=dict(about.metadata or {}),
            upstream_output=upstream,
            dagster_type=None if about.dagster_type is NO_DEFAULT else about.dagster_type,
            op_def=flat.op,
        )
        found[name] = manager.load_input(context)
    return found
