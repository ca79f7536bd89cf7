"""The table of what was measured: how many times ours the others take, the times, and the bound that we set us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown_table import as_table, duration, times_ours
from step_bounds import OTHERS, OWN_COST, STEP_BOUNDS, Bound
from workload import MEASURES

TOUR = {
    "year": ("the tour's year from nothing", 60.0),
    "assets": ("`%assets` on that store", 0.5),
    "partitions": ("`%partitions hourly_weather`", 0.5),
    "explain": ("`%explain year_report`", 0.5),
}

INTRODUCTION = """# Benchmarks

Written by `make bench`; all of it comes from one run. The first columns say how many times our time the others take
(0.5: half of ours), the next ones the times themselves, the last one the bounds that this project has set itself: how
many times ours another is to take at least, how long ours may take at most. What is not kept is marked as missed.
"""
EXPLANATION = """
What is measured:

- **A step** makes one trivial value (a small integer) and stores it: planning, calling, writing and recording, divided
  by the number of steps. It is all that the library costs, the writing of the value included; the rows below it are
  less the store's own write of such a value.
- **By hand** is a loop with the same durability: pickle, temporary file, rename, one committed row in SQLite (WAL,
  synchronous=NORMAL). It knows no partitions, no inputs, no failures.
- **joblib.Memory** caches the same functions by their arguments. **Hamilton** stores the results of the same nodes in
  its cache. **Dagster** materializes the same assets in process, its console log silenced; it is asked for fewer
  partitions (8) and loads (20), since it is slow, and told by the step.
- Every subject runs in processes of its own, in turn. Each measure is the median of its repetitions (one asset: 101;
  a chain, partitions, loads: 9 of ours, fewer of what is slow), and what is told is the median of three rounds (one of
  Dagster), in wall-clock time. An import is counted beyond `import IPython`, in fresh processes.
- **The tour's year** is what notebooks/01_tour.ipynb materializes, on an empty store, with real pandas work in every
  step.
"""


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds by subject, and the bounds for ours."""

    title: str
    ours: float | None
    others: Mapping[str, float] = field(default_factory=dict)
    bound: Bound = field(default_factory=Bound)

    def cells(self) -> list[str]:
        """Return the line's cells as text."""
        ratios = [times_ours(self.others.get(name), self.ours) for name in OTHERS]
        times = [duration(self.others.get(name)) for name in OTHERS]
        return [self.title, *ratios, duration(self.ours), *times, self.bound.text(self.ours, self.others)]


def step_rows(measured: Mapping[str, Mapping[str, float]]) -> list[Row]:
    """Return a row for each measure of the workload."""
    ours = measured.get("notebook_assets", {})
    rows = [
        Row(
            title,
            ours.get(name),
            {other: measured[other][name] for other in OTHERS if name in measured.get(other, {})},
            STEP_BOUNDS.get(name, Bound()),
        )
        for name, title in MEASURES.items()
    ]
    if "write" in ours:
        rows += [
            Row(f"{MEASURES[name]}, less that write", ours[name] - ours["write"], bound=OWN_COST)
            for name in ("chain", "partitions")
        ]
    return rows


def import_row(
    title: str,
    ours: tuple[float, bool] | None,
    costs: Mapping[str, tuple[float, bool] | None],
    bound: float | None = None,
) -> Row:
    """Return a row of an import; its title says whether ours loads pandas."""
    others = {name: cost[0] for name, cost in costs.items() if cost and name in OTHERS}
    note = "" if ours is None else ", pandas loaded" if ours[1] else ", pandas not loaded"
    return Row(title + note, ours[0] if ours else None, others, Bound(most=bound))


def tour_rows(measured: Mapping[str, float] | None) -> list[Row]:
    """Return the rows of the tour: nobody else has run it."""
    told = measured or {}
    steps = f" ({told['steps']:,.0f} steps)" if "steps" in told else ""
    return [
        Row(title + (steps if name == "year" else ""), told.get(name), bound=Bound(most=bound))
        for name, (title, bound) in TOUR.items()
    ]


def as_page(rows: list[Row], machine: str, engine: str) -> str:
    """Return the page of docs: the table, where it was measured, what its words mean, and the engine."""
    head = ["", *(f"{title} ÷ ours" for title in OTHERS.values()), "ours", *OTHERS.values(), "bounds"]
    table = as_table(head, [row.cells() for row in rows])
    return "\n".join([INTRODUCTION, table, "", f"Measured on {machine}.", EXPLANATION.rstrip(), engine])
