"""The inputs of a step: what is not there, and the values that the function is given."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetNode, Dependency
from notebook_assets.diagnosis import AssetStatus, inputs_digest, key_sums, read_subset
from notebook_assets.display import plural
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, default_mapping
from notebook_assets.mappings.wait_policy import enough_of, lack_words
from notebook_assets.resources import InputContext, Resources
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, manager_config, plain_metadata
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.run.type_checks import ANYTHING, StepTypes
from notebook_assets.store import InputRead, Instance, one_frame

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")


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
    manager: IOManagerLike | None = field(init=False)
    is_one: bool = field(init=False)
    """Whether the function gets one value, not several by key: at most one upstream piece is possible for each step."""
    is_outside: bool = field(init=False)
    """Whether the store knows nothing of it: made elsewhere, and loaded by an IO manager."""
    is_watched: bool = field(init=False)
    """Whether it is a source of which it is known, or can be found out, when it changes."""
    source: Hashable = field(init=False)
    """Stands for where its values come from, for the shared values."""

    def __post_init__(self) -> None:
        upstream = self.upstream.node
        self.manager = io_manager_of(upstream, self.resources, self.dependency.input_manager_key)
        self.is_outside = upstream.is_source and self.manager is not None
        is_observable = upstream.source is not None and upstream.source.is_observable
        self.is_watched = upstream.is_source and (is_observable or self.upstream.observed is not None)
        mapping = self.dependency.mapping or default_mapping(self.node.partitions_def, upstream.partitions_def)
        self.is_one = upstream.partitions_def is None or mapping.feeds_one(
            self.node.partitions_def, upstream.partitions_def
        )
        # What an IO manager gives may depend on the input's own metadata, so it is not shared with other inputs.
        own = () if self.manager is None else (self.node.key, self.dependency.input_name)
        self.source = (upstream.key, *own)
        self._metadata = plain_metadata(upstream)
        self._is_order_only = self.dependency.input_name is None and upstream.is_source
        self._spans_of: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._read_of: tuple[list[tuple[int, int]] | None, InputRead | None] = (None, None)
        self._has_sums = False  # they are made when a span first needs them
        self._sums: npt.NDArray[np.uint64] | None = None

    def spans(self, position: int) -> list[tuple[int, int]]:
        """Return the spans of upstream positions that the step at ``position`` needs."""
        if self._spans_of[0] != position:
            self._spans_of = (position, self.links.spans(position))
        return self._spans_of[1]

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

    def read(self, position: int) -> Any:
        """Return the value that the function is given for the step at ``position``.

        One value where at most one upstream piece is possible (None where it may be missing and is), else a dict by
        partition key, or one DataFrame where the parameter is annotated so: the one that loading these partitions
        gives, with the partition key as the first level of its index.
        """
        values = self.upstream.value_ids
        there = [
            at for start, stop in self.spans(position) for at in range(start, stop) if self.is_outside or values[at]
        ]
        if self.is_one:
            return self._value(there[0]) if there else None
        found: Any
        if self.manager is not None and there:
            keys = tuple(str(self.upstream.keys[at]) for at in there)
            found = self.manager.load_input(self._context(keys))
        else:
            found = {self.upstream.keys[at]: self._value(at) for at in there}
        return self._one_frame(found) if self.dependency.wants_frame and isinstance(found, dict) else found

    def _one_frame(self, frames: dict[str, Any]) -> pd.DataFrame:
        for key, frame in frames.items():
            if not isinstance(frame, pd.DataFrame):
                raise InvalidInvocationError(
                    f"{self.node.key}: the input {self.dependency.input_name!r} is annotated as a DataFrame, but "
                    f"{self.upstream.node.key}[{key}] is of type {type(frame).__name__}; annotate it as a dict."
                )
        return one_frame(frames, self.upstream.node.key.to_user_string())

    def _value(self, at: int) -> Any:
        key = self.upstream.keys[at]
        return self.shared.get(self.source, at, int(self.upstream.value_ids[at]), lambda: self._load(key))

    def _load(self, key: str | None) -> Any:
        if self.manager is None:
            return self.instance.load(self.dependency.key, key)
        return self.manager.load_input(self._context(() if key is None else (key,)))

    def _context(self, keys: tuple[str, ...]) -> InputContext:
        node, made, made_by = self.upstream.node, self.node.definition, self.upstream.node.definition
        return InputContext(
            asset_key=node.key,
            partition_keys=keys,
            asset_partitions_def=node.partitions_def,
            asset_metadata=self._metadata,
            resources=self.resources,
            name=self.dependency.input_name,
            input_metadata=self.dependency.metadata,
            downstream_key=self.node.key,
            may_be_several=not self.is_one,
            config=self.config,
            resource_config=manager_config(node, self.resources, self.dependency.input_manager_key),
            instance=self.instance,
            output_config=self.upstream_config,
            dagster_type=StepTypes(made).of_input(self.dependency.input_name) if made is not None else ANYTHING,
            op_of=None if made is None else lambda: made.node_def,
            output_op_of=None if made_by is None else lambda: made_by.node_def,
        )

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
