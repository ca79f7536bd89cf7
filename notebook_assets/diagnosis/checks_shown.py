"""The latest results of the checks of an asset as a table: of one piece one line each, of all partitions grouped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

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
        words = f"{_words(record)}{', of an earlier value' if is_old else ''}{GONE if record.name in gone else ''}"
        rows.append([record.name, badge(_LOOKS[record.outcome], words), finding_words(record), ago(record.time)])
    table = Table(_columns("it says"), [*rows, *_never_run(keys, records)]).rich
    return stack([table, *_in_full(records), *_tracebacks(records)])


def checks_of_partitions(
    records: Sequence[CheckRecord],
    keys: Collection[AssetCheckKey],
    partitions: Sequence[str | None],
    gone: Collection[str] = (),
) -> Rich:
    """Return what the checks of a partitioned asset found: a line for each check and outcome, with its partitions.

    Args:
        records: The latest results.
        keys: The checks that there are; those that never ran are listed too.
        partitions: All partitions of the asset, in order.
        gone: The names of checks that are not defined any more.
    """
    groups: dict[tuple[str, str], list[CheckRecord]] = {}
    worst, place = list(_LOOKS), {partition: at for at, partition in enumerate(partitions)}
    for record in sorted(records, key=lambda each: (worst.index(each.outcome), place.get(each.partition, -1))):
        groups.setdefault((record.name, _words(record)), []).append(record)
    rows: list[list[Showable]] = []
    for (name, words), group in groups.items():
        state = badge(_LOOKS[group[0].outcome], f"{len(group)} {words}{GONE if name in gone else ''}")
        rows.append([name, state, _which_and_what(group, partitions), ago(max(record.time for record in group))])
    table = Table(_columns("partitions, and what it says of the first"), [*rows, *_never_run(keys, records)]).rich
    return stack([table, *_tracebacks(group[0] for group in groups.values())])


def _columns(third: str) -> list[Column | str]:
    return ["check", Column("result", wrap=False), third, Column("when", wrap=False)]


def _never_run(keys: Collection[AssetCheckKey], records: Iterable[CheckRecord]) -> list[list[Showable]]:
    ran = {record.name for record in records}
    return [[key.name, badge(PieceState.MISSING, "never run"), None, None] for key in keys if key.name not in ran]


def _words(record: CheckRecord) -> str:
    word = "raised an error" if record.outcome == "error" else record.outcome
    return f"{word} (blocking)" if record.finding.blocking and record.outcome in ("failed", "error") else word


def _which_and_what(group: Sequence[CheckRecord], partitions: Sequence[str | None]) -> Rich:
    """The partitions of results, and what the first of these says, where it did not pass."""
    which, found = _which(group, partitions), None if group[0].passed else finding_words(group[0])
    return Rich(below(plain(which), soft(found)).html, f"{which}: {found}") if found else plain(which)


def _which(group: Sequence[CheckRecord], partitions: Sequence[str | None]) -> str:
    wanted = {record.partition for record in group}
    positions = [at for at, partition in enumerate(partitions) if partition in wanted]
    gone = [partition for partition in wanted.difference(partitions) if partition is not None]
    shown = some_ranges(partitions, positions) if positions else ""
    lost = f"{plural(len(gone), 'key')} not there any more" if gone else ""
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
