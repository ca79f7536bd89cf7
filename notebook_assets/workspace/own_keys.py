"""The key, or the keys, of whatever a person hands over for an asset."""

from __future__ import annotations

from typing import Any


def own_key(thing: Any) -> Any:
    """Return the key of a definition, a source or a spec; anything else as it is.

    >>> from notebook_assets import AssetSpec
    >>> own_key(AssetSpec("daily")), own_key("daily")
    (AssetKey(['daily']), 'daily')
    """
    return getattr(thing, "asset_key", None) or getattr(thing, "key", thing)


def own_keys(thing: Any) -> tuple[Any, ...]:
    """Return the keys of all that a definition makes; of a source or a spec, the one key.

    >>> from notebook_assets import AssetSpec, multi_asset
    >>> @multi_asset(specs=[AssetSpec("low"), AssetSpec("high")])
    ... def both(): ...
    >>> own_keys(both), own_keys(AssetSpec("daily"))
    ((AssetKey(['low']), AssetKey(['high'])), (AssetKey(['daily']),))
    """
    specs = getattr(thing, "specs", None)
    return tuple(spec.asset_key for spec in specs) if isinstance(specs, tuple) else (own_key(thing),)
