"""Plots of numbers over partitions: a line with its axis, small for one point and for a hundred thousand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.display.escape import shorten, terminal, visible
from notebook_assets.display.rich import Rich, picture
from notebook_assets.display.shapes import number as coordinate
from notebook_assets.display.svg import Svg, fit, heading, text, text_width, title
from notebook_assets.display.times import number, plural

_WIDTH, _HEIGHT = 760.0, 150.0
_TOP, _FOOT = 46.0, 26.0
_MOST_DOTS = 120
_SPARKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Frame:
    """Where the numbers of a plot go: its inner edges in pixels and the range of values."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    points: int

    def x(self, index: float) -> float:
        """Pixels of the point with that index; a single one stands in the middle."""
        if self.points == 1:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * index / (self.points - 1)

    def y(self, value: float) -> float:
        """Pixels of a value."""
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def nice_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Return round numbers that span from below ``low`` to above ``high``, at least two.

    >>> nice_ticks(3, 97)
    [0.0, 25.0, 50.0, 75.0, 100.0]
    >>> nice_ticks(5, 5)
    [4.0, 5.0, 6.0]
    """
    if high - low <= max(abs(low), abs(high)) * 1e-12:  # as good as equal: no step between them could be told
        step = abs(low) * 0.2 or 1.0
        return [float(low - step), float(low), float(high + step)]
    rough = high / most - low / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough), power * 10)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]  # without the dust of binary fractions


def plot_series(points: Sequence[tuple[str, float | int | None]], title: str, detail: str = "", unit: str = "") -> Rich:
    """Draw one number per partition, in the order of the partitions.

    Args:
        points: Partition keys with their numbers; None or not-a-number leaves a gap.
        title: What the numbers are.
        detail: Said after the title in a quiet tone; the number of values if empty.
        unit: Said after each number.

    >>> plot_series([("mon", 1), ("tue", None), ("wed", 3)], "rows")
    rows  ·  2 values, 1 to 3, latest 3 (wed)
    ▁ █
    """
    values = [_finite(value) for _, value in points]
    there = [value for value in values if value is not None]
    summary = _summary(points, there, unit)
    words = f"{terminal(title)}  ·  {summary}"
    if not there:
        room = heading(visible(title), summary, 0, 14, _WIDTH)
        return picture(Svg(_WIDTH, 24, room, f"{visible(title)}: {summary}"), words)
    ticks = nice_ticks(min(there), max(there))
    left = max(text_width(number(tick), 10) for tick in ticks) + 10
    frame = Frame(left, _WIDTH - 8, _TOP, _TOP + _HEIGHT, ticks[0], ticks[-1], len(points))
    head = heading(visible(title), detail or summary, 0, 14, _WIDTH)
    body = head + _axis(frame, ticks, points) + _lines(frame, values) + _dots(frame, points, values, unit)
    return picture(
        Svg(_WIDTH, _TOP + _HEIGHT + _FOOT, body, f"{visible(title)}: {summary}", shrink=0.6),
        f"{words}\n{sparkline(values)}",
    )


def _finite(value: float | int | None) -> float | None:
    try:
        made = None if value is None else float(value)
    except OverflowError:
        return None
    return made if made is not None and math.isfinite(made) and abs(made) < 1e300 else None


def _summary(points: Sequence[tuple[str, float | int | None]], there: list[float], unit: str) -> str:
    if not there:
        return "no values"
    after = f" {unit}" if unit else ""
    latest = next((key, value) for key, value in reversed(points) if _finite(value) is not None)
    low, high = number(min(there)), number(max(there))
    last = f"latest {number(latest[1] or 0)}{after} ({shorten(visible(latest[0]), 30)})"
    return f"{plural(len(there), 'value')}, {low} to {high}{after}, {last}" if len(there) > 1 else last


def sparkline(values: Sequence[float | None], columns: int = 60) -> str:
    """Return the values as a row of small bars, each the largest of its share; gaps are spaces.

    >>> sparkline([1, 2, None, 8])
    '▁▂ █'
    """
    step = max(1, math.ceil(len(values) / columns))
    shares = [
        [value for value in values[start : start + step] if value is not None] for start in range(0, len(values), step)
    ]
    there = [max(share) for share in shares if share]
    if not there:
        return ""
    low, spread = min(there), (max(there) - min(there)) or 1.0
    return "".join(_SPARKS[round((max(share) - low) / spread * 7)] if share else " " for share in shares).rstrip()


def _axis(frame: Frame, ticks: list[float], points: Sequence[tuple[str, float | int | None]]) -> str:
    parts = []
    for tick in ticks:
        y = round(frame.y(tick)) + 0.5
        parts.append(f'<path class="nba-rule" d="M{coordinate(frame.left)} {y}H{coordinate(frame.right)}"/>')
        parts.append(text(frame.left - 8, y + 3.5, number(tick), "nba-x", "end"))
    last = len(points) - 1
    shown = sorted({0, last} | ({last // 4, last // 2, last * 3 // 4} if last >= 8 else set()))
    room = (frame.right - frame.left) / max(len(shown), 1) - 10
    for index in shown:
        anchor = "middle" if last == 0 or 0 < index < last else "start" if index == 0 else "end"
        parts.append(text(frame.x(index), frame.bottom + 18, fit(points[index][0], 10, room), "nba-x", anchor))
    return "".join(parts)


def _lines(frame: Frame, values: Sequence[float | None]) -> str:
    """Return the line, broken at gaps; where points crowd, only the lowest and highest of each pixel are kept."""
    crowded = len(values) > 2 * (frame.right - frame.left)
    runs: list[list[str]] = [[]]
    column: tuple[int, float, float] | None = None

    def close() -> None:
        if column:
            x, low, high = column
            runs[-1].extend([f"{x} {coordinate(frame.y(low))}", f"{x} {coordinate(frame.y(high))}"])

    for index, value in enumerate(values):
        if value is None:
            if not crowded:
                runs.append([])
            continue
        if not crowded:
            runs[-1].append(f"{coordinate(frame.x(index))} {coordinate(frame.y(value))}")
            continue
        x = round(frame.x(index))
        if column and column[0] == x:
            column = (x, min(column[1], value), max(column[2], value))
        else:
            close()
            if column and x - column[0] > 1:  # whole pixels without a value
                runs.append([])
            column = (x, value, value)
    close()
    path = "".join("M" + "L".join(run) for run in runs if len(run) > 1)
    return f'<path class="nba-line" d="{path}"/>' if path else ""


def _dots(
    frame: Frame, points: Sequence[tuple[str, float | int | None]], values: Sequence[float | None], unit: str
) -> str:
    if len(points) > 2 * (frame.right - frame.left):
        return ""
    radius = 2.5 if len(points) <= _MOST_DOTS else 1.2
    after = f" {unit}" if unit else ""
    parts = []
    for index, ((key, _), value) in enumerate(zip(points, values, strict=True)):
        if value is None:
            continue
        x, y = coordinate(frame.x(index)), coordinate(frame.y(value))
        words = title(f"{shorten(visible(key), 80)}: {number(value)}{after}")
        parts.append(f'<circle class="nba-point" cx="{x}" cy="{y}" r="{radius}">{words}</circle>')
    return "".join(parts)
