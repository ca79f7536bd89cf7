"""Locks of other processes, clocks that jump back, two kernels on one store, and runs after a restart."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from notebook_assets import AssetObservation, asset, materialize
from notebook_assets.errors import StoreError
from notebook_assets.store import Instance

HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


@asset
def one(context) -> int:  # type: ignore[no-untyped-def]
    context.log_event(AssetObservation("seen"))
    return 1


@asset
def fails(one: int) -> int:
    raise ValueError(f"no {one}")


def holder(instance: Instance, seconds: float) -> subprocess.Popen[str]:
    """Start a process that keeps the database locked for a while."""
    arguments = [sys.executable, "-c", HOLDER, str(instance.folder / "store.db"), str(seconds)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_write_waits_for_another_process_that_holds_the_lock(instance: Instance) -> None:
    with holder(instance, 1.5) as process:
        started = time.monotonic()
        run = instance.begin_run()
        assert time.monotonic() - started > 0.5
        assert instance.has_run(run)
        process.wait()


def test_a_lock_that_outlasts_the_wait_is_told_and_reading_goes_on(instance: Instance) -> None:
    run = instance.begin_run()
    instance.record_materialization("a", run_id=run, value=instance.encode(1, "a"))
    instance.database.lock_wait = 0.2
    with holder(instance, 60) as process:
        with pytest.raises(StoreError, match=r"locked by another process for 0\.2 s.*open transaction"):
            instance.record_materialization("a", run_id=run, value=instance.encode(2, "a"))
        with pytest.raises(StoreError, match="locked"):
            instance.finish_run(run, "success")
        assert instance.load("a") == 1
        assert Instance(instance.folder).load("a") == 1  # opening does not wait either
        process.kill()
    instance.record_materialization("a", run_id=run, value=instance.encode(3, "a"))
    assert instance.load("a") == 3
    assert [each.status for each in instance.runs()] == ["success"]


def test_the_events_of_a_run_are_in_order_though_the_clock_jumps_back(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(10_000, 0, -7))
    monkeypatch.setattr(time, "time", lambda: float(next(now)))
    run = instance.begin_run()
    for name in "abcd":
        instance.record_materialization(name, run_id=run)
    instance.record_failure("e", run_id=run, error_type="E", message="no")
    instance.record_failure("f", run_id=run, error_type="E", message="no")
    instance.finish_run(run, "failed")
    records = instance.get_records_for_run(run).records
    told = [record.asset_key.to_user_string() for record in records if record.asset_key is not None]
    assert [name for name in told if name in "abcd"] == list("abcd")
    assert told.index("e") < told.index("f")
    assert (records[0].event_type.value, records[-1].event_type.value) == ("PIPELINE_START", "PIPELINE_FAILURE")
    page = instance.fetch_materializations("d", 1)
    assert [record.asset_key.to_user_string() for record in page.records] == ["d"]


def test_what_is_latest_is_what_came_last_though_the_clock_jumps_back(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = instance.begin_run()
    first = instance.record_materialization("a", "x", run_id=run)
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    second = instance.record_materialization("a", "y", run_id=instance.begin_run())
    latest = instance.get_latest_materialization_event("a")
    assert latest is not None
    assert latest.event_id == second > first
    assert [record.event_id for record in instance.fetch_materializations("a", 2).records] == [second, first]
    assert instance.runs()[0].started_at == 1000.0
    [record] = instance.get_asset_records(["a"])
    assert record.last_event_storage_id == second


def test_two_kernels_see_what_the_other_recorded(instance: Instance) -> None:
    with Instance(instance.folder) as other:
        run = other.begin_run()
        other.record_materialization("a", run_id=run, value=other.encode(1, "a"))
        assert instance.load("a") == 1
        assert instance.close_dead_runs() == []
        instance.wipe("a")
        assert not other.has_asset_key("a")
        other.add_dynamic_partitions("episodes", ["ep1"])
        instance.rename_dynamic_partition("episodes", "ep1", "ep2")
        assert other.get_dynamic_partitions("episodes") == ["ep2"]
        instance.record_materialization("b", run_id=run, value=instance.encode(2, "b"))
        instance.rename("b", "c")
        assert other.load("c") == 2


def test_the_events_of_a_run_are_there_after_a_restart(tmp_path: Path) -> None:
    with Instance(tmp_path) as before:
        result = materialize([one, fails], instance=before, progress=False, raise_on_error=False)
    with pytest.raises(StoreError, match=rf"is closed.*run\('{result.run_id}'\)\.events"):
        result.all_events  # noqa: B018
    with Instance(tmp_path) as after:
        run = after.run(result.run_id)
        assert run is not None
        assert run.is_failure
        kinds = [event.event_type.value for event in run.events]
        assert (kinds[0], kinds[-1]) == ("PIPELINE_START", "PIPELINE_FAILURE")
        assert sorted(kinds[1:-1]) == ["ASSET_MATERIALIZATION", "ASSET_OBSERVATION", "STEP_FAILURE"]
    with pytest.raises(StoreError, match="is closed"):
        run.events  # noqa: B018
