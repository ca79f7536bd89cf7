"""Kills, many writers, full disks, damage, read-only folders: nothing recorded is lost, and the error is clear."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from notebook_assets.errors import BrokenValueError, NeverMaterializedError, StoreError, StoreNotWritableError
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState
from notebook_assets.store import Instance
from notebook_assets.store.database import Database

Start = Callable[..., "subprocess.Popen[str]"]

WRITER = """
import sys
from notebook_assets.store import Instance
folder, name, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Instance(folder) as instance:
    run = instance.begin_run(selection=name)
    for step in range(steps):
        for partition in (f"{name}-{step}", "shared"):
            value = instance.encode([name, step, "x" * (20_000 if step % 10 == 0 else 5)], "a")
            instance.record_materialization("a", partition, run_id=run, value=value)
    instance.finish_run(run, "success")
"""


def test_processes_write_one_store_at_once(tmp_path: Path, start_python: Start) -> None:
    """They also make it, all at the same moment."""
    steps, names = 40, ["one", "two", "three", "four"]
    started = [start_python(WRITER, tmp_path / "store", name, steps) for name in names]
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with Instance(tmp_path / "store") as instance:
        assert instance.counts()[AssetKey("a")].states == {PieceState.MATERIALIZED: steps * len(names) + 1}
        assert instance.last_event_id() == steps * len(names) * 2
        for name in names:
            for step in range(steps):
                assert instance.load("a", f"{name}-{step}")[:2] == [name, step]
        name, step, _ = instance.load("a", "shared")
        record = instance.latest("a", "shared")
        assert record is not None
        assert (name in names, step) == (True, steps - 1)
        assert [run.status for run in instance.runs()] == ["success"] * len(names)


KILLED = """
import os, signal, sys
from notebook_assets.store import Instance, recording, database
folder, moment = sys.argv[1:]
instance = Instance(folder)
run = instance.begin_run()

def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "before the transaction":
    recording.insert_materialization = die
elif moment == "inside the transaction":
    recording._insert_reads = die
elif moment == "before the commit":
    database.Database._patiently = lambda self, c, s: die() if s == "COMMIT" else c.execute(s)
elif moment == "before the file is whole":
    os.rename = die
    import pathlib
    pathlib.Path.rename = die
