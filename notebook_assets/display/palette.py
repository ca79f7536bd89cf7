"""The one palette: a colour, a mark, a letter and a shape for each state of a piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notebook_assets.states import PieceState


@dataclass(frozen=True)
class StateLook:
    """How one state looks. The colours are Okabe and Ito's, or lighter ones of the same hue for dark pages.

    Args:
        state: The state.
        light: Colour on a light page, six hex digits.
        dark: Colour on a dark page.
        mark: One narrow character for terminals and labels.
        letter: One ASCII character, where nothing else can be shown.
        meaning: What the state means, for legends and tooltips.
    """

    state: PieceState
    light: str
    dark: str
    mark: str
    letter: str
    meaning: str

    @property
    def css_class(self) -> str:
        """The class that colours an element of this state, such as ``nba-s-failed``."""
        return f"nba-s-{self.state.value}"


_LOOKS = (
    StateLook(PieceState.MATERIALIZED, "#009e73", "#1fb58a", "●", "M", "stored and up to date"),
    StateLook(PieceState.STALE, "#e69f00", "#edb02f", "◐", "S", "stored, but its code or inputs changed since"),
    StateLook(PieceState.EMPTY, "#56b4e9", "#6cc0ef", "○", "E", "ran and yielded nothing"),
    StateLook(PieceState.MISSING, "#d3d8dd", "#4a5057", "·", "-", "never made"),
    StateLook(PieceState.FAILED, "#d55e00", "#ee7a26", "✗", "F", "its latest attempt raised an error"),
    StateLook(PieceState.SKIPPED, "#cc79a7", "#d98fb8", "⊘", "K", "not started, since an input was not there"),
    StateLook(PieceState.RUNNING, "#0072b2", "#4fa3dc", "▸", "R", "being made now"),
    StateLook(PieceState.NONEXISTENT, "#000000", "#ffffff", "∅", "N", "asked for, but its definition lacks it"),
)

PALETTE: Mapping[PieceState, StateLook] = {look.state: look for look in _LOOKS}
"""The look of each state, in the order in which legends show them."""

URGENCY: tuple[PieceState, ...] = (
    PieceState.FAILED,
    PieceState.RUNNING,
    PieceState.SKIPPED,
    PieceState.NONEXISTENT,
    PieceState.STALE,
    PieceState.MISSING,
    PieceState.EMPTY,
    PieceState.MATERIALIZED,
)
"""The states, the one that a person wants to hear of first at the front."""

_RANK = {state: rank for rank, state in enumerate(URGENCY)}


def most_urgent(states: Iterable[PieceState]) -> PieceState:
    """Return the state to show where one mark stands for several pieces.

    Args:
        states: At least one state.

    >>> most_urgent([PieceState.MATERIALIZED, PieceState.FAILED]).value
    'failed'
    """
    return min(states, key=_RANK.__getitem__)


def in_legend_order(counts: Mapping[PieceState, int]) -> list[tuple[PieceState, int]]:
    """Return the states with a count above zero, in the order of the palette.

    >>> in_legend_order({PieceState.MISSING: 2, PieceState.MATERIALIZED: 1, PieceState.STALE: 0})
    [(<PieceState.MATERIALIZED: 'materialized'>, 1), (<PieceState.MISSING: 'missing'>, 2)]
    """
    return [(state, counts[state]) for state in PALETTE if counts.get(state, 0) > 0]
