"""Recorded pieces put at their positions in today's definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store.status_columns import StatusColumns

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_MISSING = tuple(PieceState).index(PieceState.MISSING)


@dataclass(frozen=True, eq=False)
class Placed:
    """The recorded columns of an asset by position in its definition; see :class:`~..status.AssetStatus`.

    ``codes`` holds the code that made each piece, None for none; ``orphans`` the recorded keys that are no partitions.
    """

    states: np.ndarray
    event_ids: np.ndarray
    value_ids: np.ndarray
    codes: np.ndarray
    data_versions: list[str | None]
    orphans: tuple[str | None, ...] = ()


def data_version_of(recorded: str | None, value_id: int) -> str | None:
    """Return what stands for a piece's contents: its data version, else (where none is known) the event that made it.

    >>> data_version_of(None, 7), data_version_of(None, 0)
    ('#7', None)
    """
    return recorded or (f"#{value_id}" if value_id else None)


def placed(keys: Sequence[str | None], columns: StatusColumns, needed: np.ndarray | None = None) -> Placed:
    """Return recorded columns by position.

    Args:
        keys: The keys of the definition, by position; ``[None]`` for an asset without partitions.
        columns: What was recorded.
        needed: The positions that were looked for; by default all.
    """
    names = [keys[0] or ""] if len(keys) == 1 else cast("Sequence[str]", keys)
    if columns.partitions.is_same(names):  # all of them, in the order of the definition
        return Placed(columns.states, columns.event_ids, columns.value_ids, columns.codes, _versions(columns))
    count = len(keys)
    found = Placed(
        states=np.full(count, _MISSING, dtype=np.int8),
        event_ids=np.zeros(count, dtype=np.int64),
        value_ids=np.zeros(count, dtype=np.int64),
        codes=np.full(count, None, dtype=object),
        data_versions=[None] * count,
        orphans=(),
    )
    if not len(columns):
        return found
    looked_for = range(count) if needed is None else needed.tolist()
    return _scattered(found, {names[position]: position for position in looked_for}, columns)


def _scattered(found: Placed, place: Mapping[str, int], columns: StatusColumns) -> Placed:
    partitions = columns.partitions.texts()
    positions = np.fromiter((place.get(name, -1) for name in partitions), np.int64, len(partitions))
    is_known = positions >= 0
    at = positions[is_known]
    for into, column in (
        (found.states, columns.states),
        (found.event_ids, columns.event_ids),
        (found.value_ids, columns.value_ids),
        (found.codes, columns.codes),
    ):
        into[at] = column[is_known]
    for position, version in zip(positions.tolist(), _versions(columns), strict=True):
        if position >= 0:
            found.data_versions[position] = version
    orphans = tuple(partitions[row] or None for row in np.flatnonzero(~is_known).tolist())
    return Placed(found.states, found.event_ids, found.value_ids, found.codes, found.data_versions, orphans)


def _versions(columns: StatusColumns) -> list[str | None]:
    """Return what stands for the contents of each piece."""
    texts: list[str | None] = list(columns.data_versions.texts())
    if columns.data_versions.has_empty():
        values = columns.value_ids.tolist()
        return [data_version_of(text, value) for text, value in zip(texts, values, strict=True)]
    return texts
