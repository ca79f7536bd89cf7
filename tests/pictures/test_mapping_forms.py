"""The larger forms of a mapping picture: axes of time with their gaps, shifts and clock changes; the matrix."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    MonthlyPartitionsDefinition,
    PartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    show_mapping,
)
from notebook_assets.pictures import MappingData, MappingSide, draw_mapping
from notebook_assets.pictures.key_runs import merge_spans
from notebook_assets.pictures.mapping_axis import odd_lengths, time_ticks
from notebook_assets.pictures.mapping_cells import lay_out, pair_counts
from notebook_assets.pictures.mapping_data import Windows
from notebook_assets.pictures.mapping_head import wrapped
from notebook_assets.pictures.mapping_text import turned_round
from notebook_assets.states import PieceState

NEW_YORK = "America/New_York"
SVG = "{http://www.w3.org/2000/svg}"
days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01", timezone=NEW_YORK)
hours = HourlyPartitionsDefinition("2013-01-01-00:00", end_date="2014-01-01-00:00", timezone=NEW_YORK)


def elements(svg: str, css: str) -> list[ElementTree.Element]:
    """The elements of a class, as a whole name."""
    return [each for each in ElementTree.fromstring(svg).iter() if css in (each.get("class") or "").split()]


def boxes(path: str) -> list[tuple[float, float]]:
    """From which pixel to which each box of a path reaches, from the left."""
    found = re.findall(r"M([\d.]+) [\d.]+h([\d.]+)v[\d.]+h-", path)
    return sorted((float(x), float(x) + float(width)) for x, width in found)


# In time


def test_both_changes_of_the_clocks_are_marked_with_the_length_of_their_day():
    drawn = show_mapping(days, hours).svg
    texts = ["".join(each.itertext()) for each in elements(drawn, "nba-halo")]
    assert texts == ["23 h", "25 h"]
    assert "the clocks go forward by 1 h: a window of 23 h" in drawn


def test_half_an_hour_is_told_of_the_day_and_not_of_its_hour():
    """Lord Howe Island sets its clocks by 30 minutes."""
    there = "Australia/Lord_Howe"
    long = DailyPartitionsDefinition("2013-08-15", end_date="2013-11-15", timezone=there)
    short = HourlyPartitionsDefinition("2013-08-15-00:00", end_date="2013-11-15-00:00", timezone=there)
    for down, up in ((long, short), (short, long)):
        drawn = show_mapping(down, up).svg
        assert ["".join(each.itertext()) for each in elements(drawn, "nba-halo")] == ["23.5 h"]


def test_what_is_not_shifted_goes_straight_down_and_what_is_shifted_slants():
    """The x of a band above, and below; seven days of the 73 on the axis are their share of its pixels."""
    keys = ["2013-04-01...2013-06-05"]
    straight = show_mapping(days, days, mapping=TimeWindowPartitionMapping(), keys=keys).svg
    moved = TimeWindowPartitionMapping(start_offset=-7, end_offset=-7)
    slanted = show_mapping(days, days, mapping=moved, keys=keys).svg
    shifts = []
    for svg in (straight, slanted):
        first = elements(svg, "nba-band")[10].get("d") or ""
        above, below = re.match(r"M([\d.]+) .*H([\d.]+)C[^H]*$", first).groups()
        shifts.append(float(below) - float(above))
    assert shifts[0] == 0
    assert shifts[1] == pytest.approx(760 * 7 / 73, abs=0.3)


def test_gaps_in_time_are_holes_in_both_axes_and_between_the_bands():
    """Nine weeks of working days: eight weekends of two days."""
    work = TimeWindowPartitionsDefinition(
        "2013-04-01", "%Y-%m-%d", "2013-06-01", cron_schedule="0 0 * * *", exclusions=["0 0 * * 0,6"]
    )
    drawn = show_mapping(work, work).svg
    axes = [boxes(each.get("d") or "") for each in elements(drawn, "nba-axis")]
    assert len(axes) == 2
    for axis in axes:
        assert len(axis) == 9
        holes = [start - stop for (_, stop), (start, _) in pairwise(axis)]
        assert holes == pytest.approx([760 * 2 / 61] * 8, abs=0.3)


def test_what_does_not_exist_stands_where_it_would_be_in_time():
    """An upstream definition that starts 20 days later: the first 20 of 90 days are black, with bands to them."""
    later = DailyPartitionsDefinition("2013-01-21", end_date="2014-01-01", timezone=NEW_YORK)
    drawn = show_mapping(days, later, keys=["2013-01-01...2013-03-09"]).svg
    (lost,) = [each for each in elements(drawn, "nba-s-nonexistent") if "required" in "".join(each.itertext())]
    assert boxes(lost.get("d") or "") == [(0, pytest.approx(760 * 20 / 68, abs=0.3))]
    assert len(elements(drawn, "nba-lost")) == 1
    assert "20 days here require 20 keys that do not exist" in drawn


@pytest.mark.parametrize("upstream", [["a"], ["k000"], ["k099"]])
def test_where_nothing_or_next_to_nothing_exists_there_is_still_a_picture(upstream):
    """A hundred keys, of which upstream has none, the first, or the last."""
    keys = StaticPartitionsDefinition([f"k{at:03}" for at in range(100)])
    drawn = show_mapping(keys, StaticPartitionsDefinition(upstream), mapping=IdentityPartitionMapping())
    ElementTree.fromstring(drawn.svg)
    lost = 100 - sum(key in upstream for key in keys.get_partition_keys())
    assert f"{lost}</tspan> nonexistent" in drawn.svg
    assert len(elements(drawn.svg, "nba-lost")) == 1


def test_keys_that_need_nothing_leave_no_band():
    table = {f"k{at:03}": [f"k{at:03}"] if at % 2 else [] for at in range(100)}
    keys = StaticPartitionsDefinition(list(table))
    drawn = show_mapping(keys, keys, mapping=PartitionMapping.from_table(table)).svg
    assert len(elements(drawn, "nba-band")) == 50


def test_bands_over_each_other_are_drawn_more_quietly():
    overlapping = show_mapping(days, days, mapping=TimeWindowPartitionMapping(start_offset=-6)).svg
    assert '<g opacity="0.5">' in overlapping
    assert '<g opacity="0.5">' not in show_mapping(days, days, mapping=TimeWindowPartitionMapping()).svg


@pytest.mark.parametrize(
    "definition",
    [
        HourlyPartitionsDefinition("2013-03-09-00:00", end_date="2013-03-12-00:00", timezone=NEW_YORK),
        DailyPartitionsDefinition("2012-01-01", end_date="2042-01-01", timezone="Australia/Lord_Howe"),
        WeeklyPartitionsDefinition("2012-01-01", end_date="2042-01-01", timezone="Africa/Cairo"),
        MonthlyPartitionsDefinition("1950-01-01", end_date="2042-01-01", timezone="America/Sao_Paulo"),
        TimeWindowPartitionsDefinition(
            "2013-01-01-00:00", "%Y-%m-%d-%H:%M", "2013-03-01-00:00", cron_schedule="*/5 * * * *"
        ),
    ],
    ids=lambda definition: definition.label,
)
def test_any_rhythm_has_a_picture_of_a_few_kilobytes(definition):
    drawn = show_mapping(definition, definition)
    ElementTree.fromstring(drawn.svg)
    assert len(drawn.svg) < 60_000
    assert 2 <= len(elements(drawn.svg, "nba-x")) <= 40


@settings(max_examples=80)
@given(
    st.integers(0, 4_000_000_000),
    st.floats(3.6, 9.9).map(lambda power: int(10**power)),
    st.integers(3, 10),
    st.sampled_from(["UTC", NEW_YORK, "Asia/Kathmandu", "America/Sao_Paulo"]),
)
def test_ticks_are_few_ascending_and_inside(low, length, most, timezone):
    """A stretch of an hour to 250 years."""
    ticks = time_ticks(low, low + length, timezone, most)
    assert len(ticks) <= most + 1
    moments = [at for at, _ in ticks]
    assert moments == sorted(moments)
    assert all(low <= at <= low + length for at in moments)
    assert len({label for _, label in ticks}) == len(ticks)


def test_windows_of_odd_length_are_those_in_which_the_clocks_are_changed():
    positions = np.arange(365, dtype=np.int64)
    found = odd_lengths(Windows(*days.bounds(positions), NEW_YORK))
    assert {days.key_at(at): length for at, length in found.items()} == {"2013-03-10": "23 h", "2013-11-03": "25 h"}
    assert odd_lengths(Windows(*hours.bounds(np.arange(8_760, dtype=np.int64)), NEW_YORK)) == {}


# To and fro


tables = st.lists(
    st.lists(st.tuples(st.integers(0, 250), st.integers(1, 40)), max_size=4).map(
        lambda spans: merge_spans((start, start + length) for start, length in spans)
    ),
    min_size=1,
    max_size=150,
)


@settings(max_examples=60)
@given(tables)
def test_each_pair_is_counted_in_its_cell(spans):
    """The counts by cell, without a list of the pairs, are those of the list."""
    side = MappingSide("u", [str(at) for at in range(300)])
    data = MappingData(side, MappingSide("d", [str(at) for at in range(len(spans))]), range(len(spans)), spans)
    cells, _, _ = lay_out(data)
    counts = pair_counts(data, cells)
    wanted = np.zeros_like(counts)
    for row, needed in enumerate(spans):
        for start, stop in needed:
            for key in range(start, stop):
                column = int(np.searchsorted(cells.across, int(np.searchsorted(cells.keys, key)), side="right")) - 1
                wanted[int(np.searchsorted(cells.down, row, side="right")) - 1, column] += 1
    assert counts.tolist() == wanted.tolist()


def scattered(many: int, downstream: int) -> dict[str, list[str]]:
    return {f"d{at:04}": [f"u{(at * step) % many:06}" for step in (7, 131, 977)] for at in range(downstream)}


def test_a_small_table_is_a_matrix_with_a_name_at_each_row_and_column():
    table = scattered(26, 24)
    down, up = StaticPartitionsDefinition(list(table)), StaticPartitionsDefinition([f"u{at:06}" for at in range(26)])
    drawn = show_mapping(down, up, mapping=PartitionMapping.from_table(table)).svg
    texts = {"".join(each.itertext()) for each in ElementTree.fromstring(drawn).iter(f"{SVG}text")}
    assert {*table, *up.get_partition_keys()} <= texts
    marks = sum((each.get("d") or "").count("M") for each in elements(drawn, "nba-heat"))
    assert marks == sum(len(set(keys)) for keys in table.values())


def test_a_hundred_thousand_keys_are_a_matrix_of_shades():
    table = scattered(100_000, 5_000)
    up = StaticPartitionsDefinition([f"u{at:06}" for at in range(100_000)])
    drawn = show_mapping(StaticPartitionsDefinition(list(table)), up, mapping=PartitionMapping.from_table(table)).svg
    assert len(drawn) < 150_000
    assert re.search(r"1 to \d+ pairs in a cell, which has room for [\d,]+", drawn)
    assert len({each.get("class") for each in elements(drawn, "nba-heat")}) > 1


def test_what_does_not_exist_has_columns_of_its_own_in_a_matrix():
    table = {**scattered(26, 24), "d0003": ["lost <1>", "u000001"]}
    down, up = StaticPartitionsDefinition(list(table)), StaticPartitionsDefinition([f"u{at:06}" for at in range(26)])
    drawn = show_mapping(down, up, mapping=PartitionMapping.from_table(table))
    assert "required, but not existing: lost &lt;1&gt;" in drawn.svg
    right = max(x for each in elements(drawn.svg, "nba-heat") for _, x in boxes(each.get("d") or ""))
    (mark,) = [
        each
        for group in ElementTree.fromstring(drawn.svg).iter(f"{SVG}g")
        for each in group.findall(f"{SVG}path")
        if "required" in "".join(group.itertext()) and each.get("class") == "nba-s-nonexistent"
    ]
    assert float(re.match(r"M([\d.]+)", mark.get("d") or "")[1]) > right
    assert "∅ not existing: lost <1>" in drawn.text


def test_few_curves_to_and_fro_stay_curves():
    keys = StaticPartitionsDefinition(list("abc"))
    table = {"a": ["c"], "b": ["a", "b"], "c": ["b"]}
    drawn = show_mapping(keys, keys, mapping=PartitionMapping.from_table(table)).svg
    assert len(elements(drawn, "nba-curve")) == 4
    assert elements(drawn, "nba-heat") == []


@pytest.mark.parametrize("many", [1, 3, 41, 61, 400])
def test_states_stand_beside_a_matrix(many):
    """Of one key and of thousands; the shapes are those of the legend."""
    keys = [f"k{at:03}" for at in range(many)]
    side = MappingSide("<a>", keys, [PieceState.FAILED] * many)
    spans = [[(many - 1 - at, many - at)] for at in range(many)]
    drawn = draw_mapping(MappingData(side, side, range(many), spans))
    ElementTree.fromstring(drawn.svg)
    assert elements(drawn.svg, "nba-s-failed")
    assert f"{2 * many:,}</tspan> failed" in drawn.svg


# From the upstream side


@settings(max_examples=60)
@given(tables)
def test_turned_round_twice_is_the_same(spans):
    """What needs a key, and what that one needs, are the same pairs."""
    side = MappingSide("u", [str(at) for at in range(300)])
    data = MappingData(side, MappingSide("d", [str(at) for at in range(len(spans))]), range(len(spans)), spans)
    again = turned_round(turned_round(data))
    assert dict(zip(again.rows, again.spans, strict=True)) == {at: needed for at, needed in enumerate(spans) if needed}


def test_asked_from_upstream_the_text_goes_from_upstream_to_downstream():
    shown = show_mapping(days, days, mapping=TimeWindowPartitionMapping(start_offset=-1), upstream_keys=["2013-03-10"])
    assert repr(shown).splitlines()[0].endswith("1 of 365 days feeds 2 of 365 days")
    assert repr(shown).splitlines()[-1] == "2013-03-10 (23 h)  →  2013-03-10, 2013-03-11"


def test_keys_that_feed_nothing_give_an_empty_picture_that_says_so():
    shown = show_mapping(
        days, days, mapping=IdentityPartitionMapping(), keys=["2013-03-10"], upstream_keys=["2013-03-11"]
    )
    ElementTree.fromstring(shown.svg)
    assert "0 of 365 days feed 0 of 365 days" in repr(shown)


@given(st.text(max_size=60), st.integers(40, 400))
def test_wrapped_lines_hold_the_words_in_their_order(words, room):
    """Nothing is lost but the ends of words that are longer than a line."""
    lines = wrapped(words, room, 11.5)
    assert len(" ".join(lines).split()) == len(words.split())


def test_a_year_from_now_has_ticks_of_this_century():
    """No tick at a time that a clock can't show: the last years of the calendar."""
    end = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
    assert time_ticks(end - int(timedelta(days=4_000).total_seconds()), end, "UTC", 6)
