"""The shape of each state inside a cell, as SVG path data: states differ by form as well as by colour."""

from __future__ import annotations

from collections.abc import Callable

from notebook_assets.states import PieceState


def number(value: float) -> str:
    """Return a coordinate with at most one decimal.

    >>> number(3.0), number(2.25), number(-0.04)
    ('3', '2.2', '0')
    """
    rounded = round(value, 1)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def box(x: float, y: float, width: float, height: float) -> str:
    """Return a rectangle.

    >>> box(1, 2, 8, 4)
    'M1 2h8v4h-8z'
    """
    w, h = number(width), number(height)
    return f"M{number(x)} {number(y)}h{w}v{h}h{number(-width)}z"


def _hole(x: float, y: float, width: float, height: float) -> str:  # runs the other way round, so that it stays empty
    return f"M{number(x)} {number(y)}v{number(height)}h{number(width)}v{number(-height)}z"


def _stale(x: float, y: float, w: float, h: float) -> str:  # a page with a corner turned down
    cut = min(w, h) * 0.55
    return f"M{number(x)} {number(y)}h{number(w - cut)}l{number(cut)} {number(cut)}v{number(h - cut)}h{number(-w)}z"


def _empty(x: float, y: float, w: float, h: float) -> str:
    edge = min(w, h) * 0.19
    across, down = max(edge, min(2.0, w / 3)), max(edge, 1.1)
    return box(x, y, w, h) + _hole(x + across, y + down, w - 2 * across, h - 2 * down)


def _failed(x: float, y: float, w: float, h: float) -> str:
    if min(w, h) < 8:  # too small for a cross: a slit
        slit = max(1.0, w * 0.16)
        return box(x, y, (w - slit) / 2, h) + box(x + (w + slit) / 2, y, (w - slit) / 2, h)
    arm, thin = min(w, h) * 0.24, min(w, h) * 0.085
    cx, cy = x + w / 2, y + h / 2
    return box(x, y, w, h) + _cross(cx, cy, arm, thin)


def _cross(cx: float, cy: float, arm: float, thin: float) -> str:
    """Return a diagonal cross that runs against the direction of `box`, so that it is cut out of one."""
    corners = [
        (0, -thin), (-arm + thin, -arm), (-arm, -arm + thin), (-thin, 0), (-arm, arm - thin), (-arm + thin, arm),
        (0, thin), (arm - thin, arm), (arm, arm - thin), (thin, 0), (arm, -arm + thin), (arm - thin, -arm),
    ]  # fmt: skip
    return "M" + "L".join(f"{round(cx + dx, 2):g} {round(cy + dy, 2):g}" for dx, dy in corners) + "z"


def _skipped(x: float, y: float, w: float, h: float) -> str:
    return box(x, y + h * 0.3, w, h * 0.4)


def _running(x: float, y: float, w: float, h: float) -> str:
    return f"M{number(x)} {number(y)}l{number(w)} {number(h / 2)}l{number(-w)} {number(h / 2)}z"


def _nonexistent(x: float, y: float, w: float, h: float) -> str:
    return _cross(x + w / 2, y + h / 2, min(w, h) / 2, min(w, h) * 0.12)


_SHAPES: dict[PieceState, Callable[[float, float, float, float], str]] = {
    PieceState.MATERIALIZED: box,
    PieceState.STALE: _stale,
    PieceState.EMPTY: _empty,
    PieceState.MISSING: box,
    PieceState.FAILED: _failed,
    PieceState.SKIPPED: _skipped,
    PieceState.RUNNING: _running,
    PieceState.NONEXISTENT: _nonexistent,
}


def state_shape(state: PieceState, x: float, y: float, width: float, height: float) -> str:
    """Return the path data of a state's shape in the cell whose upper left corner is (x, y).

    >>> state_shape(PieceState.SKIPPED, 0, 0, 10, 10)
    'M0 3h10v4h-10z'
    """
    return _SHAPES[state](x, y, width, height)
