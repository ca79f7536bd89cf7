"""A graph without graphs in it: every op by its path, with its inputs traced to the ops that give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.node_wiring import Collected, FanIn, FromInput, FromOutput, Node, NodeOptions, Source
from notebook_assets.ops.op_definition import OpDefinition


@dataclass(frozen=True)
class FlatOp:
    """One op of a flat graph; ``path`` is its node's name behind those of the graphs that it is in."""

    path: str
    op: OpDefinition
    inputs: Mapping[str, Source]
    """Sources whose nodes are paths, and whose inputs are those of the outermost graph."""
    tags: Mapping[str, str]
    hooks: frozenset[Any]
    retry_policy: Any
    scope: FromOutput | None = None
    """The dynamic output that it runs once for each value of, if any."""

    def sources(self) -> Iterator[Source]:
        """Go through what its inputs come from, the items of lists by themselves."""
        for name in self.inputs:
            yield from self.sources_of(name)

    def sources_of(self, name: str) -> Iterator[Source]:
        """Go through what one input comes from, the items of a list by themselves."""
        yield from _leaves(self.inputs[name])


@dataclass(frozen=True)
class FlatGraph:
    """The ops of a graph in an order in which each can run, and where the graph's own outputs are found."""

    ops: Mapping[str, FlatOp]
    outputs: Mapping[str, FromOutput | FromInput]
    graph: GraphDefinition | None = None
    """The graph itself, all of it where only some of its ops are here."""

    def is_dynamic(self, source: FromOutput) -> bool:
        """Whether a source has a value for each mapping key."""
        return self.ops[source.node].op.outs[source.output].is_dynamic or self.ops[source.node].scope is not None

    def dynamic_source(self, source: FromOutput) -> FromOutput | None:
        """Return the dynamic output whose keys a source has a value for each of, if any."""
        given_by = self.ops[source.node]
        return source if given_by.op.outs[source.output].is_dynamic else given_by.scope


def flat_graph(graph: GraphDefinition) -> FlatGraph:
    """Return the ops of a graph and of all graphs in it.

    Args:
        graph: The outermost graph.

    Raises:
        InvalidDefinitionError: An op would run once for each value of two dynamic outputs.

    >>> from notebook_assets import graph, op
    >>> @op
    ... def one(): return 1
    >>> @graph
    ... def inner(): return one()
    >>> @graph
    ... def outer(): return inner()
    >>> list(flat_graph(outer).ops)
    ['inner.one']
    """
    found: dict[str, FlatOp] = {}
    outputs = _flatten(
        graph, "", {name: FromInput(name) for name in graph.ins}, Node("", graph, {}, NodeOptions()), found
    )
    scoped: dict[str, FlatOp] = {}
    for path, flat in found.items():
        scoped[path] = replace(flat, scope=_scope(flat, scoped))
    return FlatGraph(scoped, outputs, graph)


def _flatten(
    graph: GraphDefinition, prefix: str, given: Mapping[str, Source], around: Node, found: dict[str, FlatOp]
) -> dict[str, Any]:
    """Add the ops of a graph to those found; return where its outputs come from."""
    inside: dict[tuple[str, str], Source] = {}
    for node in graph.nodes.values():
        path = f"{prefix}{node.name}"
        inputs = {
            name: traced
            for name, source in node.inputs.items()
            if (traced := _traced(source, given, inside)) is not None
        }
        hooks, tags = node.options.hooks | around.options.hooks, {**around.options.tags, **node.options.tags}
        policy = node.options.retry_policy or around.options.retry_policy
        if isinstance(node.definition, GraphDefinition):
            own = replace(node, options=replace(node.options, hooks=hooks, tags=tags, retry_policy=policy))
            outputs = _flatten(node.definition, f"{path}.", inputs, own, found)
            inside.update({(node.name, name): source for name, source in outputs.items()})
        elif isinstance(node.definition, OpDefinition):
            op = node.definition
            policy = node.options.retry_policy or op.retry_policy or around.options.retry_policy
            found[path] = FlatOp(path, op, inputs, {**op.tags, **tags}, hooks, policy)
            inside.update({(node.name, name): FromOutput(path, name) for name in op.outs})
    return {name: _traced(source, given, inside) for name, source in graph.outputs.items()}


def _traced(source: Source, given: Mapping[str, Source], inside: Mapping[tuple[str, str], Source]) -> Source | None:
    if isinstance(source, FromInput):
        return given.get(source.name)
    if isinstance(source, FromOutput):
        return inside[source.node, source.output]
    if isinstance(source, Collected):
        inner = inside[source.source.node, source.source.output]
        return Collected(inner) if isinstance(inner, FromOutput) else inner
    traced = (_traced(each, given, inside) for each in source.sources)
    return FanIn(tuple(each for each in traced if each is not None))


def _scope(flat: FlatOp, before: Mapping[str, FlatOp]) -> FromOutput | None:
    scopes: dict[FromOutput, None] = {}
    for source in flat.sources():
        if isinstance(source, FromOutput):
            giver = before[source.node]
            if giver.op.outs[source.output].is_dynamic:
                scopes[source] = None
            if giver.scope is not None:
                scopes[giver.scope] = None
    if len(scopes) > 1:
        names = " and ".join(f"{each.node}.{each.output}" for each in scopes)
        raise InvalidDefinitionError(
            f"The op {flat.path!r} would run for each value of two dynamic outputs, {names}; collect one of them first."
        )
    return next(iter(scopes), None)


def _leaves(source: Source) -> Iterable[Source]:
    if isinstance(source, FanIn):
        for each in source.sources:
            yield from _leaves(each)
    else:
        yield source
