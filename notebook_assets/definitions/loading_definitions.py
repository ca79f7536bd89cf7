"""load_definitions_from_...: all that modules define, as one Definitions object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition
from notebook_assets.definitions.definition_set import Definitions
from notebook_assets.definitions.loaded_changes import LoadedChanges
from notebook_assets.definitions.loading_checks import checks_of
from notebook_assets.definitions.loading_modules import (
    assets_of,
    callers_namespace,
    modules_of,
    namespaces_of,
    package_of,
)
from notebook_assets.definitions.module_contents import Namespace, found_in
from notebook_assets.ops import JobDefinition


def load_definitions_from_modules(
    modules: Iterable[ModuleType],
    resources: Mapping[str, object] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """Return all assets, specs, source assets, checks and jobs that modules define.

    Args:
        modules: The modules.
        resources: Objects by resource key.
        loggers: Kept.
        executor: Kept, for ``materialize(..., executor=definitions.executor)``.

    Raises:
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: The assets don't fit together.

    >>> import json
    >>> load_definitions_from_modules([json]).assets
    ()
    """
    return _definitions_of(namespaces_of(modules), resources, loggers, executor)


def load_definitions_from_current_module(
    resources: Mapping[str, object] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """Return all that the module, or the notebook, in which this is called defines.

    Args:
        resources: Objects by resource key.
        loggers: Kept.
        executor: Kept, for ``materialize(..., executor=definitions.executor)``.

    Raises:
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: The assets don't fit together.

    >>> from notebook_assets import asset
    >>> @asset
    ... def one(): ...
    >>> one in load_definitions_from_current_module().assets
    True
    """
    return _definitions_of([callers_namespace()], resources, loggers, executor)


def load_definitions_from_package_module(
    package_module: ModuleType,
    resources: Mapping[str, object] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """Return all that a package and the modules in it define, to any depth.

    Args:
        package_module: The package; all modules in it are imported.
        resources: Objects by resource key.
        loggers: Kept.
        executor: Kept, for ``materialize(..., executor=definitions.executor)``.

    Raises:
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: The assets don't fit together.

    >>> import json
    >>> load_definitions_from_package_module(json).jobs
    ()
    """
    return _definitions_of(namespaces_of(modules_of(package_module)), resources, loggers, executor)


def load_definitions_from_package_name(
    package_name: str,
    resources: Mapping[str, object] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """Return all that a package, which is imported by its name, and the modules in it define.

    Args:
        package_name: The package.
        resources: Objects by resource key.
        loggers: Kept.
        executor: Kept, for ``materialize(..., executor=definitions.executor)``.

    Raises:
        ModuleNotFoundError: There is no such package.
        DuplicateAssetError: Two have one key.
        InvalidDefinitionError: The assets don't fit together.

    >>> load_definitions_from_package_name("json").assets
    ()
    """
    modules = modules_of(package_of(package_name))
    return _definitions_of(namespaces_of(modules), resources, loggers, executor)


def _definitions_of(
    namespaces: Sequence[Namespace],
    resources: Mapping[str, object] | None,
    loggers: Mapping[str, Any] | None,
    executor: Any,
) -> Definitions:
    return Definitions(
        assets_of(namespaces, LoadedChanges(), include_specs=True),
        jobs=found_in(namespaces, JOB_KINDS),
        resources=resources,
        executor=executor,
        loggers=loggers,
        asset_checks=checks_of(namespaces),
    )


JOB_KINDS: tuple[type, ...] = (UnresolvedAssetJobDefinition, JobDefinition)
"""The classes of what counts as a job."""
