"""Values from their rows: checked for being whole and trusted, then decoded."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import BrokenValueError, UntrustedPickleError
from notebook_assets.store.formats import decode, digest_of, format_called
from notebook_assets.store.packed_frames import PackedFrame
from notebook_assets.store.signing import is_signed
from notebook_assets.store.values import ValueFiles

FRAME_TYPE = "pandas.DataFrame"
"""What the store calls the type of a DataFrame."""

# The event whose value counts is the latest; where all since the latest value was only reported, it is that value's.
_COUNTS = (
    "CASE WHEN p.value_event_id IN (0, p.event_id) OR EXISTS (SELECT 1 FROM materializations later WHERE "
    "later.asset_id = p.asset_id AND later.partition = p.partition AND later.id > p.value_event_id "
    "AND later.run IS NOT NULL) OR EXISTS (SELECT 1 FROM assets a WHERE a.id = p.asset_id "
    "AND a.io_manager_key != 'io_manager') THEN p.event_id ELSE p.value_event_id END"
)
_COLUMNS = (
    "p.partition, p.state, p.kind, coalesce(m.id, 0), p.value_event_id, m.format, m.type, m.digest, m.signature, "
    f"m.path, CAST(b.data AS BLOB) FROM pieces p LEFT JOIN materializations m ON m.id = {_COUNTS} "
    "LEFT JOIN value_blobs b ON b.materialization_id = m.id"
)
_ONE = f"SELECT {_COLUMNS} WHERE p.asset_id = ? AND p.partition = ?"


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One piece as recorded, and where its latest value is; ``data`` where that is in the database.

    ``event_id`` is the latest event; that of the latest value where what came later was only reported, without a run.
    """

    partition: str
    state: str
    kind: str
    event_id: int
    value_event_id: int
    format: str | None
    type_name: str | None
    digest: str
    signature: bytes | None
    path: str | None
    data: bytes | None

    @property
    def has_value(self) -> bool:
        """Whether that event is one with a value that the store keeps."""
        return self.value_event_id == self.event_id != 0


def value_row(connection: sqlite3.Connection, asset_id: int, partition: str) -> ValueRow | None:
    """Return the row of one piece, ``None`` where nothing was recorded of it."""
    row = connection.execute(_ONE, (asset_id, partition)).fetchone()
    return None if row is None else ValueRow(*row)


def value_rows(connection: sqlite3.Connection, asset_id: int, partitions: Sequence[str]) -> list[ValueRow]:
    """Return the rows of those of at most 900 ``partitions`` that have one, in any order."""
    marks = ", ".join("?" * len(partitions))
    query = f"SELECT {_COLUMNS} WHERE p.asset_id = ? AND p.partition IN ({marks})"
    return [ValueRow(*row) for row in connection.execute(query, (asset_id, *partitions))]


def read_value(row: ValueRow, files: ValueFiles, what: str) -> Any:
    """Return the value of a row that has one, a fresh object; ``what`` names it in an error.

    Raises:
        BrokenValueError: It is gone, cut short, altered or unreadable.
        UntrustedPickleError: It is a pickle that this user did not sign.
    """
    form = format_called(row.format or "", what)
    data = checked_bytes(row, files, what)
    if form.executes and not is_signed(data, row.signature):
        raise UntrustedPickleError(
            f"The value of {what} is a pickle that was not signed with this user's key, and reading a pickle can run "
            "any code. If you know where it comes from, trust it with instance.trust(asset_key); "
            "or materialize it again here."
        )
    return decode(form.name, data, what)


def read_packed(row: ValueRow, files: ValueFiles, what: str) -> Any:
    """Return the value as :func:`read_value` does, but a DataFrame still packed, its bytes checked."""
    if row.format == "parquet" and row.type_name == FRAME_TYPE:
        return PackedFrame(checked_bytes(row, files, what), what)
    return read_value(row, files, what)


def checked_bytes(row: ValueRow, files: ValueFiles, what: str) -> bytes:
    """Return the stored bytes, whole and unaltered.

    Raises:
        BrokenValueError: They are not.
    """
    data = row.data if row.data is not None else files.read(row.path, what) if row.path is not None else None
    if data is None:
        raise BrokenValueError(f"The value of {what} is gone from the store. Materialize it again.")
    if digest_of(format_called(row.format or "", what).name, data) != row.digest:
        raise BrokenValueError(
            f"The value of {what} was cut short or altered after it was stored: its {len(data):,} bytes do not have "
            "the digest on record. Put the file back from a copy, or materialize it again."
        )
    return data
