"""What statuses are computed from: the columns that a store gives at once, or those of its tables of pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store import InputRead, PieceTable
from notebook_assets.store.joined_texts import JoinedTexts
from notebook_assets.store.status_columns import StatusColumns
from notebook_assets.store.status_reads import ReadsOf
from notebook_assets.store.status_singles import StatusSingles
from notebook_assets.store.status_tables import StatusTables

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_CODES = {state: code for code, state in enumerate(PieceState)}


class StatusSource(Protocol):
    """What statuses are computed from; the store's Instance is one."""

    def pieces(self, key: AssetKey) -> PieceTable:
        """Return what was recorded last for each partition."""

    def input_reads(self, key: AssetKey) -> Mapping[int, Sequence[InputRead]]:
        """Return what each latest materialization read, by event id."""


class ColumnSource(Protocol):
    """The same with as little work for each piece as can be; the store's :class:`StatusTables` are one."""

    def pieces(self, key: AssetKey, code: str | None, chosen: Sequence[str] | None = None) -> StatusColumns:
        """Return what was recorded last for each partition, or for a few."""

    def reads(self, key: AssetKey, chosen: Sequence[str] | None = None) -> Mapping[AssetKey, ReadsOf]:
        """Return what the latest materializations of partitions read, by the upstream asset."""


def columns_of(source: StatusSource, singles: Iterable[AssetKey] = ()) -> ColumnSource:
    """Return what gives the columns of a source.

    Args:
        source: What was recorded.
        singles: The assets without partitions that will be asked for, all of which can be read at once.
    """
    tables = getattr(source, "status_tables", None)
    return StatusSingles(tables, singles) if isinstance(tables, StatusTables) else _Tables(source)


class _Tables:
    """Gives the columns of a source that has only tables."""

    def __init__(self, source: StatusSource) -> None:
        self._source = source

    def pieces(self, key: AssetKey, _code: str | None, chosen: Sequence[str] | None = None) -> StatusColumns:
        table = self._source.pieces(key)
        rows = _rows_of(table, chosen)
        events = np.array([table.event_ids[row] for row in rows], dtype=np.int64)
        is_value = np.array([table.kinds[row] == "materialization" for row in rows], dtype=bool)
        codes = np.empty(len(rows), dtype=object)
        codes[:] = [table.codes[row] for row in rows]
        return StatusColumns(
            JoinedTexts.of([table.partitions[row] or "" for row in rows]),
            events,
            np.where(is_value, events, 0),
            np.array([_CODES[table.states[row]] for row in rows], dtype=np.int8),
            codes,
            JoinedTexts.of([table.data_versions[row] or "" for row in rows]),
        )

    def reads(self, key: AssetKey, chosen: Sequence[str] | None = None) -> Mapping[AssetKey, ReadsOf]:
        table, reads = self._source.pieces(key), self._source.input_reads(key)
        found: dict[AssetKey, list[tuple[int, InputRead]]] = {}
        for row in _rows_of(table, chosen):
            event = table.event_ids[row]
            for read in reads.get(event, ()):
                found.setdefault(read.upstream, []).append((event, read))
        return {upstream: _reads_of(rows) for upstream, rows in found.items()}


def _rows_of(table: PieceTable, chosen: Sequence[str] | None) -> list[int]:
    if chosen is None:
        return list(range(len(table)))
    wanted = set(chosen)
    return [row for row, name in enumerate(table.partitions) if (name or "") in wanted]


def _reads_of(rows: Sequence[tuple[int, InputRead]]) -> ReadsOf:
    digests = {event: read.digest for event, read in rows}
    return ReadsOf(
        np.array([event for event, _ in rows], dtype=np.int64),
        JoinedTexts.of([read.subset for _, read in rows]),
        np.array([read.up_to_event for _, read in rows], dtype=np.int64),
        lambda events: {event: digests[event] for event in events if event in digests},
    )
