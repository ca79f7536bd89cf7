"""Signing the pickles of a store that came from elsewhere, at the wish of a person who knows it."""

from __future__ import annotations

import sqlite3

from notebook_assets.errors import BrokenValueError
from notebook_assets.keys import AssetKey
from notebook_assets.store.formats import digest_of
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.signing import sign
from notebook_assets.store.values import ValueFiles


def sign_pickles(connection: sqlite3.Connection, files: ValueFiles, asset_id: int, key: AssetKey) -> int:
    """Sign every whole pickle of an asset inside a transaction; return how many there were.

    Raises:
        BrokenValueError: One is gone or does not have the digest on record; then none is signed.
    """
    rows = connection.execute(
        "SELECT m.id, m.partition, m.digest, m.path, CAST(b.data AS BLOB) FROM materializations m "
        "LEFT JOIN value_blobs b ON b.materialization_id = m.id WHERE m.asset_id = ? AND m.format = 'pickle'",
        (asset_id,),
    ).fetchall()
    for event, partition, digest, path, inline in rows:
        what = piece_name(key, partition)
        data = inline if inline is not None else files.read(path or "", what)
        if digest_of("pickle", data) != digest:
            raise BrokenValueError(f"The pickle of {what} was altered after it was stored; it is not to be trusted.")
        connection.execute("UPDATE materializations SET signature = ? WHERE id = ?", (sign(data), event))
    return len(rows)
