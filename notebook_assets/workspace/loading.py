"""load_asset_value and get_asset_value_loader: stored values by name and partition."""

from __future__ import annotations

from typing import Any

from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.store import AssetValueLoader, Instance
from notebook_assets.workspace.current import workspace
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
    here = workspace()
    store = instance or here.instance()
    return here.definitions(instance=store).get_asset_value_loader(store)


@plain_errors
def load_asset_value(
    asset_key: CoercibleToAssetKey,
    *,
    partition_key: str | None = None,
    partitions: Any = None,
    instance: Instance | None = None,
    **options: Any,
) -> Any:
    """Return the stored value of an asset, from the store alone: its definition need not be there.

    Args:
        asset_key: The asset.
        partition_key: One partition of it.
        partitions: Several: a range ``"FIRST...LAST"``, ``"all"``, or a list. The result is one DataFrame where the
            values are frames, else a dict by key; ``as_="dict"`` and ``as_="frame"`` decide it.
        instance: The store; by default the one that belongs to the working directory.
        options: Further ones of :meth:`AssetValueLoader.load_asset_value`, such as ``missing="skip"``.

    Raises:
        UnknownAssetError: There is no such asset; near matches are named.
        UnknownPartitionError: The asset has no such partition.
        NeverMaterializedError: It exists but was never made.

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
        return loader.load_asset_value(asset_key, partition_key=partition_key, partitions=partitions, **options)
