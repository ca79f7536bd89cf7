"""The key of whatever a person hands over for an asset."""

from __future__ import annotations

from typing import Any


def own_key(thing: Any) -> Any:
    """Return the key of a definition, a source or a spec; anything else as it is.

    >>> from notebook_assets import AssetSpec
    >>> own_key(AssetSpec("daily")), own_key("daily")
    (AssetKey(['daily']), 'daily')
    """
    return getattr(thing, "asset_key", None) or getattr(thing, "key", thing)
