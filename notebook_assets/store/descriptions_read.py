"""The descriptions of all assets, read again only when something was written since."""

from __future__ import annotations

import sqlite3

from notebook_assets.keys import AssetKey
from notebook_assets.store.asset_rows import all_descriptions
from notebook_assets.store.database import Database
from notebook_assets.store.records import AssetDescription


class DescriptionsRead:
    """Reads what a store knows of all assets; each run and each look at a notebook ask for it more than once.

    Args:
        database: The store's database.

    >>> from notebook_assets import Instance
    >>> DescriptionsRead(Instance.ephemeral().database).all()
    {}
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sqlite3.Connection | None = None  # another one, after a fork, counts anew
        self._state = 0, 0
        self._found: dict[AssetKey, AssetDescription] = {}

    def all(self) -> dict[AssetKey, AssetDescription]:
        """Return them, sorted by key."""
        with self._database.read() as connection:
            # The first number says what others wrote, the second what this connection wrote: cheaper than all rows.
            state = connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes
            if connection is not self._connection or state != self._state:
                self._found = all_descriptions(connection)
                self._connection, self._state = connection, state
            return dict(self._found)
