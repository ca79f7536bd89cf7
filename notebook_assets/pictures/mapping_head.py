"""What is said above a mapping picture: how many keys need how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notebook_assets.display.escape import visible
from notebook_assets.display.svg import fit, heading, text
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.key_runs import Span, merge_spans
from notebook_assets.pictures.mapping_data import MappingData
from notebook_assets.states import PieceState


def _several(noun: str) -> str:
    return noun if noun.endswith("s") else noun + "s"


def mapping_summary(data: MappingData) -> str:
    """Return how many downstream keys are shown and how many upstream keys they need."""
    needed = sum(stop - start for start, stop in merge_spans(span for spans in data.spans for span in spans))
    lost = len({key for keys in data.nonexistent.values() for key in keys})
    total = len(data.downstream.keys)
    verb = "needs" if len(data.rows) == 1 else "need"
    of_total = f" of {count(total)}" if total else ""
    down = data.downstream.noun if total == 1 else _several(data.downstream.noun)
    up = plural(len(data.upstream.keys), data.upstream.noun, _several(data.upstream.noun))
    said = f"{count(len(data.rows))}{of_total} {down} {verb} {count(needed)} of {up}"
    return said + (f", and {count(lost)} that {'does' if lost == 1 else 'do'} not exist" if lost else "")


def mapping_heading(data: MappingData, room: float) -> tuple[str, float]:
    """Return the lines above the legend, and how many pixels they take: the two names, the counts, the description."""
    names = f"{visible(data.upstream.asset)} → {visible(data.downstream.asset)}"
    made = heading(names, mapping_summary(data), 0, 16, room)
    if not data.description:
        return made, 28.0
    return made + text(0, 36, fit(data.description, 11.5, room), "nba-n"), 46.0


def shown_counts(
    data: MappingData, upstream: Sequence[Span], downstream: Sequence[Span], lost: int
) -> Counter[PieceState]:
    """Return how many of the keys in these spans, on both sides, are in each state."""
    counts: Counter[PieceState] = Counter()
    for side, spans in ((data.upstream, upstream), (data.downstream, downstream)):
        if side.states is not None:
            for start, stop in spans:
                counts.update(side.states[start:stop])
    if lost:
        counts[PieceState.NONEXISTENT] += lost
    return counts
