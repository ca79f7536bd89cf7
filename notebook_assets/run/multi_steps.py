"""The steps of a function that makes several assets: one call for all that is planned at a position."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import NO_VALUE, AssetCheckKey, AssetCheckResult
from notebook_assets.errors import OutputTypeError, StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.calling import InputPartitions, call_function
from notebook_assets.run.checks_outcome import fitted
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.inputs import InputReader, MissingInput
from notebook_assets.run.multi_outcome import MultiOutcome
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.refusals import is_about_one_piece
from notebook_assets.run.retries import Retry, tried
from notebook_assets.run.steps import AssetSteps
from notebook_assets.store import InputRead


@dataclass
class _Call:
    """One call: where, for which assets, since when, and what came of it so far."""

    position: int
    partition: str | None
    going: list[AssetSteps]
    reads: dict[AssetKey, list[InputRead]] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)
    waiting: dict[AssetKey, Outcome | None] = field(default_factory=dict)
    recorded: set[AssetKey] = field(default_factory=set)
    """What this attempt gave, and is recorded."""
    before: frozenset[AssetKey] = frozenset()
    """What earlier attempts gave, and is recorded."""
    checked: Sequence[AssetCheckResult] = ()
    """The results of checks that this attempt gave."""
    store_is_gone: bool = False

    def begin_again(self) -> None:
        """Forget what the last attempt gave, but for what is recorded of it."""
        self.before |= self.recorded
        self.recorded.clear()
        self.waiting.clear()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


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
        self._defaults = self.definition.signature.defaults
        output_names = {key: name for name, key in self.definition.outputs.items()}
        self._output_names = {key: output_names[key] for key in self.members}

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
        wanted = self.at(position)
        partition = wanted[0].status.keys[position]
        going = self._able(wanted, position, partition)
        if not going:
            return
        call = _Call(position, partition, going)
        try:
            call.reads = {member.key: self._reads(member, call) for member in going}
            self._tried(call)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a user's function may raise anything
            if call.store_is_gone:
                raise
            self._fail(call, error)
        finally:
            self.scope.shared.step_ended()

    def _tried(self, call: _Call) -> None:
        """Call the function, again where it fails and is to be tried again.

        What a failed attempt gave before it failed is recorded, and again when the next one gives it.
        """
        if self.definition.node is not None:  # its ops are tried again each by itself
            self._attempt(call, 0)
            return

        def tell(retry: Retry) -> None:
            for member in call.going:
                member.records.retry(call.partition, retry)
            where = "" if call.partition is None else f"[{call.partition}]"
            piece_log().warning("%s%s %s", self.definition.label, where, retry.words())

        tried(lambda retries: self._attempt(call, retries), call.going[0].policy, tell)

    def _attempt(self, call: _Call, retries: int) -> None:
        """Call the function once; record what it gives as it comes."""
        call.begin_again()
        keys = [member.key for member in call.going]
        gives = MultiOutcome(self.definition, keys, call.partition, self.scope.loop, call.before)
        call.checked = gives.checked
        context = self._context(call, keys, retries) if self.definition.signature.context is not None else None
        for key, outcome in gives.outputs(call_function(self.definition, self._arguments(call), context)):
            call.waiting[key] = outcome
            self._record_ready(call, context)
        if context is not None:  # told after the last output
            gives.take_logged(context.events)
        self._record_beside(call, gives)

    def _able(self, wanted: Sequence[AssetSteps], position: int, partition: str | None) -> list[AssetSteps]:
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

    def _reads(self, member: AssetSteps, call: _Call) -> list[InputRead]:
        """Return what is kept of a member's inputs that come from outside of the call."""
        keys = {each.key for each in call.going}
        outside = (reader for reader in member.recorded if not self._is_inside(reader, keys, call.position))
        return [read for reader in outside if (read := reader.record(call.position)) is not None]

    @staticmethod
    def _is_inside(reader: InputReader, keys: set[AssetKey], position: int) -> bool:
        own = reader.node.key
        return reader.dependency.key in keys and reader.dependency.key != own and _is_same_position(reader, position)

    def _arguments(self, call: _Call) -> dict[str, Any]:
        """Return the inputs of the function; None for one that nothing of what is made needs, and no default is for."""
        readers = {name: reader for member in call.going for name, reader in member.inputs.items()}
        found = {name: reader.read(call.position) for name, reader in readers.items()}
        for member in call.going:
            member.types.check_inputs({name: found[name] for name in member.inputs}, call.partition)
        for dependency in self.definition.dependencies:
            name = dependency.input_name
            if name is not None and name not in found and name not in self._defaults:
                found[name] = None
        return {**found, **call.going[0].given}

    def _context(self, call: _Call, keys: Sequence[AssetKey], retries: int) -> AssetExecutionContext:
        named = {name: reader for member in call.going for name, reader in member.named.items()}
        first = call.going[0]
        return AssetExecutionContext(
            self.definition,
            call.partition,
            InputPartitions(named, call.position),
            first.resources,
            self.scope.result.run_id,
            self.scope.instance,
            self.scope.tags,
            selected=keys,
            config=self.scope.config.of(self.definition),
            run_config=self.scope.config.sections,
            retry_number=retries,
            retry_policy=self.scope.retry_policy,
            load=self.scope.load,
        )

    def _record_ready(self, call: _Call, context: AssetExecutionContext | None) -> None:
        """Record what was given, once all of the same call that it is made from is recorded."""
        keys = {member.key for member in call.going}
        progressed = True
        while progressed and call.waiting:
            progressed = False
            for member in call.going:
                inside = [reader for reader in member.recorded if self._is_inside(reader, keys, call.position)]
                if member.key in call.waiting and all(each.dependency.key in call.recorded for each in inside):
                    reads = [read for each in inside if (read := each.record(call.position)) is not None]
                    self._record(call, member, [*call.reads[member.key], *reads], context)
                    progressed = True

    def _record(
        self, call: _Call, member: AssetSteps, reads: Sequence[InputRead], context: AssetExecutionContext | None
    ) -> None:
        outcome = call.waiting.pop(member.key)
        if outcome is None:  # as an earlier attempt gave it
            call.recorded.add(member.key)
            return
        made = member.stored(self._output_names[member.key], outcome, context, call.partition)
        try:
            member.records.record(call.position, call.partition, made, reads, call.seconds)
        except StoreError as error:
            call.store_is_gone = not is_about_one_piece(error)
            raise
        if outcome.value is not NO_VALUE:
            outcome.value = None  # nothing may hold it longer than it is needed
        call.recorded.add(member.key)

    def _record_beside(self, call: _Call, gives: MultiOutcome) -> None:
        """Record what the function told of other assets, and the results of its own checks."""
        made = [member for member in call.going if member.status.value_ids[call.position]]
        wanted = [spec.key for spec in self.definition.check_specs if spec.asset_key in {each.key for each in made}]
        self._take_checks(call, made, wanted)
        call.going[0].records.record_beside(gives.beside, call.partition)

    def _take_checks(self, call: _Call, made: Sequence[AssetSteps], wanted: Sequence[AssetCheckKey] = ()) -> None:
        """Record the results of the function's own checks of what was made; of the wanted ones there must be one."""
        found = fitted(call.checked, self.definition.check_specs, self.definition.label, wanted=wanted)
        for member in made:
            of_it = [each for each in found if each[0].asset_key == member.key]
            event = int(member.status.event_ids[call.position])
            self.scope.checks.take(member.key, call.partition, call.position, event, of_it)

    def _fail(self, call: _Call, error: BaseException) -> None:
        """Record the failure of all that was not recorded; of all, where that is nothing."""
        left = [member for member in call.going if member.key not in call.recorded]
        if left:
            with suppress(OutputTypeError):  # one error is told: the first
                self._take_checks(call, [member for member in call.going if member not in left])
        for member in left or call.going:
            member.records.fail(call.position, call.partition, error, call.reads.get(member.key, []), call.seconds)

    def flush(self) -> None:
        """Record the skipped pieces that are not recorded yet."""
        for member in self.members.values():
            member.records.flush()


def _is_same_position(reader: InputReader, position: int) -> bool:
    """Whether all that is needed is the piece at the same position, which the same call makes."""
    return reader.spans(position) == [(position, position + 1)]
