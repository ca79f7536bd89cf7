"""GraphDefinition: nodes and how they are wired; made by composition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.ops.composition import current_composition
from notebook_assets.ops.ins_outs import In, Out
from notebook_assets.ops.node_wiring import FromInput, FromOutput, Node, NodeOptions
from notebook_assets.ops.op_definition import Invocable, OpDefinition

jobs: Any = lazy_module("notebook_assets.ops.job_definition")  # which needs graphs, too
"""Where jobs are made."""


@dataclass(frozen=True, eq=False)
class GraphDefinition(Invocable):
    """Ops (and graphs) wired to one another. Made by :func:`graph`; a node of other graphs, or what a job runs.

    ``outputs`` says which node's output each of the graph's own outputs is.

    >>> from notebook_assets import graph, op
    >>> @op
    ... def one(): return 1
    >>> @op
    ... def add_one(number): return number + 1
    >>> @graph
    ... def two():
    ...     return add_one(one())
    >>> list(two.nodes)
    ['one', 'add_one']
    >>> two.execute_in_process().output_value()
    2
    """

    name: str
    nodes: Mapping[str, Node]
    ins: Mapping[str, In]
    outs: Mapping[str, Out]
    outputs: Mapping[str, FromOutput | FromInput]
    composition_fn: Callable[..., Any]
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    config: Any = None
    recompose: Callable[[], GraphDefinition] | None = None
    """Composes it anew; None where it was not made by composition."""

    def __post_init__(self) -> None:
        self.__dict__["__wrapped__"] = self.composition_fn  # its code is that of the graph
        self.__dict__["__doc__"] = self.composition_fn.__doc__

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
        return replace(graph, nodes=nodes)

    def ops(self) -> Iterator[OpDefinition]:
        """Go through the ops of all nodes, those of graphs within it included."""
        for node in self.nodes.values():
            if isinstance(node.definition, GraphDefinition):
                yield from node.definition.ops()
            elif isinstance(node.definition, OpDefinition):
                yield node.definition

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its ops require."""
        return frozenset(key for each in self.ops() for key in each.required_resource_keys)

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
