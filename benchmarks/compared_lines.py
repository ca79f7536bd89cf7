"""Lines that compare us with the reference (and a loop by hand): how many times ours they take, and our bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markdown_table import NOTHING, as_table, duration, times_ours

Told = Mapping[str, Mapping[str, float]]
"""By measure, what ``here``, ``reference`` and ``hand`` took."""


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


def table_of(lines: Sequence[Line], told: Told) -> str:
    """Return a table, one row for each line."""
    head = ["", "Dagster ÷ ours", "by hand ÷ ours", "ours", "Dagster", "by hand", "bound"]
    return as_table(head, [line.cells(told) for line in lines])
