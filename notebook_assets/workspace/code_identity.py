"""What an asset's code was, what of it is accepted as equivalent, and another key for an asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, Explanation, statuses
from notebook_assets.diagnosis.code_diffs import CodeChanges, changes_of_code
from notebook_assets.display import Shown, ago, backticked, note, plural, stack, title_line
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import parse_partitions
from notebook_assets.store import Instance
from notebook_assets.store.written_keys import written_key, written_partitions
from notebook_assets.workspace.code_of_several import CodeOfSeveral, of_each, selected_keys
from notebook_assets.workspace.current import graph_and_store, workspace
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import node_of

_MOST_UNKNOWN = 3


@dataclass(frozen=True, repr=False)
class CodeAcceptance(Shown):
    """What came of accepting code as equivalent, or of taking that back: of how many pieces, and what had changed."""

    key: AssetKey
    pieces: int
    said: str
    changes: tuple[str, ...] = ()

    @property
    def _forms(self) -> tuple[str, str]:
        parts = [title_line(self.key.to_user_string(), plural(self.pieces, "piece")), note(self.said)]
        whole = stack([*parts, *(note(backticked(change)) for change in self.changes)])
        return whole.html, whole.text


@plain_errors
@keys_from_instance
def code_changes(
    asset: object = None, key: Any = None, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> CodeChanges | CodeOfSeveral[CodeChanges]:
    """Return what changed in an asset's code since its pieces were made: in words, and as a diff of the sources.

    That is a :class:`CodeChanges`; of several assets, ``assets`` of the result has one for each that changed.

    Args:
        asset: The asset, or its key; or several by a selection or a list, by default all.
        key: One of its partitions; without it all that is stored is looked at.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.
        InvalidInvocationError: It is made elsewhere, or has no partitions.

    >>> from notebook_assets import Definitions, Instance, asset, materialize
    >>> limit = 3
    >>> @asset
    ... def rows():
    ...     return list(range(limit))
    >>> store = Instance.ephemeral()
    >>> _ = materialize([rows], instance=store, progress=False)
    >>> limit = 4
    >>> found = code_changes(rows, instance=store, definitions=Definitions([rows]))
    >>> found.earlier[0].changes
    ('constant `limit` changed',)
    >>> print(found.diff)
    @@ -1 +1 @@
    -3
    +4
    """
    graph, store = graph_and_store(definitions, instance)
    several = selected_keys(graph, asset)
    if several is not None:
        found = of_each(graph, store, several, key, lambda each: changes_of_code(each, store))
        changed = {one: changes for one, changes in found.items() if changes.earlier}
        others = plural(len(found) - len(changed), "other asset" if changed else "asset")
        return CodeOfSeveral(changed, f"Of {others}, all that is stored was made by today's code.")
    status = _status(graph, store, asset)
    return changes_of_code(status, store, None if key is None else _position(status, key))


@plain_errors
@keys_from_instance
def accept_code(
    asset: object, keys: Any = None, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> CodeAcceptance | CodeOfSeveral[CodeAcceptance]:
    """Have what other code made count as made by today's: it is fresh without being made again.

    What is made from it is fresh again, too. The code that really made it stays known.

    Args:
        asset: The asset, or its key; or several by a selection or a list.
        keys: Some of its partitions: a key, a range, or a list of these; by default all that is stored.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.
        InvalidInvocationError: It is made elsewhere, or has no partitions.

    >>> from notebook_assets import Definitions, Instance, asset, explain, materialize
    >>> store = Instance.ephemeral()
    >>> @asset
    ... def rows():
    ...     return [1, 2]
    >>> _ = materialize([rows], instance=store, progress=False)
    >>> @asset
    ... def rows():
    ...     return [1] + [2]
    >>> accept_code(rows, instance=store, definitions=Definitions([rows])).pieces
    1
    >>> explain(rows, instance=store, definitions=Definitions([rows])).state
    <PieceState.MATERIALIZED: 'materialized'>
    """
    graph, store = graph_and_store(definitions, instance)
    words = ("There is nothing to accept", "count as made by today's code")
    return _of_one_or_several(graph, store, asset, keys, _accepted, words)


def _accepted(status: AssetStatus, store: Instance, chosen: list[str] | None = None) -> CodeAcceptance:
    changes = [change for entry in changes_of_code(status, store).earlier for change in entry.changes]
    pieces = store.codes.accept(status.node.key, status.node.code or "", chosen)
    name = status.node.key.to_user_string()
    said = f"They count as made by today's code. take_back_code({name!r}) undoes that."
    if not pieces:
        return CodeAcceptance(status.node.key, 0, "There is nothing to accept: no such piece was made by other code.")
    return CodeAcceptance(status.node.key, pieces, said, tuple(dict.fromkeys(changes)))


@plain_errors
@keys_from_instance
def take_back_code(
    asset: object, keys: Any = None, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> CodeAcceptance | CodeOfSeveral[CodeAcceptance]:
    """Take back the latest :func:`accept_code` of each piece, as far as it was not made again since.

    Args:
        asset: The asset, or its key; or several by a selection or a list.
        keys: Some of its partitions: a key, a range, or a list of these; by default all.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.
        InvalidInvocationError: It is made elsewhere, or has no partitions.

    >>> from notebook_assets import Definitions, Instance, asset
    >>> @asset
    ... def rows():
    ...     return [1, 2]
    >>> take_back_code(rows, instance=Instance.ephemeral(), definitions=Definitions([rows])).pieces
    0
    """
    graph, store = graph_and_store(definitions, instance)
    words = ("Nothing was accepted that still holds", "count as made by the code before")
    return _of_one_or_several(graph, store, asset, keys, _taken_back, words)


def _of_one_or_several(
    graph: AssetGraph,
    store: Instance,
    asset: object,
    keys: Any,
    act: Callable[..., CodeAcceptance],
    words: tuple[str, str],
) -> CodeAcceptance | CodeOfSeveral[CodeAcceptance]:
    """Act on one asset, or on each that a selection chooses; the words say what became of none and of some."""
    several = selected_keys(graph, _named(asset))
    if several is not None:
        return _with_pieces(of_each(graph, store, several, keys, lambda each: act(each, store)), *words)
    status = _status(graph, store, asset)
    return act(status, store, None if keys is None else _partitions(status, keys))


def _taken_back(status: AssetStatus, store: Instance, chosen: list[str] | None = None) -> CodeAcceptance:
    pieces = store.codes.take_back(status.node.key, chosen)
    said = (
        "They count as made by the code that they had before." if pieces else "Nothing was accepted that still holds."
    )
    return CodeAcceptance(status.node.key, pieces, said)


@plain_errors
def rename_asset(
    old: CoercibleToAssetKey, new: CoercibleToAssetKey, *, instance: Instance | None = None
) -> CodeAcceptance:
    """Give an asset another key in the store: history, values, partitions and what was made from it stay.

    The definition is yours to rename. A function's own name is no part of its code; the name of an input is, unless it
    is given as ``AssetIn(key=...)``: :func:`accept_code` helps there.

    Args:
        old: Its key until now.
        new: Its key from now on.
        instance: The store; by default the one that belongs to the working directory.

    Raises:
        UnknownAssetError: The store has never heard of ``old``.
        InvalidInvocationError: There is an asset ``new`` with a history of its own.

    >>> from notebook_assets import Instance, asset, materialize
    >>> store = Instance.ephemeral()
    >>> @asset
    ... def rows():
    ...     return [1, 2]
    >>> _ = materialize([rows], instance=store, progress=False)
    >>> _ = rename_asset("rows", "lines", instance=store)
    >>> store.load("lines")
    [1, 2]
    """
    store = instance or workspace().instance()
    before, after = store.key_named(old), AssetKey.from_coercible(new)
    store.rename(before, after)
    said = f"{before.to_user_string()} is called {after.to_user_string()} from now on. Define it by that key."
    return CodeAcceptance(after, len(store.pieces(after)), said)


def with_code_hints(found: Explanation, graph: AssetGraph, status: AssetStatus, store: Instance) -> Explanation:
    """Return an explanation with what of the code can't be looked at, and what is stored under another key."""
    definition = status.node.definition
    unknown = definition.unknown_code if definition is not None else ()
    hints = [f"Changes of this code are not noticed: {'; '.join(unknown[:_MOST_UNKNOWN])}."] if unknown else []
    names = ", ".join(sorted(definition.required_resource_keys)) if definition is not None else ""
    hints += [f"Resources are no part of the code: changes of {names} are not noticed."] if names else []
    hints += rename_hints(graph, [status], store)
    return replace(found, advice=(*found.advice, *hints)) if hints else found


