"""Names of assets that the store knows and that no cell has defined yet, as after a restart of the kernel."""

from __future__ import annotations

import re
from typing import Any

from notebook_assets.assets import AssetGraph
from notebook_assets.errors import UnknownAssetError
from notebook_assets.partitions.loading_context import resolved_store
from notebook_assets.store import AssetDescription, Instance


def only_stored(text: str, graph: AssetGraph, store: Any) -> UnknownAssetError | None:
    """Return the error for a text that names an asset which is stored but not defined here; None if it names none.

    Args:
        text: A name, or a selection that does not resolve.
        graph: All assets that are defined.
        store: The store of the notebook; what a call is given as ``instance=`` comes first.

    >>> from notebook_assets import AssetMaterialization
    >>> with Instance.ephemeral() as store:
    ...     store.report_runless_asset_event(AssetMaterialization("daily"))
    ...     str(only_stored("+daily", AssetGraph([]), store))[:82]
    "There is no asset 'daily' here, but the store has it: run the cell that defines it"
    """
    asked = resolved_store(None)
    there = asked if isinstance(asked, Instance) else store
    for key, description in there.asset_descriptions().items():
        name = key.to_user_string()
        if key not in graph.nodes and re.search(rf"(?<![\w/.:-]){re.escape(name)}(?![\w/.:-])", text):
            return UnknownAssetError(
                f"There is no asset {name!r} here, but the store has it: run the cell that defines it"
                f"{_where(description)}. load_asset_value({name!r}) loads what is stored."
            )
    return None


def _where(description: AssetDescription) -> str:
    return f" (last in {description.notebook})" if description.notebook else ""
