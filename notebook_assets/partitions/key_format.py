"""Partition keys of time windows: from the instant at which a window starts to its key, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.key_layout import FIRST_WALL, LAST_WALL, checked_wall, layout_of
from notebook_assets.partitions.ticks import (
    DAY,
    Grid,
    number_from,
    scheduled_often,
    scheduled_often_all,
    scheduled_once,
    scheduled_once_all,
)
from notebook_assets.partitions.wall_clock import Zone, zone

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_SUFFIX = re.compile(r"^(.*)([+-])(\d\d)(\d\d)$", re.DOTALL)

_UTC = zone("UTC")

NO_INSTANT = -(2**62)
"""What stands for a key that is not of the format, in bulk."""


class KeyFormat:
    """The keys of one time-window definition.

    A key is the start of the window on the zone's clocks, in the definition's format. If the clocks repeat an hour and
    the windows go on through it, the keys of the second run carry their UTC offset: ``2013-11-03-01:00-0500``.

    Args:
        fmt: A format of :meth:`datetime.strftime`.
        zone: Whose clocks count.
        hourly: Whether the windows go on through a repeated hour.
        one_time: Whether there is one start a day at most.
        midnight: Times of day in the first and last hour, in seconds, that keep their name where the clocks skip them.

    >>> from notebook_assets.partitions.wall_clock import zone
    >>> days = KeyFormat("%d.%m.%Y", zone("UTC"), hourly=False, one_time=True, midnight=frozenset())
    >>> days.key(86_400), days.instant("02.01.1970")
    ('02.01.1970', 86400)
    """

    def __init__(self, fmt: str, zone: Zone, *, hourly: bool, one_time: bool, midnight: frozenset[int]) -> None:
        self.fmt = fmt
        self.zone = zone
        self.hourly = hourly
        self.one_time = one_time
        self.midnight = frozenset() if hourly else midnight
        self.has_offset = "%z" in fmt or "%Z" in fmt
        self.layout = layout_of(fmt)

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
        change = zone.change_before(instant)
        if change is not None and instant < change[0] + abs(change[1] - change[2]):
            second = change[1] > change[2]
            shown = self._named(instant, shown, change)
        if self.layout is not None and FIRST_WALL <= shown <= LAST_WALL:
            text = self.layout.text(shown)
        else:
            moment = _UTC.datetime(shown).replace(tzinfo=zone.tzinfo, fold=int(second))
            text = moment.strftime(self.fmt)
        if second and self.hourly and not self.has_offset:
            return text + zone.datetime(instant).strftime("%z")
        return text

    def instant(self, key: str) -> int:
        """The earliest instant at which a window of this key can start.

        Raises:
            ValueError: The key is not of the definition's format.
        """
        if self.layout is not None and len(key) == self.layout.width:
            return self._planned(self.layout.wall(key))
        if self.has_offset:
            moment = datetime.strptime(key, self.fmt)
            if moment.tzinfo is not None:
                return checked_wall(int(moment.timestamp()))
        suffix = _SUFFIX.match(key) if self.hourly else None
        if suffix and not _fits(key, self.fmt):
            offset = int(suffix[3]) * 3_600 + int(suffix[4]) * 60
            return _wall(suffix[1], self.fmt) + (offset if suffix[2] == "-" else -offset)
        return self._planned(_wall(key, self.fmt))

    def find_instant(self, key: str) -> int | None:
        """What :meth:`instant` says, or ``None`` if the key is not of the format."""
        try:
            return self.instant(key)
        except (ValueError, TypeError, OverflowError):
            return None

    def _planned(self, wall: int) -> int:
        """The instant that a wall time stands for."""
        if self.hourly:
            return self.zone.earlier(wall)
        return (scheduled_once if self.one_time else scheduled_often)(self.zone, wall)

    def _named(self, instant: int, shown: int, change: tuple[int, int, int]) -> int:
        """The wall time that names a window: where an hour next to midnight is skipped, the one that was planned.

        Where a whole day is skipped, the day after has a window of its own, and the skipped one has none.
        """
        _, old, new = change
        planned = instant + old
        return planned if planned % DAY in self.midnight and abs(new - old) < DAY else shown

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

    def few_keys(self, instants: Sequence[int]) -> list[str]:
        """The keys of some windows in order, without arrays: quicker up to some dozens."""
        if len(instants) < 2 or self.layout is None:
            return [self.key(instant) for instant in instants]
        change, offset = self.zone.change_and_offset(instants[-1])
        settled = change is None or instants[0] >= change + DAY
        if not settled or not FIRST_WALL <= instants[0] + offset <= instants[-1] + offset <= LAST_WALL:
            return [self.key(instant) for instant in instants]
        return self.layout.few_texts([instant + offset for instant in instants])

    def keys(self, instants: IntArray) -> list[str]:
        """The keys of many windows, as :meth:`key` gives one."""
        if not instants.size:
            return []
        shown, second = self._shown(instants)
        if self.layout is None or int(shown.min()) < FIRST_WALL or int(shown.max()) > LAST_WALL:
            return [self.key(instant) for instant in instants.tolist()]
        texts: list[str] = self.layout.texts(shown).tolist()
        if self.hourly:
            for row in second:
                texts[row] = self.key(int(instants[row]))
        return texts

    def _shown(self, instants: IntArray) -> tuple[IntArray, list[int]]:
        """The wall times that name the windows, and the rows whose wall time is shown for the second time."""
        shown = instants + self.zone.offsets(instants)
        second: list[int] = []
        for change in self.zone.changes_between(int(instants.min()) - DAY, int(instants.max())):
            there = self.zone.change_before(change) or (0, 0, 0)
            _, old, new = there
            near = np.flatnonzero((instants >= change) & (instants < change + abs(old - new))).tolist()
            if old > new:
                second += near
            for row in near if self.midnight else ():
                shown[row] = self._named(int(instants[row]), int(shown[row]), there)
        return shown, second

    def instants(self, keys: Sequence[str]) -> IntArray:
        """What :meth:`instant` says of many keys; ``NO_INSTANT`` where a key is not of the format."""
        found = np.full(len(keys), NO_INSTANT, dtype=np.int64)
        slow: Iterable[int] = range(len(keys))
        if self.layout is not None and len(keys):
            walls, fits = self.layout.walls(np.array(keys, dtype=np.str_))
            found[fits] = self._planned_all(walls[fits])
            slow = np.flatnonzero(~fits).tolist()
        for row in slow:
            try:
                found[row] = self.instant(keys[row])
            except ValueError:
                continue
        return found

    def _planned_all(self, walls: IntArray) -> IntArray:
        if self.hourly:
            return self.zone.earlier_all(walls)
        return (scheduled_once_all if self.one_time else scheduled_often_all)(self.zone, walls)


def _wall(text: str, fmt: str) -> int:
    return checked_wall(int(datetime.strptime(text, fmt).replace(tzinfo=UTC).timestamp()))


def _fits(key: str, fmt: str) -> bool:
    try:
        datetime.strptime(key, fmt)
    except ValueError:
        return False
    return True
