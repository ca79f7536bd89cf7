"""Neighbours: which assets of a graph each is made from, which are made from it, and all that can be reached so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from notebook_assets.keys import AssetKey

Direction: TypeAlias = Literal["parents", "children"]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of each asset of a graph.

    It walks over the assets' places in the order: small numbers, where keys would have to be hashed and compared.

    Args:
        parents: What each asset is made from, once each; without itself.
        order: All assets, each after its parents.

    >>> a, b = AssetKey("a"), AssetKey("b")
    >>> near = Neighbours({a: (), b: (a,)}, (a, b))
    >>> near.children, near.levels
    ({AssetKey(['a']): (AssetKey(['b']),)}, ((AssetKey(['a']),), (AssetKey(['b']),)))
    >>> sorted(near.reached([b], "parents"))
    [AssetKey(['a']), AssetKey(['b'])]
    """

    parents: Mapping[AssetKey, tuple[AssetKey, ...]]
    order: Sequence[AssetKey]

    def __post_init__(self) -> None:
        self._up, self._all  # noqa: B018  # worked out now: a selection on a new graph shall not wait for it

    @cached_property
    def _places(self) -> dict[AssetKey, int]:
        return {key: at for at, key in enumerate(self.order)}

    @cached_property
    def _all(self) -> frozenset[AssetKey]:
        return frozenset(self._places)

    @cached_property
    def _up(self) -> list[list[int]]:
        places = self._places
        return [[places[parent] for parent in self.parents[key]] for key in self.order]

    @cached_property
    def _down(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.order]
        for at, parents in enumerate(self._up):
            for parent in parents:
                found[parent].append(at)
        return found

    @cached_property
    def children(self) -> Mapping[AssetKey, tuple[AssetKey, ...]]:
        """What is made from each asset, in order, of those from which anything is."""
        order = self.order
        return {order[at]: tuple(order[child] for child in found) for at, found in enumerate(self._down) if found}

    @cached_property
    def levels(self) -> tuple[tuple[AssetKey, ...], ...]:
        """First the assets that need nothing, then those that need only these, and so on."""
        level: list[int] = []
        found: list[list[AssetKey]] = []
        for key, parents in zip(self.order, self._up, strict=True):
            level.append(max([level[parent] + 1 for parent in parents], default=0))
            if level[-1] == len(found):
                found.append([])
            found[level[-1]].append(key)
        return tuple(map(tuple, found))

    def reached(self, start: Iterable[AssetKey], direction: Direction, depth: int | None = None) -> set[AssetKey]:
        """Return the start and all that is reached from it, a set of the caller's own.

        Args:
            start: Assets of the graph.
            direction: Whether to go to what they are made from, or to what is made from them.
            depth: How many layers to go; None for all.

        Raises:
            KeyError: One is not in the graph.
        """
        near = self._up if direction == "parents" else self._down
        found = [self._places[key] for key in start]
        seen = bytearray(len(near))
        for at in found:
            seen[at] = True
        begin = 0
        while begin < len(found) and depth != 0:
            end = len(found)
            for at in found[begin:end]:
                for other in near[at]:
                    if not seen[other]:
                        seen[other] = True
                        found.append(other)
            begin, depth = end, None if depth is None else depth - 1
        return self._keys(found, seen)

    def _keys(self, found: Sequence[int], seen: Sequence[int]) -> set[AssetKey]:
        """Return the keys at some places; whichever is less is hashed: these, or all others."""
        if 2 * len(found) < len(seen):
            return {self.order[at] for at in found}
        keys = set(self._all)  # copies the hashes
        keys.difference_update([self.order[at] for at, is_found in enumerate(seen) if not is_found])
        return keys
