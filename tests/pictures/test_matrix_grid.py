"""The grid of partitions of several dimensions: what goes where, what is folded, what is said, as SVG and as text."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest

from notebook_assets import DailyPartitionsDefinition, MultiPartitionsDefinition, StaticPartitionsDefinition
from notebook_assets.pictures import GridData, axes_of, draw_grid
from notebook_assets.pictures.matrix_grid import place_matrix
from notebook_assets.pictures.matrix_layout import arranged
from notebook_assets.states import PieceState

M, MISSING, FAILED = PieceState.MATERIALIZED, PieceState.MISSING, PieceState.FAILED
LETTERS, DIGITS = StaticPartitionsDefinition(["x", "y", "z"]), StaticPartitionsDefinition(["1", "2"])
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-06")


def data_of(dimensions, odd=(), odd_state=FAILED, **options) -> GridData:
    there = MultiPartitionsDefinition(dimensions, **options).settled()
    keys = [str(key) for key in there.get_partition_keys()]
    return GridData("flights", keys, [odd_state if key in odd else M for key in keys], axes=axes_of(there))


def test_the_first_dimension_goes_down_and_the_second_across() -> None:
    placed, matrix = place_matrix(data_of({"abc": LETTERS, "date": DAYS}, odd=["y|2024-01-02"]))
    by_key = {matrix.keys[cell.start]: cell for group in placed.groups for cell in group.cells}
    assert len(by_key) == 15
    assert by_key["x|2024-01-01"].x < by_key["x|2024-01-02"].x
    assert by_key["x|2024-01-01"].y == by_key["x|2024-01-02"].y < by_key["y|2024-01-01"].y
    titles = {group.title for group in placed.groups}
    assert "y|2024-01-02: failed" in titles
    assert {"x|2024-01-01: materialized", "z|2024-01-05: materialized"} <= titles
    assert all(word in placed.labels for word in (">x<", ">z<", ">abc<", ">date<", ">2024-01-01<"))


def test_times_go_across_where_only_the_first_dimension_is_of_times() -> None:
    matrix = arranged(data_of({"day": DAYS, "station": LETTERS}), 60, 40)
    assert (matrix.columns.title, matrix.rows.title) == ("day", "station")


def test_three_dimensions_are_a_matrix_for_each_value_of_the_other() -> None:
    data = data_of({"abc": LETTERS, "date": DAYS, "digit": DIGITS}, odd=["y|2024-01-02|2"])
    placed, matrix = place_matrix(data)
    assert (matrix.panels.title, matrix.rows.title, matrix.columns.title) == ("abc", "digit", "date")
    assert [matrix.panels.name(panel) for panel in range(matrix.panels.count)] == ["x", "y", "z"]
    assert "y|2024-01-02|2: failed" in {group.title for group in placed.groups}
    assert placed.height == max(cell.y + 14 for group in placed.groups for cell in group.cells)


def test_what_a_filter_leaves_out_has_no_cell() -> None:
    data = data_of({"abc": LETTERS, "date": DAYS}, filter=lambda at: (at["abc"], at["date"][-1]) != ("x", "1"))
    assert len(place_matrix(data)[1].places) == 14
    assert "x       ● ● ● ●" in repr(draw_grid(data))


@pytest.mark.parametrize("columns", [101, 250, 1_000])
@pytest.mark.parametrize("rows", [3, 49, 100])
def test_many_are_folded_and_each_key_is_in_one_cell(columns: int, rows: int) -> None:
    wide = StaticPartitionsDefinition([f"c{number}" for number in range(columns)])
    tall = StaticPartitionsDefinition([f"r{number}" for number in range(rows)])
    data = data_of({"a": tall, "b": wide}, odd=["r1|c7"])
    placed, matrix = place_matrix(data)
    spans = sorted((cell.start, cell.stop) for group in placed.groups for cell in group.cells)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(data.keys)
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert sorted(matrix.keys) == sorted(data.keys)
    assert matrix.states[matrix.keys.index("r1|c7")] is FAILED
    assert matrix.columns.count <= 100
    assert matrix.rows.count <= 48
    assert f"{matrix.columns.each} of b to a column" in placed.remark
    assert placed.width < 1_000


def test_a_hundred_thousand_cells_are_drawn_soon_and_small() -> None:
    stations = StaticPartitionsDefinition([f"s{number}" for number in range(100)])
    days = DailyPartitionsDefinition("2021-01-01", end_date="2023-09-28")
    data = data_of({"station": stations, "date": days}, odd=["2021-01-09|s7"])
    began = time.process_time()
    drawn = draw_grid(data)
    assert time.process_time() - began < 2.5
    assert len(drawn.html) < 400_000
    assert "1 failed (2021-01-09|s7)" in drawn.html
    assert len(drawn.text.splitlines()) < 70


def test_as_text_it_is_a_line_a_row_and_names_rectangles() -> None:
    odd = [f"{letter}|2024-01-0{day}" for letter in "yz" for day in (2, 3)]
    assert repr(draw_grid(data_of({"abc": LETTERS, "date": DAYS}, odd, MISSING))) == (
        "flights  ·  15 partitions · 3 abc × 5 date\n"
        "● 11 materialized   · 4 missing\n"
        "\n"
        "abc   date: 2024-01-01 … 2024-01-05\n"
        "x     ● ● ● ● ●\n"
        "y     ● · · ● ●\n"
        "z     ● · · ● ●\n"
        "\n"
        "missing: y|2024-01-02 … z|2024-01-03 (4)"
    )


def test_no_partitions_are_said() -> None:
    early = DailyPartitionsDefinition("2124-01-01")
    drawn = draw_grid(data_of({"abc": LETTERS, "date": early}))
    assert "There are no partitions." in drawn.html
    assert "0 partitions" in drawn.text


def test_hostile_keys_and_names_are_escaped() -> None:
    data = data_of({"<b>": StaticPartitionsDefinition(["<script>alert(1)</script>", "&amp;"]), "d": DIGITS})
    html = draw_grid(data).html
    assert "<script>" not in html
    assert "<b>" not in re.sub(r"<style>.*?</style>", "", html)
