"""The inputs of a step: what is not there, and the values that the function is given."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetNode, Dependency
from notebook_assets.diagnosis import AssetStatus, inputs_digest, key_sums, read_subset
from notebook_assets.display import plural
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.mappings.wait_policy import enough_of, lack_words
from notebook_assets.resources import Resources
from notebook_assets.run.input_sources import InputSource, Noted
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.store import InputRead, Instance

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class MissingInput:
    """What one dependency lacks for a step: pieces that have no value, and keys that do not exist."""

    upstream: AssetKey
    positions: tuple[int, ...]
    keys: tuple[str | None, ...]
    nonexistent: tuple[str, ...] = ()
    mapped: int = 0
    """How many pieces the dependency names for the step, those that do not exist included."""
    needed: int = 0
    """How many of these must be there."""

    @property
    def waits_for_fewer(self) -> bool:
        """Whether not all that is mapped must be there."""
        return self.needed < self.mapped

    @property
    def there(self) -> int:
        """How many pieces of what is mapped are there."""
        return self.mapped - len(self.positions) - len(self.nonexistent)

    def words(self) -> str:
        """Return what is there and what is needed, as a sentence goes on.

        >>> MissingInput(AssetKey("hour"), (0, 1), ("a", "b"), (), 3, 2).words()
        'hour: 1 of 3 is there, 2 are needed'
        """
        if self.waits_for_fewer:
            return f"{self.upstream.to_user_string()}: {lack_words(self.there, self.mapped, self.needed)}"
        return not_there(len(self.positions) + len(self.nonexistent))

    def names(self) -> list[str]:
        """Return the pieces as people write them: ``asset[key]``."""
        name = self.upstream.to_user_string()
        return [name if key is None else f"{name}[{key}]" for key in (*self.keys, *self.nonexistent)]

    def nonexistent_names(self) -> list[str]:
        """Return those of the names that are no partitions."""
        return [f"{self.upstream.to_user_string()}[{key}]" for key in self.nonexistent]


def not_there(many: int) -> str:
    """Return what a step that lacks some pieces needs, as a sentence goes on.

    >>> not_there(1), not_there(2)
    ('needs 1 piece that is not there', 'needs 2 pieces that are not there')
    """
    return f"needs {plural(many, 'piece')} that {'is' if many == 1 else 'are'} not there"


@dataclass(eq=False)
class InputReader:
    """One dependency of the asset that is being made, prepared for many steps.

    Args:
        dependency: The dependency.
        node: The asset that is being made.
        links: Which upstream positions each of its positions needs.
        upstream: The live status of the upstream asset; the run keeps it up to date.
        instance: The store.
        resources: What the upstream asset's IO manager sees.
        shared: The values that several steps need.
        config: What is told of the input to that which loads it.
        upstream_config: What is told of the output that is loaded.
    """

    dependency: Dependency
    node: AssetNode
    links: Links
    upstream: AssetStatus
    instance: Instance
    resources: Resources
    shared: SharedValues
    config: Any = None
    upstream_config: Any = None
    taken_from: InputSource = field(init=False)
    """How its values are got."""
    is_outside: bool = field(init=False)
    """Whether the store knows nothing of it: made elsewhere, and loaded by an IO manager."""
    is_watched: bool = field(init=False)
    """Whether it is a source of which it is known, or can be found out, when it changes."""

    def __post_init__(self) -> None:
        upstream = self.upstream.node
        told = (self.config, self.upstream_config)
        self.taken_from = InputSource(
            self.dependency, self.node, upstream, self.instance, self.resources, self.shared, *told
        )
        self.is_outside = upstream.is_source and self.taken_from.manager is not None
        is_observable = upstream.source is not None and upstream.source.is_observable
        self.is_watched = upstream.is_source and (is_observable or self.upstream.observed is not None)
        self._is_order_only = self.dependency.input_name is None and upstream.is_source
        self._spans_of: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._read_of: tuple[list[tuple[int, int]] | None, InputRead | None] = (None, None)
        self._has_sums = False  # they are made when a span first needs them
        self._sums: npt.NDArray[np.uint64] | None = None

    @property
    def source(self) -> Hashable:
        """What stands for where its values come from, for the shared values."""
        return self.taken_from.source

    def spans(self, position: int) -> list[tuple[int, int]]:
        """Return the spans of upstream positions that the step at ``position`` needs."""
        found = self._spans_of  # once: steps in other threads ask too
        if found[0] != position:
            found = self._spans_of = (position, self.links.spans(position))
        return found[1]

    def missing(self, position: int) -> MissingInput | None:
        """Return what the step at ``position`` lacks, or None when it can be made."""
        wait_for = self.dependency.wait_for
        if wait_for == 0:
            return None
        nonexistent = self.links.nonexistent.get(position, ()) if self.links.nonexistent else ()
        lacking: list[int] = []
        if not self.is_outside and not self._is_order_only:
            values = self.upstream.value_ids
            for start, stop in self.spans(position):
                if not (values[start] if stop == start + 1 else values[start:stop].all()):
                    lacking += [at for at in range(start, stop) if not values[at]]
        if not lacking and not nonexistent:
            return None
        mapped = sum(stop - start for start, stop in self.spans(position)) + len(nonexistent)
        needed = enough_of(wait_for, mapped)
        if mapped - len(lacking) - len(nonexistent) >= needed:
            return None
        keys = tuple(self.upstream.keys[at] for at in lacking)
        return MissingInput(self.dependency.key, tuple(lacking), keys, tuple(nonexistent), mapped, needed)

    def keys(self, position: int) -> list[str]:
        """Return the keys of the upstream partitions that are mapped to ``position``; none if it has no partitions."""
        if self.upstream.node.partitions_def is None:
            return []
        return [str(self.upstream.keys[at]) for start, stop in self.spans(position) for at in range(start, stop)]

    def noted(self, position: int) -> Noted:
        """Return the pieces that the step at ``position`` is given: those of what it needs that are there."""
        values, keys = self.upstream.value_ids, self.upstream.keys
        there = [
            at for start, stop in self.spans(position) for at in range(start, stop) if self.is_outside or values[at]
        ]
        if self.taken_from.is_one:
            del there[1:]
        return Noted(there, [int(values[at]) for at in there], [keys[at] for at in there])

    def read(self, position: int) -> Any:
        """Return the value that the function is given for the step at ``position``; see :meth:`InputSource.value`."""
        return self.taken_from.value(self.noted(position))

    def record(self, position: int) -> InputRead | None:
        """Return what the store keeps of this input for the step; None where the upstream has no history.

        Its ``up_to_event`` is the newest event among the pieces that are needed: whatever is recorded of these later,
        by this run or another, is newer.
        """
        if self.is_outside and not self.is_watched:
            return None
        spans = self.spans(position)
        if self._read_of[0] == spans and self.dependency.key != self.node.key:  # neighbours often need the same
            return self._read_of[1]
        events, versions = self.upstream.seen_events, self.upstream.seen_versions
        values = events if self.upstream.observed is not None else self.upstream.value_ids
        newest = (events[start] if stop == start + 1 else events[start:stop].max() for start, stop in spans)
        up_to = int(max(newest, default=0))
        digest = inputs_digest(versions[at] if values[at] else None for span in spans for at in range(*span))
        read = InputRead(self.dependency.key, self._subset(spans), up_to, digest)
        self._read_of = (spans, read)
        return read

    def _subset(self, spans: Sequence[tuple[int, int]]) -> str:
        if self.upstream.node.partitions_def is None:
            return ""
        longest = max((stop - start for start, stop in spans), default=0)
        if longest > 2 and not self._has_sums:
            definition = self.upstream.node.partitions_def
            self._has_sums, self._sums = True, key_sums(definition, self.upstream.keys, longest)
        return read_subset(spans, self.upstream.keys, self._sums)
