"""Keys of a fixed width: each number always in the same columns, so that many keys are written and read at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import BoolArray, IntArray, TextArray

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_DIGITS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
_PIECES = r"%.|[^%]+|%$"
_DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAYS_KEPT = 4_096  # the texts of ten years of days and some
FIRST_WALL, LAST_WALL = -30_610_224_000, 7_289_654_399
"""The wall times that keys may name: the years 1000 to 2200, all of four digits and near enough to be listed."""


@dataclass(frozen=True)
class KeyLayout:
    """Where the numbers and the other letters of a key stand.

    Args:
        fmt: The format that it is for.
        columns: For each number which it is (year, month, day, hour, minute, second: 0 to 5) and where it stands.
        literals: For each other text, where it starts and stops, and what it is.
        width: The length of all keys.
        template: The format as :meth:`str.format` has it, by the numbers 0 to 5 of year to second.

    >>> layout_of("%d.%m.%Y").wall("02.01.1970")
    86400
    """

    fmt: str
    columns: tuple[tuple[int, int, int], ...]
    literals: tuple[tuple[int, int, str], ...]
    width: int
    template: str

    def text(self, wall: int) -> str:
        """The key of a wall time.

        >>> layout_of("%Y-%m-%d").text(86_400)
        '1970-01-02'
        """
        days, rest = divmod(wall, _DAY)
        halves = self._halves
        if halves is not None:
            return halves[0](days) + halves[1][rest]
        day = date.fromordinal(days + _EPOCH_ORDINAL)
        return self.template.format(day.year, day.month, day.day, rest // 3_600, rest // 60 % 60, rest % 60)

    def few_texts(self, walls: Sequence[int]) -> list[str]:
        """The keys of some wall times, without arrays: quicker up to some dozens.

        >>> layout_of("%Y-%m-%d %H").few_texts([0, 3_600])
        ['1970-01-01 00', '1970-01-01 01']
        """
        halves = self._halves
        if halves is None:
            return [self.text(wall) for wall in walls]
        day_text, clock = halves
        return [day_text(wall // _DAY) + clock[wall % _DAY] for wall in walls]

    @cached_property
    def _halves(self) -> tuple[Callable[[int], str], _ClockTexts] | None:
        """What writes a day and what writes a time of day, where the time comes after the day; both remember texts."""
        cut = re.search("%[HMS]", self.fmt)
        head, tail = (self.fmt, "") if cut is None else (self.fmt[: cut.start()], self.fmt[cut.start() :])
        if any(sign in tail for sign in ("%Y", "%m", "%d")):
            return None
        template = _template(head)

        @lru_cache(maxsize=_DAYS_KEPT)
        def day_text(days: int) -> str:
            day = date.fromordinal(days + _EPOCH_ORDINAL)
            return template.format(day.year, day.month, day.day)

        return day_text, _ClockTexts(_template(tail))

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return layout_of, (self.fmt,)

    def wall(self, key: str) -> int:
        """The wall time of a key of the right width.

        Raises:
            ValueError: It has other letters than the layout, or names no time.
        """
        fields = [1970, 1, 1, 0, 0, 0]
        for position, start, stop in self.columns:
            piece = key[start:stop]
            if not (piece.isascii() and piece.isdigit()):
                raise ValueError(f"{key!r} is not of the format {self.fmt!r}")
            fields[position] = int(piece)
        for start, stop, literal in self.literals:
            if key[start:stop] != literal:
                raise ValueError(f"{key!r} is not of the format {self.fmt!r}")
        year, month, day, hour, minute, second = fields
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"{key!r} names no time of day")
        wall = (date(year, month, day).toordinal() - _EPOCH_ORDINAL) * _DAY + hour * 3_600 + minute * 60 + second
        return checked_wall(wall)

    def texts(self, walls: IntArray) -> TextArray:
        """The keys of many wall times."""
        letters = np.empty((len(walls), self.width), dtype=np.uint32)
        for start, stop, literal in self.literals:
            letters[:, start:stop] = [ord(letter) for letter in literal]
        for position, start, stop in self.columns:
            left = _field(walls, position)
            for column in range(stop - 1, start - 1, -1):
                left, digit = np.divmod(left, 10)
                letters[:, column] = digit + ord("0")
        return letters.view(f"U{self.width}").ravel()

    def walls(self, keys: TextArray) -> tuple[IntArray, BoolArray]:
        """The wall times of many keys, and which keys have the layout's letters; the other times mean nothing."""
        fits = np.ones(len(keys), dtype=bool)
        if keys.dtype.itemsize // 4 < self.width:
            return np.zeros(len(keys), dtype=np.int64), ~fits
        letters = keys.view(np.uint32).reshape(len(keys), -1)
        if letters.shape[1] > self.width:
            fits &= letters[:, self.width] == 0
        for start, stop, literal in self.literals:
            fits &= (letters[:, start:stop] == [ord(letter) for letter in literal]).all(axis=1)
        fields = [np.full(len(keys), default, dtype=np.int64) for default in (1970, 1, 1, 0, 0, 0)]
        for position, start, stop in self.columns:
            digits = letters[:, start:stop].astype(np.int64) - ord("0")
            fits &= ((digits >= 0) & (digits <= 9)).all(axis=1)
            fields[position] = digits @ (10 ** np.arange(stop - start - 1, -1, -1, dtype=np.int64))
        year, month, day, hour, minute, second = fields
        months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
        days = months.astype("datetime64[D]").astype(np.int64) + day - 1
        walls = days * _DAY + hour * 3_600 + minute * 60 + second
        return walls, fits & (walls >= FIRST_WALL) & (walls <= LAST_WALL)


