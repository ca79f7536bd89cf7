"""The graph of the definitions of a notebook, made again only when one of them, or what the store knows, is new."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from operator import is_

from notebook_assets.assets import AssetGraph, AssetSpec


class SoundGraphs:
    """Makes graphs of what fits together; the last one serves again while it is asked for the very same things.

    Definitions and specs never change, so the same objects make the same graph. A notebook asks for it before each
    run, each look at it and each completion, and most often nothing was defined meanwhile.

    >>> graphs, spec = SoundGraphs(), AssetSpec("raw")
    >>> graphs.of([spec], []).neighbours is graphs.of([spec], []).neighbours
    True
    >>> graphs.of([spec], []).neighbours is graphs.of([AssetSpec("raw")], []).neighbours
    False
    """

    def __init__(self) -> None:
        self._assets: list[object] = []
        self._known: list[AssetSpec] = []
        self._graph: AssetGraph | None = None

    def of(self, assets: Sequence[object], known: Sequence[AssetSpec]) -> AssetGraph:
        """Return the graph of those assets that fit together, as :meth:`AssetGraph.sound` makes it.

        Args:
            assets: The definitions.
            known: Specs of what the store knows besides.

        Raises:
            InvalidDefinitionError: They don't fit, and none is to blame.
        """
        if self._graph is None or not (_are_same(assets, self._assets) and _are_same(known, self._known)):
            self._graph = AssetGraph.sound(assets, known)
            self._assets, self._known = list(assets), list(known)
        return copy(self._graph)  # whoever asks may say other problems of it


def _are_same(things: Sequence[object], others: Sequence[object]) -> bool:
    return len(things) == len(others) and all(map(is_, things, others))
