"""Time-window definitions have the keys and windows of the reference, around changes of the clocks above all.

Differences on purpose are left out where they are drawn: see ``drawn_windows.py``.
"""

from __future__ import annotations

import dagster
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import notebook_assets.partitions as ours
from tests.partitions.drawn_windows import both_sides, drawn_definition


@given(drawn_definition(), st.data())
@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_keys_and_windows_are_those_of_the_reference(case, data: st.DataObject) -> None:
    name, arguments, now = case
    definition, reference = both_sides(name, arguments, now)
    keys = definition.get_partition_keys(now)
    theirs = list(reference.get_partition_keys(current_time=now))
    if arguments["timezone"] == "Australia/Lord_Howe" and len(theirs) == len(keys) + 1:
        theirs.pop()  # hours of a half-hour phase are listed there before they have ended
    assert keys == theirs
    assert len(set(keys)) == len(keys)
    assert definition.positions(keys).tolist() == list(range(len(keys))) == [definition.position(key) for key in keys]
    assert [definition.key_at(position) for position in range(len(keys))] == keys
    with dagster.partition_loading_context(effective_dt=now), ours.partition_loading_context(now):
        if arguments["timezone"] == "Australia/Lord_Howe" and name == "HourlyPartitionsDefinition":
            return  # the reference takes each way to a key and its window with another phase there
        assert definition.get_first_partition_key() == reference.get_first_partition_key()
        assert definition.get_last_partition_key() == reference.get_last_partition_key()
        for key in data.draw(st.lists(st.sampled_from(keys), max_size=3)) if keys else ():
            window, expected = (side.time_window_for_partition_key(key) for side in (definition, reference))
            assert window.start.timestamp() == expected.start.timestamp()
            assert window.end.timestamp() == expected.end.timestamp()
            assert definition.get_next_partition_key(key) == reference.get_next_partition_key(key)
            found = definition.get_partition_keys_in_range(ours.PartitionKeyRange(key, keys[-1]))
            assert found == list(reference.get_partition_keys_in_range(dagster.PartitionKeyRange(key, keys[-1])))


BUGS = [
    # what the reference does that is not followed: definition, its keys, why
    (("0 */12 * * *", "%Y-%m-%d", "2013-01-03"), ["2013-01-01"] * 2 + ["2013-01-02"] * 2, "a key twice"),
    (("0 0 29 2 *", "%Y-%m-%d", "2013-12-31"), ["2016-02-29"], "a key after the end"),
]


@pytest.mark.parametrize(("case", "keys", "why"), BUGS, ids=[why for *_, why in BUGS])
def test_the_reference_still_has_the_faults_that_are_not_followed(case, keys: list[str], why: str) -> None:
    cron, fmt, end = case
    reference = dagster.TimeWindowPartitionsDefinition(start="2013-01-01", end=end, fmt=fmt, cron_schedule=cron)
    assert list(reference.get_partition_keys()) == keys
