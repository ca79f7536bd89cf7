"""What a selection says of itself: the text that can be typed in its place."""

from __future__ import annotations

from notebook_assets.display import Rich, block, joined, soft, stack, title_line
from notebook_assets.partitions.shown import shown
from notebook_assets.selection.asset_selection import AssetSelection


@shown.register
def _of_selection(selection: AssetSelection) -> Rich:
    where = soft(
        "It can be typed wherever a selection is: %assets, %lineage, %materialize, materialize(selection=...)."
    )
    return stack([title_line("AssetSelection"), block(str(selection)), joined([where])])
