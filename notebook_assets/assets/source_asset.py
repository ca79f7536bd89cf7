"""SourceAsset: an asset that is loaded here but made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import DEFAULT_IO_MANAGER_KEY
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping, check_text


@dataclass(frozen=True, eq=False, init=False)
class SourceAsset:
    """An asset that other assets may depend on and load, and that is never materialized here.

    Args:
        key: The asset's key.
        metadata: Static metadata, told to the IO manager that loads it (a path, a table name).
        io_manager_key: The resource that loads it.
        io_manager_def: The IO manager that loads it.
        description: For people to read.
        partitions_def: Its partitions.
        group_name: The group it is shown in.
        resource_defs: Further resources by name.
        tags: Names and values to select by.

    >>> SourceAsset("flights", metadata={"path": "flights.parquet"})
    <source asset flights>
    """

    spec: AssetSpec
    io_manager_key: str
    resource_defs: Mapping[str, object]

    __notebook_asset__ = True

    def __init__(
        self,
        key: CoercibleToAssetKey,
        metadata: Mapping[str, object] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: object | None = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        spec = AssetSpec(
            key,
            metadata=metadata,
            description=description,
            partitions_def=partitions_def,
            group_name=group_name,
            tags=tags,
        )
        check_mapping(resource_defs, f"{spec.asset_key}: resource_defs", '{"database": connection}')
        check_text(io_manager_key, f"{spec.asset_key}: io_manager_key", '"warehouse"')
        resources = dict(resource_defs or {})
        io_manager_key = io_manager_key or own_io_manager_key(spec.asset_key, io_manager_def)
        if io_manager_def is not None:
            resources[io_manager_key] = io_manager_def
        object.__setattr__(self, "spec", spec)
        object.__setattr__(self, "io_manager_key", io_manager_key)
        object.__setattr__(self, "resource_defs", resources)

    @property
    def key(self) -> AssetKey:
        """The asset's key."""
        return self.spec.asset_key

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """Its partitions, if any."""
        return self.spec.partitions_def

    def __repr__(self) -> str:
        return f"<source asset {self.key.to_user_string()}>"


def own_io_manager_key(key: AssetKey, io_manager_def: object | None) -> str:
    """Return the resource key under which an asset's own IO manager is kept: unique, so that two never collide."""
    return f"{key.to_python_identifier()}__io_manager" if io_manager_def is not None else DEFAULT_IO_MANAGER_KEY
