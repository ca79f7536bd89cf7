"""Plans: which pieces are made, by ``only`` and ``upstream``; and that a plan reads and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from time import process_time

import numpy as np
import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    InvalidInvocationError,
    PieceState,
    SourceAsset,
    TimeWindowPartitionMapping,
    asset,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import CODE_OF, AssetStatus, statuses
from notebook_assets.run import Only, due, make_plan
from notebook_assets.store import InputRead, PieceTable

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-06")
WITH_VALUE = (PieceState.MATERIALIZED, PieceState.STALE)
M, S, E, X, F, K = (
    PieceState.MATERIALIZED,
    PieceState.STALE,
    PieceState.EMPTY,
    PieceState.MISSING,
    PieceState.FAILED,
    PieceState.SKIPPED,
)


class Nothing:
    """A store in which nothing was recorded."""

    def pieces(self, key: AssetKey) -> PieceTable:
        return PieceTable()

    def input_reads(self, key: AssetKey) -> dict[int, list[InputRead]]:
        return {}


@asset(partitions_def=DAYS)
def a(): ...


@asset(partitions_def=DAYS)
def b(a): ...


@asset(partitions_def=DAYS)
def c(b): ...


@asset(partitions_def=DAYS, ins={"own": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))})
def own(a, own): ...


GRAPH = AssetGraph([c, b, a, own, SourceAsset("unused")])


def standing(**states: list[PieceState]) -> dict[AssetKey, AssetStatus]:
    """Return statuses in which the pieces of some assets are in given states; the others are missing."""
    found = statuses(GRAPH, Nothing())
    for name, column in states.items():
        status = found[AssetKey(name)]
        status.states[:] = [CODE_OF[state] for state in column]
        status.value_ids[:] = [1 if state in WITH_VALUE else 0 for state in column]
    return found


def planned(
    found: dict[AssetKey, AssetStatus],
    targets: dict[str, Iterable[int]],
    only: Only = Only.ALL,
    upstream: Only | None = None,
) -> dict[str, list[int]]:
    masks = {}
    for name, positions in targets.items():
        key = AssetKey(name)
        masks[key] = np.isin(np.arange(5), list(positions)) & due(found[key], only)
    plan = make_plan(GRAPH, found, masks, upstream=upstream)
    assert plan.total == sum(len(entry.positions) for entry in plan.assets)
    return {entry.key.name: entry.positions.tolist() for entry in plan.assets}


@pytest.mark.parametrize(
    ("only", "positions"),
    [
        (Only.ALL, [0, 1, 2, 3, 4]),
        (Only.MISSING, [3, 4]),
        (Only.FAILED, [4]),
        (Only.STALE, [1]),
        (Only.NEEDED, [1, 3, 4]),
    ],
)
def test_only(only: Only, positions: list[int]) -> None:
    found = standing(a=[M, S, E, X, F])
    assert planned(found, {"a": [0, 1, 2, 3, 4]}, only=only) == {"a": positions}


def test_only_failed_takes_what_was_skipped_because_of_it() -> None:
    assert planned(
        standing(a=[M, M, M, F, M], b=[M, M, M, K, X]), {"a": range(5), "b": range(5)}, only=Only.FAILED
    ) == {
        "a": [3],
        "b": [3],
    }


def test_an_empty_piece_of_other_code_or_inputs_is_missing_again() -> None:
    found = standing(a=[E, E, M, M, M])
    found[AssetKey("a")].states[1] = CODE_OF[PieceState.STALE]
    assert planned(found, {"a": range(5)}, only=Only.MISSING) == {"a": [1]}


def test_targets_are_narrowed_never_widened() -> None:
    assert planned(standing(), {"a": [1, 2]}, only=Only.MISSING) == {"a": [1, 2]}
    assert planned(standing(a=[M] * 5), {"a": [1, 2]}, only=Only.MISSING) == {}


def test_upstream_makes_what_is_not_as_it_should_be() -> None:
    found = standing(a=[M, S, E, X, F], b=[M, M, M, X, K])
    assert planned(found, {"c": [0, 1, 2, 3, 4]}, upstream=Only.NEEDED) == {
        "a": [3, 4],
        "b": [3, 4],
        "c": [0, 1, 2, 3, 4],
    }
    found = standing(a=[M, S, E, X, F], b=[S, S, S, X, K])
    assert planned(found, {"c": [0, 1, 3]}, upstream=Only.NEEDED) == {"a": [1, 3], "b": [0, 1, 3], "c": [0, 1, 3]}


def test_upstream_of_missing_leaves_what_is_stale() -> None:
    found = standing(a=[S, X, E, X, F], b=[S, X, X, X, X])
    expected = {"a": [1, 3, 4], "b": [1, 2, 3, 4], "c": [0, 1, 2, 3, 4]}
    assert planned(found, {"c": range(5)}, upstream=Only.MISSING, only=Only.MISSING) == expected


def test_upstream_all_makes_everything_that_is_needed() -> None:
    found = standing(a=[M] * 5, b=[M] * 5, c=[M] * 5)
    assert planned(found, {"c": [2]}, upstream=Only.ALL) == {"a": [2], "b": [2], "c": [2]}


def test_an_asset_that_needs_itself_asks_all_its_earlier_partitions_and_what_these_need() -> None:
    """Also the other inputs of those earlier partitions, in whatever order the inputs are written."""
    assert planned(standing(), {"own": [3]}, upstream=Only.NEEDED) == {"a": [0, 1, 2, 3], "own": [0, 1, 2, 3]}
    found = standing(own=[M, M, X, X, X], a=[M, X, X, M, X])
    assert planned(found, {"own": [3]}, upstream=Only.NEEDED) == {"a": [2], "own": [2, 3]}


def test_a_long_history_of_itself_is_planned_fast() -> None:
    long = DailyPartitionsDefinition("1900-01-01", end_date="2024-01-01")

    @asset(partitions_def=long, ins={"own": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))})
    def own(own): ...

    graph = AssetGraph([own])
    count = long.get_num_partitions()
    began = process_time()
    mask = np.arange(count) == count - 1
    plan = make_plan(graph, statuses(graph, Nothing()), {AssetKey("own"): mask}, upstream=Only.NEEDED)
    assert plan.total == count
    assert process_time() - began < 5


def test_a_plan_reads_and_changes_nothing() -> None:
    found = standing(a=[M, S, E, X, F])
    before = {key: (status.states.copy(), status.value_ids.copy()) for key, status in found.items()}
    masks = {AssetKey("c"): np.ones(5, dtype=bool)}
    first = make_plan(GRAPH, found, masks, upstream=Only.NEEDED)
    second = make_plan(GRAPH, found, masks, upstream=Only.NEEDED)
    assert [entry.positions.tolist() for entry in first.assets] == [entry.positions.tolist() for entry in second.assets]
    assert masks[AssetKey("c")].all()
    assert [entry.key.name for entry in first.assets] == ["a", "b", "c"]
    for key, (states, value_ids) in before.items():
        assert (found[key].states == states).all()
        assert (found[key].value_ids == value_ids).all()


def test_an_unknown_choice() -> None:
    with pytest.raises(
        InvalidInvocationError,
        match=r"only= takes 'all', 'missing', 'failed', 'stale', 'needed'; got 'mising'. Did you mean 'missing'\?",
    ):
        Only.of("mising")
