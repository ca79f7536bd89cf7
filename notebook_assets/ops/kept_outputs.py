"""Outputs of ops that go through an IO manager: what names one, and how the value is handed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import InvalidConfigError, InvalidInvocationError
from notebook_assets.ops.flat_graph import FlatGraph, FlatOp
from notebook_assets.ops.ins_outs import Out
from notebook_assets.ops.node_wiring import FromOutput
from notebook_assets.ops.op_results import OpOutcome
from notebook_assets.resources import OutputContext
from notebook_assets.resources.config_types import MISSING, Problem, processed, raise_problems
from notebook_assets.resources.resource_definition import definition_of
from notebook_assets.run.build_io_contexts import build_output_context
from notebook_assets.run.handing_over import hand_over
from notebook_assets.run.type_checks import ANYTHING

if TYPE_CHECKING:
    from notebook_assets.ops.graph_runs import GraphRun
    from notebook_assets.ops.op_context import OpExecutionContext


@dataclass(frozen=True)
class KeptOutput:
    """What stands for a value that an IO manager keeps, until it is loaded; by hand where ``manager`` is None."""

    manager: Any
    context: OutputContext
    value: Any = None


def named_managers(graph: FlatGraph, without: frozenset[FromOutput] = frozenset()) -> frozenset[str]:
    """Return the IO managers that outputs name, and that must be there.

    Args:
        graph: The ops.
        without: The outputs that don't count.

    >>> from notebook_assets import Out, graph, op
    >>> from notebook_assets.ops.flat_graph import flat_graph
    >>> @op(out=Out(io_manager_key="warehouse"))
    ... def one(): return 1
    >>> @graph
    ... def numbers(): one()
    >>> named_managers(flat_graph(numbers))
    frozenset({'warehouse'})
    """
    outs = (
        out.io_manager_key
        for path, flat in graph.ops.items()
        for name, out in flat.op.outs.items()
        if FromOutput(path, name) not in without
    )
    return frozenset(key for key in outs if key is not None and key != DEFAULT_IO_MANAGER_KEY)


def kept_outputs(
    run: GraphRun, flat: FlatOp, outcome: OpOutcome, context: OpExecutionContext
) -> dict[tuple[str, str | None], KeptOutput]:
    """Hand what an op gave to the IO managers that its outputs name; return what stands for it, by output.

    Args:
        run: The run.
        flat: The op.
        outcome: What it gave.
        context: That of the op, which is told what the IO managers tell.

    Raises:
        InvalidInvocationError: A resource is no IO manager.
        Exception: What an IO manager raised.
    """
    found = {}
    for place, value in outcome.values.items():
        out = flat.op.outs[place[0]]
        key = _manager_key(run, flat.path, place[0], out)
        if is_nothing(out.dagster_type) or (key is None and FromOutput(flat.path, place[0]) not in run.loaded):
            continue
        manager: Any = None if key is None else run.around.resources[key]
        told = _context(run, flat, place, context.step_key, key)
        if key is not None:
            if not callable(getattr(manager, "handle_output", None)) or isinstance(manager, type):
                raise InvalidInvocationError(
                    f"The output {place[0]!r} of {flat.path!r} is stored by the resource {key!r}, which has no "
                    f"handle_output: {manager!r}. Give an instance of a subclass of IOManager."
                )
            hand_over(manager, told, value)
            context.added_metadata.setdefault(place, {}).update(told.added_metadata)
            context.events.extend(told.logged_events)
        found[place] = KeptOutput(manager, told, value if manager is None else None)
    return found


def _manager_key(run: GraphRun, path: str, name: str, out: Out) -> str | None:
    """Return the IO manager of an output; None where the value is handed on as it is."""
    if FromOutput(path, name) in run.handed_on:
        return None
    key = out.io_manager_key or run.default_manager
    return key if key in run.around.resources else None


def _context(run: GraphRun, flat: FlatOp, place: tuple[str, str | None], step: str, key: str | None) -> OutputContext:
    name, mapping_key = place
    built = build_output_context(
        step_key=step,
        name=name,
        run_id=run.around.run_id,
        mapping_key=mapping_key,
        definition_metadata=dict(flat.op.outs[name].metadata or {}),
        dagster_type=flat.op.types.outputs.get(name, ANYTHING),
        op_def=flat.op,
        config=run.told.get(flat.path, {}).get(name),
        resource_config=None if key is None else run.around.resources.__config_of__(key),
        partition_key=run.around.partition_key,
    )
    return replace(built, resources=run.around.resources, job_name=run.around.job_name)


def check_told(graph: FlatGraph, things: Mapping[str, object], told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what IO managers are told of outputs, checked and with defaults, by the paths of ops.

    Args:
        graph: The ops of a job.
        things: Its resources.
        told: What the configuration of the run says.

    Raises:
        InvalidConfigError: It does not fit what they take.
    """
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for path, flat in graph.ops.items():
        place, given = f"ops.{path}.outputs", told.get(path, {})
        for name in given:
            if name not in flat.op.outs:
                problems.append(Problem(place, f"there is no {name!r}; there are: {', '.join(flat.op.outs)}"))
        for name, out in flat.op.outs.items():
            key = out.io_manager_key or DEFAULT_IO_MANAGER_KEY
            schema = getattr(definition_of(things.get(key)), "output_config_schema", None)
            if schema is None:
                if name in given:
                    problems.append(Problem(f"{place}.{name}", f"the IO manager {key!r} is told nothing of outputs"))
                continue
            try:
                found.setdefault(path, {})[name] = processed(schema, given.get(name, MISSING), f"{place}.{name}")
            except InvalidConfigError as error:
                problems.extend(error.problems or [Problem(f"{place}.{name}", str(error))])
    raise_problems(problems)
    return found
