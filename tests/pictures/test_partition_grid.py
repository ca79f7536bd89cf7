"""The grid of partitions: every key once, in its place, in the shape of its state."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.pictures import GridData, draw_grid
from notebook_assets.pictures.cells import slots
from notebook_assets.pictures.day_grid import place_days
from notebook_assets.pictures.grid_data import unit_of
from notebook_assets.pictures.hour_grid import place_hours
from notebook_assets.pictures.local_times import shifts, wall_clock
from notebook_assets.pictures.strip_grid import place_months, place_plain, place_weeks
from notebook_assets.states import PieceState

NEW_YORK = "America/New_York"
THERE = PieceState.MATERIALIZED
SVG = "{http://www.w3.org/2000/svg}"


def _seconds(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def _hours(first: date, after: date, zone: str = NEW_YORK, step: int = 3_600) -> list[int]:
    return list(range(_seconds(first, zone), _seconds(after, zone), step))


def _grid(starts: list[int], state=THERE, zone: str = NEW_YORK, **more) -> GridData:
    keys = [datetime.fromtimestamp(start, ZoneInfo(zone)).isoformat() for start in starts]
    return GridData("asset", keys, [state] * len(keys), starts, zone, **more)


def _covered(placed) -> list[int]:
    return sorted(key for group in placed.groups for cell in group.cells for key in range(cell.start, cell.stop))


@pytest.mark.parametrize(
    ("first", "after"),
    [
        (date(2013, 1, 1), date(2014, 1, 1)),
        (date(2013, 3, 10), date(2013, 3, 11)),
        (date(2013, 10, 20), date(2013, 11, 20)),
        (date(2012, 2, 27), date(2012, 5, 2)),
    ],
)
def test_every_hour_has_its_cell_and_no_two_cells_overlap(first, after):
    starts = _hours(first, after)
    moments = wall_clock(starts, NEW_YORK)
    placed = place_hours([str(s) for s in starts], [THERE] * len(starts), moments, NEW_YORK)
    assert _covered(placed) == list(range(len(starts)))
    corners = Counter((cell.x, cell.y) for group in placed.groups for cell in group.cells)
    assert set(corners.values()) == {1}
    assert all(cell.x + cell.width <= placed.width + 1 for group in placed.groups for cell in group.cells)
    assert all(cell.y + cell.height <= placed.height for group in placed.groups for cell in group.cells)


def _column(day: date, zone: str = NEW_YORK):
    starts = _hours(day, day + timedelta(days=1), zone)
    placed = place_hours([str(s) for s in starts], [THERE] * len(starts), wall_clock(starts, zone), zone)
    return placed, placed.groups[0].cells


def test_in_spring_the_absent_hour_is_a_gap():
    placed, cells = _column(date(2013, 3, 10))
    pitch = cells[1].y - cells[0].y
    rows = [round((cell.y - cells[0].y) / pitch) for cell in cells]
    assert rows == [0, 1, *range(3, 24)]
    assert "23 h" in placed.labels


def test_in_autumn_the_repeated_hour_is_two_keys_side_by_side_in_its_row():
    placed, cells = _column(date(2013, 11, 3))
    assert [cell.stop - cell.start for cell in cells] == [1, 2, *([1] * 22)]
    assert "25 h" in placed.labels
    drawn = draw_grid(_grid(_hours(date(2013, 11, 3), date(2013, 11, 4)), PieceState.EMPTY)).svg
    shapes = re.search(r'<path class="nba-s-empty" d="([^"]*)"/></g></g>', drawn)
    assert shapes
    assert len(re.findall("M", shapes[1])) == 2 * 25  # a frame and its hole for each of the 25 hours


def test_a_clock_that_moves_by_half_an_hour_is_drawn_too():
    starts = _hours(date(2013, 4, 6), date(2013, 4, 9), "Australia/Lord_Howe")
    data = _grid(starts, zone="Australia/Lord_Howe")
    moments = wall_clock(starts, data.timezone)
    assert _covered(place_hours(data.keys, data.states, moments, data.timezone)) == list(range(len(starts)))
    assert shifts(date(2013, 4, 1), date(2013, 4, 30), data.timezone) == {date(2013, 4, 7): 30}


def test_quarters_of_an_hour_share_the_cell_of_their_hour():
    starts = _hours(date(2013, 11, 2), date(2013, 11, 5), step=900)
    data = _grid(starts)
    placed = place_hours(data.keys, data.states, wall_clock(starts, NEW_YORK), NEW_YORK)
    assert _covered(placed) == list(range(len(starts)))


@pytest.mark.parametrize("first", [date(2013, 1, 1), date(2012, 2, 28), date(2011, 12, 31), date(2016, 8, 15)])
@pytest.mark.parametrize("many", [1, 7, 366, 1_500])
def test_days_stand_in_the_row_of_their_weekday(first, many):
    starts = [_seconds(first + timedelta(days=i), NEW_YORK) for i in range(many)]
    data = _grid(starts)
    placed = place_days(data.keys, data.states, wall_clock(starts, NEW_YORK))
    assert _covered(placed) == list(range(many))
    tops: dict[int, float] = {}
    for group in placed.groups:
        for cell in group.cells:
            year = (first + timedelta(days=cell.start)).year
            monday_top = tops.setdefault(year, cell.y - (first + timedelta(days=cell.start)).weekday() * 14)
            assert cell.y - monday_top == (first + timedelta(days=cell.start)).weekday() * 14


@pytest.mark.parametrize(("place", "step"), [(place_weeks, 7), (place_months, 30)])
def test_weeks_and_months_stand_in_the_row_of_their_year(place, step):
    starts = [_seconds(date(2010, 1, 3) + timedelta(days=i * step), NEW_YORK) for i in range(120)]
    data = _grid(starts)
    placed = place(data.keys, data.states, wall_clock(starts, NEW_YORK))
    assert _covered(placed) == list(range(120))


@pytest.mark.parametrize("many", [0, 1, 72, 73, 5_000, 100_000])
def test_plain_keys_are_all_there_however_many(many):
    keys = [f"k{i}" for i in range(many)]
    placed = place_plain(keys, [THERE] * many)
    assert _covered(placed) == list(range(many))
    assert len(placed.groups) <= 2_400
    drawn = draw_grid(GridData("asset", keys, [THERE] * many))
    ElementTree.fromstring(drawn.svg)
    assert len(drawn.svg) < 400_000
    assert len(drawn.text) < 10_000


def test_a_year_of_hours_is_a_small_picture_even_where_all_states_mix():
    starts = _hours(date(2013, 1, 1), date(2014, 1, 1))
    calm = draw_grid(_grid(starts))
    assert len(calm.html) < 120_000
    data = _grid(starts)
    mixed = [
        PieceState.EMPTY if i % 9 == 0 else PieceState.FAILED if i % 50 == 0 else THERE for i in range(len(starts))
    ]
    assert len(draw_grid(GridData("a", data.keys, mixed, starts, NEW_YORK)).html) < 300_000


def test_a_hundred_thousand_hours_become_days_and_say_so():
    starts = list(range(1_000_000_800, 1_000_000_800 + 100_000 * 3_600, 3_600))
    states = [THERE] * 100_000
    states[50_000] = PieceState.FAILED
    keys = [str(start) for start in starts]
    drawn = draw_grid(GridData("asset", keys, states, starts))
    assert "Each cell stands for up to 24 keys." in drawn.svg
    assert f"167 materialized, 1 failed ({keys[50_000]})" in drawn.svg
    assert len(drawn.svg) < 400_000
    assert f"failed: {keys[50_000]}" in drawn.text


def test_the_tooltip_of_a_day_names_its_unusual_hours():
    data = _grid(_hours(date(2013, 1, 1), date(2013, 1, 3)))
    states = list(data.states)
    states[5] = PieceState.EMPTY
    root = ElementTree.fromstring(draw_grid(GridData("a", data.keys, states, data.starts, NEW_YORK)).svg)
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert f"Tue 1 Jan 2013: 23 materialized, 1 empty ({data.keys[5]})" in titles
    assert "Wed 2 Jan 2013: 24 keys, all materialized" in titles


def test_the_legend_counts_each_state():
    words = draw_grid(GridData("a", list("abc"), [THERE, PieceState.EMPTY, PieceState.EMPTY])).svg
    assert ">2</tspan> empty" in words
    assert ">1</tspan> materialized" in words
    assert "failed</text>" not in words


@pytest.mark.parametrize(
    ("step", "unit"),
    [(900, "hour"), (3_600, "hour"), (21_600, "hour"), (86_400, "day"), (604_800, "week"), (2_629_800, "month")],
)
def test_the_unit_follows_from_the_distance_of_the_windows(step, unit):
    assert unit_of([i * step for i in range(50)]) == unit


def test_one_window_alone_counts_as_a_day():
    assert unit_of([5]) == "day"
    ElementTree.fromstring(draw_grid(_grid([_seconds(date(2013, 1, 1), NEW_YORK)])).svg)


def test_keys_in_one_place_share_it():
    assert slots([(0, 0), (0, 0), (1, 0)]) == [(0, 0, 0, 2), (1, 0, 2, 3)]


def test_states_and_keys_must_match():
    with pytest.raises(ValueError, match="one state"):
        GridData("a", ["x"], [])
    with pytest.raises(ValueError, match="one start"):
        GridData("a", ["x"], [THERE], [1, 2])


def test_text_of_hours_shows_both_clock_changes():
    spring = draw_grid(_grid(_hours(date(2013, 3, 9), date(2013, 3, 12)))).text
    day = next(line for line in spring.splitlines() if line.startswith("2013-03-10"))
    assert day.startswith("2013-03-10 Sun  ● ●   ● ●")
    assert day.count("●") == 23
    autumn = draw_grid(_grid(_hours(date(2013, 11, 2), date(2013, 11, 5)))).text
    day = next(line for line in autumn.splitlines() if line.startswith("2013-11-03"))
    assert day.startswith("2013-11-03 Sun  ● ●● ● ")
    assert day.count("●") == 25


def test_text_of_a_year_has_a_line_a_month_and_lists_what_is_unusual():
    data = _grid([_seconds(date(2013, 1, 1) + timedelta(days=i), NEW_YORK) for i in range(365)])
    states = list(data.states)
    states[31:34] = [PieceState.FAILED] * 3
    text = draw_grid(GridData("daily", [key[:10] for key in data.keys], states, data.starts, NEW_YORK)).text
    lines = text.splitlines()
    assert "2013-02  ✗✗✗" + "●" * 25 in lines
    assert "failed: 2013-02-01 … 2013-02-03 (3)" in lines
    assert len(lines) < 20


@pytest.mark.parametrize("unit", ["hour", "day", "week", "month"])
def test_no_text_is_wider_than_a_terminal(unit):
    step = {"hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_635_200}[unit]
    starts = [1_356_998_400 + i * step for i in range(200)]
    data = GridData("a" * 500, [str(s) for s in starts], [THERE] * 200, starts)
    assert max(map(len, draw_grid(data).text.splitlines())) <= 130


hostile = st.text(st.one_of(st.sampled_from("<>&\"'\\\x00\x1b\u202e\n"), st.characters()), max_size=40)


@settings(max_examples=40)
@given(st.lists(st.tuples(hostile, st.sampled_from(list(PieceState))), max_size=100), hostile, st.booleans())
def test_no_key_becomes_markup(read_html, entries, name, timed):
    keys, states = [key for key, _ in entries], [state for _, state in entries]
    starts = [i * 3_600 for i in range(len(keys))] if timed else None
    drawn = draw_grid(GridData(name, keys, states, starts))
    ElementTree.fromstring(drawn.svg)
    assert read_html(drawn.html).tags <= {"div", "img", "svg", "g", "rect", "path", "text", "tspan", "title"}
    assert not {sign for sign in drawn.text if sign in "\x00\x1b\u202e"}


def test_very_long_keys_are_cut_everywhere():
    keys = [f"{i}" + "x" * 20_000 for i in range(100)]
    drawn = draw_grid(GridData("a", keys, [list(PieceState)[i % 8] for i in range(100)]))
    assert len(drawn.svg) < 60_000
    assert max(map(len, drawn.text.splitlines())) < 250


def test_utc_needs_no_time_zone_database():
    assert wall_clock([0], "UTC")[0].day == datetime.fromtimestamp(0, UTC).date()


def test_a_year_of_days_fits_a_narrow_notebook():
    starts = [_seconds(date(2013, 1, 1) + timedelta(days=day), NEW_YORK) for day in range(365)]
    least = re.search(r"min-width:([\d.]+)px", draw_grid(_grid(starts)).html)
    assert least is not None
    assert float(least.group(1)) < 560
