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
