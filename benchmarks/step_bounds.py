"""The bounds that this project has set itself for what a step costs, and whether a measurement keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown_table import NOTHING, duration

OTHERS = {"dagster": "Dagster", "joblib": "joblib.Memory", "hamilton": "Hamilton", "hand_loop": "by hand"}


@dataclass(frozen=True)
class Bound:
    """What is asked of one line: how many times ours the others are to take at least, and how long ours may at most.

    Args:
        times: The least ratio, by subject: 100 means a hundredth of its time, a third three times as long as it.
        most: Seconds.

    >>> bound = Bound({"dagster": 100, "joblib": 1}, most=0.003)
    >>> bound.text(0.002, {"dagster": 0.3, "joblib": 0.001})
    'Dagster 100 ×, joblib.Memory 1 × **missed**, at most 3 ms'
    >>> Bound().text(0.002, {})
    '–'
    """

    times: Mapping[str, float] = field(default_factory=dict)
    most: float | None = None

    def text(self, ours: float | None, others: Mapping[str, float]) -> str:
        """Return the bounds in words, and which of them are missed."""
        said = []
        for name, least in self.times.items():
            other = others.get(name)
            missed = ours is not None and other is not None and other < least * ours
            said.append(f"{OTHERS[name]} {_ratio(least)} ×{_missed(missed)}")
        if self.most is not None:
            said.append(f"at most {duration(self.most)}{_missed(ours is not None and ours > self.most)}")
        return ", ".join(said) or NOTHING


def _ratio(least: float) -> str:
    return "⅓" if abs(least - 1 / 3) < 1e-9 else f"{least:g}"


def _missed(missed: bool) -> str:
    return " **missed**" if missed else ""


STEP_BOUNDS = {
    "one": Bound({"dagster": 100}),
    "one_of_many": Bound({"dagster": 100}),
    "chain": Bound({"dagster": 150, "joblib": 1, "hamilton": 1, "hand_loop": 1 / 3}),
    "partitions": Bound({"dagster": 200, "joblib": 1}),
    "load": Bound({"dagster": 500, "joblib": 1, "hamilton": 1}, most=0.1e-3),
    "load_partition": Bound({"dagster": 400, "joblib": 1}),
}
"""What is asked of the measures of the workload."""

OWN_COST = Bound(most=0.3e-3)
"""What a step may cost beyond the user's function and the value's own write."""
