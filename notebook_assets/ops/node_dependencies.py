"""What is said of the nodes of a graph that is wired by hand: uses of ops, and where their inputs come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import RetryPolicy
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.arguments import check_text


@dataclass(frozen=True)
class DependencyDefinition:
    """An output of a node, as the source of another node's input.

    Args:
        node: The node.
        output: Which of its outputs.
        description: For people to read.

    >>> DependencyDefinition("clean")
    DependencyDefinition(node='clean', output='result', description=None)
    """

    node: str
    output: str = "result"
    description: str | None = None

    def __post_init__(self) -> None:
        for what, value in (("node", self.node), ("output", self.output)):
            if not isinstance(value, str):
                raise InvalidDefinitionError(f"DependencyDefinition: {what} is a name; got {value!r}.")


@dataclass(frozen=True)
class MultiDependencyDefinition:
    """Several outputs as the source of one input, which gets a list.

    Args:
        dependencies: The outputs.

    Raises:
        InvalidDefinitionError: An output is there twice.

    >>> both = MultiDependencyDefinition([DependencyDefinition("one"), DependencyDefinition("two")])
    >>> [each.node for each in both.dependencies]
    ['one', 'two']
    """

    dependencies: Sequence[DependencyDefinition]

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for each in self.dependencies:
            if not isinstance(each, DependencyDefinition):
                raise InvalidDefinitionError(f"MultiDependencyDefinition holds DependencyDefinitions; got {each!r}.")
            if (each.node, each.output) in seen:
                raise InvalidDefinitionError(
                    f"MultiDependencyDefinition: the output {each.output!r} of {each.node!r} is there twice; give the "
                    "node another alias for the second."
                )
            seen.add((each.node, each.output))
        object.__setattr__(self, "dependencies", tuple(self.dependencies))


@dataclass(frozen=True)
class NodeInvocation:
    """One use of an op or a graph, under a name of its own.

    Args:
        name: The op or graph.
        alias: The node's name, where that is another.
        tags: Names and values, beside those of the op.
        hook_defs: Called after it.
        retry_policy: In place of the op's.

    >>> NodeInvocation("clean", alias="clean_again").node_name
    'clean_again'
    """

    name: str
    alias: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    hook_defs: AbstractSet[Any] = frozenset()
    retry_policy: RetryPolicy | None = None

    def __post_init__(self) -> None:
        check_text(self.alias, "NodeInvocation: alias", '"clean_again"')
        object.__setattr__(self, "tags", dict(self.tags or {}))
        object.__setattr__(self, "hook_defs", frozenset(self.hook_defs or ()))

    @property
    def node_name(self) -> str:
        """What the node is called."""
        return self.alias or self.name


@dataclass(frozen=True)
class InputMapping:
    """An input of a graph, and the node's input that it goes to.

    Args:
        graph_input_name: The graph's input.
        mapped_node_name: The node.
        mapped_node_input_name: The node's input.
        fan_in_index: Only None is here: an input comes from the graph as it is.
        graph_input_description: For people to read.
        dagster_type: The type of the graph's input; by default that of the node's.

    Raises:
        InvalidDefinitionError: There is a ``fan_in_index``.

    >>> InputMapping("rows", "clean", "table").graph_input_name
    'rows'
    """

    graph_input_name: str
    mapped_node_name: str
    mapped_node_input_name: str
    fan_in_index: int | None = None
    graph_input_description: str | None = None
    dagster_type: Any = None

    def __post_init__(self) -> None:
        if self.fan_in_index is not None:
            raise InvalidDefinitionError(
                "InputMapping: a graph's input as one item of a node's list is wired by a composition function: @graph."
            )


@dataclass(frozen=True)
class OutputMapping:
    """An output of a graph, and the node's output that it is.

    Args:
        graph_output_name: The graph's output.
        mapped_node_name: The node.
        mapped_node_output_name: The node's output.
        graph_output_description: For people to read.
        dagster_type: The type of the graph's output; by default that of the node's.
        from_dynamic_mapping: Kept for code that gives it; it is known from the nodes.

    >>> OutputMapping("result", "clean", "result").mapped_node_name
    'clean'
    """

    graph_output_name: str
    mapped_node_name: str
    mapped_node_output_name: str
    graph_output_description: str | None = None
    dagster_type: Any = None
    from_dynamic_mapping: bool = False
