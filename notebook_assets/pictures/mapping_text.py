"""A mapping as text: a line for each downstream key with the upstream keys that it needs."""

from __future__ import annotations

from collections import Counter

from notebook_assets.display.escape import pad, terminal, visible, width
from notebook_assets.display.palette import PALETTE, in_legend_order
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.key_runs import fold_runs, span_name
from notebook_assets.pictures.mapping_data import MappingData, MappingSide
from notebook_assets.pictures.mapping_head import mapping_summary
from notebook_assets.states import PieceState

_MOST_LINES = 40
_MOST_SPANS = 4


def mapping_text(data: MappingData) -> str:
    """Return the mapping for a terminal."""
    head = f"{terminal(data.downstream.asset, 50)} ← {terminal(data.upstream.asset, 50)}  ·  {mapping_summary(data)}"
    lines = [head] + ([terminal(data.description, 100)] if data.description else [])
    folded = fold_runs(data.rows, data.spans, data.nonexistent).downstream
    shown = folded if len(folded) <= _MOST_LINES else (*folded[: _MOST_LINES - 2], *folded[-1:])
    names = [_downstream(data, *span) for span in shown]
    room = max((width(name) for name in names), default=0)
    rows = [f"{pad(name, room)}  ←  {_upstream(data, start)}" for name, (start, _) in zip(names, shown, strict=True)]
    if len(shown) < len(folded):
        rows.insert(-1, f"… {plural(len(folded) - len(shown), 'more line')}")
    return visible("\n".join([*lines, "", *rows] if rows else lines), keep="\n")


def _downstream(data: MappingData, start: int, stop: int) -> str:
    first, last = data.rows[start], data.rows[stop - 1] + 1
    name = terminal(span_name(data.downstream.keys, first, last), 50)
    states = data.downstream.states
    if last - first > 1:
        return f"{name} ({plural(last - first, data.downstream.noun)})"
    return name if states is None else f"{PALETTE[states[first]].mark} {name}"


def _upstream(data: MappingData, row: int) -> str:
    spans = data.spans[row]
    side = data.upstream
    said = []
    for start, stop in spans[:_MOST_SPANS]:
        name = terminal(span_name(side.keys, start, stop), 60)
        many = stop - start
        noun = side.noun if many == 1 or side.noun.endswith("s") else side.noun + "s"
        if many <= 2:
            said += [_key(side, index) for index in range(start, stop)]
        else:
            said.append(f"{name} ({count(many)} {noun}{_states(data, start, stop)})")
    hidden = sum(stop - start for start, stop in spans[_MOST_SPANS:])
    if hidden:
        said.append(f"… {count(hidden)} more")
    lost = data.nonexistent.get(row, ())
    if lost:
        names = ", ".join(terminal(key, 40) for key in lost[:_MOST_SPANS])
        more = f", … {count(len(lost) - _MOST_SPANS)} more" if len(lost) > _MOST_SPANS else ""
        said.append(f"{PALETTE[PieceState.NONEXISTENT].mark} not existing: {names}{more}")
    return ", ".join(said) or "nothing"


def _key(side: MappingSide, index: int) -> str:
    name = terminal(span_name(side.keys, index, index + 1), 60)
    return name if side.states is None else f"{PALETTE[side.states[index]].mark} {name}"


def _states(data: MappingData, start: int, stop: int) -> str:
    if data.upstream.states is None:
        return ""
    counts = in_legend_order(Counter(data.upstream.states[start:stop]))
    if len(counts) == 1:
        return f", all {counts[0][0].value}"
    return ": " + ", ".join(f"{count(many)} {state.value}" for state, many in counts)
