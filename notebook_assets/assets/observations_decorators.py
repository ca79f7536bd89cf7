"""@observable_source_asset and @multi_observable_source_asset: sources with a function that looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, overload

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.checks import AssetCheckSpec, own_check_specs
from notebook_assets.assets.decorated import check_function, first_paragraph
from notebook_assets.assets.dependencies import check_prefix, prefix_parts
from notebook_assets.assets.observations_function import ObserveFunction, observe_function
from notebook_assets.assets.source_asset import SourceAsset, source_of
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_text, check_texts
from notebook_assets.selection.check_keys import AssetCheckKey


@overload
def observable_source_asset(observe_fn: Callable[..., Any], /) -> SourceAsset: ...
@overload
def observable_source_asset(
    observe_fn: None = None,
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: object | None = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    auto_observe_interval_minutes: float | None = None,
    legacy_freshness_policy: Any = None,
) -> Callable[[Callable[..., Any]], SourceAsset]: ...
def observable_source_asset(
    observe_fn: Callable[..., Any] | None = None,
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: object | None = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: Any = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    auto_observe_interval_minutes: float | None = None,
    legacy_freshness_policy: Any = None,
) -> SourceAsset | Callable[[Callable[..., Any]], SourceAsset]:
    """Define a source by the function that looks at it, which returns the data version of what is there.

    The function returns a DataVersion, a DataVersionsByPartition or an ObserveResult. Once a version other than the
    last one was observed, what was made from the source is stale.

    Args:
        observe_fn: The function, when the decorator is used without parentheses.
        key: The whole key, in place of ``name`` and ``key_prefix``.
        name: The source's name; by default the function's.
        key_prefix: Parts put before the name; a string may join several by slashes.
        metadata: Static metadata, told to the IO manager that loads it.
        io_manager_key: The resource that loads it.
        io_manager_def: The IO manager that loads it.
        description: For people to read; by default the function's docstring.
        group_name: The group it is shown in.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        resource_defs: Resources by name, used where a run gives no other.
        partitions_def: Its partitions.
        automation_condition: When it is to be observed.
        op_tags: Tags of its observation, for executors.
        tags: Names and values to select by.
        auto_observe_interval_minutes: How often it is to be observed.
        legacy_freshness_policy: Deprecated, and it warns; kept as how fresh the source is to be.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> from notebook_assets import DataVersion
    >>> @observable_source_asset
    ... def price_list():
    ...     return DataVersion("2024-04-12")
    >>> price_list.is_observable, price_list()
    (True, DataVersion(value='2024-04-12'))
    """
    check_text(name, "@observable_source_asset: name", '"prices"')
    check_prefix(key_prefix, "@observable_source_asset")
    check_texts(required_resource_keys, "@observable_source_asset: required_resource_keys", '{"database"}')

    def define(fn: Callable[..., Any]) -> SourceAsset:
        check_function(fn, "@observable_source_asset")
        own = _key_of(fn, key, name, key_prefix)
        needed = frozenset(required_resource_keys or ())
        spec = AssetSpec(
            own,
            metadata=metadata,
            description=description if description not in (None, "") else first_paragraph(fn),
            partitions_def=partitions_def,
            group_name=group_name,
            automation_condition=automation_condition,
            tags=tags,
            legacy_freshness_policy=legacy_freshness_policy,
        )
        return source_of(
            spec,
            io_manager_key=io_manager_key,
            io_manager_def=io_manager_def,
            resource_defs=resource_defs,
            observe_fn=observe_function(fn, own, required_resource_keys=needed),
            op_tags=op_tags,
            auto_observe_interval_minutes=auto_observe_interval_minutes,
        )

    return define if observe_fn is None else define(observe_fn)


def _key_of(
    fn: Callable[..., Any],
    key: CoercibleToAssetKey | None,
    name: str | None,
    key_prefix: str | Sequence[str] | None,
) -> AssetKey:
    if key is None:
        own = AssetKey(name or str(getattr(fn, "__name__", "source")))
        return own.with_prefix(prefix_parts(key_prefix)) if key_prefix else own
    if name is not None or key_prefix is not None:
        raise InvalidDefinitionError("@observable_source_asset takes key, or name and key_prefix, not both.")
    return AssetKey.from_coercible(key)


@dataclass(frozen=True, eq=False)
class ObservableSources:
    """Sources that one function looks at; made by :func:`~notebook_assets.multi_observable_source_asset`."""

    sources: tuple[SourceAsset, ...]
    observing: ObserveFunction

    __notebook_asset__ = True

    @property
    def check_specs(self) -> tuple[AssetCheckSpec, ...]:
        """The checks that the function carries out itself."""
        return self.observing.check_specs

    @property
    def check_keys(self) -> frozenset[AssetCheckKey]:
        """The keys of these checks."""
        return frozenset(spec.key for spec in self.check_specs)

    @property
    def can_subset(self) -> bool:
        """Whether the function can observe some of them without the others."""
        return self.observing.can_subset

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that the function needs."""
        return self.observing.required_resource_keys

    @property
    def asset_deps(self) -> dict[AssetKey, frozenset[AssetKey]]:
        """What each source is made from, as its spec says."""
        return {spec.asset_key: frozenset(dep.asset_key for dep in spec.asset_deps) for spec in self.specs}

    @property
    def dependency_keys(self) -> frozenset[AssetKey]:
        """All that the sources are made from."""
        return frozenset(key for keys in self.asset_deps.values() for key in keys)

    @property
    def group_names_by_key(self) -> dict[AssetKey, str]:
        """The group of each source; ``"default"`` where it has none."""
        return {spec.asset_key: spec.group_name or "default" for spec in self.specs}

    @property
    def keys(self) -> frozenset[AssetKey]:
        """The keys of all sources."""
        return frozenset(self.observing.keys)

    @property
    def specs(self) -> tuple[AssetSpec, ...]:
        """The specs of all sources."""
        return tuple(source.spec for source in self.sources)

    @property
    def is_observable(self) -> bool:
        """Whether there is a function that looks at them: always."""
        return True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as it is, for tests."""
        return self.observing.fn(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<source assets {', '.join(key.to_user_string() for key in self.observing.keys)}>"


def multi_observable_source_asset(
    *,
    specs: Sequence[AssetSpec],
    name: str | None = None,
    description: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    can_subset: bool = False,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
) -> Callable[[Callable[..., Any]], ObservableSources]:
    """Define several sources by one function that looks at them and yields an ObserveResult for each.

    Args:
        specs: The sources.
        name: What the function is called.
        description: For people to read.
        partitions_def: The partitions of those that have none of their own.
        can_subset: Whether it can observe some of them without the others; ``context.selected_asset_keys`` says which.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        resource_defs: Resources by name, used where a run gives no other.
        group_name: The group of all; a spec may have one of its own only where this is left out.
        check_specs: Checks that the function itself carries out.

    Raises:
        InvalidDefinitionError: These don't fit together.

    >>> from notebook_assets import AssetSpec, ObserveResult
    >>> @multi_observable_source_asset(specs=[AssetSpec("asset1"), AssetSpec("asset2")])
    ... def my_function():
    ...     yield ObserveResult(asset_key="asset1", metadata={"foo": "bar"})
    ...     yield ObserveResult(asset_key="asset2", metadata={"baz": "qux"})
    >>> my_function
    <source assets asset1, asset2>
    """
    wrong = [spec for spec in specs if not isinstance(spec, AssetSpec)]
    if wrong or not specs:
        found = repr(wrong[0]) if wrong else "none"
        raise InvalidDefinitionError(f"@multi_observable_source_asset: specs is a list of AssetSpec; got {found}.")
    check_texts(required_resource_keys, "@multi_observable_source_asset: required_resource_keys", '{"database"}')
    grouped = [spec for spec in specs if spec.group_name is not None]
    if group_name is not None and grouped:
        raise InvalidDefinitionError(
            f"@multi_observable_source_asset: group_name={group_name!r} is for all sources, but {grouped[0].asset_key} "
            f"has {grouped[0].group_name!r} of its own. Say it in one place."
        )

    def define(fn: Callable[..., Any]) -> ObservableSources:
        check_function(fn, "@multi_observable_source_asset")
        keys = tuple(spec.asset_key for spec in specs)
        needed = frozenset(required_resource_keys or ())
        label = name or str(getattr(fn, "__name__", "sources"))
        own = own_check_specs(check_specs or (), keys, label)
        observing = observe_function(
            fn, *keys, name=label, required_resource_keys=needed, can_subset=can_subset, check_specs=own
        )
        assert observing is not None  # noqa: S101  (fn is a function)
        sources = tuple(
            source_of(
                replace(
                    spec,
                    partitions_def=spec.partitions_def or partitions_def,
                    group_name=spec.group_name or group_name,
                ),
                resource_defs=resource_defs,
                observe_fn=observing,
            )
            for spec in specs
        )
        return ObservableSources(sources, observing)

    return define
