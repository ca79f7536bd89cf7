"""The graph that selections are resolved on, as far as they need it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from notebook_assets.keys import AssetKey


class AssetGraphView(Protocol):
    """Assets and what depends on what.

    A graph does not change: its neighbours and sources are read once and kept for it (in ``walks``); what changes is
    given as a new graph. ``keys()`` should answer ``in`` at once: a set, or the keys of a dict.
    """

    def keys(self) -> Collection[AssetKey]:
        """All assets, the source assets among them."""

    def is_source(self, key: AssetKey) -> bool:
        """Whether the asset is only read here and never made."""

    def parents(self, key: AssetKey) -> Collection[AssetKey]:
        """The assets that it needs directly."""

    def children(self, key: AssetKey) -> Collection[AssetKey]:
        """The assets that need it directly."""

    def group(self, key: AssetKey) -> str:
        """Its group."""

    def tags(self, key: AssetKey) -> Mapping[str, str]:
        """Its tags."""

    def kinds(self, key: AssetKey) -> Collection[str]:
        """Its kinds."""

    def owners(self, key: AssetKey) -> Sequence[str]:
        """Its owners."""
