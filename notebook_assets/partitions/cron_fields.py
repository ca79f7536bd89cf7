"""The fields of a cron expression: from what people write to lists of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notebook_assets.errors import InvalidDefinitionError, did_you_mean


@dataclass(frozen=True)
class CronField:
    """One of the five fields.

    Args:
        what: Its name, for an error.
        low: The least value.
        high: The greatest.
        names: Names that stand for values from ``low`` on.

    >>> FIELDS[1].plain("22-2/2")
    '0,2,22'
    """

    what: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def plain(self, text: str) -> str:
        """The field as ``*`` or as a list of numbers, sorted, and of days that only a month decides (``L``, ``5#2``).

        Raises:
            InvalidDefinitionError: It can't be read.
        """
        if text == "?" and self in (DAY, WEEKDAY):
            return "*"
        parts = text.lower().split(",")
        special = [found for part in parts if (found := self._special(part))]
        if self is WEEKDAY and special and len(special) < len(parts):
            raise InvalidDefinitionError(f"{text!r} mixes days of each week with such of a month only")
        values = {value for part in parts if not self._special(part) for value in self._values(part)}
        return "*" if "*" in parts else ",".join([*map(str, sorted(values)), *special])

    def _special(self, part: str) -> str:
        """A day that each month has elsewhere, in the spelling of the cron library; else nothing."""
        if self is DAY and part == "l":
            return "L"
        if self is not WEEKDAY:
            return ""
        if last := re.fullmatch(r"l([0-7])", part):
            return f"{int(last[1]) % 7}L"
        if numbered := re.fullmatch(r"([0-7]|[a-z]{3})#([1-5])", part):
            return f"{self._value(numbered[1]) % 7}#{numbered[2]}"
        return ""

    def _values(self, part: str) -> list[int]:
        """The values of a part such as ``5``, ``1-5``, ``22-2/2``, ``*/15`` or ``5/15``."""
        span, slash, step_text = part.partition("/")
        if slash and not (step_text.isascii() and step_text.isdigit() and int(step_text)):
            raise InvalidDefinitionError(f"{part!r} has no step of 1 or more behind its '/'")
        step = int(step_text) if slash else 1
        if span == "*":
            return list(range(self.low, self.high + 1, step))
        first_text, dash, last_text = span.partition("-")
        first = self._value(first_text)
        last = self._value(last_text) if dash else max(self.high, first) if slash else first
        size = self.high - self.low + 1
        if first == size and self is WEEKDAY:  # both 0 and 7 are Sunday; where it ends a range, it comes after Saturday
            first, last = 0, last % size
        if last < first:  # over the end: 22-2
            last += size
        return [(value - self.low) % size + self.low for value in range(first, last + 1, step)]

    def _value(self, text: str) -> int:
        if text in self.names:
            return self.low + self.names.index(text)
        most = 7 if self is WEEKDAY else self.high
        if text.isascii() and text.isdigit() and self.low <= int(text) <= most:
            return int(text)
        known = f", or {', '.join(self.names)}" if self.names else ""
        raise InvalidDefinitionError(
            f"the {self.what} is a number from {self.low} to {most}{known}; "
            f"got {text!r}.{did_you_mean(text, self.names)}"
        )


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = CronField("day of the month", 1, 31)
WEEKDAY = CronField("day of the week", 0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat"))
FIELDS = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    DAY,
    CronField("month", 1, 12, _MONTHS),
    WEEKDAY,
)
"""Minute, hour, day of the month, month, day of the week."""
