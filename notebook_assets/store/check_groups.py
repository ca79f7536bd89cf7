"""CheckGroup: which partitions a check ended alike for, counted by SQL; and the latest results of one piece."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.keys import AssetKey
from notebook_assets.store.checks_table import CHECK_ROW, CheckRecord, check_record
from notebook_assets.store.joined_texts import JoinedTexts

# Of a group with max(id), SQLite takes the other columns from that row.
_LATEST = (
    "SELECT name, partition, time, CASE WHEN error IS NOT NULL THEN 'error' WHEN passed THEN 'passed' "
    "WHEN severity = 'WARN' THEN 'warned' ELSE 'failed' END AS outcome, "
    "blocking AND (error IS NOT NULL OR NOT passed AND severity <> 'WARN') AS refuses, max(id) AS id "
    "FROM check_results WHERE asset_id = ? GROUP BY name, partition"
)
_COUNTED = "SELECT name, outcome, refuses, count(*), max(time), group_concat(partition, char(31))"
_NAMES = (  # by the index, one look for each: DISTINCT would go through all results
    "WITH RECURSIVE names (name) AS (SELECT min(name) FROM check_results WHERE asset_id = :asset UNION ALL "
    "SELECT (SELECT min(c.name) FROM check_results c WHERE c.asset_id = :asset AND c.name > names.name) FROM names "
    "WHERE names.name IS NOT NULL) SELECT name FROM names WHERE name IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """The partitions for which the latest results of a check are alike.

    Args:
        name: The check.
        outcome: ``"passed"``, ``"warned"``, ``"failed"`` or ``"error"``.
        refuses: Whether it stops what is made from them.
        time: When the latest of these results was recorded, in seconds since 1970.
        partitions: The partitions; empty for the asset as a whole.

    >>> len(CheckGroup("rows", "passed", False, 0.0, ["mon", "tue"]).partitions)
    2
    """

    name: str
    outcome: str
    refuses: bool
    time: float
    partitions: Sequence[str]


def check_groups(connection: sqlite3.Connection, asset_id: int) -> list[CheckGroup]:
    """Return how the latest results of the checks of an asset are, by name."""
    found = []
    connection.execute("BEGIN")  # all questions see the same
    try:
        for name, outcome, refuses, count, moment, joined in connection.execute(
            f"{_COUNTED} FROM ({_LATEST}) GROUP BY name, outcome, refuses", (asset_id,)
        ).fetchall():
            column = JoinedTexts(joined, count)
            if not column.is_whole:  # a key holds what stands between keys
                rows = connection.execute(
                    f"SELECT partition FROM ({_LATEST}) WHERE name = ? AND outcome = ? AND refuses = ?",  # noqa: S608
                    (asset_id, name, outcome, refuses),
                )
                column = JoinedTexts.of([row[0] for row in rows])
            found.append(CheckGroup(name, outcome, bool(refuses), moment, column.texts()))
    finally:
        connection.execute("COMMIT")
    return found


def latest_checks_of(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int, partition: str, name: str | None = None
) -> list[CheckRecord]:
    """Return the latest result of each check (or the one of that name) of one piece of an asset, by name."""
    names = [row[0] for row in connection.execute(_NAMES, {"asset": asset_id})] if name is None else [name]
    query = f"{CHECK_ROW} AND c.name = ? AND c.partition = ? ORDER BY c.id DESC LIMIT 1"
    rows = [connection.execute(query, (asset_id, each, partition)).fetchone() for each in names]
    return [check_record(key, row) for row in rows if row is not None]
