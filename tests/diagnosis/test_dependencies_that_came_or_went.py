"""A piece is stale when it was made without an asset that it depends on today, or from one that it no longer does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    AssetKey,
    AssetSpec,
    Definitions,
    Instance,
    StaticPartitionsDefinition,
    asset,
    explain,
    materialize,
)
from notebook_assets.diagnosis import statuses

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])


def three(deps: list[str], partitions_def: Any = None) -> Definitions:
    """one and two, and last, which depends on what it is told to; its code version stays."""
    common: dict[str, Any] = {"partitions_def": partitions_def, "code_version": "1"}
    return Definitions(
        [
            asset(name="one", **common)(lambda: 1),
            asset(name="two", **common)(lambda: 2),
            asset(name="last", deps=deps, **common)(lambda: 3),
        ]
    )


def made(store: Instance, definitions: Definitions, partitions_def: Any, **options: Any) -> None:
    partitions = {} if partitions_def is None or "partition_key" in options else {"partitions": "all"}
    materialize(list(definitions.assets), instance=store, progress=False, **partitions, **options)


ADDED = "was made without two, which it depends on today."
REMOVED = "was made from one, which it no longer depends on."


@pytest.mark.parametrize("partitions_def", [None, LETTERS], ids=["one piece", "partitions"])
@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (["one"], ["one"], []),
        (["one"], ["one", "two"], [ADDED]),
        (["one", "two"], ["two"], [REMOVED]),
        (["one"], [], [REMOVED]),
        ([], ["two"], [ADDED]),
        (["one"], ["two"], [ADDED, REMOVED]),
    ],
)
def test_dependencies_that_came_or_went(
    before: list[str], after: list[str], said: list[str], partitions_def: Any
) -> None:
    key = None if partitions_def is None else "b"
    name = "last" if key is None else "last[b]"
    with Instance.ephemeral() as store:
        made(store, three(before, partitions_def), partitions_def)
        today = three(after, partitions_def)
        explanation = explain("last", key, instance=store, definitions=today)
        assert (explanation.state.value == "stale") is bool(said)
        if said:
            assert list(explanation.why) == [f"{name} {each}" for each in said]
        made(store, today, partitions_def)
        assert explain("last", key, instance=store, definitions=today).state.value == "materialized"


def test_only_the_pieces_that_were_made_so_are_stale() -> None:
    with Instance.ephemeral() as store:
        made(store, three(["one"], LETTERS), LETTERS)
        today = three(["one", "two"], LETTERS)
        made(store, today, LETTERS, partition_key="b")
        told = statuses(today.graph, store)[AssetKey("last")].staleness
        assert told.by_added[AssetKey("two")].tolist() == [True, False, True]
        assert np.array_equal(told.mask, told.by_added[AssetKey("two")])
        why = explain("last", instance=store, definitions=today).why
        assert why[0] == "2 partitions stale: made without two, which is depended on today — a, c"


def test_what_was_made_elsewhere_needs_not_have_been_read() -> None:
    """A source may be written down later: nothing was known of it before."""
    with Instance.ephemeral() as store:
        down = asset(name="down", code_version="1")(lambda: 1)
        materialize([down], instance=store, progress=False)
        now = asset(name="down", code_version="1", deps=["file"])(lambda: 1)
        definitions = Definitions([AssetSpec("file"), now])
        assert not statuses(definitions.graph, store)[AssetKey("down")].outdated.any()


@pytest.mark.parametrize("partitions_def", [None, LETTERS], ids=["one piece", "partitions"])
def test_what_was_only_reported_is_as_new_as_the_report(partitions_def: Any) -> None:
    """Nobody knows by which code and from what it was made: it counts as fresh until something upstream is newer."""
    key = None if partitions_def is None else "b"
    with Instance.ephemeral() as store:
        definitions = three(["one"], partitions_def)
        made(store, definitions, partitions_def)
        store.record_materialization("last", key, run_id=store.begin_run())  # no code, and nothing that was read
        assert explain("last", key, instance=store, definitions=definitions).state.value == "materialized"
        again = {} if key is None else {"partition_key": key}
        materialize(list(definitions.assets), selection="one", instance=store, progress=False, **again)
        explanation = explain("last", key, instance=store, definitions=definitions)
        assert explanation.state.value == "stale"
        one, last = ("one", "last") if key is None else ("one[b]", "last[b]")
        assert explanation.why == (f"{last} was made before {one} was made again.",)
        if key is not None:
            assert explain("last", "a", instance=store, definitions=definitions).state.value == "materialized"
