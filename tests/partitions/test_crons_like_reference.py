"""Cron expressions: what the reference accepts has the same keys here, and what it refuses is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import notebook_assets.partitions as ours
from notebook_assets.errors import InvalidDefinitionError

NOW = datetime(2014, 6, 1, tzinfo=UTC)


def keys(side: Any, cron: Any, end: str = "2014-03-01-00:00") -> list[str]:
    windows = side.TimeWindowPartitionsDefinition("2013-01-01-00:00", "%Y-%m-%d-%H:%M", end, cron_schedule=cron)
    with side.partition_loading_context(NOW):
        found = list(windows.get_partition_keys())
        while found and windows.end_time_for_partition_key(found[-1]) > windows.end:
            found.pop()  # a window that ends after the end is one only there (docs/differences.md)
        return found


ACCEPTED = [
    "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@DAILY",
    "0 0 * * 7", "0 0 * * 0,7", "0 0 * * 5-7", "0 0 * * sun", "0 0 * * SUN-TUE", "0 0 * * MON,wed", "0 0 * * fri-mon",
    "0 0 * * sun-thu/2", "0 0 * * sat-sun", "0 0 * * 7-2", "0 0 * * 1/2", "0 0 * * 3-7/2", "0 0 * * 0-7",
    "0 0 1 jan *", "0 0 1 JAN-MAR *", "0 0 1 nov-feb *", "0 0 * jan-jun/2 *", "0 0 * 11-2 *", "0 0 1 */5 *",
    "0 0 L * *", "0 0 l * *", "0 0 1,L * *", "0 0 L * 1", "0 0 * * L5", "0 0 * * l5", "0 0 * * 5#2", "0 0 * * fri#2",
    "0 0 * * 1#1,3#2", "0 0 * * L5,5#1", "0 0 ? * *", "0 0 ? * ?", "0 0 1 * ?",
    "*/15 * * * *", "*/7 * * * *", "0-30/10 * * * *", "5/10 * * * *", "0 */24 * * *", "0 5-2 * * *", "50-10 * * * *",
    "0 22-2/2 * * *", "*/90 * * * *", "00 00 01 01 *", "0\t0 * * *", "0  0  *  *  *", "0,0 * * * *", "*,5 * * * *",
    "0 0 1-7 * 1", "0 0 1 * 0-6", "0 0 1-31 * 1", "0 0 */2 * 1", "0 0 *,1 * 1", "0 0 31 * *", "0 0 28-3 * *",
]  # fmt: skip


@pytest.mark.parametrize("cron", ACCEPTED)
def test_what_the_reference_accepts_has_the_same_keys(cron: str) -> None:
    end = "2013-01-05-00:00" if cron.startswith(("*", "0-", "5", "0,")) else "2014-03-01-00:00"
    assert keys(ours, cron, end) == keys(dagster, cron, end)


REFUSED = {
    "@reboot": "or one of @hourly",
    "@dayly": "Did you mean '@daily'?",
    "": "five fields",
    "0 0 1 1": "five fields",
    "0 0 * * * *": "five fields",
    "0 0 1 1 * 0 2020": "five fields",
    "60 * * * *": "the minute is a number from 0 to 59; got '60'",
    "-1 * * * *": "the minute is a number from 0 to 59",
    "1.5 * * * *": "the minute is a number from 0 to 59",
    "? 0 * * *": "the minute is a number from 0 to 59; got '?'",
    "*/0 * * * *": r"'\*/0' has no step of 1 or more",
    "0, 0 * * *": "the minute is a number",
    "0 24 * * *": "the hour is a number from 0 to 23",
    "0 0 0 * *": "the day of the month is a number from 1 to 31",
    "0 0 32 * *": "the day of the month is a number from 1 to 31",
    "0 0 15W * *": "the day of the month is a number",
    "0 0 LW * *": "the day of the month is a number",
    "0 0 L-2 * *": "the day of the month is a number",
    "0 0 31 2 *": "never fires",
    "0 0 31 4,6 *": "never fires",
    "0 0 * 13 *": "the month is a number from 1 to 12, or jan, feb",
    "0 0 1 JANUARY *": "got 'january'",
    "0 0 * * 8": "the day of the week is a number from 0 to 7, or sun, mon",
    "0 0 * * tus": "Did you mean",
    "0 0 * * MONDAY": "got 'monday'",
    "0 0 * * L": "the day of the week is a number",
    "0 0 * * 5L": "the day of the week is a number",
    "0 0 * * 5#6": "the day of the week is a number",
    "0 0 * * 1,L5": "mixes days of each week",
    "H H * * *": "the minute is a number",
}


@pytest.mark.parametrize("cron", REFUSED)
def test_what_the_reference_refuses_is_refused_and_says_why(cron: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=REFUSED[cron]):
        keys(ours, cron)
    with pytest.raises(Exception, match=r".*"):
        keys(dagster, cron)


@pytest.mark.parametrize("cron", [["0 0 * * *"], 5, b"0 0 * * *", ("0 0 * * *", "0 12 * * *")])
def test_an_expression_is_one_text(cron: Any) -> None:
    with pytest.raises(InvalidDefinitionError, match="A cron expression is one text"):
        keys(ours, cron)
    with pytest.raises(Exception, match=r".*"):
        keys(dagster, cron)


# The differences on purpose: the expression, how many keys it has here in 2013, and there
DIFFERENT = {
    "0 0 * * 4-4": (51, 364),  # a range of one value is that value; there it is everything
    "0 0 31/4 * *": (6, 94),
    "0 0 * * 5-1/3": (103, 51),  # steps go on over the end; there they may begin anew
    "0 0 5-9 * 5#2": (67, 11),  # days of the month or of the week: either; there the numbered weekdays alone
    "0 0 */2 * */1": (364, 185),  # every day of the week, written as a step, is no '*'; there sometimes
}


@pytest.mark.parametrize("cron", DIFFERENT)
def test_differences_on_purpose(cron: str) -> None:
    assert tuple(len(keys(side, cron, "2013-12-31-00:00")) for side in (ours, dagster)) == DIFFERENT[cron]


LIMITS = {"hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
NAMES = {
    "month": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "weekday": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}


@st.composite
def drawn_part(draw: st.DrawFn, field: str) -> str:
    low, high = LIMITS[field]
    first, last = draw(st.integers(low, high)), draw(st.integers(low, high))

    def spelled(value: int) -> str:
        named = field in NAMES and value < 7 + 6 * (field == "month") and draw(st.integers(0, 3)) == 0
        return NAMES[field][value - low] if named else str(value)

    kinds = [spelled(first), f"*/{draw(st.integers(2, 5))}"]
    if first % 7 != last % 7 or (field != "weekday" and first != last):
        kinds.append(f"{spelled(first)}-{spelled(last)}")
    if first < last and (first, last) != (0, 7):
        kinds.append(f"{spelled(first)}-{spelled(last)}/{draw(st.integers(2, 5))}")
    if first < high - 1:
        kinds.append(f"{spelled(first)}/{draw(st.integers(2, 5))}")
    return draw(st.sampled_from(kinds))


@st.composite
def drawn_cron(draw: st.DrawFn) -> str:
    def field(name: str, most: int = 2) -> str:
        return ",".join(draw(st.lists(drawn_part(name), min_size=1, max_size=most)))

    days = draw(st.sampled_from(["day", "weekday", "month days", "both"]))
    day, weekday = "*", "*"
    if days == "day":
        day = draw(st.sampled_from(["", "L,"])) + field("day")
    elif days == "weekday":
        weekday = field("weekday", 3)
    elif days == "month days":
        weekday = draw(st.sampled_from(["L", ""])) + str(draw(st.integers(0, 7)))
        weekday += "" if weekday.startswith("L") else f"#{draw(st.integers(1, 5))}"
    else:  # a list of all values is none of the differences only where it is one range
        day, weekday = field("day", 1), str(draw(st.integers(0, 7)))
    hour = draw(st.sampled_from(["0", field("hour")]))
    month = draw(st.sampled_from(["*", "*", field("month")]))
    return f"0 {hour} {day} {month} {weekday}"


@given(drawn_cron())
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_expressions_drawn_at_random_have_the_keys_of_the_reference(cron: str) -> None:
    try:
        expected = keys(dagster, cron)
    except Exception:
        with pytest.raises(InvalidDefinitionError):
            keys(ours, cron)
    else:
        assert keys(ours, cron) == expected
