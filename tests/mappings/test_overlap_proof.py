"""Whether a mapping of time windows feeds one value is decided for all windows, not for some of them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notebook_assets.mappings import TimeWindowPartitionMapping
from notebook_assets.mappings.overlap_proof import overlaps_one
from notebook_assets.partitions import TimeWindowPartitionsDefinition

DAY, HOUR, WEEK, MONTH = "0 0 * * *", "0 * * * *", "0 0 * * 0", "0 0 1 * *"


def windows(cron: str, zone: str = "UTC", **arguments: Any) -> TimeWindowPartitionsDefinition:
    return TimeWindowPartitionsDefinition(
        "2013-01-01-00:00", "%Y-%m-%d-%H:%M", cron_schedule=cron, timezone=zone, **arguments
    )


# downstream, upstream, zone, offsets, whether one is fed
CASES = [
    (HOUR, DAY, "UTC", (0, 0), True),
    (HOUR, DAY, "Europe/Berlin", (0, 0), True),
    (HOUR, DAY, "Africa/Cairo", (0, 0), True),  # on days without a midnight, too
    (HOUR, DAY, "Australia/Lord_Howe", (0, 0), False),  # after the half hour, an hour goes over midnight
    (HOUR, DAY, "UTC", (-1, -1), True),
    (HOUR, DAY, "UTC", (-1, 0), False),
    (HOUR, DAY, "UTC", (0, -1), True),  # nothing is needed
    (DAY, HOUR, "UTC", (0, 0), False),
    (DAY, WEEK, "Europe/Berlin", (0, 0), True),
    (DAY, MONTH, "America/New_York", (0, 0), True),
    (WEEK, MONTH, "UTC", (0, 0), False),
    ("0 0 * * 1-5", DAY, "UTC", (0, 0), False),  # Friday's window holds the weekend
    (DAY, "0 0 * * 1-5", "Europe/London", (0, 0), True),
    ("0 */12 * * *", DAY, "Europe/Berlin", (0, 0), True),
    ("30 */2 * * *", DAY, "Europe/Berlin", (0, 0), False),
    ("*/15 * * * *", "*/30 * * * *", "UTC", (0, 0), True),
    ("*/20 * * * *", "*/30 * * * *", "UTC", (0, 0), False),
    ("* * * * *", "0-29 * * * *", "UTC", (0, 0), True),
    (DAY, "0 0 29 2 *", "Europe/Berlin", (0, 0), True),
    ("0 0 1 1 *", "0 0 29 2 *", "UTC", (0, 0), False),  # only each fourth year
    ("0 12 * * *", "0 0 1 1 *", "UTC", (0, 0), False),  # only one day a year
    ("0 2 * * *", "0 0 * * *", "America/Sao_Paulo", (0, 0), False),
]


@pytest.mark.parametrize(
    ("down", "up", "zone", "offsets", "one"),
    CASES,
    ids=[f"{case[0]} from {case[1]} {case[2]} {case[3]}" for case in CASES],
)
def test_one_is_fed_where_no_window_ever_overlaps_two(
    down: str, up: str, zone: str, offsets: tuple[int, int], one: bool
) -> None:
    assert TimeWindowPartitionMapping(*offsets).feeds_one(windows(down, zone), windows(up, zone)) is one


def test_windows_that_are_left_out_can_make_one_of_two() -> None:
    down = windows("0 0 * * 0,3")
    assert not TimeWindowPartitionMapping().feeds_one(down, windows("0 0 * * 0,1,3"))
    assert TimeWindowPartitionMapping().feeds_one(down, windows("0 0 * * 0,1,3", exclusions=["0 0 * * 1"]))


CRONS = [DAY, HOUR, WEEK, "0 */2 * * *", "0 6,18 * * *", "30 1 * * *", "0 9 * * 1-5", "*/30 * * * *"]


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"]),
    st.lists(st.sampled_from(CRONS), min_size=2, max_size=2),
    st.integers(-2, 2),
    st.integers(0, 2),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_proof_agrees_with_three_years_of_links(
    zone: str, crons: list[str], start: int, more: int, excluded: bool
) -> None:
    down, up = (windows(cron, zone, end="2016-01-01-00:00") for cron in crons)
    if excluded:
        down = windows(crons[0], zone, end="2016-01-01-00:00", exclusions=["0 0 5 * *"])
    mapping = TimeWindowPartitionMapping(start, start + more, allow_nonexistent_upstream_partitions=True)
    most = int(mapping.links(down, up).count().max(initial=0))
    assert not (mapping.feeds_one(down, up) and most > 1)
    if most <= 1:  # what is not seen in three years may still be: but not with these
        assert mapping.feeds_one(down, up) or down == up


def test_the_proof_takes_no_time_that_a_person_notices() -> None:
    pairs = [(windows(HOUR, "Europe/Berlin"), windows(DAY, "Europe/Berlin")), (windows(DAY), windows("0 0 * * 1-5"))]
    began = time.process_time()
    assert [overlaps_one(down, up, 0, 0) for down, up in pairs] == [True, True]
    assert time.process_time() - began < 0.5


def test_links_never_hold_two_where_one_is_fed() -> None:
    down, up = windows(HOUR, "Europe/Berlin", end="2040-01-01-00:00"), windows(DAY, "Europe/Berlin")
    assert TimeWindowPartitionMapping().feeds_one(down, up)
    positions = np.arange(0, 200_000, dtype=np.int64)
    assert int(TimeWindowPartitionMapping().links(down, up, positions).count().max()) == 1
