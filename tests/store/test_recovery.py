"""What can be read of a damaged database is saved into a new one, and the store is whole again."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from notebook_assets.errors import StoreError, StoreVersionError
from notebook_assets.store import Instance
from notebook_assets.store.migrate import Migration, all_migrations, migrate, schema_version
from notebook_assets.store.readable_rows import greatest_row
from notebook_assets.store.recovery_report import RecoveryReport

PAGE = 4096


def filled(folder: Path) -> Path:
    """Make a store of two versions of 100 pieces each, and return the path of its database."""
    with Instance(folder) as instance:
        instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
        for version in range(2):
            run = instance.begin_run(run_id=str(version))
            for number in range(100):
                value = instance.encode([version, number, "x" * (20_000 if number % 10 == 0 else 2000)], "a")
                instance.record_materialization("a", str(number), run_id=run, value=value)
            instance.record_failure("a", "failed", run_id=run, error_type="E", message="no")
            instance.finish_run(run, "success")
    return folder / "store.db"


def pages_of(path: Path, name: str) -> list[int]:
    """Return the numbers of the pages in which the rows of a table are, below its root."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    data = path.read_bytes()
    start = (root - 1) * PAGE
    if data[start] != 5:  # no inner page of a table: all is in the root
        return [root]
    cells = int.from_bytes(data[start + 3 : start + 5], "big")
    at = [int.from_bytes(data[start + 12 + 2 * cell : start + 14 + 2 * cell], "big") for cell in range(cells)]
    return [int.from_bytes(data[start + each : start + each + 4], "big") for each in at]


def pages_of_index(path: Path, name: str) -> list[int]:
    """Return the same of a table without rowids."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    data = path.read_bytes()
    start = (root - 1) * PAGE
    assert data[start] == 2
    cells = int.from_bytes(data[start + 3 : start + 5], "big")
    at = [int.from_bytes(data[start + 12 + 2 * cell : start + 14 + 2 * cell], "big") for cell in range(cells)]
    return [int.from_bytes(data[start + each : start + each + 4], "big") for each in at]


def damage(path: Path, pages: list[int]) -> bytes:
    """Overwrite some pages, and return what the file was before."""
    before = path.read_bytes()
    data = bytearray(before)
    for page in pages:
        data[(page - 1) * PAGE : page * PAGE] = random.Random(page).randbytes(PAGE)
    path.write_bytes(data)
    return before


def test_a_store_that_is_whole_is_left_as_it_is(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = path.read_bytes()
    report = Instance.recover(tmp_path)
    assert (report.is_whole, str(report)) == (True, "The store's database is whole; nothing was changed.")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.glob("store.db.*")] == []


@pytest.mark.parametrize("table", ["materializations", "value_blobs", "pieces", "input_reads", "sqlite_sequence"])
def test_what_is_not_on_the_damaged_page_is_saved_and_the_store_is_whole_again(tmp_path: Path, table: str) -> None:
    path = filled(tmp_path)
    damage(path, pages_of(path, table)[:1])
    harmed = path.read_bytes()
    report = Instance.recover(tmp_path)
    assert report.kept == path.with_name("store.db.damaged-1")
    assert report.kept.read_bytes() == harmed
    assert table in report.unreadable
    with Instance(tmp_path) as instance:
        assert instance.verify().problems == ()
        made = [name for name in instance.pieces("a").partitions if name not in (None, "failed")]
        assert len(made) == 100  # of what was lost, the version before
        assert {instance.load("a", name)[1] for name in made} == set(range(100))
        assert instance.get_dynamic_partitions("episodes") == ["ep1", "ep2"]
        assert instance.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        last = instance.last_event_id()
        again = instance.record_materialization("a", "5", run_id=instance.begin_run(), value=instance.encode(7, "a"))
        assert again > last
        assert instance.load("a", "5") == 7


def test_an_asset_whose_name_is_lost_can_be_named_again(tmp_path: Path) -> None:
    path = filled(tmp_path)
    damage(path, pages_of(path, "assets"))
    assert "assets" in Instance.recover(tmp_path).unreadable
    with Instance(tmp_path) as instance:
        [lost] = instance.get_asset_keys()
        instance.rename(lost, "a")
        assert instance.load("a", "5")[:2] == [1, 5]


@pytest.mark.parametrize("harm", ["all garbage", "empty pages"])
def test_a_file_of_which_nothing_can_be_read_gives_an_empty_store_and_says_so(tmp_path: Path, harm: str) -> None:
    path = filled(tmp_path)
    path.write_bytes(b"garbage " * 1000 if harm == "all garbage" else path.read_bytes()[:PAGE] + bytes(50 * PAGE))
    with pytest.raises(StoreError, match=r"damaged.*Instance\.recover\("):
        Instance(tmp_path).runs()
    report = Instance.recover(tmp_path)
    assert "Saved: nothing" in str(report)
    assert f"{report.values_without_rows} value files belong to no row" in str(report)
    assert report.values_without_rows == 20
    with Instance(tmp_path) as instance:
        assert instance.runs() == []


def test_damaged_databases_are_kept_beside_one_another(tmp_path: Path) -> None:
    path = filled(tmp_path)
    for number in (1, 2):
        path.write_bytes(b"garbage")
        assert Instance.recover(tmp_path).kept == tmp_path / f"store.db.damaged-{number}"


def test_where_there_is_no_database_there_is_nothing_to_recover(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to recover"):
        Instance.recover(tmp_path)


def last_page_of(path: Path, name: str) -> int:
    """Return the number of the page with the last rows of a table."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    start = (root - 1) * PAGE
    return int.from_bytes(path.read_bytes()[start + 8 : start + 12], "big")


