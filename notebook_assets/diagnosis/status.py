"""The status of every piece of every asset, computed in bulk from what the store recorded and what is defined now."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.diagnosis.staleness import InputsOf, Staleness, find_staleness
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, links_between
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.states import PieceState
from notebook_assets.store import InputRead, PieceTable

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

STATES: tuple[PieceState, ...] = tuple(PieceState)
CODE_OF = {state: code for code, state in enumerate(STATES)}
"""States as small integers, so that whole columns of them can be compared at once."""


class StatusSource(Protocol):
    """What statuses are computed from; the store's Instance is one."""

    def pieces(self, key: AssetKey) -> PieceTable:
        """Return what was recorded last for each partition."""

    def input_reads(self, key: AssetKey) -> Mapping[int, Sequence[InputRead]]:
        """Return what each latest materialization read, by event id."""


@dataclass(eq=False)
class AssetStatus:
    """The status of all pieces of one asset, as columns by position in its partitions definition.

    ``states`` holds codes (indexes of :data:`STATES`); ``event_ids`` the latest materialization or empty run of each
    piece and ``value_ids`` the latest that left a value (0 for none); ``times`` seconds since 1970.
    An asset without partitions has one piece, at position 0, whose key is None.
    """

    node: AssetNode
    keys: Sequence[str | None]
    states: np.ndarray
    event_ids: np.ndarray
    value_ids: np.ndarray
    times: np.ndarray
    data_versions: list[str | None]
    staleness: Staleness
    links: tuple[Links, ...] = ()
    orphans: tuple[str | None, ...] = ()
    """Recorded keys that the definition no longer has."""

    @property
    def outdated(self) -> np.ndarray:
        """Which pieces were made by earlier code or from earlier inputs, those that yielded nothing included."""
        return self.staleness.mask

    def state(self, position: int) -> PieceState:
        """Return the state of one piece."""
        return STATES[int(self.states[position])]

    def all_states(self) -> list[PieceState]:
        """Return the states of all pieces, by position."""
        return [STATES[code] for code in self.states.tolist()]

    def has(self, *states: PieceState) -> np.ndarray:
        """Return which pieces are in one of these states."""
        return np.isin(self.states, [CODE_OF[state] for state in states])

    def counts(self) -> dict[PieceState, int]:
        """Return how many pieces are in each state that occurs."""
        found = np.bincount(self.states, minlength=len(STATES))
        return {state: int(found[code]) for code, state in enumerate(STATES) if found[code]}

    def position_of(self, key: str | None) -> int:
        """Return the position of a partition key (None for an asset without partitions).

        Raises:
            UnknownPartitionError: The definition has no such key.
        """
        definition = self.node.partitions_def
        return 0 if definition is None or key is None else definition.position(key)


def keys_of(definition: PartitionsDefinition | None, now: datetime | None = None) -> Sequence[str | None]:
    """Return the keys by position; ``[None]`` for an asset without partitions."""
    return [None] if definition is None else definition.get_partition_keys(current_time=now)


def data_version_of(recorded: str | None, value_id: int) -> str | None:
    """Return what stands for a piece's contents: its data version, else (where none is known) the event that made it.

    >>> data_version_of(None, 7), data_version_of(None, 0)
    ('#7', None)
    """
    return recorded or (f"#{value_id}" if value_id else None)


def statuses(
    graph: AssetGraph,
    source: StatusSource,
    keys: Iterable[AssetKey] | None = None,
    now: datetime | None = None,
) -> dict[AssetKey, AssetStatus]:
    """Return the status of assets and of everything upstream of them, upstream first.

    Args:
        graph: What is defined.
        source: What was recorded.
        keys: The assets wanted; by default all.
        now: The time that decides which partitions exist; by default the current time.
    """
    wanted = set(graph.keys()) if keys is None else _with_upstream(graph, keys)
    found: dict[AssetKey, AssetStatus] = {}
    with _no_garbage():
        for key in graph.order:
            if key in wanted:
                found[key] = _status(graph.nodes[key], source, found, now)
    return found


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Keep Python from looking for garbage: of the many rows read meanwhile none is, and looking takes a quarter."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _with_upstream(graph: AssetGraph, keys: Iterable[AssetKey]) -> set[AssetKey]:
    waiting, seen = list(keys), set[AssetKey]()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(graph.parents(key))
    return seen


