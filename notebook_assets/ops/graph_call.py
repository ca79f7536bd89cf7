"""GraphCall: a graph as the function of an asset; called, it runs the ops."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import update_wrapper
from typing import Any

from notebook_assets.assets import Output
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.ops.flat_graph import FlatGraph, flat_graph
from notebook_assets.ops.graph_config import checked_graph_config
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.graph_run_edges import check_inputs, first_failure, outputs_of
from notebook_assets.ops.graph_runs import GraphRun
from notebook_assets.ops.hooks import HookDefinition
from notebook_assets.ops.ins_outs import Out
from notebook_assets.ops.kept_outputs import named_managers
from notebook_assets.ops.names_of_nodes import check_names_within
from notebook_assets.ops.node_wiring import FromInput, FromOutput
from notebook_assets.ops.op_annotations import annotations_of
from notebook_assets.ops.op_context import Surroundings
from notebook_assets.ops.op_selection import selected_ops
from notebook_assets.ops.written_config import written_config
from notebook_assets.resources import Resources
from notebook_assets.resources.direct_calls import is_built_context
from notebook_assets.run.run_config import computation_name

_CONTEXT = "context"


class GraphCall:
    """A graph that is called like the function of an asset.

    With the context of an asset that is being made it yields what the ops reported, and then its outputs; in a test,
    with or without a context that was built for it, it returns the value, or a tuple of them.

    Args:
        graph: The graph.
        hooks: Called after every op.
        can_subset: Whether only the ops are run that the asked outputs need.

    >>> from notebook_assets import graph, op
    >>> @op
    ... def add(left, right): return left + right
    >>> @graph
    ... def doubled(number): return add(number, number)
    >>> GraphCall(doubled)(4)
    8
    """

    __name__: str

    def __init__(
        self,
        graph: GraphDefinition,
        hooks: frozenset[HookDefinition] = frozenset(),
        can_subset: bool = False,
    ) -> None:
        check_names_within(graph, f"The graph {graph.name!r}")
        self.graph = graph
        self.flat = flat_graph(graph)
        self.hooks = hooks
        self.can_subset = can_subset
        self.waiting = _waiting_inputs(self.flat, graph)
        self.input_manager_keys = _input_manager_keys(self.flat)
        if graph.composition_fn is not None:
            update_wrapper(self, graph.composition_fn)
        else:
            self.__doc__ = graph.description
            self.__module__ = next((op.code.__module__ for op in graph.ops()), __name__)
        self.__name__ = graph.name
        self.__annotations__ = self._annotations()
        self.__signature__ = self._signature()

    def __call__(self, *args: Any, context: Any = None, **kwargs: Any) -> Any:
        """Run the graph's ops.

        Args:
            args: Values of its inputs.
            context: That of the asset that it makes.
            kwargs: Values of its inputs by name.

        Raises:
            Exception: What the first op that failed raised, with a note that names the op.
        """
        bound = self.__signature__.bind(*args, **kwargs)
        if context is not None and not is_built_context(context):
            return self._yielded(context, bound.arguments)
        run = self._run(context, bound.arguments, flat_graph(self.graph.as_it_is_now()))
        values = [value for value, _ in outputs_of(run, self.graph).values()]
        return values[0] if len(self.graph.outs) == 1 and values else tuple(values)

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its ops need, with the IO managers of what they give to each other."""
        return self.graph.required_resource_keys | named_managers(self.flat, _handed_on(self.flat))

    @property
    def can_skip(self) -> bool:
        """Whether an op may leave out an output, so that the asset is not made."""
        return any(not out.is_required for flat in self.flat.ops.values() for out in flat.op.outs.values())

    def code_version_of(self, out: Out) -> str | None:
        """Return the code version of an output, where one op makes all: of several, it would hide changes of others."""
        return out.code_version if len(self.flat.ops) == 1 else None

    def _yielded(self, context: Any, inputs: Mapping[str, Any]) -> Iterator[Any]:
        run = self._run(context, inputs, self._asked(context))
        for _, event in run.user_events:
            yield event
        for name, (value, source) in outputs_of(run, self.graph).items():
            place = None if source is None else (source.node, source.output, None)
            given = run.outputs.get(place) if place is not None else None
            yield Output(
                value,
                output_name="result" if len(self.graph.outs) == 1 else name,
                metadata=run.metadata.get(place) if place is not None else None,
                data_version=given.data_version if given is not None else None,
                tags=given.tags if given is not None else None,
            )

    def _run(self, context: Any, inputs: Mapping[str, Any], flat: FlatGraph) -> GraphRun:
        run = GraphRun(
            graph=flat,
            entry=self._entry(context),
            prefix="" if list(self.graph.nodes) == [self.graph.name] else f"{self.graph.name}.",
            place="" if context is None else f"ops.{computation_name(context.assets_def)}.",
            around=self._surroundings(context),
            inputs={**dict.fromkeys(self.waiting), **inputs},
            job_hooks=self.hooks,
            retry_policy=getattr(context, "retry_policy", None),
            handed_on=_handed_on(flat),
        )
        run.check()
        check_inputs(flat, run)
        run.run()
        if run.failures:
            raise first_failure(run)
        return run

    def _surroundings(self, context: Any) -> Surroundings:
        if context is None:
            return Surroundings("", Resources(), self.graph.name)
        has_partition = context.has_partition_key
        return Surroundings(
            run_id=context.run_id,
            resources=context.resources,
            job_name=self.graph.name,
            given_instance=context.instance,
            run_config=getattr(context, "run_config", None) or {},
            run_tags=context.run_tags,
            partition_key=context.partition_key if has_partition else None,
            partitions_def=context.assets_def.partitions_def if has_partition else None,
            asset_context=context,
        )

    def _entry(self, context: Any) -> Mapping[str, Any]:
        """Return what the run's configuration says of the graph."""
        ops = (getattr(context, "run_config", None) or {}).get("ops") or {}
        return ops.get(computation_name(context.assets_def)) or {} if ops else {}

    def check_run_config(self, entry: Mapping[str, Any], place: str) -> None:
        """Check what a run's configuration says of the graph, before the run begins.

        Args:
            entry: What it says.
            place: Where that stands, for errors: ``"ops.totals."``.

        Raises:
            InvalidConfigError: It does not fit; all that is wrong is named.
        """
        checked_graph_config(self.graph.as_it_is_now(), entry, place=place)

    @property
    def op_names(self) -> Collection[str]:
        """The names of the ops in the graph, as its configuration has them."""
        return self.graph.as_it_is_now().nodes.keys()

    def fixed_config(self) -> dict[str, Any]:
        """Return the configuration that is written into the graph and its parts: part of what it does."""
        return written_config(self.graph.as_it_is_now())

    def _asked(self, context: Any) -> FlatGraph:
        """Return the ops that the asked outputs need; all of them, unless it can make some without the others."""
        flat = flat_graph(self.graph.as_it_is_now())  # what is run is what the fingerprint of its code is of
        asked: Sequence[str] | None = getattr(context, "selected_output_names", None) if self.can_subset else None
        if asked is None:
            return flat
        sources = [flat.outputs[name] for name in asked if name in flat.outputs]
        return selected_ops(flat, [f"*{each.node}" for each in sources if isinstance(each, FromOutput)])

    def _signature(self) -> inspect.Signature:
        named = inspect.Parameter.POSITIONAL_OR_KEYWORD
        inputs = [inspect.Parameter(name, named) for name in self.graph.ins if name not in self.waiting]
        return inspect.Signature([*inputs, inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, default=None)])

    def _annotations(self) -> dict[str, Any]:
        """Return the types that the ops declare, where the composition function itself does not."""
        found: dict[str, Any] = {}
        for flat in self.flat.ops.values():
            hints = annotations_of(flat.op.fn)
            for name, source in flat.inputs.items():
                if isinstance(source, FromInput) and name in hints:
                    found.setdefault(source.name, hints[name])
        own = annotations_of(self.graph.composition_fn) if self.graph.composition_fn is not None else {}
        found.update({name: hint for name, hint in own.items() if name in self.graph.ins})
        outs = list(self.graph.outs.values())
        if len(outs) == 1 and is_nothing(outs[0].dagster_type):
            found["return"] = None
        return found


def _handed_on(flat: FlatGraph) -> frozenset[FromOutput]:
    """Return the outputs that are assets, which are stored as such."""
    return frozenset(each for each in flat.outputs.values() if isinstance(each, FromOutput))


def _input_manager_keys(flat: FlatGraph) -> dict[str, str]:
    """Return the resources that ops ask their inputs to be loaded by, by the input of the graph."""
    found: dict[str, str] = {}
    for each in flat.ops.values():
        for name, source in each.inputs.items():
            key = each.op.ins[name].input_manager_key
            if isinstance(source, FromInput) and key is not None:
                found.setdefault(source.name, key)
    return found


def _waiting_inputs(flat: FlatGraph, graph: GraphDefinition) -> frozenset[str]:
    """Return the inputs that ops only wait for, so that nobody needs their values."""
    read: set[str] = set()
    waited: set[str] = set()
    for each in flat.ops.values():
        for name in each.inputs:
            found = {source.name for source in each.sources_of(name) if isinstance(source, FromInput)}
            (waited if each.op.ins[name].waits_only else read).update(found)
    read.update(source.name for source in flat.outputs.values() if isinstance(source, FromInput))
    waited.update(name for name, about in graph.ins.items() if about.waits_only)
    return frozenset(waited - read)
