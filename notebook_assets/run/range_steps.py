"""The steps of a function that is called for ranges of partitions: one call, of which each piece is recorded."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notebook_assets.errors import StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.metadata.cutting import LONGEST_TEXT, cut_text
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.run.inputs import InputReader
from notebook_assets.run.range_calls import RangeCalls, RangeMade, RangeTask
from notebook_assets.run.range_groups import ranges_of
from notebook_assets.run.range_inputs import RangePartitions, noted_of
from notebook_assets.run.range_wants import RangeWants
from notebook_assets.run.refusals import is_about_one_piece
from notebook_assets.run.step_calls import Task
from notebook_assets.run.steps import AssetSteps
from notebook_assets.run.work import Computed
from notebook_assets.store import InputRead

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_LEAST = 2048
"""Characters of what a call printed that are worth keeping with each of its pieces: with fewer it is kept once."""

_SHORT = 200
"""Characters that take as little room as saying where they are kept."""


class RangeSteps:
    """The assets of a run that one function makes, which is called for ranges of their partitions.

    Args:
        members: The steps of each asset, upstream first.
        planned: The positions to make, of each, ascending.
        partitions_def: The partitions of all of them.
    """

    def __init__(
        self, members: Sequence[AssetSteps], planned: Sequence[Sequence[int]], partitions_def: PartitionsDefinition
    ) -> None:
        self.members = members
        self.definition = members[0].definition
        self.scope = members[0].scope
        self.partitions_def = partitions_def
        self.calls = RangeCalls([member.calls for member in members])
        self._planned = [frozenset(positions) for positions in planned]

    def work(self, positions: Sequence[int]) -> RangeWork:
        """Return the work of the call at some positions, for the assets that are to be made at all of them."""
        pairs = zip(self.members, self._planned, strict=True)
        return RangeWork(self, positions, [member for member, planned in pairs if positions[0] in planned])


@dataclass
class _Call:
    """One call: the pieces that it makes, and what was noted for it when it began."""

    positions: list[int]
    keys: list[str]
    going: list[AssetSteps]
    reads: dict[tuple[AssetKey, int], list[InputRead]] = field(default_factory=dict)
    inside: dict[tuple[AssetKey, int], list[InputReader]] = field(default_factory=dict)
    """The inputs of which the call itself makes something: what is read of them is known when that is recorded."""


class RangeWork:
    """The pieces of one range, made by one call; by several where some of them can't be made, one for each range left.

    Args:
        steps: Those of the assets.
        positions: Where the pieces are, ascending.
        wanted: The assets that are to be made.
    """

    def __init__(self, steps: RangeSteps, positions: Sequence[int], wanted: Sequence[AssetSteps]) -> None:
        self.steps = steps
        self.calls = steps.calls
        self.positions = list(positions)
        self.wanted = wanted
        self.task: list[RangeTask] = []
        self._begun: list[_Call] = []

    def begin(self) -> bool:
        """Note what is read, and which of the pieces can be made; False where none can."""
        began = time.perf_counter()
        call = _Call(self.positions, [], list(self.wanted))
        try:
            call.keys = [str(self.wanted[0].status.keys[at]) for at in self.positions]
            going = RangeWants(self.steps.definition, self.wanted).going(self.positions)
            self._begun = [call] if going is None else self._calls(going)
            self.task = [self._noted(each) for each in self._begun]
        except Exception as error:  # a user's mapping or partitions may raise anything
            self._begun = []
            self._fail(call, error, time.perf_counter() - began)
        return bool(self._begun)

    def _calls(self, going: Mapping[AssetKey, Sequence[int]]) -> list[_Call]:
        """Return the calls that make what can be made: all from one key to another, each for the same assets."""
        of_each = [np.array(going[member.key], dtype=np.int64) for member in self.wanted]
        keys = self.wanted[0].status.keys
        return [
            _Call(positions, [str(keys[at]) for at in positions], [self.wanted[at] for at in which])
            for positions, which in ranges_of(of_each, self.steps.partitions_def, len(self.positions))
        ]

    def _noted(self, call: _Call) -> RangeTask:
        """Return what a call is about; note what it reads, as that is now."""
        own = {member.key for member in call.going}
        made = frozenset(call.positions)
        for member in call.going:
            for position in call.positions:
                place = (member.key, position)
                inside = [each for each in member.recorded if _takes_of(each, position, own, made)]
                outside = (each for each in member.recorded if each not in inside)
                call.reads[place] = [read for each in outside if (read := each.record(position)) is not None]
                if inside:
                    call.inside[place] = inside
        readers = {name: reader for member in call.going for name, reader in member.inputs.items()}
        named = {name: reader for member in call.going for name, reader in member.named.items()}
        inputs = {name: noted_of(each, call.positions, without=own) for name, each in readers.items()}
        has_context = self.steps.definition.signature.context is not None
        partitions = RangePartitions(named, call.positions) if has_context else {}
        return RangeTask(Task(None, inputs, partitions, call.keys), call.keys, [each.key for each in call.going])

    def compute(self) -> Computed:
        """Make the calls; ``made`` is what came of each."""
        return self.calls.computed(self.task)

    def finish(self, computed: Computed) -> None:
        """Record what was made of each piece, or the error of all pieces of a call.

        Raises:
            StoreError: The store takes no more.
        """
        found = computed.made if computed.error is None else [computed] * len(self._begun)
        for call, each in zip(self._begun, found, strict=computed.fatal is None):  # fewer where one was interrupted
            for retry in each.retries:
                for member, _, key in _pieces(call):
                    member.records.retry(key, retry)
            if each.error is None:
                self._record(call, each.made, each.seconds)
            else:
                self._fail(call, each.error, each.seconds)
            self._keep_output(call, each)

    @staticmethod
    def _keep_output(call: _Call, computed: Computed) -> None:
        """Keep what a call printed with each of its pieces; where these are many, with the first, and where it is."""
        if not computed.output:
            return
        pieces = list(_pieces(call))
        longest = LONGEST_TEXT // len(pieces)
        if longest >= _LEAST or len(computed.output) <= max(longest, _SHORT):
            longest = max(longest, _SHORT)
            more = max(len(computed.output) - longest, 0)
            computed = replace(computed, output=cut_text(computed.output, longest), dropped=computed.dropped + more)
            kept = computed
        else:
            first, _, key = pieces[0]
            where = f"step_output({first.key.to_user_string()!r}, {key!r})"
            kept = Computed(output=f"One call made {len(pieces):,} pieces; what it printed: {where}.\n")
        for at, (member, _, key) in enumerate(pieces):
            member.records.keep_output(key, kept if at else computed)

    def _record(self, call: _Call, made: RangeMade, seconds: float) -> None:
        place = {position: at for at, position in enumerate(call.positions)}
        share = seconds / len(call.positions)
        call.going[0].records.record_beside(made.beside, call.keys[0])
        for member, position, key in _pieces(call):
            inside = (each.record(position) for each in call.inside.get((member.key, position), ()))
            reads = [*call.reads[member.key, position], *(read for read in inside if read is not None)]
            try:
                member.records.record(position, key, made.pieces[member.key][place[position]], reads, share)
            except Exception as error:
                if isinstance(error, StoreError) and not is_about_one_piece(error):
                    raise
                member.records.fail(position, key, error, reads, share)

    @staticmethod
    def _fail(call: _Call, error: BaseException, seconds: float) -> None:
        for member, position, key in _pieces(call):
            reads = call.reads.get((member.key, position), [])
            member.records.fail(position, key, error, reads, seconds / len(call.positions))


def _pieces(call: _Call) -> Iterator[tuple[AssetSteps, int, str]]:
    """Yield the pieces of a call: by partition, in order, and of these the assets, upstream first."""
    for position, key in zip(call.positions, call.keys, strict=True):
        for member in call.going:
            yield member, position, key


def _takes_of(reader: InputReader, position: int, own: set[AssetKey], made: frozenset[int]) -> bool:
    """Whether a call makes itself some of what one of its pieces is made from."""
    if reader.dependency.key not in own:
        return False
    return any(not made.isdisjoint(range(*span)) for span in reader.spans(position))
