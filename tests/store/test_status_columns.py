"""Columns that SQLite joins are those of the rows, whatever is recorded: other states, codes, separators in keys."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import AssetKey, Instance
from notebook_assets.states import PieceState
from notebook_assets.store import InputRead
from notebook_assets.store.joined_texts import SEPARATOR

KEY = AssetKey("a")
KEYS = st.sampled_from(["", "a", "b", "ä", "x,y", f"a{SEPARATOR}b", SEPARATOR, "'", "NULL", "🌦", "z" * 500])
EVENTS = st.tuples(
    st.sampled_from(["made", "made", "empty", "failed", "skipped"]),
    KEYS,
    st.sampled_from(["code", "other", None]),
    st.sampled_from([None, "v1", f"v{SEPARATOR}2"]),
    st.lists(st.sampled_from(["up", "other"]), unique=True),
)


def record(store: Instance, run: str, event: tuple[Any, ...]) -> None:
    what, partition, code, version, upstream = event
    reads = [InputRead(AssetKey(name), f'[["{name}"]]', 7, f"digest of {name}") for name in upstream]
    key = partition or None
    if what == "made":
        store.record_materialization("a", key, run_id=run, code=code, data_version=version, reads=reads)
    elif what == "empty":
        store.record_empty("a", key, run_id=run, code=code, reads=reads)
    elif what == "failed":
        store.record_failure("a", key, run_id=run, error_type="ValueError", message="off")
    else:
        store.record_skips("a", [(key, "why", ["up"])], run_id=run)


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, max_size=10), st.sampled_from(["code", "other", None]))
def test_columns_are_those_of_the_rows(events: list[tuple[Any, ...]], today: str | None) -> None:
    states = list(PieceState)
    with Instance.ephemeral() as store:
        run = store.begin_run(selection="a", planned=len(events))
        for event in events:
            record(store, run, event)
        table, found = store.pieces("a"), store.status_tables.pieces(KEY, today)
        rows = zip(
            found.partitions.texts(),
            [states[code] for code in found.states.tolist()],
            found.event_ids.tolist(),
            found.value_ids.tolist(),
            found.codes.tolist(),
            found.data_versions.texts(),
            strict=True,
        )
        expected = zip(
            [name or "" for name in table.partitions],
            table.states,
            table.event_ids,
            [
                event if kind == "materialization" else 0
                for event, kind in zip(table.event_ids, table.kinds, strict=True)
            ],
            table.codes,
            [version or "" for version in table.data_versions],
            strict=True,
        )
        assert sorted(rows, key=str) == sorted(expected, key=str)
        assert _reads(store) == {
            (event, read.upstream, read.subset, read.up_to_event, read.digest)
            for event, reads in store.input_reads("a").items()
            for read in reads
        }


def _reads(store: Instance) -> set[Any]:
    return {
        (event, upstream, subset, up_to, read.digests([event])[event])
        for upstream, read in store.status_tables.reads(KEY).items()
        for event, subset, up_to in zip(read.event_ids.tolist(), read.subsets.texts(), read.up_to.tolist(), strict=True)
    }


@pytest.mark.parametrize("chosen", [[], ["p1"], ["p1", "p3", "unknown"], [f"p{number}" for number in range(2_000)]])
def test_chosen_partitions_are_those_of_all(chosen: list[str]) -> None:
    with Instance.ephemeral() as store:
        run = store.begin_run(selection="a", planned=5)
        for number in range(5):
            record(store, run, ("made", f"p{number}", "code", None, ["up"]))
        found = store.status_tables.pieces(KEY, "code", chosen)
        assert sorted(found.partitions.texts()) == sorted({f"p{number}" for number in range(5)} & set(chosen))
        reads = store.status_tables.reads(KEY, chosen)
        assert sum(len(read.event_ids) for read in reads.values()) == len(found)


def test_digests_of_many_events_are_those_of_a_few() -> None:
    with Instance.ephemeral() as store:
        run = store.begin_run(selection="a", planned=3)
        for number in range(3):
            record(store, run, ("made", f"p{number}", "code", None, ["up", "other"]))
        reads = store.status_tables.reads(KEY)[AssetKey("up")]
        events = reads.event_ids.tolist()
        assert reads.digests(events) == dict.fromkeys(events, "digest of up")
        assert reads.digests(events * 4_000) == reads.digests(events)
        assert reads.digests([10**9]) == {}


def test_an_asset_that_the_store_has_never_heard_of_has_no_columns() -> None:
    with Instance.ephemeral() as store:
        tables = store.status_tables
        assert (len(tables.pieces(AssetKey("no"), None)), tables.reads(AssetKey("no"))) == (0, {})
        assert (len(tables.details(AssetKey("no"))), tables.failures(AssetKey("no"))) == (0, [])
        assert (tables.planning_runs(AssetKey("no"), "running"), tables.check_counts(AssetKey("no"))) == ([], {})


def test_columns_belong_together_whatever_indexes_someone_adds() -> None:
    with Instance.ephemeral() as store:
        run = store.begin_run()
        for number, code in enumerate(["z", "b", "y", "a"]):
            store.record_materialization("a", f"{number}", run_id=run, code=code, data_version=f"v{number}")
        store.record_failure("a", "2", run_id=run, error_type="E", message="no")
        with store.db_to_write() as db:  # each of them would do for one of the two questions
            db.execute("CREATE INDEX by_code ON pieces (asset_id, code, state, kind, partition)")
            db.execute(
                "CREATE INDEX by_event ON pieces (asset_id, event_id DESC, partition, data_version, state, code)"
            )
        found = store.status_tables.pieces(KEY, "other")
        names = found.partitions.texts()
        assert dict(zip(names, found.codes.tolist(), strict=True)) == {"0": "z", "1": "b", "2": "y", "3": "a"}
        assert dict(zip(names, found.data_versions.texts(), strict=True)) == {key: f"v{key}" for key in "0123"}
        states = list(PieceState)
        failed = [name for name, code in zip(names, found.states.tolist(), strict=True) if states[code] == "failed"]
        assert failed == ["2"]
