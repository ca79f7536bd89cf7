"""What the latest events of an asset's pieces read of other assets, in columns: the other half of statuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.store.database import chunks
from notebook_assets.store.joined_texts import JoinedTexts
from notebook_assets.store.status_columns import numbers

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_ROWS = (
    "SELECT i.upstream_id AS upstream, i.materialization_id AS event, i.subset AS subset, i.up_to_event AS up_to "
    "FROM pieces p CROSS JOIN input_reads i ON i.materialization_id = p.event_id "
    "WHERE p.asset_id = ? AND p.event_id > 0"
)
_JOINED = (
    "SELECT count(*), group_concat(event), group_concat(subset, char(31)), group_concat(up_to), "  # noqa: S608
    f"group_concat(upstream) FROM ({_ROWS})"
)
_MOST_SINGLE = 9_000  # digests: of more, all of a range of events are read


@dataclass(frozen=True, eq=False)
class ReadsOf:
    """What the pieces of one asset read of one upstream asset; pieces that did not read it are left out.

    Args:
        event_ids: The events that read, int64.
        subsets: Which partitions, as text.
        up_to: The newest event that was read, int64.
        digests: Gives the digests of what some of the events read, by event.
    """

    event_ids: np.ndarray
    subsets: JoinedTexts
    up_to: np.ndarray
    digests: Callable[[Sequence[int]], dict[int, str]]


def read_columns(
    connection: sqlite3.Connection, asset_id: int, chosen: Sequence[str] | None = None
) -> dict[int, tuple[np.ndarray, JoinedTexts, np.ndarray]]:
    """Return events, subsets, and newest events that were read, by the number of the upstream asset.

    Args:
        connection: The database.
        asset_id: The asset.
        chosen: The partitions to look at; by default all.
    """
    if chosen is None:
        count, events, subsets, up_to, numbers_read = connection.execute(_JOINED, (asset_id,)).fetchone()
        column = JoinedTexts(subsets or "", count)
        if column.is_whole:
            return _apart(numbers(events), column, numbers(up_to), numbers(numbers_read))
    rows: list[Any] = []
    for part in [None] if chosen is None else chunks(chosen):
        marks = "" if part is None else f" AND p.partition IN ({', '.join('?' * len(part))})"
        rows += connection.execute(f"{_ROWS}{marks}", (asset_id, *(part or ()))).fetchall()
    if not rows:
        return {}
    upstream, events, subsets, up_to = zip(*rows, strict=True)
    return _apart(_column(events), JoinedTexts.of(list(subsets)), _column(up_to), _column(upstream))


def _apart(
    events: np.ndarray, subsets: JoinedTexts, up_to: np.ndarray, upstream: np.ndarray
) -> dict[int, tuple[np.ndarray, JoinedTexts, np.ndarray]]:
    """Return columns by the upstream asset that each row is about."""
    if not len(events):
        return {}
    if bool((upstream == upstream[0]).all()):
        return {int(upstream[0]): (events, subsets, up_to)}
    texts = np.array(subsets.texts(), dtype=object)
    found = {}
    for number in np.unique(upstream).tolist():
        rows = upstream == number
        found[number] = (events[rows], JoinedTexts.of(texts[rows].tolist()), up_to[rows])
    return found


def digests_of(connection: sqlite3.Connection, upstream_id: int, events: Sequence[int]) -> dict[int, str]:
    """Return the digests of what events read of an upstream asset, by event; what was wiped since is left out.

    Args:
        connection: The database.
        upstream_id: What was read.
        events: Which events.
    """
    if len(events) > _MOST_SINGLE:
        return dict(
            connection.execute(
                "SELECT materialization_id, digest FROM input_reads "
                "WHERE materialization_id BETWEEN ? AND ? AND upstream_id = ?",
                (min(events), max(events), upstream_id),
            ).fetchall()
        )
    found: dict[int, str] = {}
    for part in _parts(events):
        marks = ", ".join("?" * len(part))
        found |= connection.execute(
            f"SELECT materialization_id, digest FROM input_reads "  # noqa: S608
            f"WHERE upstream_id = ? AND materialization_id IN ({marks})",
            (upstream_id, *part),
        ).fetchall()
    return found


def _parts(events: Sequence[int], size: int = 900) -> Iterable[Sequence[int]]:
    return (events[start : start + size] for start in range(0, len(events), size))


def _column(values: Sequence[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)
