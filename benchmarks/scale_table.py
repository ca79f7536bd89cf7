"""The table of scale: what many partitions, a long past and more workers cost or bring, and our bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markdown_table import NOTHING, as_table, duration

SCRIPTS = ("scale_status.py", "scale_materializations.py", "subject_workers.py")

INTRODUCTION = """
## Scale

Many partitions, a long past, and more workers than one.
"""
EXPLANATION = """
- **Three assets of 100,008 hours**: each made from the one before, the last from the six hours that end with its own;
  all are recorded. The plan is that of everything upstream of the last. Memory is by how much the process grew beyond
  the loaded package.
- **A million materializations**: ten of each of 100,008 hours. Making one of them is told in the process's own time,
  the shortest of sixty, beside the same on a store where nothing was made.
- **Two workers** make the same pieces as one; the better of two runs each, of which the second finds the processes of
  the first. Steps sleep, or calculate digests without Python's lock, the same number of them whoever does it; with two
  processors, what else the machine does takes away from the latter.
"""


@dataclass(frozen=True)
class ScaleRow:
    """One line: what it tells, in which unit, and its bound.

    Args:
        measure: Its name among what the scripts tell.
        title: What is said of it.
        most: The most that it may be.
        least: The least that it has to be.
        unit: What is written behind the number; times without one are seconds.
    """

    measure: str
    title: str
    most: float | None = None
    least: float | None = None
    unit: str = ""

    def cells(self, told: Mapping[str, float]) -> list[str]:
        """Return the line's cells as text.

        >>> ScaleRow("twice", "two at once", least=1.8, unit="×").cells({"twice": 1.7})
        ['two at once', '1.7 ×', 'at least 1.8 × **missed**']
        """
        value = told.get(self.measure)
        bounds = [f"at most {self._shown(self.most)}"] if self.most is not None else []
        bounds += [f"at least {self._shown(self.least)}"] if self.least is not None else []
        is_missed = value is not None and (
            (self.most is not None and value > self.most) or (self.least is not None and value < self.least)
        )
        bound = " and ".join(bounds) or NOTHING
        return [self.title, self._shown(value), bound + (" **missed**" if is_missed else "")]

    def _shown(self, value: float | None) -> str:
        if value is None or not self.unit:
            return duration(value)
        return f"{value:,.3g} {self.unit}" if value < 1_000 else f"{value:,.0f} {self.unit}"


ROWS = (
    ScaleRow("status_seconds", "three assets of 100,008 hours: all statuses", most=1.0),
    ScaleRow("plan_seconds", "the plan of all of them", most=1.0),
    ScaleRow("table_seconds", "`partition_status` of all three"),
    ScaleRow("listing_seconds", "`%assets` of them"),
    ScaleRow("peak_mb", "memory for statuses and plan", most=300, unit="MB"),
    ScaleRow("latest_status", "1,000,000 materializations: the statuses of 100,008 keys", most=0.5),
    ScaleRow("one_key_here", "one key made there"),
    ScaleRow("past", "the same, by an empty store's time", most=1.2, unit="×"),
    ScaleRow("threads_sleeping_100_ms", "two threads by one, steps that sleep for 100 ms", least=1.8, unit="×"),
    ScaleRow("threads_calculating_100_ms", "the same, steps that calculate for 100 ms", least=1.8, unit="×"),
    ScaleRow("threads_sleeping_5_ms", "the same, steps that sleep for 5 ms", least=1.5, unit="×"),
    ScaleRow("processes_sleeping_100_ms", "two processes by one, steps that sleep for 100 ms", least=1.8, unit="×"),
    ScaleRow("processes_calculating_100_ms", "the same, steps that calculate for 100 ms", least=1.8, unit="×"),
    ScaleRow("processes_sleeping_5_ms", "the same, steps that sleep for 5 ms", least=1.5, unit="×"),
)


def scale_section(told: Mapping[str, float]) -> str:
    """Return the section of the page: the table of what was measured, and what its words mean."""
    known = dict(told)
    if known.get("one_key_empty"):
        known["past"] = known["one_key_here"] / known["one_key_empty"]
    table = as_table(["", "ours", "bound"], [row.cells(known) for row in ROWS if row.measure in known])
    return "\n".join([INTRODUCTION, table, EXPLANATION.rstrip(), ""])
