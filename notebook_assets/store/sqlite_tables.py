"""The tables of a SQLiteIOManager: one for each asset, and two that say whose they are and how to read them."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from notebook_assets.errors import StoreError, StoreNotWritableError
from notebook_assets.store.names import file_name_for
from notebook_assets.store.sqlite_checks import check_columns, check_partition_column
from notebook_assets.store.sqlite_columns import PackedColumn
from notebook_assets.store.sqlite_frames import PackedRows

LOCK_WAIT = 30.0
"""Seconds to wait for another process that writes."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS _notebook_assets_tables (
    asset TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, is_partitioned INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS _notebook_assets_pieces (
    asset TEXT NOT NULL, partition TEXT NOT NULL, row_count INTEGER NOT NULL, written_at REAL NOT NULL,
    form TEXT NOT NULL, PRIMARY KEY (asset, partition)) WITHOUT ROWID;
"""
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*(/[a-z0-9_]+)*")
_EXACT_IN_REAL = 2**53
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")


class SQLiteTables:
    """The tables of one database.

    Args:
        path: The database's file.
        partition_column: What the column with the partition key is called.

    >>> SQLiteTables(Path("tables.db"), "partition").name_for("raw/daily")
    'raw/daily'
    """

    def __init__(self, path: Path, partition_column: str) -> None:
        self.path = path
        self.partition_column = partition_column

    def name_for(self, asset: str) -> str:
        """Return what the table of an asset is called: its key where that is plain, else an encoded form."""
        if _PLAIN_NAME.fullmatch(asset) and not asset.startswith(("sqlite_", "_notebook_assets")) and len(asset) < 100:
            return asset
        name = file_name_for(asset)
        return f"={name}" if _PLAIN_NAME.fullmatch(name) else name

    def write(self, asset: str, pieces: Mapping[str | None, PackedRows]) -> str:
        """Put the rows of some pieces in the place of those that are there, all or none; return the table's name.

        Args:
            asset: The asset's key.
            pieces: Rows by partition key; of None where the asset has no partitions.

        Raises:
            StoreError: They don't fit the table, or the database can't be written.
        """
        with self._transaction() as connection:
            name = self._table(connection, asset, is_partitioned=None not in pieces)
            for partition, rows in pieces.items():
                if partition is None:
                    connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
                else:
                    self._delete(connection, name, partition)
                self._fit(connection, name, asset, rows.columns, is_partitioned=partition is not None)
                self._insert(connection, name, partition, rows)
                connection.execute(
                    "INSERT OR REPLACE INTO _notebook_assets_pieces VALUES (?, ?, ?, ?, ?)",
                    (asset, partition or "", rows.count, time.time(), json.dumps(rows.form)),
                )
        return name

    def read(
        self, asset: str, partitions: Sequence[str | None]
    ) -> dict[str | None, tuple[Mapping[str, Any], dict[str, list[Any]]]]:
        """Return the pieces that are there: each one's description, and its values by column.

        Raises:
            StoreError: The database can't be read.
        """
        found: dict[str | None, tuple[Mapping[str, Any], dict[str, list[Any]]]] = {}
        with self._reading(asset) as opened:
            if opened is None:
                return found
            connection, name = opened
            for partition in partitions:
                text = _form(connection, asset, partition)
                if text is not None:
                    form = json.loads(text)
                    found[partition] = form, self._values(connection, name, partition, form)
        return found

    def has(self, asset: str, partitions: Sequence[str | None]) -> bool:
        """Whether all these pieces are there.

        Raises:
            StoreError: The database can't be read.
        """
        with self._reading(asset) as opened:
            return opened is not None and all(
                _form(opened[0], asset, partition) is not None for partition in partitions
            )

    def _values(
        self, connection: sqlite3.Connection, name: str, partition: str | None, form: Mapping[str, Any]
    ) -> dict[str, list[Any]]:
        names = [column for column, _ in form["columns"]]
        there = _columns(connection, name)
        check_columns(there, names, name, self.path)
        if partition is not None:
            check_partition_column(there, self.partition_column, name, self.path, names)
        wanted = ", ".join(map(quoted, names)) or "NULL"
        where = "" if partition is None else f"WHERE {quoted(self.partition_column)} = ?"
        order = _row_number(there)
        query = f"SELECT {wanted} FROM {quoted(name)} {where} ORDER BY {order}"  # noqa: S608  (names are quoted)
        rows = connection.execute(query, () if partition is None else (partition,)).fetchall()
        columns = zip(*rows, strict=True) if rows else ([] for _ in names)
        return {column: list(values) for column, values in zip(names, columns, strict=False)}

    def _known(self, connection: sqlite3.Connection, asset: str) -> tuple[str | None, bool]:
        row = connection.execute(
            "SELECT name, is_partitioned FROM _notebook_assets_tables WHERE asset = ?", (asset,)
        ).fetchone()
        return (None, False) if row is None else (row[0], bool(row[1]))

    def _table(self, connection: sqlite3.Connection, asset: str, *, is_partitioned: bool) -> str:
        """Return the name of an asset's table, which is noted; a table of before it was partitioned goes."""
        name, was_partitioned = self._known(connection, asset)
        if name is None:
            name = self.name_for(asset)
            if _has_table(connection, name):
                raise StoreError(
                    f"{str(self.path)!r} has a table {name!r} that SQLiteIOManager did not make; rename one of the two."
                )
        elif was_partitioned and not is_partitioned:
            raise StoreError(
                f"The table {name!r} in {str(self.path)!r} holds partitions of {asset}, which has none any more. Drop "
                "it and its rows in _notebook_assets_tables and _notebook_assets_pieces, or give the asset another key."
            )
        elif is_partitioned and not was_partitioned:
            connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            connection.execute("DELETE FROM _notebook_assets_pieces WHERE asset = ?", (asset,))
        connection.execute(
            "INSERT OR REPLACE INTO _notebook_assets_tables VALUES (?, ?, ?)", (asset, name, int(is_partitioned))
        )
        return name

    def _fit(
        self,
        connection: sqlite3.Connection,
        name: str,
        asset: str,
        columns: Sequence[PackedColumn],
        *,
        is_partitioned: bool,
    ) -> None:
        """Make the table, or add the columns that it lacks; refuse values that would not come back from it."""
        there = _columns(connection, name)
        _row_number({*there, self.partition_column.lower(), *(column.name.lower() for column in columns)})
        if not there:
            of_partition = [f"{quoted(self.partition_column)} TEXT NOT NULL"] if is_partitioned else []
            of_columns = [f"{quoted(column.name)} {column.sql_type}" for column in columns]
            every = ", ".join([*of_partition, *of_columns]) or "_nothing"
            connection.execute(f"CREATE TABLE {quoted(name)} ({every})")
            if is_partitioned:
                index = quoted(f"{name} by partition")
                connection.execute(f"CREATE INDEX {index} ON {quoted(name)} ({quoted(self.partition_column)})")
            return
        for column in columns:
            kind = there.get(column.name.lower())
            if kind is None:
                connection.execute(f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column.name)} {column.sql_type}")
            elif not _fits(column, kind):
                raise StoreError(
                    f"The column {column.name!r} of {asset} is {column.sql_type or 'of several types'} in this piece, "
                    f"but {kind or 'of several types'} in the table {name!r} of {str(self.path)!r}. Convert it, or "
                    "drop the table and make all partitions again."
                )

    def _insert(self, connection: sqlite3.Connection, name: str, partition: str | None, rows: PackedRows) -> None:
        names = [] if partition is None else [self.partition_column]
        values: list[Any] = [] if partition is None else [[partition] * rows.count]
        names += [column.name for column in rows.columns]
        values += [column.values for column in rows.columns]
        if names and rows.count:
            marks = ", ".join("?" * len(names))
            into = f"INSERT INTO {quoted(name)} ({', '.join(map(quoted, names))})"
            connection.executemany(f"{into} VALUES ({marks})", zip(*values, strict=True))

    def _delete(self, connection: sqlite3.Connection, name: str, partition: str) -> None:
        there = _columns(connection, name)
        if there:
            check_partition_column(there, self.partition_column, name, self.path)
            where = f"WHERE {quoted(self.partition_column)} = ?"
            connection.execute(f"DELETE FROM {quoted(name)} {where}", (partition,))  # noqa: S608  (quoted)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreNotWritableError(f"{str(self.path.parent)!r} can't be made: {error}.") from error
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self, asset: str) -> Iterator[tuple[sqlite3.Connection, str] | None]:
        """Give a connection that sees one state of the database, and an asset's table; None where it has none yet."""
        if not self.path.exists():
            yield None
            return
        with self._connection() as connection:
            connection.execute("BEGIN")
            has_tables = _has_table(connection, "_notebook_assets_tables")
            name = self._known(connection, asset)[0] if has_tables else None
            yield None if name is None else (connection, name)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=LOCK_WAIT, isolation_level=None)) as connection:
                yield connection
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            kind = StoreNotWritableError if "readonly" in str(error) else StoreError
            raise kind(f"The tables in {str(self.path)!r} can't be used: {error}.") from error


