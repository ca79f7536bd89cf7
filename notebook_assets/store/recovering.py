"""Saving what can be read of a damaged store.db into a new one; the damaged one is kept beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from notebook_assets.errors import StoreError
from notebook_assets.store.folder import DATABASE_NAME, VALUES_NAME
from notebook_assets.store.migrate import all_migrations, migrate, schema_version

_SPAN = 512  # rows that are read at once; where they can't be, one by one
_BY: Mapping[str, str] = {  # tables without a rowid: a column by which they are read in spans
    "pieces": "asset_id",
    "input_reads": "materialization_id",
    "dynamic_partitions": "number",
    "code_parts": "code_id",
    "accepted_codes": "materialization_id",
    "run_targets": "run",
}
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


@dataclass(frozen=True)
class RecoveryReport:
    """What could be saved of a damaged store.

    Args:
        rows: How many rows of each table could be read.
        unreadable: Of which tables some could not be, with what SQLite said.
        kept: Where the damaged database is now; None where the store was whole.
        values_without_rows: How many value files no row names.

    >>> RecoveryReport().is_whole
    True
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    kept: Path | None = None
    values_without_rows: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was damaged."""
        return self.kept is None

    def __str__(self) -> str:
        if self.kept is None:
            return "The store's database is whole; nothing was changed."
        saved = ", ".join(f"{count:,} {table}" for table, count in self.rows.items() if count)
        lost = f" Some rows of {', '.join(self.unreadable)} could not be read." if self.unreadable else ""
        left = f" {self.values_without_rows:,} value files belong to no row." if self.values_without_rows else ""
        return f"Saved: {saved or 'nothing'}.{lost}{left} The damaged database is kept as {str(self.kept)!r}."


def recover(folder: Path) -> RecoveryReport:
    """Make the database of a store anew from all rows that can be read; its values stay as they are.

    Close the store everywhere first. What was recorded but can't be read is missing afterwards, and is made again when
    it is asked for; nothing is guessed from the names of files.

    Args:
        folder: The store.

    Raises:
        StoreError: There is no database, or it is locked by another process.
    """
    path = folder / DATABASE_NAME
    if not path.is_file():
        raise StoreError(f"There is no {DATABASE_NAME} in {str(folder)!r}: there is nothing to recover.")
    if _is_whole(path):
        return RecoveryReport()
    fresh = path.with_name(f"{path.name}.recovering")
    fresh.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(fresh, isolation_level=None)) as target,
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
    ):
        source.text_factory = lambda data: data.decode("utf-8", errors="replace")
        rows, unreadable = _copied(source, target, path)
        named = {row[0] for row in target.execute("SELECT path FROM materializations WHERE path IS NOT NULL")}
    kept = _set_aside(path)
    os.replace(fresh, path)
    values = folder / VALUES_NAME
    lost = sum(file.relative_to(values).as_posix() not in named for file in values.glob("*/*"))
    return RecoveryReport(rows, unreadable, kept, lost)


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
        version = min(schema_version(source), len(known))
    migrate(target, path.with_name(f"{path.name}.recovering"), known[:version] or known)
    rows: dict[str, int] = {}
    unreadable: dict[str, str] = {}
    tables = [row[0] for row in target.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
    target.execute("BEGIN")
    for table in tables:
        columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(columns))
        rows[table] = 0
        try:
            for part in _readable(source, table, columns, unreadable):
                target.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", part)  # noqa: S608
        except sqlite3.DatabaseError as error:
            unreadable[table] = str(error)
    for statement in _MEND:
        target.execute(statement)
    for table in rows:
        rows[table] = int(target.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
    target.execute("COMMIT")
    rows.pop("sqlite_sequence", None)
    return rows, unreadable


def _readable(
    source: sqlite3.Connection, table: str, columns: Sequence[str], unreadable: dict[str, str]
) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of a table, without those that can't be read; what is said of these goes to ``unreadable``."""
    names = ", ".join(columns)
    if table not in _BY and table in ("code_sources", "sqlite_sequence"):
        yield source.execute(f"SELECT {names} FROM {table}").fetchall()  # noqa: S608
        return
    by = _BY.get(table, "rowid")
    query = f"SELECT {names} FROM {table} WHERE {by} BETWEEN ? AND ?"  # noqa: S608
    for start in range(0, _last(source, table, by) + 1, _SPAN):
        try:
            yield source.execute(query, (start, start + _SPAN - 1)).fetchall()
        except sqlite3.DatabaseError as error:
            unreadable[table] = str(error)
            for number in range(start, start + _SPAN):
                with suppress(sqlite3.DatabaseError):
                    yield source.execute(query, (number, number)).fetchall()


def _last(source: sqlite3.Connection, table: str, by: str) -> int:
    """Return a number behind which a table has no rows, as far as can be told."""
    for query in (
        f"SELECT max({by}) FROM {table}",  # noqa: S608
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",  # noqa: S608
        "SELECT max(seq) FROM sqlite_sequence",
    ):
        with suppress(sqlite3.DatabaseError, TypeError):
            return int(source.execute(query).fetchone()[0])
    return 0


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
