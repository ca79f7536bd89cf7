"""What a subset says of itself: how many of how many keys, which ranges, and where in the definition they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_assets.display import (
    Rich,
    Showable,
    code,
    count,
    facts,
    joined,
    percent,
    plain,
    plural,
    soft,
    stack,
    title_line,
)
from notebook_assets.display.shapes import box
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.definition_changes import DefinitionChanges
from notebook_assets.partitions.ranges import PartitionKeyRange
from notebook_assets.partitions.shown import shown
from notebook_assets.partitions.subset import PartitionsSubset

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_FEW = 4
_PIXELS, _COLUMNS = 360, 60
_BLOCKS = "░▒▓█"


@shown.register
def _of_subset(subset: PartitionsSubset) -> Rich:
    definition, many = subset.partitions_def, len(subset)
    total = definition.get_num_partitions()
    pairs: list[tuple[str, Showable]] = [
        ("of", f"{definition.label}, {plural(total, 'partition')}"),
        ("keys", _some_keys(subset) if many else soft("none")),
    ]
    if total:
        pairs.append(("where", strip(subset, max(total, int(subset.span_arrays[1][-1]) if many else 0))))
    share = f" · {percent(many, total)}" if total else ""
    return stack([title_line(type(subset).__name__, f"{count(many)} of {count(total)}{share}"), facts(pairs)])


@shown.register
def _of_changes(changes: DefinitionChanges) -> Rich:
    pairs: list[tuple[str, Showable]] = [
        (word, joined([plain(plural(len(subset), "key")), _some_keys(subset)]) if subset else soft("none"))
        for word, subset in (("kept", changes.kept), ("new", changes.new), ("orphaned", changes.orphaned))
    ]
    remark = "no change" if changes.is_empty else "" if changes.same_meaning else "the keys mean something else now"
    return stack([title_line(type(changes).__name__, remark), facts(pairs)])


def _some_keys(subset: PartitionsSubset) -> Rich:
    """Return the first ranges of a subset, and how many there are besides."""
    starts, stops = subset.span_arrays
    few = PartitionsSubset(subset.partitions_def, starts[:_FEW], stops[:_FEW])
    words = code(", ".join(map(_range, few.get_partition_key_ranges()[:_FEW])))
    more = len(starts) - _FEW
    return joined([words, soft(f"and {plural(more, 'more range')}")]) if more > 0 else words


def _range(keys: PartitionKeyRange) -> str:
    first, last = keys
    return first if first == last else f"{first} … {last}"


def strip(subset: PartitionsSubset, total: int) -> Rich:
    """Return where the keys of a subset lie among all keys: a strip; in text a line of blocks.

    Args:
        subset: The keys.
        total: How many keys the strip stands for.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(list("abcdefgh"))
    >>> strip(letters.subset_with_partition_keys(["a", "b", "h"]), 8)
    ██░░░░░█
    """
    starts, stops = subset.span_arrays
    lefts = np.floor(starts * (_PIXELS * 2 / total)) / 2
    rights = np.maximum(np.ceil(stops * (_PIXELS * 2 / total)) / 2, lefts + 1)
    merged = algebra.normalised((lefts * 2).astype(np.int64), (rights * 2).astype(np.int64))
    boxes = "".join(
        box(left / 2, 0, (right - left) / 2, 8) for left, right in zip(*map(np.ndarray.tolist, merged), strict=True)
    )
    said = f"{count(len(subset))} of {count(total)} keys"
    drawn = (
        f'<path class="nba-s-missing" d="{box(0, 0, _PIXELS, 8)}"/><path style="fill:var(--nba-accent)" d="{boxes}"/>'
    )
    html = (
        f'<svg class="nba-bar" style="width:{_PIXELS}px" viewBox="0 0 {_PIXELS} 8" role="img"'
        f' preserveAspectRatio="none" aria-label="{said}">{drawn}</svg>'
    )
    return Rich(html, _blocks(subset, total))


def _blocks(subset: PartitionsSubset, total: int) -> str:
    columns = min(total, _COLUMNS)
    edges = np.arange(columns + 1, dtype=np.int64) * total // columns
    starts, stops = subset.span_arrays
    filled = np.concatenate([[0], np.cumsum(stops - starts)])
    at = np.searchsorted(stops, edges, side="right")
    partial = np.where(at < len(starts), edges - np.append(starts, 0)[np.minimum(at, len(starts))], 0)
    shares = np.diff(filled[at] + np.maximum(partial, 0)) / np.diff(edges)
    return "".join(
        "█" if share == 1 else "░" if share == 0 else _BLOCKS[1 + (share > 0.5)] for share in shares.tolist()
    )
