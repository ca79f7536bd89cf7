"""Forgetting pieces: all rows of their history, and then the files that the rows named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import TypeAlias, TypeVar

from notebook_assets.errors import BrokenValueError, StoreError
from notebook_assets.store.database import Database, chunks, is_full
from notebook_assets.store.values import ValueFiles

Transaction: TypeAlias = Callable[[], AbstractContextManager[sqlite3.Connection]]
T = TypeVar("T")

_BY_EVENT = ("value_blobs", "input_reads", "accepted_codes")
PIECE_TABLES = ("materializations", "failures", "check_results", "observations", "step_outputs", "pieces")
"""The tables with a row a piece; how many pieces were known is the count of the last."""


def wipe_pieces(
    transaction: Transaction, database: Database, files: ValueFiles, asset_id: int, partitions: Sequence[str] | None
) -> int:
    """Forget pieces, their rows first and then the files that these named; return how many pieces were known.

    On a full disk this is done piece by piece, which needs next to no room, since each piece's files make some for the
    next.

    Raises:
        StoreError: There is no room for a single piece's rows, or the store can't be written.
    """
    try:
        with transaction() as connection:
            pieces, paths = wipe_rows(connection, asset_id, partitions)
    except StoreError as error:
        if not is_full(error.__cause__):
            raise
    else:
        files.remove(paths)
        return pieces
    pieces = 0
    for partition in _recorded(database, asset_id) if partitions is None else partitions:
        pieces += _wipe_one(transaction, database, files, asset_id, partition)
    return pieces


def _wipe_one(transaction: Transaction, database: Database, files: ValueFiles, asset_id: int, partition: str) -> int:
    """Forget one piece on a full disk."""

    def wipe() -> tuple[int, list[str]]:
        with transaction() as connection:
            return wipe_rows(connection, asset_id, [partition])

    with database.read() as connection:
        rows = connection.execute(
            "SELECT path FROM materializations WHERE asset_id = ? AND partition = ? AND path IS NOT NULL",
            (asset_id, partition),
        ).fetchall()
    pieces, paths = in_little_room(database, files, [path for (path,) in rows], wipe, "a wipe")
    files.remove(paths)
    return pieces


def in_little_room(database: Database, files: ValueFiles, paths: Sequence[str], act: Callable[[], T], what: str) -> T:
    """Do on a full disk what forgets the value files at ``paths``; return what ``act`` does.

    Where there is no room for the record of it, the files make some: they are deleted first, and held in memory so that
    they can be put back. A process that is killed meanwhile leaves rows of values that were to go.

    Raises:
        StoreError: There is no room even so; the files are back.
    """
    held: dict[str, bytes] = {}
    for make_room, fold_log in ((False, False), (False, True), (True, False), (True, True)):
        if make_room and not held:
            held = _taken_out(files, paths)
        if fold_log:  # last, since it takes the room that the files made if the log holds much
            database.reuse_log()
        try:
            return act()
        except StoreError as error:
            if not is_full(error.__cause__):
                files.put_back(held)
                raise
            full = error
    files.put_back(held)
    raise StoreError(
        f"The disk of the store {str(database.path.parent)!r} is so full that not even the record of {what} finds "
        "room. Delete something else there first, or wipe an asset with larger values, then try again."
    ) from full


def _taken_out(files: ValueFiles, paths: Iterable[str]) -> dict[str, bytes]:
    """Remove value files; return their bytes by path."""
    held = {}
    for path in paths:
        with suppress(BrokenValueError):  # gone already
            held[path] = files.read(path, "a piece to be forgotten")
    files.remove(held)
    return held


def _recorded(database: Database, asset_id: int) -> list[str]:
    """Return the partitions with any row, those with the most bytes first: they make the most room."""
    rows_of = "SELECT partition, {} AS size FROM {} WHERE asset_id = ?1"
    every = " UNION ALL ".join(
        rows_of.format("size" if table == "materializations" else 0, table) for table in PIECE_TABLES
    )
    with database.read() as connection:
        rows = connection.execute(
            f"SELECT partition FROM ({every}) GROUP BY partition ORDER BY total(size) DESC",  # noqa: S608
            (asset_id,),
        )
        return [row[0] for row in rows]


def wipe_rows(connection: sqlite3.Connection, asset_id: int, partitions: Sequence[str] | None) -> tuple[int, list[str]]:
    """Delete the rows of the given partitions (``None``: all) inside a transaction.

    Returns:
        How many pieces were known, and the paths of the value files that no row names any more.
    """
    if partitions is None:
        return _wipe_where(connection, "asset_id = ?", (asset_id,))
    pieces, paths = 0, []
    for part in chunks(partitions, 500):
        marks = ", ".join("?" * len(part))
        count, files = _wipe_where(connection, f"asset_id = ? AND partition IN ({marks})", (asset_id, *part))
        pieces += count
        paths += files
    return pieces, paths


def _wipe_where(connection: sqlite3.Connection, where: str, arguments: tuple[object, ...]) -> tuple[int, list[str]]:
    events = f"SELECT id FROM materializations WHERE {where}"  # noqa: S608
    paths = [
        row[0]
        for row in connection.execute(
            f"SELECT path FROM materializations WHERE {where} AND path IS NOT NULL",  # noqa: S608
            arguments,
        )
    ]
    for table in _BY_EVENT:
        connection.execute(f"DELETE FROM {table} WHERE materialization_id IN ({events})", arguments)  # noqa: S608
    pieces = 0
    for table in PIECE_TABLES:
        pieces = connection.execute(f"DELETE FROM {table} WHERE {where}", arguments).rowcount  # noqa: S608
    return pieces, paths
