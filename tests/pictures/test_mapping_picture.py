"""The mapping picture: every join shown, alike keys folded, what does not exist marked."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.pictures import MappingData, MappingSide, draw_mapping
from notebook_assets.pictures.key_runs import fold_runs, merge_spans, span_name
from notebook_assets.states import PieceState

THERE = PieceState.MATERIALIZED


def _side(name: str, many: int, state: PieceState | None = THERE) -> MappingSide:
    return MappingSide(name, [f"{name}-{i:05}" for i in range(many)], [state] * many if state else None)


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=4).map(
    lambda found: merge_spans((start, start + length) for start, length in found)
)


@given(st.lists(spans, min_size=1, max_size=60), st.integers(0, 40))
def test_folding_loses_no_join_and_invents_none(rows, single):
    runs = fold_runs(range(len(rows)), rows, {}, single)
    joined = {
        (key, row)
        for up, down in runs.joins
        for key in range(*runs.upstream[up])
        for row in range(*runs.downstream[down])
    }
    assert joined == {(key, row) for row, needed in enumerate(rows) for span in needed for key in range(*span)}


@given(st.lists(spans, min_size=1, max_size=60))
def test_runs_are_sorted_and_disjoint(rows):
    for side in (fold_runs(range(len(rows)), rows, {}).upstream, fold_runs(range(len(rows)), rows, {}).downstream):
        assert all(one[1] <= two[0] for one, two in pairwise(side))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20))
def test_merged_spans_hold_the_same_keys(found):
    merged = merge_spans(found)
    assert {k for s in merged for k in range(*s)} == {k for s in found for k in range(*s)}
    assert all(one[1] < two[0] for one, two in pairwise(merged))


def test_the_keys_of_one_day_are_shown_one_by_one():
    drawn = draw_mapping(MappingData(_side("h", 48), _side("d", 2), [1], [[(24, 48)]]))
    assert drawn.svg.count('class="nba-run"') == 25
    assert drawn.svg.count('class="nba-curve"') == 24


def test_the_keys_of_many_days_are_folded_into_a_run_a_day():
    drawn = draw_mapping(
        MappingData(_side("h", 240), _side("d", 10), range(10), [[(i * 24, i * 24 + 24)] for i in range(10)])
    )
    assert drawn.svg.count('class="nba-run"') == 20
    assert drawn.svg.count('class="nba-curve"') == 10
    assert "h-00000 … h-00023" in drawn.svg


def test_downstream_keys_that_need_the_same_are_folded():
    drawn = draw_mapping(MappingData(_side("u", 1), _side("d", 500), range(500), [[(0, 1)]] * 500))
    assert drawn.svg.count('class="nba-run"') == 2
    assert "d-00000 … d-00499 (500 keys)  ←  ● u-00000" in drawn.text


def test_what_does_not_exist_is_marked_and_counted():
    data = MappingData(_side("u", 9), _side("d", 9), [0, 1], [[(0, 1)], [(0, 2)]], {0: ["t-1", "t-2"], 1: ["t-2"]})
    drawn = draw_mapping(data)
    assert drawn.svg.count('class="nba-plate nba-lost"') == 2
    assert drawn.svg.count('class="nba-curve nba-lost"') == 3
    assert ">2</tspan> nonexistent" in drawn.svg
    assert "∅ not existing: t-1, t-2" in drawn.text
    assert "and 2 that do not exist" in drawn.text


@pytest.mark.parametrize(("lost", "above"), [("a-before", True), ("z-after", False)])
def test_what_does_not_exist_stands_where_it_would_be(lost, above):
    data = MappingData(_side("u", 3), _side("v", 1), [0], [[(0, 3)]], {0: [lost]})
    root = ElementTree.fromstring(draw_mapping(data).svg)
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    y = {"".join(text.itertext()): float(text.get("y")) for text in texts if text.get("class") == "nba-key"}
    assert (y[lost] < y["u-00000"]) == above


def test_a_thousand_keys_are_drawn_along_two_axes():
    up, down = _side("h", 8_760), _side("d", 365)
    drawn = draw_mapping(MappingData(up, down, range(365), [[(i * 24, i * 24 + 24)] for i in range(365)]))
    root = ElementTree.fromstring(drawn.svg)
    bands = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if "nba-band" in (path.get("class") or "")]
    assert 40 <= len(bands) <= 100
    assert len(drawn.svg) < 100_000
    assert "… 326 more lines" in drawn.text


def test_a_hundred_thousand_keys_stay_small_also_where_nothing_is_contiguous():
    up, down = _side("u", 100_000), _side("d", 5_000, None)
    rows = [
        [((i * 7_919 + j * 13) % 99_999, (i * 7_919 + j * 13) % 99_999 + 1) for j in range(3)] for i in range(5_000)
    ]
    drawn = draw_mapping(MappingData(up, down, range(5_000), [sorted(row) for row in rows]))
    assert len(drawn.svg) < 150_000


def test_an_asset_without_partitions_is_called_the_whole_asset():
    data = MappingData(_side("d", 365), MappingSide("report", [""]), [0], [[(0, 365)]])
    assert "(the whole asset)" in draw_mapping(data).svg
    assert "(the whole asset)  ←  d-00000 … d-00364 (365 keys, all materialized)" in draw_mapping(data).text


def test_a_key_that_needs_nothing_is_shown_alone():
    drawn = draw_mapping(MappingData(_side("u", 3), _side("d", 3), [0], [[]]))
    assert drawn.text.endswith("●  d-00000  ←  nothing".replace("●  ", "● "))
    ElementTree.fromstring(drawn.svg)


def test_no_rows_at_all_are_still_a_picture():
    ElementTree.fromstring(draw_mapping(MappingData(_side("u", 3), _side("d", 3), [], [])).svg)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["2013-03-10-00:00", "2013-03-10-23:00"], "2013-03-10-00:00 … 23:00"),
        (["2013-01-01", "2013-01-07"], "2013-01-01 … 2013-01-07"),
        (["EWR", "LGA"], "EWR … LGA"),
        (["EWR"], "EWR"),
        ([""], "(the whole asset)"),
    ],
)
def test_runs_are_named_by_their_ends(keys, name):
    assert span_name(keys, 0, len(keys)) == name


def test_sides_and_rows_must_match():
    with pytest.raises(ValueError, match="1 keys"):
        MappingSide("a", ["x"], [])
    with pytest.raises(ValueError, match="1 rows"):
        MappingData(_side("u", 1), _side("d", 1), [0], [])


hostile = st.text(st.one_of(st.sampled_from("<>&\"'\\\x00\x1b\u202e\n"), st.characters()), min_size=1, max_size=30)


@settings(max_examples=40)
@given(st.lists(hostile, min_size=1, max_size=60), st.lists(hostile, min_size=1, max_size=60), hostile)
def test_no_key_becomes_markup(read_html, upstream, downstream, name):
    up = MappingSide(name, upstream, [THERE] * len(upstream), noun=name)
    down = MappingSide(name, downstream)
    needs = [[(0, 1 + i % len(upstream))] for i in range(len(downstream))]
    drawn = draw_mapping(MappingData(up, down, range(len(downstream)), needs, {0: [name]}, name))
    ElementTree.fromstring(drawn.svg)
    assert read_html(drawn.html).tags <= {"div", "img", "svg", "g", "rect", "path", "text", "tspan", "title"}
    assert not {sign for sign in drawn.text if sign in "\x00\x1b\u202e"}


def test_a_long_rule_is_cut_between_words() -> None:
    side = MappingSide("a", ["x"])
    words = "The upstream dimension 'place' goes with the downstream dimension 'somewhere'. " * 5
    line = str(draw_mapping(MappingData(side, side, [0], [[(0, 1)]], description=words))).splitlines()[1]
    assert len(line) <= 201
    assert line.endswith(" …")
    assert words.startswith(f"{line.removesuffix(' …')} ")
