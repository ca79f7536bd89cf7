"""Forgetting pieces: all rows of their history, and then the files that the rows named."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from notebook_assets.store.database import chunks

_BY_EVENT = ("value_blobs", "input_reads")
_BY_PIECE = ("materializations", "failures", "pieces")


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
    for table in _BY_PIECE:
        pieces = connection.execute(f"DELETE FROM {table} WHERE {where}", arguments).rowcount  # noqa: S608
    return pieces, paths
