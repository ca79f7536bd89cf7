"""What other code made counts as made by today's: written, asked for, and taken back, each inside a transaction.

A piece's row has the code that it counts as made by; the row of the event that made it keeps the code that did.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notebook_assets.store.database import chunks


@dataclass(frozen=True)
class Accepted:
    """That a piece counts as made by another code than it was: since when (seconds since 1970), and both codes."""

    time: float
    old_code: str | None
    new_code: str


# Of several acceptances of one event the latest that was not taken back holds.
_HOLDING = (
    "FROM pieces p JOIN accepted_codes a ON a.materialization_id = p.event_id AND a.taken_back_at IS NULL "
    "JOIN code_acceptances c ON c.id = a.acceptance_id AND c.asset_id = p.asset_id AND c.code = p.code "
    "WHERE p.asset_id = ? AND a.acceptance_id = (SELECT max(b.acceptance_id) FROM accepted_codes b "
    "WHERE b.materialization_id = p.event_id AND b.taken_back_at IS NULL)"
)


def accept_pieces(connection: sqlite3.Connection, asset_id: int, code: str, partitions: Sequence[str] | None) -> int:
    """Have the pieces that other code made count as made by ``code``; return how many there are."""
    others = list(_others(connection, asset_id, code, partitions))
    if not others:
        return 0
    acceptance = connection.execute(
        "INSERT INTO code_acceptances (asset_id, time, code) VALUES (?, ?, ?)", (asset_id, time.time(), code)
    ).lastrowid
    connection.executemany(
        "INSERT INTO accepted_codes (materialization_id, acceptance_id, code) VALUES (?, ?, ?)",
        [(event, acceptance, before) for _, event, before in others],
    )
    connection.executemany(
        "UPDATE pieces SET code = ? WHERE asset_id = ? AND partition = ?",
        [(code, asset_id, partition) for partition, _, _ in others],
    )
    return len(others)


def _others(
    connection: sqlite3.Connection, asset_id: int, code: str, partitions: Sequence[str] | None
) -> Iterator[tuple[str, int, str | None]]:
    query = "SELECT partition, event_id, code FROM pieces WHERE asset_id = ? AND event_id > 0 AND code IS NOT ?"
    if partitions is None:
        yield from connection.execute(query, (asset_id, code)).fetchall()
        return
    for part in chunks(partitions, 500):
        marks = ", ".join("?" * len(part))
        yield from connection.execute(f"{query} AND partition IN ({marks})", (asset_id, code, *part)).fetchall()


def take_back_pieces(connection: sqlite3.Connection, asset_id: int, partitions: Sequence[str] | None) -> int:
    """Undo the acceptance that holds of each piece; return of how many there was one."""
    rows = connection.execute(f"SELECT p.partition, p.event_id, a.acceptance_id, a.code {_HOLDING}", (asset_id,))
    chosen = None if partitions is None else set(partitions)
    held = [row for row in rows.fetchall() if chosen is None or row[0] in chosen]
    now = time.time()
    connection.executemany(
        "UPDATE accepted_codes SET taken_back_at = ? WHERE materialization_id = ? AND acceptance_id = ?",
        [(now, event, acceptance) for _, event, acceptance, _ in held],
    )
    connection.executemany(
        "UPDATE pieces SET code = ? WHERE asset_id = ? AND partition = ?",
        [(before, asset_id, partition) for partition, _, _, before in held],
    )
    return len(held)


def accepted_of(connection: sqlite3.Connection, asset_id: int) -> dict[str | None, Accepted]:
    """Return the acceptance that holds of each piece that has one, by partition key."""
    rows = connection.execute(f"SELECT p.partition, c.time, a.code, c.code {_HOLDING}", (asset_id,))
    return {partition or None: Accepted(*rest) for partition, *rest in rows}
