"""Partition keys of time windows: from the instant at which a window starts to its key, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.ticks import (
    DAY,
    Grid,
    number_from,
    scheduled_often_all,
    scheduled_once,
    scheduled_once_all,
)
from notebook_assets.partitions.wall_clock import Zone

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DIGITS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
_SUFFIX = re.compile(r"^(.*)([+-])(\d\d)(\d\d)$", re.DOTALL)
_YEAR_1000, _YEAR_10000 = -30_610_224_000, 253_402_300_800
NO_INSTANT = -(2**62)


class KeyFormat:
    """The keys of one time-window definition.

    A key is the start of the window on the zone's clocks, in the format of the definition. Where the clocks repeat an hour and
    the windows go on through it, the keys of the second run carry their UTC offset: ``2013-11-03-01:00-0500``.

    Args:
        fmt: A format of :meth:`datetime.strftime`.
        zone: Whose clocks count.
        hourly: Whether the windows go on through a repeated hour.
        one_time: Whether there is one start a day at most.
        midnight: Starts within the first hour of a day, in seconds; where the clocks skip that hour they keep their name.
    """

    def __init__(self, fmt: str, zone: Zone, *, hourly: bool, one_time: bool, midnight: frozenset[int]) -> None:
        self.fmt = fmt
        self.zone = zone
        self.hourly = hourly
        self.one_time = one_time
        self.midnight = frozenset() if hourly else midnight
        self.has_offset = "%z" in fmt or "%Z" in fmt or "%s" in fmt
        self._parts = _fixed_parts(fmt)
        if self._parts is not None:
            self._slices = [(position, start, stop) for position, (start, stop) in self._parts[0]]
            self._template = _template(fmt).format
            self._width = self._parts[2]

    # One key

    def key(self, instant: int) -> str:
        """The key of the window that starts at an instant.

        >>> from notebook_assets.partitions.wall_clock import zone
        >>> hours = KeyFormat("%Y-%m-%d-%H:%M", zone("UTC"), hourly=True, one_time=False, midnight=frozenset())
        >>> hours.key(7_200)
        '1970-01-01-02:00'
        """
        zone = self.zone
        second = False
        shown = instant + zone.offset(instant)
        if zone.tzinfo is not UTC:
            change = zone.change_before(instant)
            if change is not None and instant < change[0] + abs(change[1] - change[2]):
                second = change[1] > change[2]
                shown = self._named(instant, shown, change[1])
        if self._parts is None or not _YEAR_1000 <= shown < _YEAR_10000:
            moment = datetime.fromtimestamp(shown, UTC).replace(tzinfo=zone.tzinfo, fold=int(second))
            text = moment.strftime(self.fmt)
        else:
            days, rest = divmod(shown, DAY)
            day = date.fromordinal(days + _EPOCH_ORDINAL)
            text = self._template(day.year, day.month, day.day, rest // 3_600, rest // 60 % 60, rest % 60)
        if second and self.hourly and not self.has_offset:
            return text + zone.datetime(instant).strftime("%z")
        return text

    def instant(self, key: str) -> int:
        """The earliest instant at which a window of this key can start.

        Raises:
            ValueError: The key is not of the definition's format.
        """
        if self._parts is not None and len(key) == self._width:
            wall = self._wall(key)
        else:
            match = _SUFFIX.match(key) if self.hourly and not self.has_offset else None
            if match and not _fits(key, self.fmt):
                offset = int(match[3]) * 3_600 + int(match[4]) * 60
                return self._slow_wall(match[1]) + (offset if match[2] == "-" else -offset)
            if self.has_offset:
                moment = datetime.strptime(key, self.fmt)
                if moment.tzinfo is not None:
                    return int(moment.timestamp())
            wall = self._slow_wall(key)
        return self.planned(wall)

    def planned(self, wall: int) -> int:
        """The instant that a wall time stands for in a key of this definition."""
        if self.hourly:
            return self.zone.earlier(wall)
        if self.one_time:
            return scheduled_once(self.zone, wall)
        return max(self.zone.earlier(wall), self.zone.later(wall)) if wall % DAY < 3_600 else self.zone.later(wall)

    def _named(self, instant: int, shown: int, old_offset: int) -> int:
        """The wall time that names a window: where the hour after midnight is skipped, the one that was planned."""
        planned = instant + old_offset
        return planned if planned % DAY in self.midnight else shown

    def _wall(self, key: str) -> int:
        fields = [1970, 1, 1, 0, 0, 0]
        literals = self._parts[1] if self._parts else []
        for position, start, stop in self._slices:
            piece = key[start:stop]
            if not (piece.isascii() and piece.isdigit()):
                raise ValueError(f"{key!r} is not of the format {self.fmt!r}")
            fields[position] = int(piece)
        for start, stop, literal in literals:
            if key[start:stop] != literal:
                raise ValueError(f"{key!r} is not of the format {self.fmt!r}")
        year, month, day, hour, minute, second = fields
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"{key!r} names no time of day")
        return (date(year, month, day).toordinal() - _EPOCH_ORDINAL) * DAY + hour * 3_600 + minute * 60 + second

    def _slow_wall(self, text: str) -> int:
        moment = datetime.strptime(text, self.fmt)
        return int(moment.replace(tzinfo=UTC).timestamp())

    def check(self, grid: Grid, cron_schedule: str) -> None:
        """Raise InvalidDefinitionError if windows would share a key, or a key could not be read back.

        Windows are tried at distances of an hour to a year: whatever a format leaves out repeats within that time.
        """
        first = grid.start(0)
        horizons = (0, 3_600, DAY, 2 * DAY, 8 * DAY, 32 * DAY, 367 * DAY)
        for number in sorted({0, 1, 2, *(grid.floor(first + horizon) for horizon in horizons)}):
            key = self.key(grid.start(number))
            try:
                found = number_from(grid, self.instant(key))
            except ValueError:
                raise InvalidDefinitionError(
                    f"Keys of the format {self.fmt!r}, like {key!r}, can't be read back into times."
                ) from None
            if found != number:
                raise InvalidDefinitionError(
                    f"The format {self.fmt!r} is too coarse for the cron expression {cron_schedule!r}: "
                    f"several windows would have the key {key!r}."
                )

    # Many keys

    def keys(self, instants: IntArray) -> list[str]:
        """The keys of many windows, as :meth:`key` gives one."""
        if not instants.size:
            return []
        shown, second = self._shown(instants)
        if self._parts is None or int(shown.min()) < _YEAR_1000 or int(shown.max()) >= _YEAR_10000:
            return [self.key(instant) for instant in instants.tolist()]
        texts: list[str] = self._texts(shown).tolist()
        if self.hourly and not self.has_offset:
            for row in second:
                texts[row] = self.key(int(instants[row]))
        return texts

    def _shown(self, instants: IntArray) -> tuple[IntArray, list[int]]:
        """The wall times that name the windows, and the rows whose wall time is shown for the second time."""
        shown = instants + self.zone.offsets(instants)
        second: list[int] = []
        for change in self.zone.changes_between(int(instants.min()) - DAY, int(instants.max())):
            _, old, new = self.zone.change_before(change) or (0, 0, 0)
            near = np.flatnonzero((instants >= change) & (instants < change + abs(old - new))).tolist()
            if old > new:
                second += near
            elif self.midnight:
                for row in near:
                    shown[row] = self._named(int(instants[row]), int(shown[row]), old)
        return shown, second

    def _texts(self, shown: IntArray) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
        assert self._parts is not None
        columns, literals, width = self._parts
        letters = np.empty((len(shown), width), dtype=np.uint32)
        for start, stop, literal in literals:
            letters[:, start:stop] = [ord(letter) for letter in literal]
        for position, (start, stop) in columns:
            left = _field(shown, position)
            for column in range(stop - 1, start - 1, -1):
                left, digit = np.divmod(left, 10)
                letters[:, column] = digit + 48
        return letters.view(f"U{width}").ravel()

    def instants(self, keys: Sequence[str]) -> IntArray:
        """What :meth:`instant` says of many keys; a number below all instants where a key is not of the format."""
        found = np.full(len(keys), NO_INSTANT, dtype=np.int64)
        slow = range(len(keys))
        if self._parts is not None and len(keys):
            walls, regular = self._walls(np.array(keys, dtype=np.str_))
            found[regular] = self._planned_all(walls[regular])
            slow = np.flatnonzero(~regular).tolist()
        for row in slow:
            try:
                found[row] = self.instant(keys[row])
            except ValueError:
                continue
        return found

    def _planned_all(self, walls: IntArray) -> IntArray:
        if self.hourly:
            return self.zone.earlier_all(walls)
        if self.one_time:
            return scheduled_once_all(self.zone, walls)
        return scheduled_often_all(self.zone, walls)

    def _walls(
        self, keys: np.ndarray[tuple[int, ...], np.dtype[np.str_]]
    ) -> tuple[IntArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """The wall times of keys, and which of the keys are of the format's usual width with digits in their places."""
        assert self._parts is not None
        columns, literals, width = self._parts
        regular = np.ones(len(keys), dtype=bool)
        if keys.dtype.itemsize // 4 < width:
            return np.zeros(len(keys), dtype=np.int64), ~regular
        letters = keys.view(np.uint32).reshape(len(keys), -1)
        if letters.shape[1] > width:
            regular &= letters[:, width] == 0
        for start, stop, literal in literals:
            regular &= (letters[:, start:stop] == [ord(letter) for letter in literal]).all(axis=1)
        fields = {}
        for position, (start, stop) in columns:
            digits = letters[:, start:stop].astype(np.int64) - 48
            regular &= ((digits >= 0) & (digits <= 9)).all(axis=1)
            fields[position] = digits @ (10 ** np.arange(stop - start - 1, -1, -1, dtype=np.int64))
        months = (fields.get(0, np.int64(1970)) - 1970) * 12 + fields.get(1, np.int64(1)) - 1
        days = (
            np.asarray(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
            + fields.get(2, np.int64(1))
            - 1
        )
        seconds = fields.get(3, np.int64(0)) * 3_600 + fields.get(4, np.int64(0)) * 60 + fields.get(5, np.int64(0))
        return np.broadcast_to(days * DAY + seconds, len(keys)), regular


def _field(walls: IntArray, position: int) -> IntArray:
    """The year, month, day, hour, minute or second (0 to 5) of wall times."""
    if position >= 3:
        divisor, limit = ((3_600, 24), (60, 60), (1, 60))[position - 3]
        return walls // divisor % limit
    days = (walls // DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    if position == 2:
        return (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    counted = months.astype(np.int64)
    return counted % 12 + 1 if position == 1 else counted // 12 + 1970


_Parts = tuple[list[tuple[int, tuple[int, int]]], list[tuple[int, int, str]], int]


def _fixed_parts(fmt: str) -> _Parts | None:
    """Where each number and literal of a format stands, if all keys of it are equally long; else ``None``."""
    columns: list[tuple[int, tuple[int, int]]] = []
    literals: list[tuple[int, int, str]] = []
    order = list(_DIGITS)
    at = 0
    for piece in re.findall(r"%.|[^%]+|%$", fmt, re.DOTALL):
        if piece in _DIGITS:
            columns.append((order.index(piece), (at, at + _DIGITS[piece])))
            at += _DIGITS[piece]
        elif piece.startswith("%") or "\0" in piece:
            return None
        else:
            literals.append((at, at + len(piece), piece))
            at += len(piece)
    twice = len({position for position, _ in columns}) < len(columns)
    return None if twice or not columns else (columns, literals, at)


def _template(fmt: str) -> str:
    """The format as one for :meth:`str.format`, given year, month, day, hour, minute and second."""
    plain = fmt.replace("{", "{{").replace("}", "}}")
    for position, (directive, digits) in enumerate(_DIGITS.items()):
        plain = plain.replace(directive, f"{{{position}:0{digits}d}}")
    return plain


def _fits(key: str, fmt: str) -> bool:
    try:
        datetime.strptime(key, fmt)
    except ValueError:
        return False
    return True
