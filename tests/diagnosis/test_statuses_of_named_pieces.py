"""The statuses of a few named pieces are those that they have among all, though not all was read for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Instance,
    LastPartitionMapping,
    TimeWindowPartitionMapping,
    asset,
    materialize,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.diagnosis.status import keys_of

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-07")
COUNT = 6
BEFORE = AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1))
EARLIER = AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))


def assets(version: str) -> list[Any]:
    """Return assets with and without partitions, one of them made from earlier pieces of its own."""

    @asset(partitions_def=DAYS, code_version=version)
    def raw() -> int:
        return 1

    @asset(partitions_def=DAYS, ins={"raw": BEFORE})
    def window(raw: dict[str, int]) -> int:
        return len(raw)

    @asset
    def total(window: dict[str, int]) -> int:
        return len(window)

    @asset(partitions_def=DAYS)
    def share(window: int, total: int) -> int:
        return window + total

    @asset(partitions_def=DAYS, ins={"running": EARLIER})
    def running(running: int, raw: int) -> int:
        return raw

    @asset(ins={"share": AssetIn(partition_mapping=LastPartitionMapping())})
    def newest(share: int) -> int:
        return share

    return [raw, window, total, share, running, newest]


NAMES = ["raw", "window", "total", "share", "running", "newest"]
PIECES = st.tuples(st.sampled_from(NAMES), st.sets(st.integers(0, COUNT - 1), min_size=1, max_size=3))


def made(instance: Instance, defined: list[Any], name: str, days: set[int]) -> None:
    """Make some pieces, or have them skipped where something lacks."""
    keys, node = DAYS.get_partition_keys(), AssetGraph(defined).node(name)
    partitions = None if node.partitions_def is None else [keys[day] for day in sorted(days)]
    materialize(defined, selection=name, partitions=partitions, instance=instance, progress=False, raise_on_error=False)


def told(status: Any, at: int) -> tuple[Any, ...]:
    """All that is told of one piece."""
    causes = status.staleness.causes(at)
    return status.state(at), int(status.event_ids[at]), int(status.value_ids[at]), status.data_versions[at], causes


@settings(max_examples=25, deadline=None)
@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=3), PIECES)
def test_named_pieces_are_told_as_among_all(history: list[Any], later: list[Any], asked: Any) -> None:
    """Whatever was made, before and after the code of the first asset changed."""
    with Instance.ephemeral() as instance:
        for name, days in history:
            made(instance, assets("v1"), name, days)
        defined = assets("v2")
        for name, days in later:
            made(instance, defined, name, days)
        graph, key = AssetGraph(defined), AssetKey(asked[0])
        positions = sorted(asked[1]) if graph.nodes[key].partitions_def is not None else [0]
        whole = statuses(graph, instance, [key])[key]
        few = statuses(graph, instance, [key], named={key: positions})[key]
        assert [told(few, at) for at in positions] == [told(whole, at) for at in positions]


@pytest.mark.parametrize(("name", "most"), [("share", 9), ("running", 14)])
def test_what_is_made_of_a_few_named_pieces_is_as_without_looking_at_all(name: str, most: int) -> None:
    """A run of named pieces makes them, stale inputs and missing ones told as ever."""
    with Instance.ephemeral() as instance:
        defined = assets("v1")
        made(instance, defined, "raw", {1, 2, 3, 4})
        made(instance, defined, "window", {2})
        named = "2024-01-02...2024-01-03"
        result = materialize(
            defined, selection=name, partitions=named, instance=instance, progress=False, raise_on_error=False
        )
        assert (result.status, len(result.skips)) == ("failed", 2)
        assert sum(len(skip.missing) for skip in result.skips) <= most


def test_only_a_few_of_many_pieces_are_read() -> None:
    """One of a thousand days asks for one row, and for what that read."""
    days = DailyPartitionsDefinition("2020-01-01", end_date="2022-09-27")

    @asset(partitions_def=days)
    def first() -> int:
        return 1

    @asset(partitions_def=days)
    def second(first: int) -> int:
        return first

    with Instance.ephemeral() as instance:
        materialize([first, second], partitions="all", instance=instance, progress=False)
        asked: list[str] = []
        with instance.database.read() as connection:
            connection.set_trace_callback(asked.append)
        materialize([second], partition_key="2021-05-05", instance=instance, progress=False)
        pieces = [each for each in asked if "FROM pieces" in each]
        assert len(pieces) >= 2
        assert [each for each in pieces if "'2021-05-05'" not in each] == []


def test_keys_of_windows_are_those_of_the_definition_and_the_time() -> None:
    """They are kept between two looks, and yet those of another time, format, zone or exclusion are others."""
    kinds: list[Any] = [
        {},
        {"fmt": "%Y/%m/%d"},
        {"timezone": "Europe/Berlin"},
        {"end_offset": 1},
        {"exclusions": ["0 0 * * 1"]},
    ]
    start = datetime(2024, 1, 1)
    for now in (datetime(2024, 1, 5, tzinfo=UTC), datetime(2024, 2, 5, tzinfo=UTC)):
        for kind in kinds:
            definition = DailyPartitionsDefinition(start, **kind)
            assert keys_of(definition, now) == definition.get_partition_keys(now)
