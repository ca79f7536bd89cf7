"""The table of the partition engine: how many times ours the reference and a loop by hand take, and our bounds."""

from __future__ import annotations

from compared_lines import Line, Told, table_of
from markdown_table import NOTHING

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


def engine_section(told: Told) -> str:
    """Return the section of the page: the table, and what its words mean."""
    # The honest rival of the keys is the quicker of two loops by hand.
    keys = told.get("ten_years_of_hours", {})
    if "hand_numpy" in keys:
        told = {**told, "ten_years_of_hours": {**keys, "hand": keys["hand_numpy"]}}
    return "\n".join([INTRODUCTION, table_of(LINES, told), EXPLANATION.rstrip(), ""])
