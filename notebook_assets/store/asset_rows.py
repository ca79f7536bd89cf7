"""The table of assets: their ids, and the descriptions of their definitions."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import cut_text, metadata_from_json, metadata_to_json
from notebook_assets.store.code_renaming import last_rename
from notebook_assets.store.database import Database, chunks
from notebook_assets.store.records import AssetDescription

_COLUMNS = "key, kind, group_name, partitions, io_manager_key, notebook, code, description, upstream, metadata"


class AssetIds:
    """The number of each asset in this store, looked up once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[AssetKey, int] = {}
        self._last_rename = 0

    def find(self, key: AssetKey) -> int | None:
        """Return the number of an asset, or ``None`` where the store has never heard of it."""
        found = self._known.get(key)
        if found is None:
            with self._database.read() as connection:
                row = connection.execute(
                    "SELECT id FROM assets WHERE key = ?", (key.to_escaped_user_string(),)
                ).fetchone()
            if row is None:
                return None
            found = self._known[key] = int(row[0])
        return found

    def follow_renames(self) -> bool:
        """Forget the numbers if an asset was renamed, here or by another process; return whether one was."""
        with self._database.read() as connection:
            last = last_rename(connection)
        if last == self._last_rename:
            return False
        self._last_rename = last
        self.forget()
        return True

    def forget(self) -> None:
        """Look the numbers up again."""
        self._known.clear()

    def named(self, asset: Any) -> AssetKey:
        """Return the key that a person means, who may give the asset itself.

        Text with slashes is a key of one part if there is such an asset; else it is the asset whose parts, joined by
        slashes, read like it; else the key of one part after all.
        """
        if isinstance(asset, AssetKey):
            return asset
        key = AssetKey.from_coercible_or_definition(asset)
        if not isinstance(asset, str) or "/" not in asset or self.find(key) is not None:
            return key
        with self._database.read() as connection:
            texts = [text for (text,) in connection.execute("SELECT key FROM assets ORDER BY key")]
        for text in texts:
            with suppress(InvalidDefinitionError, TypeError):
                other = AssetKey.from_escaped_user_string(text)
                if other.to_user_string() == asset:
                    return other
        return key

    def make(self, key: AssetKey) -> int:
        """Return the number of an asset, which gets one, in a transaction of its own, where it has none."""
        found = self.find(key)
        if found is None:
            with self._database.write() as connection:
                connection.execute("INSERT OR IGNORE INTO assets (key) VALUES (?)", (key.to_escaped_user_string(),))
            found = self.find(key)
            assert found is not None, "the row was just committed"  # noqa: S101
        return found


def numbers_of_assets(connection: sqlite3.Connection, keys: Iterable[AssetKey]) -> list[int]:
    """Return the numbers of assets within a transaction; those that have none get one."""
    texts = [key.to_escaped_user_string() for key in keys]
    found = _numbers(connection, texts)
    if new := [text for text in texts if text not in found]:
        connection.executemany("INSERT OR IGNORE INTO assets (key) VALUES (?)", zip(new))
        found |= _numbers(connection, new)
    return [found[text] for text in texts]


def _numbers(connection: sqlite3.Connection, texts: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(texts):
        marks = ", ".join("?" * len(part))
        found.update(connection.execute(f"SELECT key, id FROM assets WHERE key IN ({marks})", part).fetchall())  # noqa: S608
    return found


def describe(connection: sqlite3.Connection, descriptions: Iterable[AssetDescription]) -> None:
    """Write the descriptions that differ from what is there."""
    known = {row[0]: row for row in connection.execute(f"SELECT {_COLUMNS} FROM assets WHERE described_at IS NOT NULL")}  # noqa: S608
    changed = [row for row in map(_to_row, descriptions) if known.get(row[0]) != row]
    connection.executemany(
        f"INSERT INTO assets ({_COLUMNS}, described_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
        "ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, group_name = excluded.group_name, "
        "partitions = excluded.partitions, io_manager_key = excluded.io_manager_key, notebook = excluded.notebook, "
        "code = excluded.code, description = excluded.description, upstream = excluded.upstream, "
        "metadata = excluded.metadata, described_at = excluded.described_at",
        [(*row, time.time()) for row in changed],
    )


def undescribed(connection: sqlite3.Connection, descriptions: Iterable[AssetDescription]) -> bool:
    """Whether any of the descriptions differs from what is there."""
    known = set(connection.execute(f"SELECT {_COLUMNS} FROM assets WHERE described_at IS NOT NULL"))  # noqa: S608
    return any(_to_row(description) not in known for description in descriptions)


def all_descriptions(connection: sqlite3.Connection) -> dict[AssetKey, AssetDescription]:
    """Return every asset that was described or recorded, sorted by key; a row that names no asset is left out."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM assets ORDER BY key").fetchall()  # noqa: S608
    found = {}
    for row in rows:
        with suppress(InvalidDefinitionError, TypeError):  # one damaged row must not hide all other assets
            description = _from_row(row)
            found[description.key] = description
    return found


def description_of(connection: sqlite3.Connection, key: AssetKey) -> AssetDescription | None:
    """Return one asset's description, or ``None`` where the store has never heard of it."""
    query = f"SELECT {_COLUMNS} FROM assets WHERE key = ?"  # noqa: S608
    row = connection.execute(query, (key.to_escaped_user_string(),)).fetchone()
    return None if row is None else _from_row(row)


def _to_row(description: AssetDescription) -> tuple[Any, ...]:
    partitions = None if description.partitions is None else json.dumps(description.partitions, sort_keys=True)
    return (
        description.key.to_escaped_user_string(),
        description.kind,
        description.group,
        partitions,
        description.io_manager_key,
        description.notebook,
        description.code,
        description.description,
        json.dumps([key.path for key in description.upstream]),
        metadata_to_json(description.metadata),
    )


@lru_cache(maxsize=16_384)  # a store is asked for all of them before each run, and few have changed since
def _from_row(row: tuple[Any, ...]) -> AssetDescription:
    key, kind, group, partitions, io_manager_key, notebook, code, description, upstream, metadata = row
    return AssetDescription(
        AssetKey.from_escaped_user_string(key),
        kind,
        group,
        None if partitions is None else _content(partitions),
        io_manager_key,
        notebook,
        code,
        description,
        _keys(upstream),
        metadata_from_json(metadata),
    )


def _content(text: Any) -> dict[str, Any]:
    """Return what a definition is made from; where that can't be read, one whose kind says so when it is needed."""
    content = _json(text)
    return content if isinstance(content, dict) else {"type": f"unreadable: {cut_text(str(text), 80)}"}


def _keys(text: Any) -> tuple[AssetKey, ...]:
    try:
        return tuple(AssetKey(path) for path in _json(text) or ())
    except (InvalidDefinitionError, TypeError):
        return ()


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
