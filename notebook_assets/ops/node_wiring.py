"""Where the inputs of a graph's nodes come from: plain data, made by composition and read by runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from notebook_assets.ops.ins_outs import In, Out


@dataclass(frozen=True)
class FromInput:
    """An input of the graph itself."""

    name: str


@dataclass(frozen=True)
class FromOutput:
    """An output of another node; of a dynamic one, or of a node that is mapped over one, the value of the same key."""

    node: str
    output: str


@dataclass(frozen=True)
class Collected:
    """All values of a dynamic output, or of a node that is mapped over one, as a list."""

    source: FromOutput


@dataclass(frozen=True)
class FanIn:
    """A list of what several sources give."""

    sources: tuple[Source, ...]


Source = FromInput | FromOutput | Collected | FanIn


class NodeDefinition(Protocol):
    """What may be a node of a graph: an op or another graph."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def ins(self) -> Mapping[str, In]:
        """Its inputs by name, in the order of its parameters."""

    @property
    def outs(self) -> Mapping[str, Out]:
        """Its outputs by name."""


@dataclass(frozen=True)
class NodeOptions:
    """What was said of one use of an op or a graph, in place of or beside what its definition says."""

    alias: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    hooks: frozenset[Any] = frozenset()
    retry_policy: Any = None


@dataclass(frozen=True)
class Node:
    """One use of an op or a graph in a graph."""

    name: str
    definition: NodeDefinition
    inputs: Mapping[str, Source]
    options: NodeOptions


@dataclass(frozen=True)
class Wiring:
    """All of how a graph is wired: its nodes, each behind those that it needs, and what goes in and comes out.

    ``outputs`` says which node's output each of the graph's own outputs is.
    """

    nodes: Mapping[str, Node]
    ins: Mapping[str, In]
    outs: Mapping[str, Out]
    outputs: Mapping[str, FromOutput | FromInput]
