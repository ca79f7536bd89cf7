"""Blocks that results are put together from: headings, notes, facts, trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notebook_assets.display.escape import markup, markup_lines, pad, shorten, terminal, visible, width
from notebook_assets.display.rich import Rich, Showable, as_rich


def title_line(text: str, detail: str = "") -> Rich:
    """Return a heading with a quieter detail after it."""
    small = f" <small>{markup(detail)}</small>" if detail else ""
    words = f"{terminal(text)}  ·  {terminal(detail)}" if detail else terminal(text)
    return Rich(f'<p class="nba-title">{markup(text)}{small}</p>', words)


def note(content: Showable, kind: str = "") -> Rich:
    """Return a remark set apart by a line at its side; kind is "", "good", "warning" or "error"."""
    inner = as_rich(content)
    css = f" nba-{kind}" if kind in ("good", "warning", "error") else ""
    return Rich(f'<div class="nba-note{css}">{inner.html}</div>', inner.text)


def block(text: str) -> Rich:
    """Return lines in the font of code, such as a traceback; line breaks are kept."""
    return Rich(f'<pre class="nba-pre">{markup_lines(text)}</pre>', visible(text, keep="\n\t"))


def facts(pairs: Iterable[tuple[str, Showable]]) -> Rich:
    """Return names with their values, one pair a line.

    >>> facts([("rows", 8760), ("state", "stale")])
    rows   8,760
    state  stale
    """
    entries = [(name, as_rich(value)) for name, value in pairs]
    room = max((width(terminal(name, 40)) for name, _ in entries), default=0)
    html = "".join(f"<dt>{markup(shorten(visible(name), 60))}</dt><dd>{value.html}</dd>" for name, value in entries)
    gap = "\n" + " " * (room + 2)
    lines = (f"{pad(terminal(name, 40), room)}  {gap.join(value.text.splitlines())}" for name, value in entries)
    return Rich(f'<dl class="nba-facts">{html}</dl>', "\n".join(lines))


@dataclass(frozen=True)
class TreeItem:
    """One line of a tree and what hangs below it."""

    content: Showable
    children: Sequence[TreeItem] = ()


def tree(items: Sequence[TreeItem]) -> Rich:
    """Return an indented tree.

    >>> tree([TreeItem("daily", [TreeItem("hourly"), TreeItem("flights")])])
    daily
    ├─ hourly
    └─ flights
    """
    lines: list[str] = []
    html = _branch(items, "", lines, top=True)
    return Rich(html, "\n".join(lines))


def _branch(items: Sequence[TreeItem], indent: str, lines: list[str], top: bool = False) -> str:
    parts = []
    for index, item in enumerate(items):
        last = index == len(items) - 1
        shown = as_rich(item.content)
        lines.append(shown.text if top else f"{indent}{'└─' if last else '├─'} {shown.text}")
        inner = _branch(item.children, "" if top else indent + ("   " if last else "│  "), lines)
        parts.append(f"<li>{shown.html}{inner}</li>")
    return f'<ul class="nba-tree">{"".join(parts)}</ul>' if parts else ""


def folded(summary: Showable, content: Rich) -> Rich:
    """Return something that a click on its summary opens; the text form shows all of it."""
    head = as_rich(summary)
    html = f"<details><summary>{head.html}</summary>{content.html}</details>"
    return Rich(html, f"{head.text}\n{content.text}")


def joined(parts: Iterable[Showable], separator: str = " ") -> Rich:
    """Return parts on one line."""
    shown = [as_rich(part) for part in parts]
    return Rich(markup(separator).join(part.html for part in shown), separator.join(part.text for part in shown))


def stack(parts: Iterable[Showable]) -> Rich:
    """Return parts below each other, with an empty line between them in the text form."""
    shown = [as_rich(part) for part in parts]
    html = "".join(f"<div>{part.html}</div>" for part in shown)
    return Rich(f'<div class="nba-stack">{html}</div>', "\n\n".join(part.text for part in shown))


def below(head: Rich, *rest: Rich) -> Rich:
    """Return lines below each other, without the gap that parts of a result have.

    >>> below(Rich("", "two"), Rich("", "lines"))
    two
    lines
    """
    html = "".join(f'<div style="margin-top:2px">{each.html}</div>' for each in rest)
    return Rich(f"<div>{head.html}</div>{html}", "\n".join([head.text, *(each.text for each in rest)]))
