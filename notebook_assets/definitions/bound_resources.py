"""with_resources: definitions that bring along the resources that they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetsDefinition, SourceAsset
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.partitions.arguments import check_mapping

T = TypeVar("T")


def with_resources(
    definitions: Iterable[T],
    resource_defs: Mapping[str, object],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> Sequence[T]:
    """Return copies of definitions that bring along the resources that they need, beside those that they have.

    Args:
        definitions: Assets and source assets.
        resource_defs: Objects by resource key; more than a definition needs do no harm.
        resource_config_by_key: The configuration of resources, by resource key: ``{"config": {...}}``.

    Raises:
        InvalidDefinitionError: A definition needs a resource that is not there, or there is configuration for one that
            is not there or takes none.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset(required_resource_keys={"greeting"})
    ... def told(context):
    ...     return context.resources.greeting
    >>> bound = with_resources([told], {"greeting": "hello"})
    >>> materialize(bound, instance=Instance.ephemeral(), progress=False).asset_value("told")
    'hello'
    """
    check_mapping(resource_defs, "with_resources: resource_defs", '{"database": connection}')
    configured = _configured(resource_defs, resource_config_by_key or {})
    return [_bound(thing, configured) for thing in definitions]


def _configured(resource_defs: Mapping[str, object], configs: Mapping[str, Any]) -> dict[str, object]:
    found = dict(resource_defs)
    for name, entry in configs.items():
        if name not in found:
            raise InvalidDefinitionError(
                f"There is configuration for the resource {name!r}, which is not given.{did_you_mean(name, found)}"
            )
        configure = getattr(found[name], "configured", None)
        if configure is None or not isinstance(entry, Mapping) or "config" not in entry:
            raise InvalidDefinitionError(
                f"The configuration of the resource {name!r} is {{'config': ...}}, and the resource one that takes "
                f"configuration; got {entry!r} for {found[name]!r}."
            )
        found[name] = configure(entry["config"])
    return found


def _bound(thing: Any, resources: Mapping[str, object]) -> Any:
    if isinstance(thing, AssetsDefinition):
        _check_needed(thing, resources)
        return replace(thing, resource_defs={**resources, **thing.resource_defs})
    if isinstance(thing, SourceAsset):
        found = copy(thing)
        object.__setattr__(found, "resource_defs", {**resources, **thing.resource_defs})
        return found
    return thing


def _check_needed(definition: AssetsDefinition, resources: Mapping[str, object]) -> None:
    managers = {definition.io_manager_key_of(spec.asset_key) for spec in definition.specs} - {DEFAULT_IO_MANAGER_KEY}
    needed = {*definition.required_resource_keys, *managers} - {*definition.resource_defs, *resources}
    if needed:
        name = min(needed)
        raise InvalidDefinitionError(
            f"{definition.label} needs the resource {name!r}, which is not among those given "
            f"({sorted(resources) or 'none'}).{did_you_mean(name, resources)}"
        )
