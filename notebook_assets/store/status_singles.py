"""What statuses ask of assets without partitions, of all such assets at once: one question for each would cost more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store.database import chunks
from notebook_assets.store.joined_texts import JoinedTexts
from notebook_assets.store.status_columns import StatusColumns
from notebook_assets.store.status_reads import ReadsOf
from notebook_assets.store.status_tables import StatusTables

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_CODES = {state.value: code for code, state in enumerate(PieceState)}
_PIECES = (
    "SELECT asset_id, event_id, kind, state, code, coalesce(data_version, '') FROM pieces AS p "
    "WHERE asset_id IN ({}) AND partition = '' "
    "AND NOT EXISTS (SELECT 1 FROM pieces AS o WHERE o.asset_id = p.asset_id AND o.partition > '')"
)
_READS = (
    "SELECT p.asset_id, i.upstream_id, i.materialization_id, i.subset, i.up_to_event FROM pieces AS p "
    "CROSS JOIN input_reads AS i ON i.materialization_id = p.event_id "
    "WHERE p.asset_id IN ({}) AND p.partition = '' AND p.event_id > 0"
)


class StatusSingles:
    """Answers like :class:`StatusTables`, from what it read at once of the assets that have one piece and no other.

    Args:
        tables: What answers for all other assets.
        keys: The assets without partitions that will be asked for.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as instance:
    ...     run = instance.begin_run(selection="daily", planned=1)
    ...     event = instance.record_materialization("daily", run_id=run, code="c")
    ...     columns = StatusSingles(instance.status_tables, [AssetKey("daily")]).pieces(AssetKey("daily"), "c")
    ...     columns.partitions.texts(), columns.event_ids.tolist() == [event]
    ([''], True)
    """

    def __init__(self, tables: StatusTables, keys: Iterable[AssetKey]) -> None:
        self._tables = tables
        self._numbers = {key: number for key in keys if (number := tables.ids.find(key)) is not None}
        self._rows: dict[int, Any] = {}
        self._reads: dict[int, list[Any]] = {}
        with tables.database.read() as connection:
            for part in chunks(list(self._numbers.values())):
                self._read(connection, part)

    def _read(self, connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
        marks = ", ".join("?" * len(numbers))
        connection.execute("BEGIN")  # both questions see the same
        try:
            rows = connection.execute(_PIECES.format(marks), numbers).fetchall()
            reads = connection.execute(_READS.format(marks), numbers).fetchall()
        finally:
            connection.execute("COMMIT")
        self._rows.update((row[0], row[1:]) for row in rows)
        for number, *read in reads:
            self._reads.setdefault(number, []).append(read)

    def pieces(self, key: AssetKey, code: str | None, chosen: Sequence[str] | None = None) -> StatusColumns:
        """Return the recorded pieces of an asset, as :meth:`StatusTables.pieces` does."""
        row = self._rows.get(self._numbers.get(key, 0))
        if row is None or chosen is not None:
            return self._tables.pieces(key, code, chosen)
        event, kind, state, made_by, version = row
        codes = np.empty(1, dtype=object)
        codes[0] = made_by or None
        return StatusColumns(
            JoinedTexts.of([""]),
            np.array([event], dtype=np.int64),
            np.array([event if kind == "materialization" else 0], dtype=np.int64),
            np.array([_CODES[state]], dtype=np.int8),
            codes,
            JoinedTexts.of([version]),
        )

    def reads(self, key: AssetKey, chosen: Sequence[str] | None = None) -> dict[AssetKey, ReadsOf]:
        """Return what the latest event of the piece of an asset read, as :meth:`StatusTables.reads` does."""
        number = self._numbers.get(key, 0)
        if number not in self._rows or chosen is not None:
            return self._tables.reads(key, chosen)
        found = {}
        for upstream, event, subset, up_to in self._reads.get(number, ()):
            events, newest = np.array([event], dtype=np.int64), np.array([up_to], dtype=np.int64)
            read = ReadsOf(events, JoinedTexts.of([subset]), newest, self._tables.digests(upstream))
            found[self._tables.key_of(upstream)] = read
        return found
