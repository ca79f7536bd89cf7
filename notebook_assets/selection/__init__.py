"""Which assets: expressions over a graph, and their text form."""

from notebook_assets.selection import showing_selections  # noqa: F401  (what is shown)
from notebook_assets.selection.asset_selection import AssetSelection, CoercibleToAssetSelection
from notebook_assets.selection.graph_view import AssetGraphView
from notebook_assets.selection.parser import parse_selection

__all__ = ["AssetGraphView", "AssetSelection", "CoercibleToAssetSelection", "parse_selection"]
