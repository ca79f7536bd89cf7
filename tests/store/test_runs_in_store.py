"""Runs in a store: what they plan, print and belong to, and what becomes of those whose process died."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from notebook_assets.errors import StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance

CHILD = """
import sys, time
from notebook_assets import Instance
instance = Instance(sys.argv[1])
run = instance.begin_run(run_id="of the child", targets=[("a", "")])
instance.record_materialization("a", run_id=run, value=instance.encode(1, "a"))
print("ready", flush=True)
time.sleep(60)
"""
# As on a system that tells the start of processes by the clock alone, which a run without a place stands for.
BEGAN_EARLIER = "UPDATE runs SET tags = '{}', process_started = process_started - 60"


def child_that_runs(folder: Path) -> subprocess.Popen[str]:
    """Start a process with a run that has made one asset and goes on."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def statuses(instance: Instance) -> dict[str, str]:
    """Return how the runs stand, by id."""
    return {run.run_id: run.status for run in instance.runs()}


def alter(instance: Instance, statement: str) -> None:
    """Change a row behind the store's back."""
    with sqlite3.connect(instance.folder / "store.db") as connection:
        connection.execute(statement)
    connection.close()


def test_a_run_whose_process_was_killed_is_interrupted_at_its_last_event_when_the_store_is_opened(
    tmp_path: Path,
) -> None:
    child = child_that_runs(tmp_path)
    with Instance(tmp_path) as beside:
        assert statuses(beside) == {"of the child": "running"}  # it lives, and another process works beside it
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert beside.close_dead_runs() == ["of the child"]
        assert beside.close_dead_runs() == []
        [run] = beside.runs()
        made = beside.latest("a")
        assert made is not None
        assert (run.status, run.finished_at) == ("interrupted", made.time)
        assert beside.run_targets("of the child") == {AssetKey("a"): ""}


@pytest.mark.parametrize("by", ["opening", "next run"])
def test_a_dead_run_is_closed_by_whatever_comes_next(tmp_path: Path, by: str) -> None:
    open_before = Instance(tmp_path)
    child = child_that_runs(tmp_path)
    child.kill()
    child.wait()
    if by == "opening":
        Instance(tmp_path).close()
    else:
        open_before.begin_run(run_id="next")
    assert statuses(open_before)["of the child"] == "interrupted"
    open_before.close()


def test_a_process_that_got_the_number_of_a_dead_one_is_told_from_it_by_its_start(instance: Instance) -> None:
    run = instance.begin_run()
    assert instance.close_dead_runs() == []
    alter(instance, f"{BEGAN_EARLIER} WHERE pid = {os.getpid()}")
    assert instance.close_dead_runs() == [run]


@pytest.mark.parametrize("change", ["host = 'another'", "pid = NULL", "process_started = NULL"])
def test_a_run_that_may_live_is_left_alone(instance: Instance, change: str) -> None:
    run = instance.begin_run()
    alter(instance, f"{BEGAN_EARLIER}, {change}")
    assert instance.close_dead_runs() == []
    assert statuses(instance) == {run: "running"}


def test_a_run_that_was_taken_for_dead_is_what_it_says_at_its_end(instance: Instance) -> None:
    run = instance.begin_run()
    alter(instance, BEGAN_EARLIER)
    instance.close_dead_runs()
    instance.finish_run(run, "success")
    assert statuses(instance) == {run: "success"}


def test_a_run_keeps_what_it_planned_and_what_it_goes_on_with(instance: Instance) -> None:
    first = instance.begin_run(targets=[("a", ""), (["b", "c"], "x|y"), ("a", "all")])
    second = instance.begin_run(parent=first)
    assert instance.run_targets(first) == {AssetKey("a"): "all", AssetKey(["b", "c"]): "x|y"}
    assert instance.run_targets(second) == instance.run_targets("no such run") == {}
    assert [run.parent for run in instance.runs()] == [first, None]


def test_the_output_of_a_step_is_that_of_its_latest_attempt_unless_a_run_is_named(instance: Instance) -> None:
    first, second = instance.begin_run(), instance.begin_run()
    instance.record_step_output("a", "x", run_id=first, text="once\n")
    instance.record_materialization("a", "x", run_id=first)
    assert instance.step_output("a", "x") == "once\n"
    instance.record_failure("a", "x", run_id=second, error_type="E", message="no")
    assert instance.step_output("a", "x") == ""  # the attempt that failed printed nothing
    instance.record_step_output("a", "x", run_id=second, text="twice\n")
    assert (instance.step_output("a", "x"), instance.step_output("a", "x", first)) == ("twice\n", "once\n")
    assert instance.step_output("never", "x") == instance.step_output("a", "y") == ""
    with pytest.raises(StoreError, match="no run"):
        instance.step_output("a", "x", "no such run")


def test_a_long_output_loses_its_middle_and_says_how_much(instance: Instance) -> None:
    run = instance.begin_run()
    instance.record_materialization("a", run_id=run)
    instance.record_step_output("a", run_id=run, text="<" + "x" * 100_000 + ">", dropped=5)
    instance.record_step_output("a", "p", run_id=run, text="")
    kept = instance.step_output("a")
    assert (kept[0], kept[-1], "34,466 of 100,002 characters are left out" in kept) == ("<", ">", True)
    assert [row["dropped"] for row in instance.db["step_outputs"].rows] == [34_471]
    instance.wipe("a")
    assert instance.db["step_outputs"].count == 0


def test_a_run_whose_tags_are_none_can_be_listed(instance: Instance) -> None:
    run = instance.begin_run()
    with instance.database.write() as connection:
        connection.execute("UPDATE runs SET tags = '5'")
    assert [(found.run_id, found.tags) for found in instance.runs()] == [(run, {})]
