"""Inputs of ops that IO managers and input managers load, in place of what another op gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.ops.flat_graph import FlatGraph, FlatOp
from notebook_assets.ops.kept_outputs import KeptOutput
from notebook_assets.ops.node_wiring import Collected, FanIn, FromInput, FromOutput
from notebook_assets.ops.op_config import NOT_GIVEN
from notebook_assets.resources import InputContext, OutputContext
from notebook_assets.run.build_io_contexts import build_input_context
from notebook_assets.run.type_checks import ANYTHING

if TYPE_CHECKING:
    from notebook_assets.ops.graph_runs import GraphRun


def outputs_loaded(graph: FlatGraph) -> frozenset[FromOutput]:
    """Return the outputs that an input manager loads.

    Args:
        graph: The ops.

    >>> outputs_loaded(FlatGraph({}, {}))
    frozenset()
    """
    return frozenset(
        each.source if isinstance(each, Collected) else each
        for flat in graph.ops.values()
        for name in flat.inputs
        if flat.op.ins[name].input_manager_key is not None
        for each in flat.sources_of(name)
        if isinstance(each, FromOutput | Collected)
    )


def loaded_inputs(run: GraphRun, flat: FlatOp, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that are loaded: those of outputs that IO managers keep, and those that name a manager.

    Args:
        run: The run.
        flat: The op.
        arguments: What it is given, with what stands for kept outputs.

    Raises:
        InvalidInvocationError: The resource is no input manager.
        Exception: What a manager raised.
    """
    found: dict[str, Any] = {}
    for name, about in flat.op.ins.items():
        source = flat.inputs.get(name)
        if about.waits_only or isinstance(source, FromInput):
            continue
        own = None if about.input_manager_key is None else _manager(run, flat.path, name, about.input_manager_key)

        def load(kept: KeptOutput, name: str = name, own: Any = own) -> Any:
            manager = kept.manager if own is None else own
            return kept.value if manager is None else manager.load_input(_context(run, flat, name, kept.context))

        if source is None and own is not None:
            found[name] = own.load_input(_context(run, flat, name, None))
        elif source is not None and name in arguments:
            found[name] = _in_place(arguments[name], load, isinstance(source, FanIn | Collected))
    return found


def _in_place(value: Any, load: Callable[[KeptOutput], Any], is_list: bool) -> Any:
    """Return a value, or a list that was put together of several, with what is kept loaded."""
    if isinstance(value, KeptOutput):
        return load(value)
    if is_list and type(value) is list and any(isinstance(each, KeptOutput | list) for each in value):
        return [_in_place(each, load, is_list) for each in value]
    return value


def _manager(run: GraphRun, path: str, name: str, key: str) -> Any:
    manager: Any = run.around.resources[key]
    if not callable(getattr(manager, "load_input", None)):
        raise InvalidInvocationError(
            f"The input {name!r} of {path!r} is loaded by the resource {key!r}, which has no load_input: {manager!r}."
        )
    return manager


def _context(run: GraphRun, flat: FlatOp, name: str, upstream: OutputContext | None) -> InputContext:
    about, config = flat.op.ins[name], run.given.get(flat.path, {}).get(name, NOT_GIVEN)
    key = about.input_manager_key
    built = build_input_context(
        name=name,
        config=None if config is NOT_GIVEN else config,
        definition_metadata=dict(about.metadata or {}),
        upstream_output=upstream,
        dagster_type=flat.op.types.inputs.get(name, ANYTHING),
        op_def=flat.op,
        resource_config=upstream.resource_config
        if key is None and upstream is not None
        else run.around.resources.__config_of__(str(key)),
        partition_key=run.around.partition_key,
        instance=run.around.given_instance,
    )
    return replace(built, resources=run.around.resources, job_name=run.around.job_name)
