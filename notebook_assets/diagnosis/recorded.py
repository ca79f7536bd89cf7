"""What statuses are computed from: the columns that a store gives at once, or those of its tables of pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from notebook_assets.keys import AssetKey
from notebook_assets.store import InputRead, PieceTable
from notebook_assets.store.records import PieceColumns, ReadColumns


class StatusSource(Protocol):
    """What statuses are computed from; the store's Instance is one."""

    def pieces(self, key: AssetKey) -> PieceTable:
        """Return what was recorded last for each partition."""

    def input_reads(self, key: AssetKey) -> Mapping[int, Sequence[InputRead]]:
        """Return what each latest materialization read, by event id."""


@runtime_checkable
class ColumnSource(Protocol):
    """The same with as little work for each piece as can be; the store's Instance is one too."""

    def piece_columns(self, key: AssetKey) -> PieceColumns:
        """Return what was recorded last for each partition."""

    def read_columns(self, key: AssetKey) -> Mapping[AssetKey, ReadColumns]:
        """Return what the latest materializations read, by the upstream asset."""


def columns_of(source: StatusSource | ColumnSource) -> ColumnSource:
    """Return a source that gives columns."""
    return source if isinstance(source, ColumnSource) else _Tables(source)


class _Tables:
    """Gives the columns of a source that has only tables."""

    def __init__(self, source: StatusSource) -> None:
        self._source = source

    def piece_columns(self, key: AssetKey) -> PieceColumns:
        return self._source.pieces(key)

    def read_columns(self, key: AssetKey) -> Mapping[AssetKey, ReadColumns]:
        found: dict[AssetKey, ReadColumns] = {}
        for event, reads in self._source.input_reads(key).items():
            for read in reads:
                columns = found.setdefault(read.upstream, ReadColumns([], [], [], []))
                columns.event_ids.append(event)
                columns.subsets.append(read.subset)
                columns.up_to_events.append(read.up_to_event)
                columns.digests.append(read.digest)
        return found
