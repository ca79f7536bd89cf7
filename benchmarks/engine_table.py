"""The table of the partition engine: how many times ours the reference and a loop by hand take, and our bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markdown_table import NOTHING, as_table, duration, times_ours

Told = Mapping[str, Mapping[str, float]]
"""By measure, what ``here``, ``reference`` and ``hand`` took."""

SCRIPTS = ("subject_partitions.py", "subject_multi.py", "subject_dynamic_keys.py")

INTRODUCTION = """
## Partitions and mappings

The engine alone, each line in one process with the reference: no store, no values.
"""
EXPLANATION = """
- **By hand** is what one would write for the keys without strftime, which takes most of the time: pandas converts the
  clocks, NumPy writes the texts.
- **Ten million minutes** are one range of a definition of windows; finding a place among them lists none of them.
- **A call entered** is a Python function that is called on the way, the library's own or another's.
"""


@dataclass(frozen=True)
class Line:
    """One line: which measure it tells, and how many times faster than the reference it is to be.

    Args:
        measure: Its name among what the scripts tell.
        title: What is said of it.
        times: The least ratio to the reference.
        most: The most that ours may be, in the measure's own unit.
        show: How a number is written.
    """

    measure: str
    title: str
    times: float | None = None
    most: float | None = None
    show: Callable[[float | None], str] = duration

    def cells(self, told: Told) -> list[str]:
        """Return the line's cells as text."""
        here = told.get(self.measure, {})
        ours, reference, hand = (here.get(name) for name in ("here", "reference", "hand"))
        bounds = [] if self.times is None else [f"{self.times:g} × faster"]
        bounds += [] if self.most is None else [f"at most {self.show(self.most)}"]
        missed = ours is not None and (
            (self.times is not None and reference is not None and reference < self.times * ours)
            or (self.most is not None and ours > self.most)
        )
        bound = " and ".join(bounds) or NOTHING
        ratios = [times_ours(other, ours) for other in (reference, hand)]
        shown = [self.show(value) for value in (ours, reference, hand)]
        return [self.title, *ratios, *shown, bound + (" **missed**" if missed else "")]


def _whole(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def _bytes(value: float | None) -> str:
    return NOTHING if value is None else f"{value / 1024:,.1f} KiB"


LINES = (
    Line("ten_years_of_hours", "the keys of ten years of hours in Berlin", 10),
    Line("days_to_hours", "3,650 days to their 87,600 hours, listed", 10),
    Line("other_days_to_hours", "every other day of these", 10),
    Line("weeks_to_days_each", "520 weeks to their days, one at a time", 20),
    Line("one_day_to_hours", "one day to its 24 hours", 1),
    Line("day_before_calls", "calls entered for one day to the day before", most=34, show=_whole),
    Line("1,000 days to 5,000 keys", "1,000 days to 5,000 two-dimensional keys", 10),
    Line("5,000 keys needed by 1,000 days", "5,000 two-dimensional keys needed by 1,000 days"),
    Line("list 5,000 keys", "the keys of 5,000 pairs of dimensions"),
    Line("minutes_intersect", "ten million minutes: intersect two ranges"),
    Line("minutes_memory_bytes", "ten million minutes: memory of that", show=_bytes),
    Line("minutes_position", "ten million minutes: the place of a key"),
    Line("minutes_window", "ten million minutes: the window of a key"),
    Line("add a key, in order", "add 1,000,000 dynamic keys at once, each", most=5e-6),
    Line("look a key up in the store, in order", "look one of them up in the store", most=1e-4),
    Line("a key's position among those read, in order", "the place of one of them, once read"),
)


def by_measure(told: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return by measure, then by library, what some scripts tell the other way round.

    >>> by_measure({"here": {"a": 1.0}, "reference": {"a": 2.0}})
    {'a': {'here': 1.0, 'reference': 2.0}}
    """
    if "here" not in told:
        return {name: dict(entry) for name, entry in told.items()}
    found: dict[str, dict[str, float]] = {}
    for library, measures in told.items():
        for measure, value in measures.items():
            found.setdefault(measure, {})[library] = value
    return found


def engine_section(told: Told) -> str:
    """Return the section of the page: the table, and what its words mean."""
    # The honest rival of the keys is the quicker of two loops by hand.
    keys = told.get("ten_years_of_hours", {})
    if "hand_numpy" in keys:
        told = {**told, "ten_years_of_hours": {**keys, "hand": keys["hand_numpy"]}}
    head = ["", "Dagster ÷ ours", "by hand ÷ ours", "ours", "Dagster", "by hand", "bound"]
    return "\n".join([INTRODUCTION, as_table(head, [line.cells(told) for line in LINES]), EXPLANATION.rstrip(), ""])
