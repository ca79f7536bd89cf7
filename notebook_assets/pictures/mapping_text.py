"""A mapping as text: a line for each key that was asked for, with those that it needs or that need it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from notebook_assets.display.escape import pad, terminal, visible, width
from notebook_assets.display.palette import PALETTE, in_legend_order
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.key_runs import Runs, Span, fold_runs, merge_spans, span_name
from notebook_assets.pictures.mapping_axis import odd_lengths
from notebook_assets.pictures.mapping_data import MappingData, MappingSide
from notebook_assets.pictures.mapping_head import mapping_summary, several
from notebook_assets.states import PieceState

_MOST_LINES = 40
_MOST_SPANS = 4


def mapping_text(data: MappingData, runs: Runs | None = None) -> str:
    """Return the mapping for a terminal; ``runs`` are its folded rows, where they are known."""
    head = f"{terminal(data.downstream.asset, 50)} ← {terminal(data.upstream.asset, 50)}  ·  {mapping_summary(data)}"
    lines = [head] + ([_cut_between_words(terminal(data.description))] if data.description else [])
    turned = turned_round(data) if data.asked == "upstream" else data
    known = runs if turned is data else None
    folded = (known or fold_runs(turned.rows, turned.spans, turned.nonexistent)).downstream
    shown = folded if len(folded) <= _MOST_LINES else (*folded[: _MOST_LINES - 2], *folded[-1:])
    named = [(_downstream(turned, *span), _upstream(turned, span[0])) for span in shown]
    if len(shown) < len(folded):
        named.insert(-1, (f"… {plural(len(folded) - len(shown), 'more line')}", ""))
    if turned is not data:
        named += _lost_lines(data)
    room = max((width(name) for name, needed in named if needed), default=0)
    arrow = "←" if turned is data else "→"
    rows = [f"{pad(name, room)}  {arrow}  {needed}" if needed else name for name, needed in named]
    return visible("\n".join([*lines, "", *rows] if rows else lines), keep="\n")


def _cut_between_words(words: str, most: int = 200) -> str:
    """Return a long text without its end; one word that is longer is cut within."""
    if len(words) <= most:
        return words
    kept = words[: most - 1].rpartition(" ")[0] or words[: most - 2]
    return f"{kept} …"


def turned_round(data: MappingData) -> MappingData:
    """Return the same pairs with the sides changed: a row for each upstream key, with the downstream keys it feeds.

    >>> side = MappingSide("a", ["x", "y"])
    >>> turned_round(MappingData(side, side, [0, 1], [[(0, 1)], [(0, 2)]])).spans
    ([(0, 2)], [(1, 2)])
    """
    feeds: dict[int, list[Span]] = {}
    for row, spans in zip(data.rows, data.spans, strict=True):
        for start, stop in spans:
            for key in range(start, stop):
                feeds.setdefault(key, []).append((row, row + 1))
    rows = sorted(feeds)
    fed = tuple(merge_spans(feeds[row]) for row in rows)
    return replace(data, upstream=data.downstream, downstream=data.upstream, rows=rows, spans=fed, nonexistent={})


def _lost_lines(data: MappingData) -> list[tuple[str, str]]:
    """Return a line for each nonexistent key, with the keys that require it."""
    found: dict[str, list[Span]] = {}
    for place, keys in data.nonexistent.items():
        for key in keys:
            found.setdefault(key, []).append((data.rows[place], data.rows[place] + 1))
    mark = PALETTE[PieceState.NONEXISTENT].mark
    return [
        (f"{mark} {terminal(key, 50)}", _spans(data.downstream, merge_spans(spans)))
        for key, spans in list(found.items())[:_MOST_LINES]
    ]


def _downstream(data: MappingData, start: int, stop: int) -> str:
    first, last = data.rows[start], data.rows[stop - 1] + 1
    side = data.downstream
    name = terminal(span_name(side.keys, first, last), 50)
    if last - first > 1:
        return f"{name} ({plural(last - first, side.noun, several(side.noun))})"
    odd = odd_lengths(side.windows) if side.windows is not None and len(data.rows) <= _MOST_LINES else {}
    length = f" ({odd[first]})" if first in odd else ""
    return f"{name}{length}" if side.states is None else f"{PALETTE[side.states[first]].mark} {name}{length}"


def _upstream(data: MappingData, row: int) -> str:
    said = _spans(data.upstream, data.spans[row])
    lost = data.nonexistent.get(row, ())
    if lost:
        names = ", ".join(terminal(key, 40) for key in lost[:_MOST_SPANS])
        more = f", … {count(len(lost) - _MOST_SPANS)} more" if len(lost) > _MOST_SPANS else ""
        said += f"{', ' if said else ''}{PALETTE[PieceState.NONEXISTENT].mark} not existing: {names}{more}"
    return said or "nothing"


def _spans(side: MappingSide, pieces: Sequence[Span]) -> str:
    said = []
    for start, stop in pieces[:_MOST_SPANS]:
        many = stop - start
        if many <= 2:
            said += [_key(side, index) for index in range(start, stop)]
        else:
            name = terminal(span_name(side.keys, start, stop), 60)
            said.append(f"{name} ({count(many)} {several(side.noun)}{_states(side, start, stop)})")
    hidden = sum(stop - start for start, stop in pieces[_MOST_SPANS:])
    return ", ".join(said + ([f"… {count(hidden)} more"] if hidden else []))


def _key(side: MappingSide, index: int) -> str:
    name = terminal(span_name(side.keys, index, index + 1), 60)
    return name if side.states is None else f"{PALETTE[side.states[index]].mark} {name}"


def _states(side: MappingSide, start: int, stop: int) -> str:
    if side.states is None:
        return ""
    counts = in_legend_order(Counter(side.states[start:stop]))
    if len(counts) == 1:
        return f", all {counts[0][0].value}"
    return ": " + ", ".join(f"{count(many)} {state.value}" for state, many in counts)
