"""Tables of numbers as text: times for people, ratios, columns of one width."""

from __future__ import annotations

from collections.abc import Sequence

NOTHING = "–"


def duration(seconds: float | None) -> str:
    """Return a time for people.

    >>> [duration(value) for value in (None, 0.000_004, 0.000_085, 0.0452, 31.4)]
    ['–', '4 µs', '0.085 ms', '45 ms', '31.4 s']
    """
    if seconds is None:
        return NOTHING
    if seconds >= 1:
        return f"{seconds:.1f} s"
    if seconds < 2e-5:
        return f"{seconds * 1e6:.2g} µs"
    milliseconds = seconds * 1e3
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.2g} ms"


def times_ours(other: float | None, ours: float | None) -> str:
    """Return how many times ours another takes.

    >>> times_ours(0.2, 0.01), times_ours(0.005, 0.01), times_ours(None, 0.01)
    ('20 ×', '0.5 ×', '–')
    """
    if not ours or other is None:
        return NOTHING
    times = other / ours
    return f"{times:,.0f} ×" if times >= 10 else f"{times:.2g} ×"


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose first column is text and whose others are numbers.

    >>> print(as_table(["", "ours"], [["one", "2 ms"]]))
    |     | ours |
    | --- | ---: |
    | one | 2 ms |
    """
    lines = [head, *rows]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| " + " | ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) + " |"
        for line in [head, rule, *rows]
    )
