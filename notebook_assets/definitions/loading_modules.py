"""load_assets_from_...: the assets that modules, packages, the current module or the notebook define."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from notebook_assets.assets import AssetsDefinition, AssetSpec, SourceAsset
from notebook_assets.assets.deprecated_names import automation_condition_from, freshness_policy_from
from notebook_assets.definitions.loaded_changes import Loaded, LoadedChanges
from notebook_assets.definitions.module_contents import Namespace, check_defined_once, found_in
from notebook_assets.errors import InvalidDefinitionError

_Prefix = str | Sequence[str] | None


def load_assets_from_modules(
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: _Prefix = None,
    *,
    automation_condition: Any = None,
    backfill_policy: Any = None,
    source_key_prefix: _Prefix = None,
    include_specs: bool = False,
    freshness_policy: Any = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
) -> Sequence[Loaded]:
    """Return the assets and source assets that modules define, by themselves or in lists.

    Args:
        modules: The modules.
        group_name: The group of all of them.
        key_prefix: Put before the keys of what is made here, and wherever another of them names it; a string may join
            several parts by slashes.
        automation_condition: When to make those that don't say so themselves.
        backfill_policy: How many partitions one run makes, of those that don't say so themselves.
        source_key_prefix: Put before the keys of source assets, likewise.
        include_specs: Whether specs by themselves are loaded too.
        freshness_policy: How fresh those are to be that don't say so themselves; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: There is a ``group_name``, and one of them has another group already; or something in
            ``modules`` is no module.

    >>> from types import ModuleType
    >>> from notebook_assets import asset
    >>> module = ModuleType("cereals")
    >>> @asset
    ... def nabisco(): ...
    >>> module.nabisco = nabisco
    >>> [found.key for found in load_assets_from_modules([module], key_prefix="raw")]
    [AssetKey(['raw', 'nabisco'])]
    """
    condition = automation_condition_from("load_assets", automation_condition, auto_materialize_policy)
    freshness = freshness_policy_from("load_assets", freshness_policy, legacy_freshness_policy)
    changes = LoadedChanges(group_name, key_prefix, source_key_prefix, condition, backfill_policy, freshness)
    return assets_of(namespaces_of(modules), changes, include_specs=include_specs)


def load_assets_from_current_module(
    group_name: str | None = None,
    key_prefix: _Prefix = None,
    *,
    automation_condition: Any = None,
    backfill_policy: Any = None,
    source_key_prefix: _Prefix = None,
    include_specs: bool = False,
    freshness_policy: Any = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
) -> Sequence[Loaded]:
    """Return the assets and source assets of the module, or of the notebook, in which this is called.

    Args:
        group_name: The group of all of them.
        key_prefix: Put before the keys of what is made here; see :func:`load_assets_from_modules`.
        automation_condition: When to make those that don't say so themselves.
        backfill_policy: How many partitions one run makes, of those that don't say so themselves.
        source_key_prefix: Put before the keys of source assets.
        include_specs: Whether specs by themselves are loaded too.
        freshness_policy: How fresh those are to be that don't say so themselves; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: There is a ``group_name``, and one of them has another group already.

    >>> from notebook_assets import asset
    >>> @asset
    ... def one(): ...
    >>> one in load_assets_from_current_module()
    True
    """
    condition = automation_condition_from("load_assets", automation_condition, auto_materialize_policy)
    freshness = freshness_policy_from("load_assets", freshness_policy, legacy_freshness_policy)
    changes = LoadedChanges(group_name, key_prefix, source_key_prefix, condition, backfill_policy, freshness)
    return assets_of([callers_namespace()], changes, include_specs=include_specs)


def load_assets_from_package_module(
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: _Prefix = None,
    *,
    automation_condition: Any = None,
    backfill_policy: Any = None,
    source_key_prefix: _Prefix = None,
    include_specs: bool = False,
    freshness_policy: Any = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
) -> Sequence[Loaded]:
    """Return the assets and source assets of a package and of all modules in it, to any depth.

    Args:
        package_module: The package; all modules in it are imported.
        group_name: The group of all of them.
        key_prefix: Put before the keys of what is made here; see :func:`load_assets_from_modules`.
        automation_condition: When to make those that don't say so themselves.
        backfill_policy: How many partitions one run makes, of those that don't say so themselves.
        source_key_prefix: Put before the keys of source assets.
        include_specs: Whether specs by themselves are loaded too.
        freshness_policy: How fresh those are to be that don't say so themselves; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: There is a ``group_name``, and one of them has another group already.

    >>> import json
    >>> load_assets_from_package_module(json)
    []
    """
    condition = automation_condition_from("load_assets", automation_condition, auto_materialize_policy)
    freshness = freshness_policy_from("load_assets", freshness_policy, legacy_freshness_policy)
    changes = LoadedChanges(group_name, key_prefix, source_key_prefix, condition, backfill_policy, freshness)
    return assets_of(namespaces_of(modules_of(package_module)), changes, include_specs=include_specs)


def load_assets_from_package_name(
    package_name: str,
    group_name: str | None = None,
    key_prefix: _Prefix = None,
    *,
    automation_condition: Any = None,
    backfill_policy: Any = None,
    source_key_prefix: _Prefix = None,
    include_specs: bool = False,
    freshness_policy: Any = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
) -> Sequence[Loaded]:
    """Return the assets and source assets of a package, which is imported by its name.

    Args:
        package_name: The package.
        group_name: The group of all of them.
        key_prefix: Put before the keys of what is made here; see :func:`load_assets_from_modules`.
        automation_condition: When to make those that don't say so themselves.
        backfill_policy: How many partitions one run makes, of those that don't say so themselves.
        source_key_prefix: Put before the keys of source assets.
        include_specs: Whether specs by themselves are loaded too.
        freshness_policy: How fresh those are to be that don't say so themselves; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        ModuleNotFoundError: There is no such package.
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: There is a ``group_name``, and one of them has another group already; or it is no name.

    >>> load_assets_from_package_name("json")
    []
    """
    condition = automation_condition_from("load_assets", automation_condition, auto_materialize_policy)
    freshness = freshness_policy_from("load_assets", freshness_policy, legacy_freshness_policy)
    changes = LoadedChanges(group_name, key_prefix, source_key_prefix, condition, backfill_policy, freshness)
    modules = modules_of(package_of(package_name))
    return assets_of(namespaces_of(modules), changes, include_specs=include_specs)


def assets_of(namespaces: Sequence[Namespace], changes: LoadedChanges, *, include_specs: bool) -> list[Loaded]:
    """Return the assets that are bound in namespaces, changed.

    >>> assets_of([Namespace("a", {"a": AssetSpec("a")})], LoadedChanges(), include_specs=False)
    []
    """
    kinds: tuple[type, ...] = (AssetsDefinition, SourceAsset, *((AssetSpec,) if include_specs else ()))
    check_defined_once(namespaces, kinds)
    return changes.applied(found_in(namespaces, kinds))


def namespaces_of(modules: Any) -> list[Namespace]:
    """Return the namespaces of modules.

    Raises:
        InvalidDefinitionError: Something else is given.

    >>> import json
    >>> [namespace.name for namespace in namespaces_of([json])]
    ['json']
    """
    if isinstance(modules, ModuleType | str) or not isinstance(modules, Iterable):
        raise InvalidDefinitionError(f"modules is a list of modules; got {modules!r}. Write [module].")
    listed = list(modules)
    for module in listed:
        if not isinstance(module, ModuleType):
            raise InvalidDefinitionError(f"modules is a list of imported modules; got {module!r} in it.")
    return [Namespace.of(module) for module in listed]


def modules_of(package: Any) -> list[ModuleType]:
    """Return a package and all modules in it, to any depth, imported.

    Raises:
        InvalidDefinitionError: It is no module.

    >>> import json
    >>> [module.__name__ for module in modules_of(json)][:2]
    ['json', 'json.decoder']
    """
    if not isinstance(package, ModuleType):
        raise InvalidDefinitionError(f"A package is given as an imported module; got {package!r}.")
    within = pkgutil.walk_packages(getattr(package, "__path__", []), f"{package.__name__}.")
    return [package, *(importlib.import_module(found.name) for found in within)]


def package_of(name: Any) -> ModuleType:
    """Return a package, which is imported by its name.

    Raises:
        InvalidDefinitionError: That is no full name of a package.
        ModuleNotFoundError: There is none of it.

    >>> package_of("json").__name__
    'json'
    """
    if isinstance(name, ModuleType):
        raise InvalidDefinitionError(
            f"A package is named by a text, such as {name.__name__!r}; got the module itself. For that, there is the "
            "function that ends in _from_package_module."
        )
    if not isinstance(name, str) or not all(part.isidentifier() for part in name.split(".")):
        raise InvalidDefinitionError(f"A package is named as it is imported, such as 'shop.assets'; got {name!r}.")
    return importlib.import_module(name)


def callers_namespace(depth: int = 2) -> Namespace:
    """Return the namespace of whoever called the function that calls this one; in a cell it is the notebook's.

    Args:
        depth: How many calls up.

    >>> def asked():
    ...     return callers_namespace().name
    >>> asked() == __name__
    True
    """
    frame = inspect.currentframe()
    for _ in range(depth):
        frame = frame.f_back if frame is not None else None
    if frame is None:
        raise InvalidDefinitionError("There is no current module here; use load_assets_from_modules.")
    values: Mapping[str, Any] = frame.f_globals
    return Namespace(str(values.get("__name__", "__main__")), values)
