"""The status of every piece of every asset, computed in bulk from what the store recorded and what is defined now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph, AssetNode, Dependency
from notebook_assets.assets.dependency_checks import function_error
from notebook_assets.diagnosis.compared_reads import InputsOf
from notebook_assets.diagnosis.needed_pieces import needed_pieces
from notebook_assets.diagnosis.no_garbage import no_garbage
from notebook_assets.diagnosis.observed import Observed, observed
from notebook_assets.diagnosis.placing import placed
from notebook_assets.diagnosis.recorded import ColumnSource, StatusSource, columns_of
from notebook_assets.diagnosis.renamed_inputs import Renames, as_renamed, renames_of
from notebook_assets.diagnosis.single import is_one_to_one, one_to_one, single_staleness
from notebook_assets.diagnosis.staleness import Staleness, find_staleness
from notebook_assets.errors import InvalidMappingError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, links_between
from notebook_assets.partitions import PartitionsDefinition, TimeWindowPartitionsDefinition
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

STATES: tuple[PieceState, ...] = tuple(PieceState)
CODE_OF = {state: code for code, state in enumerate(STATES)}
"""States as small integers, so that whole columns of them can be compared at once."""


@dataclass(eq=False)
class AssetStatus:
    """The status of all pieces of one asset, as columns by position in its partitions definition.

    ``states`` holds codes (indexes of :data:`STATES`); ``event_ids`` the latest materialization or empty run of each
    piece and ``value_ids`` the latest that left a value (0 for none).
    An asset without partitions has one piece, at position 0, whose key is None.
    """

    node: AssetNode
    keys: Sequence[str | None]
    states: np.ndarray
    event_ids: np.ndarray
    value_ids: np.ndarray
    data_versions: list[str | None]
    staleness: Staleness
    links: tuple[Links, ...] = ()
    orphans: tuple[str | None, ...] = ()
    """Recorded keys that the definition no longer has."""
    observed: Observed | None = None
    """What was observed of a source, if anything was."""

    @property
    def seen_events(self) -> np.ndarray:
        """The latest event of each piece, observations of sources included."""
        return self.event_ids if self.observed is None else self.observed.event_ids

    @property
    def seen_versions(self) -> list[str | None]:
        """The data version of each piece, as a source was last observed."""
        return self.data_versions if self.observed is None else self.observed.data_versions

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
        """Return which pieces are in one of these states, of which there is at least one."""
        mask: np.ndarray = self.states == CODE_OF[states[0]]
        for state in states[1:]:
            mask |= self.states == CODE_OF[state]
        return mask

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
    """Return the keys by position; ``[None]`` for an asset without partitions. The list may be shared: it is read."""
    if isinstance(definition, TimeWindowPartitionsDefinition):
        return _windows_of(type(definition), definition, definition.get_num_partitions(now))
    return [None] if definition is None else definition.get_partition_keys(current_time=now)


@lru_cache(maxsize=4)  # writing 100,000 keys takes longer than all else that is done for one of them
def _windows_of(_kind: type, definition: TimeWindowPartitionsDefinition, count: int) -> Sequence[str]:
    return definition.keys_of_span(0, count)


def statuses(
    graph: AssetGraph,
    source: StatusSource,
    keys: Iterable[AssetKey] | None = None,
    now: datetime | None = None,
    named: Mapping[AssetKey, Sequence[int]] | None = None,
) -> dict[AssetKey, AssetStatus]:
    """Return the status of assets and of everything upstream of them, upstream first.

    Args:
        graph: What is defined.
        source: What was recorded.
        keys: The assets wanted; by default all.
        now: The time that decides which partitions exist; by default the current time.
        named: By asset the positions that are asked about; by default all. Then only these, and what they follow from,
            may have been read, and all else counts as missing.
    """
    graph = graph.at(now, source)
    wanted = set(graph.keys()) if keys is None else _with_upstream(graph, keys)
    singles = [key for key in wanted if graph.nodes[key].partitions_def is None]
    look = _Look(columns_of(source, singles), source, renames_of(source), now)
    with no_garbage():
        if named is not None:
            look.needed = look.needed_for(graph, wanted, named)
        for key in graph.order:
            if key in wanted:
                look.at(graph.nodes[key])
    return look.found


def _with_upstream(graph: AssetGraph, keys: Iterable[AssetKey]) -> set[AssetKey]:
    waiting, seen = list(keys), set[AssetKey]()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(graph.parents(key))
            waiting.extend(graph.nodes[key].made_with)  # what makes one of them makes all
    return seen


class _Look:
    """One pass over the assets, upstream first: what is found of each is what those that need it ask for.

    Args:
        columns: What was recorded.
        source: What observations are read from.
        renames: Which assets had other keys before.
        now: The time that decides which partitions exist.
    """

    def __init__(self, columns: ColumnSource, source: object, renames: Renames, now: datetime | None) -> None:
        self.found: dict[AssetKey, AssetStatus] = {}
        self._columns = columns
        self._source = source
        self._renames = renames
        self._now = now
        # By the id of a definition, which is held so that no other one gets its id: many assets share one.
        self._keys: dict[int, tuple[PartitionsDefinition | None, Sequence[str | None]]] = {}
        self.needed: dict[AssetKey, np.ndarray] = {}
        """The positions that are looked at, of those assets that are not looked at as a whole."""

    def needed_for(
        self, graph: AssetGraph, wanted: set[AssetKey], named: Mapping[AssetKey, Sequence[int]]
    ) -> dict[AssetKey, np.ndarray]:
        """Return the positions that some follow from."""
        return needed_pieces(
            graph,
            wanted,
            named,
            lambda node: len(self._keys_of(node.partitions_def)),
            lambda node, dependency, other: input_links(node, dependency, other, self._now),
        )

    def at(self, node: AssetNode) -> None:
        """Look at one asset."""
        status, codes = self._recorded(node)
        self.found[node.key] = status
        if node.is_source:
            status.observed = observed(node, status.keys, status.event_ids, status.data_versions, self._source)
        if node.definition is None:
            return
        inputs = self._inputs(node)
        status.links = tuple(entry.links for entry in inputs)
        if status.event_ids.any():
            reads = self._columns.reads(node.key, self._chosen(node.key, status.keys))
            is_single = node.partitions_def is None and all(links is one_to_one() for links in status.links)
            find = single_staleness if is_single else find_staleness
            made_by = as_renamed(node, codes, self._renames)
            status.staleness = find(node, status.event_ids, made_by, inputs, reads)
            if status.outdated.any():
                current = status.has(PieceState.MATERIALIZED, PieceState.EMPTY) & status.outdated
                status.states[current] = CODE_OF[PieceState.STALE]

    def _recorded(self, node: AssetNode) -> tuple[AssetStatus, np.ndarray]:
        keys = self._keys_of(node.partitions_def)
        columns = self._columns.pieces(node.key, node.code, self._chosen(node.key, keys))
        there = placed(keys, columns, self.needed.get(node.key))
        status = AssetStatus(
            node=node,
            keys=keys,
            states=there.states,
            event_ids=there.event_ids,
            value_ids=there.value_ids,
            data_versions=there.data_versions,
            staleness=Staleness.none(len(keys)),
            orphans=there.orphans,
        )
        return status, there.codes

    def _chosen(self, key: AssetKey, keys: Sequence[str | None]) -> list[str] | None:
        positions = self.needed.get(key)
        return None if positions is None else [str(keys[at]) for at in positions.tolist()]

    def _keys_of(self, definition: PartitionsDefinition | None) -> Sequence[str | None]:
        if id(definition) not in self._keys:
            self._keys[id(definition)] = (definition, keys_of(definition, self._now))
        return self._keys[id(definition)][1]

    def _inputs(self, node: AssetNode) -> list[InputsOf]:
        found = []
        for dependency in node.dependencies:
            other = self.found[dependency.key]
            if node.partitions_def is None and is_one_to_one(dependency, other.node.partitions_def):
                links = one_to_one()
            else:
                links = input_links(node, dependency, other.node, self._now)
            columns = (other.seen_events, other.seen_versions, other.outdated)
            is_source = other.node.is_source
            found.append(InputsOf(dependency.key, links, other.keys, *columns, other.node.partitions_def, is_source))
        return found


def input_links(node: AssetNode, dependency: Dependency, upstream: AssetNode, now: datetime | None = None) -> Links:
    """Return what each piece of an asset needs of one input.

    Args:
        node: The asset, its partitions settled.
        dependency: The input.
        upstream: The asset that it is made from, likewise.
        now: The time that decides which partitions exist; by default the current time.

    Raises:
        InvalidMappingError: A custom mapping failed; the message says whose input it is.
    """
    try:
        return links_between(dependency.mapping, node.partitions_def, upstream.partitions_def, current_time=now)
    except Exception as error:  # a user's function may raise anything
        if dependency.mapping is None or not dependency.mapping.code_functions():
            raise
        said = error if isinstance(error, InvalidMappingError) else function_error(error)
        named = f"{node.key.to_user_string()} from {dependency.key.to_user_string()}: {said}"
        raise InvalidMappingError(named).blaming(node.key) from error
