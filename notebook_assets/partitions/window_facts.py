"""WindowFacts: what a definition of time windows was made from, as values and in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from notebook_assets.partitions.wall_clock import Zone
from notebook_assets.partitions.window_schedule import WindowSchedule


class TimestampWithTimezone(NamedTuple):
    """A moment in seconds since 1970 in UTC, and an IANA name.

    >>> TimestampWithTimezone(0.0, "UTC").timezone
    'UTC'
    """

    timestamp: float
    timezone: str


class WindowFacts(WindowSchedule):
    """The start, the end and the rest, as the definition was given them.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> print(DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01", end_offset=1))
    Daily, starting 2013-01-01, ending 2014-01-01 UTC. End offset by 1.
    """

    zone: Zone
    timezone: str
    fmt: str
    start_timestamp: float
    end_timestamp: float | None
    end_offset: int

    @property
    def start(self) -> datetime:
        """The start that was given; the first window starts at it or later."""
        return self.zone.datetime(self.start_timestamp)

    @property
    def end(self) -> datetime | None:
        """The end that was given; the last window ends at it or earlier."""
        return None if self.end_timestamp is None else self.zone.datetime(self.end_timestamp)

    @property
    def start_ts(self) -> TimestampWithTimezone:
        """The start as seconds since 1970, and the zone."""
        return TimestampWithTimezone(self.start_timestamp, self.timezone)

    @property
    def end_ts(self) -> TimestampWithTimezone | None:
        """The end likewise, if there is one."""
        return None if self.end_timestamp is None else TimestampWithTimezone(self.end_timestamp, self.timezone)

    @property
    def exclusions(self) -> list[str | datetime] | None:
        """The crons and starts that are left out."""
        found = [item if isinstance(item, str) else self.zone.datetime(item) for item in self._exclusions]
        return found or None

    def equal_except_for_start_or_end(self, other: object) -> bool:
        """Whether another definition differs in its start and end at most."""
        if not isinstance(other, WindowFacts):
            return False
        return self.end_offset == other.end_offset and self.subset_identity == other.subset_identity

    def __repr__(self) -> str:
        facts: dict[str, Any] = {"start": self._shown(self.start_timestamp)}
        if self.end_timestamp is not None:
            facts["end"] = self._shown(self.end_timestamp)
        facts |= {"cron_schedule": self.cron_schedule, "timezone": self.timezone, "fmt": self.fmt}
        optional = {"end_offset": self.end_offset, "exclusions": self.exclusions}
        facts |= {name: value for name, value in optional.items() if value}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in facts.items())})"

    def __str__(self) -> str:
        kind = self.schedule_type.value.capitalize() if self.schedule_type else self.cron_schedule
        until = "" if self.end_timestamp is None else f", ending {self._shown(self.end_timestamp)}"
        offset = f" End offset by {self.end_offset}." if self.end_offset else ""
        return f"{kind}, starting {self._shown(self.start_timestamp)}{until} {self.timezone}.{offset}"

    def _shown(self, moment: float) -> str:
        return self.zone.datetime(moment).strftime(self.fmt)
