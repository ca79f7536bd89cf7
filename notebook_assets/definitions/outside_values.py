"""Values that IO managers keep and the store lacks: loading them through the resources of a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.errors import InvalidInvocationError, NeverMaterializedError, UnknownPartitionError
from notebook_assets.keys import AssetKey
from notebook_assets.run import ResourceScope, has_piece, io_manager_of, load_piece, load_pieces, piece_name


def load_from_outside(
    graph: AssetGraph,
    scope: ResourceScope,
    key: AssetKey,
    partition: str | None,
    *,
    python_type: type | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> object:
    """Load the value of an asset that its own IO manager keeps; a loader asks for those that the store lacks.

    Args:
        graph: The assets.
        scope: Their resources.
        key: The asset.
        partition: The partition key; None without partitions.
        python_type: The type that is asked for.
        metadata: Told to the IO manager.

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.
        NeverMaterializedError: It is defined, but has neither an IO manager nor a stored value.
    """
    node = graph.node(key)
    _check_partition(node, partition)
    try:
        resources = scope.of(node)
        manager = io_manager_of(node, resources)
        if manager is None:
            where = "It is made elsewhere and has no IO manager." if node.is_source else "Materialize it first."
            raise NeverMaterializedError(f"{piece_name(node.key, partition)} was never materialized. {where}")
        return load_piece(node, manager, partition, resources, python_type=python_type, metadata=metadata)
    finally:
        scope.close()


def load_several_from_outside(
    graph: AssetGraph,
    scope: ResourceScope,
    key: AssetKey,
    partitions: Sequence[str],
    *,
    python_type: type | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Mapping[str, Any] | None:
    """Load several partitions by one call of the asset's IO manager; None where it can't, or there is none.

    Args:
        graph: The assets.
        scope: Their resources.
        key: The asset.
        partitions: The partition keys.
        python_type: The type that is asked for.
        metadata: Told to the IO manager.

    Raises:
        UnknownAssetError: There is no such asset.
        ValueNotFoundError: One of them is not there.
    """
    node = graph.node(key)
    try:
        resources = scope.of(node)
        manager = io_manager_of(node, resources)
        if manager is None:
            return None
        return load_pieces(node, manager, partitions, resources, python_type=python_type, metadata=metadata)
    finally:
        scope.close()


def held_outside(
    graph: AssetGraph,
    scope: ResourceScope,
    key: AssetKey,
    partitions: Sequence[str],
    *,
    python_type: type | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return those of some partitions that the asset's IO manager has; none where the asset or its IO manager is not.

    Args:
        graph: The assets.
        scope: Their resources.
        key: The asset.
        partitions: The partition keys.
        python_type: The type that is asked for.
        metadata: Told to the IO manager.
    """
    node = graph.nodes.get(key)
    if node is None:
        return []
    try:
        resources = scope.of(node)
        manager = io_manager_of(node, resources)
        if manager is None:
            return []
        told: dict[str, Any] = {"python_type": python_type, "metadata": metadata}
        return [each for each in partitions if has_piece(node, manager, each, resources, **told)]
    finally:
        scope.close()


def _check_partition(node: AssetNode, partition: str | None) -> None:
    """Raise the error that says so where a piece can't exist by its definition."""
    name = node.key.to_user_string()
    if node.partitions_def is None:
        if partition is not None:
            raise UnknownPartitionError(f"{name} has no partitions, so it has no partition {partition!r}.")
    elif partition is None:
        raise InvalidInvocationError(
            f'{name} has partitions: say which by partition_key=, or by partitions= (a list, a range or "all").'
        )
    else:
        node.partitions_def.validate_partition_key(partition)
