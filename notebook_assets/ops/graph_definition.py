"""GraphDefinition: nodes and how they are wired; made by composition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.ops.composition import current_composition
from notebook_assets.ops.config_mappings import ConfigMapping, chained, check_graph_config, mapping_of
from notebook_assets.ops.dynamic_output import check_name
from notebook_assets.ops.invocable import Invocable
from notebook_assets.ops.node_dependencies import InputMapping, NodeInvocation, OutputMapping
from notebook_assets.ops.node_wiring import NodeDefinition, NodeOptions, Wiring
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.ops.wiring_by_hand import (
    Dependencies,
    check_parts_by_hand,
    dependencies_of,
    mappings_of,
    wired_by_hand,
)
from notebook_assets.partitions.tags_as_texts import tag_texts

jobs: Any = lazy_module("notebook_assets.ops.job_definition")  # which needs graphs, too
"""Where jobs are made."""


class GraphDefinition(Invocable):
    """Ops (and graphs) wired to one another. Made by :func:`graph`; a node of other graphs, or what a job runs.

    Args:
        name: What it is called.
        description: For people to read.
        node_defs: Its ops and graphs.
        dependencies: Where their inputs come from, by the name of the node (or a :class:`NodeInvocation`) and input.
        input_mappings: Its own inputs, and where they go.
        output_mappings: Its own outputs, and where they come from.
        config: Configuration of its ops, as a dict by node, or a :class:`ConfigMapping`.
        tags: Names and values.
        composition_fn: The function that wired it, if one did.
        wiring: How it is wired, in place of the four that say so.
        recompose: Composes it anew, where it was made by composition.

    Raises:
        InvalidDefinitionError: It can't be wired so.

    >>> from notebook_assets import graph, op
    >>> @op
    ... def one(): return 1
    >>> @op
    ... def add_one(number): return number + 1
    >>> @graph
    ... def two():
    ...     return add_one(one())
    >>> list(two.nodes), two.execute_in_process().output_value()
    (['one', 'add_one'], 2)
    >>> two.dependencies[NodeInvocation("add_one")]
    {'number': DependencyDefinition(node='one', output='result', description=None)}
    """

    def __init__(
        self,
        name: str,
        *,
        description: str | None = None,
        node_defs: Sequence[NodeDefinition] | None = None,
        dependencies: Dependencies | None = None,
        input_mappings: Sequence[InputMapping] | None = None,
        output_mappings: Sequence[OutputMapping] | None = None,
        config: ConfigMapping | Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        composition_fn: Callable[..., Any] | None = None,
        wiring: Wiring | None = None,
        recompose: Callable[[], GraphDefinition] | None = None,
    ) -> None:
        check_name(name, "The name of a graph")
        check_graph_config(config, f"The graph {name!r}")
        check_parts_by_hand(name, node_defs, dependencies, input_mappings, output_mappings)
        by_hand = (node_defs or (), dependencies or {}, input_mappings or (), output_mappings or ())
        self.wiring = wired_by_hand(name, *by_hand) if wiring is None else wiring
        self.name = name
        self.description = description
        self.config = config
        self.tags = tag_texts(tags, f"The graph {name!r}: tags")
        self.composition_fn = composition_fn
        self.recompose = recompose
        self.nodes, self.ins = self.wiring.nodes, self.wiring.ins
        self.outs, self.outputs = self.wiring.outs, self.wiring.outputs
        self.__dict__["__doc__"] = composition_fn.__doc__ if composition_fn is not None else description
        self.__dict__["__wrapped__"] = self._code()

    def _code(self) -> Callable[..., Any]:
        """Return what its code is: the function that wired it, or else those of its ops, and how they are wired."""
        if self.composition_fn is not None:
            return self.composition_fn
        functions = tuple(op.code for op in self.ops())
        wires = repr([(node.name, dict(node.inputs)) for node in self.nodes.values()])
        return partial(functions[0], functions, wires) if functions else partial(print, wires)

    @cached_property
    def node_defs(self) -> Sequence[NodeDefinition]:
        """Its ops and graphs, each once."""
        return list({id(node.definition): node.definition for node in self.nodes.values()}.values())

    @cached_property
    def dependencies(self) -> Mapping[NodeInvocation, Mapping[str, Any]]:
        """Where the inputs of its nodes come from."""
        return dependencies_of(self.wiring)

    @cached_property
    def input_mappings(self) -> Sequence[InputMapping]:
        """Its own inputs, and where they go."""
        return mappings_of(self.wiring)[0]

    @cached_property
    def output_mappings(self) -> Sequence[OutputMapping]:
        """Its own outputs, and where they come from."""
        return mappings_of(self.wiring)[1]

    @property
    def config_mapping(self) -> ConfigMapping | None:
        """What makes the configuration of its ops, if anything does."""
        return self.config if isinstance(self.config, ConfigMapping) else None

    def _copy(self, **changes: Any) -> GraphDefinition:
        same = ("name", "description", "config", "tags", "composition_fn", "wiring", "recompose")
        return GraphDefinition(**{**{each: getattr(self, each) for each in same}, **changes})

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> GraphDefinition:
        """Return the same graph under another name, with its configuration given, or made by a function.

        Args:
            config_or_config_fn: What its config mapping takes, or a function that makes it of one of ``config_schema``.
            name: The graph's name; by default the function's.
            config_schema: What the function takes; or annotate its parameter with a Config class.
            description: For people to read.

        Raises:
            InvalidDefinitionError: It has no config mapping, or there is no name.
        """
        if self.config_mapping is None:
            raise InvalidDefinitionError(
                f"The graph {self.name!r} has no config mapping, so that nothing of it can be configured at once; give "
                "it one: @graph(config=ConfigMapping(...)), or configure its ops."
            )
        name = name or getattr(config_or_config_fn, "__name__", None)
        if name is None:
            raise InvalidDefinitionError(f"The graph {self.name!r} is configured as another graph: give that a name.")
        mapping = chained(mapping_of(config_or_config_fn, config_schema), self.config_mapping)
        found = description or self.description
        again = self.recompose

        def recompose() -> GraphDefinition:
            return (again() if again is not None else self)._copy(name=name, config=mapping, description=found)

        return self._copy(name=name, config=mapping, description=found, recompose=recompose)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add it as a node to the graph whose composition function runs.

        Raises:
            InvalidInvocationError: No composition function runs.
        """
        composition = current_composition()
        if composition is None:
            raise InvalidInvocationError(
                f"The graph {self.name!r} is called in a @graph, @job or @graph_asset; to run it by itself, use "
                f"{self.name}.execute_in_process(input_values={{...}})."
            )
        return composition.add(self, NodeOptions(), args, kwargs)

    def as_it_is_now(self) -> GraphDefinition:
        """Return the graph composed anew, of what its function names now: in a notebook, ops are defined again."""
        if self.recompose is None:
            return self
        graph = self.recompose()
        nodes = {
            name: replace(node, definition=node.definition.as_it_is_now())
            if isinstance(node.definition, GraphDefinition)
            else node
            for name, node in graph.nodes.items()
        }
        return graph._copy(wiring=replace(graph.wiring, nodes=nodes))

    def ops(self) -> Iterator[OpDefinition]:
        """Go through the ops of all nodes, those of graphs within it included."""
        for node in self.nodes.values():
            if isinstance(node.definition, GraphDefinition):
                yield from node.definition.ops()
            elif isinstance(node.definition, OpDefinition):
                yield node.definition

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its ops, and what loads their inputs, require."""
        return frozenset(key for each in self.ops() for key in each.run_resource_keys)

    def to_job(
        self,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Any = None,
        executor_def: Any = None,
        hooks: AbstractSet[Any] | None = None,
        op_retry_policy: Any = None,
        op_selection: Sequence[str] | None = None,
        partitions_def: Any = None,
        input_values: Mapping[str, object] | None = None,
        run_tags: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return a job that runs the graph; see :func:`job` for what these are."""
        return jobs.JobDefinition(
            graph_def=self,
            name=name,
            description=description,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            metadata=metadata,
            hook_defs=hooks,
            op_retry_policy=op_retry_policy,
            op_selection=op_selection,
            partitions_def=partitions_def,
            input_values=input_values,
            run_tags=run_tags,
            executor_def=executor_def,
        )

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Any = None,
        resources: Mapping[str, object] | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        run_id: str | None = None,
        input_values: Mapping[str, object] | None = None,
    ) -> Any:
        """Run the graph here and now; see :meth:`JobDefinition.execute_in_process`."""
        return self.to_job(resource_defs=resources).execute_in_process(
            run_config=run_config,
            instance=instance,
            raise_on_error=raise_on_error,
            op_selection=op_selection,
            run_id=run_id,
            input_values=input_values,
        )

    def __repr__(self) -> str:
        return f"<graph {self.name} of {', '.join(self.nodes)}>"
