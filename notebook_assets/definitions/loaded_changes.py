"""What loading from modules changes on what it finds: prefixes, a group, conditions and policies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from notebook_assets.assets import AssetsDefinition, AssetSpec, SourceAsset
from notebook_assets.assets.dependencies import check_prefix, prefix_parts
from notebook_assets.definitions.module_contents import keys_defined_by
from notebook_assets.definitions.respecified import renamed, renamed_spec, with_specs
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.arguments import check_text

Loaded: TypeAlias = AssetsDefinition | SourceAsset | AssetSpec


@dataclass(frozen=True)
class LoadedChanges:
    """What to change; what was loaded stays as it is, copies come back.

    Args:
        group_name: The group of all of them.
        key_prefix: Put before the keys of what is made here, also where others of them name it.
        source_key_prefix: Put before the keys of source assets, likewise.
        automation_condition: When to make those that don't say so themselves.
        backfill_policy: How many partitions one run makes, of those that don't say so themselves.
        freshness_policy: How fresh those are to be that don't say so themselves.

    >>> [found] = LoadedChanges(group_name="raw").applied([AssetSpec("a")])
    >>> found.group
    'raw'
    """

    group_name: str | None = None
    key_prefix: str | Sequence[str] | None = None
    source_key_prefix: str | Sequence[str] | None = None
    automation_condition: Any = None
    backfill_policy: Any = None
    freshness_policy: Any = None

    def __post_init__(self) -> None:
        check_text(self.group_name, "load_assets: group_name", '"weather"')
        check_prefix(self.key_prefix, "load_assets")
        check_prefix(self.source_key_prefix, "load_assets: source")

    def applied(self, found: Iterable[Loaded]) -> list[Loaded]:
        """Return copies of definitions with the changes.

        Raises:
            InvalidDefinitionError: There is a group to set, and one of them has another already.
        """
        things = list(found)
        if self.group_name is not None:
            self._check_groups(things)
        keys = self._new_keys(things)
        return [self._changed(_renamed(thing, keys)) for thing in things]

    def _check_groups(self, things: Iterable[Loaded]) -> None:
        taken = [
            f"{spec.asset_key.to_user_string()} (group {spec.group_name!r})"
            for thing in things
            for spec in _specs(thing)
            if spec.group_name not in (None, self.group_name)
        ]
        if taken:
            raise InvalidDefinitionError(
                f"Group name already exists on assets {', '.join(taken)}, so they can't be put into the group "
                f"{self.group_name!r}. Leave out one of the two."
            )

    def _new_keys(self, things: Iterable[Loaded]) -> dict[AssetKey, AssetKey]:
        keys: dict[AssetKey, AssetKey] = {}
        for thing in things:
            prefix = self.source_key_prefix if isinstance(thing, SourceAsset) else self.key_prefix
            if prefix and not isinstance(thing, AssetSpec):
                keys.update({key: key.with_prefix(prefix_parts(prefix)) for key in keys_defined_by(thing)})
        return keys

    def _changed(self, thing: Loaded) -> Loaded:
        if isinstance(thing, AssetsDefinition):
            return with_specs(thing, {spec.asset_key: self._changed_spec(spec) for spec in thing.specs})
        if isinstance(thing, SourceAsset):
            return with_spec(thing, self._changed_spec(thing.spec, is_source=True))
        return self._changed_spec(thing)

    def _changed_spec(self, spec: AssetSpec, *, is_source: bool = False) -> AssetSpec:
        changes: dict[str, Any] = {}
        if self.group_name not in (None, spec.group_name):
            changes["group_name"] = self.group_name
        for name in ("automation_condition", "backfill_policy", "freshness_policy"):
            given = getattr(self, name)
            if given is not None and getattr(spec, name) is None and not is_source:
                changes[name] = given
        return replace(spec, **changes) if changes else spec


def with_spec(source: SourceAsset, spec: AssetSpec) -> SourceAsset:
    """Return a source asset with another spec.

    >>> with_spec(SourceAsset("a"), AssetSpec("b"))
    <source asset b>
    """
    if spec is source.spec:
        return source
    found = copy(source)
    object.__setattr__(found, "spec", spec)
    return found


def _specs(thing: Loaded) -> Sequence[AssetSpec]:
    if isinstance(thing, AssetsDefinition):
        return thing.specs
    return [thing] if isinstance(thing, AssetSpec) else [thing.spec]


def _renamed(thing: Loaded, keys: dict[AssetKey, AssetKey]) -> Loaded:
    if not keys:
        return thing
    if isinstance(thing, AssetsDefinition):
        return renamed(thing, keys)
    if isinstance(thing, SourceAsset):
        return with_spec(thing, renamed_spec(thing.spec, keys))
    return renamed_spec(thing, keys)
