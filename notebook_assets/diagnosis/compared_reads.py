"""What pieces read when they were made, compared with what they need today and with how that is now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.diagnosis.read_before import ReadBefore, Spans
from notebook_assets.diagnosis.read_subsets import key_sums, read_subset, read_subsets
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.store.joined_texts import JoinedTexts
from notebook_assets.store.status_reads import ReadsOf

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_FEW = 8
"""Where less than one key in so many is read, texts are made for each row, not for all keys first."""


@dataclass(frozen=True, eq=False)
class InputsOf:
    """One dependency of an asset, as columns: which upstream pieces each piece needs, and how those are now.

    ``outdated`` says of each upstream piece whether it is stale itself; ``keys`` are the upstream keys by position,
    those of ``definition``.
    """

    upstream: AssetKey
    links: Links
    keys: Sequence[str | None]
    event_ids: np.ndarray
    data_versions: Sequence[str | None]
    outdated: np.ndarray
    definition: PartitionsDefinition | None = None
    is_source: bool = False
    """Whether it is made elsewhere: of such nobody may have known when it was read."""


@dataclass(frozen=True, eq=False)
class ReadColumn:
    """What each piece read of one upstream asset, by position.

    ``up_to`` is the newest event that was read, -1 where it was not read; ``row`` says where in ``subsets`` the text of
    each position is that did, and ``digests`` gives those of some positions.
    """

    up_to: np.ndarray
    row: np.ndarray
    subsets: JoinedTexts
    digests: Callable[[Sequence[int]], list[str]]


def read_by_position(reads: ReadsOf | None, event_ids: np.ndarray, reported: np.ndarray | None = None) -> ReadColumn:
    """Return what was read by the events of each position.

    Args:
        reads: What events read, in any order; None for nothing.
        event_ids: The event of each position, 0 for none.
        reported: Which of them were only reported: they may have read all that there was; None for none.
    """
    count = len(event_ids)
    if reads is None or not len(reads.event_ids):
        up_to = _filled(count) if reported is None else np.where(reported, event_ids, -1)
        return ReadColumn(up_to, _filled(count), JoinedTexts.of([]), lambda positions: [""] * len(positions))

    def digests(positions: Sequence[int]) -> list[str]:
        events = event_ids[np.array(positions, dtype=np.int64)].tolist()
        known = reads.digests(events)
        return [known.get(event, "") for event in events]

    if np.array_equal(reads.event_ids, event_ids):  # all are made, in the order of the definition
        return ReadColumn(reads.up_to, np.arange(count, dtype=np.int64), reads.subsets, digests)
    order = np.argsort(reads.event_ids, kind="stable")
    found = np.minimum(np.searchsorted(reads.event_ids, event_ids, sorter=order), len(order) - 1)
    row = np.where(reads.event_ids[order[found]] == event_ids, order[found], -1)
    up_to = np.where(row >= 0, reads.up_to[row], -1 if reported is None else np.where(reported, event_ids, -1))
    return ReadColumn(up_to, row, reads.subsets, digests)


def _filled(count: int) -> np.ndarray:
    return np.full(count, -1, dtype=np.int64)


def remapped(entry: InputsOf, made: np.ndarray, column: ReadColumn) -> tuple[np.ndarray, dict[int, Spans]]:
    """Which pieces were made from other upstream partitions than they need today.

    What was read and is not needed any more counts, and what is needed, there, and was not read; what is needed and
    not there yet does not. Beside it, of the pieces that lack only such, what they read.

    Args:
        entry: The dependency.
        made: Which pieces are made.
        column: What they read of it.
    """
    candidates = made & (column.row >= 0)
    still_read: dict[int, Spans] = {}
    positions = np.flatnonzero(candidates)
    if not len(positions):
        return candidates, still_read
    links = entry.links if len(positions) == len(made) else rows_of(entry.links, positions)
    today = _needed_today(entry, links)
    rows = column.row[positions]
    is_in_order = len(rows) == len(column.subsets) and bool((rows[1:] > rows[:-1]).all())
    if is_in_order and column.subsets.is_same(today):
        return np.zeros(len(made), dtype=bool), still_read
    texts = column.subsets.texts()
    before = [texts[row] for row in rows.tolist()]
    differs = np.fromiter(map(str.__ne__, today, before), dtype=bool, count=len(today))
    candidates[positions[~differs]] = False
    is_there = entry.event_ids > 0
    lacks = differs & (links.count_of(is_there) != links.count())
    if lacks.any():
        known: dict[tuple[str, str], Spans | None] = {}  # many pieces may need the same ones
        reads = ReadBefore(entry.keys, entry.definition, is_there)
        for at in np.flatnonzero(lacks).tolist():
            if (before[at], today[at]) not in known:
                known[before[at], today[at]] = reads.among(before[at], links.spans(at))
            spans = known[before[at], today[at]]
            if spans is not None:
                candidates[positions[at]], still_read[int(positions[at])] = False, spans
    return candidates, still_read


def _needed_today(entry: InputsOf, links: Links) -> list[str]:
    """Return, as texts, what some pieces need of a dependency."""
    longest = int((links.stops - links.starts).max(initial=0))
    sums = key_sums(entry.definition, entry.keys, longest)
    if len(links) * _FEW > len(entry.keys):
        return read_subsets(links, entry.keys, sums)
    return [read_subset(links.spans(row), entry.keys, sums) for row in range(len(links))]


def updated(entry: InputsOf, made: np.ndarray, column: ReadColumn, still_read: Mapping[int, Spans]) -> np.ndarray:
    """Which pieces were made before an upstream piece that they need was made again with other contents.

    Args:
        entry: The dependency.
        made: Which pieces are made, and from the partitions that they need today.
        column: What they read of it.
        still_read: Of some of them, what they read of what they need: they can do with that.
    """
    candidates = made & (column.up_to >= 0)
    positions = np.flatnonzero(candidates)
    links = entry.links if len(positions) == len(made) else rows_of(entry.links, positions)
    positions = positions[links.max_of(entry.event_ids, 0) > column.up_to[positions]]
    result = np.zeros(len(made), dtype=bool)
    digests: dict[tuple[tuple[int, int], ...], str] = {}  # many pieces may need the same ones
    places = positions.tolist()
    for position, before in zip(places, column.digests(places) if places else (), strict=True):
        spans = tuple(still_read[position] if position in still_read else entry.links.spans(position))
        if spans not in digests:
            digests[spans] = inputs_digest(
                version for start, stop in spans for version in entry.data_versions[start:stop]
            )
        result[position] = digests[spans] != before
    return result


def removed(
    reads: Mapping[AssetKey, ReadsOf], known: Collection[AssetKey], event_ids: np.ndarray
) -> dict[AssetKey, np.ndarray]:
    """Return which pieces read assets that are no dependencies any more, by these assets.

    Args:
        reads: What events read.
        known: The dependencies of today.
        event_ids: The event of each position.
    """
    gone = {key: np.isin(event_ids, read.event_ids) for key, read in reads.items() if key not in known}
    return {key: mask for key, mask in gone.items() if mask.any()}


def rows_of(links: Links, rows: np.ndarray) -> Links:
    """Return the links of some rows, in the order given.

    Args:
        links: The links.
        rows: Which of their rows, int64.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 3]), np.array([0, 0, 4]), np.array([2, 1, 6]))
    >>> rows_of(links, np.array([1])).upstream(0).tolist()
    [0, 4, 5]
    """
    first, many = links.offsets[rows], links.offsets[rows + 1] - links.offsets[rows]
    offsets = np.concatenate([[0], np.cumsum(many, dtype=np.int64)])
    at = np.arange(int(offsets[-1]), dtype=np.int64) + np.repeat(first - offsets[:-1], many)
    lacking = links.nonexistent
    places = enumerate(rows.tolist()) if lacking else ()
    kept = {place: lacking[row] for place, row in places if row in lacking}
    return Links(offsets, links.starts[at], links.stops[at], kept)
