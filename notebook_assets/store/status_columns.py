"""What statuses are computed from, in columns: a few texts for 100,000 partitions, since rows cost the most."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store.database import chunks
from notebook_assets.store.joined_texts import JoinedTexts

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_ROWS = "partition, event_id, coalesce(data_version, ''), state, kind, coalesce(code, '')"
_JOINED = (
    "count(*), group_concat(partition, char(31)), group_concat(event_id), "
    "group_concat(coalesce(data_version, ''), char(31)), sum(kind <> 'materialization'), "
    "sum(state <> 'materialized'), sum(code IS NOT ?)"
)
_MIXED = (
    "group_concat(substr(state, 1, 1), ''), group_concat(kind = 'materialization', ''), "
    "group_concat(coalesce(code, ''), char(31))"
)
# By its own key, whatever other indexes there are: both read the pieces in one order, since their columns are joined.
_OF_ASSET = "FROM pieces INDEXED BY sqlite_autoindex_pieces_1 WHERE asset_id = ?"
_CODES = {state.value: code for code, state in enumerate(PieceState)}
_RECORDED = (PieceState.MATERIALIZED, PieceState.EMPTY, PieceState.FAILED, PieceState.SKIPPED)
"""The states that are recorded, which differ in their first letters; all others follow from these."""
MOST_CHOSEN = 900
"""So many partitions are looked up one by one; of more, all are read."""


@dataclass(frozen=True, eq=False)
class StatusColumns:
    """The recorded pieces of one asset, in any order; all columns are the caller's own.

    Args:
        partitions: Their keys, empty for an asset without partitions.
        event_ids: The event that made each, or found it empty; int64, 0 where there is none.
        value_ids: The same, 0 where the latest event left no value.
        states: As recorded last: indexes of ``tuple(PieceState)``, int8.
        codes: The code that made each, None where that is not known; an array of objects.
        data_versions: Of the same event, empty where there is none.
    """

    partitions: JoinedTexts
    event_ids: np.ndarray
    value_ids: np.ndarray
    states: np.ndarray
    codes: np.ndarray
    data_versions: JoinedTexts

    def __len__(self) -> int:
        return len(self.partitions)


def status_columns(
    connection: sqlite3.Connection, asset_id: int, code: str | None, chosen: Sequence[str] | None = None
) -> StatusColumns:
    """Return the recorded pieces of an asset.

    Args:
        connection: The database.
        asset_id: The asset.
        code: Its code of today: pieces that were all made by it take less time.
        chosen: The partitions to look at, at most :data:`MOST_CHOSEN`; by default all.
    """
    if chosen is None:
        connection.execute("BEGIN")  # both questions see the same
        try:
            found = _joined(connection, asset_id, code)
        finally:
            connection.execute("COMMIT")
        if found is not None:
            return found
    return _from_rows(connection, asset_id, chosen)


def _joined(connection: sqlite3.Connection, asset_id: int, code: str | None) -> StatusColumns | None:
    """Return all pieces, by as little work for each as can be; None where their texts can't be told apart."""
    found = connection.execute(
        f"SELECT {_JOINED} {_OF_ASSET}",
        (code, asset_id),
    ).fetchone()
    count, names, events, versions, without_value, in_other_states, by_other_code = found
    if not count:
        return no_columns()
    partitions, data_versions = JoinedTexts(names, count), JoinedTexts(versions, count)
    if not (partitions.is_whole and data_versions.is_whole):
        return None
    event_ids = numbers(events)
    if not (without_value or in_other_states or by_other_code):
        states = np.full(count, _CODES["materialized"], dtype=np.int8)
        codes = np.full(count, code, dtype=object)
        return StatusColumns(partitions, event_ids, event_ids.copy(), states, codes, data_versions)
    letters, are_values, other_codes = connection.execute(
        f"SELECT {_MIXED} {_OF_ASSET}",
        (asset_id,),
    ).fetchone()
    texts = JoinedTexts(other_codes, count)
    if not texts.is_whole:
        return None
    table = np.zeros(128, dtype=np.int8)
    for state in _RECORDED:
        table[ord(state.value[0])] = _CODES[state.value]
    states = table[np.frombuffer(letters.encode(), dtype=np.uint8)]
    value_ids = np.where(np.frombuffer(are_values.encode(), dtype=np.uint8) == ord("1"), event_ids, 0)
    return StatusColumns(partitions, event_ids, value_ids, states, _objects(texts.texts()), data_versions)


def _from_rows(connection: sqlite3.Connection, asset_id: int, chosen: Sequence[str] | None) -> StatusColumns:
    rows: list[Any] = []
    for part in [None] if chosen is None else chunks(chosen):
        marks = "" if part is None else f" AND partition IN ({', '.join('?' * len(part))})"
        rows += connection.execute(
            f"SELECT {_ROWS} FROM pieces WHERE asset_id = ?{marks}",  # noqa: S608
            (asset_id, *(part or ())),
        ).fetchall()
    if not rows:
        return no_columns()
    partitions, events, versions, states, kinds, codes = map(list, zip(*rows, strict=True))
    event_ids = np.array(events, dtype=np.int64)
    return StatusColumns(
        JoinedTexts.of(partitions),
        event_ids,
        np.where(np.array(kinds, dtype=object) == "materialization", event_ids, 0),
        np.array([_CODES[state] for state in states], dtype=np.int8),
        _objects(codes),
        JoinedTexts.of(versions),
    )


def no_columns() -> StatusColumns:
    """Return the columns of an asset of which nothing is recorded.

    >>> len(no_columns())
    0
    """
    none = JoinedTexts.of([])
    numbers = np.zeros(0, dtype=np.int64)
    return StatusColumns(none, numbers, numbers, np.zeros(0, dtype=np.int8), _objects([]), none)


def numbers(joined: str | None) -> np.ndarray:
    """Return numbers that stand in a text with commas between them; none for None.

    >>> numbers("1,20").tolist(), len(numbers(None))
    ([1, 20], 0)
    """
    return np.fromstring(joined, dtype=np.int64, sep=",") if joined else np.zeros(0, dtype=np.int64)


def _objects(codes: list[str]) -> np.ndarray:
    column = np.empty(len(codes), dtype=object)
    column[:] = codes
    column[column == ""] = None
    return column
