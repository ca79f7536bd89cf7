"""All that a store holds: what must not have changed where something is refused."""

from __future__ import annotations

import sqlite3
from typing import Any

from notebook_assets.store import Instance


def everything(instance: Instance) -> list[tuple[Any, ...]]:
    """Return all rows of all tables, and all files."""
    with sqlite3.connect(instance.folder / "store.db") as connection:
        rows = [(line,) for line in connection.iterdump()]
    connection.close()
    return rows + [(str(path), path.read_bytes()) for path in sorted((instance.folder / "values").rglob("*.*"))]
