"""A year of hours and 100,000 keys are answered while a person waits; times with room for a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Definitions,
    HourlyPartitionsDefinition,
    Instance,
    PieceState,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    asset,
    asset_catalogue,
    explain,
    lineage,
    materialize,
    partition_grid,
    show_mapping,
)
from notebook_assets.diagnosis import inputs_digest, read_subsets, statuses
from notebook_assets.diagnosis.blocked import blocked_pieces
from notebook_assets.mappings import links_between
from notebook_assets.store import InputRead, PieceTable


def best_of(tries: int, call: Callable[[], Any]) -> float:
    """Return the shortest of a few times, in seconds."""
    times = []
    for _ in range(tries):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return min(times)


# --- a store of the tour's size


@pytest.fixture(scope="module")
def year() -> Iterator[tuple[Instance, Definitions]]:
    """10,000 recorded pieces: 8,760 hours, four times 365 days, three airports."""
    hours = HourlyPartitionsDefinition("2013-01-01-00:00", end_date="2014-01-01-00:00", timezone="America/New_York")
    days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01", timezone="America/New_York")
    week = AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-6))
    every = AssetIn(partition_mapping=AllPartitionMapping())
    airports = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
    assets = [
        asset(partitions_def=hours, name="hourly")(lambda: 1),
        asset(partitions_def=days, name="weather")(lambda hourly: 1),
        asset(partitions_def=days, name="flights")(lambda: 1),
        asset(partitions_def=days, name="delays")(lambda weather, flights: 1),
        asset(partitions_def=days, name="trend", ins={"delays": week})(lambda delays: 1),
        asset(partitions_def=airports, name="airports", ins={"delays": every})(lambda delays: 1),
        asset(name="report")(lambda trend, airports: 1),
    ]
    with Instance.ephemeral() as instance:
        materialize(assets, partitions="all", instance=instance, progress=False, raise_on_error=False)
        yield instance, Definitions(assets)


@pytest.mark.parametrize(
    "look",
    [
        lambda **where: asset_catalogue(**where),
        lambda **where: lineage(**where),
        lambda **where: partition_grid("hourly", **where),
        lambda **where: show_mapping("weather", "hourly", **where),
        lambda **where: explain("report", **where),
        lambda **where: explain("weather", "2013-07-04", **where),
        lambda **where: explain("hourly", **where),
    ],
    ids=["assets", "lineage", "partitions", "mapping", "explain all", "explain a key", "explain hours"],
)
def test_a_look_at_a_year_takes_less_than_half_a_second(
    year: tuple[Instance, Definitions], look: Callable[..., Any]
) -> None:
    """HTML and text included."""
    instance, definitions = year

    def show() -> None:
        result = look(instance=instance, definitions=definitions)
        assert result._repr_html_()
        assert repr(result)

    assert best_of(3, show) < 0.5


def test_a_whole_year_made_anew_with_the_same_contents_is_compared_quickly(
    year: tuple[Instance, Definitions],
) -> None:
    """Every day needs a digest then, and the hundreds that need all days share one."""
    instance, definitions = year
    materialize(
        list(definitions.assets), selection="delays", partitions="all", instance=instance, progress=False
    )  # the same values again
    assert best_of(3, lambda: statuses(definitions.graph, instance)) < 0.5
    found = statuses(definitions.graph, instance)[AssetKey("trend")]
    assert PieceState.STALE not in found.counts()


# --- 100,000 keys


class Recorded:
    """A store that knows columns only: every piece of every asset made once, in the order of the graph."""

    def __init__(self, definitions: Definitions) -> None:
        self.tables: dict[AssetKey, PieceTable] = {}
        self.reads: dict[AssetKey, dict[int, list[InputRead]]] = {}
        event = 0
        graph = definitions.graph
        for key in graph.order:
            node = graph.nodes[key]
            assert node.definition is not None
            assert node.partitions_def is not None
            keys = list(node.partitions_def.get_partition_keys())
            count = len(keys)
            events = list(range(event + 1, event + count + 1))
            same: Sequence[Any] = [None] * count
            self.tables[key] = PieceTable(
                partitions=keys,
                states=[PieceState.MATERIALIZED] * count,
                kinds=["materialization"] * count,
                event_ids=events,
                value_event_ids=events,
                codes=[node.definition.code] * count,
                data_versions=[f"v{number}" for number in range(count)],
                times=[1.0] * count,
                durations=[0.0] * count,
                sizes=[1] * count,
                run_ids=list(same),
            )
            self.reads[key] = {number: [] for number in events}
            for dependency in node.dependencies:
                other = graph.nodes[dependency.key].partitions_def
                links = links_between(dependency.mapping, node.partitions_def, other)
                assert other is not None
                versions = self.tables[dependency.key].data_versions
                for row, subset in enumerate(read_subsets(links, other.get_partition_keys())):
                    digest = inputs_digest(versions[at] for at in links.upstream(row).tolist())
                    self.reads[key][events[row]].append(InputRead(dependency.key, subset, event, digest))
            event += count

    def pieces(self, key: AssetKey) -> PieceTable:
        return self.tables[key]

    def input_reads(self, key: AssetKey) -> dict[int, list[InputRead]]:
        return self.reads[key]


@pytest.fixture(scope="module")
def big() -> tuple[Definitions, Recorded]:
    """Three assets of 100,008 hours each."""
    hours = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2021-05-30-00:00")
    window = AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-5))
    assets = [
        asset(partitions_def=hours, name="a")(lambda: 1),
        asset(partitions_def=hours, name="b")(lambda a: 1),
        asset(partitions_def=hours, name="c", ins={"b": window})(lambda b: 1),
    ]
    definitions = Definitions(assets)
    return definitions, Recorded(definitions)


def test_the_status_of_three_times_100_000_keys(big: tuple[Definitions, Recorded]) -> None:
    """Half a second on a quiet machine, the reading of the store left out; all fresh."""
    definitions, recorded = big
    assert best_of(3, lambda: statuses(definitions.graph, recorded)) < 2.0
    for status in statuses(definitions.graph, recorded).values():
        assert status.counts() == {PieceState.MATERIALIZED: 100_008}


def test_a_change_far_up_is_followed_down(big: tuple[Definitions, Recorded]) -> None:
    """A piece made anew with other contents, one with the same contents, and one by other code."""
    definitions, recorded = big
    table = recorded.tables[AssetKey("a")]
    before = (table.event_ids[500], table.data_versions[500], table.event_ids[700], table.codes[900])
    newest = 10**6
    table.event_ids[500], table.data_versions[500] = newest, "other"
    table.event_ids[700] = newest + 1
    recorded.reads[AssetKey("a")].update({newest: [], newest + 1: []})
    table.codes[900] = "other code"
    try:
        found = {key.name: status for key, status in statuses(definitions.graph, recorded).items()}
        assert np.flatnonzero(found["a"].outdated).tolist() == [900]
        assert np.flatnonzero(found["b"].outdated).tolist() == [500, 900]
        assert np.flatnonzero(found["c"].outdated).tolist() == [*range(500, 506), *range(900, 906)]
        assert best_of(2, lambda: blocked_pieces(found_by_key(definitions, recorded))) < 1.5
    finally:
        table.event_ids[500], table.data_versions[500], table.event_ids[700], table.codes[900] = before


def found_by_key(definitions: Definitions, recorded: Recorded) -> Any:
    return statuses(definitions.graph, recorded)
