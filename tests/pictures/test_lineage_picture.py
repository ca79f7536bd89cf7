"""The lineage picture: every asset once, laid out, safe, also as DOT and as text."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.display.escape import visible
from notebook_assets.pictures import LineageEdge, LineageNode, draw_lineage, render_dot
from notebook_assets.pictures.lineage_drawing import card_size
from notebook_assets.pictures.lineage_layout import lay_out
from notebook_assets.states import PieceState

SVG = "{http://www.w3.org/2000/svg}"


def _cards(picture):
    root = ElementTree.fromstring(picture.svg)
    return [group for group in root.iter(f"{SVG}g") if group.get("class") == "nba-node"]


def _words(element):
    return " ".join("".join(text.itertext()) for text in element.iter(f"{SVG}text"))


def test_each_asset_has_a_card_that_names_it():
    nodes = [LineageNode("raw", kind="source", group="in"), LineageNode("daily", partitions="daily · 365")]
    cards = _cards(draw_lineage(nodes, [LineageEdge("raw", "daily")]))
    assert [card.get("data-asset") for card in cards] == ["raw", "daily"]
    assert "raw source" in _words(cards[0])
    assert "daily · 365" in _words(cards[1])


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({PieceState.MATERIALIZED: 362, PieceState.FAILED: 3}, "3 failed"),
        ({PieceState.STALE: 12, PieceState.MISSING: 353}, "12 stale"),
        ({PieceState.MATERIALIZED: 364, PieceState.EMPTY: 1}, ""),
    ],
)
def test_a_card_says_in_words_what_is_wrong_and_is_quiet_where_nothing_is(counts, said):
    (card,) = _cards(draw_lineage([LineageNode("daily", partitions="daily · 365", counts=counts)], []))
    assert _words(card).split("365")[1].strip() == said


def test_an_asset_without_partitions_says_its_state():
    (card,) = _cards(draw_lineage([LineageNode("report", counts={PieceState.STALE: 1})], []))
    assert _words(card) == "report stale"


def test_upstream_stands_to_the_left_and_cards_do_not_overlap():
    sizes = [(150, 50)] * 6
    layout = lay_out(sizes, [(0, 1, 0), (0, 2, 80), (1, 3, 0), (2, 3, 0), (3, 4, 0)], [((1, 2), 60)])
    for tail, head in ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4)):
        assert layout.nodes[tail][0] + 150 < layout.nodes[head][0] + 1
    places = list(layout.nodes.values())
    assert len(places) == 6
    for index, (x, y) in enumerate(places):
        assert all(abs(x - p) >= 149 or abs(y - q) >= 49 for p, q in places[:index])


def test_a_group_frames_its_members():
    layout = lay_out([(100, 40)] * 3, [(0, 1, 0), (1, 2, 0)], [((0, 1), 50)])
    left, top, right, bottom = layout.frames[0]
    for member in (0, 1):
        x, y = layout.nodes[member]
        assert left < x - 50 < x + 50 < right
        assert top < y - 20 < y + 20 < bottom


def test_a_mapping_that_is_not_the_default_stands_at_its_edge():
    nodes = [LineageNode("a"), LineageNode("b")]
    root = ElementTree.fromstring(draw_lineage(nodes, [LineageEdge("a", "b", "6 days before")]).svg)
    assert "6 days before" in ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_edges_to_assets_that_are_not_shown_are_left_out():
    picture = draw_lineage([LineageNode("a")], [LineageEdge("gone", "a"), LineageEdge("a", "gone")])
    assert picture.edges == ()
    assert len(_cards(picture)) == 1


def test_a_selected_asset_stands_out_and_a_link_leads_on():
    nodes = [LineageNode("a", href="https://example.org/a"), LineageNode("b", href="javascript:alert(1)")]
    svg = draw_lineage(nodes, [], selected=["b"]).svg
    assert svg.count('class="nba-card nba-selected"') == 1
    assert svg.count("<a ") == 1


def test_nothing_to_show_is_still_a_picture():
    picture = draw_lineage([], [])
    ElementTree.fromstring(picture.svg)
    assert repr(picture) == "Lineage  ·  0 assets"


@pytest.mark.parametrize("many", [1, 1_000])
def test_one_asset_and_a_thousand(many):
    nodes = [LineageNode(f"asset_{i}", group=f"g{i // 50}", counts={PieceState.MISSING: 1}) for i in range(many)]
    edges = [LineageEdge(f"asset_{i // 3}", f"asset_{i}") for i in range(1, many)]
    picture = draw_lineage(nodes, edges)
    assert len(_cards(picture)) == many
    assert len(picture.svg) < 1_500 * many + 20_000
    assert len(repr(picture).splitlines()) <= 402


def test_a_long_chain_does_not_run_off_to_the_right():
    nodes = [LineageNode(f"a{i}") for i in range(1_000)]
    text = draw_lineage(nodes, [LineageEdge(f"a{i}", f"a{i + 1}") for i in range(999)]).text
    assert max(map(len, text.splitlines())) < 120


def test_the_text_form_is_a_tree_that_names_each_asset_once_in_full():
    nodes = [LineageNode("a", counts={PieceState.FAILED: 1}), LineageNode("b"), LineageNode("c"), LineageNode("d")]
    edges = [LineageEdge("a", "b"), LineageEdge("a", "c", "all keys"), LineageEdge("b", "d"), LineageEdge("c", "d")]
    assert draw_lineage(nodes, edges).text.splitlines()[1:] == [
        "a  ✗1",
        "├─ b",
        "│  └─ d",
        "└─ c  (all keys)",
        "   └─ d  ↑ above",
    ]


def test_a_circle_is_shown_and_does_not_hang():
    nodes = [LineageNode("a"), LineageNode("b")]
    picture = draw_lineage(nodes, [LineageEdge("a", "b"), LineageEdge("b", "a")])
    assert len(_cards(picture)) == 2
    assert picture.text.splitlines()[1:] == ["a", "└─ b", "   └─ a  ↑ above"]


def test_a_very_long_name_is_cut_to_a_card_of_bounded_width():
    node = LineageNode("x" * 5_000, partitions="p" * 500, remark="r" * 500)
    assert card_size(node)[0] <= 272
    picture = draw_lineage([node], [])
    assert len(_words(_cards(picture)[0])) < 120
    assert max(map(len, picture.text.splitlines())) < 250


hostile = st.text(
    st.one_of(st.sampled_from("<>&\"'\\/{}[];\n\x00\x1b\u202e\u2066-"), st.characters(codec="utf-8")),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(hostile, min_size=1, max_size=4, unique=True), hostile)
def test_no_name_becomes_markup_or_dot(read_html, names, label):
    nodes = [LineageNode(name, group=name, partitions=name, remark=name, tooltip=name) for name in names]
    picture = draw_lineage(nodes, [LineageEdge(names[0], name, label) for name in names], title=label)
    ElementTree.fromstring(picture.svg)
    seen = read_html(picture.html)
    assert seen.tags <= {"div", "img", "svg", "g", "rect", "path", "text", "tspan", "title"}
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert [card.get("data-asset") for card in _cards(picture)] == [visible(name) for name in names]
    assert not {sign for sign in picture.text if sign in "\x00\x1b\u202e\u2066"}
    drawn = json.loads(render_dot(picture.dot, "json"))
    boxes = [entry for entry in drawn["objects"] if not entry["name"].startswith("cluster")]
    assert sorted(box["name"] for box in boxes) == sorted(f"n{i}" for i in range(len(names)))
    assert len(drawn["edges"]) == len(picture.edges)


@pytest.mark.parametrize("name", ["<b>x</b>", '"]; evil [label="x', "\\N", "&lt;", "a\\", 'q"\\"q', "x\\\\y"])
def test_dot_shows_a_name_as_it_is(name):
    root = ElementTree.fromstring(render_dot(draw_lineage([LineageNode(name)], []).dot))
    assert ["".join(text.itertext()) for text in root.iter(f"{SVG}text")] == [name]


def test_a_large_picture_is_laid_out_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    """That a layout of more than 1,000 nodes may take long is nothing that a person can act upon."""
    nodes = [LineageNode(f"n{index}") for index in range(1_100)]
    assert draw_lineage(nodes, []).svg.startswith("<svg")
    assert capfd.readouterr().err == ""


def test_a_picture_of_too_many_assets_says_how_to_choose_some():
    many = draw_lineage([LineageNode(f"n{number}") for number in range(1_001)], [])
    assert "1,001 assets are too many for one picture" in many.html
    assert "lineage(" in many.html
    assert len(many.html) < 60_000
    assert "<svg" in draw_lineage([LineageNode(f"n{number}") for number in range(20)], []).html
