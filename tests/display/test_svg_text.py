"""Text in drawings fits its place, since nobody knows the reader's font."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.display.svg import Svg, fit, legend, text, text_width, title
from notebook_assets.states import PieceState


@given(st.text(max_size=60), st.sampled_from([10, 12, 14]), st.floats(60, 400))
def test_fitted_text_takes_no_more_than_its_room(content, font_size, room):
    assert text_width(fit(content, font_size, room), font_size) <= room or len(fit(content, font_size, room)) <= 3


def test_bold_text_is_wider():
    assert text_width("daily", 12, bold=True) > text_width("daily", 12)


def test_the_legend_goes_on_in_a_second_line():
    counts = dict.fromkeys(PieceState, 1_000)
    assert legend(counts, 0, 0, 2_000)[1] == 20
    assert legend(counts, 0, 0, 300)[1] > 40
    assert legend({}, 0, 0, 300) == ("", 0)


@pytest.mark.parametrize("form", ["inline", "standalone"])
def test_a_drawing_tells_a_screen_reader_what_it_is(form):
    drawing = Svg(100, 50, text(1, 2, "<x>") + title("a"), 'label "quoted"')
    markup = getattr(drawing, form)
    root = ElementTree.fromstring(markup)
    element = next(part for part in root.iter() if part.tag.endswith("svg"))
    assert element.get("role") == "img"
    assert element.get("aria-label") == 'label "quoted"'
    assert ("<style>" in markup) == (form == "standalone")


def test_a_front_end_that_drops_styles_and_drawings_shows_the_image():
    """An untrusted notebook is shown without styles and inline drawings; the image is hidden by the style alone."""
    drawing = Svg(100, 50, text(1, 2, "<x>") + title("a"), "label")
    still, live = ElementTree.fromstring(drawing.inline)
    assert "display" not in still.attrib.get("style", "")
    assert live.attrib["style"] == "display:none"
    kind, _, data = still.attrib["src"].partition(";base64,")
    file = ElementTree.fromstring(base64.b64decode(data))
    assert kind == "data:image/svg+xml"
    assert "".join(file.itertext()).endswith("<x>")
