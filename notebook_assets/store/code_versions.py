"""The tables of code: of which parts the code was that made pieces, and their source where it is known."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import blake2b

from notebook_assets.keys import AssetKey
from notebook_assets.store.asset_rows import AssetIds
from notebook_assets.store.code_accepting import Accepted, accept_pieces, accepted_of, take_back_pieces
from notebook_assets.store.code_renaming import former_keys, renamed_to
from notebook_assets.store.database import Database


@dataclass(frozen=True)
class KeptCode:
    """One code of an asset, as it is kept.

    Args:
        code: The text that materializations and pieces have.
        parts: Kind and digest of each part, by name; see ``CodeFingerprint.parts``.
        sources: The source of those parts whose source is known.
        version: The code version that was given, if one was.

    >>> KeptCode("40f8", {"<body>": "function:1"}).sources
    {}
    """

    code: str
    parts: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None


class CodeTables:
    """Keeps what code was, and what was accepted as equivalent.

    Args:
        database: The store's database.
        write: Gives the connection in a transaction.
        ids: The numbers of assets.
    """

    def __init__(
        self, database: Database, write: Callable[[], AbstractContextManager[sqlite3.Connection]], ids: AssetIds
    ) -> None:
        self._database = database
        self._write = write
        self._ids = ids
        self._kept: set[tuple[int, str]] = set()

    def is_kept(self, key: AssetKey, code: str) -> bool:
        """Whether a code of an asset is kept already; nearly free when asked again."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return False
        if (asset_id, code) not in self._kept:
            with self._database.read() as connection:
                if _code_id(connection, asset_id, code) is None:
                    return False
            self._kept.add((asset_id, code))
        return True

    def keep(self, codes: Iterable[tuple[AssetKey, KeptCode]]) -> None:
        """Keep codes of assets, all in one transaction; those that are kept already stay as they are."""
        rows = [(self._ids.make(key), kept) for key, kept in codes]
        if not rows:
            return
        with self._write() as connection:
            for asset_id, kept in rows:
                insert_code(connection, asset_id, kept, time.time())
        self._kept |= {(asset_id, kept.code) for asset_id, kept in rows}

    def get(self, key: AssetKey, code: str | None) -> KeptCode | None:
        """Return a code of an asset; None where it is not kept."""
        asset_id = self._ids.find(key)
        if asset_id is None or code is None:
            return None
        with self._database.read() as connection:
            code_id = _code_id(connection, asset_id, code)
            return None if code_id is None else _read(connection, code_id, code)

    def code_of(self, key: AssetKey, partition: str | None) -> str | None:
        """Return the code that a piece counts as made by; None where it was never made, or by no known code."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return None
        query = "SELECT code FROM pieces WHERE asset_id = ? AND partition = ? AND event_id > 0"
        with self._database.read() as connection:
            row = connection.execute(query, (asset_id, partition or "")).fetchone()
        return None if row is None else row[0]

    def codes_by_partition(self, key: AssetKey) -> dict[str | None, str | None]:
        """Return the same for all pieces of an asset that were made."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return {}
        query = "SELECT partition, code FROM pieces WHERE asset_id = ? AND event_id > 0"
        with self._database.read() as connection:
            return {partition or None: code for partition, code in connection.execute(query, (asset_id,))}

    def accept(self, key: AssetKey, code: str, partitions: Iterable[str] | None = None) -> int:
        """Have pieces count as made by ``code``; return how many did not before.

        Args:
            key: The asset.
            code: Its code today.
            partitions: Partition keys; None for all pieces.
        """
        asset_id = self._ids.find(key)
        if asset_id is None:
            return 0
        with self._write() as connection:
            return accept_pieces(connection, asset_id, code, None if partitions is None else list(partitions))

    def take_back(self, key: AssetKey, partitions: Iterable[str] | None = None) -> int:
        """Undo the latest acceptance of each piece, as far as it was not made again since; return how many."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return 0
        with self._write() as connection:
            return take_back_pieces(connection, asset_id, None if partitions is None else list(partitions))

    def accepted(self, key: AssetKey) -> dict[str | None, Accepted]:
        """Return what holds of acceptances, by partition key."""
        asset_id = self._ids.find(key)
        if asset_id is None:
            return {}
        with self._database.read() as connection:
            return accepted_of(connection, asset_id)

    def renamed_to(self, key: AssetKey) -> tuple[AssetKey, float] | None:
        """Return what an asset is called now that once had this key, and when it was renamed (seconds since 1970)."""
        with self._database.read() as connection:
            return renamed_to(connection, key)

    def former_keys(self) -> dict[AssetKey, list[AssetKey]]:
        """Return the keys that assets had before they were renamed, by the key of today."""
        with self._database.read() as connection:
            return former_keys(connection)


def _code_id(connection: sqlite3.Connection, asset_id: int, code: str) -> int | None:
    row = connection.execute("SELECT id FROM codes WHERE asset_id = ? AND code = ?", (asset_id, code)).fetchone()
    return None if row is None else int(row[0])


def insert_code(connection: sqlite3.Connection, asset_id: int, kept: KeptCode, first_seen: float) -> None:
    """Write a code of an asset that was first seen then (seconds since 1970); one that is there stays as it is."""
    if _code_id(connection, asset_id, kept.code) is not None:
        return
    code_id = connection.execute(
        "INSERT INTO codes (asset_id, code, version, first_seen) VALUES (?, ?, ?, ?)",
        (asset_id, kept.code, kept.version, first_seen),
    ).lastrowid
    digests = {name: _digest(source) for name, source in kept.sources.items()}
    connection.executemany(
        "INSERT OR IGNORE INTO code_sources (digest, source) VALUES (?, ?)",
        [(digest, kept.sources[name]) for name, digest in digests.items()],
    )
    connection.executemany(
        "INSERT INTO code_parts (code_id, name, part, source) VALUES (?, ?, ?, ?)",
        [(code_id, name, part, digests.get(name)) for name, part in kept.parts.items()],
    )


def _read(connection: sqlite3.Connection, code_id: int, code: str) -> KeptCode:
    rows = connection.execute(
        "SELECT p.name, p.part, s.source FROM code_parts p LEFT JOIN code_sources s ON s.digest = p.source "
        "WHERE p.code_id = ? ORDER BY p.name",
        (code_id,),
    ).fetchall()
    version = connection.execute("SELECT version FROM codes WHERE id = ?", (code_id,)).fetchone()[0]
    sources = {name: source for name, _, source in rows if source is not None}
    return KeptCode(code, {name: part for name, part, _ in rows}, sources, version)


def _digest(source: str) -> str:
    return blake2b(source.encode(), digest_size=16).hexdigest()
