"""Plots of numbers over partitions."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.display.plot import nice_ticks, plot_series, sparkline

finite = st.floats(-1e200, 1e200)


@given(finite, finite)
def test_ticks_are_few_and_enclose_the_values(one, other):
    low, high = min(one, other), max(one, other)
    ticks = nice_ticks(low, high)
    dust = (high - low) * 1e-9 + abs(high) * 1e-11
    assert ticks[0] - dust <= low <= high <= ticks[-1] + dust
    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(set(ticks))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 10, [0, 2.5, 5, 7.5, 10]), (0, 0, [-1, 0, 1]), (0.1, 0.35, [0.1, 0.2, 0.3, 0.4])],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert nice_ticks(low, high) == ticks


def test_a_gap_breaks_the_line():
    drawn = plot_series([("a", 1), ("b", 2), ("c", None), ("d", 3), ("e", 4)], "rows")
    line = next(part for part in drawn.html.split("<path") if "nba-line" in part)
    assert line.split('d="')[1].split('"')[0].count("M") == 2


@pytest.mark.parametrize("points", [[], [("a", None)], [("a", math.nan)], [("a", math.inf)], [("a", 10**400)]])
def test_nothing_to_plot_is_said(points):
    assert "no values" in plot_series(points, "rows").text


def test_one_point_is_a_dot_with_its_value():
    drawn = plot_series([("only", 5)], "rows", unit="MB")
    ElementTree.fromstring(drawn.svg)
    assert drawn.html.count("<circle") == 1
    assert "only: 5 MB" in drawn.html


def test_a_hundred_thousand_points_make_a_small_picture():
    drawn = plot_series([(f"k{i}", math.sin(i / 500) * i) for i in range(100_000)], "rows")
    assert len(drawn.html) < 60_000
    assert len(drawn.text) < 400


def test_crowded_points_keep_their_extremes():
    values = [0.0] * 50_000
    values[31_000] = 1_000.0
    drawn = plot_series([(str(i), value) for i, value in enumerate(values)], "rows")
    assert "0 to 1,000" in drawn.text


def test_a_sparkline_shows_gaps_as_spaces():
    assert sparkline([1, None, 8]) == "▁ █"
    assert len(sparkline(list(range(1_000)))) <= 60


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.text(max_size=8), st.one_of(st.none(), st.floats(), st.integers())), max_size=12), st.text()
)
def test_any_series_gives_well_formed_svg(points, name):
    ElementTree.fromstring(plot_series(points, name, unit="<b>").svg)
