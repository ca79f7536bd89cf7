"""The clock is set by hours: a run that goes on is not taken for dead, and a dead one not for one that goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from notebook_assets.store import Instance, processes
from notebook_assets.store.processes import is_gone, started_at, ticks_at_start
from notebook_assets.store.run_owners import PLACE_TAG

HOUR = 3_600.0
JUMPS = (-5 * HOUR, -3.0, 3.0, 5 * HOUR, 365 * 24 * HOUR)
CHILD = """
import sys
from notebook_assets import Instance
instance = Instance(sys.argv[1])
instance.begin_run(run_id="of the child")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Have the clock be set: the system tells by the new one when processes began."""
    told = psutil.Process.create_time

    def by(seconds: float) -> None:
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: told(self) + seconds)

    return by


@pytest.fixture
def child(instance: Instance) -> Iterator[subprocess.Popen[str]]:
    """A process with a run that goes on."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", CHILD, str(instance.folder)], text=True, **pipes) as started:  # type: ignore[call-overload]
        assert started.stdout.readline() == "ready\n"
        yield started
        started.kill()


def status(instance: Instance) -> str:
    run = instance.run("of the child")
    assert run is not None
    return run.status


def give_number(instance: Instance, pid: int) -> None:
    """Have the process of the run bear another number: that of a process which began at another time."""
    with instance.database.write() as connection:
        connection.execute("UPDATE runs SET pid = ?", (pid,))


@pytest.mark.parametrize("seconds", JUMPS)
def test_a_run_that_goes_on_is_never_called_interrupted(
    instance: Instance, child: subprocess.Popen[str], set_clock: Callable[[float], None], seconds: float
) -> None:
    set_clock(seconds)
    assert instance.close_dead_runs() == []
    assert status(instance) == "running"
    child.kill()
    child.wait()
    assert instance.close_dead_runs() == ["of the child"]


@pytest.mark.parametrize("seconds", JUMPS)
def test_a_dead_run_whose_number_was_given_again_is_interrupted_however_the_clock_is_set(
    instance: Instance, child: subprocess.Popen[str], set_clock: Callable[[float], None], seconds: float
) -> None:
    child.kill()
    child.wait()
    give_number(instance, os.getpid())
    set_clock(seconds)
    assert instance.close_dead_runs() == ["of the child"]
    assert status(instance) == "interrupted"


def test_the_clock_was_set_before_the_run_began_too(instance: Instance, set_clock: Callable[[float], None]) -> None:
    """The process tells its own start by one clock, and is looked at by another."""
    set_clock(-5 * HOUR)
    started_at.cache_clear()
    run = instance.begin_run()
    set_clock(5 * HOUR)
    assert instance.close_dead_runs() == []
    with Instance(instance.folder) as beside:
        assert [each.status for each in beside.runs()] == ["running"]
    instance.finish_run(run, "success")
    started_at.cache_clear()


def test_ticks_of_another_start_of_the_system_say_nothing(instance: Instance, child: subprocess.Popen[str]) -> None:
    """Of a version that kept none, or where the system tells none: the clock has to do."""
    with instance.database.write() as connection:
        (text,) = connection.execute("SELECT tags FROM runs").fetchone()
        *place, ticks = json.loads(json.loads(text)[PLACE_TAG])
        assert ticks == ticks_at_start(child.pid)
        connection.execute("UPDATE runs SET tags = ?", (json.dumps({PLACE_TAG: json.dumps(place)}),))
    assert instance.close_dead_runs() == []
    with instance.database.write() as connection:
        connection.execute("UPDATE runs SET process_started = process_started - 60")
    assert instance.close_dead_runs() == ["of the child"]


def test_where_the_system_tells_no_ticks_the_clock_decides(
    monkeypatch: pytest.MonkeyPatch, set_clock: Callable[[float], None]
) -> None:
    began, ticks = started_at(os.getpid()), ticks_at_start(os.getpid())
    assert began is not None
    assert ticks is not None
    monkeypatch.setattr(processes, "ticks_at_start", lambda pid: None)
    assert not is_gone(os.getpid(), began, ticks)
    set_clock(-5 * HOUR)
    assert not is_gone(os.getpid(), began, ticks)
    set_clock(5 * HOUR)
    assert is_gone(os.getpid(), began, ticks), "it can't be told from one that began later"


def test_a_process_may_have_any_name(tmp_path: Path) -> None:
    """Its name stands before its start, and may look like the rest of the line."""
    program = tmp_path / "a) S 1 (b) 2"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "60"]) as named:
        try:
            ticks, own = ticks_at_start(named.pid), ticks_at_start(os.getpid())
            assert ticks is not None
            assert own is not None
            began = started_at.__wrapped__(named.pid)
            assert abs((ticks - own) / os.sysconf("SC_CLK_TCK") - (began - started_at.__wrapped__(os.getpid()))) < 1
        finally:
            named.kill()


def test_of_a_process_that_is_not_there_nothing_is_told() -> None:
    assert ticks_at_start(99_999_999) is None
    assert is_gone(99_999_999, 1.0, 1)
