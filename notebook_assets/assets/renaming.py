"""Definitions and specs in which assets, their own and those that they are made from, have other keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.dependencies import AssetDep, Dependency
from notebook_assets.keys import AssetKey
from notebook_assets.selection.check_keys import AssetCheckKey

Keys = Mapping[AssetKey, AssetKey]
D = TypeVar("D", bound=Any)  # an AssetsDefinition, whose own method this serves


def renamed(definition: D, keys: Keys) -> D:
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


def renamed_spec(spec: AssetSpec, keys: Keys) -> AssetSpec:
    """Return a spec in which assets have other keys.

    >>> renamed_spec(AssetSpec("b", deps=["a"]), {AssetKey("a"): AssetKey("x")}).asset_deps[0].asset_key
    AssetKey(['x'])
    """
    return replace(
        spec,
        key=keys.get(spec.asset_key, spec.asset_key),
        deps=[_renamed_dep(dep, keys) for dep in spec.asset_deps],
    )


def _renamed_dep(dep: AssetDep, keys: Keys) -> AssetDep:
    return replace(dep, asset=keys.get(dep.asset_key, dep.asset_key))


def _renamed_dependencies(dependencies: Iterable[Dependency], keys: Keys) -> tuple[Dependency, ...]:
    return tuple(replace(found, key=keys.get(found.key, found.key)) for found in dependencies)


def _renamed_check(spec: Any, keys: Keys) -> Any:
    return spec.replace_key(AssetCheckKey(keys.get(spec.asset_key, spec.asset_key), spec.name))
