"""A graph for selections, as plain as can be, and one with everything in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from notebook_assets.keys import AssetKey


@dataclass
class PlainAsset:
    parents: tuple[str, ...] = ()
    group: str = "default"
    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    is_source: bool = False


class PlainGraph:
    """The protocol over a dict of asset names."""

    def __init__(self, assets: Mapping[str, PlainAsset]) -> None:
        self._assets = {AssetKey.from_user_string(name): asset for name, asset in assets.items()}
        self._parents = {k: {AssetKey.from_user_string(p) for p in a.parents} for k, a in self._assets.items()}
        self._children: dict[AssetKey, set[AssetKey]] = {key: set() for key in self._assets}
        for key, parents in self._parents.items():
            for parent in parents:
                self._children[parent].add(key)

    def keys(self) -> Collection[AssetKey]:
        return self._assets.keys()

    def is_source(self, key: AssetKey) -> bool:
        return self._assets[key].is_source

    def parents(self, key: AssetKey) -> Collection[AssetKey]:
        return self._parents[key]

    def children(self, key: AssetKey) -> Collection[AssetKey]:
        return self._children[key]

    def group(self, key: AssetKey) -> str:
        return self._assets[key].group

    def tags(self, key: AssetKey) -> Mapping[str, str]:
        return self._assets[key].tags

    def kinds(self, key: AssetKey) -> Collection[str]:
        return self._assets[key].kinds

    def owners(self, key: AssetKey) -> Sequence[str]:
        return self._assets[key].owners


@pytest.fixture(scope="session")
def plain_asset() -> type[PlainAsset]:
    return PlainAsset


@pytest.fixture(scope="session")
def plain_graph() -> Callable[[Mapping[str, Any]], PlainGraph]:
    return PlainGraph


@pytest.fixture(scope="session")
def graph() -> PlainGraph:
    """src, ext -> a -> b -> c -> d -> e; b -> p/q -> p/q/r; a -> ab -> ABC; alone."""
    return PlainGraph(
        {
            "src": PlainAsset(group="raw", tags={"t": "s"}, is_source=True),
            "ext": PlainAsset(("src",), "raw", owners=("team:x",), kinds=("csv",), is_source=True),
            "a": PlainAsset(("src", "ext"), "g1", {"t": "1", "u": ""}, ("python",), ("me@x.com",)),
            "b": PlainAsset(("a",), "g1", {"t": "2"}),
            "c": PlainAsset(("b",), "g2", kinds=("python", "sql")),
            "d": PlainAsset(("c",), "g2", owners=("team:x",)),
            "e": PlainAsset(("d",)),
            "p/q": PlainAsset(("b",)),
            "p/q/r": PlainAsset(("p/q",)),
            "ab": PlainAsset(("a",)),
            "ABC": PlainAsset(("ab",)),
            "alone": PlainAsset(),
        }
    )
