"""Definitions with other keys or other specs: prefixes, groups, and functions over specs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from notebook_assets.assets import AssetsDefinition, AssetSpec
from notebook_assets.assets.renaming import Keys, renamed, renamed_spec
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey

__all__ = ["Keys", "map_asset_specs", "renamed", "renamed_spec", "with_specs"]

SpecFunction = Callable[[AssetSpec], AssetSpec]


def map_asset_specs(
    func: SpecFunction, iterable: Iterable[AssetsDefinition | AssetSpec]
) -> Sequence[AssetsDefinition | AssetSpec]:
    """Return definitions whose specs a function has changed; the definitions given stay as they are.

    Args:
        func: Gives the new spec for each; it may change anything but the key.
        iterable: Definitions and specs.

    Raises:
        InvalidDefinitionError: The function changed a key or gave no spec, or something else than a definition or a
            spec is in ``iterable``.

    >>> from dataclasses import replace
    >>> from notebook_assets import asset
    >>> @asset
    ... def one(): ...
    >>> [found] = map_asset_specs(lambda spec: replace(spec, group_name="numbers"), [one])
    >>> found.spec.group, one.spec.group
    ('numbers', 'default')
    """
    return [_mapped(func, thing) for thing in iterable]


def _mapped(func: SpecFunction, thing: Any) -> Any:
    if isinstance(thing, AssetSpec):
        return _changed(func, thing)
    if not isinstance(thing, AssetsDefinition):
        raise InvalidDefinitionError(
            f"Specs can be changed of what @asset and its like define, and of an AssetSpec; got {thing!r}. "
            "In place of a SourceAsset, write an AssetSpec."
        )
    return with_specs(thing, {spec.asset_key: _changed(func, spec) for spec in thing.specs})


def _changed(func: SpecFunction, spec: AssetSpec) -> AssetSpec:
    found: Any = func(spec)
    if not isinstance(found, AssetSpec):
        raise InvalidDefinitionError(f"The function gives an AssetSpec; for {spec.asset_key} it gave {found!r}.")
    if found.asset_key != spec.asset_key:
        raise InvalidDefinitionError(
            f"The function changed the key {spec.asset_key} to {found.asset_key}; it may change anything else. "
            "load_assets_from_modules has key_prefix=."
        )
    return found


def with_specs(definition: AssetsDefinition, specs: Mapping[AssetKey, AssetSpec]) -> AssetsDefinition:
    """Return a definition with other specs of the same keys; itself where these are its own.

    >>> from dataclasses import replace
    >>> from notebook_assets import asset
    >>> @asset
    ... def one(): ...
    >>> with_specs(one, {one.key: replace(one.spec, description="1")}).spec.description
    '1'
    """
    if all(specs.get(spec.asset_key, spec) is spec for spec in definition.specs):
        return definition
    managers = dict(definition.io_manager_keys)
    for key, spec in specs.items():
        if spec.io_manager_key not in (None, definition.specs_by_key[key].io_manager_key):
            managers[key] = str(spec.io_manager_key)
    return replace(
        definition, specs=tuple(specs.get(spec.asset_key, spec) for spec in definition.specs), io_manager_keys=managers
    )
