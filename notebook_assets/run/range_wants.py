"""Which pieces of a range can be made, and why the others are skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from notebook_assets.assets import AssetsDefinition
from notebook_assets.keys import AssetKey
from notebook_assets.run.inputs import InputReader, MissingInput
from notebook_assets.run.steps import AssetSteps


class RangeWants:
    """What the pieces of a range lack, of which one call makes all that can be made.

    What one piece is made from of the same range counts as there, since the call makes it; but not when anything of
    the range is skipped: what is left may be several calls, which know nothing of each other.

    Args:
        definition: What is called.
        wanted: The assets that are to be made, upstream first.
    """

    def __init__(self, definition: AssetsDefinition, wanted: Sequence[AssetSteps]) -> None:
        self._definition = definition
        self._wanted = wanted
        self._going: dict[AssetKey, set[int]] = {member.key: set() for member in wanted}
        self._is_broken = False

    def going(self, positions: Sequence[int]) -> Mapping[AssetKey, Sequence[int]] | None:
        """Return the positions that can be made, by asset; None where all can. The others are recorded as skipped."""
        for position in positions:
            self._decide(position)
        if not self._is_broken:
            return None
        return {key: sorted(found) for key, found in self._going.items()}

    def _decide(self, position: int) -> None:
        lacks: dict[AssetKey, list[MissingInput]] = {}
        for member in self._wanted:
            readers = member.readers
            found = [lack for each in readers if (lack := self._lack(each, position)) is not None]
            if found:
                lacks[member.key] = found
            else:
                self._going[member.key].add(position)
        if not lacks:
            return
        self._is_broken = True
        partition = self._wanted[0].status.keys[position]
        if self._definition.can_subset or len(self._wanted) == 1:
            skipped = [member for member in self._wanted if member.key in lacks]
        else:
            skipped = list(self._wanted)
        everything = list({(lack.upstream, lack.keys): lack for found in lacks.values() for lack in found}.values())
        for member in skipped:
            self._going[member.key].discard(position)
            member.records.skip(position, partition, lacks.get(member.key) or everything)

    def _lack(self, reader: InputReader, position: int) -> MissingInput | None:
        """Return what one piece lacks of an input, but for what the call itself makes."""
        made = self._going.get(reader.dependency.key)
        lack = reader.missing(position)
        if made is None:
            return lack
        if self._is_broken and reader.dependency.key == reader.node.key:
            return lack or self._of_another_call(reader, position, made)
        if lack is None:
            return None
        left = [(at, key) for at, key in zip(lack.positions, lack.keys, strict=True) if at not in made]
        if lack.mapped - len(left) - len(lack.nonexistent) >= lack.needed:
            return None
        return replace(lack, positions=tuple(at for at, _ in left), keys=tuple(key for _, key in left))

    @staticmethod
    def _of_another_call(reader: InputReader, position: int, made: set[int]) -> MissingInput | None:
        """Return what is about to be made by another call of the range, whose earlier value must not be used."""
        spans = reader.spans(position)
        found = [at for start, stop in spans for at in range(start, stop) if at in made]
        if not found or reader.dependency.wait_for == 0:
            return None
        mapped = sum(stop - start for start, stop in spans)
        keys = tuple(reader.upstream.keys[at] for at in found)
        return MissingInput(reader.dependency.key, tuple(found), keys, (), mapped, mapped)
