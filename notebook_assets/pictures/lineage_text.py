"""Lineage as an indented tree, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from notebook_assets.display.escape import terminal
from notebook_assets.display.rich import counts_text
from notebook_assets.display.times import plural
from notebook_assets.pictures.lineage_data import LineageEdge, LineageNode

_DEEPEST = 24
_MOST_LINES = 400


def lineage_tree(nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], name: str) -> str:
    """Return every asset below what it needs; one that needs several is only named below the others.

    Args:
        nodes: The assets.
        edges: The dependencies among them.
        name: What the tree shows.
    """
    by_key = {node.key: node for node in nodes}
    below: dict[str, list[tuple[str, str]]] = {node.key: [] for node in nodes}
    needs: dict[str, int] = dict.fromkeys(by_key, 0)
    for edge in edges:
        below[edge.upstream].append((edge.downstream, edge.label))
        needs[edge.downstream] += 1
    lines = [f"{terminal(name)}  ·  {plural(len(nodes), 'asset')}"]
    seen: set[str] = set()
    roots = [key for key, many in needs.items() if not many]
    for root in [*roots, *by_key]:  # the second list only finds something new where there is a circle
        if root not in seen:
            _grow(root, by_key, below, seen, lines)
    hidden = len(lines) - 1 - _MOST_LINES
    return "\n".join([*lines[: _MOST_LINES + 1], f"… and {plural(hidden, 'more line')}"] if hidden > 0 else lines)


def _grow(
    root: str,
    by_key: dict[str, LineageNode],
    below: dict[str, list[tuple[str, str]]],
    seen: set[str],
    lines: list[str],
) -> None:
    todo = [(root, "", "", "")]  # key, what stands before it, what stands before its children, the mapping
    while todo:
        key, before, indent, label = todo.pop()
        again = key in seen
        remark = f"  ({terminal(label, 40)})" if label else ""
        if again:
            lines.append(f"{before}{terminal(by_key[key].name, 60)}{remark}  ↑ above")
            continue
        seen.add(key)
        lines.append(f"{before}{_line(by_key[key])}{remark}")
        children = below[key]
        for position in range(len(children) - 1, -1, -1):
            child, mapping = children[position]
            last = position == len(children) - 1
            deep = len(indent) >= 3 * _DEEPEST
            branch = "└─ " if last else "├─ "
            further = indent if deep else indent + ("   " if last else "│  ")
            todo.append((child, indent + branch, further, mapping))


def _line(node: LineageNode) -> str:
    kind = "source" if node.kind == "source" else ""
    facts = " · ".join(part for part in (kind, terminal(node.partitions, 40), terminal(node.remark, 40)) if part)
    group = f"[{terminal(node.group, 40)}]" if node.group else ""
    counts = counts_text(node.counts) if any(node.counts.values()) else ""
    return "  ".join(part for part in (terminal(node.name, 60), facts, group, counts) if part)
