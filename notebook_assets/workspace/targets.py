"""Which pieces a person means: assets and a selection, a partition key or a range, and which of those are due."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph, AssetNode, AssetsDefinition, ObservableSources, unknown_asset
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import (
    InvalidInvocationError,
    NotebookAssetsError,
    UnknownAssetError,
    UnknownPartitionError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition, parse_partitions
from notebook_assets.run import Only, due
from notebook_assets.selection import AssetSelection
from notebook_assets.store.written_keys import written_key, written_partitions
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.only_stored import only_stored
from notebook_assets.workspace.other_names import of_something_else
from notebook_assets.workspace.own_keys import own_key
from notebook_assets.workspace.slice_hints import slice_hint

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def chosen_keys(graph: AssetGraph, assets: object, selection: object = None) -> list[AssetKey]:
    """Return the assets that a call means, upstream first.

    Args:
        graph: All assets.
        assets: A selection string, an AssetSelection, an asset, a key, or a list of any of these.
        selection: A further selection that narrows ``assets``.

    Raises:
        UnknownAssetError: One of them does not exist.
        InvalidSelectionError: A selection string does not parse.
        InvalidInvocationError: Nothing is chosen, or nothing that can be materialized.
    """
    chosen = some_keys(graph, assets, *(() if selection is None else (selection,)))
    made_here = [key for key in graph.order if key in chosen and not graph.is_source(key)]
    if not made_here:
        names = ", ".join(sorted(key.to_user_string() for key in chosen))
        raise InvalidInvocationError(f"{names}: made elsewhere, so there is nothing to materialize here.")
    return made_here


def some_keys(graph: AssetGraph, *selections: object) -> set[AssetKey]:
    """Return the assets, sources included, that every one of the selections chooses; see :func:`resolved_keys`.

    Raises:
        UnknownAssetError: One that is named does not exist.
        InvalidSelectionError: A selection string does not parse.
        InvalidInvocationError: Nothing is chosen, or one is no selection.
    """
    chosen = set.intersection(*(resolved_keys(graph, selection) for selection in selections))
    if not chosen:
        words = " and ".join(_as_written(selection) for selection in selections)
        why = " ".join(sentence for selection in selections for sentence in _unmatched(graph, selection))
        raise InvalidInvocationError(f"The selection {words} chooses no asset. {why}".rstrip())
    return chosen


def _as_written(wanted: object) -> str:
    """Return a selection, or a key or range of partitions, as people wrote it: of a list what is in it."""
    if isinstance(wanted, list | tuple):
        return ", ".join(map(_as_written, wanted)) or "[]"
    return repr(str(wanted) if isinstance(wanted, AssetSelection) else wanted)


def _unmatched(graph: AssetGraph, wanted: object) -> list[str]:
    """Return what in a selection matches nothing, in sentences."""
    if isinstance(wanted, list | tuple) and len(wanted) == 1:
        wanted = wanted[0]
    expression = AssetSelection.from_string(wanted) if isinstance(wanted, str) else wanted
    return expression.unmatched(graph) if isinstance(expression, AssetSelection) else []


def resolved_keys(graph: AssetGraph, wanted: object) -> set[AssetKey]:
    """Return the assets that a person means, sources included.

    Args:
        graph: All assets.
        wanted: A selection string, an AssetSelection, an asset, a key, or a list of any of these.

    Raises:
        UnknownAssetError: One of them does not exist.
        InvalidSelectionError: A selection string does not parse.
        InvalidInvocationError: It is none of these.
    """
    if isinstance(wanted, AssetSelection):
        return set(wanted.resolve(graph))
    if isinstance(wanted, str):
        return _resolved_text(graph, wanted)
    if isinstance(wanted, AssetsDefinition | ObservableSources):
        return {node_of(graph, spec.asset_key).key for spec in wanted.specs}
    if isinstance(wanted, Iterable):
        return {key for part in wanted for key in resolved_keys(graph, part)}
    if isinstance(wanted, AssetKey) or isinstance(own_key(wanted), AssetKey):
        return {node_of(graph, wanted).key}
    raise InvalidInvocationError(f"Expected assets, keys or a selection; got {type(wanted).__name__}: {wanted!r}.")


def _resolved_text(graph: AssetGraph, text: str) -> set[AssetKey]:
    try:
        return set(AssetSelection.from_string(text).resolve(graph))
    except UnknownAssetError:
        for key, problem in graph.problems.items():
            if re.search(rf"(?<![\w/.-]){re.escape(key.to_user_string())}(?![\w/.-])", text):
                raise problem from None
        other = of_something_else(text, graph, workspace().namespace())
        other = other or only_stored(text, graph, workspace().instance())
        if other is not None:
            raise other from None
        raise


def node_of(graph: AssetGraph, asset: Any) -> AssetNode:
    """Return the node of one asset, given as people write its key, or as a key or a definition.

    Raises:
        UnknownAssetError: There is no such asset; near matches are named.

    >>> from notebook_assets import AssetSpec
    >>> node_of(AssetGraph([AssetSpec(["warehouse", "daily"])]), "warehouse/daily").key
    AssetKey(['warehouse', 'daily'])
    """
    wanted = own_key(asset)
    if isinstance(wanted, str):
        written = wanted
    else:
        key = AssetKey.from_coercible(wanted)
        if key in graph.nodes:
            return graph.nodes[key]
        written = key.to_user_string()
    found = [node for key, node in graph.nodes.items() if key.to_user_string() == written]
    if not found:
        for key, problem in graph.problems.items():
            if key.to_user_string() == written:
                raise problem
        other = of_something_else(written, graph, workspace().namespace()) if written.isidentifier() else None
        other = other or only_stored(written, graph, workspace().instance())
        raise other or unknown_asset(AssetKey([written or "?"]), graph.keys())
    return found[0]


def check_one_key(statuses: Mapping[AssetKey, AssetStatus], keys: Sequence[AssetKey], partition_key: Any) -> None:
    """Refuse as ``partition_key`` what names several partitions; a key may be called ``all``.

    Raises:
        UnknownPartitionError: It is a range, or ``all`` where no partition is called so; or a dict lacks a dimension.
    """
    if not isinstance(partition_key, str):
        for key in keys:
            there = statuses[key].node.partitions_def
            if there is not None:
                written_key(there, partition_key, key.to_user_string())
        return
    if partition_key != "all" and "..." not in partition_key:
        return
    for key in keys:
        definition = statuses[key].node.partitions_def
        if definition is not None and definition.find_position(partition_key) is None:
            raise UnknownPartitionError(
                f"{key.to_user_string()}: partition_key= names one partition, and none is called {partition_key!r}. "
                f"For several, use partitions={partition_key!r}."
            )


def target_masks(
    statuses: Mapping[AssetKey, AssetStatus], keys: Sequence[AssetKey], partitions: Any, only: Only | None = None
) -> dict[AssetKey, np.ndarray]:
    """Return, for each chosen asset, which pieces are to be made, as a bool column by position.

    What is named is made: an asset without partitions, and the ``partitions`` of one that has some. Of a partitioned
    asset without ``partitions``, what is not as it should be is made. ``only`` narrows any of these.

    Args:
        statuses: The statuses of the chosen assets.
        keys: The chosen assets.
        partitions: A partition key, a range ``FIRST...LAST``, ``"all"``, a list of these, or None.
        only: Which of these.

    Raises:
        InvalidInvocationError: There are ``partitions``, and no chosen asset has any.
        UnknownPartitionError: An asset has no such partition.
    """
    masks: dict[AssetKey, np.ndarray] = {}
    for key in keys:
        status = statuses[key]
        mask = np.zeros(len(status.keys), dtype=bool)
        if status.node.partitions_def is None:
            mask[:] = True
        elif partitions is None:
            mask[:] = due(status, Only.NEEDED) if only is None else True
        else:
            mask[_positions(key, status.node.partitions_def, partitions)] = True
        masks[key] = mask if only is None else mask & due(status, only)
    if partitions is not None and all(statuses[key].node.partitions_def is None for key in keys):
        names = ", ".join(key.to_user_string() for key in keys)
        raise InvalidInvocationError(f"{names}: without partitions, so {_as_written(partitions)} means nothing here.")
    return masks


def named_positions(
    graph: AssetGraph, keys: Sequence[AssetKey], partitions: Any
) -> dict[AssetKey, Sequence[int]] | None:
    """Return the positions of named partitions by asset; None where none are, or not all are there.

    Args:
        graph: The assets, their partitions settled.
        keys: The chosen assets.
        partitions: What :func:`target_masks` takes, which says what is wrong with it.

    >>> from notebook_assets import AssetSpec
    >>> named_positions(AssetGraph([AssetSpec("daily")]), [AssetKey("daily")], None) is None
    True
    """
    if partitions is None:
        return None
    definitions = {key: graph.nodes[key].partitions_def for key in keys}
    with suppress(NotebookAssetsError):
        return {key: _positions(key, found, partitions).tolist() for key, found in definitions.items() if found}
    return None


def _positions(key: AssetKey, definition: PartitionsDefinition, partitions: Any) -> np.ndarray:
    try:
        written = written_partitions(definition, partitions, key.to_user_string())
        return parse_partitions(definition, written).positions()
    except UnknownPartitionError as error:
        raise type(error)(f"{key.to_user_string()}: {error}{slice_hint(definition, partitions)}") from None
