"""The table of observations: what was said about pieces without making them, such as the data version of a source."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from notebook_assets.assets import AssetObservation
from notebook_assets.assets.observations import DATA_VERSION_TAG
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, metadata_from_json, metadata_to_json
from notebook_assets.store.event_record import PieceRecord
from notebook_assets.store.event_types import EventType

_INSERT = (
    "INSERT INTO observations (id, asset_id, partition, run, time, data_version, description, metadata, tags) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ROW = (
    "SELECT o.id, o.partition, r.id, o.time, o.data_version, o.description, o.metadata, o.tags "
    "FROM observations o LEFT JOIN runs r ON r.number = o.run WHERE o.asset_id = ?"
)


@dataclass(frozen=True)
class Seen:
    """What was seen of a piece (of the whole asset, where ``partition`` is None), as the store takes it.

    >>> Seen("2013-01-01", data_version="v1").metadata
    {}
    """

    partition: str | None = None
    data_version: str | None = None
    description: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ObservationRecord(PieceRecord):
    """One observation, as the store gives it back; ``time`` is in seconds since 1970 (UTC), ``run_id`` may be None."""

    event_id: int
    key: AssetKey
    partition: str | None
    run_id: str | None
    time: float
    data_version: str | None
    description: str | None
    metadata: Mapping[str, MetadataValue]
    tags: Mapping[str, str]

    @property
    def event_type(self) -> EventType:
        """That something was seen."""
        return EventType.ASSET_OBSERVATION

    @property
    def asset_observation(self) -> AssetObservation:
        """What was seen, as the event that a function may yield."""
        version = {} if self.data_version is None else {DATA_VERSION_TAG: self.data_version}
        return AssetObservation(self.key, self.description, self.metadata, self.partition, {**self.tags, **version})

    @property
    def storage_id(self) -> int:
        """The number of its row, as :attr:`event_id`."""
        return self.event_id


@dataclass(frozen=True)
class ObservedColumns:
    """The latest data version of each piece that was seen with one, one list a column, sorted by partition key.

    ``partitions`` holds ``None`` for what is about the whole asset.

    >>> len(ObservedColumns())
    0
    """

    partitions: list[str | None] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)
    data_versions: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.partitions)


def insert_observations(
    connection: sqlite3.Connection, asset_id: int, run: int | None, seen: Sequence[Seen]
) -> list[int]:
    """Write what was seen of pieces of one asset; return the events' ids."""
    first = take_ids(connection, len(seen))
    now = time.time()
    rows = [
        (
            first + place,
            asset_id,
            each.partition or "",
            run,
            now,
            each.data_version,
            each.description,
            metadata_to_json(each.metadata),
            json.dumps(dict(each.tags)) if each.tags else "{}",
        )
        for place, each in enumerate(seen)
    ]
    connection.executemany(_INSERT, rows)
    return [row[0] for row in rows]


def take_ids(connection: sqlite3.Connection, count: int) -> int:
    """Take ids from the sequence of materializations, so that events of both kinds are in one order."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'materializations'").fetchone()
    if row is None:
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('materializations', ?)", (count,))
        return 1
    connection.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'materializations'", (count,))
    return int(row[0]) + 1


def observed_columns(connection: sqlite3.Connection, asset_id: int) -> ObservedColumns:
    """Return the latest data version that was seen of each piece of an asset."""
    rows = connection.execute(  # of a group with max(id), SQLite takes the other columns from that row
        "SELECT partition, max(id), data_version, time FROM observations "
        "WHERE asset_id = ? AND data_version IS NOT NULL GROUP BY partition ORDER BY partition",
        (asset_id,),
    ).fetchall()
    if not rows:
        return ObservedColumns()
    partitions, events, versions, times = (list(column) for column in zip(*rows, strict=True))
    return ObservedColumns([name or None for name in partitions], events, versions, times)


def observations_of(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int, partition: str | None
) -> list[ObservationRecord]:
    """Return the observations of one piece (of all pieces, where ``partition`` is None), the newest first."""
    only, more = ("", ()) if partition is None else (" AND o.partition = ?", (partition,))
    rows = connection.execute(f"{_ROW}{only} ORDER BY o.id DESC", (asset_id, *more)).fetchall()
    return [
        ObservationRecord(
            event,
            key,
            name or None,
            run,
            moment,
            version,
            description,
            metadata_from_json(metadata),
            json.loads(tags),
        )
        for event, name, run, moment, version, description, metadata, tags in rows
    ]
