"""Graphs that are wired by hand: dependencies and mappings become the wiring that composition makes as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from notebook_assets.errors import CyclicDependencyError, InvalidDefinitionError, did_you_mean
from notebook_assets.ops.ins_outs import DynamicOut, In, Out
from notebook_assets.ops.node_dependencies import (
    DependencyDefinition,
    InputMapping,
    MultiDependencyDefinition,
    NodeInvocation,
    OutputMapping,
)
from notebook_assets.ops.node_wiring import (
    FanIn,
    FromInput,
    FromOutput,
    Node,
    NodeDefinition,
    NodeOptions,
    Source,
    Wiring,
)
from notebook_assets.partitions.arguments import check_mapping

Dependencies = Mapping[Any, Mapping[str, DependencyDefinition | MultiDependencyDefinition]]
"""What the inputs of each node come from; nodes are named, or are NodeInvocations."""


def check_parts_by_hand(graph: str, node_defs: Any, dependencies: Any, ins: Any, outs: Any) -> None:
    """Raise InvalidDefinitionError unless each of what a graph is wired of is None, or a list or dict as it is to be.

    >>> check_parts_by_hand("two", [], {}, None, None)
    """
    what = f"The graph {graph!r}"
    check_mapping(dependencies, f"{what}: dependencies", '{"clean": {"rows": DependencyDefinition("read")}}')
    for name, given in (("node_defs", node_defs), ("input_mappings", ins), ("output_mappings", outs)):
        if given is not None and (isinstance(given, str | Mapping) or not isinstance(given, Iterable)):
            raise InvalidDefinitionError(f"{what}: {name} is a list; got {given!r} ({type(given).__name__}).")


def wired_by_hand(
    graph: str,
    node_defs: Sequence[NodeDefinition],
    dependencies: Dependencies,
    input_mappings: Sequence[InputMapping],
    output_mappings: Sequence[OutputMapping],
) -> Wiring:
    """Return how a graph is wired.

    Args:
        graph: What it is called, for errors.
        node_defs: The ops and graphs; one that no dependency names is a node, too.
        dependencies: Where the inputs of nodes come from.
        input_mappings: Where the graph's inputs go.
        output_mappings: Where the graph's outputs come from.

    Raises:
        InvalidDefinitionError: A name is of none, or an input comes from two places.
        CyclicDependencyError: A node needs itself.

    >>> from notebook_assets import op
    >>> @op
    ... def one(): return 1
    >>> @op
    ... def double(number): return number * 2
    >>> made = wired_by_hand("two", [double, one], {"double": {"number": DependencyDefinition("one")}}, [], [])
    >>> list(made.nodes)
    ['one', 'double']
    """
    what = f"The graph {graph!r}"
    nodes = _nodes(what, node_defs, dependencies)
    for invocation, inputs in dependencies.items():
        node = nodes[_invocation(invocation).node_name]
        sources = {name: _source(what, node.name, name, each, nodes) for name, each in _checked(what, node, inputs)}
        nodes[node.name] = replace(node, inputs=sources)
    for kind, name, mappings in (
        (InputMapping, "input_mappings", input_mappings),
        (OutputMapping, "output_mappings", output_mappings),
    ):
        wrong = [each for each in mappings if not isinstance(each, kind)]
        if wrong:
            raise InvalidDefinitionError(f"{what}: {name} are {kind.__name__}s; got {wrong[0]!r}.")
    ins: dict[str, In] = {}
    for mapping in input_mappings:
        _add_input(what, mapping, nodes, ins)
    outputs = {each.graph_output_name: _output(what, each, nodes) for each in output_mappings}
    ordered = _in_order(what, nodes)
    dynamic = _dynamic_nodes(ordered)
    outs = {each.graph_output_name: _out(each, nodes, dynamic) for each in output_mappings}
    return Wiring(ordered, ins, outs, outputs)


def _invocation(name: Any) -> NodeInvocation:
    if not isinstance(name, str | NodeInvocation):
        raise InvalidDefinitionError(f"dependencies map names or NodeInvocations to dicts by input; got {name!r}.")
    return NodeInvocation(name) if isinstance(name, str) else name


def _nodes(what: str, node_defs: Sequence[NodeDefinition], dependencies: Dependencies) -> dict[str, Node]:
    known: dict[str, NodeDefinition] = {}
    for each in node_defs:
        if not all(hasattr(each, name) for name in ("name", "ins", "outs")):
            raise InvalidDefinitionError(f"{what}: node_defs are ops and graphs; got {each!r}.")
        if known.setdefault(each.name, each) is not each:
            raise InvalidDefinitionError(f"{what}: two different node_defs are called {each.name!r}; rename one.")
    nodes: dict[str, Node] = {}
    used: set[str] = set()
    for key in dependencies:
        use = _invocation(key)
        if use.name not in known:
            raise InvalidDefinitionError(
                f"{what}: dependencies names {use.name!r}, which is none of its node_defs {list(known)}."
                f"{did_you_mean(use.name, known)}"
            )
        if use.node_name in nodes:
            raise InvalidDefinitionError(f"{what} has two nodes called {use.node_name!r}; give one of them an alias.")
        used.add(use.name)
        options = NodeOptions(use.alias, use.tags, frozenset(use.hook_defs), use.retry_policy)
        nodes[use.node_name] = Node(use.node_name, known[use.name], {}, options)
    for name in [name for name in known if name not in used]:
        nodes[name] = Node(name, known[name], {}, NodeOptions())
    return nodes


def _checked(what: str, node: Node, inputs: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(inputs, Mapping):
        raise InvalidDefinitionError(
            f"{what}: the dependencies of {node.name!r} are a dict by input, such as "
            f'{{"rows": DependencyDefinition("clean")}}; got {inputs!r}.'
        )
    for name in inputs:
        _check_known(what, "input", node, name, node.definition.ins)
    yield from inputs.items()


def _check_known(what: str, kind: str, node: Node, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise InvalidDefinitionError(
            f"{what}: the node {node.name!r} has no {kind} {name!r}; it has {list(known)}.{did_you_mean(name, known)}"
        )


def _node(what: str, name: str, nodes: Mapping[str, Node]) -> Node:
    if name not in nodes:
        raise InvalidDefinitionError(f"{what} has no node {name!r}; it has {list(nodes)}.{did_you_mean(name, nodes)}")
    return nodes[name]


def _source(what: str, node: str, name: str, given: Any, nodes: Mapping[str, Node]) -> Source:
    if isinstance(given, MultiDependencyDefinition):
        return FanIn(tuple(_source(what, node, name, each, nodes) for each in given.dependencies))
    if not isinstance(given, DependencyDefinition):
        raise InvalidDefinitionError(
            f"{what}: the input {name!r} of {node} comes from a DependencyDefinition (or a MultiDependencyDefinition); "
            f"got {given!r}."
        )
    giver = _node(f"{what}, for the input {name!r} of {node},", given.node, nodes)
    _check_known(what, "output", giver, given.output, giver.definition.outs)
    return FromOutput(giver.name, given.output)


def _add_input(what: str, mapping: InputMapping, nodes: dict[str, Node], ins: dict[str, In]) -> None:
    node, name = _node(what, mapping.mapped_node_name, nodes), mapping.mapped_node_input_name
    _check_known(what, "input", node, name, node.definition.ins)
    if name in node.inputs:
        raise InvalidDefinitionError(f"{what}: the input {name!r} of {node.name!r} has two sources; remove one.")
    nodes[node.name] = replace(node, inputs={**node.inputs, name: FromInput(mapping.graph_input_name)})
    inner = node.definition.ins[name]
    type_ = inner.dagster_type if mapping.dagster_type is None else mapping.dagster_type
    ins.setdefault(mapping.graph_input_name, In(type_, mapping.graph_input_description))


def _output(what: str, mapping: OutputMapping, nodes: Mapping[str, Node]) -> FromOutput:
    node = _node(what, mapping.mapped_node_name, nodes)
    _check_known(what, "output", node, mapping.mapped_node_output_name, node.definition.outs)
    return FromOutput(node.name, mapping.mapped_node_output_name)


def _out(mapping: OutputMapping, nodes: Mapping[str, Node], dynamic: set[str]) -> Out:
    """Return what is known of a graph's output: what the node says, and what the mapping says instead."""
    inner = nodes[mapping.mapped_node_name].definition.outs[mapping.mapped_node_output_name]
    kind = DynamicOut if inner.is_dynamic or mapping.mapped_node_name in dynamic else Out
    return kind(
        inner.dagster_type if mapping.dagster_type is None else mapping.dagster_type,
        mapping.graph_output_description or inner.description,
        inner.is_required,
        inner.io_manager_key,
        inner.metadata,
        inner.code_version,
    )


