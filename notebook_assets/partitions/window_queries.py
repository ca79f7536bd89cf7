"""WindowQueries: what may be asked of a definition of time windows, apart from positions and keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from notebook_assets.errors import UnknownPartitionError
from notebook_assets.partitions.grids import whole_second
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.wall_clock import Zone
from notebook_assets.partitions.window_schedule import WindowSchedule


class WindowQueries(WindowSchedule):
    """The reference's questions about time windows; the definition itself gives the grid, the counts and the keys.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> days.time_window_for_partition_key("2013-05-05").end.isoformat()
    '2013-05-06T00:00:00+00:00'
    """

    zone: Zone
    fmt: str
    start_timestamp: float
    end_timestamp: float | None
    end_offset: int

    def window_at(self, position: int) -> TimeWindow:
        """The window at a position."""
        grid = self.grid
        return TimeWindow(self.zone.datetime(grid.start(position)), self.zone.datetime(grid.end(position)))

    def find_number(self, key: str) -> int | None:
        """The number of the window of a key, before the start and after the end too."""
        raise NotImplementedError

    def grid_ended(self, instant: int) -> int:
        """The number of the last window that ends at or before an instant."""
        number = self.grid.floor(instant)
        return number if self.grid.end(number) <= instant else number - 1

    # What it was made from

    @property
    def start(self) -> datetime:
        """The start that was given; the first window starts at it or later."""
        return self.zone.datetime(self.start_timestamp)

    @property
    def end(self) -> datetime | None:
        """The end that was given; the last window ends at it or earlier."""
        return None if self.end_timestamp is None else self.zone.datetime(self.end_timestamp)

    @property
    def exclusions(self) -> list[str | datetime] | None:
        """The crons and starts that are left out."""
        found = [item if isinstance(item, str) else self.zone.datetime(item) for item in self._exclusions]
        return found or None

    def equal_except_for_start_or_end(self, other: WindowQueries) -> bool:
        """Whether another definition differs in its start and end at most."""
        return self.end_offset == other.end_offset and self.subset_identity == other.subset_identity

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
            if (
                window.start.timestamp() == merged[-1].end.timestamp()
            ):  # == would not tell a repeated hour's two runs apart
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
