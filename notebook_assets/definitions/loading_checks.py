"""load_asset_checks_from_...: the checks that modules, packages, the current module or the notebook define."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import ModuleType

from notebook_assets.assets import AssetChecksDefinition, AssetCheckSpec
from notebook_assets.assets.dependencies import check_prefix, prefix_parts
from notebook_assets.definitions.loading_modules import callers_namespace, modules_of, namespaces_of, package_of
from notebook_assets.definitions.module_contents import Namespace, found_in

_Prefix = str | Sequence[str] | None


def load_asset_checks_from_modules(
    modules: Iterable[ModuleType], asset_key_prefix: _Prefix = None
) -> Sequence[AssetChecksDefinition]:
    """Return the checks that modules define, by themselves or in lists.

    Args:
        modules: The modules.
        asset_key_prefix: Put before the keys of the assets that they check, and of those that they look at besides; a
            string may join several parts by slashes.

    Raises:
        InvalidDefinitionError: Something in ``modules`` is no module.

    >>> from types import ModuleType
    >>> from notebook_assets import AssetCheckResult, asset_check
    >>> module = ModuleType("checks")
    >>> @asset_check(asset="daily")
    ... def has_rows(daily):
    ...     return AssetCheckResult(passed=len(daily) > 0)
    >>> module.has_rows = has_rows
    >>> load_asset_checks_from_modules([module], asset_key_prefix="raw")[0].check_key
    AssetCheckKey(asset_key=AssetKey(['raw', 'daily']), name='has_rows')
    """
    return checks_of(namespaces_of(modules), asset_key_prefix)


def load_asset_checks_from_current_module(asset_key_prefix: _Prefix = None) -> Sequence[AssetChecksDefinition]:
    """Return the checks of the module, or of the notebook, in which this is called.

    Args:
        asset_key_prefix: Put before the keys of the assets that they check.

    >>> from notebook_assets import AssetCheckResult, asset_check
    >>> @asset_check(asset="daily")
    ... def has_rows(daily):
    ...     return AssetCheckResult(passed=len(daily) > 0)
    >>> has_rows in load_asset_checks_from_current_module()
    True
    """
    return checks_of([callers_namespace()], asset_key_prefix)


def load_asset_checks_from_package_module(
    package_module: ModuleType, asset_key_prefix: _Prefix = None
) -> Sequence[AssetChecksDefinition]:
    """Return the checks of a package and of all modules in it, to any depth.

    Args:
        package_module: The package; all modules in it are imported.
        asset_key_prefix: Put before the keys of the assets that they check.

    >>> import json
    >>> load_asset_checks_from_package_module(json)
    []
    """
    return checks_of(namespaces_of(modules_of(package_module)), asset_key_prefix)


def load_asset_checks_from_package_name(
    package_name: str, asset_key_prefix: _Prefix = None
) -> Sequence[AssetChecksDefinition]:
    """Return the checks of a package, which is imported by its name, and of all modules in it.

    Args:
        package_name: The package.
        asset_key_prefix: Put before the keys of the assets that they check.

    Raises:
        ModuleNotFoundError: There is no such package.

    >>> load_asset_checks_from_package_name("json")
    []
    """
    return checks_of(namespaces_of(modules_of(package_of(package_name))), asset_key_prefix)


def checks_of(namespaces: Sequence[Namespace], prefix: _Prefix = None) -> list[AssetChecksDefinition]:
    """Return the checks that are bound in namespaces, with a prefix before the keys of what they look at.

    >>> checks_of([Namespace("empty", {})])
    []
    """
    check_prefix(prefix, "load_asset_checks")
    found = found_in(namespaces, (AssetChecksDefinition,))
    return [_prefixed(each, prefix_parts(prefix)) for each in found] if prefix else found


def _prefixed(checks: AssetChecksDefinition, parts: list[str]) -> AssetChecksDefinition:
    return replace(
        checks,
        specs=tuple(_prefixed_spec(spec, parts) for spec in checks.specs),
        dependencies=tuple(replace(each, key=each.key.with_prefix(parts)) for each in checks.dependencies),
    )


def _prefixed_spec(spec: AssetCheckSpec, parts: list[str]) -> AssetCheckSpec:
    return AssetCheckSpec(
        spec.name,
        asset=spec.asset_key.with_prefix(parts),
        description=spec.description,
        additional_deps=[replace(dep, asset=dep.asset_key.with_prefix(parts)) for dep in spec.additional_deps],
        blocking=spec.blocking,
        metadata=spec.metadata,
        automation_condition=spec.automation_condition,
        partitions_def=spec.partitions_def,
    )
