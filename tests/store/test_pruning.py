"""Pruning: values of older versions go, from rows and disk; the latest value and the history stay."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notebook_assets.errors import InvalidInvocationError, StoreError, ValueNotFoundError
from notebook_assets.store import Instance, pruning

Put = Callable[..., int]
FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL


def files_of(instance: Instance) -> set[Path]:
    return {path for path in (instance.folder / "values").rglob("*") if path.is_file()}


def kept(instance: Instance, key: str = "a", partition: str | None = "p") -> list[bool]:
    return [version.is_kept for version in instance.versions(key, partition)]


@pytest.mark.parametrize("size", [3, 20_000])
@pytest.mark.parametrize("keep", [1, 2, 3, 9])
def test_the_newest_versions_keep_their_values(instance: Instance, put: Put, keep: int, size: int) -> None:
    for number in range(4):
        put("a", "p", f"{number}" * size)
    report = instance.prune(keep)
    assert report.versions == max(0, 4 - keep)
    assert report.bytes == report.versions * size
    assert report.files == (report.versions if size > 3 else 0)
    assert kept(instance) == [at < keep for at in range(4)]
    assert instance.load("a", "p") == "3" * size
    assert len(files_of(instance)) == (min(keep, 4) if size > 3 else 0)
    assert instance.db.execute("select count(*) from value_blobs").fetchone()[0] == (0 if size > 3 else min(keep, 4))
    assert instance.verify().ok


def test_a_pruned_version_is_told_to_be_so(instance: Instance, put: Put) -> None:
    first = put("a", "p", "old")
    put("a", "p", "new")
    instance.prune()
    with pytest.raises(
        ValueNotFoundError, match=r"Version 1 of a\[p\] was pruned\. Of its 2 versions the value is kept of 2"
    ):
        instance.load("a", "p", version=first)
    older = instance.versions("a", "p")[1]
    assert (older.value, older.type, older.size, older.was_pruned) == ("pruned", "str", 3, True)
    record = instance.fetch_materializations("a", limit=2).records[1]
    assert "pruned" in record._repr_html_()


def test_the_latest_value_stays_where_a_later_event_has_none(instance: Instance, put: Put, run_id: str) -> None:
    put("a", "p", "first")
    put("a", "p", "second")
    instance.record_empty("a", "p", run_id=run_id)
    instance.record_failure("a", "p", run_id=run_id, error_type="E", message="no")
    assert instance.prune().versions == 1
    assert kept(instance) == [False, True, False]
    assert instance.verify().ok


def test_a_dry_run_changes_nothing_and_says_the_same(instance: Instance, put: Put) -> None:
    for number in range(3):
        put("a", "p", f"{number}" * 20_000)
        put("b", None, number)
    before = files_of(instance)
    dry = instance.prune(dry_run=True)
    assert dry.dry_run
    assert "Would be pruned" in repr(dry)
    assert files_of(instance) == before
    assert instance.prune().assets == dry.assets
    assert instance.prune().versions == 0
    assert "No older versions" in repr(instance.prune())


@pytest.mark.parametrize(
    ("older_than", "left"),
    [
        (None, 1),
        (timedelta(hours=1), 2),
        (timedelta(days=3), 4),
        (datetime(2026, 1, 10, 11, tzinfo=UTC), 2),
        (datetime(2026, 1, 9, 13, tzinfo=UTC), 3),
    ],
)
def test_only_old_versions_go_where_an_age_is_given(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch, older_than: Any, left: int
) -> None:
    now = datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp()
    for hours in (48, 2, 0.5, 0.1):
        monkeypatch.setattr(time, "time", lambda hours=hours: now - hours * 3600)
        put("a", "p", hours)
    monkeypatch.setattr(time, "time", lambda: now)
    instance.prune(older_than=older_than)
    assert sum(kept(instance)) == left


def test_what_older_attempts_printed_goes_with_them(instance: Instance, put: Put) -> None:
    texts = []
    for number in range(3):
        run = instance.begin_run()
        instance.record_materialization("a", "p", run_id=run, value=instance.encode(number, "a"))
        instance.record_step_output("a", "p", run_id=run, text=f"printed {number}")
        texts.append(run)
    report = instance.prune()
    assert report[0].outputs == 2
    assert [instance.step_output("a", "p", run) for run in texts] == ["", "", "printed 2"]


def test_chosen_assets_alone_are_pruned(instance: Instance, put: Put) -> None:
    for key in ("a", "b", "c"):
        put(key, None, 1)
        put(key, None, 2)
    assert {each.key.name for each in instance.prune(assets=["a", "c"])} == {"a", "c"}
    assert kept(instance, "b", None) == [True, True]


@pytest.mark.parametrize("keep", [0, -1, True, "1", 1.0, None])
def test_the_latest_value_can_not_be_asked_away(instance: Instance, put: Put, keep: Any) -> None:
    put("a", "p", 1)
    with pytest.raises(InvalidInvocationError, match="at least the latest value"):
        instance.prune(keep)


@pytest.mark.parametrize("older_than", ["30 days", 30, datetime])
def test_an_age_is_a_timedelta_or_a_moment(instance: Instance, older_than: Any) -> None:
    with pytest.raises(InvalidInvocationError, match="timedelta"):
        instance.prune(older_than=older_than)


def test_vacuum_gives_the_room_back_to_the_disk(instance: Instance, put: Put) -> None:
    for _ in range(200):
        put("a", "p", os.urandom(10_000))
    instance.prune()
    assert instance.sizes().free_bytes > 1_000_000
    before = (instance.folder / "store.db").stat().st_size
    instance.prune(vacuum=True)
    assert instance.sizes().free_bytes == 0
    assert (instance.folder / "store.db").stat().st_size < before / 5
    assert instance.verify().ok


def test_files_go_only_when_their_rows_are_committed(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a", "p", "x" * 20_000)
    put("a", "p", "y" * 20_000)
    with instance.database.write() as connection:
        connection.execute("CREATE TRIGGER no BEFORE UPDATE ON materializations BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(StoreError, match="no"):
        instance.prune()
    assert len(files_of(instance)) == 2
    assert kept(instance) == [True, True]
    assert instance.verify().ok


def test_pruning_on_a_full_disk_makes_room_with_the_first_file(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        put("a", "p", f"{number}" * 20_000)
    forget = pruning._forget

    def limited(connection: sqlite3.Connection, events: Any) -> Any:
        if len(files_of(instance)) > 3:
            raise FULL
        return forget(connection, events)

    monkeypatch.setattr(pruning, "_forget", limited)
    assert instance.prune().versions == 3
    assert len(files_of(instance)) == 1
    assert instance.verify().ok


def test_pruning_that_finds_no_room_at_all_leaves_every_value(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        put("a", "p", f"{number}" * 20_000)

    def full(connection: sqlite3.Connection, events: Any) -> Any:
        raise FULL

    monkeypatch.setattr(pruning, "_forget", full)
    with pytest.raises(StoreError, match="not even the record of pruning finds room"):
        instance.prune()
    assert kept(instance) == [True] * 3
    assert instance.verify().ok


@given(
    steps=st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from(["value", "large", "empty", "none"])), max_size=12),
    keep=st.integers(1, 3),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_made_the_latest_values_still_load(steps: list[tuple[str, str]], keep: int) -> None:
    with Instance.ephemeral() as instance:
        run = instance.begin_run()
        valued: dict[str, list[tuple[int, str]]] = {}
        for number, (partition, kind) in enumerate(steps):
            if kind == "empty":
                instance.record_empty("a", partition, run_id=run)
                continue
            text = f"{number}" * (9_000 if kind == "large" else 1)
            value = None if kind == "none" else instance.encode(text, "a")
            event = instance.record_materialization("a", partition, run_id=run, value=value)
            if value is not None:
                valued.setdefault(partition, []).append((event, text))
        instance.prune(keep)
        for partition, versions in valued.items():
            for event, text in versions[-keep:]:
                assert instance.load("a", partition, version=event) == text
            for event, _ in versions[:-keep]:
                with pytest.raises(ValueNotFoundError, match="was pruned"):
                    instance.load("a", partition, version=event)
        assert instance.verify().ok
