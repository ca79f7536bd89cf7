"""Which assets of a store are meant: all, one, or several, as a person writes them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.store.no_value import unknown_asset
from notebook_assets.store.reading import StoreReader

ChosenAssets: TypeAlias = "CoercibleToAssetKey | Iterable[Any] | None"
"""One asset (its key, its name, the asset itself), several of these, or None for all."""


def chosen_assets(store: StoreReader, assets: ChosenAssets) -> dict[int, AssetKey]:
    """Return the keys of the chosen assets by their numbers in the store, sorted by key.

    Args:
        store: The store.
        assets: One or several; a list is several assets, so a key of several parts is an AssetKey or a list in it.

    Raises:
        UnknownAssetError: The store has never heard of one.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def one(): return 1
    >>> store = Instance.ephemeral()
    >>> _ = materialize([one], instance=store, progress=False)
    >>> list(chosen_assets(store, "one").values())
    [AssetKey(['one'])]
    """
    with store.database.read() as connection:
        rows = connection.execute("SELECT id, key FROM assets ORDER BY key").fetchall()
    known = {}
    for number, text in rows:
        with suppress(InvalidDefinitionError, TypeError):  # a damaged row names no asset
            known[AssetKey.from_escaped_user_string(text)] = int(number)
    if assets is None:
        return {number: key for key, number in known.items()}
    wanted = [_key_of(store, each) for each in _several(assets)]
    for key in wanted:
        if key not in known:
            raise unknown_asset(key, store.asset_descriptions())
    return {known[key]: key for key in sorted(set(wanted))}


def _several(assets: Any) -> Iterable[Any]:
    if isinstance(assets, str | AssetKey) or hasattr(assets, "key") or not isinstance(assets, Iterable):
        return [assets]
    return assets


def _key_of(store: StoreReader, asset: Any) -> AssetKey:
    return store.key_named(getattr(asset, "key", asset))