def rename_hints(graph: AssetGraph, listed: Iterable[AssetStatus], store: Instance) -> list[str]:
    """Return what is said of assets of which nothing is stored, where something looks like them by another key."""
    empty = [each.node for each in listed if each.node.definition and not (each.event_ids.any() or each.orphans)]
    if not empty:
        return []
    gone = {
        description.code: key
        for key, description in store.asset_descriptions().items()
        if description.kind == "asset" and description.code and (key not in graph.nodes or graph.is_source(key))
    }
    return [hint for node in empty if (hint := _rename_hint(node, gone, store))]


def _rename_hint(node: AssetNode, gone: Mapping[str, AssetKey], store: Instance) -> str:
    name, renamed = node.key.to_user_string(), store.codes.renamed_to(node.key)
    if renamed is not None and renamed[0] != node.key:
        return f"{name} was renamed to {renamed[0].to_user_string()} {ago(renamed[1])}: define it by that key."
    other = gone.get(node.code or "") if gone and node.spec.code_version is None else None
    if other is None or not len(store.pieces(other)):
        return ""
    old = other.to_user_string()
    return f"{old} was made by the same code: rename_asset({old!r}, {name!r}) keeps what is stored of it."


def _named(asset: object) -> object:
    """Return what was asked for; to have all assets accepted, ``*`` is to be written."""
    if asset is None:
        raise InvalidInvocationError("Name the assets of which code is accepted, or taken back: '*' for all.")
    return asset