def _status(
    node: AssetNode, source: StatusSource, upstream: Mapping[AssetKey, AssetStatus], now: datetime | None
) -> AssetStatus:
    keys = keys_of(node.partitions_def, now)
    count = len(keys)
    table = source.pieces(node.key)
    status = AssetStatus(
        node=node,
        keys=keys,
        states=np.full(count, CODE_OF[PieceState.MISSING], dtype=np.int8),
        event_ids=np.zeros(count, dtype=np.int64),
        value_ids=np.zeros(count, dtype=np.int64),
        times=np.zeros(count),
        data_versions=[None] * count,
        staleness=Staleness.none(count),
    )
    codes = _place(status, table)
    if node.definition is not None:
        inputs = _inputs(node, status, upstream, now)
        status.links = tuple(entry.links for entry in inputs)
        if status.event_ids.any():
            reads = source.input_reads(node.key) if inputs else {}
            status.staleness = find_staleness(node, status.event_ids, codes, inputs, reads)
            current = status.has(PieceState.MATERIALIZED, PieceState.EMPTY) & status.outdated
            status.states[current] = CODE_OF[PieceState.STALE]
    return status


def _place(status: AssetStatus, table: PieceTable) -> np.ndarray:
    """Put the recorded columns at their positions; return the code recorded with each piece, as objects."""
    codes = np.full(len(status.keys), None, dtype=object)
    if not len(table.partitions):
        return codes
    positions = _positions(status.keys, table.partitions)
    is_known = positions >= 0
    if not is_known.all():
        status.orphans = tuple(table.partitions[row] for row in np.flatnonzero(~is_known).tolist())
    at = positions[is_known]
    events = np.array(table.event_ids, dtype=np.int64)
    # What yielded nothing last time has no current value, even where the store keeps an older one.
    values = np.where(np.array(table.kinds, dtype=object) == "materialization", events, 0)
    status.states[at] = np.fromiter(map(CODE_OF.__getitem__, table.states), np.int8, len(table))[is_known]
    status.event_ids[at] = events[is_known]
    status.value_ids[at] = values[is_known]
    status.times[at] = np.array(table.times, dtype=np.float64)[is_known]
    codes[at] = np.array(table.codes, dtype=object)[is_known]
    versions = status.data_versions
    for position, recorded, value_id in zip(positions.tolist(), table.data_versions, values.tolist(), strict=True):
        if position >= 0:
            versions[position] = recorded or data_version_of(None, value_id)
    return codes


def _positions(keys: Sequence[str | None], partitions: Sequence[str | None]) -> np.ndarray:
    """Return where the definition has each recorded partition; -1 for those that it has not."""
    if list(partitions) == list(keys):  # all of them recorded, in the order of the definition
        return np.arange(len(keys), dtype=np.int64)
    place = {key: position for position, key in enumerate(keys)}
    return np.fromiter((place.get(partition, -1) for partition in partitions), np.int64, len(partitions))


def _inputs(
    node: AssetNode, status: AssetStatus, upstream: Mapping[AssetKey, AssetStatus], now: datetime | None
) -> list[InputsOf]:
    found = []
    for dependency in node.dependencies:
        other = status if dependency.key == node.key else upstream[dependency.key]
        links = links_between(dependency.mapping, node.partitions_def, other.node.partitions_def, current_time=now)
        found.append(InputsOf(dependency.key, links, other.keys, other.event_ids, other.data_versions, other.outdated))
    return found
