"""Results show themselves: styled HTML in a notebook, plain text in a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.display import (
    Rich,
    TreeItem,
    as_rich,
    badge,
    block,
    code,
    facts,
    folded,
    joined,
    link,
    note,
    page,
    plain,
    soft,
    stack,
    title_line,
    tree,
)
from notebook_assets.display.style import stylesheet
from notebook_assets.states import PieceState

TAGS = {"div", "span", "p", "small", "b", "a", "pre", "dl", "dt", "dd", "ul", "li", "details", "summary", "svg", "path"}
TAGS |= {"title", "style"}


def test_html_and_text_say_the_same():
    shown = facts([("rows", 8760), ("state", PieceState.FAILED)])
    assert repr(shown) == "rows   8,760\nstate  ✗ failed"
    assert "8,760" in shown._repr_html_()


def test_the_style_comes_once_and_only_at_the_outside():
    inner = stack([title_line("a"), note(plain("b"))])
    assert "<style>" not in inner.html
    assert inner._repr_html_().count("<style>") == 1


def test_the_style_touches_nothing_outside():
    for selectors in re.findall(r"([^{}]+)\{[^{}]*\}", stylesheet()):
        for selector in selectors.split(","):
            assert ".nba-" in selector, selector


def test_a_shell_shows_both_forms(shell):
    data, _ = shell.display_formatter.format(Rich("<b>x</b>", "x"))
    assert data["text/plain"] == "x"
    assert data["text/html"] == page("<b>x</b>")


def test_a_tree_draws_its_branches():
    shown = tree([TreeItem("a", [TreeItem("b", [TreeItem("c")]), TreeItem("d")]), TreeItem("e")])
    assert shown.text.splitlines() == ["a", "├─ b", "│  └─ c", "└─ d", "e"]


def test_a_note_of_an_unknown_kind_is_a_plain_one():
    assert note("x", '"><script>').html == '<div class="nba-note">x</div>'


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (1_000, "1,000"), (True, "True"), (0.5, "0.5"), ("a", "a")])
def test_plain_values_may_stand_anywhere(value, text):
    assert as_rich(value).text == text


def test_only_harmless_addresses_are_links():
    assert "<a " not in link("javascript:alert(1)", "click").html
    assert 'href="https://example.org/?a=1&amp;b=2"' in link("https://example.org/?a=1&b=2").html


@settings(max_examples=60)
@given(st.text())
def test_no_text_becomes_markup_in_any_block(read_html, text):
    text = text + "</div><img src=x onerror=alert(1)>"
    parts = [plain(text), soft(text), code(text), link(text), badge(PieceState.STALE, text), title_line(text, text)]
    parts += [note(text), block(text), facts([(text, text)]), tree([TreeItem(text, [TreeItem(text)])])]
    parts += [folded(text, plain(text)), joined([text], text), as_rich(text)]
    seen = read_html(stack(parts)._repr_html_())
    assert seen.tags <= TAGS
    assert not [name for name in seen.attributes if name.startswith("on") or name in ("src", "style")]
    assert not {sign for part in parts for sign in part.text if sign in "\x1b\x07\u202e\r"}
