"""load_asset_value and get_asset_value_loader: stored values by name and partition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.partitions import PartitionKeyRange
from notebook_assets.store import AssetValueLoader, Instance
from notebook_assets.store.load_options import HasKey, Missing, Shape
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.given import check_given
from notebook_assets.workspace.plain_errors import plain_errors


@plain_errors
def get_asset_value_loader(instance: Instance | None = None) -> AssetValueLoader:
    """Return a loader, to be used in a ``with`` block, that reads many values with one set-up.

    Args:
        instance: The store; by default the one that belongs to the working directory.

    >>> from notebook_assets import Instance
    >>> with get_asset_value_loader(Instance.ephemeral()) as loader:
    ...     loader.load_asset_value("never_made")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.UnknownAssetError: ...
    """
    check_given({"instance": instance})
    here = workspace()
    store = instance or here.instance()
    definitions = here.definitions(instance=store)
    made_here = [key for key, node in definitions.graph.nodes.items() if node.definition is not None]
    return definitions.get_asset_value_loader(store).knowing(frozenset(made_here))


@plain_errors
def load_asset_value(
    asset_key: CoercibleToAssetKey | HasKey,
    partition_key: str | date | Mapping[str, Any] | None = None,
    *,
    partitions: Any = None,
    partition_key_range: PartitionKeyRange | None = None,
    as_: Shape = "auto",
    missing: Missing = "raise",
    python_type: Any = None,
    metadata: Mapping[str, Any] | None = None,
    input_definition_metadata: Mapping[str, Any] | None = None,
    resource_config: Any = None,
    version: int | None = None,
    instance: Instance | None = None,
) -> Any:
    """Return the stored value of an asset, from the store alone: its definition need not be there.

    Args:
        asset_key: The asset: its name, parts joined by slashes, its key, or the asset itself.
        partition_key: One partition of it; a date or a datetime will do where its partitions are time windows, a dict
            by dimension where they have several.
        partitions: Several: a range ``"FIRST...LAST"``, ``"all"``, or a list. The result is one DataFrame where the
            values are frames, else a dict by key.
        partition_key_range: Several partitions, ends included.
        as_: The shape of several: ``"frame"``, ``"dict"``, ``"lazy"`` (a mapping that reads when it is asked), or
            ``"auto"``, which goes by the values.
        missing: What to do about partitions that were never made: ``"raise"``, ``"skip"`` them, or ``"none"``: have
            None in their place.
        python_type: The type to load it as: ``dict`` or ``DataFrame`` for several; further ones where an IO manager
            offers a choice.
        metadata: Told to the asset's IO manager.
        input_definition_metadata: The same; the reference has both.
        resource_config: Told to the asset's IO manager: the configuration of its resources.
        version: Not the latest value, but that of an earlier event, which ``instance.versions(asset)`` lists.
        instance: The store; by default the one that belongs to the working directory.

    Raises:
        UnknownAssetError: There is no such asset; near matches are named.
        UnknownPartitionError: The asset has no such partition.
        NeverMaterializedError: It exists but was never made.
        ValueNotFoundError: It was made, but the store keeps no value of it.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> store = Instance.ephemeral()
    >>> _ = materialize([numbers], instance=store, progress=False)
    >>> load_asset_value("numbers", instance=store)
    [1, 2, 3]
    """
    with get_asset_value_loader(instance) as loader:
        return loader.load_asset_value(
            asset_key,
            partition_key,
            partitions=partitions,
            partition_key_range=partition_key_range,
            as_=as_,
            missing=missing,
            python_type=python_type,
            metadata=metadata,
            input_definition_metadata=input_definition_metadata,
            resource_config=resource_config,
            version=version,
        )
