"""Keys of several dimensions in few words: as rectangles, which read back as the same keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from notebook_assets.partitions.multi_key import SEPARATOR


class KeyRectangle(NamedTuple):
    """The lowest and the highest corner of a rectangle of keys, and how many keys it holds.

    >>> KeyRectangle("a|1", "b|2", 4).many
    4
    """

    first: str
    last: str
    many: int


class _Rows(NamedTuple):
    """Neighbouring rows of the same keys on the last dimension: first and last position, last row, keys so far."""

    first: int
    last: int
    row: int
    many: int


class KeyRows:
    """All keys of a definition of several dimensions, in rows that differ on the last dimension only.

    Args:
        keys: All of them, in order.

    >>> KeyRows(["a|1", "a|2", "b|1", "b|2"]).rectangles([1, 3])
    [KeyRectangle(first='a|2', last='b|2', many=2)]
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._parts = [key.rpartition(SEPARATOR) for key in keys]
        self._row_of: list[int] = []
        for number, (_, members) in enumerate(groupby(self._parts, lambda part: part[0])):
            self._row_of += [number] * sum(1 for _ in members)

    def rectangles(self, positions: Iterable[int]) -> list[KeyRectangle]:
        """Return rectangles that hold the keys at some positions, and none of the other keys.

        Args:
            positions: Ascending.
        """
        parts, row_of = self._parts, self._row_of
        done: list[_Rows] = []
        growing: dict[tuple[str, str, str], _Rows] = {}  # by what is before the last two dimensions, and on the last
        for start, stop in self._runs(positions):
            same = (parts[start][0].rpartition(SEPARATOR)[0], parts[start][2], parts[stop][2])
            rows, many = growing.get(same), stop - start + 1
            if rows is not None and rows.row == row_of[start] - 1:
                growing[same] = _Rows(rows.first, stop, row_of[start], rows.many + many)
            else:
                done += [rows] if rows is not None else []
                growing[same] = _Rows(start, stop, row_of[start], many)
        keys, found = self._keys, sorted([*done, *growing.values()])
        return [KeyRectangle(str(keys[rows.first]), str(keys[rows.last]), rows.many) for rows in found]

    def _runs(self, positions: Iterable[int]) -> list[tuple[int, int]]:
        """The first and last of neighbouring positions in one row."""
        row_of = self._row_of
        runs: list[tuple[int, int]] = []
        for position in positions:
            if runs and runs[-1][1] == position - 1 and row_of[position] == row_of[position - 1]:
                runs[-1] = (runs[-1][0], position)
            else:
                runs.append((position, position))
        return runs
