"""WindowQueries: what may be asked of a definition of time windows, apart from positions and keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.grids import whole_second
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow
from notebook_assets.partitions.schedule_type import ScheduleType, cron_of_schedule, schedule_of_cron
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.ticks import DAY, CalendarGrid, Grid
from notebook_assets.partitions.wall_clock import Zone

if TYPE_CHECKING:
    from notebook_assets.partitions.cron import Cron


class WindowQueries(PartitionsDefinition):
    """The reference's questions about time windows; the definition itself gives the grid, the counts and the keys."""

    zone: Zone
    cron_schedule: str
    _cron: Cron

    @property
    def grid(self) -> Grid:
        """The windows, numbered by all integers."""
        raise NotImplementedError

    def window_at(self, position: int) -> TimeWindow:
        """The window at a position."""
        raise NotImplementedError

    def find_number(self, key: str) -> int | None:
        """The number of the window of a key, before the start and after the end too."""
        raise NotImplementedError

    def grid_ended(self, instant: int) -> int:
        """The number of the last window that ends at or before an instant."""
        raise NotImplementedError

    # From key to time

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window of a key; also of one before the start or after the end, if a window would have it.

        Raises:
            UnknownPartitionError: No window has the key.
        """
        number = self.find_number(partition_key)
        if number is None:
            raise UnknownPartitionError(self.why_unknown(partition_key))
        return self.window_at(number)

    def start_time_for_partition_key(self, partition_key: str) -> datetime:
        """When the window of a key starts."""
        return self.time_window_for_partition_key(partition_key).start

    def end_time_for_partition_key(self, partition_key: str) -> datetime:
        """When the window of a key ends."""
        return self.time_window_for_partition_key(partition_key).end

    def time_windows_for_partition_keys(self, partition_keys: Iterable[str], validate: bool = True) -> list[TimeWindow]:
        """The time that keys cover, as few windows as hold it, in order."""
        starts, stops = self.subset_with_partition_keys(partition_keys).span_arrays
        windows = [
            TimeWindow(self.window_at(start).start, self.window_at(stop - 1).end)
            for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        ]
        merged = windows[:1]
        for window in windows[1:]:
            if window.start == merged[-1].end:
                merged[-1] = TimeWindow(merged[-1].start, window.end)
            else:
                merged.append(window)
        return merged

    def less_than(self, partition_key1: str, partition_key2: str) -> bool:
        """Whether the window of one key starts before that of another."""
        first, second = map(self.start_time_for_partition_key, (partition_key1, partition_key2))
        return first.timestamp() < second.timestamp()

    def get_partition_key(self, key: str | date | datetime) -> str:
        """The key of a date or datetime on the definition's clocks, or a key itself, if it exists."""
        text = key if isinstance(key, str) else key.strftime(self.fmt)
        self.validate_partition_key(text)
        return text

    fmt: str

    # From time to key

    def position_at(self, timestamp: float) -> int | None:
        """The position of the window that holds a moment, in seconds since 1970; ``None`` where none ever does."""
        number = self.grid.floor(int(timestamp // 1))
        inside = number >= 0 and timestamp < self.grid.end(number)
        return number if inside and self.find_position(self.key_at(number)) is not None else None

    def get_partition_key_for_timestamp(self, timestamp: float, end_closed: bool = False) -> str:
        """The key of the window that holds a moment, or else of the last that started before it.

        Args:
            timestamp: Seconds since 1970 in UTC.
            end_closed: Whether a moment between two windows belongs to the earlier.
        """
        moment = whole_second(timestamp) - 1 if end_closed else int(timestamp // 1)
        return self.key_at(self.grid.floor(moment))

    def numbers_in_window(self, time_window: TimeWindow) -> tuple[int, int]:
        """The numbers ``[first, last)`` of the windows that start within a stretch of time."""
        floor = self.grid.floor
        first, last = (floor(whole_second(moment.timestamp()) - 1) + 1 for moment in time_window)
        return first, max(first, last)

    def get_partition_subset_in_time_window(self, time_window: TimeWindow) -> PartitionsSubset:
        """The partitions that exist and start within a stretch of time."""
        first, last = self.numbers_in_window(time_window)
        return self.subset_of_span(max(first, 0), min(last, self.get_num_partitions()))

    def get_partition_keys_in_time_window(self, time_window: TimeWindow) -> list[str]:
        """The keys that exist and whose windows start within a stretch of time."""
        return self.get_partition_subset_in_time_window(time_window).get_partition_keys()

    def get_num_partitions_in_window(self, time_window: TimeWindow) -> int:
        """How many windows start within a stretch of time, whether the definition has them or not."""
        first, last = self.numbers_in_window(time_window)
        return last - first

    def has_any_partitions_in_window(self, time_window: TimeWindow) -> bool:
        """Whether any window starts within a stretch of time."""
        return self.get_num_partitions_in_window(time_window) > 0

    def get_partition_key_range_for_time_window(
        self, time_window: TimeWindow, respect_bounds: bool = True
    ) -> PartitionKeyRange:
        """The first and the last key whose windows start within a stretch of time.

        Raises:
            UnknownPartitionError: There is none.
        """
        first, last = self.numbers_in_window(time_window)
        if respect_bounds:
            first, last = max(first, 0), min(last, self.get_num_partitions())
        if first >= last:
            raise UnknownPartitionError(f"No partition starts from {time_window.start} up to {time_window.end}.")
        return PartitionKeyRange(self.key_at(first), self.key_at(last - 1))

    # Neighbours

    def get_first_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The first window that exists, if any does."""
        return self.window_at(0) if self.get_num_partitions(current_time) else None

    def get_last_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The last window that exists, if any does."""
        count = self.get_num_partitions(current_time)
        return self.window_at(count - 1) if count else None

    def get_next_partition_window(self, end_dt: datetime, respect_bounds: bool = True) -> TimeWindow | None:
        """The first window that starts at a moment or later; ``None`` if it does not exist."""
        number = self.grid.floor(whole_second(end_dt.timestamp()) - 1) + 1
        return self._bounded(number) if respect_bounds else self.window_at(number)

    def get_prev_partition_window(self, start_dt: datetime, respect_bounds: bool = True) -> TimeWindow | None:
        """The last window that ends at a moment or earlier; ``None`` if it does not exist."""
        number = self.grid_ended(int(start_dt.timestamp() // 1))
        return self._bounded(number) if respect_bounds else self.window_at(number)

    def get_next_partition_key(self, partition_key: str) -> str | None:
        """The key after a key; ``None`` if it does not exist."""
        number = self.position(partition_key) + 1
        return self.key_at(number) if number < self.get_num_partitions() else None

    def get_prev_partition_key(self, partition_key: str) -> str | None:
        """The key before a key; ``None`` if there is none."""
        number = self.position(partition_key) - 1
        return self.key_at(number) if number >= 0 else None

    def get_partition_keys_between_indexes(self, start_idx: int, end_idx: int) -> list[str]:
        """The keys at the positions from one up to but not including another, as far as they exist."""
        return self.subset_of_span(max(start_idx, 0), min(end_idx, self.get_num_partitions())).get_partition_keys()

    def is_window_start_excluded(self, window_start: datetime) -> bool:
        """Whether a tick of the cron expression is left out by the exclusions."""
        instant = int(window_start.timestamp())
        return self.grid.start(self.grid.floor(instant)) != instant

    def _bounded(self, number: int) -> TimeWindow | None:
        return self.window_at(number) if 0 <= number < self.get_num_partitions() else None

    # The schedule

    @property
    def schedule_type(self) -> ScheduleType | None:
        """Hourly, daily, weekly or monthly, if the cron expression is as plain as that."""
        return schedule_of_cron(self.cron_schedule)

    @property
    def label(self) -> str:
        """Hourly, daily, weekly, monthly, or the cron expression."""
        return self.schedule_type.value.lower() if self.schedule_type else self.cron_schedule

    @property
    def is_basic_daily(self) -> bool:
        """Whether windows go from midnight to midnight, none left out."""
        grid = self.grid
        return isinstance(grid, CalendarGrid) and grid.days == 1 and grid.time == 0

    @property
    def is_basic_hourly(self) -> bool:
        """Whether windows go from full hour to full hour, none left out."""
        return self._cron.step == 3_600 and self._cron.times[0] == 0 and not isinstance(self.grid, CalendarGrid)

    @property
    def minute_offset(self) -> int:
        """Minutes after the full hour at which windows start."""
        return self._single_time() % 3_600 // 60

    @property
    def hour_offset(self) -> int:
        """Hours after midnight at which windows start; 0 for hourly ones."""
        return 0 if self.schedule_type is ScheduleType.HOURLY else self._single_time() // 3_600

    @property
    def day_offset(self) -> int:
        """The day of the week (0 is Sunday) or of the month (from 1) at which windows start."""
        day = self._cron.month_day if self.schedule_type is ScheduleType.MONTHLY else self._cron.weekday
        if day is None:
            raise InvalidInvocationError(f"The cron expression {self.cron_schedule!r} has no day offset.")
        return day

    def get_cron_schedule(
        self,
        minute_of_hour: int | None = None,
        hour_of_day: int | None = None,
        day_of_week: int | None = None,
        day_of_month: int | None = None,
    ) -> str:
        """A cron expression as often as the windows start, with other offsets where they are given."""
        if (minute_of_hour, hour_of_day, day_of_week, day_of_month) == (None, None, None, None):
            return self.cron_schedule
        kind = self.schedule_type
        if kind is None:
            raise InvalidInvocationError(f"The cron expression {self.cron_schedule!r} has no offsets to replace.")
        given_day = day_of_week if kind is ScheduleType.WEEKLY else day_of_month
        day = None
        if kind in (ScheduleType.WEEKLY, ScheduleType.MONTHLY):
            day = self.day_offset if given_day is None else given_day
        minute = self.minute_offset if minute_of_hour is None else minute_of_hour
        hour = self.hour_offset if hour_of_day is None else hour_of_day
        return cron_of_schedule(kind, minute, hour, day)

    def _single_time(self) -> int:
        if self.schedule_type is None:
            raise InvalidInvocationError(f"The cron expression {self.cron_schedule!r} has no single offset.")
        return self._cron.times[0] % DAY
