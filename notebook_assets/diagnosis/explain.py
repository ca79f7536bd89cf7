"""Why a piece, or an asset, is as it is: what it needs, what of that is there, what changed, what to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from notebook_assets.assets import Dependency
from notebook_assets.diagnosis.advice import OUTSIDE, advice_on, advice_on_asset, advice_on_checks
from notebook_assets.diagnosis.blocked import blocked_pieces, why_blocked
from notebook_assets.diagnosis.causes import Place, kept_value, why_stale
from notebook_assets.diagnosis.code_changes import CodeTexts
from notebook_assets.diagnosis.explanation import Explanation, Need
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.not_there import some_names, told, why_not_there
from notebook_assets.diagnosis.recorded import StatusSource
from notebook_assets.diagnosis.seen_checks import Blocker, as_found, blockers, found_errors
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.diagnosis.typed import quote, typed_selection
from notebook_assets.diagnosis.where_kept import kept_and_made, reported
from notebook_assets.diagnosis.why_asset import asset_to_do, why_asset
from notebook_assets.display import ago, count, plural
from notebook_assets.errors import UnknownPartitionError
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import Links
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.states import PieceState
from notebook_assets.store import CheckRecord, FailureRecord, MaterializationRecord

ELSEWHERE = "It is made elsewhere and only read here."
THERE = "All that it needs is there."
ALL_THERE = "All that it needs is there now."


class ExplainSource(StatusSource, Protocol):
    """What an explanation is read from; the store's Instance is one."""

    def latest(self, key: AssetKey, partition: str | None) -> MaterializationRecord | None:
        """Return the latest materialization of a piece."""

    def with_value(self, key: AssetKey, partitions: Sequence[str]) -> Sequence[str]:
        """Return those of some partitions that have a value in the store."""

    def failure(self, key: AssetKey, partition: str | None) -> FailureRecord | None:
        """Return why the latest attempt at a piece failed or was skipped."""

    def failures(self, key: AssetKey) -> Sequence[FailureRecord]:
        """Return the same for all pieces of an asset, one for each that failed or was skipped last."""

    def latest_checks(self, key: AssetKey, *, refusing: bool = False) -> Sequence[CheckRecord]:
        """Return the latest result of each check of each piece of an asset, or only the errors of blocking ones."""


def explain_asset(
    statuses: Mapping[AssetKey, AssetStatus],
    source: ExplainSource,
    key: AssetKey,
    may_block: Callable[[AssetCheckKey], bool] = as_found,
) -> Explanation:
    """Explain an asset as a whole: how many pieces are in which state, and for what reasons.

    Args:
        statuses: The statuses of the asset and of all upstream of it, upstream first.
        source: The store.
        key: The asset.
        may_block: Whether a check still stops anything, as it is defined today; by default all do that did.
    """
    status = statuses[key]
    if status.node.partitions_def is None:
        return explain_piece(statuses, source, key, None, may_block)
    if _is_outside(status):
        return Explanation(key, None, {}, (ELSEWHERE,), advice=(OUTSIDE,))
    blocked, failures = blocked_pieces(statuses), source.failures(key)
    skipped = status.has(PieceState.SKIPPED).nonzero()[0][:1].tolist()
    chain = [place for position in skipped for place in why_not_there(statuses, status, position)]
    to_do = tuple(asset_to_do(statuses, status, blocked[key]))
    advice = (*advice_on(statuses, source, key, chain), *advice_on_asset(statuses, status, failures)) if to_do else ()
    return Explanation(
        key=key,
        partition=None,
        counts=status.counts(),
        why=tuple(why_asset(status, failures, blocked[key], told(source, chain), CodeTexts(source))),
        to_do=to_do,
        advice=advice,
    )


