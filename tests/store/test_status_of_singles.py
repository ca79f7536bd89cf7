"""What statuses read of many assets without partitions at once is what they would read of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import AssetKey, Instance
from notebook_assets.store import InputRead
from notebook_assets.store.status_singles import StatusSingles

UP, DOWN = AssetKey("up"), AssetKey("down")


def made(instance: Instance, run: str) -> None:
    """Made once, from nothing, by code that is known."""
    instance.record_materialization("down", run_id=run, value=instance.encode(1, "down"), code="c", data_version="v")


def made_from_two(instance: Instance, run: str) -> None:
    """Made from two others."""
    event = instance.record_materialization("up", run_id=run, code="c")
    reads = [InputRead(UP, "", event, "d1"), InputRead(AssetKey("other"), "[1]", 0, "d2")]
    instance.record_materialization("down", run_id=run, reads=reads)


def made_then_empty(instance: Instance, run: str) -> None:
    """Its latest event left no value."""
    made(instance, run)
    instance.record_empty("down", run_id=run, code="c")


def made_then_failed(instance: Instance, run: str) -> None:
    """It failed after it was made."""
    made(instance, run)
    instance.record_failure("down", run_id=run, error_type="ValueError", message="no")


def only_failed(instance: Instance, run: str) -> None:
    """It was never made."""
    instance.record_failure("down", run_id=run, error_type="ValueError", message="no")


def partitions_once(instance: Instance, run: str) -> None:
    """It had partitions before."""
    made(instance, run)
    instance.record_materialization("down", "old", run_id=run)


def only_partitions(instance: Instance, run: str) -> None:
    """It had partitions, and was never made without."""
    instance.record_materialization("down", "old", run_id=run)


def nothing(_instance: Instance, _run: str) -> None:
    """The store has never heard of it."""


def told(source: Any, key: AssetKey) -> tuple[Any, ...]:
    """All that is told of an asset."""
    columns = source.pieces(key, "c")
    names = columns.partitions.texts()
    values = (columns.event_ids, columns.value_ids, columns.states, columns.codes)
    rows = sorted(zip(names, *(each.tolist() for each in values), columns.data_versions.texts(), strict=True))
    kinds = [each.dtype for each in values]
    reads = {
        upstream: (
            each.event_ids.tolist(),
            each.subsets.texts(),
            each.up_to.tolist(),
            each.digests(each.event_ids.tolist()),
        )
        for upstream, each in source.reads(key).items()
    }
    return rows, kinds, reads


@pytest.mark.parametrize(
    "record",
    [made, made_from_two, made_then_empty, made_then_failed, only_failed, partitions_once, only_partitions, nothing],
)
def test_many_at_once_are_told_as_each_is(record: Callable[[Instance, str], None]) -> None:
    """The same columns of the same kinds, and the same reads, whatever happened to the asset before."""
    with Instance.ephemeral() as instance:
        record(instance, instance.begin_run())
        tables = instance.status_tables
        singles = StatusSingles(tables, [UP, DOWN])
        assert [told(singles, key) for key in (UP, DOWN)] == [told(tables, key) for key in (UP, DOWN)]


def test_a_thousand_are_read_by_two_questions_each_nine_hundred() -> None:
    """However many there are, none is asked for by itself."""
    keys = [AssetKey(f"asset_{number}") for number in range(1_000)]
    with Instance.ephemeral() as instance:
        run = instance.begin_run()
        for key in keys:
            instance.record_materialization(key, run_id=run, code="c")
        asked: list[str] = []
        with instance.database.read() as connection:
            connection.set_trace_callback(asked.append)
        singles = StatusSingles(instance.status_tables, keys)
        events = [int(singles.pieces(key, "c").event_ids[0]) for key in keys]
        assert [singles.reads(key) for key in keys] == [{}] * 1_000
        assert events == sorted(events)
        assert len([each for each in asked if each.startswith("SELECT")]) == 4
