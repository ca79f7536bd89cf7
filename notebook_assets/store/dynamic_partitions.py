"""The tables of dynamic partitions: keys by the name of their definition, in the order in which they were added."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count, repeat

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.partitions import DynamicKeys
from notebook_assets.partitions.dynamic_requests import check_name
from notebook_assets.partitions.key_checks import checked_keys
from notebook_assets.partitions.pages import PaginatedResults, cursor_after, read_cursor
from notebook_assets.store.database import Database
from notebook_assets.store.dynamic_renaming import rename_key

_MANY = 20_000  # keys, from which on SQLite gets room for the index: random keys would go through its usual 2 MB
_ROOM = 65_536  # KiB
_INSERT = "INSERT OR IGNORE INTO dynamic_partitions (definition_id, number, partition) VALUES (?, ?, ?)"
_KEYS = (
    "SELECT partition FROM dynamic_partitions WHERE definition_id = ? AND number > ? AND number <= ? ORDER BY number"
)
_CHANGED = "UPDATE dynamic_definitions SET deletions = deletions + 1 WHERE id = ?"


@dataclass(frozen=True)
class _Stamp:
    """Which keys a name has: the same stamp, the same keys."""

    definition_id: int = 0
    last_number: int = 0
    deletions: int = 0


@dataclass(frozen=True)
class _Known:
    """The keys as they were read last."""

    stamp: _Stamp = _Stamp()
    keys: DynamicKeys = field(default_factory=lambda: DynamicKeys.of(()))


class DynamicPartitionTables:
    """Reads and writes the keys of dynamic partitions.

    Args:
        database: The store's database.
        write: Gives the connection in a transaction.
    """

    def __init__(self, database: Database, write: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._database = database
        self._write = write
        self._known: dict[str, _Known] = {}

    def add(self, name: str, keys: Iterable[str]) -> None:
        """Add keys at the end, all or none; those that are there already stay where they are."""
        fresh = list(dict.fromkeys(checked_keys(keys)))
        check_name(name)
        if not fresh:
            return
        with self._room_for(len(fresh)), self._write() as connection:
            insert_keys(connection, name, fresh)

    def delete(self, name: str, keys: Iterable[str]) -> None:
        """Delete keys, all or none; those that are not there are passed over."""
        gone = checked_keys(keys)
        check_name(name)
        with self._write() as connection:
            definition_id, before = _stamp(connection, name).definition_id, connection.total_changes
            connection.executemany(
                "DELETE FROM dynamic_partitions WHERE definition_id = ? AND partition = ?",
                zip(repeat(definition_id), gone, strict=False),
            )
            if connection.total_changes > before:
                connection.execute(_CHANGED, (definition_id,))

    def replace(self, name: str, keys: Iterable[str]) -> None:
        """Make these the keys, in this order, all or none; where others only come behind, these are added."""
        wanted = list(dict.fromkeys(checked_keys(keys)))
        check_name(name)
        with self._room_for(len(wanted)), self._write() as connection:
            connection.execute("INSERT OR IGNORE INTO dynamic_definitions (name) VALUES (?)", (name,))
            stamp = _stamp(connection, name)
            found = connection.execute(_KEYS, (stamp.definition_id, 0, stamp.last_number)).fetchall()
            before = [key for (key,) in found]
            if before == wanted:
                return
            fresh, gone = (wanted[len(before) :], 0) if wanted[: len(before)] == before else (wanted, 1)
            if gone:
                connection.execute("DELETE FROM dynamic_partitions WHERE definition_id = ?", (stamp.definition_id,))
            connection.executemany(_INSERT, zip(repeat(stamp.definition_id), count(stamp.last_number + 1), fresh))
            connection.execute(
                "UPDATE dynamic_definitions SET last_number = ?, deletions = deletions + ? WHERE id = ?",
                (stamp.last_number + len(fresh), gone, stamp.definition_id),
            )

    def rename(self, name: str, old: str, new: str, *, values_moved: bool = False) -> list[str]:
        """Give a key another name, and all that was recorded for it with it; see :func:`rename_key`.

        Raises:
            UnknownPartitionError: There is no such key.
            InvalidInvocationError: There is a key ``new`` already, or something was recorded for one; or it is kept by
                an IO manager.
        """
        [wanted] = checked_keys([new])
        check_name(name)
        with self._write() as connection:
            definition_id = _stamp(connection, name).definition_id
            elsewhere = rename_key(connection, definition_id, name, old, wanted, values_moved=values_moved)
            connection.execute(_CHANGED, (definition_id,))
        return elsewhere

    def stamp(self, name: str) -> tuple[int, int, int]:
        """Return numbers that are others as soon as the keys of a name are others."""
        with self._database.read() as connection:
            found = _stamp(connection, name)
        return found.definition_id, found.last_number, found.deletions

    def has(self, name: str, key: object) -> bool:
        """Whether there is a key."""
        if not isinstance(key, str):
            return False
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT 1 FROM dynamic_partitions "
                "WHERE definition_id = (SELECT id FROM dynamic_definitions WHERE name = ?) AND partition = ?",
                (name, key),
            ).fetchone()
        return found is not None

    def keys(self, name: str) -> DynamicKeys:
        """All keys of a name as they are now; where nothing changed, the snapshot that was given before."""
        with self._database.read() as connection:
            stamp = _stamp(connection, name)
            known = self._known.get(name) or _Known()
            while stamp != known.stamp:
                known = _Known(stamp, _read(connection, stamp, known))
                stamp = _stamp(connection, name)
                if stamp.deletions == known.stamp.deletions:  # else what was read may be half from before
                    break
            self._known[name] = known
            return known.keys

    def page(self, name: str, limit: int, ascending: bool, cursor: str | None) -> PaginatedResults[str]:
        """Some keys of a name, after the ones that the page of a cursor ended with.

        Raises:
            InvalidInvocationError: A limit that is no number from 0 on, or a cursor that no page had.
        """
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise InvalidInvocationError(f"The limit of a page is a number of keys, such as 100; got {limit!r}.")
        sign, order = (">", "ASC") if ascending else ("<", "DESC")
        with self._database.read() as connection:
            stamp = _stamp(connection, name)
            start = read_cursor(cursor)[1] if cursor else 0 if ascending else stamp.last_number + 1
            rows = connection.execute(
                f"SELECT number, partition FROM dynamic_partitions WHERE definition_id = ? AND number {sign} ? "  # noqa: S608
                f"ORDER BY number {order} LIMIT ?",
                (stamp.definition_id, start, limit + 1),
            ).fetchall()
        shown = rows[:limit]
        end = cursor_after(shown[-1][1], shown[-1][0]) if shown else cursor or ""
        return PaginatedResults([key for _, key in shown], cursor=end, has_more=len(rows) > limit)

    @contextmanager
    def _room_for(self, many: int) -> Iterator[None]:
        """Give SQLite more memory while many keys are added."""
        if many < _MANY:
            yield
            return
        with self._database.read() as connection:
            usual = connection.execute("PRAGMA cache_size").fetchone()[0]
            connection.execute(f"PRAGMA cache_size = -{_ROOM}")
            try:
                yield
            finally:
                connection.execute(f"PRAGMA cache_size = {usual:d}")


def insert_keys(connection: sqlite3.Connection, name: str, fresh: Sequence[str]) -> None:
    """Add keys at the end, inside a transaction; those that are there already stay where they are."""
    connection.execute("INSERT OR IGNORE INTO dynamic_definitions (name) VALUES (?)", (name,))
    stamp, before = _stamp(connection, name), connection.total_changes
    numbered = zip(repeat(stamp.definition_id), count(stamp.last_number + 1), fresh, strict=False)
    connection.executemany(_INSERT, numbered)
    if connection.total_changes > before:
        connection.execute(
            "UPDATE dynamic_definitions SET last_number = ? WHERE id = ?",
            (stamp.last_number + len(fresh), stamp.definition_id),
        )


def _stamp(connection: sqlite3.Connection, name: str) -> _Stamp:
    row = connection.execute(
        "SELECT id, last_number, deletions FROM dynamic_definitions WHERE name = ?", (name,)
    ).fetchone()
    return _Stamp() if row is None else _Stamp(*row)


def _read(connection: sqlite3.Connection, stamp: _Stamp, known: _Known) -> DynamicKeys:
    """Return the keys of a stamp; only what was added since, where nothing was deleted."""
    grown = (stamp.definition_id, stamp.deletions) == (known.stamp.definition_id, known.stamp.deletions)
    rows = connection.execute(
        _KEYS,
        (stamp.definition_id, known.stamp.last_number if grown else 0, stamp.last_number),
    )
    found = [key for (key,) in rows]
    return known.keys.extended(found) if grown else DynamicKeys.of(found)
