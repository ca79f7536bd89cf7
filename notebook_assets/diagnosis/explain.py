"""Why a piece, or an asset, is as it is: what it needs, what of that is there, what changed, what to run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis.causes import why_stale
from notebook_assets.diagnosis.key_ranges import key_ranges, some_ranges
from notebook_assets.diagnosis.status import STATES, AssetStatus, StatusSource
from notebook_assets.display import (
    Column,
    Rich,
    Shown,
    Table,
    ago,
    badge,
    block,
    code,
    count,
    counts_bar,
    duration,
    facts,
    folded,
    note,
    plain,
    plural,
    size,
    stack,
    title_line,
)
from notebook_assets.keys import AssetKey
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


@dataclass(frozen=True)
class Need:
    """One upstream asset of a piece: how many of its pieces are mapped to it, and how those are.

    ``not_there`` lists the ones without a value by state, as ranges of keys; ``nonexistent`` the keys that the mapping
    asks for and the definition does not have.
    """

    upstream: AssetKey
    keys: tuple[str, ...]
    counts: Mapping[PieceState, int]
    not_there: Mapping[PieceState, str]
    nonexistent: tuple[str, ...] = ()
    is_source: bool = False


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """Why one piece (or a whole asset, where ``partition`` is None and it has partitions) is as it is.

    ``why`` says it in sentences, the nearest cause first; ``needs`` lists what it is made from; ``to_do`` holds the
    lines that would put it right.
    """

    key: AssetKey
    partition: str | None
    counts: Mapping[PieceState, int]
    why: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    record: MaterializationRecord | None = None
    failure: FailureRecord | None = None
    to_do: tuple[str, ...] = ()

    @property
    def state(self) -> PieceState | None:
        """The state of the piece; None where several pieces in several states are explained."""
        return next(iter(self.counts)) if len(self.counts) == 1 else None

    @property
    def _forms(self) -> tuple[str, str]:
        name = self.key.to_user_string() + (f"[{self.partition}]" if self.partition else "")
        parts = [title_line(name), *self._state_parts(), *(note(line, self._tone()) for line in self.why)]
        if self.failure is not None and self.failure.traceback:
            parts.append(folded("Traceback", block(self.failure.traceback)))
        if self.needs:
            parts.append(self._needs_table())
        if self.to_do:
            parts.append(stack([plain("To put it right:"), *(code(line) for line in self.to_do)]))
        whole = stack(parts)
        return whole.html, whole.text

    def _tone(self) -> str:
        bad = {PieceState.FAILED: "error", PieceState.SKIPPED: "warning", PieceState.STALE: "warning"}
        return bad.get(self.state, "") if self.state else ""

    def _state_parts(self) -> list[Rich]:
        if self.state is None:
            return [counts_bar(self.counts, 240), facts([(state.value, many) for state, many in self.counts.items()])]
        pairs: list[tuple[str, Rich | str]] = [("state", badge(self.state))]
        if self.record is not None:
            pairs.append(("last made", f"{ago(self.record.time)}, in {duration(self.record.duration)}"))
            if self.record.size is not None:
                pairs.append(("value", f"{self.record.type} · {size(self.record.size)} · {self.record.format}"))
            pairs += [(name, str(entry.value)) for name, entry in self.record.metadata.items()]
        return [facts(pairs)]

    def _needs_table(self) -> Rich:
        rows = []
        for need in self.needs:
            lacks = [f"{count(need.counts[state])} {state}: {ranges}" for state, ranges in need.not_there.items()]
            if need.nonexistent:
                lacks.append(f"{len(need.nonexistent)} nonexistent: {', '.join(need.nonexistent[:4])}")
            there = "loaded from outside" if need.is_source and not need.not_there else "all there"
            rows.append([need.upstream.to_user_string(), _span(need.keys), "; ".join(lacks) or there])
        return Table(["it is made from", Column("partitions", wrap=False), "of these"], rows).rich


def explain_piece(
    graph: AssetGraph,
    statuses: Mapping[AssetKey, AssetStatus],
    source: ExplainSource,
    key: AssetKey,
    partition: str | None,
) -> Explanation:
    """Explain one piece.

    Args:
        graph: The assets.
        statuses: The statuses of the asset and of all upstream of it.
        source: The store.
        key: The asset.
        partition: Its partition; None if it has none.

    Raises:
        UnknownPartitionError: The asset has no such partition.
    """
    status = statuses[key]
    position = status.position_of(partition)
    state = status.state(position)
    needs = tuple(_needs(graph, statuses, status, position))
    failure = source.failure(key, partition) if state in (PieceState.FAILED, PieceState.SKIPPED) else None
    lacking = any(need.not_there or need.nonexistent for need in needs)
    return Explanation(
        key=key,
        partition=partition,
        counts={state: 1},
        why=tuple(_why(statuses, status, position, needs, failure)),
        needs=needs,
        record=source.latest(key, partition) if status.event_ids[position] else None,
        failure=failure,
        to_do=_piece_to_do(status, partition, state, lacking or _inherits(status, position)),
    )


def _needs(
    graph: AssetGraph, statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, position: int
) -> list[Need]:
    found = []
    for dependency, links in zip(status.node.dependencies, status.links, strict=True):
        other = statuses[dependency.key]
        positions = links.upstream(position).tolist()
        counts: dict[PieceState, int] = {}
        lacking: dict[PieceState, list[int]] = {}
        is_outside = graph.is_source(dependency.key) and not other.event_ids.any()
        for at in positions:
            state = other.state(at)
            counts[state] = counts.get(state, 0) + 1
            if not is_outside and state not in (PieceState.MATERIALIZED,):
                lacking.setdefault(state, []).append(at)
        found.append(
            Need(
                upstream=dependency.key,
                keys=tuple(str(other.keys[at]) for at in positions if other.keys[at] is not None),
                counts=counts,
                not_there={state: some_ranges(other.keys, at) for state, at in lacking.items()},
                nonexistent=tuple(links.nonexistent.get(position, ())),
                is_source=is_outside,
            )
        )
    return found


def _why(
    statuses: Mapping[AssetKey, AssetStatus],
    status: AssetStatus,
    position: int,
    needs: Sequence[Need],
    failure: FailureRecord | None,
) -> list[str]:
    state = status.state(position)
    if status.node.is_source and not status.event_ids[position]:
        return ["It is made elsewhere and only read here."]
    if state is PieceState.STALE:
        return why_stale(statuses, status, position)
    if failure is not None and state is PieceState.FAILED:
        return [f"Its latest attempt, {ago(failure.time)}, raised {failure.error_type}: {failure.message}"]
    if failure is not None:
        first = ", ".join(failure.missing[:4]) + (" …" if len(failure.missing) > 4 else "")
        lacking = plural(len(failure.missing), "piece")
        return [f"It was skipped {ago(failure.time)}, for want of {lacking}: {first}"]
    if state is PieceState.EMPTY:
        return ["Its function ran and yielded no output. It is not run again until its code or inputs change."]
    if state is PieceState.MISSING:
        is_lacking = any(need.not_there or need.nonexistent for need in needs)
        there = "Not all that it needs is there yet." if is_lacking else "All that it needs is there."
        return [f"It was never made. {there}"]
    return ["Its value is stored, made by today's code from today's inputs."]


def _inherits(status: AssetStatus, position: int) -> bool:
    return any(mask[position] for mask in status.staleness.by_inheritance.values())


def _piece_to_do(status: AssetStatus, partition: str | None, state: PieceState, upstream: bool) -> tuple[str, ...]:
    if status.node.is_source or state in (PieceState.MATERIALIZED, PieceState.EMPTY):
        return ()
    words = ["%materialize", _quoted(status.node.key.to_user_string())]
    if partition is not None:
        words += ["-p", _quoted(partition)]
    return (" ".join([*words, "--upstream"] if upstream else words),)


def explain_asset(
    graph: AssetGraph, statuses: Mapping[AssetKey, AssetStatus], source: ExplainSource, key: AssetKey
) -> Explanation:
    """Explain an asset as a whole: how many pieces are in which state, and for what reasons."""
    status = statuses[key]
    if status.node.partitions_def is None:
        return explain_piece(graph, statuses, source, key, None)
    why = [*_failure_groups(status, source.failures(key)), *_stale_groups(status)]
    missing = status.has(PieceState.MISSING).nonzero()[0].tolist()
    if missing and not status.node.is_source:
        why.append(f"{plural(len(missing), 'partition')} never made: {some_ranges(status.keys, missing)}")
    empty = status.has(PieceState.EMPTY).nonzero()[0].tolist()
    if empty:
        why.append(f"{plural(len(empty), 'partition')} yielded no output: {some_ranges(status.keys, empty)}")
    if status.orphans:
        why.append(f"{plural(len(status.orphans), 'stored partition')} no longer in its definition.")
    return Explanation(
        key=key,
        partition=None,
        counts=status.counts(),
        why=tuple(why) or ("Every partition is as it should be.",),
        to_do=_asset_to_do(status),
    )


def _failure_groups(status: AssetStatus, failures: Sequence[FailureRecord]) -> list[str]:
    groups: dict[str, list[str | None]] = {}
    for failure in failures:
        first = (failure.message.strip().splitlines() or [""])[0]
        name = (
            f"failed with {failure.error_type}: {first}" if failure.kind == "failed" else "skipped for want of inputs"
        )
        groups.setdefault(name, []).append(failure.partition)
    lines = []
    for name, partitions in sorted(groups.items(), key=lambda item: -len(item[1])):
        wanted = set(partitions)
        positions = [at for at, key in enumerate(status.keys) if key in wanted]
        if positions:
            lines.append(f"{plural(len(positions), 'partition')} {name} — {some_ranges(status.keys, positions)}")
    return lines


def _stale_groups(status: AssetStatus) -> list[str]:
    staleness = status.staleness
    lines = []
    if staleness.by_code.any():
        lines.append(f"{plural(int(staleness.by_code.sum()), 'partition')} stale: the asset's code changed.")
    for upstream, mask in staleness.by_update.items():
        if mask.any():
            lines.append(f"{plural(int(mask.sum()), 'partition')} stale: {upstream} was made again since.")
    for upstream, mask in staleness.by_inheritance.items():
        if mask.any():
            lines.append(f"{plural(int(mask.sum()), 'partition')} stale: {upstream} is stale itself.")
    return lines


def _asset_to_do(status: AssetStatus) -> tuple[str, ...]:
    if status.node.is_source:
        return ()
    name = _quoted(status.node.key.to_user_string())
    lines = []
    if status.has(PieceState.MISSING).any():
        lines.append(f"%materialize {name} --only missing --upstream")
    if status.has(PieceState.FAILED, PieceState.SKIPPED).any():
        lines.append(f"%materialize {name} --only failed")
    if status.has(PieceState.STALE).any():
        inherited = any(mask.any() for mask in status.staleness.by_inheritance.values())
        lines.append(f"%materialize {name} --only stale{' --upstream' if inherited else ''}")
    return tuple(lines)


def _span(keys: Sequence[str]) -> str:
    if not keys:
        return "the whole"
    return keys[0] if len(keys) == 1 else f"{keys[0]}...{keys[-1]} · {count(len(keys))}"


def _quoted(name: str) -> str:
    return shlex.quote(name) if any(character in name for character in " '\"\\") else name


__all__ = ["STATES", "ExplainSource", "Explanation", "Need", "explain_asset", "explain_piece", "key_ranges"]
