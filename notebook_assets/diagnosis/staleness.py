"""Which pieces are stale, and why: other code, newer or other inputs, or inputs that are stale themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetNode
from notebook_assets.assets.fingerprint_mappings import differs_in_mappings_only
from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.diagnosis.read_before import ReadBefore, Spans
from notebook_assets.diagnosis.read_subsets import key_sums, read_subsets
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.store.records import ReadColumns

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class CauseKind(StrEnum):
    """Why a piece is stale."""

    CODE = "code changed"
    MAPPING_CODE = "partition mapping's code changed"
    REMAPPED = "other input partitions"
    UPDATED = "input updated"
    INHERITED = "input stale"


@dataclass(frozen=True)
class Cause:
    """One reason why one piece is stale. ``upstream`` is None when the asset's own code (or mapping) changed."""

    kind: CauseKind
    upstream: AssetKey | None = None
    positions: tuple[int, ...] = ()
    """The positions of the upstream pieces that it is about; none where other partitions are needed today."""


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


@dataclass(frozen=True, eq=False)
class Staleness:
    """Which pieces of one asset are stale, by reason; each mask is a bool column by position."""

    by_code: np.ndarray
    by_mapping: Mapping[AssetKey, np.ndarray]
    by_update: Mapping[AssetKey, np.ndarray]
    by_inheritance: Mapping[AssetKey, np.ndarray]
    mask: np.ndarray
    inputs: Sequence[InputsOf] = ()
    read_up_to: Mapping[AssetKey, np.ndarray] | None = None
    by_mapping_code: np.ndarray | None = None
    """Those of ``by_code`` whose code differs in nothing but a custom partition mapping; None where there are none."""

    @staticmethod
    def none(count: int) -> Staleness:
        """Return the staleness of ``count`` pieces that are all fresh."""
        fresh = np.zeros(count, dtype=bool)
        return Staleness(fresh, {}, {}, {}, fresh)

    def causes(self, position: int) -> list[Cause]:
        """Return why the piece at ``position`` is stale, its own code first; empty when it is fresh."""
        is_mapping = self.by_mapping_code is not None and self.by_mapping_code[position]
        found = [Cause(CauseKind.MAPPING_CODE if is_mapping else CauseKind.CODE)] if self.by_code[position] else []
        for entry in self.inputs:
            needed = entry.links.upstream(position)
            if self.by_mapping[entry.upstream][position]:
                found.append(Cause(CauseKind.REMAPPED, entry.upstream))
            if self.by_update[entry.upstream][position]:
                read_up_to = (self.read_up_to or {})[entry.upstream][position]
                newer = needed[entry.event_ids[needed] > read_up_to]
                found.append(Cause(CauseKind.UPDATED, entry.upstream, tuple(newer.tolist())))
            if self.by_inheritance[entry.upstream][position]:
                stale = needed[entry.outdated[needed]]
                found.append(Cause(CauseKind.INHERITED, entry.upstream, tuple(stale.tolist())))
        return found


def find_staleness(
    node: AssetNode,
    event_ids: np.ndarray,
    codes: np.ndarray,
    inputs: Sequence[InputsOf],
    reads: Mapping[AssetKey, ReadColumns],
) -> Staleness:
    """Return which pieces of ``node`` are stale.

    Args:
        node: The asset; it has a definition.
        event_ids: By position, the event that made each piece; 0 for those never made, which can't be stale.
        codes: By position, the code that made it, an array of objects.
        inputs: Its dependencies, whose own staleness is known already (except that of the asset itself).
        reads: What the events read, by the upstream asset.
    """
    made = event_ids > 0
    today = node.code
    by_code = made & (codes != today)
    events = event_ids.tolist()
    columns = {entry.upstream: _by_position(reads.get(entry.upstream), events) for entry in inputs}
    by_mapping: dict[AssetKey, np.ndarray] = {}
    by_update: dict[AssetKey, np.ndarray] = {}
    for entry in inputs:
        column = columns[entry.upstream]
        by_mapping[entry.upstream], still_read = _remapped(entry, made, column)
        by_update[entry.upstream] = _updated(entry, made & ~by_mapping[entry.upstream], column, still_read)
    mask = by_code.copy()
    for reason in (*by_mapping.values(), *by_update.values()):
        mask |= reason
    by_inheritance: dict[AssetKey, np.ndarray] = {}
    own = None
    for entry in inputs:
        if entry.upstream == node.key:
            own = entry
        else:
            by_inheritance[entry.upstream] = made & entry.links.any_of(entry.outdated)
            mask |= by_inheritance[entry.upstream]
    if own is not None:  # its own earlier partitions
        by_inheritance[node.key] = _inherited_from_itself(own.links, made, mask)
        inputs = [replace(entry, outdated=mask) if entry is own else entry for entry in inputs]
    read_up_to = {key: column.up_to for key, column in columns.items()}
    by_mapping_code = _other_mappings(by_code, codes, today)
    return Staleness(by_code, by_mapping, by_update, by_inheritance, mask, inputs, read_up_to, by_mapping_code)


