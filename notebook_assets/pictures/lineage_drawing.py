"""Draws a lineage picture: cards with names, partitions and bars of states, frames around groups, curves between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from notebook_assets.display.escape import markup, safe_url, visible
from notebook_assets.display.palette import PALETTE, URGENCY, in_legend_order
from notebook_assets.display.rich import bar_segments
from notebook_assets.display.shapes import number, state_shape
from notebook_assets.display.svg import Svg, fit, heading, legend, text, text_width, title
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.lineage_data import LineageEdge, LineageNode
from notebook_assets.pictures.lineage_layout import Layout, Point, lay_out
from notebook_assets.states import PieceState

_PAD = 12.0
_LEAST, _MOST = 136.0, 272.0
_EDGE = 6.0
_QUIET = (PieceState.MATERIALIZED, PieceState.EMPTY)


def draw_lineage_svg(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], name: str, selected: Collection[str]
) -> Svg:
    """Lay out and draw the picture; see :func:`notebook_assets.pictures.lineage.draw_lineage`."""
    index_of = {node.key: index for index, node in enumerate(nodes)}
    sizes = [card_size(node) for node in nodes]
    groups: dict[str, list[int]] = {}
    for index, node in enumerate(nodes):
        if node.group is not None:
            groups.setdefault(node.group, []).append(index)
    links = [
        (index_of[edge.upstream], index_of[edge.downstream], text_width(_edge_label(edge), 10) if edge.label else 0.0)
        for edge in edges
    ]
    frames = [(members, text_width(fit(group, 11, 220, bold=True), 11, bold=True)) for group, members in groups.items()]
    layout = lay_out(sizes, links, frames) if nodes else Layout(0, 0, {}, {}, {}, {})
    top, head, room = _head(nodes, name, layout.width)
    parts = [_frame(layout.frames[index], group) for index, group in enumerate(groups) if index in layout.frames]
    parts += [_edge(layout, index, edge) for index, edge in enumerate(edges) if index in layout.edges]
    parts += [_card(node, layout.nodes[i], sizes[i], i, node.key in selected) for i, node in enumerate(nodes)]
    edges_left = [box[0] for box in layout.frames.values()] + [
        x - sizes[i][0] / 2 for i, (x, _) in layout.nodes.items()
    ]
    inset = min(edges_left, default=0.0)
    shift = f"translate({number(_EDGE - inset)} {number(top)})"
    body = f'{head}<g transform="{shift}">{"".join(parts)}</g>'
    label = f"{visible(name)}: {plural(len(nodes), 'asset')}, {plural(len(edges), 'dependency', 'dependencies')}"
    return Svg(max(layout.width + 2 * _EDGE, room), top + layout.height + _EDGE, body, label, shrink=0.72)


def _head(nodes: Sequence[LineageNode], name: str, width: float) -> tuple[float, str, float]:
    room = max(width, 520.0)
    total: Counter[PieceState] = Counter()
    for node in nodes:
        total.update(node.counts)
    pieces = f" · {plural(total.total(), 'piece')}" if total.total() else ""
    made = heading(visible(name), plural(len(nodes), "asset") + pieces, _EDGE, 16, room)
    drawn, high = legend(total, _EDGE, 28, room)
    return (28 + high + 12 if high else 32), made + drawn, room


def _status(node: LineageNode) -> tuple[PieceState | None, str]:
    """Return what the card says of the states: the one that matters most, and how many pieces are in it."""
    there = [state for state in URGENCY if node.counts.get(state, 0)]
    if not there:
        return None, ""
    if not node.partitions:
        return there[0], there[0].value
    if there[0] in _QUIET:
        return None, ""
    return there[0], f"{count(node.counts[there[0]])} {there[0].value}"


def _below(node: LineageNode) -> str:
    kind = "source" if node.kind == "source" else ""
    return " · ".join(part for part in (kind, node.partitions, node.remark) if part)


def card_size(node: LineageNode) -> tuple[float, float]:
    """Return the width and height of a node's card."""
    _, words = _status(node)
    below = text_width(_below(node), 11) + (text_width(words, 11) + 15 if words else 0)
    gap = 16 if words and _below(node) else 0
    wide = max(text_width(visible(node.name)[:80], 13, bold=True), below + gap) + 2 * _PAD
    lines = 1 if not _below(node) and not words else 2
    return min(max(wide, _LEAST), _MOST), 20.0 + 17 * lines + (9 if _has_bar(node) else 0)