def quoted(name: str) -> str:
    """Return a name as SQL writes it.

    >>> print(quoted('a "b" c'))
    "a ""b"" c"
    """
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE", (name,))
    return found.fetchone() is not None


def _form(connection: sqlite3.Connection, asset: str, partition: str | None) -> str | None:
    """Return the description of a piece; None if it is not there."""
    query = "SELECT form FROM _notebook_assets_pieces WHERE asset = ? AND partition = ?"
    row = connection.execute(query, (asset, partition or "")).fetchone()
    return None if row is None else str(row[0])


def _columns(connection: sqlite3.Connection, name: str) -> dict[str, str]:
    found = connection.execute("SELECT name, type FROM pragma_table_info(?)", (name,))
    return {column.lower(): kind for column, kind in found}


def _row_number(columns: Collection[str]) -> str:
    """Return the name by which SQLite tells the rows' order in a table with these columns, which may take its names.

    Raises:
        StoreError: They take all.
    """
    free = next((name for name in _ROW_NUMBERS if name not in columns), None)
    if free is None:
        raise StoreError(
            f"A table with columns called {', '.join(map(repr, _ROW_NUMBERS))} does not keep the order of its rows in "
            "SQLite, which needs one of these names; rename one."
        )
    return free


def _fits(column: PackedColumn, kind: str) -> bool:
    """Whether values of a column come back from a column of the table that was made for others."""
    if column.sql_type == kind or kind in ("", "BLOB"):  # without affinity: all stays as it is
        return True
    if (column.sql_type, kind) == ("INTEGER", "REAL"):
        return all(value is None or abs(value) <= _EXACT_IN_REAL for value in column.values)
    return (column.sql_type, kind) == ("REAL", "INTEGER") or all(value is None for value in column.values)
