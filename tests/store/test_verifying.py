"""Verify finds what is broken, and nothing else; sweep removes what kills left, and nothing else."""

from __future__ import annotations

import os
import pickle
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from notebook_assets.errors import StoreNotWritableError
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance, litter, whole_values
from notebook_assets.store.database import Database

Put = Callable[..., int]
OLD = 3_600


def aged(path: Path, seconds: float = OLD) -> Path:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def filled(instance: Instance, put: Put, run_id: str) -> Instance:
    """Some of everything, twice, and the run is over."""
    for size in (1, 20_000):
        put("text", f"{size}", "x" * size)
        put("bytes", f"{size}", b"x" * size)
        put("json", f"{size}", [1] * size)
        put("pickle", f"{size}", {1} | set(range(size)))
    put("text", "1", "again")
    instance.record_empty("text", "none", run_id=run_id)
    instance.record_failure("text", "1", run_id=run_id, error_type="E", message="no")
    instance.record_failure("text", "never", run_id=run_id, error_type="E", message="no")
    instance.finish_run(run_id, "success")
    return instance


@pytest.mark.parametrize("deep", [True, False])
def test_a_store_that_is_whole_is_well(filled: Instance, deep: bool) -> None:
    report = filled.verify(deep=deep)
    assert report.ok
    assert report.problems == ()
    assert report.values == 9
    assert report.bytes == filled.sizes().bytes
    assert (report.untrusted, report.litter.files, report.unfinished_runs) == (0, (), ())
    assert "All is well." in repr(report)
    assert "All is well." in report._repr_html_()


def test_an_empty_store_is_well(instance: Instance) -> None:
    assert instance.verify().ok


@pytest.mark.parametrize(
    ("harm", "deep_only"),
    [("removed", False), ("cut short", False), ("emptied", False), ("altered", True), ("longer", False)],
)
@pytest.mark.parametrize("older", [True, False])
def test_a_value_file_that_was_harmed_is_found(
    instance: Instance, put: Put, harm: str, deep_only: bool, older: bool
) -> None:
    event = put("a", "p", "x" * 20_000)
    (path,) = (instance.folder / "values").rglob("*.txt")
    data = path.read_bytes()
    if older:
        put("a", "p", "y")
    if harm == "removed":
        path.unlink()
    else:
        path.write_bytes(
            {"cut short": data[:-1], "altered": b"y" + data[1:], "emptied": b"", "longer": data + b"x"}[harm]
        )
    for deep in (True, False):
        report = instance.verify(deep=deep)
        assert report.ok == (deep_only and not deep)
        for problem in report.problems:
            assert (problem.key, problem.partition, problem.event_id) == (AssetKey("a"), "p", event)
            assert "a[p]" in problem.what
    assert "1 thing is wrong." in repr(instance.verify())


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM value_blobs",
        "UPDATE value_blobs SET data = x'00'",
        "UPDATE value_blobs SET data = 'y'",
        "UPDATE materializations SET digest = 'other'",
        "UPDATE materializations SET size = 7",
        "UPDATE materializations SET format = 'martian'",
        "UPDATE materializations SET path = '../../etc/passwd'",
        "UPDATE materializations SET partition = 'other'",
        "UPDATE materializations SET kind = 'empty'",
        "DELETE FROM pieces",
        "UPDATE pieces SET event_id = 99",
        "UPDATE pieces SET event_id = 0",
        "UPDATE pieces SET value_event_id = 99",
        "UPDATE pieces SET failure_id = 99",
        "UPDATE pieces SET state = 'failed'",
        "UPDATE materializations SET format = NULL",
        "UPDATE materializations SET run = 99",
        "INSERT INTO value_blobs VALUES (99, x'00')",
        "INSERT INTO input_reads VALUES (99, 1, '', 0, '')",
        "DELETE FROM runs",
    ],
)
def test_a_row_that_was_harmed_is_found(instance: Instance, put: Put, harm: str) -> None:
    put("a", "p", "x")
    assert instance.verify().ok
    with instance.database.write() as connection:
        connection.execute(harm)
    report = instance.verify()
    assert not report.ok
    assert "wrong" in repr(report)


