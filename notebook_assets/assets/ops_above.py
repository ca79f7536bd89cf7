"""What definitions of assets ask of the floor above: their ops, and assets made of graphs. Loaded when it is asked for.

The reference has these as methods of definitions (``op``, ``from_graph``), while what runs graphs stands on assets.
"""

from __future__ import annotations

from typing import Any

from notebook_assets.lazy import lazy_module

ops_of_assets: Any = lazy_module("notebook_assets.ops.ops_of_assets")
assets_from_nodes: Any = lazy_module("notebook_assets.ops.assets_from_nodes")
