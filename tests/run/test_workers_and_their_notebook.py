"""Workers whose notebook was killed hand nothing over; what they started ends with them; a forked child has its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetDep,
    Instance,
    RunInterrupted,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.errors import WorkerDiedError

NUMBERS = StaticPartitionsDefinition([str(number) for number in range(24)])


def until(happens: Any) -> bool:
    """Wait until something is so, for a minute at most; return whether it is."""
    end = time.monotonic() + 60
    while not happens() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(happens())


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


KILLED = """
import os, subprocess, sys, time
from pathlib import Path
from notebook_assets import FilesystemIOManager, Instance, asset, materialize

folder = sys.argv[1]

@asset
def slow():
    child = subprocess.Popen(["sleep", "600"])
    found = Path(folder) / "pids.part"
    found.write_text(f"{os.getpid()} {child.pid}")
    found.rename(Path(folder) / "pids")
    while not (Path(folder) / "go").exists():
        time.sleep(0.01)
    return 1

materialize([slow], instance=Instance(folder + "/store"), progress=False, executor="processes", max_workers=1,
            resources={"io_manager": FilesystemIOManager(base_dir=folder + "/files")})
"""


def test_a_worker_ends_with_a_notebook_that_was_killed_and_hands_nothing_over(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(KILLED)
    notebook = subprocess.Popen([sys.executable, script, str(tmp_path)], cwd=tmp_path)
    assert until((tmp_path / "pids").exists)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    notebook.kill()
    notebook.wait()
    (tmp_path / "go").touch()
    assert until(lambda: all(map(is_gone, pids)))
    assert not (tmp_path / "files" / "slow").exists()


def test_threads_that_a_function_leaves_behind_take_no_message_from_others(store: Instance, make: Any) -> None:
    @asset(partitions_def=NUMBERS)
    def source(context: Any) -> str:
        return str(context.partition_key)

    @asset(partitions_def=NUMBERS, deps=[AssetDep(source, partition_mapping=AllPartitionMapping())])
    def asking(context: Any) -> int:
        begun = threading.Event()

        def later() -> None:
            for _ in range(30):
                context.load_asset_value("source", partition_key="1")
                begun.set()

        threading.Thread(target=later, daemon=True).start()
        begun.wait(30)
        return 1

    make(source, partitions="all")
    result = make(asking, source, selection="asking", partitions="all", executor="processes", max_workers=2)
    assert (result.done, result.failures) == (24, [])


def test_what_a_worker_that_died_had_started_ends(make: Any, tmp_path: Path) -> None:
    found = tmp_path / "pid"

    @asset
    def leaving() -> None:
        found.write_text(str(subprocess.Popen(["sleep", "600"]).pid))
        os._exit(3)

    (failure,) = make(leaving, executor="processes", max_workers=1).failures
    assert isinstance(failure.error, WorkerDiedError)
    pid = int(found.read_text())
    assert until(lambda: is_gone(pid))


@pytest.mark.parametrize("executor", ["in_process", "threads", "processes"])
def test_an_interrupt_that_a_function_raises_ends_the_run_whoever_calls_it(store: Instance, executor: str) -> None:
    @asset
    def first() -> None:
        raise KeyboardInterrupt

    @asset(deps=[first])
    def second() -> None: ...

    with pytest.raises(RunInterrupted) as caught:
        materialize([first, second], instance=store, progress=False, executor=executor)
    assert caught.value.result.status == "canceled"
    assert not store.pieces("first").states


FORKING = """
import os
from notebook_assets import Instance, asset, materialize

@asset
def one():
    return os.getpid()

def made():
    with Instance.ephemeral() as store:
        result = materialize([one], instance=store, progress=False, executor="processes", max_workers=1)
        return store.load("one") if result.success else None

first = made()
child = os.fork()
if child == 0:
    os._exit(0 if made() != first else 1)
print(os.waitpid(child, 0)[1], made() == first)
"""


def test_a_forked_child_starts_workers_of_its_own(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(FORKING)
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert found.stdout.split() == ["0", "True"], found.stderr


@pytest.mark.parametrize("change", ["sys.stdout.close()", "sys.stdout = None"])
def test_a_worker_whose_streams_were_changed_is_not_used_again(store: Instance, make: Any, change: str) -> None:
    @asset
    def changing() -> int:
        exec(change, {"sys": sys})
        return 1

    @asset
    def printing() -> int:
        print("3 rows")
        return 1

    assert make(changing, executor="processes", max_workers=1).success
    assert make(printing, executor="processes", max_workers=1).success
    assert store.step_output("printing") == "3 rows\n"


@pytest.mark.parametrize("executor", ["in_process", "processes"])
def test_what_the_notebook_does_not_log_is_not_logged_in_workers(
    store: Instance, make: Any, executor: str, caplog: pytest.LogCaptureFixture
) -> None:
    @asset
    def telling(context: Any) -> None:
        context.log.info("3 rows")
        context.log.error("no rows")

    with caplog.at_level("ERROR", logger="notebook_assets"):
        make(telling, executor=executor, only="all")
    assert "no rows" in store.step_output("telling")
    assert "3 rows" not in store.step_output("telling")