def test_two_events_that_name_one_file_are_found(instance: Instance, put: Put) -> None:
    put("a", "p", "x" * 20_000)
    put("a", "q", "x" * 20_000)
    with instance.database.write() as connection:
        connection.execute("UPDATE materializations SET path = (SELECT min(path) FROM materializations)")
    assert any("Two events name one" in problem.what for problem in instance.verify().problems)


def test_bytes_that_are_whole_and_can_not_be_read_are_found(instance: Instance, put: Put) -> None:
    """What wrote them was wrong already: the digest is right, the format is not."""
    put("a", "p", b"no parquet")
    with instance.database.write() as connection:
        digest = whole_values.digest_of("parquet", b"no parquet")
        connection.execute("UPDATE materializations SET format = 'parquet', digest = ?", (digest,))
    (problem,) = instance.verify().problems
    assert "can't be read as parquet" in problem.what
    assert instance.verify(deep=False).ok


class Trap:
    """Runs code where it is opened."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["TRAP"],)


def test_a_pickle_of_someone_else_is_counted_and_never_opened(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRAP", str(tmp_path / "opened"))
    put("a", "p", {1, 2})
    data = pickle.dumps(Trap())
    with instance.database.write() as connection:
        connection.execute("UPDATE value_blobs SET data = ?", (data,))
        changes = "digest = ?, size = ?, signature = ?"
        digest = whole_values.digest_of("pickle", data)
        connection.execute(f"UPDATE materializations SET {changes}", (digest, len(data), b"0" * 32))
    report = instance.verify()
    assert report.ok
    assert report.untrusted == 1
    assert "not signed by you" in repr(report)
    assert not (tmp_path / "opened").exists()


def test_only_chosen_assets_are_looked_at(instance: Instance, put: Put) -> None:
    put("a", None, "x")
    put("b", None, "y")
    with instance.database.write() as connection:
        connection.execute("DELETE FROM value_blobs WHERE materialization_id = 1")
    assert not instance.verify("a").ok
    assert instance.verify(["b"]).ok
    assert instance.verify(AssetKey("b")).values == 1


def test_a_value_that_is_wiped_while_verify_looks_is_no_problem(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a", "p", "x" * 20_000)
    put("a", "q", "x" * 20_000)
    check, wiped = whole_values._check_contents, []

    def wipe_before(row: object, *arguments: object) -> bool:
        if not wiped:
            wiped.append(instance.wipe("a"))
        return check(row, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(whole_values, "_check_contents", wipe_before)
    assert instance.verify().ok


def test_a_page_of_the_database_that_was_harmed_is_found(instance: Instance, put: Put) -> None:
    for number in range(300):
        put("a", f"{number:04}", "x" * 2_000)
    folder = instance.folder
    instance.close()
    path = folder / "store.db"
    with path.open("r+b") as file:
        pages = path.stat().st_size // 4096
        for page in range(pages - 50, pages):
            file.seek(page * 4096)
            file.write(b"\xff" * 200)
    with Instance(folder) as harmed:
        report = harmed.verify()
        assert not report.ok
        assert "damaged" in report.problems[0].what
        assert "damaged" in repr(report)
        assert "Instance.recover(folder)" in repr(report)


def test_runs_that_are_not_over_are_told_and_are_no_damage(filled: Instance) -> None:
    run = filled.begin_run()
    report = filled.verify()
    assert report.ok
    assert report.unfinished_runs == (run,)
    assert "1 run not over" in repr(report)


def test_litter_of_kills_is_counted_and_swept(filled: Instance) -> None:
    folder = filled.folder / "values" / "text"
    whole = folder / "p.0123456789abcdef.txt"
    whole.write_bytes(b"whole")
    half = folder / "p.1123456789abcdef.txt.part"
    half.write_bytes(b"ha")
    before = {path for path in (filled.folder / "values").rglob("*") if path.is_file()}
    for path in (whole, half):
        aged(path)
    report = filled.verify()
    assert report.ok
    assert {file.path for file in report.litter.files} == {f"text/{path.name}" for path in (whole, half)}
    assert report.litter.bytes == 7
    swept = filled.sweep()
    assert swept.bytes == 7
    assert "Swept away 2 files of litter, 7 B." in repr(swept)
    after = {path for path in (filled.folder / "values").rglob("*") if path.is_file()}
    assert before - after == {whole, half}
    assert filled.sweep().files == ()
    assert filled.verify().ok


def test_what_is_younger_than_a_minute_is_left_alone(filled: Instance) -> None:
    path = filled.folder / "values" / "text" / "p.0123456789abcdef.txt"
    path.write_bytes(b"just written")
    for age, goes in ((0, False), (litter.YOUNG / 2, False), (-OLD, False), (litter.YOUNG + 5, True)):
        aged(path, age)
        assert len(filled.verify().litter.files) == goes
        assert len(filled.sweep().files) == goes
        assert path.exists() != goes


def test_what_a_run_that_is_not_over_may_have_written_is_left_alone(filled: Instance) -> None:
    path = filled.folder / "values" / "text" / "p.0123456789abcdef.txt"
    path.write_bytes(b"of a step that takes its time")
    aged(path, OLD)
    run = filled.begin_run()
    with filled.database.write() as connection:
        connection.execute("UPDATE runs SET started_at = ? WHERE id = ?", (time.time() - 2 * OLD, run))
    assert filled.sweep().files == ()
    assert len(filled.sweep().young) == 1
    assert "may belong to a run that is not over" in repr(filled.sweep())
    filled.finish_run(run, "success")
    assert len(filled.sweep().files) == 1
    assert not path.exists()


def test_the_run_of_a_dead_process_keeps_no_litter(filled: Instance) -> None:
    path = filled.folder / "values" / "text" / "p.0123456789abcdef.txt"
    path.write_bytes(b"of a process that was killed")
    aged(path, OLD)
    child = os.fork()
    if child == 0:
        try:
            filled.begin_run()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    with filled.database.write() as connection:
        connection.execute("UPDATE runs SET started_at = 0 WHERE status = 'running'")
    assert len(filled.sweep().files) == 1


def test_what_no_store_writes_is_never_swept(filled: Instance, tmp_path: Path) -> None:
    values = filled.folder / "values"
    strangers = [values / "notes.txt", values / "text" / "mine.csv", values / "text" / "p.xyz.txt"]
    for path in strangers:
        path.write_text("not of the store")
    (values / "text" / "deeper").mkdir()
    (values / "text" / "deeper" / "p.0123456789abcdef.txt").write_text("not of the store")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "p.0123456789abcdef.txt").write_text("not of the store")
    (values / "linked").symlink_to(outside, target_is_directory=True)
    for path in (*strangers, outside / "p.0123456789abcdef.txt"):
        aged(path)
    swept = filled.sweep()
    assert swept.files == ()
    assert set(swept.strangers) == {"notes.txt", "text/mine.csv", "text/p.xyz.txt", "text/deeper", "linked"}
    assert all(path.exists() for path in strangers)
    assert (outside / "p.0123456789abcdef.txt").exists()
    assert filled.verify().ok


def test_a_store_that_can_not_be_written_is_verified_and_measured(
    filled: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests may run as root, whom permissions don't stop: the database is opened as SQLite would open it then."""
    filled.close()
    connect = Database._connect
    monkeypatch.setattr(Database, "_connect", lambda self, wanted: connect(self, "ro" if wanted == "rwc" else wanted))
    with Instance(filled.folder) as readable:
        assert readable.verify().ok
        assert readable.sizes().bytes == readable.verify().bytes
        assert readable.prune(dry_run=True).versions == 1
        with pytest.raises(StoreNotWritableError):
            readable.prune()


def test_verify_changes_nothing(filled: Instance) -> None:
    def state() -> tuple[list[str], set[Path]]:
        with sqlite3.connect(filled.folder / "store.db") as connection:
            dump = list(connection.iterdump())
        connection.close()
        return dump, set(filled.folder.rglob("*.*"))

    before = state()
    filled.verify()
    assert state() == before
