"""SourceAsset: an asset that is loaded here but made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import DEFAULT_IO_MANAGER_KEY
from notebook_assets.assets.observations_function import ObserveFunction, observe_function
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping, check_text
from notebook_assets.partitions.shown import SelfShown


@dataclass(frozen=True, eq=False, init=False)
class SourceAsset(SelfShown):
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
        observe_fn: Looks at what there is and returns a DataVersion, a DataVersionsByPartition or an ObserveResult;
            :func:`~notebook_assets.observe` calls it.
        op_tags: Tags of its observation, for executors.
        auto_observe_interval_minutes: How often it is to be observed.
        legacy_freshness_policy: Kept for code that gives it; says nothing here.
        automation_condition: When it is to be observed.
        tags: Names and values to select by.

    >>> SourceAsset("flights", metadata={"path": "flights.parquet"})
    <source asset flights>
    """

    spec: AssetSpec
    io_manager_key: str
    resource_defs: Mapping[str, object]
    observing: ObserveFunction | None
    """What looks at it, if anything does."""
    op_tags: Mapping[str, Any]
    auto_observe_interval_minutes: float | None

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
        observe_fn: Callable[..., Any] | ObserveFunction | None = None,
        op_tags: Mapping[str, Any] | None = None,
        *,
        auto_observe_interval_minutes: float | None = None,
        legacy_freshness_policy: Any = None,
        automation_condition: Any = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        spec = AssetSpec(
            key,
            metadata=metadata,
            description=description,
            partitions_def=partitions_def,
            group_name=group_name,
            tags=tags,
            automation_condition=automation_condition,
        )
        check_mapping(op_tags, f"{spec.asset_key}: op_tags", '{"memory": "8 GB"}')
        check_mapping(resource_defs, f"{spec.asset_key}: resource_defs", '{"database": connection}')
        check_text(io_manager_key, f"{spec.asset_key}: io_manager_key", '"warehouse"')
        resources = dict(resource_defs or {})
        io_manager_key = io_manager_key or own_io_manager_key(spec.asset_key, io_manager_def)
        if io_manager_def is not None:
            resources[io_manager_key] = io_manager_def
        object.__setattr__(self, "spec", spec)
        object.__setattr__(self, "io_manager_key", io_manager_key)
        object.__setattr__(self, "resource_defs", resources)
        object.__setattr__(self, "observing", observe_function(observe_fn, spec.asset_key))
        object.__setattr__(self, "op_tags", dict(op_tags or {}))
        object.__setattr__(self, "auto_observe_interval_minutes", auto_observe_interval_minutes)
        if auto_observe_interval_minutes is not None and self.observing is None:
            raise InvalidDefinitionError(
                f"{spec.asset_key}: auto_observe_interval_minutes says how often to observe it, but not how; "
                "give observe_fn too."
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call its observation function as it is, for tests.

        Raises:
            InvalidInvocationError: It has none.
        """
        return self.observe_fn(*args, **kwargs)

    @property
    def is_observable(self) -> bool:
        """Whether it has an observation function."""
        return self.observing is not None

    @property
    def observe_fn(self) -> Callable[..., Any]:
        """Its observation function.

        Raises:
            InvalidInvocationError: It has none.
        """
        if self.observing is None:
            raise InvalidInvocationError(
                f"The source {self.key} has no observation function; give it one by SourceAsset(observe_fn=...), or "
                "define it with @observable_source_asset."
            )
        return self.observing.fn

    @property
    def keys(self) -> frozenset[AssetKey]:
        """Its key, as definitions of several assets have theirs."""
        return frozenset((self.key,))

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
