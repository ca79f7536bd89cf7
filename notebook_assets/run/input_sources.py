"""InputSource: how the values of one input are got, by whoever calls the function; and which were noted for a call."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetNode, Dependency
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import default_mapping
from notebook_assets.resources import InputContext, Resources
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, manager_config, plain_metadata
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.run.type_checks import ANYTHING, StepTypes
from notebook_assets.store import Instance, one_frame

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")


@dataclass(frozen=True, slots=True)
class Noted:
    """The upstream pieces that one input of a call takes, as they were when the call began.

    Args:
        positions: Where they are in the upstream asset's partitions.
        versions: By which events they were made.
        keys: Their partition keys; None without partitions.
    """

    positions: list[int]
    versions: list[int]
    keys: list[str | None]


@dataclass(eq=False)
class InputSource:
    """Where the values of one input come from: the store, or an IO manager.

    Args:
        dependency: The input.
        node: The asset that is being made.
        upstream: The asset that it is made from.
        instance: The store.
        resources: What the upstream asset's IO manager sees.
        shared: The values that several steps need.
        config: What is told of the input to that which loads it.
        upstream_config: What is told of the output that is loaded.
    """

    dependency: Dependency
    node: AssetNode
    upstream: AssetNode
    instance: Instance
    resources: Resources
    shared: SharedValues
    config: Any = None
    upstream_config: Any = None
    manager: IOManagerLike | None = field(init=False)
    is_one: bool = field(init=False)
    """Whether the function gets one value, not several by key: at most one upstream piece is possible for each step."""
    source: Hashable = field(init=False)
    """Stands for where its values come from, for the shared values."""

    def __post_init__(self) -> None:
        upstream = self.upstream
        self.manager = io_manager_of(upstream, self.resources, self.dependency.input_manager_key)
        mapping = self.dependency.mapping or default_mapping(self.node.partitions_def, upstream.partitions_def)
        self.is_one = upstream.partitions_def is None or mapping.feeds_one(
            self.node.partitions_def, upstream.partitions_def
        )
        # What an IO manager gives may depend on the input's own metadata, so it is not shared with other inputs.
        own = () if self.manager is None else (self.node.key, self.dependency.input_name)
        self.source = (upstream.key, *own)
        self._metadata = plain_metadata(upstream)

    def value(self, noted: Noted) -> Any:
        """Return what the function is given.

        One value where at most one upstream piece is possible (None where it may be missing and is), else a dict by
        partition key, or one DataFrame where the parameter is annotated so: the one that loading these partitions
        gives, with the partition key as the first level of its index.
        """
        if self.is_one:
            return self._piece(noted, 0) if noted.positions else None
        found: Any
        if self.manager is not None and noted.positions:
            found = self.manager.load_input(self._context(tuple(str(key) for key in noted.keys)))
        else:
            found = {key: self._piece(noted, at) for at, key in enumerate(noted.keys)}
        return self._one_frame(found) if self.dependency.wants_frame and isinstance(found, dict) else found

    def _one_frame(self, frames: dict[str, Any]) -> pd.DataFrame:
        for key, frame in frames.items():
            if not isinstance(frame, pd.DataFrame):
                raise InvalidInvocationError(
                    f"{self.node.key}: the input {self.dependency.input_name!r} is annotated as a DataFrame, but "
                    f"{self.upstream.key}[{key}] is of type {type(frame).__name__}; annotate it as a dict."
                )
        return one_frame(frames, self.upstream.key.to_user_string())

    def _piece(self, noted: Noted, at: int) -> Any:
        key = noted.keys[at]
        return self.shared.get(self.source, noted.positions[at], noted.versions[at], lambda: self._load(key))

    def _load(self, key: str | None) -> Any:
        if self.manager is None:
            return self.instance.load(self.dependency.key, key)
        return self.manager.load_input(self._context(() if key is None else (key,)))

    def _context(self, keys: tuple[str, ...]) -> InputContext:
        node, made, made_by = self.upstream, self.node.definition, self.upstream.definition
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
