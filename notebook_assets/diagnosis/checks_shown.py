"""The latest results of the checks of an asset as a table: of one piece one line each, of all partitions grouped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.seen_checks import finding_words
from notebook_assets.display import (
    Column,
    Rich,
    Showable,
    Table,
    ago,
    badge,
    below,
    block,
    folded,
    is_long,
    metadata_facts,
    plain,
    plural,
    soft,
    stack,
)
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.states import PieceState
from notebook_assets.store import CheckRecord
from notebook_assets.store.check_groups import CheckGroup

_LOOKS = {
    "error": PieceState.FAILED,
    "failed": PieceState.FAILED,
    "warned": PieceState.STALE,
    "passed": PieceState.MATERIALIZED,
}
"""Outcomes, the worst first, and the states whose mark and colour they are shown with."""

GONE = ", not defined any more"
"""What is said of the result of a check that there is no more."""


def checks_of_piece(
    records: Sequence[CheckRecord], keys: Collection[AssetCheckKey], event_id: int, gone: Collection[str] = ()
) -> Rich:
    """Return what the checks of one piece found: a line for each, and below what does not fit into one.

    Args:
        records: The latest results.
        keys: The checks that there are; those that never ran are listed too.
        event_id: The latest materialization of the piece; results of earlier ones are marked.
        gone: The names of checks that are not defined any more.

    >>> from notebook_assets.keys import AssetKey
    >>> checks_of_piece([], [AssetCheckKey(AssetKey("daily"), "rows")], 3)
    check  result       it says  when
    ─────  ───────────  ───────  ────
    rows   · never run  –        –
    """
    rows: list[list[Showable]] = []
    for record in records:
        is_old = event_id and record.finding.event_id and record.finding.event_id != event_id
        refuses = record.finding.blocking and record.outcome in ("failed", "error")
        old, lost = ", of an earlier value" if is_old else "", GONE if record.name in gone else ""
        words = f"{_words(record.outcome, refuses)}{old}{lost}"
        rows.append([record.name, badge(_LOOKS[record.outcome], words), finding_words(record), ago(record.time)])
    table = Table(_columns("it says"), [*rows, *_never_run(keys, {each.name for each in records})]).rich
    return stack([table, *_in_full(records), *_tracebacks(records)])


def checks_of_partitions(
    groups: Collection[CheckGroup],
    keys: Collection[AssetCheckKey],
    partitions: Sequence[str | None],
    result: Callable[[str, str], CheckRecord | None],
    gone: Collection[str] = (),
) -> Rich:
    """Return what the checks of a partitioned asset found: a line for each check and outcome, with its partitions.

    Args:
        groups: The latest results, those that are alike together.
        keys: The checks that there are; those that never ran are listed too.
        partitions: All partitions of the asset, in order.
        result: Gives the latest result of a check of a partition.
        gone: The names of checks that are not defined any more.
    """
    place = {partition: at for at, partition in enumerate(partitions)}
    worst, placed = list(_LOOKS), [_Placed.of(group, place) for group in groups]
    placed.sort(key=lambda each: (worst.index(each.group.outcome), each.places[0], each.group.name))
    rows: list[list[Showable]] = []
    firsts = []
    for each in placed:
        group, first = each.group, result(each.group.name, each.first)
        words = _words(group.outcome, group.refuses)
        state = badge(_LOOKS[group.outcome], f"{len(each.places)} {words}{GONE if group.name in gone else ''}")
        rows.append([group.name, state, _which_and_what(each, first, partitions), ago(group.time)])
        firsts += [] if first is None else [first]
    ran = {group.name for group in groups}
    table = Table(_columns("partitions, and what it says of the first"), [*rows, *_never_run(keys, ran)]).rich
    return stack([table, *_tracebacks(firsts)])


@dataclass(frozen=True)
class _Placed:
    """A group of results: where its partitions are, in order, those first that are not there any more (-1)."""

    group: CheckGroup
    places: Sequence[int]
    first: str

    @staticmethod
    def of(group: CheckGroup, place: Mapping[str | None, int]) -> _Placed:
        places = [place.get(partition or None, -1) for partition in group.partitions]
        at = min(range(len(places)), key=lambda number: (places[number], group.partitions[number]))
        return _Placed(group, sorted(places), group.partitions[at])


def _columns(third: str) -> list[Column | str]:
    return ["check", Column("result", wrap=False), third, Column("when", wrap=False)]


def _never_run(keys: Collection[AssetCheckKey], ran: Collection[str]) -> list[list[Showable]]:
    return [[key.name, badge(PieceState.MISSING, "never run"), None, None] for key in keys if key.name not in ran]


def _words(outcome: str, refuses: bool) -> str:
    word = "raised an error" if outcome == "error" else outcome
    return f"{word} (blocking)" if refuses else word


def _which_and_what(each: _Placed, first: CheckRecord | None, partitions: Sequence[str | None]) -> Rich:
    """The partitions of results, and what the first of these says, where it did not pass."""
    which, found = _which(each, partitions), None if first is None or first.passed else finding_words(first)
    return Rich(below(plain(which), soft(found)).html, f"{which}: {found}") if found else plain(which)


def _which(each: _Placed, partitions: Sequence[str | None]) -> str:
    positions = each.places[bisect_left(each.places, 0) :]
    gone = len(each.places) - len(positions) - ("" in each.group.partitions and None not in partitions)
    shown = some_ranges(partitions, positions) if positions else ""
    lost = f"{plural(gone, 'key')} not there any more" if gone else ""
    return ", ".join(part for part in (shown, lost) if part)


def _in_full(records: Iterable[CheckRecord]) -> list[Rich]:
    """The metadata of those results that do not fit into a line."""
    known = ((record.name, record.finding.metadata) for record in records)
    return [
        folded(f"What {name} found", metadata_facts(found))
        for name, found in known
        if any(map(is_long, found.values()))
    ]


def _tracebacks(records: Iterable[CheckRecord]) -> list[Rich]:
    """The tracebacks of checks that raised an error themselves."""
    return [
        folded(f"Traceback of {each.name}", block(each.finding.traceback)) for each in records if each.finding.traceback
    ]
