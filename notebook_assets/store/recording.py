"""What is written when a piece was made, yielded nothing, failed or was skipped; each inside one transaction."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from notebook_assets.metadata import MetadataValue, cut_text, metadata_to_json
from notebook_assets.store.records import InputRead

INSERT_EVENT = (
    "INSERT INTO materializations (asset_id, partition, kind, run, time, duration, code, data_version, format, type, "
    "size, digest, signature, path, metadata, tags, description) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_BLOB = "INSERT INTO value_blobs (materialization_id, data) VALUES (?, ?)"
_INSERT_READ = (
    "INSERT INTO input_reads (materialization_id, upstream_id, subset, up_to_event, digest) VALUES (?, ?, ?, ?, ?)"
)
LATEST_MADE = (
    "INSERT INTO pieces (asset_id, partition, state, kind, event_id, value_event_id, run, time, duration, size, code, "
    "data_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (asset_id, partition) DO UPDATE SET "
    "state = excluded.state, kind = excluded.kind, event_id = excluded.event_id, value_event_id = "
    "CASE excluded.value_event_id WHEN 0 THEN value_event_id ELSE excluded.value_event_id END, failure_id = 0, "
    "run = excluded.run, time = excluded.time, duration = excluded.duration, size = excluded.size, "
    "code = excluded.code, data_version = excluded.data_version"
)
_INSERT_FAILURE = (
    "INSERT INTO failures (asset_id, partition, kind, run, time, duration, code, error_type, message, traceback, "
    "missing, reads) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
LATEST_NOT_MADE = (
    "INSERT INTO pieces (asset_id, partition, state, failure_id, run, time) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (asset_id, partition) DO UPDATE SET state = excluded.state, failure_id = excluded.failure_id, "
    "run = excluded.run, time = excluded.time"
)


@dataclass(frozen=True, slots=True)
class PieceRow:
    """Which piece an event is of, in the store's numbers: asset, partition (``""`` for none) and run (None outside)."""

    asset_id: int
    partition: str
    run: int | None


@dataclass(frozen=True, slots=True)
class StoredValue:
    """Where a value is and what it is: ``path`` of its file, or its bytes ``inline``."""

    format: str
    type_name: str
    size: int
    digest: str
    signature: bytes | None
    path: str | None
    inline: bytes | None
    facts: Mapping[str, MetadataValue] | None = None
    """What is recorded of it besides, under what the function tells."""


@dataclass(frozen=True, slots=True)
class Failing:
    """What is known of a failure or a skip; ``missing`` holds ``"asset[key]"`` names."""

    kind: str
    message: str
    error_type: str | None = None
    traceback: str | None = None
    code: str | None = None
    duration: float = 0.0
    missing: Sequence[str] = ()
    reads: Sequence[InputRead] = ()


def insert_materialization(
    connection: sqlite3.Connection,
    piece: PieceRow,
    value: StoredValue | None,
    *,
    code: str | None,
    data_version: str | None,
    metadata: Mapping[str, MetadataValue],
    tags: Mapping[str, str],
    duration: float,
    reads: Iterable[tuple[int, InputRead]],
    description: str | None = None,
) -> int:
    """Write that the piece was made and make this its latest; return the event's id."""
    said = None if description is None else cut_text(description)
    about = metadata_to_json(metadata), json.dumps(dict(tags)) if tags else "{}", said
    event = _insert_event(connection, piece, "materialization", (duration, code, data_version), value, about)
    if value is not None and value.inline is not None:
        connection.execute(INSERT_BLOB, (event, value.inline))
    _insert_reads(connection, event, reads)
    size, value_event = (value.size, event) if value is not None else (0, 0)
    latest = "materialized", "materialization", event, value_event, piece.run, time.time(), duration, size
    connection.execute(LATEST_MADE, (piece.asset_id, piece.partition, *latest, code, data_version))
    return event


def insert_empty(
    connection: sqlite3.Connection,
    piece: PieceRow,
    *,
    code: str | None,
    duration: float,
    reads: Iterable[tuple[int, InputRead]],
) -> int:
    """Write that the piece's function ran and yielded nothing; return the event's id."""
    event = _insert_event(connection, piece, "empty", (duration, code, None), None, ("{}", "{}", None))
    _insert_reads(connection, event, reads)
    latest = "empty", "empty", event, 0, piece.run, time.time(), duration, 0
    connection.execute(LATEST_MADE, (piece.asset_id, piece.partition, *latest, code, None))
    return event


def _insert_event(
    connection: sqlite3.Connection,
    piece: PieceRow,
    kind: str,
    making: tuple[float, str | None, str | None],
    value: StoredValue | None,
    about: tuple[str, str, str | None],
) -> int:
    """Write the event's row: ``making`` is duration, code and data version, ``about`` metadata, tags, description."""
    stored: tuple[object, ...] = (None,) * 6
    if value is not None:
        stored = (value.format, value.type_name, value.size, value.digest, value.signature, value.path)
    columns = (piece.asset_id, piece.partition, kind, piece.run, time.time(), *making, *stored, *about)
    event = connection.execute(INSERT_EVENT, columns).lastrowid
    assert event is not None  # noqa: S101  (an INSERT that raised nothing has one)
    return event


def insert_failure(connection: sqlite3.Connection, piece: PieceRow, failing: Failing) -> int:
    """Write that the piece failed or was skipped; what was made of it before stays. Return the failure's id."""
    now = time.time()
    reads = [
        [read.upstream.to_escaped_user_string(), read.subset, read.up_to_event, read.digest] for read in failing.reads
    ]
    failure = connection.execute(
        _INSERT_FAILURE,
        (
            piece.asset_id,
            piece.partition,
            failing.kind,
            piece.run,
            now,
            failing.duration,
            failing.code,
            failing.error_type,
            cut_text(failing.message),
            None if failing.traceback is None else cut_text(failing.traceback),
            json.dumps(list(failing.missing)),
            json.dumps(reads),
        ),
    ).lastrowid
    assert failure is not None  # noqa: S101  (an INSERT that raised nothing has one)
    connection.execute(LATEST_NOT_MADE, (piece.asset_id, piece.partition, failing.kind, failure, piece.run, now))
    return failure


def _insert_reads(connection: sqlite3.Connection, event: int, reads: Iterable[tuple[int, InputRead]]) -> None:
    for upstream_id, read in reads:
        connection.execute(_INSERT_READ, (event, upstream_id, read.subset, read.up_to_event, read.digest))
