"""Small pieces of SVG: text that fits, documents, the legend of states."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from notebook_assets.display.escape import markup, shorten, visible, width
from notebook_assets.display.palette import PALETTE, in_legend_order
from notebook_assets.display.shapes import number, state_shape
from notebook_assets.display.style import drawing_stylesheet
from notebook_assets.display.times import count
from notebook_assets.states import PieceState

_NARROW = frozenset("iljtfrI.,:;|!'()[]{}/\\ -·…")
_TITLE = re.compile(r"<title>[^<]*</title>")
_MARGIN = 8  # pixels of paper around a still image
_ONLY_PATHS = re.compile(r"<g>((?:<path [^>]*/>)*)</g>")  # groups that only held a tooltip
_BROAD = frozenset("mwMWQGO@%&—<>=+~^#")


def text_width(text: str, font_size: float, bold: bool = False) -> float:
    """Return about how many pixels ``text`` takes; rather too many than too few, since the reader's font is not known.

    >>> round(text_width("daily", 10)), round(text_width("WWWWW", 10))
    (26, 45)
    """
    units = 0.0
    for character in text:
        if character in _NARROW:
            units += 0.37
        elif character in _BROAD:
            units += 0.9
        elif not character.isascii():
            units += width(character) * 0.63
        else:
            units += 0.68 if character.isupper() else 0.62
    return units * font_size * (1.13 if bold else 1.0)


def fit(text: str, font_size: float, room: float, bold: bool = False) -> str:
    """Return ``text``, cut in the middle so that it takes at most ``room`` pixels.

    >>> fit("daily_weather_of_new_york", 10, 80)
    'daily_…w_york'
    """
    seen = shorten(visible(text), 400)
    taken = text_width(seen, font_size, bold)
    if taken <= room:
        return seen
    most = max(int(width(seen) * room / taken) + 2, 3)
    while most > 3 and text_width(shorten(seen, most), font_size, bold) > room:
        most -= 1
    return shorten(seen, most)


def text(x: float, y: float, content: object, css: str = "", anchor: str = "start") -> str:
    """Return a text element; ``css`` holds class names, ``anchor`` is start, middle or end.

    >>> text(1, 2, "<b>", "nba-h")
    '<text x="1" y="2" class="nba-h">&lt;b&gt;</text>'
    """
    css_part = f' class="{css}"' if css else ""
    anchor_part = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{number(x)}" y="{number(y)}"{css_part}{anchor_part}>{markup(content)}</text>'


def title(content: object) -> str:
    """Return a title element: the tooltip of the element that it stands in.

    >>> title("a < b")
    '<title>a &lt; b</title>'
    """
    return f"<title>{markup(content)}</title>"


@dataclass(frozen=True)
class Svg:
    """A drawing: its size in pixels, what is in it, and its text alternative.

    Args:
        width: Pixels.
        height: Pixels.
        body: Markup of the elements, already escaped.
        label: What a screen reader says.
        shrink: How far it may be scaled down on a narrow page, as a share of its width; a narrower page scrolls.
    """

    width: float
    height: float
    body: str
    label: str
    shrink: float = 1.0

    @property
    def inline(self) -> str:
        """The markup for inside a root element of this package, which brings the style.

        It holds the drawing twice. A front end that does not trust a notebook (one from elsewhere, opened without its
        kernel) drops styles and inline drawings but shows images: there the still image is seen, elsewhere the style
        shows the drawing and hides the image.
        """
        least = f"min-width:{number(self.width * self.shrink)}px"
        style = f"width:100%;max-width:{number(self.width)}px;{least};height:auto"
        live = self._element(f" style={chr(34)}{style}{chr(34)}", "")
        hidden = 'style="display:none" hidden="hidden"'
        return f'<div class="nba-picture">{self._still}<div class="nba-scroll nba-live" {hidden}>{live}</div></div>'

    @property
    def _still(self) -> str:
        """The drawing as an image, on white, since an image can't know the page's theme."""
        room = Svg(self.width + 2 * _MARGIN, self.height + 2 * _MARGIN, "", self.label)
        paper = f'<rect width="{number(room.width)}" height="{number(room.height)}" fill="#fff"/>'
        body = _ONLY_PATHS.sub(r"\1", _TITLE.sub("", self.body))  # an image has no tooltips
        content = f'{paper}<g transform="translate({_MARGIN} {_MARGIN})">{body}</g>'
        file = replace(room, body=content).standalone
        data = base64.b64encode(file.encode()).decode()
        return (
            f'<img class="nba-still" alt="{markup(self.label)}" width="{number(room.width)}"'
            f' src="data:image/svg+xml;base64,{data}"/>'
        )

    @property
    def standalone(self) -> str:
        """A complete SVG file, with the style in it."""
        size = f' width="{number(self.width)}" height="{number(self.height)}"'
        return self._element(size, f"<style>{drawing_stylesheet()}</style>")

    def _element(self, attributes: str, style: str) -> str:
        classes = "nba-root nba-svg" if style else "nba-svg"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" role="img" aria-label="{markup(self.label)}"'
            f' viewBox="0 0 {number(self.width)} {number(self.height)}"{attributes}>{style}{self.body}</svg>'
        )


def state_mark(state: PieceState) -> str:
    """Return a small inline drawing of a state's shape and colour, to stand before a word in HTML."""
    path = f'<path d="{state_shape(state, 0, 0, 10, 10)}"/>'
    return f'<svg class="nba-mark {PALETTE[state].css_class}" viewBox="0 0 10 10" aria-hidden="true">{path}</svg>'


def legend(counts: Mapping[PieceState, int], x: float, y: float, room: float) -> tuple[str, float]:
    """Return the legend of the states that occur, with their counts, and its height.

    Args:
        counts: How many pieces are in each state; states with none are left out.
        x: Left edge.
        y: Top edge.
        room: Pixels to the right of ``x``; entries that don't fit go to the next line.
    """
    parts: list[str] = []
    left, line = x, 0
    for state, many in in_legend_order(counts):
        value = count(many)
        word_width = text_width(state.value, 11.5)
        entry = 16 + word_width + 5 + text_width(value, 11.5) + 22
        if left > x and left + entry - 22 > x + room:
            left, line = x, line + 1
        base = y + line * 20 + 11
        parts.append(
            f'<g><path class="{PALETTE[state].css_class}" d="{state_shape(state, left, base - 9, 10, 10)}"/>'
            f'<text class="nba-n" x="{number(left + 16)}" y="{number(base)}"><tspan class="nba-ink">{value}</tspan>'
            f" {state.value}</text>{title(PALETTE[state].meaning)}</g>"
        )
        left += entry
    return "".join(parts), (line + 1) * 20.0 if parts else 0.0


def heading(name: str, detail: str, x: float, y: float, room: float) -> str:
    """Return the heading of a picture on the line whose baseline is ``y``: a name, and what it is in a quiet tone."""
    shown = fit(name, 14, room * 0.6, bold=True)
    after = x + text_width(shown, 14, bold=True) + 10
    quiet = text(after, y, fit(detail, 11.5, max(room - after + x, 40)), "nba-n") if detail else ""
    tooltip = f"<g>{title(name)}{text(x, y, shown, 'nba-h')}</g>" if shown != name else text(x, y, shown, "nba-h")
    return tooltip + quiet
