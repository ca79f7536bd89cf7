"""Foreign text is shown, never followed: in HTML, SVG, DOT, on a terminal and in links."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.display.escape import (
    dot_text,
    markup,
    markup_lines,
    pad,
    safe_url,
    shorten,
    terminal,
    visible,
    width,
)

hostile = st.text(st.one_of(st.sampled_from("<>&\"'`=/\\\x00\x1b\u202e\u2066\ufeff\ud800\n\t;]}"), st.characters()))


@given(hostile)
def test_text_comes_back_from_html_as_it_looks_and_makes_no_element(read_html, text):
    seen = read_html(f'<p title="{markup(text)}">{markup(text)}</p>')
    assert seen.tags == {"p"}
    assert seen.attributes == {"title"}
    assert seen.values == [visible(text)]
    assert seen.text == visible(text)


@given(hostile)
def test_text_is_always_well_formed_xml(text):
    root = ElementTree.fromstring(f'<text title="{markup(text)}">{markup(text)}</text>')
    assert (root.text or "") == visible(text)
    assert len(root) == 0


@given(hostile)
def test_a_terminal_gets_no_control_and_nothing_that_turns_the_writing_around(text):
    shown = terminal(text)
    assert not [
        sign for sign in shown if unicodedata.category(sign) in ("Cc", "Cs") or sign in "\u202a\u202e\u2066\u200f"
    ]


@given(hostile)
def test_lines_keep_their_breaks_and_nothing_else_that_is_not_visible(text):
    kept = {sign for sign in markup_lines(text) if unicodedata.category(sign) == "Cc"}
    assert kept <= {"\n", "\t"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("a\nb", "a␊b"),
        ("a\x7fb", "a␡b"),
        ("\x1b[31m", "␛[31m"),
        ("x\u202etxt.exe", "x⟨U+202E⟩txt.exe"),
        ("\ud800", "\ufffd"),
        ("👩\u200d🔬 नमस्ते", "👩\u200d🔬 नमस्ते"),  # joiners belong to emoji and scripts
    ],
)
def test_what_cannot_be_seen_is_replaced_by_a_sign(text, seen):
    assert visible(text) == seen


@given(st.text(), st.integers(3, 40))
def test_a_shortened_text_fits_and_keeps_both_ends(text, most):
    cut = shorten(text, most)
    assert width(cut) <= most
    if cut != text:
        head, tail = cut.split("…")[0], cut.rsplit("…", 1)[1]
        assert text.startswith(head)
        assert text.endswith(tail)


def test_a_heap_of_combining_marks_is_cut_although_it_takes_no_columns():
    assert len(shorten("a" + "\u0301" * 10_000, 20)) < 200


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("é", 1), ("e\u0301", 1), ("", 0)])
def test_width_counts_terminal_columns(text, columns):
    assert width(text) == columns


@pytest.mark.parametrize(("align", "padded"), [("left", "日  "), ("right", "  日"), ("center", " 日 ")])
def test_padding_counts_columns_and_not_characters(align, padded):
    assert pad("日", 4, align) == padded


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "http://[broken",
        "relative/path",
    ],
)
def test_only_addresses_that_cannot_run_anything_become_links(url):
    assert safe_url(url) is None


@pytest.mark.parametrize("url", ["https://example.org/?a=1&b=2", "http://x", "mailto:a@example.org", "#here"])
def test_ordinary_addresses_stay(url):
    assert safe_url(url) == url


@pytest.mark.parametrize(("text", "dot"), [("a & b", "a &amp; b"), ("\\N", "\\\\N"), ("&lt;", "&amp;lt;")])
def test_dot_shows_entities_and_escapes_as_they_were_written(text, dot):
    assert dot_text(text) == dot
