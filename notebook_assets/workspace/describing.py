"""What a store keeps of the definitions of a notebook, written where it differs from what is kept already."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.definitions.descriptions import described_nodes
from notebook_assets.keys import AssetKey
from notebook_assets.store import AssetDescription, Instance

_log = logging.getLogger("notebook_assets")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an asset's row was written from, and what it said: while both are the same, it need not be looked at."""

    made_by: object
    notebook: str | None
    parents: Sequence[AssetKey]
    description: AssetDescription

    def is_of(self, node: AssetNode, notebook: str | None, graph: AssetGraph) -> bool:
        return self.made_by is _made_by(node) and self.notebook == notebook and self.parents == graph.parents(node.key)


_kept: WeakKeyDictionary[Instance, dict[AssetKey, _Kept]] = WeakKeyDictionary()
"""By store: taking the code of a hundred definitions for one that is made would cost more than making it."""


def describe(graph: AssetGraph, notebook: str | None, store: Instance, made: Sequence[AssetKey]) -> None:
    """Keep what is known of the definitions; warn where what is to be made was last made by another notebook.

    An asset that is only defined here stays the other notebook's. The code of what is made is taken each time, that of
    the others when their definition is new.

    Args:
        graph: The definitions.
        notebook: The name of the notebook, where there is one.
        store: What keeps it.
        made: What is to be made.

    >>> from notebook_assets import AssetSpec, Definitions, SourceAsset
    >>> store = Instance.ephemeral()
    >>> describe(Definitions([SourceAsset("table")]).graph, "tour.ipynb", store, [])
    >>> store.description("table").notebook
    'tour.ipynb'
    """
    known, kept = store.asset_descriptions(), _kept.setdefault(store, {})
    for gone in kept.keys() - graph.nodes.keys():
        del kept[gone]
    others = {key: before.notebook for key, before in known.items() if before.notebook not in (None, notebook)}
    run = frozenset(made)
    looked_at = [
        node
        for key, node in graph.nodes.items()
        if key in run or not _is_kept(kept, node, notebook, graph, known.get(key))
    ]
    descriptions = {
        each.key: replace(each, notebook=others[each.key])
        if each.key in others and (each.key not in run or notebook is None)
        else each
        for each in described_nodes(graph, looked_at, notebook)
    }
    if fresh := [each for key, each in descriptions.items() if known.get(key) != each]:
        store.describe_assets(fresh)
    for key, each in descriptions.items():
        kept[key] = _Kept(_made_by(graph.nodes[key]), notebook, graph.parents(key), each)
    for key in made:
        if notebook is not None and key in others:
            _log.warning("%s was last made by another notebook, %s; from now on by %s.", key, others[key], notebook)


def _is_kept(
    kept: dict[AssetKey, _Kept],
    node: AssetNode,
    notebook: str | None,
    graph: AssetGraph,
    known: AssetDescription | None,
) -> bool:
    """Whether the store says of a node what was written of it from here, and would be written again."""
    last = kept.get(node.key)
    if last is None or known is None or not last.is_of(node, notebook, graph):
        return False
    if last.description is not known:
        if last.description != known:
            return False
        kept[node.key] = replace(last, description=known)  # the same object for the same row, which is soon compared
    return True


def _made_by(node: AssetNode) -> object:
    return node.definition or node.source
