"""Where Graphviz puts the cards, frames and edges of a lineage picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notebook_assets.pictures.renderer import render_dot

_POINTS = 72  # to the inch: one of Graphviz's points is one of our pixels

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Layout:
    """Coordinates in pixels, from the upper left corner.

    Args:
        width: Of the whole picture.
        height: Of the whole picture.
        nodes: The centre of each node.
        frames: The box of each group.
        edges: For each edge the points of its curve (one, then three for each piece) and the tip of its arrow.
        labels: For each edge with a label, the label's centre.
    """

    width: float
    height: float
    nodes: Mapping[int, Point]
    frames: Mapping[int, Box]
    edges: Mapping[int, tuple[Sequence[Point], Point]]
    labels: Mapping[int, Point]


def lay_out(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int, float]],
    frames: Sequence[tuple[Sequence[int], float]],
) -> Layout:
    """Lay out a graph of boxes from left to right.

    Only sizes are handed to Graphviz, no words: so its fonts can't matter, and no name can be taken for DOT.

    Args:
        sizes: Width and height of each node.
        edges: Index of the upstream node, of the downstream node, and the width of the label (0 for none).
        frames: The nodes of each group, and the width of the group's label.

    Raises:
        NotebookAssetsError: There is no Graphviz.

    >>> made = lay_out([(100, 40), (100, 40)], [(0, 1, 0)], [])
    >>> made.nodes[0][0] < made.nodes[1][0]
    True
    """
    return _parsed(json.loads(render_dot(_source(sizes, edges, frames), "json")))


def _blank(width: float, height: float) -> str:
    cell = f'FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{round(height)}"'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {cell}><TR><TD></TD></TR></TABLE>>'


def _source(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int, float]],
    frames: Sequence[tuple[Sequence[int], float]],
) -> str:
    limits = " nslimit=2 nslimit1=2 mclimit=0.5" if len(sizes) > 300 else ""  # a large graph need not be perfect
    lines = [f"digraph {{ rankdir=LR nodesep=0.25 ranksep=0.5 pad=0{limits}"]
    lines.append('node [shape=box label="" fixedsize=true] edge [arrowsize=0.6]')
    for index, (width, height) in enumerate(sizes):
        lines.append(f"n{index} [width={width / _POINTS:.3f} height={height / _POINTS:.3f}]")
    for index, (members, label_width) in enumerate(frames):
        names = " ".join(f"n{member}" for member in members)
        lines.append(f"subgraph cluster_{index} {{ margin=12 labeljust=l label={_blank(label_width, 16)} {names} }}")
    for index, (tail, head, label_width) in enumerate(edges):
        label = f" label={_blank(label_width + 8, 14)}" if label_width else ""
        lines.append(f"n{tail} -> n{head} [id=e{index}{label}]")
    return "\n".join([*lines, "}"])


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _parsed(found: Mapping[str, object]) -> Layout:
    _, _, width, height = _numbers(str(found["bb"]))
    objects = found.get("objects", [])
    edges = found.get("edges", [])
    nodes: dict[int, Point] = {}
    frames: dict[int, Box] = {}
    for entry in objects if isinstance(objects, list) else []:
        name = str(entry["name"])
        if name.startswith("cluster_"):
            left, low, right, high = _numbers(entry["bb"])
            frames[int(name.removeprefix("cluster_"))] = (left, height - high, right, height - low)
        else:
            x, y = _numbers(entry["pos"])
            nodes[int(name[1:])] = (x, height - y)
    curves: dict[int, tuple[Sequence[Point], Point]] = {}
    labels: dict[int, Point] = {}
    for entry in edges if isinstance(edges, list) else []:
        index = int(str(entry["id"])[1:])
        if "pos" in entry:
            curves[index] = _curve(entry["pos"], height)
        if "lp" in entry:
            x, y = _numbers(entry["lp"])
            labels[index] = (x, height - y)
    return Layout(width, height, nodes, frames, curves, labels)


def _curve(text: str, height: float) -> tuple[list[Point], Point]:
    tip: Point | None = None
    points: list[Point] = []
    for part in text.split(";")[0].split():
        if part.startswith("e,"):
            x, y = _numbers(part[2:])
            tip = (x, height - y)
        elif not part.startswith("s,"):
            x, y = _numbers(part)
            points.append((x, height - y))
    return points, tip or points[-1]
