"""A store that was deleted, replaced, emptied or left with a journal: nothing is told from what is not there."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from notebook_assets.errors import StoreError, StoreNotWritableError
from notebook_assets.store import Instance, journal
from notebook_assets.store.database import Database

Put = Callable[..., int]


def replace_by_another(folder: Path, value: str) -> None:
    """Do what ``rm -rf`` and a run in another notebook do."""
    shutil.rmtree(folder)
    with Instance(folder) as other:
        run = other.begin_run()
        other.record_materialization("a", run_id=run, value=other.encode(value, "a"))


def test_reading_a_replaced_store_is_an_error_and_never_an_old_value(instance: Instance, put: Put) -> None:
    put("a", None, "old")
    replace_by_another(instance.folder, "new")
    for read in (
        lambda: instance.load("a"),
        instance.counts,
        instance.asset_descriptions,
        lambda: instance.pieces("a"),
    ):
        with pytest.raises(StoreError, match="deleted or replaced after it was opened"):
            read()


def test_get_reads_the_store_that_is_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = Instance.get().begin_run()
    Instance.get().record_materialization("a", run_id=run, value=Instance.get().encode("old", "a"))
    replace_by_another(tmp_path / ".notebook_assets", "new")
    with Instance.get() as found:
        assert found.load("a") == "new"
    with Instance.get() as again:  # that was closed by the line before
        assert again.load("a") == "new"


def test_a_run_whose_store_was_deleted_meanwhile_does_not_end_well(instance: Instance, put: Put, run_id: str) -> None:
    put("a", None, 1)
    shutil.rmtree(instance.folder)
    with pytest.raises(StoreError, match="deleted or replaced"):
        instance.finish_run(run_id, "success")
    with pytest.raises(StoreError, match="deleted or replaced"):
        put("a", None, 2)


def test_an_empty_database_file_beside_values_is_told(instance: Instance, put: Put) -> None:
    put("a", None, "x" * 20_000)
    instance.close()
    (instance.folder / "store.db").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"1 value files but no store\.db, or an empty one"):
        Instance(instance.folder).close()


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open databases as SQLite would in a folder that can't be written; root is not stopped by permissions."""
    connect = Database._connect

    def restricted(self: Database, wanted: str) -> sqlite3.Connection:
        is_copy = self._read_from != self.path
        if wanted == "rwc" or (wanted == "ro" and not is_copy):
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return connect(self, wanted)

    monkeypatch.setattr(Database, "_connect", restricted)


def test_what_is_in_a_log_that_was_left_is_read(
    instance: Instance, put: Put, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The newest writes are in ``store.db-wal`` alone, and the folder can't be written."""
    put("a", None, "old")
    with instance.database.read() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    put("a", None, "new")
    left = tmp_path / "left"
    left.mkdir()
    for name in ("store.db", "store.db-wal"):
        shutil.copyfile(instance.folder / name, left / name)
    request.getfixturevalue("read_only")
    with Instance(left) as readable:
        assert readable.load("a") == "new"
        assert [row["state"] for row in readable.db.query("select state from latest")] == ["materialized"]
        copy = readable.database._read_from
        with pytest.raises(StoreNotWritableError):
            readable.begin_run()
        assert copy.exists()
    assert not copy.parent.exists()
    assert sorted(path.name for path in left.iterdir()) == ["store.db", "store.db-wal"]


@pytest.mark.parametrize(("ending", "size", "left"), [("-wal", 0, False), ("-wal", 9, True), ("-journal", 9, True)])
def test_a_journal_counts_when_something_is_in_it(tmp_path: Path, ending: str, size: int, left: bool) -> None:
    assert not journal.journal_is_left(tmp_path / "store.db")
    (tmp_path / f"store.db{ending}").write_bytes(b"x" * size)
    assert journal.journal_is_left(tmp_path / "store.db") is left


def blocked(folder: Path) -> sqlite3.Connection:
    other = sqlite3.connect(folder / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_run_whose_end_could_not_be_written_is_closed_by_the_next_write(instance: Instance, run_id: str) -> None:
    instance.database.lock_wait = 0.05
    with closing(blocked(instance.folder)), pytest.raises(StoreError, match="locked by another process"):
        instance.finish_run(run_id, "failed")
    assert [run.status for run in instance.runs()] == ["running"]
    instance.begin_run()
    assert [run.status for run in instance.runs()] == ["running", "failed"]
    assert instance.runs()[1].finished_at is not None


def test_a_run_whose_end_could_not_be_written_is_closed_with_the_store(instance: Instance, run_id: str) -> None:
    instance.database.lock_wait = 0.05
    with closing(blocked(instance.folder)), pytest.raises(StoreError, match="locked by another process"):
        instance.finish_run(run_id, "canceled")
    instance.close()
    with Instance(instance.folder) as again:
        assert [run.status for run in again.runs()] == ["canceled"]
