"""Explanation: why a piece or an asset is as it is, in sentences, a table of what it needs, and lines to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notebook_assets.display import (
    Column,
    Rich,
    Shown,
    Table,
    ago,
    backticked,
    badge,
    block,
    code,
    count,
    counts_bar,
    duration,
    facts,
    folded,
    metadata_rich,
    note,
    plural,
    size,
    stack,
    title_line,
)
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import WaitFor
from notebook_assets.mappings.wait_policy import enough_of, lack_words
from notebook_assets.states import PieceState
from notebook_assets.store import FailureRecord, MaterializationRecord
from notebook_assets.store.records import RETRIES_TAG

_MOST_PRINTED = 20  # lines
_TONES = {PieceState.FAILED: "error", PieceState.SKIPPED: "warning", PieceState.STALE: "warning"}


@dataclass(frozen=True)
class Need:
    """One upstream asset of a piece: which of its partitions the piece needs, and how those are.

    ``counts`` has them by state; ``amiss`` lists those that are anything but materialized, by state, as ranges of
    keys, ``ranges`` all of them; ``without_value`` says how many have nothing to read; ``nonexistent`` are keys that
    the mapping asks for and the definition does not have. ``kept`` says of states whether earlier values are kept.
    ``is_outside`` tells of a source that the store knows nothing of; ``wait_for`` is how many must be there.
    """

    upstream: AssetKey
    keys: tuple[str, ...]
    counts: Mapping[PieceState, int]
    amiss: Mapping[PieceState, str]
    ranges: str = ""
    without_value: int = 0
    nonexistent: tuple[str, ...] = ()
    is_outside: bool = False
    wait_for: WaitFor = "all"
    kept: Mapping[PieceState, str] = field(default_factory=dict)

    @property
    def is_lacking(self) -> bool:
        """Whether the piece can't be made for want of this."""
        return self.there < self.needed

    @property
    def mapped(self) -> int:
        """How many partitions the piece is mapped to, those that do not exist included."""
        many = len(self.keys) if self.is_outside else sum(self.counts.values())
        return many + len(self.nonexistent)

    @property
    def there(self) -> int:
        """How many of these have something to read, as far as the store knows."""
        return self.mapped - self.without_value - len(self.nonexistent)

    @property
    def needed(self) -> int:
        """How many of these must be there."""
        return enough_of(self.wait_for, self.mapped)

    @property
    def shortage(self) -> str:
        """How many are there and how many are needed, where not all must be and too few are; else nothing."""
        if not self.is_lacking or self.needed == self.mapped:
            return ""
        return f"{self.upstream.to_user_string()}: {lack_words(self.there, self.mapped, self.needed)}"


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """Why one piece (or a whole asset, where ``partition`` is None and it has partitions) is as it is.

    ``counts`` says how many pieces are in which state; ``why`` says it in sentences, the nearest cause first;
    ``needs`` lists what it is made from; ``advice`` says what to know or to change before the lines of ``to_do`` are
    run, which would put it right. A source of which the store knows nothing has no ``counts``.

    >>> from notebook_assets import Definitions, Instance, asset, explain
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> explanation = explain(numbers, definitions=Definitions([numbers]), instance=Instance.ephemeral())
    >>> explanation.state, explanation.to_do
    (<PieceState.MISSING: 'missing'>, ('%materialize numbers',))
    """

    key: AssetKey
    partition: str | None
    counts: Mapping[PieceState, int]
    why: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    record: MaterializationRecord | None = None
    failure: FailureRecord | None = None
    to_do: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    checks: Rich | None = None
    """The latest results of its checks, as a table."""
    io_manager: str = ""
    """The key of the IO manager that keeps the value; empty where the store does."""
    output: str = ""
    """What its latest attempt printed and logged."""

    @property
    def state(self) -> PieceState | None:
        """The state of the piece; None for several pieces in several states, and for a source."""
        return next(iter(self.counts)) if len(self.counts) == 1 else None

    @property
    def _forms(self) -> tuple[str, str]:
        name = self.key.to_user_string() + (f"[{self.partition}]" if self.partition is not None else "")
        tone = _TONES.get(self.state, "") if self.state else ""
        parts = [title_line(name), *self._state_parts(), *(note(backticked(line), tone) for line in self.why)]
        if self.failure is not None and self.failure.traceback:
            parts.append(folded("Traceback", block(self.failure.traceback)))
        if self.output:
            parts.append(self._output_shown())
        if self.needs:
            parts.append(self._needs_table())
        if self.checks is not None:
            parts.append(self.checks)
        if self.to_do:
            said = map(backticked, ("To put it right:", *self.advice))
            parts.append(stack([*said, *(code(line) for line in self.to_do)]))
        else:
            parts += [note(backticked(line)) for line in self.advice]
        whole = stack(parts)
        return whole.html, whole.text

    def _state_parts(self) -> list[Rich]:
        if not self.counts:
            return [facts([("state", "source")])]
        if self.state is None or sum(self.counts.values()) > 1:
            return [counts_bar(self.counts, 240), facts([(state.value, many) for state, many in self.counts.items()])]
        pairs: list[tuple[str, Rich | str]] = [("state", badge(self.state))]
        if self.record is not None:
            took = f"in {duration(self.record.duration)}" if self.record.run_id else "as was reported"
            made = f"{ago(self.record.time)}, {took}"
            retries = self.record.tags.get(RETRIES_TAG, "")
            again = f", after {plural(int(retries), 'failed attempt')}" if retries.isdecimal() else ""
            pairs.append(("last made", f"{made}{again}"))
            if self.record.size is not None:
                pairs.append(("value", f"{self.record.type} · {size(self.record.size)} · {self.record.format}"))
            if self.io_manager:
                pairs.append(("kept by", f"the IO manager {self.io_manager!r}"))
            pairs += [(name, metadata_rich(entry)) for name, entry in self.record.metadata.items()]
        if self.failure is not None and self.failure.kind == "failed":
            pairs.append(("last attempt", f"{ago(self.failure.time)}, failed in {duration(self.failure.duration)}"))
        return [facts(pairs)]

    def _output_shown(self) -> Rich:
        lines = self.output.rstrip("\n").split("\n")
        head = "What it printed"
        if len(lines) > _MOST_PRINTED:
            key = "" if self.partition is None else f", {self.partition!r}"
            said = f"step_output({self.key.to_user_string()!r}{key})"
            head = f"What it printed, the last {_MOST_PRINTED} of {count(len(lines))} lines; `{said}` has all"
        return folded(backticked(head), block("\n".join(lines[-_MOST_PRINTED:])))

    def _needs_table(self) -> Rich:
        rows = [[need.upstream.to_user_string(), _which(need), _how_they_are(need)] for need in self.needs]
        return Table(["it is made from", Column("partitions", wrap=False), "of these"], rows).rich


def _how_they_are(need: Need) -> str:
    if need.is_outside:
        return "made elsewhere"
    parts = []
    for state, ranges in need.amiss.items():
        kept = f" ({need.kept[state]})" if need.kept.get(state) else ""
        parts.append(f"{count(need.counts[state])} {state}{kept}: {ranges}" if ranges else f"{state}{kept}")
    if need.nonexistent:
        more = " …" if len(need.nonexistent) > 4 else ""
        parts.append(f"{len(need.nonexistent)} nonexistent: {', '.join(need.nonexistent[:4])}{more}")
    said = "; ".join(parts) or ("all there" if need.counts else "none")
    if need.wait_for == "all" or not (need.without_value or need.nonexistent):
        return said
    return f"{said} (may be missing)" if need.wait_for == 0 else f"{said} ({_enough(need)})"


def _enough(need: Need) -> str:
    verb = "is" if need.needed == 1 else "are"
    return f"{count(need.needed)} of {count(need.mapped)} {verb} enough, {count(need.there)} there"


def _which(need: Need) -> str:
    if not need.keys:
        return "the whole" if need.counts or need.is_outside else "none"
    return need.ranges if len(need.keys) == 1 else f"{need.ranges} · {count(len(need.keys))}"
