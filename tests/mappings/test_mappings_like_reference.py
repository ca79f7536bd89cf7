"""Time-window mappings answer as the reference does in both directions, and their own two directions agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster
import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import notebook_assets.mappings as our_mappings
import notebook_assets.partitions as ours

CHANGES = {
    "UTC": "2013-05-05",
    "America/New_York": "2013-11-03",
    "Europe/Berlin": "2013-03-31",
    "America/Sao_Paulo": "2013-10-20",
    "Africa/Cairo": "2024-04-26",
}
LENGTHS = {"Hourly": 4, "Daily": 40, "Weekly": 100, "Monthly": 300, "TimeWindow": 20}
CRONS = ["0 */2 * * *", "0 0,12 * * *", "30 1 * * *", "0 9 * * 1-5", "*/30 * * * *", "0 2 1,15 * *"]
OFFSETS = [(0, 0), (-1, -1), (-1, 0), (0, 1), (1, 1), (-3, 0), (-2, 2), (-6, 0)]


def drawn_definition(draw: st.DrawFn, zone: str) -> tuple[str, dict[str, Any]]:
    """The name of a definition's class, and its arguments. Exclusions are left out: the reference takes a run of
    windows with an excluded one inside for a stretch of time that holds it too.
    """
    kind = draw(st.sampled_from(sorted(LENGTHS)))
    length = timedelta(days=LENGTHS[kind])
    start = datetime.fromisoformat(CHANGES[zone]) - length * draw(st.integers(0, 8)) / 8
    start = start.replace(minute=0, second=0, microsecond=0)
    start_name, end_name = ("start", "end") if kind == "TimeWindow" else ("start_date", "end_date")
    arguments: dict[str, Any] = {"timezone": zone, start_name: start}
    if kind == "TimeWindow":
        arguments |= {"fmt": "%Y-%m-%d-%H:%M", "cron_schedule": draw(st.sampled_from(CRONS))}
    elif kind != "Hourly":
        arguments["hour_offset"] = draw(st.sampled_from([0, 0, 2]))
    if draw(st.booleans()):
        arguments[end_name] = start + length
    arguments["end_offset"] = draw(st.sampled_from([0, 0, -2, 1]))
    return f"{kind}PartitionsDefinition", arguments


@st.composite
def drawn_mapping(draw: st.DrawFn) -> tuple[Any, ...]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    down = drawn_definition(draw, zone)
    up = down if draw(st.integers(0, 3)) == 0 else drawn_definition(draw, zone)
    now = datetime.fromisoformat(CHANGES[zone]) + timedelta(
        days=draw(st.integers(1, 60)), hours=draw(st.integers(0, 23))
    )
    return down, up, draw(st.sampled_from(OFFSETS)), draw(st.booleans()), now.replace(tzinfo=UTC)


@given(drawn_mapping(), st.data())
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_both_directions_are_those_of_the_reference(case, data: st.DataObject) -> None:
    (down_name, down_arguments), (up_name, up_arguments), offsets, lenient, now = case
    down, up = getattr(ours, down_name)(**down_arguments), getattr(ours, up_name)(**up_arguments)
    down_keys, up_keys = down.get_partition_keys(now), up.get_partition_keys(now)
    assume(down_keys and up_keys)
    mapping = our_mappings.TimeWindowPartitionMapping(*offsets, lenient)
    their_down, their_up = getattr(dagster, down_name)(**down_arguments), getattr(dagster, up_name)(**up_arguments)
    theirs = dagster.TimeWindowPartitionMapping(*offsets, lenient)

    chosen = data.draw(st.one_of(st.just(down_keys), st.lists(st.sampled_from(down_keys), min_size=1, max_size=3)))
    subset = down.subset_with_partition_keys(chosen)
    found = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, down, up, now)
    given_up = data.draw(st.one_of(st.just(up_keys), st.lists(st.sampled_from(up_keys), min_size=1, max_size=3)))
    up_subset = up.subset_with_partition_keys(given_up)
    needing = mapping.get_downstream_partitions_for_partitions(up_subset, up, down, now)
    with dagster.partition_loading_context(effective_dt=now):
        expected = theirs.get_upstream_mapped_partitions_result_for_partitions(
            their_down.subset_with_partition_keys(chosen), their_down, their_up, current_time=now
        )
        assert set(found.partitions_subset) == set(expected.partitions_subset.get_partition_keys())
        expected_down = theirs.get_downstream_partitions_for_partitions(
            their_up.subset_with_partition_keys(given_up), their_up, their_down, current_time=now
        )
        assert set(needing) == set(expected_down.get_partition_keys())
        # The reference names existing windows among the missing where a range goes past both borders, and leaves out a
        # window that overlaps only in part; neither is followed.
        expected_missing = set(expected.required_but_nonexistent_partition_keys) - set(up_keys)
        assert expected_missing <= set(found.required_but_nonexistent_partition_keys)

    links = our_mappings.links_between(mapping, down, up, current_time=now)
    mask = np.zeros(len(up_keys), dtype=bool)
    mask[up_subset.positions()] = True
    assert np.flatnonzero(links.downstream_of(mask)).tolist() == needing.positions().tolist()
    back = links.reversed(len(up_keys))
    assert all(row in links.upstream(int(down_row)) for row in up_subset.positions() for down_row in back.upstream(row))


@given(
    st.sampled_from(["Identity", "All", "Last"]),
    st.lists(st.sampled_from("abcdef"), min_size=1, unique=True),
    st.lists(st.sampled_from("abcdef"), min_size=1, unique=True),
    st.data(),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_mappings_of_static_keys_are_those_of_the_reference(kind, down_keys, up_keys, data: st.DataObject) -> None:
    down, up = ours.StaticPartitionsDefinition(down_keys), ours.StaticPartitionsDefinition(up_keys)
    their_down, their_up = dagster.StaticPartitionsDefinition(down_keys), dagster.StaticPartitionsDefinition(up_keys)
    mapping = getattr(our_mappings, f"{kind}PartitionMapping")()
    theirs = getattr(dagster, f"{kind}PartitionMapping")()
    chosen = data.draw(st.lists(st.sampled_from(down_keys), min_size=1))
    found = mapping.get_upstream_mapped_partitions_result_for_partitions(
        down.subset_with_partition_keys(chosen), down, up
    )
    expected = theirs.get_upstream_mapped_partitions_result_for_partitions(
        their_down.subset_with_partition_keys(chosen), their_down, their_up
    )
    assert set(found.partitions_subset) == set(expected.partitions_subset.get_partition_keys())
    assert set(found.required_but_nonexistent_partition_keys) == set(expected.required_but_nonexistent_partition_keys)
    given_up = data.draw(st.lists(st.sampled_from(up_keys), min_size=1))
    needing = mapping.get_downstream_partitions_for_partitions(up.subset_with_partition_keys(given_up), up, down)
    expected_down = theirs.get_downstream_partitions_for_partitions(
        their_up.subset_with_partition_keys(given_up), their_up, their_down
    )
    assert set(needing) == set(expected_down.get_partition_keys())
