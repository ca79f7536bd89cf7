"""Which pieces are stale, and why: other code, newer inputs, or inputs that are stale themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetNode
from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.store import InputRead

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class CauseKind(StrEnum):
    """Why a piece is stale."""

    CODE = "code changed"
    UPDATED = "input updated"
    INHERITED = "input stale"


@dataclass(frozen=True)
class Cause:
    """One reason why one piece is stale. ``upstream`` is None when the asset's own code changed."""

    kind: CauseKind
    upstream: AssetKey | None = None
    positions: tuple[int, ...] = ()
    """The positions of the upstream pieces that it is about."""


@dataclass(frozen=True)
class InputsOf:
    """One dependency of an asset, as columns: which upstream pieces each piece needs, and how those are now."""

    upstream: AssetKey
    links: Links
    event_ids: np.ndarray
    data_versions: Sequence[str | None]
    states: np.ndarray


@dataclass(frozen=True, eq=False)
class Staleness:
    """Which pieces of one asset are stale, by reason; each mask is a bool column by position."""

    by_code: np.ndarray
    by_update: Mapping[AssetKey, np.ndarray]
    by_inheritance: Mapping[AssetKey, np.ndarray]
    mask: np.ndarray
    inputs: Sequence[InputsOf] = ()
    reads: Mapping[AssetKey, np.ndarray] | None = None
    stale_code: int = -1

    @staticmethod
    def none(count: int) -> Staleness:
        """Return the staleness of ``count`` pieces that are all fresh."""
        fresh = np.zeros(count, dtype=bool)
        return Staleness(fresh, {}, {}, fresh)

    def causes(self, position: int) -> list[Cause]:
        """Return why the piece at ``position`` is stale, its own code first; empty when it is fresh."""
        found = [Cause(CauseKind.CODE)] if self.by_code[position] else []
        for entry in self.inputs:
            needed = entry.links.upstream(position)
            if entry.upstream in self.by_update and self.by_update[entry.upstream][position]:
                read_up_to = (self.reads or {})[entry.upstream][position]
                newer = needed[entry.event_ids[needed] > read_up_to]
                found.append(Cause(CauseKind.UPDATED, entry.upstream, tuple(newer.tolist())))
            if entry.upstream in self.by_inheritance and self.by_inheritance[entry.upstream][position]:
                stale = needed[entry.states[needed] == self.stale_code]
                found.append(Cause(CauseKind.INHERITED, entry.upstream, tuple(stale.tolist())))
        return found


def find_staleness(
    node: AssetNode,
    event_ids: np.ndarray,
    codes: Sequence[str | None],
    inputs: Sequence[InputsOf],
    reads: Mapping[int, Sequence[InputRead]],
    stale_code: int,
) -> Staleness:
    """Return which pieces of ``node`` are stale.

    Args:
        node: The asset; it has a definition.
        event_ids: By position, the event that made each piece; 0 for those never made, which can't be stale.
        codes: By position, the code that made it.
        inputs: Its dependencies, whose own states are known already.
        reads: What each event read.
        stale_code: The number that stands for "stale" in the columns of states.
    """
    made = event_ids > 0
    today = node.definition.code if node.definition else None
    by_code = made & np.array([code != today for code in codes], dtype=bool)
    read_up_to, digests = _read_columns(event_ids, inputs, reads)
    by_update: dict[AssetKey, np.ndarray] = {}
    by_inheritance: dict[AssetKey, np.ndarray] = {}
    mask = by_code.copy()
    for entry in inputs:
        known = read_up_to[entry.upstream] >= 0
        updated = made & known & (entry.links.max_of(entry.event_ids, 0) > read_up_to[entry.upstream])
        for position in np.flatnonzero(updated).tolist():  # newer, but perhaps with the same contents
            versions = (entry.data_versions[at] for at in entry.links.upstream(position).tolist())
            updated[position] = inputs_digest(versions) != digests[entry.upstream][position]
        by_update[entry.upstream] = updated
        mask |= updated
        if entry.upstream != node.key:  # of its own earlier partitions only the newer ones are known here
            by_inheritance[entry.upstream] = made & entry.links.any_of(entry.states == stale_code)
            mask |= by_inheritance[entry.upstream]
    return Staleness(by_code, by_update, by_inheritance, mask, inputs, read_up_to, stale_code)


def _read_columns(
    event_ids: np.ndarray, inputs: Sequence[InputsOf], reads: Mapping[int, Sequence[InputRead]]
) -> tuple[dict[AssetKey, np.ndarray], dict[AssetKey, list[str]]]:
    """Return, by upstream, the event up to which each piece read it (-1 where it did not) and the digest then."""
    up_to = {entry.upstream: np.full(len(event_ids), -1, dtype=np.int64) for entry in inputs}
    digests = {entry.upstream: [""] * len(event_ids) for entry in inputs}
    for position, event in enumerate(event_ids.tolist()):
        for read in reads.get(event, ()):
            if read.upstream in up_to:
                up_to[read.upstream][position] = read.up_to_event
                digests[read.upstream][position] = read.digest
    return up_to, digests