def _other_mappings(by_code: np.ndarray, codes: np.ndarray, today: str | None) -> np.ndarray | None:
    """Which pieces were made by today's code but for that of a custom partition mapping."""
    if today is None or not by_code.any():
        return None
    kinds = {code: differs_in_mappings_only(str(code), today) for code in set(codes[by_code].tolist())}
    if not any(kinds.values()):
        return None
    found = np.zeros(len(by_code), dtype=bool)
    found[by_code] = [kinds[code] for code in codes[by_code].tolist()]
    return found


@dataclass(frozen=True, eq=False)
class _ReadColumn:
    """What each piece read of one upstream asset: up to which event (-1 where it did not), which keys, and a digest."""

    up_to: np.ndarray
    subsets: list[str]
    digests: list[str]


def _by_position(read: ReadColumns | None, events: list[int]) -> _ReadColumn:
    """Return what was read by the events of each position."""
    if read is None:
        return _ReadColumn(np.full(len(events), -1, dtype=np.int64), [""] * len(events), [""] * len(events))
    if read.event_ids == events:  # all are made, in the order of the definition
        return _ReadColumn(np.array(read.up_to_events, dtype=np.int64), read.subsets, read.digests)
    row_of = {event: row for row, event in enumerate(read.event_ids)}
    rows = [row_of.get(event, -1) for event in events]
    up_to, subsets, digests = [*read.up_to_events, -1], [*read.subsets, ""], [*read.digests, ""]  # row -1: not read
    return _ReadColumn(
        np.array([up_to[row] for row in rows], dtype=np.int64),
        [subsets[row] for row in rows],
        [digests[row] for row in rows],
    )


def _remapped(entry: InputsOf, made: np.ndarray, column: _ReadColumn) -> tuple[np.ndarray, dict[int, Spans]]:
    """Which pieces were made from other upstream partitions than they need today.

    What was read and is not needed any more counts, and what is needed, there, and was not read; what is needed and
    not there yet does not. Beside it, of the pieces that lack only such, what they read.
    """
    candidates = made & (column.up_to >= 0)
    still_read: dict[int, Spans] = {}
    if not candidates.any():
        return candidates, still_read
    longest = int((entry.links.stops - entry.links.starts).max(initial=0))
    today = read_subsets(entry.links, entry.keys, key_sums(entry.definition, entry.keys, longest))
    if today == column.subsets:
        return np.zeros(len(today), dtype=bool), still_read
    candidates &= ~np.fromiter(map(str.__eq__, today, column.subsets), dtype=bool, count=len(today))
    is_there = entry.event_ids > 0
    lacks = candidates & (entry.links.count_of(is_there) != entry.links.count())
    if lacks.any():
        before = ReadBefore(entry.keys, entry.definition, is_there)
        known: dict[tuple[str, str], Spans | None] = {}  # many pieces may need the same ones
        for position in np.flatnonzero(lacks).tolist():
            texts = (column.subsets[position], today[position])
            if texts not in known:
                known[texts] = before.among(texts[0], entry.links.spans(position))
            spans = known[texts]
            if spans is not None:
                candidates[position], still_read[position] = False, spans
    return candidates, still_read


def _updated(entry: InputsOf, made: np.ndarray, column: _ReadColumn, still_read: Mapping[int, Spans]) -> np.ndarray:
    """Which pieces were made before an upstream piece that they need was made again with other contents."""
    newest = entry.links.max_of(entry.event_ids, 0)
    updated: np.ndarray = made & (column.up_to >= 0) & (newest > column.up_to)
    digests: dict[tuple[tuple[int, int], ...], str] = {}  # many pieces may need the same ones
    for position in np.flatnonzero(updated).tolist():
        spans = tuple(still_read[position] if position in still_read else entry.links.spans(position))
        if spans not in digests:
            digests[spans] = inputs_digest(
                version for start, stop in spans for version in entry.data_versions[start:stop]
            )
        updated[position] = digests[spans] != column.digests[position]
    return updated


def _inherited_from_itself(links: Links, made: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Follow staleness through an asset's own earlier partitions; adds to ``mask`` what it finds."""
    inherited = np.zeros(len(mask), dtype=bool)
    if not mask.any():
        return inherited
    for position in range(int(mask.argmax()) + 1, len(mask)):
        if made[position] and any(mask[start:stop].any() for start, stop in links.spans(position)):
            inherited[position] = mask[position] = True
    return inherited
