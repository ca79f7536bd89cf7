"""What differs from the reference on purpose in definitions (docs/differences.md): one question, both sides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets.errors import NotebookAssetsError

NOW = datetime(2013, 6, 1, tzinfo=UTC)
REFUSED = "refused"
THREE_DAYS = ["2013-01-01", "2013-01-02", "2013-01-03"]


def windows(of: Any, cron: str, fmt: str = "%Y-%m-%d", end: str = "2013-01-04", **more: Any) -> Any:
    return of.TimeWindowPartitionsDefinition(start="2013-01-01", end=end, fmt=fmt, cron_schedule=cron, **more)


def days(of: Any, start: str = "2013-01-01", end: str | None = "2013-01-04", **more: Any) -> Any:
    return of.DailyPartitionsDefinition(start, end_date=end, **more)


def keys(definition: Any) -> list[str]:
    return list(definition.get_partition_keys())


def range_of(of: Any, first: str, last: str) -> list[str]:
    return list(days(of).get_partition_keys_in_range(of.PartitionKeyRange(first, last)))


def week_numbers(of: Any) -> Any:
    weeks = of.TimeWindowPartitionsDefinition(
        start=datetime(2013, 1, 7), end=datetime(2013, 1, 21), fmt="%G-W%V", cron_schedule="0 0 * * 1"
    )
    return keys(weeks)


DIFFERENCES = {
    "a format too coarse": (
        lambda of: keys(windows(of, "0 */12 * * *", end="2013-01-02")),
        REFUSED,
        ["2013-01-01"] * 2,
    ),
    "a format that can't be read back": (week_numbers, REFUSED, ["2013-W02", "2013-W03"]),
    "a start not in the format": (lambda of: keys(days(of, "2013-01-01-00:00")), REFUSED, THREE_DAYS),
    "an end before the start": (lambda of: keys(days(of, "2013-01-04", "2013-01-01")), REFUSED, []),
    "exclusions that leave nothing": (  # listing the keys, it goes to the end of the calendar
        lambda of: repr(days(of, exclusions=["0 0 * * *"]).exclusions),
        REFUSED,
        "['0 0 * * *']",
    ),
    "no midnight": (
        lambda of: (
            days(of, "2013-10-19", "2013-10-22", timezone="America/Sao_Paulo")
            .time_window_for_partition_key("2013-10-20")
            .start.hour
        ),
        1,
        0,
    ),
    "the key of an excluded window": (
        lambda of: days(of, exclusions=["0 0 * * 3"]).time_window_for_partition_key("2013-01-02").start.day,
        REFUSED,
        3,
    ),
    "unknown keys in a subset": (
        lambda of: list(days(of).subset_with_partition_keys(["2013-01-02", "2014-01-01"]).get_partition_keys()),
        REFUSED,
        ["2013-01-02"],
    ),
    "a range that runs backwards": (lambda of: range_of(of, "2013-01-03", "2013-01-01"), REFUSED, []),
    "years far off": (lambda of: keys(days(of, "2300-01-01", "2300-01-02")), REFUSED, []),
    "a format with a line break": (
        lambda of: keys(
            of.TimeWindowPartitionsDefinition(
                start=datetime(2013, 1, 1), end=datetime(2013, 1, 2), fmt="%Y\n%m-%d", cron_schedule="0 0 * * *"
            )
        ),
        REFUSED,
        ["2013\n01-01"],
    ),
}


def answer(ask: Any, of: Any) -> Any:
    with of.partition_loading_context(NOW):
        try:
            return ask(of)
        except (NotebookAssetsError, dagster.DagsterError, dagster._check.CheckError):
            return REFUSED
        except OverflowError as error:
            return type(error).__name__


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_on_purpose(name: str) -> None:
    ask, here, there = DIFFERENCES[name]
    assert (answer(ask, notebook_assets), answer(ask, dagster)) == (here, there)
