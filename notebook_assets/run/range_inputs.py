"""The inputs of a call that makes a range of partitions: what any of these is made from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.run.input_sources import Noted
from notebook_assets.run.inputs import InputReader

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


def upstream_of(links: Links, positions: Sequence[int]) -> np.ndarray:
    """Return the upstream positions that any of some positions needs, int64, ascending.

    >>> import numpy as np
    >>> upstream_of(Links(np.array([0, 1, 2]), np.array([0, 1]), np.array([2, 4])), [0, 1]).tolist()
    [0, 1, 2, 3]
    """
    if positions[-1] - positions[0] + 1 == len(positions):
        first, last = int(links.offsets[positions[0]]), int(links.offsets[positions[-1] + 1])
        starts, stops = links.starts[first:last], links.stops[first:last]
    else:
        spans = [span for position in positions for span in links.spans(position)]
        starts, stops = (
            np.array(column, dtype=np.int64) for column in (zip(*spans, strict=True) if spans else ([], []))
        )
    return algebra.to_positions(*algebra.normalised(starts, stops))


def noted_of(reader: InputReader, positions: Sequence[int], without: Collection[AssetKey] = ()) -> Noted:
    """Return the pieces that a call is given of one input: those of what it needs that are there.

    Args:
        reader: The input.
        positions: What the call makes.
        without: The assets that the call makes at these positions: they are not there before it.
    """
    wanted = upstream_of(reader.links, positions)
    values, keys = reader.upstream.value_ids, reader.upstream.keys
    if not reader.is_outside:
        wanted = wanted[values[wanted] != 0]
    if reader.dependency.key in without:
        wanted = np.setdiff1d(wanted, positions, assume_unique=True)
    there: list[int] = wanted.tolist()
    if reader.upstream.node.partitions_def is None:
        del there[1:]
    return Noted(there, values[there].tolist(), [keys[at] for at in there])


def uses_by_call(links: Links, groups: Sequence[Sequence[int]], count: int) -> np.ndarray:
    """Return how many calls need each upstream position, int64 of shape ``(count,)``.

    Args:
        links: Which upstream positions each downstream position needs.
        groups: The downstream positions of each call.
        count: How many upstream positions there are.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1, 2, 3]), np.array([0, 0, 1]), np.array([2, 2, 2]))
    >>> uses_by_call(links, [[0, 1], [2]], 2).tolist()
    [1, 2]
    """
    rows = np.fromiter((at for group in groups for at in group), dtype=np.int64)
    call_of = np.zeros(len(links), dtype=np.int64)
    call_of[rows] = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    chosen = np.zeros(len(links), dtype=bool)
    chosen[rows] = True
    lengths = np.diff(links.offsets)
    edges = np.repeat(chosen, lengths)
    shift = np.repeat(call_of, lengths)[edges] * (count + 1)  # what one call takes twice counts once
    starts, stops = algebra.normalised(links.starts[edges] + shift, links.stops[edges] + shift)
    steps = np.bincount(starts % (count + 1), minlength=count + 1)
    steps = steps - np.bincount(stops % (count + 1), minlength=count + 1)
    uses: np.ndarray = np.cumsum(steps[:count], dtype=np.int64)
    return uses


class RangePartitions(Mapping[str, tuple[PartitionsDefinition | None, Sequence[str]]]):
    """The partitions of each input of a call for a range, worked out only for the input that is asked for."""

    def __init__(self, readers: Mapping[str, InputReader], positions: Sequence[int]) -> None:
        self._readers = readers
        self._positions = positions

    def __getitem__(self, name: str) -> tuple[PartitionsDefinition | None, Sequence[str]]:
        reader = self._readers[name]
        definition = reader.upstream.node.partitions_def
        if definition is None:
            return None, []
        return definition, [str(reader.upstream.keys[at]) for at in upstream_of(reader.links, self._positions).tolist()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, ({name: self[name] for name in self},)  # another process has no readers

    def __len__(self) -> int:
        return len(self._readers)
