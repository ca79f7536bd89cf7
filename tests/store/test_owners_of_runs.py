"""Whether a run's process lives: told by its number, by its lock, by the machine's start, or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from notebook_assets import Definitions, StaticPartitionsDefinition, asset, partition_status, resume
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.store import Instance
from notebook_assets.store.run_locks import LOCK_NAME, RunLocks
from notebook_assets.store.run_owners import PLACE_TAG, here

DAYS = StaticPartitionsDefinition(["mon", "tue"])
CHILD = """
import sys, time
from notebook_assets import Instance
instance = Instance(sys.argv[1])
instance.begin_run(run_id="of the child")
print("ready", flush=True)
time.sleep(60)
"""


@asset(partitions_def=DAYS)
def daily(context: object) -> int:
    return 1


def alter(instance: Instance, run: str, *, place: dict[int, str] | None = None, **columns: object) -> None:
    """Change what the store says of a run's process: parts of its place by their number, and columns."""
    with instance.database.write() as connection:
        if place is not None:
            (text,) = connection.execute("SELECT tags FROM runs WHERE id = ?", (run,)).fetchone()
            tags = json.loads(text)
            parts = json.loads(tags[PLACE_TAG])
            for number, part in place.items():
                parts[number] = part
            columns["tags"] = json.dumps({**tags, PLACE_TAG: json.dumps(parts)})
        for name, value in columns.items():
            connection.execute(f"UPDATE runs SET {name} = ? WHERE id = ?", (value, run))


def of_a_child(folder: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


@pytest.mark.parametrize("host", ["another-container", None])
def test_the_run_of_another_container_on_this_kernel_lives_as_long_as_it_holds_its_lock(
    instance: Instance, host: str | None
) -> None:
    child = of_a_child(instance.folder)
    other = {"host": host} if host else {}  # of a fixed name, both have the same
    alter(instance, "of the child", place={1: "pid:[1]"}, pid=99_999_999, **other)
    assert instance.close_dead_runs() == []
    assert instance.runs_out_of_sight() == {}
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert instance.close_dead_runs() == ["of the child"]


def test_a_lock_in_a_file_that_was_made_anew_tells_nothing(instance: Instance) -> None:
    run = instance.begin_run()
    alter(instance, run, place={1: "pid:[1]", 3: "0"})
    assert instance.close_dead_runs() == []
    assert list(instance.runs_out_of_sight()) == [run]


@pytest.mark.parametrize(
    ("place", "columns", "closed"),
    [
        ({0: "an earlier boot"}, {}, True),
        ({0: "an earlier boot"}, {"host": "another"}, False),
        ({0: "an earlier boot", 2: "another machine"}, {}, False),
        ({0: "an earlier boot", 1: "pid:[1]"}, {}, False),
        ({0: "", 1: "", 2: ""}, {"pid": 99_999_999}, True),  # as of a version that kept no place
        ({0: "", 1: "", 2: ""}, {"pid": 99_999_999, "host": "another"}, False),
    ],
)
def test_a_run_from_before_the_machine_was_started_anew_is_over(
    instance: Instance,
    monkeypatch: pytest.MonkeyPatch,
    place: dict[int, str],
    columns: dict[str, object],
    closed: bool,
) -> None:
    at = type(here())("now", "pid:[4026531836]", "this machine")
    monkeypatch.setattr("notebook_assets.store.run_owners.here", lambda: at)
    run = instance.begin_run()
    alter(instance, run, place=place, **columns)
    assert instance.close_dead_runs() == ([run] if closed else [])
    assert (run in instance.runs_out_of_sight()) is not closed


def test_runs_of_a_machine_that_is_known_to_be_off_are_closed_by_its_name(instance: Instance) -> None:
    definitions = Definitions([daily])
    targets = [("daily", DAYS.subset_with_all_partitions().serialize())]
    gone, other, mine = (instance.begin_run(selection="daily", targets=targets) for _ in range(3))
    alter(instance, gone, host="old-container", place={0: "x"})
    alter(instance, other, host="other-container", place={0: "x"})
    assert instance.close_dead_runs() == []
    with pytest.raises(InvalidInvocationError, match=r"can't be seen.*close_dead_runs\(hosts='old-container'\)"):
        resume(gone, instance=instance, definitions=definitions, progress=False)
    with pytest.raises(InvalidInvocationError, match=r"goes on still\.$"):
        resume(mine, instance=instance, definitions=definitions, progress=False)
    own = instance.run(mine)
    assert own is not None
    assert own.host is not None
    assert instance.close_dead_runs(hosts=["old-container", own.host]) == [gone]  # not one that is seen to live
    assert instance.close_dead_runs(hosts="other-container") == [other]
    instance.finish_run(mine, "canceled")
    assert "running" not in set(partition_status([daily], instance=instance, definitions=definitions)["state"])
    assert resume(gone, instance=instance, definitions=definitions, progress=False).success


def test_files_of_a_run_that_was_closed_by_hand_are_swept(instance: Instance) -> None:
    run = instance.begin_run()
    alter(instance, run, host="old-container", started_at=1000.0, place={0: "x"})
    left = instance.folder / "values" / "daily" / "~.0af3.txt"
    left.parent.mkdir(parents=True)
    left.write_text("x")
    os.utime(left, (2000, 2000))
    assert len(instance.sweep().young) == 1
    instance.close_dead_runs(hosts="old-container")
    assert len(instance.sweep().files) == 1


def test_where_a_run_is_does_not_show_in_its_tags(instance: Instance) -> None:
    run = instance.run(instance.begin_run(tags={"owner": "ann"}))
    assert run is not None
    assert run.tags == {"owner": "ann"}


def test_locks_go_with_the_end_of_the_run_the_store_and_the_object(tmp_path: Path) -> None:
    def looked_at(number: int) -> str:  # from outside: to a process its own locks are free
        script = (
            "import sys; from pathlib import Path; from notebook_assets.store.run_locks import RunLocks; "
            "print(RunLocks(Path(sys.argv[1])).is_held(int(sys.argv[2]), sys.argv[3]))"
        )
        arguments = [sys.executable, "-c", script, str(tmp_path), str(number), file]
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip()

    first, second = RunLocks(tmp_path), RunLocks(tmp_path)
    file = first.hold(1)
    second.hold(2)
    assert file == str((tmp_path / LOCK_NAME).stat().st_ino)
    assert (looked_at(1), looked_at(2), looked_at(3)) == ("True", "True", "False")
    second.release(1)  # not its own
    second.close()
    assert (looked_at(1), looked_at(2)) == ("True", "False")
    first.release(1)
    assert looked_at(1) == "False"
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        RunLocks(tmp_path / str(number)).hold(1)  # there is no such folder
        RunLocks(tmp_path).is_held(number, file)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_fork_that_ends_unlocks_nothing_of_its_parent(instance: Instance) -> None:
    run = instance.begin_run()
    child = os.fork()
    if child == 0:
        os._exit(0 if len(instance.runs()) == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    alter(instance, run, place={1: "pid:[1]"}, host="another")
    with Instance(instance.folder) as beside:
        assert beside.close_dead_runs() == []
        assert beside.runs_out_of_sight() == {}
