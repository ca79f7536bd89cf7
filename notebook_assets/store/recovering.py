"""Saving what can be read of a damaged store.db into a new one; the damaged one is kept beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from notebook_assets.errors import StoreError
from notebook_assets.store.folder import DATABASE_NAME, VALUES_NAME
from notebook_assets.store.migrate import all_migrations, check_version, migrate, schema_version, upgrade
from notebook_assets.store.readable_rows import ReadableRows
from notebook_assets.store.recovery_report import RecoveryReport

_LOST_VALUE = (
    "SELECT id FROM materializations WHERE format IS NOT NULL AND path IS NULL "
    "AND id NOT IN (SELECT materialization_id FROM value_blobs)"
)
_MEND = (  # what names something that is lost goes, so that each piece is what it was before that
    "INSERT OR IGNORE INTO assets (id, key) SELECT asset_id, 'lost_asset_' || asset_id FROM (SELECT asset_id FROM "
    "materializations UNION SELECT asset_id FROM failures UNION SELECT asset_id FROM observations)",
    f"DELETE FROM materializations WHERE id IN ({_LOST_VALUE})",  # noqa: S608
    "DELETE FROM pieces WHERE event_id > 0 AND event_id NOT IN (SELECT id FROM materializations)",
    "DELETE FROM pieces WHERE value_event_id > 0 AND value_event_id NOT IN (SELECT id FROM materializations)",
    "DELETE FROM pieces WHERE failure_id > 0 AND failure_id NOT IN (SELECT id FROM failures)",
    "INSERT OR IGNORE INTO pieces (asset_id, partition, state, kind, event_id, value_event_id, run, time, duration, "
    "size, code, data_version) SELECT asset_id, partition, iif(kind = 'empty', 'empty', 'materialized'), kind, id, "
    "(SELECT coalesce(max(v.id), 0) FROM materializations v WHERE v.asset_id = m.asset_id "
    "AND v.partition = m.partition AND v.format IS NOT NULL), run, time, duration, coalesce(size, 0), code, "
    "data_version FROM materializations m "
    "WHERE id IN (SELECT max(id) FROM materializations GROUP BY asset_id, partition)",
    "DELETE FROM value_blobs WHERE materialization_id NOT IN (SELECT id FROM materializations)",
    "DELETE FROM input_reads WHERE materialization_id NOT IN (SELECT id FROM materializations)",
)


def recover(folder: Path) -> RecoveryReport:
    """Make the database of a store anew from all rows that can be read; its values stay as they are.

    Close the store everywhere first. What was recorded but can't be read is missing afterwards, and is made again when
    it is asked for; nothing is guessed from the names of files.

    Args:
        folder: The store.

    Raises:
        StoreVersionError: It was made by a newer version, whose tables are not known here; nothing is changed.
        StoreError: There is no database, or it is locked by another process.
    """
    path = folder / DATABASE_NAME
    if not path.is_file():
        raise StoreError(f"There is no {DATABASE_NAME} in {str(folder)!r}: there is nothing to recover.")
    if _is_whole(path):
        return RecoveryReport()
    fresh = path.with_name(f"{path.name}.recovering")
    fresh.unlink(missing_ok=True)
    try:
        rows, unreadable, named = _saved(path, fresh)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    kept = _set_aside(path)
    os.replace(fresh, path)
    values = folder / VALUES_NAME
    lost = sum(file.relative_to(values).as_posix() not in named for file in values.glob("*/*"))
    return RecoveryReport(rows, unreadable, kept, lost)


def _saved(path: Path, fresh: Path) -> tuple[dict[str, int], dict[str, str], set[str]]:
    """Fill a new database; return how many rows of each table it has, what was said of others, and its files."""
    with (
        closing(sqlite3.connect(fresh, isolation_level=None)) as target,
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
    ):
        source.text_factory = lambda data: data.decode("utf-8", errors="replace")
        rows, unreadable = _copied(source, target, path)
        named = {row[0] for row in target.execute("SELECT path FROM materializations WHERE path IS NOT NULL")}
    return rows, unreadable, named


def _is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return schema_version(connection) > 0 and [*connection.execute("PRAGMA integrity_check(1)")] == [("ok",)]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreError(f"The store {str(path)!r} is locked by another process; close it there first.") from error
        return False


def _copied(
    source: sqlite3.Connection, target: sqlite3.Connection, path: Path
) -> tuple[dict[str, int], dict[str, str]]:
    """Copy all rows that can be read; return how many of each table, and what was said of those that can't."""
    known = all_migrations()
    version = 0
    with suppress(sqlite3.DatabaseError):
        version = schema_version(source)
        check_version(source, path, known)
    migrate(target, path.with_name(f"{path.name}.recovering"), known[:version] or known)
    unreadable: dict[str, str] = {}
    readable = ReadableRows(source, path, unreadable)
    tables = [row[0] for row in target.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
    target.execute("BEGIN")
    for table in tables:
        columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(columns))
        insert = f"INSERT OR REPLACE INTO {table} VALUES ({marks})"  # noqa: S608
        try:
            for part in readable.of(table, ", ".join(columns)):
                _insert(target, insert, part)
        except sqlite3.DatabaseError as error:
            unreadable[table] = str(error)
    upgrade(target, known, version or known[-1].version)
    for statement in _MEND:
        target.execute(statement)
    rows: dict[str, int] = {}
    for (table,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall():
        rows[table] = int(target.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
    target.execute("COMMIT")
    rows.pop("sqlite_sequence", None)
    return rows, unreadable


def _insert(target: sqlite3.Connection, insert: str, part: Sequence[Sequence[object]]) -> None:
    try:
        target.executemany(insert, part)
    except sqlite3.IntegrityError:  # among them is what no row of a store can be
        for row in part:
            with suppress(sqlite3.IntegrityError):
                target.execute(insert, row)


def _set_aside(path: Path) -> Path:
    """Give the damaged database and its journals names of their own; return that of the database."""
    number = 1
    while (kept := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for ending in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.replace(path.with_name(path.name + ending), kept.with_name(kept.name + ending))
    os.replace(path, kept)
    return kept
