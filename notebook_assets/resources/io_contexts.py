"""InputContext and OutputContext: what an IO manager is told about the value that it loads or stores."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions import PartitionKeyRange, PartitionsDefinition
from notebook_assets.resources.namespace import Resources

_log = logging.getLogger("notebook_assets")


@dataclass(frozen=True)
class _PieceContext:
    """What both contexts say: an asset, some of its partitions, and the resources of the run."""

    asset_key: AssetKey
    partition_keys: tuple[str, ...] = ()
    asset_partitions_def: PartitionsDefinition | None = None
    definition_metadata: Mapping[str, Any] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    run_id: str | None = None

    @property
    def has_asset_key(self) -> bool:
        """Always true: every value belongs to an asset."""
        return True

    @property
    def has_partition_key(self) -> bool:
        """Whether it is about exactly one partition."""
        return len(self.partition_keys) == 1

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset has partitions."""
        return self.asset_partitions_def is not None

    @property
    def partition_key(self) -> str:
        """The one partition key.

        Raises:
            InvalidInvocationError: There is none, or there are several.
        """
        if not self.has_partition_key:
            raise InvalidInvocationError(
                f"{self.asset_key.to_user_string()} is asked for {len(self.partition_keys)} partitions, not for one; "
                "use asset_partition_keys."
            )
        return self.partition_keys[0]

    @property
    def asset_partition_key(self) -> str:
        """The one partition key, as :attr:`partition_key`."""
        return self.partition_key

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """All the partition keys, in the definition's order."""
        return self.partition_keys

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The first and the last partition key."""
        if not self.partition_keys:
            raise InvalidInvocationError(f"{self.asset_key.to_user_string()} is asked for no partition.")
        return PartitionKeyRange(self.partition_keys[0], self.partition_keys[-1])

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the asset's definition, as plain values."""
        return self.definition_metadata

    @property
    def log(self) -> logging.Logger:
        """A logger."""
        return _log

    def get_identifier(self) -> Sequence[str]:
        """Return the parts of the asset key and, where there is one, the partition key."""
        return [*self.asset_key.path, *self.partition_keys[:1]]

    get_asset_identifier = get_identifier


@dataclass(frozen=True)
class OutputContext(_PieceContext):
    """What :meth:`IOManager.handle_output` is told.

    >>> OutputContext(AssetKey("a"), ("2024-01-01",)).partition_key
    '2024-01-01'
    """

    name: str = "result"
    added_metadata: dict[str, MetadataValue] = field(default_factory=dict)

    def add_output_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Attach metadata to the materialization that is being recorded."""
        self.added_metadata.update(normalize_metadata(metadata, "output metadata"))


@dataclass(frozen=True)
class InputContext(_PieceContext):
    """What :meth:`IOManager.load_input` is told.

    >>> InputContext(AssetKey("a")).has_partition_key
    False
    """

    name: str | None = None
    input_metadata: Mapping[str, Any] = field(default_factory=dict)
    downstream_key: AssetKey | None = None

    @property
    def upstream_output(self) -> OutputContext:
        """The context of the output that is loaded."""
        return OutputContext(
            self.asset_key,
            self.partition_keys,
            self.asset_partitions_def,
            self.definition_metadata,
            self.resources,
        )

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the input (``AssetIn(metadata=...)``) over that of the upstream asset."""
        return {**self.definition_metadata, **self.input_metadata}
