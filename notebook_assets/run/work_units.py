"""WorkUnit: all calls of one function in a run, for whoever carries them out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run.schedule import Need, Schedule, Unit
from notebook_assets.run.steps import AssetSteps
from notebook_assets.run.work import Work

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True, eq=False)
class WorkUnit:
    """The calls of one function.

    Args:
        members: The steps of the assets that it makes, upstream first.
        planned: The positions at which each of them is to be made, ascending.
        groups: The positions of each call.
        work: Gives the work of the call at some positions.
    """

    members: Sequence[AssetSteps]
    planned: Sequence[Sequence[int]]
    groups: Sequence[Sequence[int]]
    work: Callable[[Sequence[int]], Work]

    @property
    def keys(self) -> list[AssetKey]:
        """The assets."""
        return [member.key for member in self.members]

    def made_at(self, positions: Sequence[int]) -> Iterator[tuple[AssetSteps, int]]:
        """Give the pieces that the call at some positions is to make."""
        if len(self.members) == 1:
            return ((self.members[0], position) for position in positions)
        sets = [frozenset(planned) for planned in self.planned] if len(positions) > 8 else self.planned
        return (
            (member, position)
            for position in positions
            for member, planned in zip(self.members, sets, strict=True)
            if position in planned
        )

    def in_order(self, *, newest: bool) -> Sequence[Sequence[int]]:
        """Return the positions of each call, in the order of their making.

        Args:
            newest: Whether the last come first; not where a piece may need an earlier one of the same function.
        """
        if newest and not self.takes_own():
            return self.groups[::-1]
        return self.groups

    def takes_own(self) -> bool:
        """Whether a piece may need another one that the same function makes."""
        own = set(self.keys)
        return any(reader.dependency.key in own for member in self.members for reader in member.readers)

    def flush(self) -> None:
        """Record the skipped pieces that are not recorded yet."""
        for member in self.members:
            member.records.flush()

    def scheduled(self, made: Collection[AssetKey]) -> Unit:
        """Return what a schedule has to know of it.

        Args:
            made: The assets that the run makes.
        """
        needs = []
        for member, planned in zip(self.members, self.planned, strict=True):
            rows = None
            if len(self.members) > 1:
                rows = np.zeros(len(member.status.keys), dtype=bool)
                rows[planned] = True
            found = (reader for reader in member.readers if reader.dependency.key in made)
            needs += [Need(reader.dependency.key, reader.links, rows) for reader in found]
        pairs = zip(self.keys, self.planned, strict=True)
        return Unit(
            made=tuple((key, np.array(planned, dtype=np.int64)) for key, planned in pairs),
            needs=tuple(needs),
            groups=None if len(self.groups) == _most(self) else [np.array(group) for group in self.groups],
        )


def _most(unit: WorkUnit) -> int:
    """Return how many calls there are where each position has its own."""
    return sum(len(group) for group in unit.groups)


def schedule_of(units: Sequence[WorkUnit], *, newest: bool, barriers: Collection[int] = ()) -> Schedule:
    """Return the schedule of the calls of a run.

    Args:
        units: What is called, upstream first.
        newest: Whether later partitions come first.
        barriers: The numbers of the units that have to come to their end before a later one begins.
    """
    sizes = {member.key: len(member.status.keys) for unit in units for member in unit.members}
    return Schedule([unit.scheduled(sizes) for unit in units], sizes, newest=newest, barriers=barriers)
