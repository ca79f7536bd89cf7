"""Why what a piece needs is not there, followed upstream to what failed, and whether that would fail again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from notebook_assets.diagnosis.causes import Place, kept_value, piece_of, shortened
from notebook_assets.diagnosis.status import CODE_OF, AssetStatus
from notebook_assets.display import ago
from notebook_assets.keys import AssetKey
from notebook_assets.mappings.wait_policy import enough_of
from notebook_assets.states import PieceState
from notebook_assets.store import FailureRecord

_WORST_FIRST = (PieceState.FAILED, PieceState.SKIPPED, PieceState.EMPTY, PieceState.MISSING)
_NOT_MADE = [CODE_OF[PieceState.FAILED], CODE_OF[PieceState.SKIPPED]]
LONGEST_MESSAGE = 200
"""An error's message is cut after this many characters."""


class FailureSource(Protocol):
    """What knows why pieces failed; the store's Instance does."""

    def failure(self, key: AssetKey, partition: str | None) -> FailureRecord | None:
        """Return why the latest attempt at a piece failed or was skipped."""


def why_not_there(statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, position: int) -> list[Place]:
    """Return the pieces for want of which a piece is not there, each followed by what that lacks itself.

    Where several pieces of one upstream asset are not there, the worst of them is followed. Nothing is returned where
    all of them simply were not made yet.

    Args:
        statuses: The statuses of the asset and of all upstream of it.
        status: The status of the asset.
        position: The piece's position.
    """
    found: list[Place] = []
    seen = {(status.node.key, position)}
    waiting = [place for place in _lacking(statuses, status, position) if not _is(place, PieceState.EMPTY)]
    waiting.reverse()
    while waiting:
        place = other, at = waiting.pop()
        if (other.node.key, at) in seen:
            continue
        seen.add((other.node.key, at))
        found.append(place)
        if _is(place, PieceState.SKIPPED, PieceState.MISSING):
            waiting += reversed(list(_lacking(statuses, other, at)))
    return [] if all(_is(place, PieceState.MISSING) for place in found) else found


def _is(place: Place, *states: PieceState) -> bool:
    return place[0].state(place[1]) in states


def _lacking(statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, position: int) -> Iterator[Place]:
    """Give the worst piece of each upstream asset among those that a piece needs and that are not there."""
    was_skipped = status.state(position) is PieceState.SKIPPED
    for dependency, links in zip(status.node.dependencies, status.links, strict=False):
        other = statuses[dependency.key]
        if dependency.allows_missing or other.node.is_source:
            continue
        needed = links.upstream(position)
        nonexistent = len(links.nonexistent.get(position, ()))
        states = other.states[needed]
        is_lacking = other.value_ids[needed] == 0
        if was_skipped:  # in the run that skipped it an earlier value did not count either
            for code in _NOT_MADE:
                is_lacking |= states == code
        if int((~is_lacking).sum()) >= enough_of(dependency.wait_for, len(needed) + nonexistent):
            continue
        for state in _WORST_FIRST:
            those = needed[is_lacking & (states == CODE_OF[state])]
            if len(those):
                yield other, int(those[0])
                break


def told(source: FailureSource, places: Sequence[Place]) -> list[str]:
    """Return a sentence on each of some pieces that are not there; many are told by their beginning and their end."""
    texts = shortened([*places])
    return [text if isinstance(text, str) else _sentence(source, *text) for text in texts]


def _sentence(source: FailureSource, status: AssetStatus, position: int) -> str:
    name, state = piece_of(status, position), status.state(position)
    if state is PieceState.EMPTY:
        return f"{name} yielded no output."
    kept = kept_value(status, position)
    failure = source.failure(status.node.key, status.keys[position])
    if failure is None or state not in (PieceState.FAILED, PieceState.SKIPPED):
        return f"{name} was never made."
    in_brackets = f" ({kept})" if kept else ""
    if state is PieceState.FAILED:
        return f"{name} failed{in_brackets}, {ago(failure.time)}: {error_of(failure)}"
    return f"{name} was skipped{in_brackets}, {ago(failure.time)}, for want of {some_names(failure.missing)}."


def some_names(names: Sequence[str]) -> str:
    """Return the first few of many names.

    >>> some_names(["a", "b", "c", "d", "e"])
    'a, b, c, d …'
    """
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")


def error_of(failure: FailureRecord) -> str:
    """Return an error as it stands at the end of its traceback; of its message the first line, cut if it is long."""
    first = (failure.message.strip().splitlines() or [""])[0]
    short = first if len(first) <= LONGEST_MESSAGE else f"{first[:LONGEST_MESSAGE]}…"
    return f"{failure.error_type}: {short}" if short else str(failure.error_type)
