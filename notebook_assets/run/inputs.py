"""The inputs of a step: what is not there, and the values that the function is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import Dependency
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.diagnosis.digest import inputs_digest
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links, default_mapping
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources import InputContext, Resources
from notebook_assets.run.copies import ValueCache, size_in_memory
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, plain_metadata
from notebook_assets.store import InputRead, Instance

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")


@dataclass(frozen=True)
class MissingInput:
    """What one dependency lacks for a step: pieces that have no value, and keys that do not exist."""

    upstream: AssetKey
    positions: tuple[int, ...]
    keys: tuple[str | None, ...]
    nonexistent: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Return the pieces as people write them: ``asset[key]``."""
        name = self.upstream.to_user_string()
        return [name if key is None else f"{name}[{key}]" for key in (*self.keys, *self.nonexistent)]


@dataclass(eq=False)
class InputReader:
    """One dependency of the asset that is being made, prepared for many steps.

    ``upstream`` is the live status of the upstream asset; the run keeps it up to date.
    """

    dependency: Dependency
    downstream_key: AssetKey
    links: Links
    upstream: AssetStatus
    downstream_def: PartitionsDefinition | None
    instance: Instance
    resources: Resources
    cache: ValueCache
    manager: IOManagerLike | None = field(init=False)
    is_one: bool = field(init=False)
    is_outside: bool = field(init=False)
    _digests: dict[tuple[int, ...], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        node = self.upstream.node
        given = self.resources.as_dict()
        self.manager = io_manager_of(node, given, self.dependency.input_manager_key)
        # What is made elsewhere and loaded by an IO manager can't be known to be missing before it is loaded.
        self.is_outside = node.is_source and self.manager is not None
        upstream_def = node.partitions_def
        mapping = self.dependency.mapping or default_mapping(self.downstream_def, upstream_def)
        self.is_one = upstream_def is None or mapping.feeds_one(self.downstream_def, upstream_def)

    def missing(self, position: int) -> MissingInput | None:
        """Return what the step at ``position`` lacks, or None when it can be made."""
        nonexistent = self.links.nonexistent.get(position, ()) if self.links.nonexistent else ()
        if self.dependency.allows_missing:
            return None
        lacking: list[int] = []
        if not self.is_outside and not (self.upstream.node.is_source and self.dependency.input_name is None):
            values = self.upstream.value_ids
            for start, stop in self.links.spans(position):
                if not values[start:stop].all():
                    lacking += [at for at in range(start, stop) if not values[at]]
        if not lacking and not nonexistent:
            return None
        keys = tuple(self.upstream.keys[at] for at in lacking)
        return MissingInput(self.dependency.key, tuple(lacking), keys, tuple(nonexistent))

    def positions(self, position: int) -> list[int]:
        """Return the positions of the upstream pieces that are there for the step at ``position``."""
        values = self.upstream.value_ids
        return [
            at
            for start, stop in self.links.spans(position)
            for at in range(start, stop)
            if self.is_outside or values[at]
        ]

    def keys(self, position: int) -> list[str]:
        """Return the keys of the upstream partitions that are mapped to ``position``; none if it has no partitions."""
        if self.upstream.node.partitions_def is None:
            return []
        return [str(self.upstream.keys[at]) for start, stop in self.links.spans(position) for at in range(start, stop)]

    def read(self, position: int) -> Any:
        """Return the value that the function is given for the step at ``position``.

        One value where at most one upstream piece is possible (None where it may be missing and is), else a dict by
        partition key, or one DataFrame where the parameter is annotated so.
        """
        found = self.positions(position)
        if self.is_one:
            return self._value(found[0]) if found else None
        if self.manager is not None:
            keys = tuple(str(self.upstream.keys[at]) for at in found)
            values = self.manager.load_input(self._context(keys))
        else:
            values = {self.upstream.keys[at]: self._value(at) for at in found}
        if self.dependency.wants_frame and isinstance(values, dict):
            return pd.concat(list(values.values())) if values else pd.DataFrame()
        return values

    def _value(self, at: int) -> Any:
        key = self.upstream.keys[at]
        return self.cache.get(
            (self.dependency.key, key, int(self.upstream.value_ids[at]), self.dependency.input_manager_key),
            lambda: self._load(key),
        )

    def _load(self, key: str | None) -> tuple[Any, int]:
        if self.manager is None:
            value = self.instance.load(self.dependency.key, key)
        else:
            value = self.manager.load_input(self._context(() if key is None else (key,)))
        return value, size_in_memory(value)

    def _context(self, keys: Sequence[str]) -> InputContext:
        node = self.upstream.node
        return InputContext(
            asset_key=node.key,
            partition_keys=tuple(keys),
            asset_partitions_def=node.partitions_def,
            definition_metadata=plain_metadata(node),
            resources=self.resources,
            name=self.dependency.input_name,
            input_metadata=self.dependency.metadata,
            downstream_key=self.downstream_key,
        )

    def record(self, position: int, up_to_event: int) -> InputRead | None:
        """Return what the store keeps of this input for the step; None where the upstream has no history."""
        if self.is_outside:
            return None
        spans = self.links.spans(position)
        place = tuple(at for span in spans for at in span)
        digest = self._digests.get(place)
        if digest is None:
            versions = [self.upstream.data_versions[at] for start, stop in spans for at in range(start, stop)]
            digest = inputs_digest(versions)
            if self.dependency.key != self.downstream_key:  # an asset that needs itself changes while it is read
                self._digests[place] = digest
        return InputRead(self.dependency.key, self._subset(spans), up_to_event, digest)

    def _subset(self, spans: Sequence[tuple[int, int]]) -> str:
        if self.upstream.node.partitions_def is None:
            return ""
        keys = self.upstream.keys
        return json.dumps([[keys[start], keys[stop - 1]] for start, stop in spans])
