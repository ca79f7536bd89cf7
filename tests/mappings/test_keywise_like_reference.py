"""Identity, All, Last and Specific mappings over time windows drawn at random answer as those of the reference do."""

from __future__ import annotations

from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import notebook_assets.mappings as our_mappings
import notebook_assets.partitions as ours
from tests.partitions.drawn_windows import both_sides, drawn_definition


@st.composite
def drawn_pair(draw: st.DrawFn) -> tuple[Any, ...]:
    """A definition of both sides, another version of it that starts later, a time, and keys of each."""
    name, arguments, now = draw(drawn_definition())
    assume(arguments["timezone"] != "Australia/Lord_Howe")
    down = both_sides(name, arguments, now)
    start = "start" if name == "TimeWindowPartitionsDefinition" else "start_date"
    later = down[0].window_at(draw(st.integers(0, 3))).start.replace(tzinfo=None)
    end = arguments.get("end", arguments.get("end_date"))
    assume(end is None or later < end)
    up = both_sides(name, arguments | {start: later}, now)
    keys = [side.get_partition_keys(now) for side in (down[0], up[0])]
    assume(all(keys))
    chosen = [draw(st.lists(st.sampled_from(these), min_size=1, max_size=5)) for these in keys]
    return down, up, now, chosen


@pytest.mark.parametrize("kind", ["Identity", "All", "Last", "SpecificPartitions"])
@given(case=drawn_pair())
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_both_directions_are_those_of_the_reference(kind: str, case: tuple[Any, ...]) -> None:
    down, up, now, (down_keys, up_keys) = case
    answers = []
    for number, (side, mappings) in enumerate(((ours, our_mappings), (dagster, dagster))):
        arguments = (up_keys,) if kind == "SpecificPartitions" else ()
        mapping = getattr(mappings, f"{kind}PartitionMapping")(*arguments)
        with side.partition_loading_context(now):
            needed = mapping.get_upstream_mapped_partitions_result_for_partitions(
                down[number].subset_with_partition_keys(down_keys), down[number], up[number], current_time=now
            )
            needing = mapping.get_downstream_partitions_for_partitions(
                up[number].subset_with_partition_keys(up_keys), up[number], down[number], current_time=now
            )
            answers.append(
                (
                    set(needed.partitions_subset.get_partition_keys()),
                    set(needed.required_but_nonexistent_partition_keys),
                    set(needing.get_partition_keys()),
                )
            )
    assert answers[0] == answers[1]
