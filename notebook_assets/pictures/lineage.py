"""The lineage picture: assets as cards, from upstream on the left to downstream on the right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from notebook_assets.display.blocks import block, note, stack
from notebook_assets.display.escape import dot_text
from notebook_assets.display.palette import PALETTE, most_urgent
from notebook_assets.display.rich import Shown, plain
from notebook_assets.display.svg import Svg
from notebook_assets.display.times import count
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.lazy import lazy_module
from notebook_assets.pictures.lineage_data import LineageEdge, LineageNode
from notebook_assets.pictures.lineage_drawing import draw_lineage_svg
from notebook_assets.pictures.lineage_text import lineage_tree

if TYPE_CHECKING:
    import graphviz
else:
    graphviz = lazy_module("graphviz")

MOST_DRAWN = 1_000
"""How many assets a notebook is shown a picture of; a larger one would take many seconds and megabytes."""
_TOO_MANY = (
    "{} assets are too many for one picture. Choose some, as in lineage('2+daily+2') or lineage('group:weather'); "
    ".svg is the whole as a file."
)


@dataclass(frozen=True, repr=False)
class LineagePicture(Shown):
    """A lineage picture; it is laid out when its drawing is first asked for.

    Args:
        nodes: The assets; the order decides among equals.
        edges: The dependencies; one whose end is not among the nodes is left out.
        title: What the picture shows.
        selected: Keys of the nodes to stand out.
    """

    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    title: str = "Lineage"
    selected: frozenset[str] = frozenset()

    @cached_property
    def dot(self) -> str:
        """The graph as DOT source, for other tools."""
        return _dot_source(self)

    @cached_property
    def drawing(self) -> Svg:
        """The picture.

        Raises:
            NotebookAssetsError: There is no Graphviz to lay it out.
        """
        return draw_lineage_svg(self.nodes, self.edges, self.title, self.selected)

    @property
    def svg(self) -> str:
        """The picture as a complete SVG file."""
        return self.drawing.standalone

    @property
    def html(self) -> str:
        """The picture as an HTML fragment; the text form with the reason where it can't be drawn, or is too large."""
        if len(self.nodes) > MOST_DRAWN:
            return stack([note(_TOO_MANY.format(count(len(self.nodes)))), block(self.text)]).html
        try:
            return self.drawing.inline
        except NotebookAssetsError as error:
            return stack([note(plain(error), "warning"), block(self.text)]).html

    @cached_property
    def text(self) -> str:
        """The picture as an indented tree."""
        return lineage_tree(self.nodes, self.edges, self.title)

    @property
    def _forms(self) -> tuple[str, str]:
        return self.html, self.text

    def _repr_html_(self) -> str:
        return super()._repr_html_()

    def __repr__(self) -> str:  # not by way of `_forms`: a terminal needs no Graphviz
        return self.text


def draw_lineage(
    nodes: Iterable[LineageNode],
    edges: Iterable[LineageEdge],
    title: str = "Lineage",
    selected: Iterable[str] = (),
) -> LineagePicture:
    """Return the picture of assets and what they need.

    Args:
        nodes: The assets. Of two with one key the later one counts.
        edges: The dependencies; those to nodes that are not in the picture are left out.
        title: What the picture shows.
        selected: Keys of the nodes to stand out.

    >>> draw_lineage([LineageNode("a"), LineageNode("b")], [LineageEdge("a", "b")])
    Lineage  ·  2 assets
    a
    └─ b
    """
    unique = {node.key: node for node in nodes}
    kept = dict.fromkeys(edge for edge in edges if edge.upstream in unique and edge.downstream in unique)
    return LineagePicture(tuple(unique.values()), tuple(kept), title, frozenset(selected))


def _dot_source(picture: LineagePicture) -> str:
    graph = graphviz.Digraph(
        "lineage",
        graph_attr={"rankdir": "LR", "nodesep": "0.3", "ranksep": "0.6", "fontname": "Helvetica", "fontsize": "11"},
        node_attr={"shape": "box", "style": "rounded,filled", "fillcolor": "#ffffff", "fontname": "Helvetica"},
        edge_attr={"color": "#808080", "fontname": "Helvetica", "fontsize": "9", "arrowsize": "0.7"},
    )
    names = {node.key: f"n{index}" for index, node in enumerate(picture.nodes)}
    groups: dict[str, list[LineageNode]] = {}
    for node in picture.nodes:
        if node.group is None:
            _dot_node(graph, names[node.key], node)
        else:
            groups.setdefault(node.group, []).append(node)
    for index, (group, members) in enumerate(groups.items()):
        with graph.subgraph(name=f"cluster_{index}") as frame:
            frame.attr(label=_quoted(group), style="rounded", color="#c0c0c0", labeljust="l")
            for node in members:
                _dot_node(frame, names[node.key], node)
    for edge in picture.edges:
        label = {"label": _quoted(edge.label)} if edge.label else {}
        graph.edge(names[edge.upstream], names[edge.downstream], **label)
    return str(graph.source)


def _quoted(text: str) -> str:
    quoted: str = graphviz.nohtml(dot_text(text))  # or else text in angle brackets would be read as markup
    return quoted


def _dot_node(graph: graphviz.Digraph, name: str, node: LineageNode) -> None:
    lines = [node.name, *([node.partitions] if node.partitions else [])]
    label = graphviz.nohtml("\\n".join(dot_text(line) for line in lines))
    colours = {"color": PALETTE[most_urgent(node.counts)].light, "penwidth": "2"} if any(node.counts.values()) else {}
    style = {"style": "rounded,dashed"} if node.kind == "source" else {}
    graph.node(name, label=label, tooltip=_quoted(node.tooltip or node.name), **colours, **style)
