"""Why an asset as a whole is as it is: its pieces grouped by what is the matter with them, and the lines to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.blocked import ALLOW, ALLOW_NONE
from notebook_assets.diagnosis.code_changes import CodeTexts
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.not_there import error_of
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.diagnosis.typed import typed_selection
from notebook_assets.display import count, plural
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState
from notebook_assets.store import FailureRecord

if TYPE_CHECKING:
    import numpy as np

MOST_GROUPS = 5
"""Where errors are of more kinds than this, only the most frequent are told."""


def why_asset(
    status: AssetStatus,
    failures: Sequence[FailureRecord],
    blocked: np.ndarray,
    chain: Sequence[str] = (),
    codes: CodeTexts | None = None,
) -> list[str]:
    """Return sentences on the pieces of a partitioned asset, the worst first.

    Args:
        status: The asset's status.
        failures: What is known of its pieces that failed or were skipped.
        blocked: Which of its pieces can't be made as things are.
        chain: What the first of those that were skipped was skipped for.
        codes: What says how code changed.
    """
    why = [*_failure_groups(status, failures), *chain, *_stale_groups(status, codes)]
    if not status.node.is_source:
        why += _said(status, status.has(PieceState.MISSING), "never made")
    is_amiss = ~status.has(PieceState.MATERIALIZED, PieceState.EMPTY)
    why += [
        f"{said} (inputs yielded no output or do not exist; an input given as {ALLOW} can do with "
        f"those that are there, as {ALLOW_NONE} with none)"
        for said in _said(status, blocked & is_amiss, "can't be made as things are")
    ]
    why += _said(status, status.has(PieceState.EMPTY), "yielded no output")
    if status.orphans:
        shown = ", ".join(map(str, status.orphans[:4])) + (" …" if len(status.orphans) > 4 else "")
        why.append(f"{plural(len(status.orphans), 'stored partition')} no longer in its definition: {shown}")
    why = why or ["Every partition is up to date."]
    return why if codes is None else [*why, *codes.all_accepted(status)]


def asset_to_do(statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, blocked: np.ndarray) -> list[str]:
    """Return the lines that put the pieces of a partitioned asset right, as far as lines can."""
    if status.node.is_source:
        return []
    choices = {
        "missing": (PieceState.MISSING,),
        "failed": (PieceState.FAILED, PieceState.SKIPPED),
        "stale": (PieceState.STALE,),
    }
    lines = []
    for choice, states in choices.items():
        mask = status.has(*states) & ~blocked
        if mask.any():
            upstream = " --upstream" if _needs_upstream(statuses, status, mask) else ""
            lines.append(f"%materialize {typed_selection(status.node.key)} --only {choice}{upstream}")
    return lines


def _needs_upstream(statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, mask: np.ndarray) -> bool:
    """Whether something that the pieces of a mask need is to be made first."""
    for dependency, links in zip(status.node.dependencies, status.links, strict=False):
        other = statuses[dependency.key]
        if not other.node.is_source:
            amiss = ~other.has(PieceState.MATERIALIZED, PieceState.EMPTY)
            if (links.any_of(amiss) & mask).any():
                return True
    return False


def _failure_groups(status: AssetStatus, failures: Sequence[FailureRecord]) -> list[str]:
    place = {key: position for position, key in enumerate(status.keys)}
    groups: dict[str, list[int]] = {}
    for failure in failures:
        if failure.partition in place:
            groups.setdefault(_what_happened(failure), []).append(place[failure.partition])
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    lines = [
        f"{_partitions(len(positions))} {what} — {some_ranges(status.keys, sorted(positions))}"
        for what, positions in ordered[:MOST_GROUPS]
    ]
    others = ordered[MOST_GROUPS:]
    if others:
        pieces = sum(len(positions) for _, positions in others)
        lines.append(f"{_partitions(pieces)} failed with {count(len(others))} other errors")
    return lines


def _what_happened(failure: FailureRecord) -> str:
    if failure.kind != "failed":
        return "skipped for want of inputs"
    return f"failed with {error_of(failure)}"


def _stale_groups(status: AssetStatus, codes: CodeTexts | None) -> list[str]:
    staleness = status.staleness
    stale = status.has(PieceState.STALE)
    by_mapping_code = staleness.by_mapping_code if staleness.by_mapping_code is not None else stale & ~stale
    groups = [
        (by_mapping_code, "the code of its partition mapping changed"),
        *((mask, f"made without {key}, which is depended on today") for key, mask in staleness.by_added.items()),
        *((mask, f"made from {key}, which is no longer depended on") for key, mask in staleness.by_removed.items()),
        *((mask, f"other partitions of {key} are needed today") for key, mask in staleness.by_mapping.items()),
        *((mask, f"{key} was made again since") for key, mask in staleness.by_update.items()),
        *((mask, f"{key} is stale itself") for key, mask in staleness.by_inheritance.items()),
    ]
    said = [line for mask, reason in groups for line in _said(status, mask & stale, f"stale: {reason}")]
    return [*_code_groups(status, staleness.by_code & ~by_mapping_code & stale, codes), *said]


def _code_groups(status: AssetStatus, mask: np.ndarray, codes: CodeTexts | None) -> list[str]:
    """Return a line on the pieces of each earlier code, the most first."""
    if codes is None:
        return _said(status, mask, "stale: the asset's code changed")
    groups = sorted(codes.by_text(status, mask).items(), key=lambda group: -len(group[1]))
    return [
        f"{_partitions(len(positions))} stale: the asset's code changed{f' ({changed})' if changed else ''}"
        f" — {some_ranges(status.keys, positions)}"
        for changed, positions in groups
    ]


def _said(status: AssetStatus, mask: np.ndarray, what: str) -> list[str]:
    """Return one line on the pieces of a mask; none where there are none."""
    positions = mask.nonzero()[0].tolist()
    return [f"{_partitions(len(positions))} {what} — {some_ranges(status.keys, positions)}"] if positions else []


def _partitions(many: int) -> str:
    return plural(many, "partition")
