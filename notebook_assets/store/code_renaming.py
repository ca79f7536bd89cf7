"""Another key for an asset: one transaction, in which nothing that was made moves."""

from __future__ import annotations

import json
import sqlite3
import time

from notebook_assets.errors import InvalidInvocationError, StoreError
from notebook_assets.keys import AssetKey

_HISTORY = ("materializations", "failures", "pieces", "observations", "check_results")
_DESCRIBED = (
    "kind, group_name, partitions, io_manager_key, notebook, code, description, upstream, metadata, described_at"
)


def rename_row(connection: sqlite3.Connection, asset_id: int, old: AssetKey, new: AssetKey) -> None:
    """Give the asset ``old`` the key ``new``: its own rows, and where others name it as what they are made from.

    Raises:
        InvalidInvocationError: There is an asset ``new`` with a history of its own.
        StoreError: The asset was renamed in the meantime.
    """
    old_text, new_text = old.to_escaped_user_string(), new.to_escaped_user_string()
    if connection.execute("SELECT 1 FROM assets WHERE id = ? AND key = ?", (asset_id, old_text)).fetchone() is None:
        raise StoreError(f"{old_text!r} was renamed or removed just now by another notebook; nothing was changed.")
    row = connection.execute("SELECT id FROM assets WHERE key = ?", (new_text,)).fetchone()
    if row is not None:
        _make_room(connection, asset_id, int(row[0]), new)
    connection.execute("UPDATE assets SET key = ? WHERE id = ?", (new_text, asset_id))
    _rename_upstream(connection, old, new)
    _rename_failed_reads(connection, old_text, new_text)
    connection.execute(
        "INSERT INTO asset_renames (asset_id, time, old_key, new_key) VALUES (?, ?, ?, ?)",
        (asset_id, time.time(), old_text, new_text),
    )


def _make_room(connection: sqlite3.Connection, asset_id: int, taken_id: int, new: AssetKey) -> None:
    """Remove the row of an asset that was only described; what read it reads the renamed one from now on."""
    for table in _HISTORY:
        found = connection.execute(f"SELECT count(*) FROM {table} WHERE asset_id = ?", (taken_id,)).fetchone()[0]  # noqa: S608
        if found:
            name = new.to_user_string()
            raise InvalidInvocationError(
                f"There is an asset {name!r} already, with a history of its own ({found:,} rows of {table}). "
                f"Choose another key, or forget what was made of it first: instance.wipe({name!r})."
            )
    described = f"SELECT {_DESCRIBED} FROM assets WHERE id = ? AND described_at IS NOT NULL"  # noqa: S608
    row = connection.execute(described, (taken_id,)).fetchone()
    if row is not None:
        marks = ", ".join(f"{name.strip()} = ?" for name in _DESCRIBED.split(","))
        connection.execute(f"UPDATE assets SET {marks} WHERE id = ?", (*row, asset_id))  # noqa: S608
    for table, column in (("input_reads", "upstream_id"), ("codes", "asset_id")):
        connection.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (asset_id, taken_id))  # noqa: S608
    connection.execute("DELETE FROM input_reads WHERE upstream_id = ?", (taken_id,))
    connection.execute("DELETE FROM code_parts WHERE code_id IN (SELECT id FROM codes WHERE asset_id = ?)", (taken_id,))
    for table in ("codes", "code_acceptances", "asset_renames"):
        connection.execute(f"DELETE FROM {table} WHERE asset_id = ?", (taken_id,))  # noqa: S608
    connection.execute("DELETE FROM assets WHERE id = ?", (taken_id,))


def _rename_upstream(connection: sqlite3.Connection, old: AssetKey, new: AssetKey) -> None:
    rows = connection.execute("SELECT id, upstream FROM assets WHERE upstream <> '[]'").fetchall()
    for asset_id, text in rows:
        try:
            paths = json.loads(text)
        except ValueError:  # a damaged row of another asset is not what this is about
            continue
        if list(old.path) in paths:
            renamed = [list(new.path) if path == list(old.path) else path for path in paths]
            connection.execute("UPDATE assets SET upstream = ? WHERE id = ?", (json.dumps(renamed), asset_id))


def _rename_failed_reads(connection: sqlite3.Connection, old: str, new: str) -> None:
    rows = connection.execute("SELECT id, reads FROM failures WHERE instr(reads, ?) > 0", (json.dumps(old),)).fetchall()
    for failure, text in rows:
        reads = [[new if name == old else name, *rest] for name, *rest in json.loads(text)]
        connection.execute("UPDATE failures SET reads = ? WHERE id = ?", (json.dumps(reads), failure))


def renamed_to(connection: sqlite3.Connection, key: AssetKey) -> tuple[AssetKey, float] | None:
    """Return what the asset is called today that was renamed from ``key`` last, and when; None where there is none."""
    row = connection.execute(
        "SELECT a.key, r.time FROM asset_renames r JOIN assets a ON a.id = r.asset_id WHERE r.old_key = ? "
        "ORDER BY r.id DESC LIMIT 1",
        (key.to_escaped_user_string(),),
    ).fetchone()
    return None if row is None else (AssetKey.from_escaped_user_string(row[0]), row[1])


def former_keys(connection: sqlite3.Connection) -> dict[AssetKey, list[AssetKey]]:
    """Return the keys that assets had before, by the key of today."""
    found: dict[AssetKey, list[AssetKey]] = {}
    rows = connection.execute(
        "SELECT DISTINCT a.key, r.old_key FROM asset_renames r JOIN assets a ON a.id = r.asset_id "
        "WHERE a.key <> r.old_key"
    )
    for key, old in rows:
        found.setdefault(AssetKey.from_escaped_user_string(key), []).append(AssetKey.from_escaped_user_string(old))
    return found


def last_rename(connection: sqlite3.Connection) -> int:
    """Return the number of the newest rename, 0 where there was none: what was remembered of keys before is void."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM asset_renames").fetchone()[0])
