"""Definitions with other keys or other specs: prefixes, groups, and functions over specs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from notebook_assets.assets import AssetDep, AssetsDefinition, AssetSpec, Dependency
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.selection.check_keys import AssetCheckKey

SpecFunction = Callable[[AssetSpec], AssetSpec]
_Keys = Mapping[AssetKey, AssetKey]


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


def renamed(definition: AssetsDefinition, keys: _Keys) -> AssetsDefinition:
    """Return a definition in which assets, its own and those that it is made from, have other keys.

    >>> from notebook_assets import asset
    >>> @asset
    ... def two(one): ...
    >>> found = renamed(two, {AssetKey("one"): AssetKey("uno"), AssetKey("two"): AssetKey("due")})
    >>> found.key, found.dependency_keys
    (AssetKey(['due']), frozenset({AssetKey(['uno'])}))
    """
    return replace(
        definition,
        specs=tuple(renamed_spec(spec, keys) for spec in definition.specs),
        dependencies=_renamed_dependencies(definition.dependencies, keys),
        outputs={name: keys.get(key, key) for name, key in definition.outputs.items()},
        dependencies_by_key={
            keys.get(key, key): _renamed_dependencies(found, keys)
            for key, found in definition.dependencies_by_key.items()
        },
        io_manager_keys={keys.get(key, key): name for key, name in definition.io_manager_keys.items()},
        check_specs=tuple(_renamed_check(spec, keys) for spec in definition.check_specs),
    )


def renamed_spec(spec: AssetSpec, keys: _Keys) -> AssetSpec:
    """Return a spec in which assets have other keys.

    >>> renamed_spec(AssetSpec("b", deps=["a"]), {AssetKey("a"): AssetKey("x")}).asset_deps[0].asset_key
    AssetKey(['x'])
    """
    return replace(
        spec,
        key=keys.get(spec.asset_key, spec.asset_key),
        deps=[_renamed_dep(dep, keys) for dep in spec.asset_deps],
    )


def _renamed_dep(dep: AssetDep, keys: _Keys) -> AssetDep:
    return replace(dep, asset=keys.get(dep.asset_key, dep.asset_key))


def _renamed_dependencies(dependencies: Iterable[Dependency], keys: _Keys) -> tuple[Dependency, ...]:
    return tuple(replace(found, key=keys.get(found.key, found.key)) for found in dependencies)


def _renamed_check(spec: Any, keys: _Keys) -> Any:
    return spec.replace_key(AssetCheckKey(keys.get(spec.asset_key, spec.asset_key), spec.name))
