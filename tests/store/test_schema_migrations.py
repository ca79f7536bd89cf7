"""The schema is brought to its newest version, all or nothing, and never from the future."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from notebook_assets.errors import StoreError, StoreVersionError
from notebook_assets.store import Instance
from notebook_assets.store.database import Database
from notebook_assets.store.migrate import Migration, all_migrations, schema_version

NEXT = Migration(
    all_migrations()[-1].version + 1,
    "ALTER TABLE runs ADD COLUMN note TEXT;\n"
    "CREATE TRIGGER noted AFTER UPDATE ON runs BEGIN SELECT 1; SELECT 2; END;\n",
)


def test_versions_are_numbered_from_one_without_gaps() -> None:
    assert [migration.version for migration in all_migrations()] == list(range(1, len(all_migrations()) + 1))


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Instance(tmp_path).close()
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreVersionError, match=r"schema version 99.*upgrade the package"):
        Instance(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_an_older_store_is_copied_and_then_migrated(tmp_path: Path, journal: str) -> None:
    with Instance(tmp_path) as instance:
        run = instance.begin_run()
        instance.record_materialization("a", run_id=run, value=instance.encode(1, "a"))
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
    newer = Database(tmp_path / "store.db", migrations=(*all_migrations(), NEXT))
    with newer.read() as connection:
        assert schema_version(connection) == NEXT.version
        assert connection.execute("SELECT note FROM runs").fetchall() == [(None,)]
    newer.close()
    with closing(sqlite3.connect(tmp_path / f"store.db.version-{NEXT.version - 1}")) as copy:
        assert schema_version(copy) == NEXT.version - 1
        assert copy.execute("SELECT count(*) FROM materializations").fetchone() == (1,)


OLD_ROWS = (
    "INSERT INTO assets (id, key) VALUES (1, 'a'), (2, 'b')",
    "INSERT INTO runs (number, id, status, selection, planned, started_at) VALUES (1, 'r', 'success', 'a', 3, 10.0)",
    "INSERT INTO materializations (id, asset_id, partition, kind, run, time, duration, metadata) "
    "VALUES (1, 1, '', 'materialization', 1, 11.0, 0.5, '{}'), (7, 2, 'x', 'empty', 1, 12.0, 0.25, '{}')",
    "UPDATE sqlite_sequence SET seq = 40 WHERE name = 'materializations'",  # the later ones were wiped
    "INSERT INTO failures (asset_id, partition, kind, run, time, duration, message) "
    "VALUES (2, 'y', 'failed', 1, 13.0, 0.1, 'no')",
    "INSERT INTO pieces (asset_id, partition, state, kind, event_id, value_event_id, run, time) "
    "VALUES (1, '', 'materialized', 'materialization', 1, 1, 1, 11.0), (2, 'x', 'empty', 'empty', 7, 0, 1, 12.0)",
    "INSERT INTO pieces (asset_id, partition, state, failure_id, run, time) VALUES (2, 'y', 'failed', 1, 1, 13.0)",
)
OLD_CHECK = (
    "INSERT INTO check_results (id, asset_id, partition, name, run, time, passed, severity, blocking) "
    "VALUES (3, 1, '', 'rows', 1, 11.5, 1, 'ERROR', 0)"
)


@pytest.mark.parametrize("version", range(1, len(all_migrations())))
def test_a_store_of_every_earlier_version_keeps_all_that_it_knew(tmp_path: Path, version: int) -> None:
    old = Database(tmp_path / "store.db", migrations=all_migrations()[:version])
    with old.write() as connection:
        for statement in (*OLD_ROWS, *([OLD_CHECK] if version >= 3 else [])):
            connection.execute(statement)
    old.close()
    with Instance(tmp_path) as instance:
        table = instance.pieces("b")
        assert (table.partitions, table.event_ids, table.run_ids) == (["x", "y"], [7, 0], ["r", "r"])
        made = instance.latest("a")
        assert made is not None
        assert (made.event_id, made.run_id, made.time, made.duration, made.description) == (1, "r", 11.0, 0.5, None)
        assert [check.result_id for check in instance.latest_checks("a")] == [3] * (version >= 3)
        [run] = instance.runs()
        assert (run.run_id, run.status, run.parent) == ("r", "success", None)
        assert instance.last_event_id() == 40
        assert instance.record_materialization("a", run_id=instance.begin_run()) == 41
        assert instance.db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert instance.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert instance.db["run_summary"].count == 2
    with closing(sqlite3.connect(tmp_path / f"store.db.version-{version}")) as copy:
        assert schema_version(copy) == version
        assert copy.execute("SELECT count(*) FROM materializations").fetchone() == (2,)


def test_a_migrated_store_has_the_schema_of_a_new_one(tmp_path: Path) -> None:
    for name, versions in (("old", all_migrations()[:1]), ("new", all_migrations())):
        (tmp_path / name).mkdir()
        Database(tmp_path / name / "store.db", migrations=versions).close()
    with Instance(tmp_path / "old") as old, Instance(tmp_path / "new") as new:
        query = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        assert old.db.execute(query).fetchall() == new.db.execute(query).fetchall()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    Instance(tmp_path).close()
    broken = Migration(NEXT.version, "ALTER TABLE runs ADD COLUMN note TEXT;\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(StoreError, match="nowhere"):
        Database(tmp_path / "store.db", migrations=(*all_migrations(), broken))
    with Instance(tmp_path) as instance:
        assert "note" not in instance.db["runs"].columns_dict


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="something else"):
        Instance(tmp_path)


def test_the_explorable_database_can_not_be_written(tmp_path: Path) -> None:
    with Instance(tmp_path) as instance:
        assert {"latest", "durations", "failed_pieces"} <= set(instance.db.view_names())
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            instance.db.execute("DELETE FROM runs")
