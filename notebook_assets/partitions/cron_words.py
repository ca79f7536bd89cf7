"""Cron expressions in words, for people who do not read them."""

from __future__ import annotations

from notebook_assets.partitions.cron import Cron, parse_cron

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def cron_in_words(expression: str) -> str:
    """Return when a cron expression fires, in words where it is one of the usual kinds, else as it is.

    >>> [cron_in_words(cron) for cron in ("@hourly", "*/15 * * * *", "0 0 * * *", "30 2 * * 1")]
    ['every hour', 'every 15 minutes', 'every day at 00:00', 'every Monday at 02:30']
    >>> [cron_in_words(cron) for cron in ("0 0 1 * *", "0 9,17 * * 1-5", "0 0 29 2 *")]
    ['on day 1 of every month at 00:00', 'Monday to Friday at 09:00 and 17:00', 'at the times of cron 0 0 29 2 *']
    """
    cron = parse_cron(expression)
    if cron.step is not None:
        return _steps(cron)
    if len(cron.times) > 4 or len(cron.rule.months) < 12:
        return f"at the times of cron {expression}"
    at = _listed([f"{second // 3_600:02}:{second % 3_600 // 60:02}" for second in cron.times])
    weekday, month_day = _weekdays(expression), cron.month_day
    if cron.every_day:
        return f"every day at {at}"
    if weekday:
        return f"{weekday} at {at}"
    return f"on day {month_day} of every month at {at}" if month_day else f"at the times of cron {expression}"


def _steps(cron: Cron) -> str:
    first = cron.times[0] // 60
    after = f", {first} min after the full hour" if first and cron.step == 3_600 else ""
    if cron.step == 3_600:
        return f"every hour{after}"
    minutes = (cron.step or 0) // 60
    return "every minute" if minutes == 1 else f"every {minutes} minutes"


def _weekdays(expression: str) -> str:
    """Return the days of the week that an expression names by themselves, in words."""
    cron = parse_cron(expression)
    if cron.weekday is not None:
        return f"every {_DAYS[cron.weekday]}"
    fields = expression.split()
    if len(fields) != 5 or fields[2] not in ("*", "?") or fields[3] != "*":
        return ""
    first, dash, last = fields[4].partition("-")
    if dash and first.isdigit() and last.isdigit() and int(first) < int(last) <= 6:
        return f"{_DAYS[int(first)]} to {_DAYS[int(last)]}"
    days = fields[4].split(",")
    return _listed([_DAYS[int(day) % 7] for day in days]) if all(day.isdigit() for day in days) else ""


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
