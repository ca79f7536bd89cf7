"""The keys of dynamic partitions that go along with an archive: those of which it has pieces."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from notebook_assets.store.database import Database

_KEYS = (
    "SELECT d.name, p.partition FROM dynamic_partitions p JOIN dynamic_definitions d ON d.id = p.definition_id "
    "ORDER BY d.name, p.number"
)


def dynamic_keys(database: Database, events: Collection[tuple[int, Mapping[str, Any]]]) -> Iterator[dict[str, str]]:
    """Give the keys of dynamic partitions that the events are of, as rows, in the order in which they were added.

    Args:
        database: The store's database.
        events: The events, each behind the number of its asset.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     list(dynamic_keys(store.database, []))
    []
    """
    used = {part for _, row in events for part in (row["partition"], *row["partition"].split("|"))}
    with database.read() as connection:
        described = connection.execute("SELECT id, partitions FROM assets WHERE partitions IS NOT NULL").fetchall()
        keys = connection.execute(_KEYS).fetchall()
    assets = {asset_id for asset_id, _ in events}
    names = {name for asset_id, text in described if asset_id in assets for name in _names(text)}
    return ({"name": name, "partition": key} for name, key in keys if name in names and key in used)


def _names(text: str) -> Iterator[str]:
    """Give the names of the dynamic definitions that a definition, as the store keeps it, is made of."""
    content: Any = None
    with suppress(ValueError, RecursionError):
        content = json.loads(text)
    if not isinstance(content, dict):
        return
    if isinstance(content.get("name"), str):
        yield content["name"]
    dimensions = content.get("partitions_defs")
    for part in dimensions.values() if isinstance(dimensions, dict) else ():
        if isinstance(part, dict) and isinstance(part.get("name"), str):
            yield part["name"]
