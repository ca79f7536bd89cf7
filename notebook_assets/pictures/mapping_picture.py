"""The mapping picture: which upstream keys feed which downstream keys."""

from __future__ import annotations

from notebook_assets.display.rich import Rich, picture
from notebook_assets.pictures.key_runs import Runs, fold_runs
from notebook_assets.pictures.mapping_bands import draw_bands
from notebook_assets.pictures.mapping_curves import draw_curves
from notebook_assets.pictures.mapping_data import MappingData
from notebook_assets.pictures.mapping_matrix import draw_matrix
from notebook_assets.pictures.mapping_text import mapping_text

MOST_ROWS = 40
"""Rows on a side after which the keys are drawn along two axes instead of one below the other."""

MOST_CURVES = 48
"""Curves that the eye can still follow; a mapping to and fro with more of them is drawn as a matrix."""


def draw_mapping(data: MappingData) -> Rich:
    """Return the picture: keys beside each other and curves between them, or two axes and bands if there are many.

    Where later keys do not need later keys, many of them are drawn as a matrix with a mark for each pair.

    >>> from notebook_assets.pictures import MappingSide
    >>> up = MappingSide("hourly", [f"{hour:02}:00" for hour in range(24)])
    >>> draw_mapping(MappingData(up, MappingSide("daily", ["mon"]), [0], [[(0, 24)]]))
    daily ← hourly  ·  1 of 1 key needs 24 of 24 keys
    <BLANKLINE>
    mon  ←  00:00 … 23:00 (24 keys)
    """
    runs: Runs = fold_runs(data.rows, data.spans, data.nonexistent)
    words = mapping_text(data, runs)
    rows = max(len(runs.upstream) + len(runs.missing), len(runs.downstream))
    if rows <= MOST_ROWS and (len(runs.joins) <= MOST_CURVES or data.is_monotone):
        return picture(draw_curves(data, runs), words)
    return picture(draw_bands(data) if data.is_monotone else draw_matrix(data), words)
