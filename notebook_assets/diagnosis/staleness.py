"""Which pieces are stale, and why: other code, newer or other inputs, or inputs that are stale themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetNode
from notebook_assets.assets.fingerprint_mappings import differs_in_mappings_only
from notebook_assets.diagnosis.compared_reads import InputsOf, ReadColumn, read_by_position, remapped, removed, updated
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.store.status_reads import ReadsOf

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
    ADDED = "dependency added"
    REMOVED = "dependency removed"


@dataclass(frozen=True)
class Cause:
    """One reason why one piece is stale. ``upstream`` is None when the asset's own code (or mapping) changed."""

    kind: CauseKind
    upstream: AssetKey | None = None
    positions: tuple[int, ...] = ()
    """The positions of the upstream pieces that it is about; none where other partitions are needed today."""


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
    by_added: Mapping[AssetKey, np.ndarray] = field(default_factory=dict)
    """Those that were made without an asset that they depend on today."""
    by_removed: Mapping[AssetKey, np.ndarray] = field(default_factory=dict)
    """Those that were made from an asset that they no longer depend on."""

    @staticmethod
    def none(count: int) -> Staleness:
        """Return the staleness of ``count`` pieces that are all fresh."""
        fresh = np.zeros(count, dtype=bool)
        return Staleness(fresh, {}, {}, {}, fresh)

    def causes(self, position: int) -> list[Cause]:
        """Return why the piece at ``position`` is stale, its own code first; empty when it is fresh."""
        is_mapping = self.by_mapping_code is not None and self.by_mapping_code[position]
        found = [Cause(CauseKind.MAPPING_CODE if is_mapping else CauseKind.CODE)] if self.by_code[position] else []
        found += [Cause(CauseKind.ADDED, key) for key, mask in self.by_added.items() if mask[position]]
        found += [Cause(CauseKind.REMOVED, key) for key, mask in self.by_removed.items() if mask[position]]
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
    reads: Mapping[AssetKey, ReadsOf],
) -> Staleness:
    """Return which pieces of ``node`` are stale.

    Args:
        node: The asset; it has a definition.
        event_ids: By position, the event that made each piece; 0 for those never made, which can't be stale.
        codes: By position, the code that made it, an array of objects; None where nothing is known of how it was made.
        inputs: Its dependencies, whose own staleness is known already (except that of the asset itself).
        reads: What the events read, by the upstream asset.
    """
    made, upstream = event_ids > 0, {entry.upstream for entry in inputs}
    by_code, reported = _other_code(made, codes, node.code)
    columns = {entry.upstream: read_by_position(reads.get(entry.upstream), event_ids, reported) for entry in inputs}
    by_mapping, by_update = _by_reads(inputs, made, columns)
    by_added, by_removed = _added(inputs, made, columns), removed(reads, upstream, event_ids)
    mask = by_code.copy()
    for reason in (*by_mapping.values(), *by_update.values(), *by_added.values(), *by_removed.values()):
        mask |= reason
    by_inheritance = _inherited_by_input(node.key, inputs, made, mask)
    return Staleness(
        by_code,
        by_mapping,
        by_update,
        by_inheritance,
        mask,
        [replace(entry, outdated=mask) if entry.upstream == node.key else entry for entry in inputs],
        {key: column.up_to for key, column in columns.items()},
        _other_mappings(by_code, codes, node.code),
        by_added,
        by_removed,
    )


def _by_reads(
    inputs: Sequence[InputsOf], made: np.ndarray, columns: Mapping[AssetKey, ReadColumn]
) -> tuple[dict[AssetKey, np.ndarray], dict[AssetKey, np.ndarray]]:
    """Return by upstream asset which pieces need other partitions of it today, and which read older ones."""
    by_mapping: dict[AssetKey, np.ndarray] = {}
    by_update: dict[AssetKey, np.ndarray] = {}
    for entry in inputs:
        key, column = entry.upstream, columns[entry.upstream]
        by_mapping[key], still_read = remapped(entry, made, column)
        by_update[key] = updated(entry, made & ~by_mapping[key], column, still_read)
    return by_mapping, by_update


def _added(
    inputs: Sequence[InputsOf], made: np.ndarray, columns: Mapping[AssetKey, ReadColumn]
) -> dict[AssetKey, np.ndarray]:
    """Return by upstream asset which pieces were made without it; only those assets of which there are any."""
    found: dict[AssetKey, np.ndarray] = {}
    for entry in inputs:
        if not entry.is_source:
            without = made & (columns[entry.upstream].up_to < 0)
            if without.any():
                found[entry.upstream] = without
    return found


def _inherited_by_input(
    key: AssetKey, inputs: Sequence[InputsOf], made: np.ndarray, mask: np.ndarray
) -> dict[AssetKey, np.ndarray]:
    """Return by upstream asset which pieces of ``key`` are made from what is stale; adds to ``mask`` what it finds."""
    found: dict[AssetKey, np.ndarray] = {}
    own = None
    for entry in inputs:
        if entry.upstream == key:
            own = entry
        else:
            found[entry.upstream] = _inherited(entry, made)
            mask |= found[entry.upstream]
    if own is not None:  # its own earlier partitions, once it is known which of them are stale for other reasons
        found[key] = _inherited_from_itself(own.links, made, mask)
    return found


def _other_code(made: np.ndarray, codes: np.ndarray, today: str | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Return which pieces were made by other code, and which were only reported: nobody knows how these were made."""
    differs: np.ndarray = made & (codes != today)
    if not differs.any():
        return differs, None
    reported = differs & (codes == np.array(None, dtype=object))
    return differs & ~reported, reported if reported.any() else None


def _inherited(entry: InputsOf, made: np.ndarray) -> np.ndarray:
    """Which pieces are made from something that is stale itself."""
    if not entry.outdated.any():
        return np.zeros(len(made), dtype=bool)
    inherited: np.ndarray = made & entry.links.any_of(entry.outdated)
    return inherited


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


def _inherited_from_itself(links: Links, made: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Follow staleness through an asset's own earlier partitions; adds to ``mask`` what it finds."""
    inherited = np.zeros(len(mask), dtype=bool)
    if not mask.any():
        return inherited
    for position in range(int(mask.argmax()) + 1, len(mask)):
        if made[position] and any(mask[start:stop].any() for start, stop in links.spans(position)):
            inherited[position] = mask[position] = True
    return inherited
