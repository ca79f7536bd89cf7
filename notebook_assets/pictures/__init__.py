"""Pictures: lineage, partition grids, mappings, progress; from plain data to SVG, HTML and plain text."""

from notebook_assets.pictures.grid import draw_grid
from notebook_assets.pictures.grid_data import Axis, GridData
from notebook_assets.pictures.lineage import LineagePicture, draw_lineage
from notebook_assets.pictures.lineage_data import LineageEdge, LineageNode
from notebook_assets.pictures.mapping_data import MappingData, MappingSide
from notebook_assets.pictures.mapping_picture import draw_mapping
from notebook_assets.pictures.matrix_layout import axes_of
from notebook_assets.pictures.progress import ProgressView, draw_progress, progress_line
from notebook_assets.pictures.renderer import available_renderers, render_dot

__all__ = [
    "Axis",
    "GridData",
    "LineageEdge",
    "LineageNode",
    "LineagePicture",
    "MappingData",
    "MappingSide",
    "ProgressView",
    "available_renderers",
    "axes_of",
    "draw_grid",
    "draw_lineage",
    "draw_mapping",
    "draw_progress",
    "progress_line",
    "render_dot",
]
