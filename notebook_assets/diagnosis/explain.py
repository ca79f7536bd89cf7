"""Why a piece, or an asset, is as it is: what it needs, what of that is there, what changed, what to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from notebook_assets.assets import Dependency
from notebook_assets.diagnosis.blocked import blocked_pieces, why_blocked
from notebook_assets.diagnosis.causes import why_stale
from notebook_assets.diagnosis.explanation import Explanation, Need
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.status import AssetStatus, StatusSource
from notebook_assets.diagnosis.typed import quote, typed_selection
from notebook_assets.diagnosis.why_asset import asset_to_do, why_asset
from notebook_assets.display import ago, plural
from notebook_assets.errors import UnknownPartitionError
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import Links
from notebook_assets.states import PieceState
from notebook_assets.store import FailureRecord, MaterializationRecord


class ExplainSource(StatusSource, Protocol):
    """What an explanation is read from; the store's Instance is one."""

    def latest(self, key: AssetKey, partition: str | None) -> MaterializationRecord | None:
        """Return the latest materialization of a piece."""

    def failure(self, key: AssetKey, partition: str | None) -> FailureRecord | None:
        """Return why the latest attempt at a piece failed or was skipped."""

    def failures(self, key: AssetKey) -> Sequence[FailureRecord]:
        """Return the same for all pieces of an asset, one for each that failed or was skipped last."""


def explain_asset(statuses: Mapping[AssetKey, AssetStatus], source: ExplainSource, key: AssetKey) -> Explanation:
    """Explain an asset as a whole: how many pieces are in which state, and for what reasons.

    Args:
        statuses: The statuses of the asset and of all upstream of it, upstream first.
        source: The store.
        key: The asset.
    """
    status = statuses[key]
    if status.node.partitions_def is None:
        return explain_piece(statuses, source, key, None)
    blocked = blocked_pieces(statuses)
    return Explanation(
        key=key,
        partition=None,
        counts=status.counts(),
        why=tuple(why_asset(status, source.failures(key), blocked[key])),
        to_do=tuple(asset_to_do(statuses, status, blocked[key])),
    )


def explain_piece(
    statuses: Mapping[AssetKey, AssetStatus], source: ExplainSource, key: AssetKey, partition: str | None
) -> Explanation:
    """Explain one piece.

    Args:
        statuses: The statuses of the asset and of all upstream of it, upstream first.
        source: The store.
        key: The asset.
        partition: Its partition; None if it has none.

    Raises:
        UnknownPartitionError: The asset has no such partition.
    """
    status = statuses[key]
    position = _position(status, partition)
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
    return Explanation(
        key=key,
        partition=partition,
        counts={state: 1},
        why=(*_why(statuses, status, position, needs, failure), *hopeless),
        needs=needs,
        record=source.latest(key, partition) if status.event_ids[position] else None,
        failure=failure,
        to_do=() if is_right or hopeless else (_line_to_run(status, position, needs),),
    )


def _position(status: AssetStatus, partition: str | None) -> int:
    try:
        return status.position_of(partition)
    except UnknownPartitionError as error:
        if partition not in status.orphans:
            raise
        raise UnknownPartitionError(
            f"{status.node.key} has no partition {partition!r} any more: its value is stored, but its definition, "
            f"{status.node.partitions_def!r}, does not have it. load_asset_value needs a definition that has it."
        ) from error


def _need(dependency: Dependency, links: Links, other: AssetStatus, position: int) -> Need:
    positions = links.upstream(position)
    counts: dict[PieceState, int] = {}
    amiss: dict[PieceState, list[int]] = {}
    is_outside = other.node.is_source and not other.event_ids.any()
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
        allows_missing=dependency.allows_missing,
    )


def _ranges(status: AssetStatus, positions: Sequence[int]) -> str:
    return "" if status.node.partitions_def is None else some_ranges(status.keys, positions)


def _why(
    statuses: Mapping[AssetKey, AssetStatus],
    status: AssetStatus,
    position: int,
    needs: Sequence[Need],
    failure: FailureRecord | None,
) -> list[str]:
    state = status.state(position)
    if status.node.is_source and state is PieceState.MISSING:
        return ["It is made elsewhere and only read here."]
    if state is PieceState.STALE:
        return why_stale(statuses, status, position)
    if failure is not None and state is PieceState.FAILED:
        kept = " The value that was made before is still stored." if status.value_ids[position] else ""
        return [f"Its latest attempt, {ago(failure.time)}, raised {failure.error_type}: {failure.message}{kept}"]
    if failure is not None:
        first = ", ".join(failure.missing[:4]) + (" …" if len(failure.missing) > 4 else "")
        return [f"It was skipped {ago(failure.time)}, for want of {plural(len(failure.missing), 'piece')}: {first}"]
    if state is PieceState.EMPTY:
        return ["Its function ran and yielded no output. It is not run again until its code or inputs change."]
    if state is PieceState.MISSING:
        is_lacking = any(need.is_lacking for need in needs)
        there = "Not all that it needs is there yet." if is_lacking else "All that it needs is there."
        return [f"It was never made. {there}" if needs else "It was never made."]
    if status.node.is_source:
        return ["Its value is stored; it was made by other definitions than those here."]
    return ["Its value is stored, made by today's code from today's inputs."]


def _never_loaded(needs: Sequence[Need], failure: FailureRecord | None) -> list[str]:
    """Return a sentence for each source that nothing can load, as the latest attempt found out."""
    lacked = {name.split("[")[0] for name in failure.missing} if failure is not None else set()
    names = [need.upstream.to_user_string() for need in needs if need.is_outside]
    return [
        f"{name} is made elsewhere, and nothing says how to load it: define it as a SourceAsset with an IO manager, "
        "or as an asset."
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
