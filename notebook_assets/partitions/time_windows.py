"""TimeWindowPartitionsDefinition: partitions that are stretches of time, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.cron import Cron, parse_cron
from notebook_assets.partitions.grids import local_instant, make_grid, whole_second
from notebook_assets.partitions.key_checks import checked_keys
from notebook_assets.partitions.key_format import KeyFormat
from notebook_assets.partitions.key_layout import FIRST_WALL, LAST_WALL
from notebook_assets.partitions.no_window import YEAR, why_no_window
from notebook_assets.partitions.schedule_type import ScheduleType, cron_of_schedule
from notebook_assets.partitions.ticks import Grid, few_starts, is_around_midnight, number_from, usual_length
from notebook_assets.partitions.wall_clock import Zone, zone
from notebook_assets.partitions.window_arguments import check_end_offset, check_windows, checked_exclusions
from notebook_assets.partitions.window_queries import WindowQueries

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_FEW = 40  # up to so many keys one by one are quicker than in bulk


class TimeWindowPartitionsDefinition(WindowQueries):
    """Time windows that start at the ticks of a cron expression; each ends where the next would start.

    A window's key is its start on the zone's clocks. The first window is the first that starts at ``start`` or later.
    The last ends at ``end`` at the latest, and not after the current time (or ``end_offset`` windows later than that).

    Args:
        start: The start, as a key or as a datetime on the zone's clocks.
        fmt: The format of the keys, as :meth:`datetime.strftime` has it.
        end: The end, likewise; without one the windows go on as time does.
        schedule_type: Hourly, daily, weekly or monthly; with the offsets, instead of ``cron_schedule``.
        timezone: An IANA name; UTC if not given.
        end_offset: How many windows more (or, below zero, fewer) than have ended by now.
        minute_offset: Minutes after the full hour at which windows start.
        hour_offset: Hours after midnight.
        day_offset: The day of the week (0 is Sunday) or of the month (from 1).
        cron_schedule: The ticks, as five fields or an alias like ``@daily``.
        exclusions: Windows that start at one of these datetimes, or at a tick of one of these crons, are left out.

    Raises:
        InvalidDefinitionError: An unknown zone, a bad cron expression, a start or end that is not of the format, an end
            before the start, or a format by which two windows would share a key.

    >>> weekdays = TimeWindowPartitionsDefinition("2013-01-04", "%Y-%m-%d", "2013-01-09", cron_schedule="0 0 * * 1-5")
    >>> weekdays.get_partition_keys()
    ['2013-01-04', '2013-01-07', '2013-01-08']
    """

    keys_are_continuous = True

    def __init__(
        self,
        start: datetime | str,
        fmt: str,
        end: datetime | str | None = None,
        schedule_type: ScheduleType | None = None,
        timezone: str | None = None,
        end_offset: int = 0,
        minute_offset: int | None = None,
        hour_offset: int | None = None,
        day_offset: int | None = None,
        cron_schedule: str | None = None,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        check_windows(fmt, timezone, schedule_type, end_offset, minute_offset, hour_offset, day_offset)
        if cron_schedule is None:
            if schedule_type is None:
                raise InvalidDefinitionError("Time windows need a cron_schedule or a schedule_type; got neither.")
            cron_schedule = cron_of_schedule(schedule_type, minute_offset or 0, hour_offset or 0, day_offset)
        elif schedule_type is not None or minute_offset or hour_offset or day_offset:
            raise InvalidDefinitionError("A cron_schedule says all; give no schedule_type and no offsets with it.")
        clocks = zone(timezone or "UTC")
        self._set(
            fmt=fmt,
            clocks=clocks,
            cron_schedule=cron_schedule,
            end_offset=end_offset or 0,
            exclusions=[
                whole_second(local_instant(exclusion, clocks)) if isinstance(exclusion, datetime) else exclusion
                for exclusion in checked_exclusions(exclusions)
            ],
        )
        self.start_timestamp = self._bound(start, "start")
        self.end_timestamp = None if end is None or end == "" else self._bound(end, "end")
        self._check()

    def _set(
        self, *, fmt: str, clocks: Zone, cron_schedule: str, end_offset: int, exclusions: Sequence[str | int]
    ) -> None:
        self.fmt = fmt
        self.zone = clocks
        self.clocks = clocks.tzinfo
        self.timezone = clocks.name
        self.end_offset = end_offset
        self.cron_schedule = cron_schedule
        self._exclusions = tuple(exclusions)
        self._cron: Cron = parse_cron(cron_schedule)
        self._format = KeyFormat(
            fmt,
            clocks,
            hourly=self._cron.every_hour,
            one_time=self._cron.one_time,
            midnight=frozenset(filter(is_around_midnight, self._cron.times)),
        )

    def _bound(self, bound: datetime | str, what: str) -> float:
        if isinstance(bound, datetime):
            return local_instant(bound, self.zone)
        example = datetime(2013, 1, 31, tzinfo=UTC).strftime(self.fmt)
        if not isinstance(bound, str):
            raise InvalidDefinitionError(f"The {what} is a datetime or a text like {example!r}; got {bound!r}.")
        try:
            return float(self._format.instant(bound))
        except ValueError as error:
            years = f" ({error})" if "years of keys" in str(error) else ""
            raise InvalidDefinitionError(
                f"The {what} {bound!r} is not of the format {self.fmt!r}, in which it looks like {example!r}{years}."
            ) from None

    def _check(self) -> None:
        if self.end_timestamp is not None and self.end_timestamp < self.start_timestamp:
            raise InvalidDefinitionError(f"The end {self.end} of the partitions lies before their start {self.start}.")
        if self.start_timestamp < FIRST_WALL or self.start_timestamp > LAST_WALL:
            raise InvalidDefinitionError(f"The start {self.start} lies outside the years of keys, 1000 to 2200.")
        if self.end_offset > 0:
            check_end_offset(self.end_offset, self.start_timestamp, self._usual_length)
        checked_keys([self.key_at(0)])  # what no key may hold, no format may
        self._format.check(self.grid, self.cron_schedule)

    # The windows

    @cached_property
    def grid(self) -> Grid:
        """The windows, numbered by all integers; those of the definition have the positions from 0 on."""
        return make_grid(self._cron, self.zone, whole_second(self.start_timestamp), self._exclusions)

    def count_at(self, now: float, dynamic_partitions_store: Any = None) -> int:
        """How many windows there are at a time, in seconds since 1970."""
        most = self._most
        if most is not None and self.end_timestamp is not None and now >= self.end_timestamp and self.end_offset >= 0:
            return max(most, 0)
        if self.end_offset > 0 and most is None:
            check_end_offset(self.end_offset, now, self._usual_length)
        count = self.grid_ended(int(now // 1)) + 1 + self.end_offset
        return max(count if most is None else min(count, most), 0)

    @cached_property
    def _usual_length(self) -> float:
        """From a window's start to the next one's, in seconds, on average."""
        return usual_length(self.grid)

    @cached_property
    def _most(self) -> int | None:
        """How many windows there are up to the end, if there is one."""
        return None if self.end_timestamp is None else self.grid_ended(int(self.end_timestamp // 1)) + 1

    def bounds(self, positions: IntArray | None = None) -> tuple[IntArray, IntArray]:
        """The starts and ends of many windows: two int64 arrays of seconds since 1970 in UTC.

        Args:
            positions: int64; all that exist if not given.
        """
        if positions is None:
            positions = np.arange(self.get_num_partitions(), dtype=np.int64)
        return self.grid.starts(positions), self.grid.ends(positions)

    def find_number(self, key: str) -> int | None:
        """The number of a key's window, before the start and after the end too; ``None`` if no window has it."""
        instant = self._format.find_instant(key)
        return None if instant is None else self._number_at(instant, key)

    def _number_at(self, instant: int, key: str) -> int | None:
        number = number_from(self.grid, instant)
        return number if self._format.key(self.grid.start(number)) == key else None

    def find_position(self, key: str) -> int | None:
        """The position of a key, or ``None``."""
        instant = self._format.find_instant(key)
        end = self.end_timestamp
        # A key far outside would make a listed grid grow as far; 2013-01 may name a window that starts later in it.
        if instant is None or instant < self.start_timestamp - YEAR or (end is not None and instant > end):
            return None
        number = self._number_at(instant, key)
        if number is None or number < 0 or (self._most is not None and number >= self._most):
            return None
        return number

    def find_positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; -1 where there is none of a key."""
        listed = list(keys)
        if len(listed) <= _FEW:
            return super().find_positions(listed)
        instants = self._format.instants(listed)
        last = np.iinfo(np.int64).max if self.end_timestamp is None else int(self.end_timestamp)
        # Far outside there is none, and a listed grid would grow as far; NO_INSTANT lies there too.
        near = np.flatnonzero((instants >= self.start_timestamp - YEAR) & (instants <= last))
        numbers = self.grid.floors(instants[near] - 1) + 1
        inside = (numbers >= 0) & (numbers < (last if self._most is None else self._most))
        near, numbers = near[inside], numbers[inside]
        same = np.fromiter(
            (key == listed[row] for key, row in zip(self.keys_at(numbers), near.tolist(), strict=True)), bool, len(near)
        )
        found = np.full(len(listed), -1, dtype=np.int64)
        found[near[same]] = numbers[same]
        return found

    def positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; UnknownPartitionError where there is none of a key."""
        found = self.find_positions(keys)
        return super().positions(keys) if (found < 0).any() else found  # that one raises

    def key_at(self, position: int) -> str:
        """The key at a position."""
        return self._format.key(self.grid.start(position))

    def keys_of_span(self, start: int, stop: int) -> list[str]:
        """The keys at the positions from ``start`` up to but not including ``stop``."""
        if stop - start == 1:
            return [self.key_at(start)]
        if stop - start <= _FEW:
            return self._format.few_keys(few_starts(self.grid, start, stop))
        return super().keys_of_span(start, stop)

    def keys_at(self, positions: IntArray) -> list[str]:
        """The keys at many positions."""
        return self._format.keys(self.grid.starts(positions))

    def why_unknown(self, key: str) -> str:
        """Why there is no partition of a key, and what may have been meant."""
        return why_no_window(self, key, self._format, self._most)

    @cached_property
    def without_exclusions(self) -> TimeWindowPartitionsDefinition:
        """The same definition with no window left out."""
        return TimeWindowPartitionsDefinition.from_dict(self.to_dict() | {"exclusions": []})

    # Identity

    @cached_property
    def key_meaning(self) -> str:  # type: ignore[override]  # a constant in other kinds
        """On whose clocks the windows start, when, and how a key says so."""
        return "|".join([self.cron_schedule, self.timezone, self.fmt])

    @property
    def subset_identity(self) -> str:
        """The same for versions of a definition that differ in their start and end only."""
        parts = [self.cron_schedule, self.timezone, self.fmt, *map(str, self._exclusions)]
        return "|".join(["windows", *parts])

    def to_dict(self) -> dict[str, Any]:
        """The definition as plain data; times are seconds since 1970 in UTC."""
        return {
            "type": type(self).__name__,
            "start": self.start_timestamp,
            "end": self.end_timestamp,
            "timezone": self.timezone,
            "fmt": self.fmt,
            "end_offset": self.end_offset,
            "cron_schedule": self.cron_schedule,
            "exclusions": list(self._exclusions),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> TimeWindowPartitionsDefinition:
        """The definition that :meth:`to_dict` described."""
        definition = cls.__new__(cls)
        definition._set(
            fmt=content["fmt"],
            clocks=zone(content["timezone"]),
            cron_schedule=content["cron_schedule"],
            end_offset=content["end_offset"],
            exclusions=content["exclusions"],
        )
        definition.start_timestamp = content["start"]
        definition.end_timestamp = content["end"]
        return definition

    @cached_property
    def _facts(self) -> tuple[Any, ...]:
        return (self.start_timestamp, self.end_timestamp, self.end_offset, self.subset_identity)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, TimeWindowPartitionsDefinition) and self._facts == other._facts)

    def __hash__(self) -> int:
        return hash(self._facts)