def _with_pieces(found: Mapping[AssetKey, CodeAcceptance], none: str, what: str) -> CodeOfSeveral[CodeAcceptance]:
    """Return what came of those of which there was a piece."""
    some = {key: each for key, each in found.items() if each.pieces}
    pieces = plural(sum(each.pieces for each in some.values()), "piece")
    return CodeOfSeveral(some, f"{pieces} of {plural(len(some), 'asset')} {what}." if some else f"{none}.")


def _status(graph: AssetGraph, store: Instance, asset: object) -> AssetStatus:
    node = node_of(graph, asset)
    if node.definition is None:
        raise InvalidInvocationError(f"{node.key} is made elsewhere, so its code is not known here.")
    return statuses(graph, store, [node.key])[node.key]


def _position(status: AssetStatus, key: Any) -> int:
    node: AssetNode = status.node
    if node.partitions_def is None:
        raise InvalidInvocationError(f"{node.key} has no partitions, so there is no {key!r}.")
    return status.position_of(written_key(node.partitions_def, key, node.key.to_user_string()))


def _partitions(status: AssetStatus, keys: Any) -> list[str]:
    definition = status.node.partitions_def
    if definition is None:
        raise InvalidInvocationError(f"{status.node.key} has no partitions, so there is no {keys!r}.")
    written = written_partitions(definition, keys, status.node.key.to_user_string())
    return [str(status.keys[place]) for place in parse_partitions(definition, written).positions().tolist()]
