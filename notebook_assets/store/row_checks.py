"""What must hold between the rows of a store, each as a question that finds the rows for which it does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from notebook_assets.keys import AssetKey
from notebook_assets.store.problems import StoreProblem

_PIECES: tuple[tuple[str, str], ...] = (
    (
        "Its latest event is not there, or is one of another piece.",
        "SELECT p.asset_id, p.partition, p.event_id FROM pieces p LEFT JOIN materializations m ON m.id = p.event_id "
        "AND m.asset_id = p.asset_id AND m.partition = p.partition AND m.kind = p.kind "
        "WHERE p.event_id > 0 AND m.id IS NULL",
    ),
    (
        "A later event is recorded than the one that counts as its latest.",
        "SELECT p.asset_id, p.partition, p.event_id FROM pieces p JOIN (SELECT asset_id, partition, max(id) AS latest "
        "FROM materializations GROUP BY asset_id, partition) m ON m.asset_id = p.asset_id "
        "AND m.partition = p.partition WHERE m.latest > p.event_id",
    ),
    (
        "Its latest value is one that is not there, or is not kept.",
        "SELECT p.asset_id, p.partition, p.value_event_id FROM pieces p LEFT JOIN materializations m "
        "ON m.id = p.value_event_id AND m.asset_id = p.asset_id AND m.partition = p.partition "
        "WHERE p.value_event_id > 0 AND m.format IS NULL",
    ),
    (
        "Its latest failure is not there.",
        "SELECT p.asset_id, p.partition, 0 FROM pieces p LEFT JOIN failures f ON f.id = p.failure_id "
        "AND f.asset_id = p.asset_id AND f.partition = p.partition WHERE p.failure_id > 0 AND f.id IS NULL",
    ),
    (
        "It is called failed or skipped, but no failure is on record.",
        "SELECT asset_id, partition, 0 FROM pieces WHERE failure_id = 0 AND state IN ('failed', 'skipped')",
    ),
    (
        "It was made, but is not in the table of pieces.",
        "SELECT m.asset_id, m.partition, max(m.id) FROM materializations m LEFT JOIN pieces p "
        "ON p.asset_id = m.asset_id AND p.partition = m.partition WHERE p.asset_id IS NULL "
        "GROUP BY m.asset_id, m.partition",
    ),
    (
        "Two events name one value file.",
        "SELECT asset_id, partition, max(id) FROM materializations WHERE path IS NOT NULL "
        "GROUP BY path HAVING count(*) > 1",
    ),
    (
        "The database holds a value of it that its event does not know.",
        "SELECT m.asset_id, m.partition, m.id FROM value_blobs b JOIN materializations m "
        "ON m.id = b.materialization_id WHERE m.format IS NULL OR m.path IS NOT NULL",
    ),
)


def wrong_pieces(connection: sqlite3.Connection, chosen: Mapping[int, AssetKey]) -> Iterable[StoreProblem]:
    """Give what is wrong between the rows of the chosen assets (by number).

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store, store.database.read() as connection:
    ...     list(wrong_pieces(connection, {}))
    []
    """
    for what, query in _PIECES:
        for asset_id, partition, event in connection.execute(query).fetchall():
            if asset_id in chosen:
                yield StoreProblem(chosen[asset_id], partition or None, event or None, what)


def wrong_references(connection: sqlite3.Connection) -> Iterable[StoreProblem]:
    """Give the rows of any table that name a row of another which is not there: one problem for each pair of tables."""
    counts: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        counts[table, parent] = counts.get((table, parent), 0) + 1
    for (table, parent), number in counts.items():
        yield StoreProblem(None, None, None, f"{number:,} rows of {table} name rows of {parent} that are not there.")


def wrong_pages(connection: sqlite3.Connection, *, deep: bool) -> Iterable[StoreProblem]:
    """Give what SQLite finds wrong with the database file itself, at most 20 things; indexes only if ``deep``."""
    rows = connection.execute(f"PRAGMA {'integrity_check' if deep else 'quick_check'}(20)").fetchall()
    for (text,) in rows:
        if text != "ok":
            yield StoreProblem(None, None, None, f"The database is damaged: {text}")
