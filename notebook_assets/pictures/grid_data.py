"""What a grid of partitions is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from notebook_assets.states import PieceState

Unit = Literal["hour", "day", "week", "month", "key"]


@dataclass(frozen=True)
class Axis:
    """One of several dimensions.

    Args:
        name: Its name.
        keys: Its keys, in order.
        places: For each partition, the number of its key on the dimension.
        is_time: Whether its keys are times.
    """

    name: str
    keys: Sequence[str]
    places: Sequence[int]
    is_time: bool = False


@dataclass(frozen=True)
class GridData:
    """One asset's partitions with their states.

    Args:
        asset: Name of the asset.
        keys: Partition keys in the order of their definition.
        states: The state of each.
        starts: The start of each window in seconds since 1970, UTC, ascending; None for keys that are no times.
        timezone: Name of the zone whose wall clock is shown.
        unit: How far apart the windows are; found out from ``starts`` if None.
        detail: Said after the name; made from the rest if empty.
        axes: The dimensions, where there are several.
    """

    asset: str
    keys: Sequence[str]
    states: Sequence[PieceState]
    starts: Sequence[int] | None = None
    timezone: str = "UTC"
    unit: Unit | None = None
    detail: str = ""
    axes: Sequence[Axis] = ()

    def __post_init__(self) -> None:
        if len(self.states) != len(self.keys) or (self.starts is not None and len(self.starts) != len(self.keys)):
            raise ValueError("A grid needs one state, and one start where there are any, for each key.")

    @property
    def shown_unit(self) -> Unit:
        """The unit that decides how the grid is laid out."""
        if self.unit is not None:
            return self.unit
        return "key" if self.starts is None else unit_of(self.starts)


def unit_of(starts: Sequence[int]) -> Unit:
    """Return the unit of windows that start at these moments (seconds): that of their usual distance.

    >>> unit_of([0, 3600, 7200, 10800]), unit_of([0, 86400, 172800])
    ('hour', 'day')
    """
    step = max(len(starts) // 2_000, 1)
    gaps = sorted(starts[index + 1] - starts[index] for index in range(0, len(starts) - 1, step))
    usual = gaps[len(gaps) // 2] if gaps else 86_400
    return "hour" if usual < 72_000 else "day" if usual < 400_000 else "week" if usual < 1_400_000 else "month"
