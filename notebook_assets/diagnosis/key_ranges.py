"""Many partition keys in few words: consecutive ones as ranges, as they may be typed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from notebook_assets.display import count


def key_ranges(keys: Sequence[str | None], positions: Iterable[int]) -> list[str]:
    """Return the keys at ascending positions, consecutive ones as ``FIRST...LAST``.

    >>> key_ranges(["a", "b", "c", "d"], [0, 1, 3])
    ['a...b', 'd']
    """
    runs: list[list[int]] = []
    for position in positions:
        if runs and runs[-1][1] == position - 1:
            runs[-1][1] = position
        else:
            runs.append([position, position])
    return [str(keys[first]) if first == last else f"{keys[first]}...{keys[last]}" for first, last in runs]


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
