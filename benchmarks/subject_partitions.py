"""The partition engine beside the reference and a loop written by hand, all in one process.

Prints one JSON object: for each measure median seconds of ``here``, ``reference`` and, where there is one, ``hand``.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg
import pandas as pd

import notebook_assets as na

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = "Europe/Berlin"
TEN_YEARS = {"start_date": "2010-01-01-00:00", "end_date": "2020-01-01-00:00", "timezone": ZONE}
TEN_MILLION_MINUTES = {
    "start": "2000-01-01-00:00",
    "end": "2019-01-05-10:40",
    "fmt": "%Y-%m-%d-%H:%M",
    "cron_schedule": "* * * * *",
}


def median_seconds(work: Callable[[], object], repetitions: int) -> float:
    """Return the median seconds of some calls, after one to be warm."""
    work()
    taken = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def keys_by_hand() -> list[str]:
    """Write the keys of ten years of hours in Berlin as one would by hand: pandas for the clocks and the texts."""
    utc = pd.date_range("2009-12-31 23:00", "2019-12-31 23:00", freq="h", inclusive="left", tz="UTC")
    local = utc.tz_convert(ZONE)
    keys: list[str] = local.strftime("%Y-%m-%d-%H:%M").tolist()
    walls = local.tz_localize(None)
    for row in walls.duplicated().nonzero()[0]:
        keys[row] += local[row].strftime("%z")
    return keys


def keys_by_hand_in_numpy() -> list[str]:
    """The same without ``strftime``, which takes the time: NumPy writes the texts, of which one sign changes."""
    utc = pd.date_range("2009-12-31 23:00", "2019-12-31 23:00", freq="h", inclusive="left", tz="UTC")
    local = utc.tz_convert(ZONE)
    walls = local.tz_localize(None)
    texts = walls.to_numpy().astype("datetime64[m]").astype("U16")
    keys: list[str] = [text.replace("T", "-") for text in texts.tolist()]
    for row in walls.duplicated().nonzero()[0]:
        keys[row] += local[row].strftime("%z")
    return keys


def pair(here: Callable[[], object], there: Callable[[], object], many: int, few: int) -> dict[str, float]:
    """Return the median seconds of both sides."""
    return {"here": median_seconds(here, many), "reference": median_seconds(there, few)}


def both(kind: str, **arguments: Any) -> tuple[Any, Any]:
    """Return a definition of both sides."""
    return getattr(na, kind)(**arguments), getattr(dg, kind)(**arguments)


def ten_years_of_hours() -> dict[str, float]:
    """List the keys of ten years of hours; new definitions each time, so that nothing is remembered."""
    ours = na.HourlyPartitionsDefinition(**TEN_YEARS)
    by_hand = keys_by_hand()
    if list(ours.get_partition_keys()) != by_hand or by_hand != keys_by_hand_in_numpy():
        raise SystemExit("The loops by hand give other keys.")

    def listed(module: Any) -> list[str]:
        return list(module.HourlyPartitionsDefinition(**TEN_YEARS).get_partition_keys(NOW))

    measured = pair(lambda: listed(na), lambda: listed(dg), 9, 3)
    measured["hand"] = median_seconds(keys_by_hand, 5)
    measured["hand_numpy"] = median_seconds(keys_by_hand_in_numpy, 9)
    return measured


def upstream_keys(side: Any, down: Any, up: Any, subset: Any) -> list[str]:
    """Return the keys that a subset needs, listed."""
    result = side.TimeWindowPartitionMapping().get_upstream_mapped_partitions_result_for_partitions(
        subset, down, up, current_time=NOW
    )
    return list(result.partitions_subset.get_partition_keys())


def median_of_questions(ask: Callable[[Any], list[str]], questions: list[Any]) -> float:
    """Return the median seconds of an answer to questions that all differ, so that nobody remembers one."""
    ask(questions[0])
    taken = []
    for question in questions[1:]:
        began = time.perf_counter()
        ask(question)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def shifted_days(side: Any, every: int, shift: int) -> tuple[Any, ...]:
    """Return 3,650 days from a start that is shifted, their hours, and the subset of every so-many-th day."""
    first = date(2010, 1, 1) + timedelta(days=shift)
    start, end = first.isoformat(), (first + timedelta(days=3_650)).isoformat()
    days = side.DailyPartitionsDefinition(start, end)
    hours = side.HourlyPartitionsDefinition(f"{start}-00:00", f"{end}-00:00")
    return side, days, hours, days.subset_with_partition_keys(days.get_partition_keys()[::every])


def days_and_hours() -> dict[str, dict[str, float]]:
    """Map 3,650 days, every other of them, and one, to their hours, and list those."""
    found: dict[str, dict[str, float]] = {}
    for name, every, count in (("days_to_hours", 1, 87_600), ("other_days_to_hours", 2, 43_800)):
        found[name] = {}
        for side_name, side, repetitions in (("here", na, 10), ("reference", dg, 4)):
            questions = [shifted_days(side, every, shift) for shift in range(repetitions)]
            found[name][side_name] = median_of_questions(lambda question: upstream_keys(*question), questions)
        ours, theirs = (upstream_keys(*shifted_days(side, every, 0)) for side in (na, dg))
        if ours != theirs or len(ours) != count:
            raise SystemExit(f"{name}: the sides differ, {len(ours)} and {len(theirs)} keys.")
    found["one_day_to_hours"] = {}
    for side_name, side in (("here", na), ("reference", dg)):
        _, days, hours, _ = shifted_days(side, 3_650, 0)
        keys = days.get_partition_keys()[1_000:1_500]
        questions = [(side, days, hours, days.subset_with_partition_keys([key])) for key in keys]
        found["one_day_to_hours"][side_name] = median_of_questions(lambda asked: upstream_keys(*asked), questions)
    return found


def weeks_to_days() -> dict[str, float]:
    """Map 520 weeks to their days, one week at a time."""
    weeks = both("WeeklyPartitionsDefinition", start_date="2010-01-03", end_date="2019-12-22")
    days = both("DailyPartitionsDefinition", start_date="2010-01-03", end_date="2019-12-22")
    keys = weeks[0].get_partition_keys()
    if len(keys) != 520:
        raise SystemExit(f"There are {len(keys)} weeks.")

    def each(side: Any, down: Any, up: Any) -> int:
        return sum(len(upstream_keys(side, down, up, down.subset_with_partition_keys([key]))) for key in keys)

    calls = [
        lambda side=side, down=down, up=up: each(side, down, up)
        for side, down, up in zip((na, dg), weeks, days, strict=True)
    ]
    if calls[0]() != calls[1]() or calls[0]() != 3_640:
        raise SystemExit("The sides differ.")
    return pair(*calls, 9, 3)


def ten_million_minutes() -> dict[str, dict[str, float]]:
    """Ask a definition of ten million minutes for places, windows and subsets; the peak of memory in bytes is told."""
    minutes = na.TimeWindowPartitionsDefinition(**TEN_MILLION_MINUTES)
    if minutes.get_num_partitions(NOW) != 10_000_000:
        raise SystemExit(f"There are {minutes.get_num_partitions(NOW)} minutes.")
    whole, part = minutes.subset_of_span(0, 10_000_000), minutes.subset_of_span(4_000_000, 9_000_000)
    (whole & part).serialize()
    tracemalloc.start()
    (whole & part).serialize()
    len((whole - part) | part)
    minutes.position("2018-05-05-05:05")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    asked = {
        "minutes_intersect": lambda: whole & part,
        "minutes_position": lambda: minutes.position("2018-05-05-05:05"),
        "minutes_window": lambda: minutes.time_window_for_partition_key("2018-05-05-05:05"),
    }
    measured = {name: {"here": median_seconds(work, 501)} for name, work in asked.items()}
    return measured | {"minutes_memory_bytes": {"here": float(peak)}}


def calls_entered(work: Callable[[], object]) -> int:
    """Return how many Python functions a call enters."""
    entered = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal entered
        entered += event == "call"

    work()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return entered - 1  # the work itself


def day_before() -> dict[str, float]:
    """Count the function calls by which one day is mapped to the day before."""
    measured = {}
    for name, side in (("here", na), ("reference", dg)):
        days = side.DailyPartitionsDefinition("2010-01-01", end_date="2020-01-01")
        mapping, subset = side.TimeWindowPartitionMapping(-1, -1), days.subset_with_partition_keys(["2015-05-05"])
        # Bound to what this round has; called at once.
        measured[name] = float(
            calls_entered(
                lambda mapping=mapping, subset=subset, days=days: list(  # type: ignore[misc]
                    mapping.get_upstream_mapped_partitions_result_for_partitions(
                        subset, days, days, current_time=NOW
                    ).partitions_subset.get_partition_keys()
                )
            )
        )
    return measured


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(
        json.dumps(
            {
                "ten_years_of_hours": ten_years_of_hours(),
                **days_and_hours(),
                "weeks_to_days_each": weeks_to_days(),
                **ten_million_minutes(),
                "day_before_calls": day_before(),
            },
            indent=2,
        )
    )
