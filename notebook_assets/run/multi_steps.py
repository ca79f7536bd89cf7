"""The steps of a function that makes several assets: one call for all that is planned at a position."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from notebook_assets.assets import AssetCheckKey, AssetCheckResult
from notebook_assets.errors import OutputTypeError, StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.run.calling import InputPartitions
from notebook_assets.run.checks_outcome import fitted
from notebook_assets.run.inputs import InputReader, MissingInput
from notebook_assets.run.multi_calls import Kept, MultiCalls, MultiTask
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.refusals import is_about_one_piece
from notebook_assets.run.retries import Retry
from notebook_assets.run.step_calls import Task
from notebook_assets.run.steps import AssetSteps
from notebook_assets.run.work import Computed, Made, carried_out
from notebook_assets.store import InputRead


class MultiSteps:
    """Several assets of a run that one function makes.

    Args:
        members: The steps of each asset, upstream first.
        planned: The positions to make, of each.
    """

    def __init__(self, members: Sequence[AssetSteps], planned: Mapping[AssetKey, frozenset[int]]) -> None:
        self.members = {member.key: member for member in members}
        self.definition = members[0].definition
        self.scope = members[0].scope
        self._planned = planned
        output_names = {key: name for name, key in self.definition.outputs.items()}
        self.calls = MultiCalls([member.calls for member in members], {key: output_names[key] for key in self.members})

    @property
    def positions(self) -> list[int]:
        """The positions at which anything is made, ascending."""
        return sorted(frozenset[int]().union(*self._planned.values()))

    def at(self, position: int) -> list[AssetSteps]:
        """Return those that are to be made at a position, upstream first."""
        return [member for key, member in self.members.items() if position in self._planned[key]]

    def make(self, position: int) -> None:
        """Make the pieces at ``position`` by one call, or record why they can't be made.

        Raises:
            StoreError: The store takes no more.
        """
        carried_out(MultiWork(self, position))

    def able(self, wanted: Sequence[AssetSteps], position: int, partition: str | None) -> list[AssetSteps]:
        """Return those for which all is there; record that the others are skipped.

        Where the function can't make a part, all are skipped if one lacks anything.
        """
        going: dict[AssetKey, AssetSteps] = {}
        lacks: dict[AssetKey, list[MissingInput]] = {}
        for member in wanted:
            found = [
                lack
                for reader in member.readers
                if not (reader.dependency.key in going and _is_same_position(reader, position))
                and (lack := reader.missing(position)) is not None
            ]
            if not found or (not self.definition.can_subset and self._only_siblings(found, lacks)):
                going[member.key] = member
            elif self.definition.can_subset:
                member.records.skip(position, partition, found)  # at once, so that those which need it see it
            else:
                lacks[member.key] = found
        if not lacks:
            return list(going.values())
        everything = list({(lack.upstream, lack.keys): lack for found in lacks.values() for lack in found}.values())
        for member in wanted:
            member.records.skip(position, partition, lacks.get(member.key) or everything)
        return []

    @staticmethod
    def _only_siblings(found: Sequence[MissingInput], lacks: Mapping[AssetKey, object]) -> bool:
        """Whether all that is lacking is made by this very call, and lacks something itself."""
        return all(lack.upstream in lacks for lack in found)

    def flush(self) -> None:
        """Record the skipped pieces that are not recorded yet."""
        for member in self.members.values():
            member.records.flush()


class MultiWork:
    """One call: the pieces at one position.

    Args:
        steps: Those of the assets.
        position: Where the pieces are.
    """

    def __init__(self, steps: MultiSteps, position: int) -> None:
        self.steps = steps
        self.calls = steps.calls
        self.position = position
        self.wanted = steps.at(position)
        self.partition = self.wanted[0].status.keys[position]
        self.going: list[AssetSteps] = []

    def begin(self) -> bool:
        """Note what is read, and which of the assets can be made; False where none can."""
        self.going = self.steps.able(self.wanted, self.position, self.partition)
        if not self.going:
            return False
        self.recorder = _Recorder(self.steps, self.going, self.position, self.partition)
        try:
            self.recorder.note_reads()
            self.task = self._task()
        except Exception as error:  # a user's mapping or partitions may raise anything
            self.recorder.fail(error, time.perf_counter() - self.recorder.began)
            return False
        return True

    def _task(self) -> MultiTask:
        readers = {name: reader for member in self.going for name, reader in member.inputs.items()}
        named = {name: reader for member in self.going for name, reader in member.named.items()}
        has_context = self.steps.definition.signature.context is not None
        task = Task(
            self.partition,
            {name: reader.noted(self.position) for name, reader in readers.items()},
            InputPartitions(named, self.position) if has_context else {},
        )
        inside = {member.key: [each.dependency.key for each in self.recorder.inside(member)] for member in self.going}
        return MultiTask(task, [member.key for member in self.going], inside)

    def compute(self) -> Computed:
        """Call the function; what it gives is recorded as it comes where that can be done, else kept."""
        if self.steps.scope.is_apart:
            return self.calls.computed(self.task)
        computed = self.calls.computed_for(self.task, self.recorder)
        if computed.error is not None and self.recorder.store_is_gone:
            raise computed.error
        return computed

    def finish(self, computed: Computed) -> None:
        """Record what was kept of the call, and its error.

        Raises:
            StoreError: The store takes no more.
        """
        error = computed.error
        if isinstance(computed.made, Kept):
            try:
                self.recorder.take_kept(computed.made)
            except Exception as refused:
                if self.recorder.store_is_gone:
                    raise
                error = refused
        for member in self.going:
            member.records.keep_output(self.partition, computed)
        if error is not None:
            self.recorder.fail(error, computed.seconds)


class _Recorder:
    """Records what one call gives.

    Args:
        steps: Those of the assets.
        going: Those of which the call makes something.
        position: Where.
        partition: The key there.
    """

    def __init__(self, steps: MultiSteps, going: Sequence[AssetSteps], position: int, partition: str | None) -> None:
        self._steps = steps
        self._going = {member.key: member for member in going}
        self._position = position
        self._partition = partition
        self.began = time.perf_counter()
        self.store_is_gone = False
        self._reads: dict[AssetKey, list[InputRead]] = {}
        self._recorded: set[AssetKey] = set()  # what this attempt gave
        self._checked: Sequence[AssetCheckResult] = ()

    def note_reads(self) -> None:
        """Note what is kept of the inputs that come from outside of the call."""
        for member in self._going.values():
            outside = (reader for reader in member.recorded if not self._is_inside(reader))
            found = [read for reader in outside if (read := reader.record(self._position)) is not None]
            self._reads[member.key] = found

    def inside(self, member: AssetSteps) -> list[InputReader]:
        """Return the inputs that the same call makes."""
        return [reader for reader in member.recorded if self._is_inside(reader)]

    def _is_inside(self, reader: InputReader) -> bool:
        key = reader.dependency.key
        return key in self._going and key != reader.node.key and _is_same_position(reader, self._position)

    def attempt(self, checked: list[AssetCheckResult]) -> None:
        """Forget what the last attempt gave, but for what is recorded of it."""
        self._recorded.clear()
        self._checked = checked

    def retried(self, retry: Retry) -> None:
        """Note that the call is about to be tried again."""
        for member in self._going.values():
            member.records.retry(self._partition, retry)

    def gave(self, key: AssetKey, made: Made | None) -> None:
        """Record what was made of one asset; nothing where an earlier attempt gave it."""
        self._record(key, made, time.perf_counter() - self.began)

    def _record(self, key: AssetKey, made: Made | None, seconds: float) -> None:
        if made is not None:
            member = self._going[key]
            inside = (each.record(self._position) for each in self.inside(member))
            reads = [*self._reads[key], *(read for read in inside if read is not None)]
            try:
                member.records.record(self._position, self._partition, made, reads, seconds)
            except StoreError as error:
                self.store_is_gone = not is_about_one_piece(error)
                raise
        self._recorded.add(key)

    def ended(self, beside: Outcome) -> None:
        """Record what the function told of other assets, and the results of its own checks."""
        members, specs = self._going.values(), self._steps.definition.check_specs
        made = [member for member in members if member.status.value_ids[self._position]]
        wanted = [spec.key for spec in specs if spec.asset_key in {each.key for each in made}]
        self._take_checks(made, wanted)
        next(iter(members)).records.record_beside(beside, self._partition)

    def take_kept(self, kept: Kept) -> None:
        """Record all that was kept of a call that is over."""
        for each in kept.told:
            if each.what == "gave":
                self._record(each.about[0], each.about[1], each.seconds)
            else:
                getattr(self, each.what)(*each.about)

    def _take_checks(self, made: Sequence[AssetSteps], wanted: Sequence[AssetCheckKey] = ()) -> None:
        """Record the results of the function's own checks of what was made; of the wanted ones there must be one."""
        definition = self._steps.definition
        found = fitted(self._checked, definition.check_specs, definition.label, wanted=wanted)
        for member in made:
            of_it = [each for each in found if each[0].asset_key == member.key]
            event = int(member.status.event_ids[self._position])
            self._steps.scope.checks.take(member.key, self._partition, self._position, event, of_it)

    def fail(self, error: BaseException, seconds: float) -> None:
        """Record the failure of all that was not recorded; of all, where that is nothing."""
        left = [member for member in self._going.values() if member.key not in self._recorded]
        if left:
            with suppress(OutputTypeError):  # one error is told: the first
                self._take_checks([member for member in self._going.values() if member not in left])
        for member in left or self._going.values():
            member.records.fail(self._position, self._partition, error, self._reads.get(member.key, []), seconds)


def _is_same_position(reader: InputReader, position: int) -> bool:
    """Whether all that is needed is the piece at the same position, which the same call makes."""
    return reader.spans(position) == [(position, position + 1)]
