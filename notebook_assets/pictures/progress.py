"""The progress bar of a run: HTML without scripts, one line of text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from notebook_assets.display.escape import markup, shorten, terminal, visible, width
from notebook_assets.display.palette import PALETTE
from notebook_assets.display.rich import Rich
from notebook_assets.display.shapes import number
from notebook_assets.display.svg import state_mark
from notebook_assets.display.times import count, duration, percent, plural
from notebook_assets.states import PieceState

_DONE_STATES = (PieceState.MATERIALIZED, PieceState.EMPTY, PieceState.FAILED, PieceState.SKIPPED)
_WORDS = {
    PieceState.MATERIALIZED: "done",
    PieceState.EMPTY: "empty",
    PieceState.FAILED: "failed",
    PieceState.SKIPPED: "skipped",
}
_ENDINGS = {"success": "finished", "failed": "finished with failures", "canceled": "canceled"}


@dataclass(frozen=True)
class ProgressView:
    """How far a run is.

    Args:
        title: What is being made.
        total: Pieces planned.
        done: Pieces materialized.
        empty: Pieces that ran and yielded nothing.
        failed: Pieces that failed.
        skipped: Pieces that did not start, since an input was missing.
        elapsed: Seconds since the start.
        status: running, success, failed or canceled.
        current: What is being made at this moment.
    """

    title: str
    total: int
    done: int = 0
    empty: int = 0
    failed: int = 0
    skipped: int = 0
    elapsed: float = 0.0
    status: Literal["running", "success", "failed", "canceled"] = "running"
    current: str = ""

    @property
    def counts(self) -> Mapping[PieceState, int]:
        """How many pieces ended in each way."""
        ends = (self.done, self.empty, self.failed, self.skipped)
        return dict(zip(_DONE_STATES, ends, strict=True))

    @property
    def ended(self) -> int:
        """Pieces that are through, in whatever way."""
        return self.done + self.empty + self.failed + self.skipped

    @property
    def left(self) -> int:
        """Pieces that are not through yet; never below zero."""
        return max(self.total - self.ended, 0)

    @property
    def rate(self) -> float | None:
        """Pieces a second so far, or None while it is too early to say."""
        ran = self.ended - self.skipped
        return ran / self.elapsed if ran and self.elapsed > 0.2 else None

    @property
    def seconds_left(self) -> float | None:
        """About how long it still takes, or None while it is too early to say."""
        return self.left / self.rate if self.rate and self.status == "running" else None


def draw_progress(view: ProgressView) -> Rich:
    """Return the progress bar.

    >>> draw_progress(ProgressView("daily", total=10, done=4, failed=1, elapsed=5))
    daily  ━━━━━━━━━━━━━━━╸──────────────   50 %  5 of 10 · ✗ 1 failed · 1.0/s · 5.0 s left
    """
    return Rich(_html(view), progress_line(view))


def _timing(view: ProgressView) -> list[str]:
    parts = []
    if view.rate is not None:
        parts.append(f"{view.rate:.1f}/s" if view.rate < 9.95 else f"{count(round(view.rate))}/s")
    if view.status != "running":
        parts.append(duration(view.elapsed))
    elif view.seconds_left is not None:
        parts.append(f"{duration(view.seconds_left)} left")
    return parts


def progress_line(view: ProgressView, columns: int = 120) -> str:
    """Return the progress as one line of at most ``columns`` terminal columns; what matters least goes first.

    >>> progress_line(ProgressView("daily", total=10, done=5), columns=40)
    'daily  ━━━━━╸────   50 %  5 of 10'
    """
    facts = _facts(view)
    for bar_columns, most_title, most_facts in (
        (30, 40, 9),
        (20, 30, 9),
        (10, 24, 9),
        (10, 20, 4),
        (10, 20, 2),
        (6, 12, 1),
    ):
        line = _assembled(view, bar_columns, most_title, facts[:most_facts])
        if width(line) <= columns:
            return line
    return terminal(line, columns)


def _facts(view: ProgressView) -> list[str]:
    """Return what is said after the share, the most important first."""
    troubles = [
        f"{PALETTE[state].mark} {count(many)} {_WORDS[state]}"
        for state, many in view.counts.items()
        if many and state is not PieceState.MATERIALIZED
    ]
    if view.status == "canceled" and view.left:
        ending = [f"canceled, {count(view.left)} left"]
    elif view.status in _ENDINGS:
        ending = [_ENDINGS[view.status]]
    else:
        ending = [terminal(view.current, 40)] if view.current else []
    counted = [f"{count(view.ended)} of {count(view.total)}"] if view.total else []
    return [*counted, *troubles, *_timing(view), *ending]


def _share(view: ProgressView) -> str:
    return percent(min(view.ended, view.total), view.total) if view.total else _of_nothing(view)


def _of_nothing(view: ProgressView) -> str:
    """Return the share of a run that planned no pieces: it carries out checks, say, or observes sources."""
    return "0 %" if view.status == "running" else "100 %"


def _assembled(view: ProgressView, columns: int, most_title: int, facts: list[str]) -> str:
    filled = columns * min(view.ended, view.total) / view.total if view.total else columns * (view.status != "running")
    whole = int(filled)
    bar = "━" * whole + ("╸" if whole < columns and view.ended else "")
    bar += "─" * (columns - len(bar))
    share = _share(view)
    return f"{terminal(view.title, most_title)}  {bar}  {share:>5}  {' · '.join(facts)}"


def _html(view: ProgressView) -> str:
    share = _share(view)
    segments = "".join(
        f'<i class="nba-seg nba-b-{state.value}" style="width:{number(100 * many / view.total)}%"></i>'
        for state, many in view.counts.items()
        if many and view.total
    )
    spoken = markup(f"{visible(view.title)}: {share}, {_spoken(view)}")
    head = (
        f'<div class="nba-progress-head"><b title="{markup(view.title)}">{markup(shorten(visible(view.title), 80))}</b>'
        f'<span class="nba-soft">{markup(_ending(view))}</span><span class="nba-progress-share">{share}</span></div>'
    )
    bar = (
        f'<div class="nba-track nba-run-{view.status}" role="progressbar" aria-valuemin="0"'
        f' aria-valuemax="{view.total}" aria-valuenow="{min(view.ended, view.total)}"'
        f' aria-label="{spoken}">{segments}</div>'
    )
    facts = [
        f'<span class="nba-state">{state_mark(state)}{count(many)} {_WORDS[state]}</span>'
        for state, many in view.counts.items()
        if many or state is PieceState.MATERIALIZED
    ]
    if view.left:
        facts.append(f'<span class="nba-state">{state_mark(PieceState.MISSING)}{count(view.left)} left</span>')
    timing = markup(" · ".join(_timing(view)))
    foot = f'<div class="nba-progress-foot">{"".join(facts)}<span class="nba-soft nba-push">{timing}</span></div>'
    return f'<div class="nba-progress">{head}{bar}{foot}</div>'


def _ending(view: ProgressView) -> str:
    if view.status in _ENDINGS:
        return _ENDINGS[view.status]
    return shorten(visible(view.current), 60)


def _spoken(view: ProgressView) -> str:
    ends = [f"{count(many)} {_WORDS[state]}" for state, many in view.counts.items() if many]
    return ", ".join([*ends, f"{plural(view.left, 'piece')} left", _ENDINGS.get(view.status, "running")])
