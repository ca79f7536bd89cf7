"""The catalogue as a table: what there is, how much of it is made, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from notebook_assets.assets import AssetCheckKey, AssetGraph
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.diagnosis.running import with_running
from notebook_assets.diagnosis.seen_checks import checks_in_words
from notebook_assets.display import (
    Column,
    Rich,
    Showable,
    Shown,
    Table,
    ago,
    count,
    counts_bar,
    note,
    plural,
    soft,
    stack,
)
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState
from notebook_assets.store import Instance, PieceCounts
from notebook_assets.workspace.catalogue import Catalogue
from notebook_assets.workspace.checking import unfit_checks
from notebook_assets.workspace.code_identity import rename_hints
from notebook_assets.workspace.current import graph_and_store, workspace
from notebook_assets.workspace.hints import misspelt
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import some_keys

SHOWN_STATES = (
    PieceState.MATERIALIZED,
    PieceState.RUNNING,
    PieceState.STALE,
    PieceState.MISSING,
    PieceState.FAILED,
    PieceState.SKIPPED,
    PieceState.EMPTY,
)
"""The states that have a column, where any piece is in them."""

_MOST_NAMES = 8
_MOST_UNSEEN = 3


@dataclass(frozen=True)
class ListedAsset:
    """One line of the catalogue. ``last_time`` is in seconds since 1970, None where nothing was ever made."""

    key: AssetKey
    group: str
    is_source: bool
    partitions: str
    is_partitioned: bool
    counts: Mapping[PieceState, int]
    last_time: float | None
    value_type: str | None
    remark: str
    problem: str = ""
    """Why its definition can't be used; empty if it can."""
    checks: str = ""
    """How many of the latest results of its checks are good and bad, in words."""


@dataclass(frozen=True, repr=False)
class AssetListing(Shown):
    """The catalogue; ``entries`` has one :class:`ListedAsset` for each asset, upstream first.

    ``elsewhere`` holds the keys that the store knows and this notebook does not: what other notebooks made.
    """

    entries: tuple[ListedAsset, ...]
    elsewhere: tuple[AssetKey, ...] = ()
    unfit: tuple[str, ...] = ()
    """Why checks can't be carried out: they don't fit the assets."""
    unseen: tuple[str, ...] = ()
    """What of the listed assets' code can't be looked at, so that a change there makes nothing stale."""

    hints: tuple[str, ...] = ()
    """What was renamed, or looks as if it was; what looks misspelt; which checks are defined twice."""

    @property
    def _forms(self) -> tuple[str, str]:
        there = {state for entry in self.entries if not entry.is_source for state, many in entry.counts.items() if many}
        states = [state for state in SHOWN_STATES if state in there]
        columns: list[Column | str] = [Column("asset", wrap=False), "group", Column("partitions", wrap=False), ""]
        columns += [Column(state.value, "right") for state in states]
        checked = any(entry.checks for entry in self.entries)
        columns += [*([Column("checks", wrap=False)] if checked else []), Column("last made", wrap=False), "value"]
        remarks = any(entry.remark for entry in self.entries)
        table = Table(
            [*columns, "remark"] if remarks else columns,
            [
                [*self._row(entry, states, checked), *([entry.remark or None] if remarks else [])]
                for entry in self.entries
            ],
            title="Assets",
            detail=plural(len(self.entries), "asset"),
            noun="asset",
            empty="No asset yet. Define one with @asset or %%asset.",
        )
        whole = stack([table.rich, *self._notes()])
        return whole.html, whole.text

    def _notes(self) -> list[Rich]:
        wrong: dict[str, list[str]] = {}
        for entry in self.entries:
            if entry.problem:
                wrong.setdefault(entry.problem, []).append(entry.key.to_user_string())
        listed = [(", ".join(names), problem) for problem, names in wrong.items()]
        found = [note(f"{names}: {problem}", "error") for names, problem in listed[:_MOST_NAMES]]
        if len(listed) > _MOST_NAMES:
            many = sum(map(len, list(wrong.values())[_MOST_NAMES:]))
            found.append(note(f"… and {plural(many, 'more asset')} that can't be used.", "error"))
        found += [note(problem, "error") for problem in self.unfit[:_MOST_NAMES]]
        if self.elsewhere:
            names = [key.to_user_string() for key in self.elsewhere]
            shown = ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")
            more = plural(len(names), "more asset")
            found.append(note(f"The store has {more}, not defined here; load_asset_value loads them: {shown}"))
        found += [note(hint) for hint in self.hints[:_MOST_NAMES]]
        if self.unseen:
            others = len(self.unseen) - _MOST_UNSEEN
            shown = "; ".join(self.unseen[:_MOST_UNSEEN]) + (f"; and {count(others)} more" if others > 0 else "")
            found.append(note(soft(f"Changes of this code are not noticed: {shown}.")))
        return found

    @staticmethod
    def _row(entry: ListedAsset, states: Sequence[PieceState], checked: bool) -> list[Showable]:
        return [
            entry.key.to_user_string(),
            entry.group,
            entry.partitions or None,
            "" if entry.is_source else counts_bar(entry.counts, 56),
            *(None if entry.is_source else entry.counts.get(state) for state in states),
            *([entry.checks or None] if checked else []),
            ago(entry.last_time) if entry.last_time else None,
            entry.value_type.rpartition(".")[2] if entry.value_type else None,
        ]


