"""Which partitions of an upstream asset a piece reads, as the text that the store keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from json.encoder import encode_basestring_ascii

from notebook_assets.mappings import Links


def read_subsets(links: Links, keys: Sequence[str | None]) -> list[str]:
    """Return, for each row, the spans of keys that it reads as JSON: ``[[first, last], ...]``.

    Args:
        links: What each row needs.
        keys: The upstream keys by position; ``[None]`` for an asset without partitions, which gives ``""``.

    >>> import numpy as np
    >>> read_subsets(Links(np.array([0, 1]), np.array([0]), np.array([3])), ["a", "b", "c"])
    ['[["a", "c"]]']
    """
    if len(keys) == 1 and keys[0] is None:
        return [""] * len(links)
    quoted = _quoted([str(key) for key in keys])
    ends = zip(links.starts.tolist(), links.stops.tolist(), strict=True)
    offsets = links.offsets.tolist()
    if offsets == list(range(len(links) + 1)):  # one span each, as almost always
        return [f"[[{quoted[start]}, {quoted[stop - 1]}]]" for start, stop in ends]
    spans = [f"[{quoted[start]}, {quoted[stop - 1]}]" for start, stop in ends]
    return [f"[{', '.join(spans[first:last])}]" for first, last in pairwise(offsets)]


def _quoted(keys: list[str]) -> list[str]:
    """Return texts as json.dumps writes them."""
    together = "".join(keys)
    if encode_basestring_ascii(together) == f'"{together}"':  # nothing in any of them is to be escaped
        return [f'"{key}"' for key in keys]
    return [encode_basestring_ascii(key) for key in keys]