def _has_bar(node: LineageNode) -> bool:
    return bool(node.partitions) and any(node.counts.values())


def _card(node: LineageNode, centre: Point, size: tuple[float, float], index: int, selected: bool) -> str:
    width, height = size
    left, top = centre[0] - width / 2, centre[1] - height / 2
    css = "nba-card" + (" nba-source" if node.kind == "source" else "") + (" nba-selected" if selected else "")
    shape = f'x="{number(left)}" y="{number(top)}" width="{number(width)}" height="{number(height)}" rx="6"'
    parts = [title(_tooltip(node)), f'<rect class="{css}" {shape}/>']
    parts.append(text(left + _PAD, top + 22, fit(node.name, 13, width - 2 * _PAD, bold=True), "nba-name"))
    parts += _second_line(node, left, top + 39, width)
    if _has_bar(node):
        parts.append(bar_segments(node.counts, left + _PAD, top + height - 14, width - 2 * _PAD, 5))
    inner = "".join(parts)
    target = safe_url(node.href) if node.href else None
    if target:
        inner = f'<a href="{markup(target)}">{inner}</a>'
    return f'<g class="nba-node" data-node="n{index}" data-asset="{markup(node.key)}">{inner}</g>'


def _second_line(node: LineageNode, left: float, base: float, width: float) -> list[str]:
    """Draw what the asset is on the left and what is the matter with it on the right."""
    below, (state, words) = _below(node), _status(node)
    taken = text_width(words, 11) + 15 if words else 0.0
    room = width - 2 * _PAD - (taken + 10 if words else 0)
    parts = [text(left + _PAD, base, fit(below, 11, max(room, 30)))] if below else []
    if words and state is not None:
        start = left + width - _PAD - taken if below else left + _PAD
        parts.append(f'<path class="{PALETTE[state].css_class}" d="{state_shape(state, start, base - 8.5, 9, 9)}"/>')
        parts.append(text(start + 14, base, words, "nba-ink" if state not in _QUIET else ""))
    return parts


def _tooltip(node: LineageNode) -> str:
    if node.tooltip:
        return node.tooltip
    counts: Mapping[PieceState, int] = node.counts
    states = ", ".join(f"{count(many)} {state.value}" for state, many in in_legend_order(counts))
    return " — ".join(part for part in (node.name, _below(node), states) if part)


def _frame(box: tuple[float, float, float, float], group: str) -> str:
    left, top, right, bottom = box
    label = fit(group, 11, right - left - 20, bold=True)
    shape = f'x="{number(left)}" y="{number(top)}" width="{number(right - left)}" height="{number(bottom - top)}"'
    return f'<g><rect class="nba-frame" {shape} rx="10"/>{text(left + 12, top + 18, label, "nba-group")}</g>'


def _edge_label(edge: LineageEdge) -> str:
    return fit(edge.label, 10, 150)


def _edge(layout: Layout, index: int, edge: LineageEdge) -> str:
    points, (tip_x, tip_y) = layout.edges[index]
    start, *rest = [f"{number(x)} {number(y)}" for x, y in points]
    curve = f"M{start}C{' '.join(rest)}" if rest else f"M{start}"
    (x, y) = points[-1]
    away = max(((tip_x - x) ** 2 + (tip_y - y) ** 2) ** 0.5, 0.1)
    dx, dy = (tip_x - x) / away * 3, (tip_y - y) / away * 3
    corners = f"{number(x - dy)} {number(y + dx)}L{number(tip_x)} {number(tip_y)}L{number(x + dy)} {number(y - dx)}"
    words = title(f"{edge.upstream} → {edge.downstream}" + (f": {edge.label}" if edge.label else ""))
    drawn = f'<path class="nba-curve" d="{curve}"/><path class="nba-tip" d="M{corners}z"/>'
    if edge.label and index in layout.labels:
        cx, cy = layout.labels[index]
        drawn += text(cx, cy + 3.5, _edge_label(edge), "nba-x nba-halo", "middle")
    return f'<g class="nba-edge">{words}{drawn}</g>'
