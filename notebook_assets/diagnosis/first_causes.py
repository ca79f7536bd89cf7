"""The first cause of every stale piece in a few words: followed upstream to what changed, whole columns at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.causes import piece_of
from notebook_assets.diagnosis.code_changes import CodeTexts
from notebook_assets.diagnosis.compared_reads import InputsOf
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class FirstCauses:
    """The first causes of the pieces of one asset: ``texts`` by number, and the ``numbers`` by position, 0 for none.

    Each text comes twice, as the asset itself says it and as those downstream do: ``texts`` and ``named``.
    """

    numbers: np.ndarray
    texts: list[str]
    named: list[str]

    def of(self, position: int) -> str:
        """Return why a piece is stale; "" where it is not."""
        return self.texts[int(self.numbers[position])]


def first_causes(statuses: Mapping[AssetKey, AssetStatus], source: object) -> dict[AssetKey, FirstCauses]:
    """Return why pieces are stale, followed to what changed first.

    Where a piece has several reasons its own come first; of several upstream pieces the first one is followed.

    Args:
        statuses: The statuses of assets and of all upstream of them, upstream first.
        source: The store, which knows what changed in code.
    """
    codes = CodeTexts(source)
    found: dict[AssetKey, FirstCauses] = {}
    for key, status in statuses.items():
        found[key] = _causes_of(status, found, statuses, codes)
    return found


def _causes_of(
    status: AssetStatus,
    found: Mapping[AssetKey, FirstCauses],
    statuses: Mapping[AssetKey, AssetStatus],
    codes: CodeTexts,
) -> FirstCauses:
    result = FirstCauses(np.zeros(len(status.keys), dtype=np.int64), [""], [""])
    if not status.outdated.any():
        return result
    staleness, name = status.staleness, status.node.key.to_user_string()
    is_mapping = staleness.by_mapping_code
    if is_mapping is not None and is_mapping.any():
        _say(
            result,
            is_mapping,
            "its partition mapping's code changed",
            f"the code of {name}'s partition mapping changed",
        )
    if staleness.by_code.any():
        mask = staleness.by_code & (result.numbers == 0)
        for said, positions in codes.by_text(status, mask).items():
            more = f": {said}" if said else ""
            _say(result, positions, f"its code changed{more}", f"the code of {name} changed{more}")
    for kind, masks in (("without", staleness.by_added), ("from", staleness.by_removed)):
        for key, mask in masks.items():
            now = "depends on today" if kind == "without" else "no longer depends on"
            text = f"made {kind} {key.to_user_string()}, which it {now}"
            _say(result, mask, text, f"{name} was {text}")
    for entry in staleness.inputs:
        upstream = entry.upstream.to_user_string()
        text = f"other partitions of {upstream} are needed today"
        _say(result, staleness.by_mapping[entry.upstream], text, f"{text} by {name}")
        _say_updates(result, status, entry, statuses[entry.upstream])
    for entry in staleness.inputs:
        if entry.upstream in found:
            _inherit(result, staleness.by_inheritance[entry.upstream], entry, found[entry.upstream])
        elif entry.upstream == status.node.key:
            _inherit_own(result, staleness.by_inheritance[entry.upstream], entry)
    return result


def _say(result: FirstCauses, which: np.ndarray | list[int], text: str, named: str) -> None:
    """Give a cause to those of some pieces that have none yet."""
    chosen = np.zeros(len(result.numbers), dtype=bool)
    chosen[which] = True
    chosen &= result.numbers == 0
    if chosen.any():
        result.numbers[chosen] = len(result.texts)
        result.texts.append(text)
        result.named.append(named)


def _say_updates(result: FirstCauses, status: AssetStatus, entry: InputsOf, other: AssetStatus) -> None:
    """Name the first upstream piece that was made again since each piece was made."""
    chosen = np.flatnonzero(status.staleness.by_update[entry.upstream] & (result.numbers == 0))
    read_up_to = (status.staleness.read_up_to or {})[entry.upstream]
    numbers: dict[int, int] = {}
    for position in chosen.tolist():
        at = _first_newer(entry, position, int(read_up_to[position]))
        if at not in numbers:
            numbers[at] = len(result.texts)
            name = piece_of(other, at)
            text = f"the source {name} changed" if other.observed is not None else f"{name} was made again"
            result.texts.append(text)
            result.named.append(text)
        result.numbers[position] = numbers[at]


def _first_newer(entry: InputsOf, position: int, read_up_to: int) -> int:
    for start, stop in entry.links.spans(position):
        if stop - start == 1:
            if entry.event_ids[start] > read_up_to:
                return start
        else:
            newer = np.flatnonzero(entry.event_ids[start:stop] > read_up_to)
            if len(newer):
                return start + int(newer[0])
    return entry.links.spans(position)[0][0]


def _inherit(result: FirstCauses, mask: np.ndarray, entry: InputsOf, upstream: FirstCauses) -> None:
    """Take over the causes of the first stale piece that each piece needs."""
    rows = np.flatnonzero(mask & (result.numbers == 0))
    if not len(rows):
        return
    inherited = upstream.numbers[first_of(entry.links, entry.outdated)[rows]]
    distinct, places = np.unique(inherited, return_inverse=True)
    result.numbers[rows] = len(result.texts) + places
    result.texts.extend(upstream.named[number] for number in distinct.tolist())
    result.named.extend(upstream.named[number] for number in distinct.tolist())


def _inherit_own(result: FirstCauses, mask: np.ndarray, entry: InputsOf) -> None:
    """Take over the causes of an asset's own earlier partitions, of which each has got its own before."""
    named: dict[int, int] = {}
    first = first_of(entry.links, entry.outdated)
    for row in np.flatnonzero(mask & (result.numbers == 0)).tolist():
        number = int(result.numbers[first[row]])
        if number not in named:
            named[number] = number if result.texts[number] == result.named[number] else len(result.texts)
            if named[number] == len(result.texts):
                result.texts.append(result.named[number])
                result.named.append(result.named[number])
        result.numbers[row] = named[number]


def first_of(links: Links, mask: np.ndarray) -> np.ndarray:
    """Return the first upstream position of a mask that each row needs; 0 where it needs none.

    Args:
        links: What each row needs.
        mask: A bool column over the upstream positions.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 3]), np.array([0, 0, 4]), np.array([2, 1, 6]))
    >>> first_of(links, np.array([False, True, False, False, False, True])).tolist()
    [1, 5]
    """
    count = len(mask)
    following = np.minimum.accumulate(np.where(mask, np.arange(count), count)[::-1])[::-1]
    following = np.append(following, count)
    at = following[links.starts]
    hits = np.flatnonzero(at < links.stops)
    rows = np.searchsorted(links.offsets, hits, side="right") - 1
    result = np.zeros(len(links), dtype=np.int64)
    result[rows[::-1]] = at[hits][::-1]  # of several spans of a row, the first is written last
    return result
