"""SourceAsset: an asset that is loaded here but made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets.asset_spec import DEFAULT_IO_MANAGER_KEY, AssetSpec
from notebook_assets.assets.deprecated_names import warn_deprecated
from notebook_assets.assets.observations_function import ObserveFunction, observe_function
from notebook_assets.assets.ops_above import ops_of_assets
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping, check_text
from notebook_assets.partitions.shown import SelfShown


@dataclass(frozen=True, eq=False, init=False)
class SourceAsset(SelfShown):
    """An asset that other assets may depend on and load, and that is never materialized here.

    Deprecated, so that it warns: an :class:`AssetSpec` says the same, by ``with_io_manager_key`` also what loads it;
    for what looks at it there is :func:`~notebook_assets.observable_source_asset`.

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
        freshness_policy: How fresh it is to be; kept as it is given.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.
        automation_condition: When it is to be observed.
        tags: Names and values to select by.

    Raises:
        InvalidDefinitionError: One of these is not as described.

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
        freshness_policy: Any = None,
        legacy_freshness_policy: Any = None,
        automation_condition: Any = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        warn_deprecated(
            "SourceAsset is deprecated; write AssetSpec(...), with .with_io_manager_key(...) where an IO manager loads "
            "it, or @observable_source_asset."
        )
        spec = AssetSpec(
            key,
            metadata=metadata,
            description=description,
            partitions_def=partitions_def,
            group_name=group_name,
            tags=tags,
            automation_condition=automation_condition,
            freshness_policy=freshness_policy,
            legacy_freshness_policy=legacy_freshness_policy,
        )
        parts = _parts(
            spec, io_manager_key, io_manager_def, resource_defs, observe_fn, op_tags, auto_observe_interval_minutes
        )
        self.__dict__.update(parts)  # as frozen dataclasses have it

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
    def op(self) -> Any:
        """The op that observes it.

        Raises:
            InvalidInvocationError: It has no observation function.
        """
        return ops_of_assets.op_of_observation(self)

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its observation function uses."""
        return frozenset() if self.observing is None else self.observing.required_resource_keys

    @property
    def io_manager_def(self) -> object | None:
        """The IO manager that it brings along, if any."""
        return self.resource_defs.get(self.io_manager_key)

    @property
    def metadata(self) -> Mapping[str, MetadataValue]:
        """Its static metadata."""
        return self.spec.metadata_values

    @property
    def description(self) -> str | None:
        """Its description, if any."""
        return self.spec.description

    @property
    def group_name(self) -> str:
        """The group it is shown in."""
        return self.spec.group

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""
        return self.spec.tags or {}

    @property
    def automation_condition(self) -> Any:
        """When it is to be observed, if it says so."""
        return self.spec.automation_condition

    @property
    def freshness_policy(self) -> Any:
        """How fresh it is to be, if it says so."""
        return self.spec.freshness_policy

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


def source_of(
    spec: AssetSpec,
    *,
    io_manager_key: str | None = None,
    io_manager_def: object | None = None,
    resource_defs: Mapping[str, object] | None = None,
    observe_fn: Callable[..., Any] | ObserveFunction | None = None,
    op_tags: Mapping[str, Any] | None = None,
    auto_observe_interval_minutes: float | None = None,
) -> SourceAsset:
    """Return the source asset of a spec, as decorators make it: without a warning that its class is deprecated.

    Args:
        spec: What is known of it.
        io_manager_key: The resource that loads it; by default as the spec says.
        io_manager_def: The IO manager that loads it.
        resource_defs: Further resources by name.
        observe_fn: Looks at what there is.
        op_tags: Tags of its observation.
        auto_observe_interval_minutes: How often it is to be observed.

    Raises:
        InvalidDefinitionError: One of these is not as described.

    >>> source_of(AssetSpec("flights").with_io_manager_key("files")).io_manager_key
    'files'
    """
    found = SourceAsset.__new__(SourceAsset)
    found.__dict__.update(
        _parts(
            spec,
            io_manager_key or spec.io_manager_key,
            io_manager_def,
            resource_defs,
            observe_fn,
            op_tags,
            auto_observe_interval_minutes,
        )
    )
    return found


def _parts(
    spec: AssetSpec,
    io_manager_key: str | None,
    io_manager_def: object | None,
    resource_defs: Mapping[str, object] | None,
    observe_fn: Callable[..., Any] | ObserveFunction | None,
    op_tags: Mapping[str, Any] | None,
    auto_observe_interval_minutes: float | None,
) -> dict[str, Any]:
    key = spec.asset_key
    check_mapping(op_tags, f"{key}: op_tags", '{"memory": "8 GB"}')
    check_mapping(resource_defs, f"{key}: resource_defs", '{"database": connection}')
    check_text(io_manager_key, f"{key}: io_manager_key", '"warehouse"')
    observing = observe_function(observe_fn, key)
    if auto_observe_interval_minutes is not None and observing is None:
        raise InvalidDefinitionError(
            f"{key}: auto_observe_interval_minutes says how often to observe it, but not how; give observe_fn too."
        )
    manager_key = io_manager_key or own_io_manager_key(key, io_manager_def)
    return {
        "spec": spec,
        "io_manager_key": manager_key,
        "resource_defs": with_own_manager(key, resource_defs, manager_key, io_manager_def),
        "observing": observing,
        "op_tags": dict(op_tags or {}),
        "auto_observe_interval_minutes": auto_observe_interval_minutes,
    }


def own_io_manager_key(key: AssetKey, io_manager_def: object | None) -> str:
    """Return the resource key under which an asset's own IO manager is kept: unique, so that two never collide."""
    return f"{key.to_python_identifier()}__io_manager" if io_manager_def is not None else DEFAULT_IO_MANAGER_KEY


def with_own_manager(
    key: AssetKey, resource_defs: Mapping[str, object] | None, manager_key: str, io_manager_def: object | None
) -> dict[str, object]:
    """Return the resources that an asset brings along, its own IO manager among them.

    Raises:
        InvalidDefinitionError: Another resource has the IO manager's key.
    """
    found = dict(resource_defs or {})
    if io_manager_def is None:
        return found
    if manager_key in found:
        raise InvalidDefinitionError(
            f"{key}: {manager_key!r} is its io_manager_def and one of its resource_defs, too; leave one of them out."
        )
    return {**found, manager_key: io_manager_def}