def explain_piece(
    statuses: Mapping[AssetKey, AssetStatus],
    source: ExplainSource,
    key: AssetKey,
    partition: str | None,
    may_block: Callable[[AssetCheckKey], bool] = as_found,
) -> Explanation:
    """Explain one piece.

    Args:
        statuses: The statuses of the asset and of all upstream of it, upstream first.
        source: The store.
        key: The asset.
        partition: Its partition; None if it has none.
        may_block: Whether a check still stops anything, as it is defined today; by default all do that did.

    Raises:
        UnknownPartitionError: The asset has no such partition.
    """
    status = statuses[key]
    position = _position(status, partition)
    if _is_outside(status):
        return Explanation(key, partition, {}, (ELSEWHERE,), advice=(OUTSIDE,))
    state = status.state(position)
    needs = tuple(
        _need(dependency, links, statuses[dependency.key], position)
        for dependency, links in zip(status.node.dependencies, status.links, strict=False)
    )
    failure = source.failure(key, partition) if state in (PieceState.FAILED, PieceState.SKIPPED) else None
    is_right = status.node.is_source or state in (PieceState.MATERIALIZED, PieceState.EMPTY)
    hopeless = [] if is_right else [*_never_loaded(needs, failure)]
    if not is_right:
        hopeless += why_blocked(statuses, blocked_pieces(statuses), status, position)
    codes = CodeTexts(source)
    stops = [] if status.node.is_source else blockers(statuses, source, status, position, may_block)
    record = source.latest(key, partition) if status.event_ids[position] else None
    why, chain = _why(statuses, status, position, needs, failure, codes, record)
    if record is not None and not record.run_id and state is PieceState.MATERIALIZED:
        why = [reported(status.node, record, is_kept=bool(source.with_value(key, [partition or ""])))]
    if not is_right:
        why += told(source, chain)
    if stops:
        why = _stopped(why, stops, state, failure)
    again = dict.fromkeys(_line_to_run(each.status, each.position, ()) for each in stops)
    to_do = () if is_right or hopeless else (*again, _line_to_run(status, position, needs))
    return Explanation(
        key=key,
        partition=partition,
        counts={state: 1},
        why=(*why, *hopeless, *codes.accepted(status, position)),
        needs=needs,
        record=record,
        failure=failure,
        to_do=to_do,
        advice=(*advice_on(statuses, source, key, [(status, position), *chain]), *advice_on_checks(stops))
        if to_do
        else (),
    )


def _stopped(
    why: Sequence[str], stops: Sequence[Blocker], state: PieceState, failure: FailureRecord | None
) -> list[str]:
    """Return why a piece is as it is, of which some of what it needs is refused by blocking checks, by their names."""
    found = found_errors(stops)
    if state is PieceState.SKIPPED and failure is not None:
        return [f"It was skipped {ago(failure.time)}: {found}.", *(each for each in why[1:] if each != ALL_THERE)]
    is_made = state in (PieceState.MATERIALIZED, PieceState.EMPTY)
    said = [each.removesuffix(f" {THERE}") for each in why]
    return [*said, f"{'It needs what was refused' if is_made else 'It has to wait'}: {found}."]


def _is_outside(status: AssetStatus) -> bool:
    """Whether an asset is a source of which the store knows nothing."""
    return status.node.is_source and not status.event_ids.any()


def _position(status: AssetStatus, partition: str | None) -> int:
    try:
        return status.position_of(partition)
    except UnknownPartitionError as error:
        if partition not in status.orphans:
            raise
        raise UnknownPartitionError(
            f"{status.node.key} has no partition {partition!r} any more: its value is stored, but its definition, "
            f"{status.node.partitions_def!r}, does not have it. instance.load({status.node.key.to_user_string()!r}, "
            f"{partition!r}) gives it."
        ) from error


def _need(dependency: Dependency, links: Links, other: AssetStatus, position: int) -> Need:
    positions = links.upstream(position)
    counts: dict[PieceState, int] = {}
    amiss: dict[PieceState, list[int]] = {}
    is_outside = _is_outside(other)
    for at in [] if is_outside else positions.tolist():
        state = other.state(at)
        counts[state] = counts.get(state, 0) + 1
        if state is not PieceState.MATERIALIZED:
            amiss.setdefault(state, []).append(at)
    return Need(
        upstream=dependency.key,
        keys=tuple(key for at in positions.tolist() if (key := other.keys[at]) is not None),
        counts=counts,
        amiss={state: _ranges(other, at) for state, at in amiss.items()},
        ranges=_ranges(other, positions.tolist()),
        without_value=0 if is_outside else int((other.value_ids[positions] == 0).sum()),
        nonexistent=tuple(links.nonexistent.get(position, ())),
        is_outside=is_outside,
        wait_for=dependency.wait_for,
        kept={state: _kept(other, at) for state, at in amiss.items()},
    )