class _ClockTexts(dict[int, str]):
    """Seconds after midnight to what a key says of them, written when first asked for."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self._template = template

    def __missing__(self, rest: int) -> str:
        text = self[rest] = self._template.format(0, 0, 0, rest // 3_600, rest // 60 % 60, rest % 60)
        return text


def _template(fmt: str) -> str:
    """A :meth:`datetime.strftime` format as one of :meth:`str.format`, by the numbers 0 to 5 of year to second."""
    text = ""
    for piece in re.findall(_PIECES, fmt, re.DOTALL):
        if piece in _DIGITS:
            text += f"{{{list(_DIGITS).index(piece)}:0{_DIGITS[piece]}d}}"
        else:
            text += piece.replace("{", "{{").replace("}", "}}")
    return text


def layout_of(fmt: str) -> KeyLayout | None:
    """Return the layout of a :meth:`datetime.strftime` format, or ``None`` if its keys are not all written alike.

    >>> layout_of("%Y-%m-%d-%H:%M").width
    16
    >>> layout_of("%b %Y") is None
    True
    """
    columns: list[tuple[int, int, int]] = []
    literals: list[tuple[int, int, str]] = []
    order = list(_DIGITS)
    at = 0
    for piece in re.findall(_PIECES, fmt, re.DOTALL):
        if piece in _DIGITS:
            position, digits = order.index(piece), _DIGITS[piece]
            columns.append((position, at, at + digits))
            at += digits
        elif piece.startswith("%") or "\0" in piece:
            return None
        else:
            literals.append((at, at + len(piece), piece))
            at += len(piece)
    if not columns or len({position for position, _, _ in columns}) < len(columns):
        return None
    return KeyLayout(fmt, tuple(columns), tuple(literals), at, _template(fmt))


def checked_wall(wall: int) -> int:
    """Return a wall time; ValueError if it lies outside the years that keys may name.

    >>> checked_wall(0)
    0
    """
    if not FIRST_WALL <= wall <= LAST_WALL:
        raise ValueError("the years of keys are 1000 to 2200")
    return wall


def _field(walls: IntArray, position: int) -> IntArray:
    """The year, month, day, hour, minute or second (0 to 5) of wall times."""
    if position >= 3:
        divisor, limit = ((3_600, 24), (60, 60), (1, 60))[position - 3]
        return walls // divisor % limit
    days = (walls // _DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    if position == 2:
        month_days: IntArray = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
        return month_days
    counted = months.astype(np.int64)
    return counted % 12 + 1 if position == 1 else counted // 12 + 1970