def test_all_rows_before_a_last_page_that_is_damaged_are_saved_and_the_loss_is_told(tmp_path: Path) -> None:
    with Instance(tmp_path) as instance:
        instance.record_materialization("a", run_id=instance.begin_run())
        with instance.database.write() as connection:
            connection.executemany(
                "INSERT INTO step_outputs (run, asset_id, partition, time, text) VALUES (1, 1, ?, 0, ?)",
                [(str(number), "x" * 300) for number in range(3000)],
            )
    path = tmp_path / "store.db"
    damage(path, [last_page_of(path, "step_outputs")])
    report = Instance.recover(tmp_path)
    assert 2980 < report.rows["step_outputs"] < 3000
    assert "Some rows of step_outputs could not be read" in str(report)


def test_a_greatest_row_that_only_the_log_has_bounds_the_rows_too(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t (rowid) VALUES (7)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert greatest_row(path) == 7
        connection.execute("INSERT INTO t (rowid) VALUES (3000000)")
        assert greatest_row(path) == 3_000_000


def test_random_bytes_bound_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(random.Random(0).randbytes(500 * PAGE))
    assert greatest_row(path) < 2**40


def test_of_the_pieces_of_an_asset_those_beside_a_damaged_page_are_saved(tmp_path: Path) -> None:
    with Instance(tmp_path) as instance:
        run = instance.begin_run()
        for number in range(300):  # of these nothing else says that they were tried
            instance.record_failure("a", f"{number:03}" * 20, run_id=run, error_type="E", message="no")
    path = tmp_path / "store.db"
    damage(path, pages_of_index(path, "pieces")[2:3])
    report = Instance.recover(tmp_path)
    assert 200 < report.rows["pieces"] < 300
    assert "pieces" in report.unreadable


@pytest.mark.parametrize("version", range(1, len(all_migrations()) + 1))
def test_a_damaged_store_of_an_older_version_is_saved_into_one_of_the_newest(tmp_path: Path, version: int) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, all_migrations()[:version])
        connection.execute(
            "INSERT INTO runs (id, status, selection, planned, started_at) VALUES ('r', 'failed', '', 1, 5)"
        )
        connection.executemany("INSERT INTO assets (key) VALUES (?)", [(f"a{number}",) for number in range(500)])
        connection.executemany(
            "INSERT INTO materializations (asset_id, partition, kind, run, time, duration) "
            "VALUES (?, '', 'materialization', 1, 7, 0)",
            [(number,) for number in range(1, 501)],
        )
    damage(path, pages_of(path, "assets")[:1])
    report = Instance.recover(tmp_path)
    assert (report.rows["materializations"], report.rows["assets"], report.rows["runs"]) == (500, 500, 1)
    assert list(report.unreadable) == ["assets"]
    assert sorted(file.name for file in tmp_path.glob("store.db*")) == ["store.db", "store.db.damaged-1"]
    with closing(sqlite3.connect(path)) as connection:
        assert schema_version(connection) == all_migrations()[-1].version
    with Instance(tmp_path) as instance:
        assert len(instance.get_asset_keys()) == 500
        assert instance.latest("a499") is not None


def test_a_damaged_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = filled(tmp_path)
    newest = all_migrations()[-1].version
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, [*all_migrations(), Migration(newest + 1, "CREATE TABLE future (x);")])
    damage(path, pages_of(path, "materializations")[:1])
    before = path.read_bytes()
    with pytest.raises(StoreVersionError, match="newer version"):
        Instance.recover(tmp_path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.glob("store.db.*")] == [f"store.db.version-{newest}"]


def test_a_report_shows_what_was_saved_of_each_table_in_a_notebook() -> None:
    report = RecoveryReport({"runs": 3, "assets": 0}, {"assets": "<malformed>"}, Path("store.db.damaged-1"), 2)
    assert "Saved: 3 runs. Some rows of assets could not be read. 2 value files" in repr(report)
    html = report._repr_html_()
    assert "&lt;malformed&gt;" in html
    assert "<malformed>" not in html
    assert repr(RecoveryReport()) == str(RecoveryReport()) == "The store's database is whole; nothing was changed."
