"""Which partitions of an upstream asset a piece reads, as the text that the store keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import Links
from notebook_assets.partitions import PartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = lazy_module("numpy")


def read_subsets(links: Links, keys: Sequence[str | None], sums: npt.NDArray[np.uint64] | None = None) -> list[str]:
    """Return, for each row, the spans of keys that it reads as JSON: ``[[first, last], ...]``.

    Args:
        links: What each row needs.
        keys: The upstream keys by position; ``[None]`` for an asset without partitions, which gives ``""``.
        sums: What :func:`key_sums` gives; a third entry of a span then tells which keys lie between its ends.

    >>> import numpy as np
    >>> read_subsets(Links(np.array([0, 1]), np.array([0]), np.array([3])), ["a", "b", "c"])
    ['[["a", "c"]]']
    """
    if len(keys) == 1 and keys[0] is None:
        return [""] * len(links)
    quoted = _quoted([str(key) for key in keys])
    ends = zip(links.starts.tolist(), links.stops.tolist(), strict=True)
    offsets = links.offsets.tolist()
    if sums is not None:
        spans = [f"[{quoted[start]}, {quoted[stop - 1]}{_between(sums, start, stop)}]" for start, stop in ends]
    elif offsets == list(range(len(links) + 1)):  # one span each, as almost always
        return [f"[[{quoted[start]}, {quoted[stop - 1]}]]" for start, stop in ends]
    else:
        spans = [f"[{quoted[start]}, {quoted[stop - 1]}]" for start, stop in ends]
    return [f"[{', '.join(spans[first:last])}]" for first, last in pairwise(offsets)]


def read_subset(
    spans: Sequence[tuple[int, int]], keys: Sequence[str | None], sums: npt.NDArray[np.uint64] | None = None
) -> str:
    """Return what :func:`read_subsets` gives for one row, at the cost of its spans' ends only.

    >>> read_subset([(0, 3)], ["a", "b", "c"])
    '[["a", "c"]]'
    """
    quote = encode_basestring_ascii
    parts = [
        f"[{quote(str(keys[start]))}, {quote(str(keys[stop - 1]))}"
        f"{'' if sums is None else _between(sums, start, stop)}]"
        for start, stop in spans
    ]
    return f"[{', '.join(parts)}]"


def key_sums(
    definition: PartitionsDefinition | None, keys: Sequence[str | None], longest: int
) -> npt.NDArray[np.uint64] | None:
    """Return running sums of a hash of each key, by which the keys between two ends are known; None if not needed.

    Two ends say all where a definition's keys are continuous, and where no span has anything between its ends.

    Args:
        definition: Whose keys.
        keys: All of them, by position.
        longest: How many keys the longest span has.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(["a", "b", "c"])
    >>> len(key_sums(letters, letters.get_partition_keys(), longest=3)), key_sums(letters, ["a"], longest=1)
    (4, None)
    """
    if definition is None or definition.keys_are_continuous or longest <= 2:
        return None
    return running_sums(keys)


def running_sums(keys: Sequence[str | None]) -> npt.NDArray[np.uint64]:
    """Return the sums of a hash of each key up to each position, the first of them 0.

    >>> sums = running_sums(["a", "b", "a"])
    >>> len(sums), int(sums[0]), bool(sums[3] - sums[2] == sums[1])
    (4, 0, True)
    """
    together = b"".join(blake2b(str(key).encode(), digest_size=8).digest() for key in keys)
    sums = np.zeros(len(keys) + 1, dtype=np.uint64)
    np.cumsum(np.frombuffer(together, dtype="<u8"), out=sums[1:])
    return sums


def _between(sums: npt.NDArray[np.uint64], start: int, stop: int) -> str:
    """Return what stands for the keys of a span in its text; nothing where its ends are all of it."""
    return f', "{(int(sums[stop]) - int(sums[start])) % 2**64:x}"' if stop - start > 2 else ""


def _quoted(keys: list[str]) -> list[str]:
    """Return texts as json.dumps writes them."""
    together = "".join(keys)
    if encode_basestring_ascii(together) == f'"{together}"':  # nothing in any of them is to be escaped
        return [f'"{key}"' for key in keys]
    return [encode_basestring_ascii(key) for key in keys]
