"""WindowQueries: what may be asked of a definition of time windows, apart from positions and keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import date, datetime

from notebook_assets.errors import InvalidInvocationError, UnknownPartitionError
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.grids import whole_second
from notebook_assets.partitions.key_checks import asked_keys
from notebook_assets.partitions.key_layout import FIRST_WALL, LAST_WALL
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow, checked_stretch
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.ticks import number_from
from notebook_assets.partitions.window_facts import WindowFacts


class WindowQueries(WindowFacts):
    """The reference's questions about time windows; the definition itself gives the grid, the counts and the keys.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")
    >>> days.time_window_for_partition_key("2013-05-05").end.isoformat()
    '2013-05-06T00:00:00+00:00'
    """

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

    # From key to time

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window of a key; also of one before the start or after the end, if a window would have it.

        Raises:
            UnknownPartitionError: No window has the key.
        """
        return self.window_at(self._number(partition_key))

    def _number(self, partition_key: str) -> int:
        number = self.find_number(partition_key)
        if number is None:
            raise UnknownPartitionError(self.why_unknown(partition_key))
        return number

    def start_time_for_partition_key(self, partition_key: str) -> datetime:
        """When the window of a key starts."""
        return self.time_window_for_partition_key(partition_key).start

    def end_time_for_partition_key(self, partition_key: str) -> datetime:
        """When the window of a key ends."""
        return self.time_window_for_partition_key(partition_key).end

    def time_windows_for_partition_keys(self, partition_keys: Iterable[str], validate: bool = True) -> list[TimeWindow]:
        """The window of each of some keys, in the order of time.

        Args:
            partition_keys: The keys; one that is there twice counts once.
            validate: Whether a key before the start or after the end is refused; if not, it has its window.

        Raises:
            UnknownPartitionError: No window has a key.
        """
        keys = asked_keys(partition_keys)
        numbers = self.positions(keys).tolist() if validate else map(self._number, keys)
        return [self.window_at(number) for number in sorted(set(numbers))]

    def time_windows_of(self, subset: PartitionsSubset) -> list[TimeWindow]:
        """The time that a subset covers, as few windows as hold it, in order."""
        starts, ends = subset.span_arrays
        if not len(starts):
            return []
        merged = algebra.normalised(self.grid.starts(starts), self.grid.ends(ends - 1))
        moment = self.zone.datetime
        return [
            TimeWindow(moment(start), moment(end))
            for start, end in zip(merged[0].tolist(), merged[1].tolist(), strict=True)
        ]

    def less_than(self, partition_key1: str, partition_key2: str) -> bool:
        """Whether the window of one key starts before that of another."""
        first, second = map(self.start_time_for_partition_key, (partition_key1, partition_key2))
        return first.timestamp() < second.timestamp()

    def get_partition_key(self, key: str | date | datetime, current_time: datetime | None = None) -> str:
        """The key of a date or datetime on the definition's clocks, or a key itself, if it exists.

        Raises:
            UnknownPartitionError: It does not exist.
            InvalidInvocationError: It is neither a key nor a date.
        """
        if not isinstance(key, str | date):
            raise InvalidInvocationError(f"A partition is named by its key or by a date; got {key!r}.")
        text = key if isinstance(key, str) else key.strftime(self.fmt)
        self.validate_partition_key(text, current_time)
        return text

    # From time to key

    def position_at(self, timestamp: float) -> int | None:
        """The position of the window that holds a moment, in seconds since 1970; ``None`` where none ever does."""
        number = self.grid.floor(checked_second(timestamp))
        inside = number >= 0 and timestamp < self.grid.end(number)
        return number if inside and self.find_position(self.key_at(number)) is not None else None

    def get_partition_key_for_timestamp(self, timestamp: float, end_closed: bool = False) -> str:
        """The key of the window that holds a moment, or else of the last that started before it.

        Args:
            timestamp: Seconds since 1970 in UTC.
            end_closed: Whether a moment between two windows belongs to the earlier.

        Raises:
            InvalidInvocationError: The timestamp is no number of seconds, or far outside the years of keys.
        """
        moment = checked_second(timestamp)
        if end_closed and moment == timestamp:
            moment -= 1
        return self.key_at(self.grid.floor(moment))

    def numbers_in_window(self, time_window: TimeWindow) -> tuple[int, int]:
        """The numbers ``[first, last)`` of the windows that start within a stretch of time."""
        start, end = checked_stretch(time_window)
        first, last = (number_from(self.grid, self._second(moment, up=True)) for moment in (start, end))
        return first, max(first, last)

    def get_partition_subset_in_time_window(
        self, time_window: TimeWindow, current_time: datetime | None = None
    ) -> PartitionsSubset:
        """The partitions that exist and start within a stretch of time."""
        first, last = self.numbers_in_window(time_window)
        return self.subset_of_span(max(first, 0), min(last, self.get_num_partitions(current_time)))

    def get_partition_keys_in_time_window(
        self, time_window: TimeWindow, current_time: datetime | None = None
    ) -> list[str]:
        """The keys that exist and whose windows start within a stretch of time."""
        return self.get_partition_subset_in_time_window(time_window, current_time).get_partition_keys()

    def get_num_partitions_in_window(self, time_window: TimeWindow) -> int:
        """How many windows start within a stretch of time, whether the definition has them or not."""
        first, last = self.numbers_in_window(time_window)
        return last - first

    def has_any_partitions_in_window(self, time_window: TimeWindow) -> bool:
        """Whether any window starts within a stretch of time."""
        return self.get_num_partitions_in_window(time_window) > 0

    def get_partition_key_range_for_time_window(
        self, time_window: TimeWindow, respect_bounds: bool = True, current_time: datetime | None = None
    ) -> PartitionKeyRange:
        """From the key of the window that holds the start to that of the last window that has ended by the end.

        Args:
            time_window: A stretch of time.
            respect_bounds: Whether only partitions that exist count; if not, all windows do.
            current_time: The time that decides what exists.

        Raises:
            UnknownPartitionError: There is none.
        """
        start, end = checked_stretch(time_window)
        first, last = self.grid.floor(self._second(start)), self.grid_ended(self._second(end))
        if respect_bounds:
            first, last = max(first, 0), min(last, self.get_num_partitions(current_time) - 1)
        if first > last:
            raise UnknownPartitionError(f"No partition lies from {start} up to {end}.")
        return PartitionKeyRange(self.key_at(first), self.key_at(last))

    # Neighbours

    def get_first_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The first window that exists, if any does."""
        return self.window_at(0) if self.get_num_partitions(current_time) else None

    def get_last_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The last window that exists, if any does."""
        count = self.get_num_partitions(current_time)
        return self.window_at(count - 1) if count else None

    def get_last_partition_window_ignoring_exclusions(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The last window that would exist if none were left out."""
        return self.without_exclusions.get_last_partition_window(current_time)

    @property
    @abstractmethod
    def without_exclusions(self) -> WindowQueries:
        """The same definition with no window left out."""

    def get_next_partition_window(
        self, end_dt: datetime, respect_bounds: bool = True, current_time: datetime | None = None
    ) -> TimeWindow | None:
        """The first window that starts at a moment or later.

        Args:
            end_dt: The moment; a naive one is on the definition's clocks.
            respect_bounds: Whether only windows that exist count (``None`` if there is none); if not, all do.
            current_time: The time that decides what exists.
        """
        number = number_from(self.grid, self._second(end_dt, up=True))
        if not respect_bounds:
            return self.window_at(number)
        number = max(number, 0)
        return self.window_at(number) if number < self.get_num_partitions(current_time) else None

    def get_prev_partition_window(
        self, start_dt: datetime, respect_bounds: bool = True, current_time: datetime | None = None
    ) -> TimeWindow | None:
        """The last window that ends at a moment or earlier; the arguments as for the next window."""
        number = self.grid_ended(self._second(start_dt))
        if not respect_bounds:
            return self.window_at(number)
        number = min(number, self.get_num_partitions(current_time) - 1)
        return self.window_at(number) if number >= 0 else None

    def get_next_partition_key(self, partition_key: str, current_time: datetime | None = None) -> str | None:
        """The key after a key; ``None`` if it does not exist."""
        number = self.position(partition_key) + 1
        return self.key_at(number) if number < self.get_num_partitions(current_time) else None

    def get_prev_partition_key(self, partition_key: str) -> str | None:
        """The key before a key; ``None`` if there is none."""
        number = self.position(partition_key) - 1
        return self.key_at(number) if number >= 0 else None

    def get_partition_keys_between_indexes(
        self, start_idx: int, end_idx: int, current_time: datetime | None = None
    ) -> list[str]:
        """The keys at the positions from one up to but not including another, as far as they exist.

        Raises:
            InvalidInvocationError: An index is no whole number.
        """
        for index in (start_idx, end_idx):
            if not hasattr(type(index), "__index__"):
                raise InvalidInvocationError(f"An index is a whole number, such as 0; got {index!r}.")
        count = self.get_num_partitions(current_time)
        return self.subset_of_span(max(start_idx, 0), min(end_idx, count)).get_partition_keys()

    def is_window_start_excluded(self, window_start: datetime) -> bool:
        """Whether a tick of the cron expression is left out by the exclusions."""
        instant = self._second(window_start)
        return self.grid.start(self.grid.floor(instant)) != instant

    def _second(self, moment: datetime, *, up: bool = False) -> int:
        """The whole second of a moment, rounded down or up; a naive one is on the definition's clocks."""
        if not isinstance(moment, datetime):
            raise InvalidInvocationError(f"A moment is a datetime, such as datetime(2013, 1, 31); got {moment!r}.")
        timestamp = (moment if moment.tzinfo else moment.replace(tzinfo=self.clocks)).timestamp()
        return checked_second(timestamp, up=up)


def checked_second(timestamp: float, *, up: bool = False) -> int:
    """Return the whole second of a moment in seconds since 1970, rounded down or up.

    Raises:
        InvalidInvocationError: It is no number, or outside the years 1000 to 2200.

    >>> checked_second(1.5), checked_second(1.5, up=True)
    (1, 2)
    """
    if not isinstance(timestamp, int | float) or not FIRST_WALL <= timestamp <= LAST_WALL:  # NaN is not either
        raise InvalidInvocationError(
            f"A moment is a number of seconds since 1970, in the years 1000 to 2200; got {timestamp!r}."
        )
    return whole_second(timestamp) if up else int(timestamp // 1)
