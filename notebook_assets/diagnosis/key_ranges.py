"""Many partition keys in few words: consecutive ones as ranges, as they may be typed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from notebook_assets.display import count
from notebook_assets.partitions import MultiPartitionKey
from notebook_assets.partitions.multi_ranges import KeyRows


def counted_ranges(keys: Sequence[str | None], positions: Iterable[int]) -> list[tuple[str, int]]:
    """Return the keys at ascending positions, consecutive ones as ``FIRST...LAST``, and how many each range holds.

    Ranges of several dimensions are the rectangles that they are read as.

    >>> counted_ranges(["a", "b", "c", "d"], [0, 1, 3])
    [('a...b', 2), ('d', 1)]
    """
    if keys and isinstance(keys[0], MultiPartitionKey):
        rectangles = KeyRows([str(key) for key in keys]).rectangles(positions)
        return [(_range(first, last), many) for first, last, many in rectangles]
    runs: list[list[int]] = []
    for position in positions:
        if runs and runs[-1][1] == position - 1:
            runs[-1][1] = position
        else:
            runs.append([position, position])
    return [(_range(keys[first], keys[last]), last - first + 1) for first, last in runs]


def _range(first: str | None, last: str | None) -> str:
    return str(first) if first == last else f"{first}...{last}"


def key_ranges(keys: Sequence[str | None], positions: Iterable[int]) -> list[str]:
    """Return the keys at ascending positions, consecutive ones as ``FIRST...LAST``.

    >>> key_ranges(["a", "b", "c", "d"], [0, 1, 3])
    ['a...b', 'd']
    """
    return [text for text, _ in counted_ranges(keys, positions)]


def some_ranges(keys: Sequence[str | None], positions: Sequence[int], most: int = 4) -> str:
    """Return the first few ranges and how many keys are left out.

    >>> some_ranges(["a", "b", "c", "d", "e", "f"], [0, 2, 4], most=2)
    'a, c and 1 more'
    """
    ranges = key_ranges(keys, positions)
    if len(ranges) <= most:
        return ", ".join(ranges)
    shown = ranges[:most]
    return f"{', '.join(shown)} and {count(len(ranges) - most)} more"
