"""What a person types: the magics, read by :mod:`notebook_assets.magics.options`, on top of public functions."""

from notebook_assets.magics.commands import AssetMagics
from notebook_assets.magics.extension import load, unload

__all__ = ["AssetMagics", "load", "unload"]
