"""What is said above a mapping picture: how many keys need how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notebook_assets.display.escape import visible
from notebook_assets.display.svg import fit, heading, text, text_width
from notebook_assets.display.times import count, plural
from notebook_assets.pictures.key_runs import Span
from notebook_assets.pictures.mapping_data import MappingData
from notebook_assets.states import PieceState


def several(noun: str) -> str:
    """Return the plural of a noun.

    >>> several("hour"), several("keys")
    ('hours', 'keys')
    """
    return noun if noun.endswith("s") else noun + "s"


def mapping_summary(data: MappingData) -> str:
    """Return how many downstream keys are shown and how many upstream keys they need."""
    needed = sum(stop - start for start, stop in data.needed)
    lost = len(data.lost)
    total = len(data.downstream.keys)
    of_total = f" of {count(total)}" if total else ""
    down = data.downstream.noun if total == 1 else several(data.downstream.noun)
    up = plural(len(data.upstream.keys), data.upstream.noun, several(data.upstream.noun))
    if data.asked == "upstream":
        asked = f"{count(needed)} of {up} {'feeds' if needed == 1 else 'feed'}" if needed or not lost else ""
        also = f"{count(lost)} that {'does' if lost == 1 else 'do'} not exist" if lost else ""
        who = f"{asked}, and {also}, wanted by" if asked and also else asked or f"{also}, wanted by"
        return f"{who} {count(len(data.rows))}{of_total} {down}"
    verb = "needs" if len(data.rows) == 1 else "need"
    said = f"{count(len(data.rows))}{of_total} {down} {verb} {count(needed)} of {up}"
    return said + (f", and {count(lost)} that {'does' if lost == 1 else 'do'} not exist" if lost else "")


def mapping_heading(data: MappingData, room: float) -> tuple[str, float]:
    """Return the lines above the legend, and how many pixels they take: the two names, the counts, the description."""
    names = f"{visible(data.upstream.asset)} → {visible(data.downstream.asset)}"
    made = heading(names, mapping_summary(data), 0, 16, room)
    high = 28.0
    lines = wrapped(visible(data.description), room - 12, 11.5)
    for line in [*lines[:1], *(f"{line} …" if len(lines) > 2 else line for line in lines[1:2])]:
        made += text(0, high + 8, line, "nba-n")
        high += 18.0
    return made, high


def wrapped(words: str, room: float, font_size: float) -> list[str]:
    """Return a text in lines of at most ``room`` pixels; a word that is longer is cut in the middle.

    >>> wrapped("each day needs its hours", 90, 11.5)
    ['each day', 'needs its', 'hours']
    """
    lines: list[str] = []
    for word in words[:2_000].split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, font_size) <= room:
            lines[-1] = longer
        else:
            lines.append(fit(word, font_size, room))
    return lines


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
