"""Definitions of time windows drawn at random, around changes of the clocks above all; arguments for both sides.

Differences on purpose are left out where they are drawn.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster
from hypothesis import assume
from hypothesis import strategies as st

import notebook_assets.partitions as ours
from notebook_assets.errors import InvalidDefinitionError

CHANGES = {
    "UTC": ["2013-05-05"],
    "America/New_York": ["2013-03-10", "2013-11-03"],
    "Europe/Berlin": ["2013-03-31", "2013-10-27"],
    "Europe/London": ["2013-03-31", "2013-10-27"],
    "America/Sao_Paulo": ["2013-10-20", "2014-02-16"],
    "Africa/Cairo": ["2010-04-30", "2010-10-01", "2024-04-26", "2024-11-01"],
    "America/Havana": ["2013-03-10", "2013-11-03"],
    "America/Nuuk": ["2024-03-31", "2024-10-27"],
    "Australia/Lord_Howe": ["2013-10-06", "2013-04-07"],
    "Asia/Kathmandu": ["2013-05-05"],
}
LENGTHS = {"Hourly": 4, "Daily": 40, "Weekly": 150, "Monthly": 700, "TimeWindow": 40, "minutes": 1}
MINUTES = ["*/15 * * * *", "*/30 * * * *", "0,30 * * * *", "*/5 * * * *"]
CRONS = [
    "0 */2 * * *",
    "0 */3 * * *",
    "0 */12 * * *",
    "0 0,12 * * *",
    "30 1 * * *",
    "30 2 * * *",
    "30 0 * * *",
    "30 23 * * *",
    "0,30 23 * * *",
    "30 23 1-31 * *",
    "0 9 * * 1-5",
    "15,45 0-4 * * *",
    "0 2 1,15 * *",
    "0 0 */2 * *",
    "0 22-23 * * *",
    "0 0 L * *",
    "0 12 * * MON",
    "@daily",
    "@weekly",
    "0 0 * * L5",
    "0 6 * * 1#2,3#1",
    "0 0 1,L * *",
    "0 4 1-7 * 1",
    "0 20-3/2 * * *",
    "0 0 * nov-feb sat",
]


@st.composite
def drawn_definition(draw: st.DrawFn, zone: str = "") -> tuple[str, dict[str, Any], datetime]:
    """The name of a definition's class, its arguments, and a time; on the clocks of a zone, any if none is given."""
    zone = zone or draw(st.sampled_from(sorted(CHANGES)))
    kind = draw(st.sampled_from(sorted(LENGTHS)))
    change = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    length = timedelta(days=LENGTHS[kind])
    start = change - length * draw(st.integers(0, 8)) / 8
    start = start.replace(minute=draw(st.sampled_from([0, 0, 0, 20])), second=0, microsecond=0)
    arguments: dict[str, Any] = {"timezone": zone}
    # Where now lies before the start, the reference with an end_offset gives a key too many just before the first.
    now = start + timedelta(days=1) + length * draw(st.integers(0, 12)) / 8
    if draw(st.booleans()):
        arguments["end_offset"] = draw(st.integers(-3, 4))
    if kind in ("Hourly", "Daily", "Weekly", "Monthly"):
        arguments["minute_offset"] = draw(st.sampled_from([0, 0, 15, 30]))
        if kind != "Hourly":
            arguments["hour_offset"] = draw(st.sampled_from([0, 0, 1, 2, 3, 23]))
            arguments["fmt"] = draw(st.sampled_from([None, "%Y-%m-%d-%H:%M", "%d.%m.%Y"]))
        if kind == "Weekly":
            arguments["day_offset"] = draw(st.integers(0, 6))
        if kind == "Monthly":
            arguments["day_offset"] = draw(st.sampled_from([1, 10, 28, 31]))
        names = ("start_date", "end_date")
    else:
        arguments["fmt"] = "%Y-%m-%d-%H:%M"
        arguments["cron_schedule"] = draw(st.sampled_from(MINUTES if kind == "minutes" else CRONS))
        names = ("start", "end")
    arguments[names[0]] = start
    if draw(st.booleans()):
        arguments[names[1]] = start + length
    exclusions = [None, ["0 0 * * 6"], [change.replace(minute=0), change + timedelta(days=1)]]
    if kind != "minutes":
        arguments["exclusions"] = draw(st.sampled_from(exclusions))
    return f"{'TimeWindow' if kind == 'minutes' else kind}PartitionsDefinition", arguments, now.replace(tzinfo=UTC)


def both_sides(name: str, arguments: dict[str, Any], now: datetime) -> tuple[Any, Any]:
    """The definition here and there; what differs on purpose whatever is asked is drawn anew."""
    try:
        definition = getattr(ours, name)(**arguments)
    except InvalidDefinitionError:  # exclusions that leave nothing
        assume(False)
        raise
    # There, hours that do not start on the full hour have another phase where clocks change by half an hour.
    assume(arguments["timezone"] != "Australia/Lord_Howe" or not arguments.get("minute_offset"))
    # With an end_offset the reference gives a key too many while the first window has not begun.
    assume(definition.end_offset <= 0 or definition.window_at(0).start <= now)
    # There, the first window is listed even if it ends after the end.
    assume(definition.end is None or definition.window_at(0).end <= definition.end)
    return definition, getattr(dagster, name)(**arguments)
