"""Which IO manager serves an asset in a run: one that the user gave, or none, which means the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetNode
from notebook_assets.errors import (
    InvalidInvocationError,
    UnknownResourceError,
    ValueNotFoundError,
    a_kind,
    did_you_mean,
)
from notebook_assets.resources import InputContext, Resources


class IOManagerLike(Protocol):
    """What an IO manager must be able to do; a subclass of IOManager can."""

    def handle_output(self, context: Any, obj: Any) -> None:
        """Store a value."""

    def load_input(self, context: Any) -> Any:
        """Load a value."""


def io_manager_of(node: AssetNode, resources: Resources, resource_key: str | None = None) -> IOManagerLike | None:
    """Return the IO manager of an asset (or the one of ``resource_key``); None stands for the store.

    What ``resource_key`` names is asked to load only.

    Raises:
        UnknownResourceError: The resource is not given.
        InvalidInvocationError: It is no IO manager.
    """
    key = resource_key or node.io_manager_key or DEFAULT_IO_MANAGER_KEY
    if key not in resources:
        if key == DEFAULT_IO_MANAGER_KEY:
            return None
        raise UnknownResourceError(
            f"{node.key} is stored by the IO manager {key!r}, which is not among the resources. Give it by "
            f"resources={{{key!r}: ...}}.{did_you_mean(key, resources)}"
        )
    found: Any = resources[key]
    if isinstance(found, type):
        raise InvalidInvocationError(
            f"The IO manager {key!r} of {node.key} is the class {found.__name__}; give an instance, {found.__name__}()."
        )
    loads = callable(getattr(found, "load_input", None))
    if not (loads and (resource_key is not None or callable(getattr(found, "handle_output", None)))):
        raise InvalidInvocationError(
            f"The IO manager {key!r} of {node.key} is {a_kind(found)}, which has no handle_output and "
            "load_input. Give an instance of a subclass of IOManager."
        )
    if getattr(found, "stands_for_the_store", False):
        return None
    manager: IOManagerLike = found
    return manager


def manager_config(node: AssetNode, resources: Resources, resource_key: str | None = None) -> Any:
    """Return the configuration that the IO manager of an asset (or the one of ``resource_key``) was set up with."""
    return resources.__config_of__(resource_key or node.io_manager_key or DEFAULT_IO_MANAGER_KEY)


def plain_metadata(node: AssetNode) -> dict[str, Any]:
    """Return the metadata of an asset's definition as plain values, as IO managers read them."""
    return {name: entry.value for name, entry in node.spec.metadata_values.items()}


def load_piece(
    node: AssetNode,
    manager: IOManagerLike,
    partition: str | None,
    resources: Resources,
    *,
    python_type: type | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Any:
    """Return the value of one piece that an IO manager keeps, for someone who asks outside of a run.

    Args:
        node: The asset.
        manager: Its IO manager.
        partition: The partition key; None without partitions.
        resources: What the asset sees.
        python_type: The type that is asked for.
        metadata: Told to the IO manager over the asset's own.
    """
    keys = () if partition is None else (partition,)
    context = _context(node, keys, resources, python_type, metadata)
    return manager.load_input(context)


def load_pieces(
    node: AssetNode,
    manager: IOManagerLike,
    partitions: Sequence[str],
    resources: Resources,
    *,
    python_type: type | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Mapping[str, Any] | None:
    """Return the values of several partitions by one call of an IO manager; None where that can't tell them apart.

    Args:
        node: The asset.
        manager: Its IO manager; one that says ``loads_several`` gives a dict by partition key.
        partitions: The partition keys.
        resources: What the asset sees.
        python_type: The type that is asked for.
        metadata: Told to the IO manager over the asset's own.
    """
    if not getattr(manager, "loads_several", False):
        return None
    context = replace(_context(node, tuple(partitions), resources, python_type, metadata), may_be_several=True)
    found = manager.load_input(context)
    return found if isinstance(found, Mapping) else None


def has_piece(
    node: AssetNode,
    manager: IOManagerLike,
    partition: str,
    resources: Resources,
    *,
    python_type: type | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> bool:
    """Whether an IO manager has a value of a partition: by its ``has_input(context)``; else by loading it once.

    Args:
        node: The asset.
        manager: Its IO manager.
        partition: The partition key.
        resources: What the asset sees.
        python_type: The type that is asked for.
        metadata: Told to the IO manager over the asset's own.
    """
    context = _context(node, (partition,), resources, python_type, metadata)
    asked = getattr(manager, "has_input", None)
    if callable(asked):
        return bool(asked(context))
    try:
        manager.load_input(context)
    except (ValueNotFoundError, FileNotFoundError):
        return False
    return True


def _context(
    node: AssetNode,
    keys: tuple[str, ...],
    resources: Resources,
    python_type: type | None,
    metadata: Mapping[str, Any] | None,
) -> InputContext:
    return InputContext(
        asset_key=node.key,
        partition_keys=keys,
        asset_partitions_def=node.partitions_def,
        asset_metadata=plain_metadata(node),
        resources=resources,
        input_metadata=metadata or {},
        python_type=python_type,
        resource_config=manager_config(node, resources),
    )