def _kept(status: AssetStatus, positions: Sequence[int]) -> str:
    """Return what is said of the earlier values of pieces that failed or were skipped, short as tables need it."""
    kept = [at for at in positions if kept_value(status, at)]
    stale = sum(bool(status.outdated[at]) for at in kept)
    if not kept:
        return ""
    kind = "stale" if stale == len(kept) else "earlier"
    mixed = f", {count(stale)} of them stale" if 0 < stale < len(kept) else ""
    is_one = len(positions) == 1
    return (
        f"{'a' if kind == 'stale' else 'an'} {kind} value is kept"
        if is_one
        else f"{kind} values of {count(len(kept))} kept{mixed}"
    )


def _ranges(status: AssetStatus, positions: Sequence[int]) -> str:
    return "" if status.node.partitions_def is None else some_ranges(status.keys, positions)


def _why(
    statuses: Mapping[AssetKey, AssetStatus],
    status: AssetStatus,
    position: int,
    needs: Sequence[Need],
    failure: FailureRecord | None,
    codes: CodeTexts,
    record: MaterializationRecord | None,
) -> tuple[list[str], list[Place]]:
    """Return why a piece is as it is, and the pieces that stand in its way, of which more is to be told."""
    state = status.state(position)
    if status.node.is_source:
        made = "Its value is stored; it was made by other definitions than those here."
        return [ELSEWHERE if state is PieceState.MISSING else made], []
    if state is PieceState.STALE:
        return why_stale(statuses, status, position, codes)
    if failure is not None:
        return _why_not_made(statuses, status, position, needs, failure, codes)
    if state is PieceState.EMPTY:
        return ["Its function ran and yielded no output. It is not run again until its code or inputs change."], []
    if state is PieceState.MISSING:
        is_lacking = any(need.is_lacking for need in needs)
        there = "Not all that it needs is there yet." if is_lacking else THERE
        there = " ".join([there, *(f"{need.shortage}." for need in needs if need.shortage)])
        chain = why_not_there(statuses, status, position)
        return [f"It was never made. {there}" if needs else "It was never made."], chain
    by_code = "" if codes.accepted(status, position) else "by today's code "
    return [kept_and_made(status.node, record, by_code)], []


def _why_not_made(
    statuses: Mapping[AssetKey, AssetStatus],
    status: AssetStatus,
    position: int,
    needs: Sequence[Need],
    failure: FailureRecord,
    codes: CodeTexts,
) -> tuple[list[str], list[Place]]:
    """Return why the latest attempt at a piece failed or was skipped, and how the value is that it left."""
    chain: list[Place] = []
    if status.state(position) is PieceState.FAILED:
        why = [f"Its latest attempt, {ago(failure.time)}, raised {failure.error_type}: {failure.message}"]
    else:
        lacked = plural(len(failure.missing), "piece")
        why = [f"It was skipped {ago(failure.time)}, for want of {lacked}: {some_names(failure.missing)}"]
        chain = why_not_there(statuses, status, position)
        why += [f"{need.shortage}." for need in needs if need.shortage]
        if not chain and not any(need.is_lacking for need in needs):
            why.append(ALL_THERE)
    if not kept_value(status, position):
        return why, chain
    if not status.outdated[position]:
        return [*why, "An earlier value is kept and can be loaded."], chain
    causes, not_made = why_stale(statuses, status, position, codes)
    return [*why, "An earlier value is kept and can be loaded, but is stale:", *causes], [*chain, *not_made]


def _never_loaded(needs: Sequence[Need], failure: FailureRecord | None) -> list[str]:
    """Return a sentence for each source that nothing can load, as the latest attempt found out."""
    lacked = {name.split("[")[0] for name in failure.missing} if failure is not None else set()
    names = [need.upstream.to_user_string() for need in needs if need.is_outside]
    return [
        f"{name} is made elsewhere, and nothing says how to load it: define it as an asset, or say what loads it "
        'by AssetSpec(...).with_io_manager_key("...") and a resource of that name.'
        for name in names
        if name in lacked
    ]


def _line_to_run(status: AssetStatus, position: int, needs: Sequence[Need]) -> str:
    words = ["%materialize", typed_selection(status.node.key)]
    partition = status.keys[position]
    if partition is not None:
        words += ["-p", quote(partition)]
    if any(need.is_lacking or need.amiss for need in needs):
        words.append("--upstream")
    return " ".join(words)
