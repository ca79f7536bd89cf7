"""Tables: aligned, cut with a count, and safe."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.display import Column, Table, badge, counts_bar
from notebook_assets.display.escape import width
from notebook_assets.states import PieceState

HOSTILE = "<script>alert(1)</script>\" onload='x' &amp; \x1b[31m \u202e"


def test_columns_line_up_also_with_wide_characters():
    lines = Table(["asset", Column("rows", "right")], [["日本", 1], ["daily", 8760]]).text.splitlines()
    assert lines[2] == "日本       1"
    assert {width(line) for line in lines} == {12}


def test_many_rows_are_cut_and_counted():
    table = Table(["n"], [[i] for i in range(1_000)], most_rows=10, noun="partition")
    assert table.text.splitlines()[-1] == "… and 990 more partitions"
    assert "… and 990 more partitions" in table.html
    assert table.html.count("<tr>") == 12


def test_an_empty_table_says_so():
    table = Table(["asset"], [], title="Assets", empty="No assets yet.")
    assert table.text.endswith("No assets yet.")
    assert "No assets yet." in table.html


def test_a_long_cell_is_cut_in_the_middle_and_whole_in_its_tooltip(read_html):
    seen = read_html(Table(["error"], [["x" * 300 + "END"]]).html)
    assert "…" in seen.text
    assert seen.text.endswith("xEND")
    assert any(value == "x" * 300 + "END" for value in seen.values)


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="2 cells"):
        Table(["a", "b"], [["only one"]])


def test_states_and_bars_have_words_beside_their_colours(read_html):
    cells = [PieceState.FAILED, badge(PieceState.STALE), counts_bar({PieceState.EMPTY: 46})]
    table = Table(["a", "b", "c"], [cells])
    assert table.text.splitlines()[-1].split("  ") == ["✗ failed", "◐ stale", "○46"]
    seen = read_html(table.html)
    assert "failed" in seen.text
    assert "46 empty" in seen.values


@settings(max_examples=50)
@given(st.lists(st.text(), min_size=1, max_size=4), st.text(), st.text())
def test_nothing_in_a_table_becomes_markup(read_html, cells, title, detail):
    table = Table([title or "t"], [[cell + HOSTILE] for cell in cells], title=title + HOSTILE, detail=detail)
    seen = read_html(table.html)
    assert seen.tags <= {"div", "table", "caption", "p", "small", "thead", "tbody", "tr", "th", "td"}
    assert seen.attributes <= {"class", "scope", "title", "colspan"}
    assert "\x1b" not in table.text
    assert "\u202e" not in table.text
