"""Results that show themselves: as HTML in a notebook, as plain text in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notebook_assets.display.escape import markup, safe_url, terminal, visible
from notebook_assets.display.palette import PALETTE, in_legend_order
from notebook_assets.display.shapes import box
from notebook_assets.display.style import stylesheet
from notebook_assets.display.svg import Svg, state_mark
from notebook_assets.display.times import count
from notebook_assets.states import PieceState


def page(fragment: str) -> str:
    """Return an HTML fragment of this package with the root element and the style that it needs.

    >>> page("<p></p>").startswith('<div class="nba-root">')
    True
    """
    return f'<div class="nba-root"><style>{stylesheet()}</style>{fragment}</div>'


class Shown:
    """Gives a result its notebook form and its terminal form, from its ``html`` and its ``text``."""

    @property
    def _forms(self) -> tuple[str, str]:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return page(self._forms[0])

    def __repr__(self) -> str:
        return self._forms[1]


@dataclass(frozen=True, repr=False)
class Rich(Shown):
    """Something to show, in two forms that say the same.

    Args:
        html: HTML fragment, already escaped; the root element and the style are added when it is shown.
        text: Plain text.
        drawing: The picture in it, if it is one.

    >>> Rich("<b>3</b>", "3")
    3
    """

    html: str
    text: str
    drawing: Svg | None = None

    @property
    def _forms(self) -> tuple[str, str]:
        return self.html, self.text

    @property
    def svg(self) -> str:
        """The picture as a complete SVG file; empty if this is no picture."""
        return self.drawing.standalone if self.drawing else ""


Showable = Rich | str | int | float | PieceState | None


def as_rich(value: Showable) -> Rich:
    """Return anything that may stand in a table cell as a :class:`Rich`.

    >>> as_rich(8760), as_rich(None), as_rich(PieceState.FAILED)
    (8,760, –, ✗ failed)
    """
    if isinstance(value, Rich):
        return value
    if isinstance(value, PieceState):
        return badge(value)
    if value is None:
        return Rich('<span class="nba-soft">–</span>', "–")
    if isinstance(value, int) and not isinstance(value, bool):
        return Rich(count(value), count(value))
    return Rich(markup(value), visible(value, keep="\n"))


def plain(text: object) -> Rich:
    """Return a text."""
    return Rich(markup(text), visible(text, keep="\n"))


def soft(text: object) -> Rich:
    """Return a text in a quiet tone."""
    return Rich(f'<span class="nba-soft">{markup(text)}</span>', visible(text, keep="\n"))


def code(text: object) -> Rich:
    """Return a text in the font of code, on one line."""
    return Rich(f'<span class="nba-mono">{markup(text)}</span>', terminal(text))


def backticked(text: str, *, is_quiet: bool = False) -> Rich:
    """Return a text whose parts between backticks are in the font of code; the plain form keeps the backticks.

    >>> backticked("`%assets` lists them.").text
    '`%assets` lists them.'
    """
    shown = soft if is_quiet else plain
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one has no counterpart
        return shown(text)
    html = "".join((code(part) if at % 2 else shown(part)).html for at, part in enumerate(parts) if part)
    return Rich(html, visible(text, keep="\n"))


def link(url: str, text: str = "") -> Rich:
    """Return a link; an address that is not http, https or mailto stays plain text.

    >>> link("javascript:alert(1)").html
    'javascript:alert(1)'
    """
    target = safe_url(url)
    if target is None:
        return plain(text or url)
    words = f"{terminal(text)} <{target}>" if text else target
    return Rich(f'<a href="{markup(target)}" rel="noopener noreferrer">{markup(text or url)}</a>', words)


def badge(state: PieceState, text: str | None = None) -> Rich:
    """Return a state with its mark.

    >>> badge(PieceState.STALE)
    ◐ stale
    """
    words = state.value if text is None else text
    meaning = markup(PALETTE[state].meaning)
    html = f'<span class="nba-state" title="{meaning}">{state_mark(state)}{markup(words)}</span>'
    return Rich(html, f"{PALETTE[state].mark} {terminal(words)}")


def counts_bar(counts: Mapping[PieceState, int], pixels: int = 120) -> Rich:
    """Return a small bar of how many pieces are in each state; its text form lists the counts.

    >>> counts_bar({PieceState.MATERIALIZED: 364, PieceState.EMPTY: 1})
    ●364 ○1
    """
    shares = in_legend_order(counts)
    words = ", ".join(f"{count(many)} {state.value}" for state, many in shares)
    html = (
        f'<span title="{words}"><svg class="nba-bar" style="width:{pixels}px" viewBox="0 0 {pixels} 8" role="img"'
        f' preserveAspectRatio="none" aria-label="{words}">{bar_segments(counts, 0, 0, pixels, 8)}</svg></span>'
    )
    return Rich(html, counts_text(counts))


def counts_text(counts: Mapping[PieceState, int]) -> str:
    """Return how many pieces are in each state, each count behind its mark.

    >>> counts_text({PieceState.MISSING: 20, PieceState.MATERIALIZED: 345})
    '●345 ·20'
    """
    return " ".join(f"{PALETTE[state].mark}{count(many)}" for state, many in in_legend_order(counts)) or "–"


def bar_segments(counts: Mapping[PieceState, int], x: float, y: float, width: float, height: float) -> str:
    """Return the segments of a bar of counts as SVG; each state that occurs gets at least three pixels."""
    shares = in_legend_order(counts)
    total = sum(many for _, many in shares)
    if not total:
        return f'<path class="nba-s-missing" d="{box(x, y, width, height)}"/>'
    floor = min(3.0, width / len(shares))
    room = width - floor * len(shares)
    parts = []
    for state, many in shares:
        piece = floor + room * many / total
        css = PALETTE[state].css_class
        parts.append(f'<path class="{css}" d="{box(x, y, max(piece - (0.8 if piece > 3 else 0), 1), height)}"/>')
        x += piece
    return "".join(parts)


def picture(drawing: Svg, text: str) -> Rich:
    """Return a drawing with its text form."""
    return Rich(drawing.inline, text, drawing)
