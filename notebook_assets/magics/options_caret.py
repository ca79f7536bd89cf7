"""A line of text with carets under the part that an error is about."""

from __future__ import annotations

import unicodedata

WIDTH = 100
"""The most columns of a line that an error shows; the rest is cut away around the part that is marked."""


def columns(text: str) -> int:
    """Return how many columns a terminal uses for ``text``: wide characters and emoji take two, combining marks none.

    >>> columns("abc"), columns("日本"), columns("e\u0301")
    (3, 4, 1)
    """
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def underline(line: str, start: int, stop: int, *, margin: str = "  ") -> str:
    """Return ``line`` and below it carets under its characters from ``start`` to ``stop``, at least one.

    Args:
        line: One line of text.
        start: Index of the first character to mark; the length of the line marks the place after its end.
        stop: Index after the last character to mark.
        margin: What stands before the line, a line number for instance; the carets are moved right by as much.

    >>> print(underline("%partitions dayly", 12, 17))
      %partitions dayly
                  ^^^^^
    """
    start = max(0, min(start, len(line)))
    stop = max(start, min(stop, len(line)))
    line, start, stop = _shortened(line, start, stop)
    pad = "".join("\t" if character == "\t" else " " * _columns_of(character) for character in line[:start])
    return f"{margin}{line}\n{' ' * columns(margin)}{pad}{'^' * max(1, columns(line[start:stop]))}"


def _shortened(line: str, start: int, stop: int) -> tuple[str, int, int]:
    """Cut a long line so that the marked part stays in sight."""
    if len(line) <= WIDTH:
        return line, start, stop
    first = max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    last = min(len(line), first + WIDTH)
    before, after = "…" if first else "", "…" if last < len(line) else ""
    moved = len(before) - first
    return f"{before}{line[first:last]}{after}", start + moved, min(stop, last) + moved