instance.record_materialization("a", "p", run_id=run, value=instance.encode("new" * 10_000, "a"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(
    "moment", ["before the file is whole", "before the transaction", "inside the transaction", "before the commit"]
)
def test_a_kill_between_value_and_commit_loses_nothing(
    tmp_path: Path, start_python: Start, instance: Instance, put: Callable[..., int], moment: str
) -> None:
    first = put("a", "p", "old" * 10_000)
    process = start_python(KILLED, instance.folder, moment)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert instance.load("a", "p") == "old" * 10_000
    assert instance.pieces("a").event_ids == [first]
    assert instance.last_event_id() == first
    named = {row["path"] for row in instance.db.query("select path from materializations where path is not null")}
    files = {str(path.relative_to(instance.folder / "values")) for path in (instance.folder / "values").glob("*/*")}
    assert named < files, "what the killed process wrote is litter that no row names"
    put("a", "p", "newer" * 10_000)
    assert instance.load("a", "p") == "newer" * 10_000


RANDOMLY_KILLED = """
import sys
from notebook_assets.store import Instance
instance = Instance(sys.argv[1])
run = instance.begin_run()
step = instance.last_event_id()
print("ready", flush=True)
while True:
    step += 1
    size = 20_000 if step % 3 == 0 else 3
    event = instance.record_materialization("a", str(step), run_id=run, value=instance.encode("x" * size, "a"))
    print(step, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kills_at_random_moments_lose_nothing_that_was_recorded(tmp_path: Path, start_python: Start) -> None:
    for attempt in range(8):
        process = start_python(RANDOMLY_KILLED, tmp_path / "store")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.01 * attempt)
        process.kill()
        told = process.stdout.read().split()
        process.wait()
        with Instance(tmp_path / "store") as instance:
            table = instance.pieces("a")
            done = {name for name in table.partitions if name}
            assert set(told[:-1]) <= done  # the last line may be cut
            for name in list(done)[-50:]:
                assert set(instance.load("a", name)) == {"x"}
            with instance.database.read() as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("harm", ["removed", "cut short", "altered", "emptied"])
def test_a_value_file_that_was_harmed_is_a_clear_error(instance: Instance, put: Callable[..., int], harm: str) -> None:
    put("a", "p", "x" * 20_000)
    (path,) = (instance.folder / "values").rglob("*.txt")
    data = path.read_bytes()
    if harm == "removed":
        path.unlink()
    else:
        path.write_bytes({"cut short": data[:-1], "altered": b"y" + data[1:], "emptied": b""}[harm])
    with pytest.raises(BrokenValueError, match=r"value of a\[p\].*[Mm]aterialize it again"):
        instance.load("a", "p")
    put("a", "p", "x" * 20_000)
    assert instance.load("a", "p") == "x" * 20_000


def test_a_row_that_names_a_path_outside_is_refused(instance: Instance, put: Callable[..., int]) -> None:
    put("a", "p", "x" * 20_000)
    secret = instance.folder.parent / "secret.txt"
    secret.write_text("not for you")
    for path in ("../../secret.txt", str(secret), "a/../../../secret.txt", "a\\..\\secret.txt"):
        with instance.database.write() as connection:
            connection.execute("UPDATE materializations SET path = ?", (path,))
        with pytest.raises(BrokenValueError, match="which no store writes"):
            instance.load("a", "p")
    instance.wipe("a")
    assert secret.exists()


def test_a_lost_database_is_told_and_its_values_are_left(instance: Instance, put: Callable[..., int]) -> None:
    put("a", "p", "x" * 20_000)
    instance.close()
    (instance.folder / "store.db").unlink()
    with pytest.warns(UserWarning, match=r"1 value files but no store\.db"), Instance(instance.folder) as again:
        assert again.asset_descriptions() == {}
    assert len(list((instance.folder / "values").rglob("*.txt"))) == 1


def read_all(folder: Path) -> None:
    with Instance(folder) as instance:
        instance.pieces("a")
        for step in range(200):
            instance.load("a", f"{step}")


@pytest.mark.parametrize("damage", ["overwritten", "cut in half"])
def test_a_damaged_database_is_a_clear_error_and_left_as_it_is(
    instance: Instance, put: Callable[..., int], damage: str
) -> None:
    for step in range(200):
        put("a", f"{step}", step)
    instance.close()
    path = instance.folder / "store.db"
    data = path.read_bytes()
    path.write_bytes(b"garbage " * 1000 if damage == "overwritten" else data[: len(data) // 2])
    harmed = path.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged or no SQLite file.*copy"):
        read_all(instance.folder)
    assert path.read_bytes() == harmed


def test_a_store_removed_under_an_open_instance_is_noticed(instance: Instance, tmp_path: Path) -> None:
    instance.folder.rename(tmp_path / "moved")
    with pytest.raises(StoreError, match="deleted or replaced after it was opened"):
        instance.begin_run()


def test_get_opens_a_store_anew_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = Instance.get()
    first.begin_run()
    (tmp_path / ".notebook_assets").rename(tmp_path / "moved")
    with Instance.get() as second:
        second.begin_run()
        assert len(second.runs()) == 1


def test_a_lock_that_does_not_go_is_a_clear_error(instance: Instance) -> None:
    with closing(sqlite3.connect(instance.folder / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        impatient = Database(instance.folder / "store.db", lock_wait=0.1)
        with pytest.raises(StoreError, match=r"locked by another process for 0\.1 s"), impatient.write():
            pass
        other.execute("ROLLBACK")
        with impatient.write() as connection:
            connection.execute("SELECT 1")
        impatient.close()


def test_a_full_disk_keeps_what_was_recorded(instance: Instance, put: Callable[..., int]) -> None:
    put("a", "p", 1)
    with instance.database.read() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match=r"disk of the store .* is full"):
        [put("a", f"{step}", "x" * 10_000) for step in range(100)]
    assert instance.load("a", "p") == 1
    with instance.database.read() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    put("a", "p", 2)
    assert instance.load("a", "p") == 2


def test_a_disk_that_fills_while_a_value_is_written_leaves_no_file(
    instance: Instance, put: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a", "p", "x" * 20_000)

    def full(self: Path, target: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", full)
        with pytest.raises(StoreNotWritableError, match="No space left"):
            put("a", "p", "y" * 20_000)
    assert len(list((instance.folder / "values").glob("*/*"))) == 1
    assert instance.load("a", "p") == "x" * 20_000


def test_a_transaction_that_fails_takes_its_value_file_along(instance: Instance, put: Callable[..., int]) -> None:
    with instance.database.write() as connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON pieces BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with pytest.raises(StoreError, match="not today"):
        put("a", "p", "x" * 20_000)
    assert not list((instance.folder / "values").glob("*/*"))
    with pytest.raises(NeverMaterializedError):
        instance.load("a")


def test_a_values_folder_that_a_file_blocks_is_a_clear_error(instance: Instance, put: Callable[..., int]) -> None:
    (instance.folder / "values").rmdir()
    (instance.folder / "values").write_text("a file")
    with pytest.raises(StoreNotWritableError, match="can't be written"):
        put("a", "p", "x" * 20_000)
    assert len(instance.pieces("a")) == 0


@pytest.mark.parametrize("mode", ["ro", "immutable"])
def test_a_store_that_can_not_be_written_can_be_read(
    instance: Instance, put: Callable[..., int], monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Tests may run as root, whom permissions don't stop: the database is opened as SQLite would open it then."""
    put("a", "p", 1)
    instance.close()
    connect = Database._connect

    def restricted(self: Database, wanted: str) -> sqlite3.Connection:
        if wanted == "rwc" and mode == "immutable":
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return connect(self, "ro" if wanted == "rwc" else wanted)

    monkeypatch.setattr(Database, "_connect", restricted)
    with Instance(instance.folder) as readable:
        assert readable.load("a", "p") == 1
        assert readable.loader().load_asset_value("a", partition_key="p") == 1
        with pytest.raises(StoreNotWritableError, match=r"can't be written.*readonly"):
            readable.begin_run()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_gets_a_connection_of_its_own(instance: Instance, run_id: str, put: Callable[..., int]) -> None:
    put("a", "before", 1)
    child = os.fork()
    if child == 0:
        try:
            put("a", "child", instance.load("a", "before") + 1)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    put("a", "parent", 3)
    assert [instance.load("a", name) for name in ("before", "child", "parent")] == [1, 2, 3]


def interrupted(instance: Instance) -> None:
    with instance.database.write() as connection:
        connection.execute("DELETE FROM pieces")
        raise KeyboardInterrupt


def test_an_interrupt_inside_a_transaction_undoes_it(instance: Instance, put: Callable[..., int]) -> None:
    put("a", "p", 1)
    with pytest.raises(KeyboardInterrupt):
        interrupted(instance)
    assert instance.load("a", "p") == 1


def test_a_clock_that_jumps_back_does_not_change_what_is_latest(
    instance: Instance, put: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a", "p", "first")
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    put("a", "p", "second")
    assert instance.load("a", "p") == "second"
    assert instance.pieces("a").times == [1_000.0]
