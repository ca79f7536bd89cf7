"""The states differ for every eye: by colour, by mark, by letter and by shape."""

from __future__ import annotations

import pytest

from notebook_assets.display.escape import width
from notebook_assets.display.palette import PALETTE, URGENCY, in_legend_order, most_urgent
from notebook_assets.display.shapes import state_shape
from notebook_assets.states import PieceState


def test_every_state_has_a_look_and_a_rank():
    assert set(PALETTE) == set(PieceState) == set(URGENCY)


@pytest.mark.parametrize("field", ["light", "dark", "mark", "letter", "meaning", "css_class"])
def test_no_two_states_share_a_look(field):
    assert len({getattr(look, field) for look in PALETTE.values()}) == len(PALETTE)


def test_marks_take_one_column():
    assert {width(look.mark) for look in PALETTE.values()} == {1}


@pytest.mark.parametrize("size", [(7, 4), (11, 11), (38, 14)])
def test_shapes_differ_but_for_the_two_that_fill_their_cell(size):
    shapes = {state: state_shape(state, 0, 0, *size) for state in PieceState}
    assert shapes.pop(PieceState.MISSING) == shapes[PieceState.MATERIALIZED]
    assert len(set(shapes.values())) == len(shapes)


def _brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_two_states_of_one_shape_differ_in_brightness(theme):
    there, missing = (_brightness(getattr(PALETTE[s], theme)) for s in (PieceState.MATERIALIZED, PieceState.MISSING))
    assert max(there, missing) + 0.05 > 2 * (min(there, missing) + 0.05)


def test_the_failure_is_named_before_all_else():
    assert most_urgent(list(PieceState)) is PieceState.FAILED
    assert most_urgent([PieceState.EMPTY, PieceState.MATERIALIZED]) is PieceState.EMPTY


def test_legends_leave_out_what_does_not_occur():
    assert in_legend_order({PieceState.FAILED: 0, PieceState.STALE: 1}) == [(PieceState.STALE, 1)]