@plain_errors
@keys_from_instance
def asset_catalogue(
    selection: object = None, *, instance: Instance | None = None, definitions: Definitions | None = None
) -> AssetListing:
    """Return the catalogue: key, group, partitions, how many are in which state, last time, type of value.

    Args:
        selection: Which assets; a string, an AssetSelection, or None for all.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    >>> from notebook_assets import Instance
    >>> asset_catalogue(instance=Instance.ephemeral()).entries
    ()
    """
    graph, store = graph_and_store(definitions, instance)
    wanted = wanted_keys(graph, selection)
    found = statuses(graph, store, wanted)
    with_running(store, (found[key] for key in found if key in wanted))
    recorded = store.counts()
    catalogue = workspace().catalogue
    entries = []
    for key in graph.order:
        if key in wanted:
            listed = _listed(found[key], recorded.get(key, PieceCounts()), catalogue)
            checks = graph.checks.of(key)
            said = checks_in_words(_still_there(store, key, graph), checks) if checks else ""
            entries.append(replace(listed, checks=said) if said else listed)
    if selection is None:
        entries += [_listed_problem(key, problem) for key, problem in graph.problems.items()]
    elsewhere = [key for key in store.asset_descriptions() if key not in graph.nodes] if selection is None else []
    unfit = tuple(unfit_checks(graph))
    listed_here = [found[key] for key in found if key in wanted]
    twice = catalogue.replaced_checks() if definitions is None else {}
    hints = (
        *rename_hints(graph, listed_here, store),
        *misspelt(graph, found, wanted),
        *(_twice(key, *twice[key]) for key in twice if key.asset_key in wanted),
    )
    return AssetListing(tuple(entries), tuple(sorted(elsewhere)), unfit, _unseen(listed_here), hints)


def _still_there(store: Instance, key: AssetKey, graph: AssetGraph) -> dict[tuple[str, str], int]:
    """Return how many results of the checks that there are ended how."""
    counts = store.status_tables.check_counts(key)
    return {each: many for each, many in counts.items() if graph.checks.is_there(AssetCheckKey(key, each[0]))}


def _twice(key: AssetCheckKey, name: str, other: str) -> str:
    """Return what is said of a check that two names define."""
    return f"The check {key.to_user_string()} is defined twice, as {other} and as {name}: the newer one counts, {name}."


def _unseen(listed: Iterable[AssetStatus]) -> tuple[str, ...]:
    """What of the assets' code can't be looked at, each with its asset."""
    return tuple(
        f"{status.node.key.to_user_string()}: {what}"
        for status in listed
        if status.node.definition is not None
        for what in status.node.definition.unknown_code
    )


def wanted_keys(graph: AssetGraph, selection: object) -> set[AssetKey]:
    """Return the keys that a selection chooses: anything that :func:`some_keys` takes, or None for all.

    Raises:
        InvalidInvocationError: The selection chooses nothing.
    """
    return set(graph.keys()) if selection is None else some_keys(graph, selection)


def _listed_problem(key: AssetKey, problem: Exception) -> ListedAsset:
    """Return the line of an asset whose definition does not fit the others, with the reason."""
    return ListedAsset(
        key=key,
        group="",
        is_source=True,
        partitions="",
        is_partitioned=False,
        counts={},
        last_time=None,
        value_type=None,
        remark="can't be used",
        problem=str(problem),
    )


def _listed(status: AssetStatus, recorded: PieceCounts, catalogue: Catalogue) -> ListedAsset:
    node = status.node
    return ListedAsset(
        key=node.key,
        group=node.spec.group,
        is_source=node.is_source,
        partitions=partitions_label(status),
        is_partitioned=node.partitions_def is not None,
        counts=status.counts(),
        last_time=recorded.last_time,
        value_type=recorded.value_type,
        remark=_remark(status, catalogue),
    )


def partitions_label(status: AssetStatus) -> str:
    """Return what an asset's partitions are in two words, such as ``daily · 365``; empty where it has none."""
    definition = status.node.partitions_def
    return "" if definition is None else f"{definition.label} · {count(len(status.keys))}"


def _remark(status: AssetStatus, catalogue: Catalogue) -> str:
    entry = catalogue.get(status.node.key)
    remarks = []
    if status.node.is_source:
        remarks.append("source" if entry is not None else "made elsewhere")
    if entry is not None and entry.is_shadowed:
        remarks.append(f"shadowed: {entry.name} means something else now")
    if entry is not None and entry.replaces:
        remarks.append(f"defined again as {entry.name}, before as {entry.replaces}")
    if status.orphans:
        remarks.append(f"{plural(len(status.orphans), 'stored key')} not in its definition")
    return "; ".join(remarks)
