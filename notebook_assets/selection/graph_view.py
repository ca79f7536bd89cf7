"""The graph that selections are resolved on, as far as they need it, and walks over it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from notebook_assets.keys import AssetKey


class AssetGraphView(Protocol):
    """Assets and what depends on what. ``keys()`` should answer ``in`` at once: a set, or the keys of a dict."""

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


def reachable(
    start: Iterable[AssetKey], neighbours: Callable[[AssetKey], Collection[AssetKey]], depth: int | None = None
) -> set[AssetKey]:
    """Return the start and all that is reached from it in at most ``depth`` layers; None is any number of them.

    >>> up = {"c": ["b"], "b": ["a"], "a": []}
    >>> sorted(reachable(["c"], up.__getitem__, depth=1))
    ['b', 'c']
    """
    seen = set(start)
    if depth is None:
        stack = list(seen)
        while stack:
            for key in neighbours(stack.pop()):
                if key not in seen:
                    seen.add(key)
                    stack.append(key)
        return seen
    layer = seen
    for _ in range(depth):
        layer = {near for key in layer for near in neighbours(key)} - seen
        if not layer:
            break
        seen = seen | layer
    return seen


def materializable_of(graph: AssetGraphView, keys: Iterable[AssetKey]) -> set[AssetKey]:
    """Return those of the keys that can be made here, which leaves out source assets."""
    return {key for key in keys if not graph.is_source(key)}
