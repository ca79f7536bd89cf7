"""The rows of a damaged database that can be read: in spans, where these can't be one by one, and from both ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_SPAN = 512  # rows that are read at once; where they can't be, one by one
_BY: Mapping[str, tuple[str, str]] = {  # tables without a rowid: by which column they are read, and in what order
    "pieces": ("asset_id", "partition"),
    "input_reads": ("materialization_id", "upstream_id"),
    "dynamic_partitions": ("definition_id", "number"),
    "code_parts": ("code_id", "name"),
    "accepted_codes": ("materialization_id", "acceptance_id"),
    "run_targets": ("run", "asset_id"),
}
_WHOLE = {"code_sources": "digest", "sqlite_sequence": "rowid"}  # small, or without a number
_LEAF = 13  # the first byte of a page with rows of a table that has rowids
_MOST = 2**40  # no table has so many rows: what says so is no page


class ReadableRows:
    """Reads tables of a database as far as that can be done.

    Args:
        connection: The damaged database.
        path: Its file.
        unreadable: What SQLite said, by table, of those of which something can't be read; it is added to.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, unreadable: MutableMapping[str, str]) -> None:
        self._connection = connection
        self._path = path
        self._unreadable = unreadable
        self._greatest: int | None = None

    def of(self, table: str, columns: str) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a table in parts, some of them twice.

        Args:
            table: The table.
            columns: Its columns, with commas.
        """
        if table in _WHOLE:
            yield self._from_both_ends(table, f"SELECT {columns} FROM {table} ORDER BY {_WHOLE[table]}")  # noqa: S608
            return
        by, then = _BY.get(table, ("rowid", "rowid"))
        query = f"SELECT {columns} FROM {table} WHERE {by} BETWEEN ? AND ?"  # noqa: S608
        for start in range(0, self._last(table, by) + 1, _SPAN):
            try:
                yield self._connection.execute(query, (start, start + _SPAN - 1)).fetchall()
            except sqlite3.DatabaseError as error:
                self._unreadable[table] = str(error)
                for number in range(start, start + _SPAN):
                    one = f"SELECT {columns} FROM {table} WHERE {by} = {number:d} ORDER BY {then}"  # noqa: S608
                    yield self._from_both_ends(table, one)

    def _from_both_ends(self, table: str, query: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for direction in ("ASC", "DESC"):
            try:
                rows.extend(self._connection.execute(f"{query} {direction}"))
            except sqlite3.DatabaseError as error:  # what came before it is kept
                self._unreadable[table] = str(error)
            else:
                break
        return rows

    def _last(self, table: str, by: str) -> int:
        """Return a number behind which a table has no rows that can be read."""
        try:
            row = self._connection.execute(f"SELECT max({by}) FROM {table}").fetchone()  # noqa: S608
            return int(row[0] or 0)
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:
            self._unreadable[table] = str(error)
        if self._greatest is None:
            self._greatest = greatest_row(self._path)
        return self._greatest


def greatest_row(path: Path) -> int:
    """Return the greatest rowid that any page of a database has, of any table; those in its log count.

    Numbers in tables without rowids name rows of others, so it bounds these too.

    Args:
        path: The database.

    >>> import tempfile
    >>> from contextlib import closing
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.db")
    ...     with closing(sqlite3.connect(file)) as made:
    ...         _ = made.executescript("CREATE TABLE t (a); INSERT INTO t (rowid) VALUES (1000)")
    ...     greatest_row(file)
    1000
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:18], "big")
    size = 65536 if size == 1 else size if size >= 512 and size & (size - 1) == 0 else 4096
    found = 0
    for name, skipped, before in ((path.name, 0, 0), (f"{path.name}-wal", 32, 24)):
        with suppress(FileNotFoundError), path.with_name(name).open("rb") as file:
            file.seek(skipped)
            start = 100 if skipped == 0 else 0  # the first page begins with the header of the file
            while len(page := file.read(before + size)) == before + size:
                found = max(found, _last_of_page(page[before:], start))
                start = 0
    return found


def _last_of_page(page: bytes, start: int) -> int:
    """Return the last rowid of a page of rows, 0 if it is no such page."""
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    if page[start] != _LEAF or not 0 < count <= len(page) // 4:
        return 0
    place = start + 8 + 2 * (count - 1)
    cell = int.from_bytes(page[place : place + 2], "big")
    if not place < cell < len(page) - 1:
        return 0
    _, after = _number(page, cell)  # how long the row is
    number, _ = _number(page, after)
    return number if number < _MOST else 0


def _number(page: bytes, at: int) -> tuple[int, int]:
    """Return a number as SQLite writes it, seven bits a byte, and where it ends."""
    number = 0
    for place in range(at, min(at + 8, len(page))):
        number = number << 7 | page[place] & 127
        if page[place] < 128:
            return number, place + 1
    return _MOST, at
