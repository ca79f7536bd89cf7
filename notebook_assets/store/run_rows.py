"""All that the store keeps of one run, in the order in which it happened."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, metadata_from_json

if TYPE_CHECKING:
    from notebook_assets.store.instance import Instance

_MADE = (
    "SELECT m.kind, a.key, m.partition, m.time, m.id, m.data_version, m.description, m.metadata, m.tags "
    "FROM materializations m JOIN assets a ON a.id = m.asset_id WHERE m.run = ?"
)
_SEEN = (
    "SELECT 'observation', a.key, o.partition, o.time, o.id, o.data_version, o.description, o.metadata, o.tags "
    "FROM observations o JOIN assets a ON a.id = o.asset_id WHERE o.run = ?"
)
_FAILED = (
    "SELECT f.kind, a.key, f.partition, f.time, f.id, NULL, f.message, '{}', '{}' FROM failures f "
    "JOIN assets a ON a.id = f.asset_id WHERE f.run = ?"
)
_CHECKED = (
    "SELECT 'check', a.key, c.partition, c.time, c.id, NULL, c.description, c.metadata, '{}', c.name, c.passed, "
    "c.severity, c.blocking, c.event_id, c.error FROM check_results c JOIN assets a ON a.id = c.asset_id "
    "WHERE c.run = ?"
)


@dataclass(frozen=True)
class CheckOfRow:
    """Which check it was, and what it found; ``error`` is what it raised, if it did."""

    name: str
    passed: bool
    severity: str
    blocking: bool
    event_id: int
    error: str | None


@dataclass(frozen=True)
class RunRow:
    """One thing that happened in a run.

    Args:
        kind: ``materialization``, ``empty``, ``observation``, ``failed``, ``skipped`` or ``check``.
        key: The asset.
        partition: Its partition, None for all of it.
        time: When, in seconds since 1970 (UTC).
        row_id: The id; materializations and observations share a sequence.
        data_version: The data version that was made or seen.
        description: What was said.
        metadata: What was attached.
        tags: What was attached.
        check: What a check found.
    """

    kind: str
    key: AssetKey
    partition: str | None
    time: float
    row_id: int
    data_version: str | None = None
    description: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    check: CheckOfRow | None = None


def rows_of_run(instance: Instance, run_id: str) -> list[RunRow]:
    """Return all that the store keeps of one run, in the order in which it happened; none where it has no such run.

    Args:
        instance: The store.
        run_id: The run.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def one(): return 1
    >>> store = Instance.ephemeral()
    >>> run = materialize([one], instance=store, progress=False).run_id
    >>> [(row.kind, str(row.key.to_user_string())) for row in rows_of_run(store, run)]
    [('materialization', 'one')]
    """
    with instance.database.read() as connection:
        found = connection.execute("SELECT number FROM runs WHERE id = ?", (run_id,)).fetchone()
        rows = [] if found is None else list(_rows(connection, int(found[0])))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]  # what is of one time stays in the tables' order


def _rows(connection: sqlite3.Connection, run: int) -> Iterator[tuple[float, RunRow]]:
    """Yield the rows of each table by their numbers, each with the latest time so far: a clock may jump back."""
    for query in (_MADE, _SEEN, _FAILED, _CHECKED):
        latest = 0.0
        for row in connection.execute(f"{query} ORDER BY 5", (run,)):  # 5: the id
            kind, key, partition, moment, number, version, description, metadata, tags, *check = row
            latest = max(latest, moment)
            made = RunRow(
                kind,
                AssetKey.from_escaped_user_string(key),
                partition or None,
                moment,
                number,
                version,
                description,
                metadata_from_json(metadata),
                json.loads(tags),
                CheckOfRow(check[0], bool(check[1]), check[2], bool(check[3]), check[4], check[5]) if check else None,
            )
            yield latest, made
