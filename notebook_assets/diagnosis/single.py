"""The staleness of an asset of one piece, made from assets of one piece: no columns to be gone through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetNode, Dependency
from notebook_assets.diagnosis.compared_reads import InputsOf, removed
from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.diagnosis.staleness import Staleness
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, links_between
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.store.status_reads import ReadsOf

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@cache
def one_to_one() -> Links:
    """Return the links of one piece to the one piece that it needs."""
    return links_between(None, None, None)


def is_one_to_one(dependency: Dependency, upstream_def: PartitionsDefinition | None) -> bool:
    """Whether an asset without partitions needs the one piece of an upstream asset."""
    return upstream_def is None and dependency.mapping is None


def single_staleness(
    node: AssetNode,
    event_ids: np.ndarray,
    codes: np.ndarray,
    inputs: Sequence[InputsOf],
    reads: Mapping[AssetKey, ReadsOf],
) -> Staleness:
    """Return whether the one piece of ``node`` is stale, as :func:`find_staleness` does.

    Args:
        node: The asset; it has a definition.
        event_ids: The event that made its piece, not 0; a column of one.
        codes: The code that made it, a column of one.
        inputs: Its dependencies, all of one piece.
        reads: What the event read.
    """
    by_mapping: dict[AssetKey, np.ndarray] = {}
    by_update: dict[AssetKey, np.ndarray] = {}
    by_inheritance: dict[AssetKey, np.ndarray] = {}
    read_up_to: dict[AssetKey, np.ndarray] = {}
    event_id, code = int(event_ids[0]), codes[0]
    is_outdated = is_other = code is not None and code != node.code
    by_added: dict[AssetKey, np.ndarray] = {}
    by_removed = removed(reads, [entry.upstream for entry in inputs], event_ids)
    is_outdated = is_outdated or bool(by_removed)
    for entry in inputs:
        key, newest, column = entry.upstream, int(entry.event_ids[0]), reads.get(entry.upstream)
        row = _row_of(column, event_id)
        up_to = int(column.up_to[row]) if column is not None and row >= 0 else -1 if code is not None else event_id
        if up_to < 0 and not entry.is_source:
            by_added[key] = _flag(True)
        is_remapped = is_newer = False
        if column is not None and row >= 0:
            subset = column.subsets[row]
            is_remapped = subset != "" and (newest > 0 or subset != "[]")
            is_newer = not is_remapped and newest > up_to and _differs(entry, column, event_id)
        elif code is None:
            is_newer = newest > up_to
        is_inherited = bool(entry.outdated[0])
        by_mapping[key], by_update[key], by_inheritance[key] = _flag(is_remapped), _flag(is_newer), _flag(is_inherited)
        read_up_to[key] = np.array([up_to], dtype=np.int64)
        is_outdated = is_outdated or is_remapped or is_newer or is_inherited or key in by_added
    return Staleness(
        _flag(is_other),
        by_mapping,
        by_update,
        by_inheritance,
        _flag(is_outdated),
        inputs,
        read_up_to,
        by_added=by_added,
        by_removed=by_removed,
    )


def _row_of(reads: ReadsOf | None, event_id: int) -> int:
    """Return where it stands what an event read; -1 where it does not."""
    events = [] if reads is None else reads.event_ids.tolist()
    return events.index(event_id) if event_id in events else -1


def _differs(entry: InputsOf, reads: ReadsOf, event_id: int) -> bool:
    """Whether other contents were read than there are now."""
    return inputs_digest(entry.data_versions) != reads.digests([event_id]).get(event_id, "")


@cache
def _flag(value: bool) -> np.ndarray:
    """Return a bool column of one piece, which nobody may change."""
    column = np.array([value])
    column.flags.writeable = False
    return column