def _dynamic_nodes(nodes: Mapping[str, Node]) -> set[str]:
    """Return the nodes that run once for each value of a dynamic output."""
    found: set[str] = set()
    for node in nodes.values():
        for source in node.inputs.values():
            if isinstance(source, FromOutput):
                outs = nodes[source.node].definition.outs
                if source.node in found or outs[source.output].is_dynamic:
                    found.add(node.name)
    return found


def _in_order(what: str, nodes: Mapping[str, Node]) -> dict[str, Node]:
    parents = {name: sorted(set(_givers(node.inputs.values()))) for name, node in nodes.items()}
    try:
        return {name: nodes[name] for name in TopologicalSorter(parents).static_order()}
    except CycleError as error:
        path = " → ".join(error.args[1])
        raise CyclicDependencyError(f"{what} has a node that needs itself: {path}.") from None


def _givers(sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        if isinstance(source, FromOutput):
            yield source.node
        elif isinstance(source, FanIn):
            yield from _givers(source.sources)


def dependencies_of(wiring: Wiring) -> dict[NodeInvocation, dict[str, Any]]:
    """Return where the inputs of nodes come from, as it is written by hand.

    Args:
        wiring: How a graph is wired. What a node collects of a dynamic output is told as its one source.
    """
    found: dict[NodeInvocation, dict[str, Any]] = {}
    for node in wiring.nodes.values():
        options = node.options
        alias = node.name if node.name != node.definition.name else None
        use = NodeInvocation(node.definition.name, alias, options.tags, options.hooks, options.retry_policy)
        found[use] = {name: told for name, source in node.inputs.items() if (told := _told(source)) is not None}
    return found


def _told(source: Source) -> DependencyDefinition | MultiDependencyDefinition | None:
    if isinstance(source, FromInput):
        return None
    if isinstance(source, FromOutput):
        return DependencyDefinition(source.node, source.output)
    if isinstance(source, FanIn):
        items = [told for each in source.sources if isinstance(told := _told(each), DependencyDefinition)]
        return MultiDependencyDefinition(items)
    return _told(source.source)


def mappings_of(wiring: Wiring) -> tuple[list[InputMapping], list[OutputMapping]]:
    """Return where a graph's inputs go and its outputs come from, as it is written by hand.

    Args:
        wiring: How it is wired.
    """
    inputs = [
        InputMapping(source.name, node.name, name)
        for node in wiring.nodes.values()
        for name, source in node.inputs.items()
        if isinstance(source, FromInput)
    ]
    outputs = [
        OutputMapping(name, source.node, source.output)
        for name, source in wiring.outputs.items()
        if isinstance(source, FromOutput)
    ]
    return inputs, outputs
