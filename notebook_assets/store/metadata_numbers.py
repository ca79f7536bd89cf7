"""Numbers in the metadata of materializations: of all that were made of an asset, and what they are called."""

from __future__ import annotations

import sqlite3

from notebook_assets.metadata import metadata_from_json

_ROWS = "SELECT time, metadata FROM materializations WHERE asset_id = ? AND partition = '' ORDER BY id"
_LATEST = (
    "SELECT m.metadata FROM pieces p JOIN materializations m ON m.id = p.event_id "
    "WHERE p.asset_id = ? ORDER BY m.id DESC LIMIT ?"
)
_LOOKED_AT = 100


def numbers_over_time(connection: sqlite3.Connection, asset_id: int, name: str) -> list[tuple[float, float]]:
    """Return the number called ``name`` of each materialization without a partition, the first made first.

    Beside each the time when it was made, in seconds since 1970 (UTC).
    """
    series = []
    for made_at, text in connection.execute(_ROWS, (asset_id,)):
        entry = metadata_from_json(text).get(name)
        if entry is not None and entry.is_number:
            series.append((float(made_at), float(entry.value)))
    return series


def names_of_numbers(connection: sqlite3.Connection, asset_id: int) -> list[str]:
    """Return what the numbers are called that the latest pieces of an asset have in their metadata, sorted."""
    rows = connection.execute(_LATEST, (asset_id, _LOOKED_AT)).fetchall()
    return sorted({name for (text,) in rows for name, entry in metadata_from_json(text).items() if entry.is_number})
