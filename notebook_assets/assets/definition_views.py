"""What can be asked of a definition asset by asset, as mappings from keys, and copies of it with other attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.dependencies import Dependency
from notebook_assets.assets.renaming import renamed
from notebook_assets.assets.source_asset import SourceAsset, source_of
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.selection.check_keys import AssetCheckKey

Self = TypeVar("Self", bound="DefinitionViews")


class DefinitionViews(SelfShown):
    """The part of an :class:`AssetsDefinition` that only rearranges what its specs say."""

    specs: tuple[AssetSpec, ...]
    check_specs: tuple[AssetCheckSpec, ...]
    resource_defs: Mapping[str, object]
    outputs: Mapping[str, AssetKey]
    dependencies: tuple[Dependency, ...]
    dependencies_by_key: Mapping[AssetKey, tuple[Dependency, ...]]

    def get_asset_spec(self, key: CoercibleToAssetKey | None = None) -> AssetSpec:
        """Return the spec of one asset."""
        raise NotImplementedError

    def io_manager_key_of(self, key: AssetKey) -> str:
        """Return the resource that stores an asset."""
        raise NotImplementedError

    def _by_key(self, of: Callable[[AssetSpec], Any]) -> dict[AssetKey, Any]:
        return {spec.asset_key: of(spec) for spec in self.specs}

    @property
    def asset_deps(self) -> Mapping[AssetKey, set[AssetKey]]:
        """What each asset is made from, its siblings included."""
        return self._by_key(
            lambda spec: {each.key for each in self.dependencies_by_key.get(spec.asset_key, self.dependencies)}
        )

    @property
    def keys_by_output_name(self) -> Mapping[str, AssetKey]:
        """The asset that each output is."""
        return dict(self.outputs)

    @property
    def keys_by_input_name(self) -> Mapping[str, AssetKey]:
        """The asset that each parameter of the function stands for; what only ``deps`` names, by its key."""
        return {each.name: each.key for each in self.dependencies}

    @property
    def input_names(self) -> list[str]:
        """The names of what it is made from, as in :attr:`keys_by_input_name`."""
        return list(self.keys_by_input_name)

    @property
    def group_names_by_key(self) -> Mapping[AssetKey, str]:
        """The group of each asset."""
        return self._by_key(lambda spec: spec.group)

    @property
    def descriptions_by_key(self) -> Mapping[AssetKey, str]:
        """The description of each asset that has one."""
        return {spec.asset_key: spec.description for spec in self.specs if spec.description}

    @property
    def metadata_by_key(self) -> Mapping[AssetKey, Mapping[str, Any]]:
        """The static metadata of each asset, as it was given."""
        return self._by_key(lambda spec: dict(spec.metadata or {}))

    @property
    def tags_by_key(self) -> Mapping[AssetKey, Mapping[str, str]]:
        """The tags of each asset."""
        return self._by_key(lambda spec: dict(spec.tags or {}))

    @property
    def code_versions_by_key(self) -> Mapping[AssetKey, str | None]:
        """The code version of each asset, None where its code is told by its fingerprint."""
        return self._by_key(lambda spec: spec.code_version)

    @property
    def owners_by_key(self) -> Mapping[AssetKey, list[str]]:
        """The owners of each asset."""
        return self._by_key(lambda spec: list(spec.owners or ()))

    @property
    def check_keys(self) -> frozenset[AssetCheckKey]:
        """The keys of the checks that the function itself carries out."""
        return frozenset(spec.key for spec in self.check_specs)

    @property
    def is_executable(self) -> bool:
        """Whether there is a function to call: always."""
        return True

    @property
    def is_materializable(self) -> bool:
        """Whether it makes its assets: always."""
        return True

    @property
    def is_external(self) -> bool:
        """Whether its assets are made elsewhere: never."""
        return False

    @property
    def is_observable(self) -> bool:
        """Whether it only looks at its assets: never; :func:`~notebook_assets.observable_source_asset` does."""
        return False

    @property
    def automation_conditions(self) -> Mapping[AssetKey, Any]:
        """When to make them, for those of the assets that say so."""
        return {
            spec.asset_key: spec.automation_condition for spec in self.specs if spec.automation_condition is not None
        }

    @property
    def automation_conditions_by_key(self) -> Mapping[AssetKey, Any]:
        """The same as :attr:`automation_conditions`."""
        return self.automation_conditions

    def to_source_asset(self, key: CoercibleToAssetKey | None = None) -> SourceAsset:
        """Return one of its assets as an asset that is made elsewhere, for notebooks and jobs that only load it.

        Args:
            key: Which of its assets, where it makes several.

        Raises:
            InvalidInvocationError: It makes several, and no key is given.
            UnknownAssetError: It makes no asset of that key.

        >>> from notebook_assets import asset
        >>> @asset(group_name="weather")
        ... def daily(): ...
        >>> daily.to_source_asset().group_name
        'weather'
        """
        return self._as_source(self.get_asset_spec(key))

    def to_source_assets(self) -> Sequence[SourceAsset]:
        """Return each of its assets as an asset that is made elsewhere."""
        return [self._as_source(spec) for spec in self.specs]

    def _as_source(self, spec: AssetSpec) -> SourceAsset:
        known = replace(spec, deps=None, skippable=False, automation_condition=None, backfill_policy=None)
        return source_of(
            known, io_manager_key=self.io_manager_key_of(spec.asset_key), resource_defs=dict(self.resource_defs)
        )

    def with_attributes(
        self: Self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        tags_by_key: Mapping[AssetKey, Mapping[str, str]] | None = None,
        automation_condition: Any = None,
        backfill_policy: Any = None,
        metadata_by_key: Mapping[AssetKey, Mapping[str, Any]] | None = None,
    ) -> Self:
        """Return a copy with other keys, groups, tags or metadata. Keys in the arguments are those before.

        Args:
            asset_key_replacements: New keys, of its own assets and of what they are made from.
            group_names_by_key: Groups for those that have none.
            tags_by_key: Tags for those that have none.
            automation_condition: When to make them; one for all, or a mapping from keys.
            backfill_policy: How many partitions one run makes.
            metadata_by_key: Metadata, in place of what there is.

        Raises:
            InvalidDefinitionError: An asset has a group or tags of its own.

        >>> from notebook_assets import asset
        >>> @asset
        ... def daily(): ...
        >>> daily.with_attributes(group_names_by_key={AssetKey("daily"): "weather"}).group_names_by_key
        {AssetKey(['daily']): 'weather'}
        """
        groups, tags, metadata = group_names_by_key or {}, tags_by_key or {}, metadata_by_key or {}
        conditions = automation_condition if isinstance(automation_condition, Mapping) else None
        specs = []
        for spec in self.specs:
            key = spec.asset_key
            changes: dict[str, Any] = {}
            if key in groups:
                _check_unset(key, "group_name", spec.group_name)
                changes["group_name"] = groups[key]
            if key in tags:
                _check_unset(key, "tags", spec.tags)
                changes["tags"] = tags[key]
            if key in metadata:
                changes["metadata"] = metadata[key]
            if automation_condition is not None:
                changes["automation_condition"] = automation_condition if conditions is None else conditions.get(key)
            if backfill_policy is not None:
                changes["backfill_policy"] = backfill_policy
            specs.append(replace(spec, **changes) if changes else spec)
        copy: Any = replace(self, specs=tuple(specs))  # type: ignore[type-var]  # the dataclass that it is part of
        found: Self = renamed(copy, asset_key_replacements) if asset_key_replacements else copy
        return found


def _check_unset(key: AssetKey, what: str, found: object) -> None:
    if found:
        raise InvalidDefinitionError(f"{what} already exists on the asset {key}: {found!r}. Say it in one place.")
