"""RangeCalls: how a function is called for a range of partitions at once, wherever that is done."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from notebook_assets.assets import NO_VALUE, AssetMaterialization, AssetObservation
from notebook_assets.assets.assets_definition import RESULT
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.run.calling import call_function
from notebook_assets.run.checks_outcome import fitted
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.context_partitions import range_words
from notebook_assets.run.input_sources import InputSource
from notebook_assets.run.multi_outcome import MultiOutcome
from notebook_assets.run.outcome import Outcome, outcome_of
from notebook_assets.run.range_values import by_partition, check_whose, is_wrapped, joined, without_wrapping
from notebook_assets.run.retries import Retry
from notebook_assets.run.step_calls import StepCalls, Task, telling
from notebook_assets.run.work import Computed, Made, computed_by


@dataclass(frozen=True, slots=True)
class RangeTask:
    """What a call is about.

    Args:
        task: Its inputs.
        keys: The partitions that it makes.
        going: The assets that it makes.
    """

    task: Task
    keys: Sequence[str]
    going: Sequence[AssetKey]


@dataclass
class RangeMade:
    """What a call gave, ready to be recorded: of each asset and partition, and what it told of others."""

    pieces: dict[AssetKey, list[Made]] = field(default_factory=dict)
    beside: Outcome = field(default_factory=Outcome)


class RangeCalls:
    """Calls a function for ranges of partitions; records nothing.

    An input is a dict by partition key (or one DataFrame, where that is asked for) of all that any partition of the
    range is made from, whatever its mapping; the value itself where the upstream asset has no partitions.

    Args:
        members: The calls of each asset that the function makes, upstream first.
    """

    def __init__(self, members: Iterable[StepCalls]) -> None:
        self.members = {member.key: _for_ranges(member) for member in members}
        self.first = next(iter(self.members.values()))
        self.definition = self.first.definition
        self.output_names = {key: name for name, key in self.definition.outputs.items()}

    @staticmethod
    def rebuilt(parts: Sequence[StepCalls]) -> RangeCalls:
        """Return calls of the same parts."""
        return RangeCalls(parts)

    @property
    def parts(self) -> Sequence[StepCalls]:
        """The calls of each asset that the function makes."""
        return list(self.members.values())

    def computed(self, task: Sequence[RangeTask]) -> Computed:
        """Return what came of one call after the other: ``made`` holds what came of each.

        Where a later one is interrupted, or the store takes no more, those before it are done all the same, and
        ``fatal`` says so.

        Raises:
            KeyboardInterrupt: The first one was interrupted.
        """
        ended = self.first.scope.shared.step_ended
        all_of_them = Computed(made=[])
        for each in task:
            try:
                found = computed_by(partial(self._noting, each), ended)
            except KeyboardInterrupt as interrupt:
                if not all_of_them.made:
                    raise
                all_of_them.fatal = interrupt
                break
            if found.fatal is not None:  # the store takes no more
                all_of_them.fatal = found.fatal
                break
            all_of_them.made.append(found)
            all_of_them.seconds += found.seconds
        return all_of_them

    def _noting(self, task: RangeTask, note: Callable[[Retry], None]) -> RangeMade:
        name = f"{', '.join(key.to_user_string() for key in task.going)}[{range_words(task.keys)}]"
        return self.made(task, telling(note, lambda: name))

    def made(self, task: RangeTask, tell: Callable[[Retry], None]) -> RangeMade:
        """Call the function, again where it fails and is to be tried again; nothing of a failed attempt is kept.

        Args:
            task: What the call is about.
            tell: Is told of each failed attempt that another one follows.

        Raises:
            Exception: What the last attempt raised.
        """
        return self.first.attempted(lambda retries: self._called(task, retries), tell)

    def _called(self, task: RangeTask, retries: int) -> RangeMade:
        has_context = self.definition.signature.context is not None
        context = self.first.context(task.task, retries, task.going) if has_context else None
        returned = call_function(self.definition, self._arguments(task), context)
        loop = self.first.scope.loop
        if inspect.iscoroutine(returned):
            returned = loop.run(returned)
        if inspect.isasyncgen(returned):
            returned = loop.collect(returned)
            returned = joined(returned)
        elif inspect.isgenerator(returned):
            returned = joined(returned)
        told = _Told(task)
        outcomes = self._outcomes(task, returned, told)
        if context is not None:
            told.take(context.events)
        pieces = {key: self._stored(key, outcome, context, told) for key, outcome in outcomes.items()}
        return RangeMade(pieces, told.beside)

    def _outcomes(self, task: RangeTask, returned: Any, told: _Told) -> dict[AssetKey, Outcome]:
        """Return what was given of each asset; ``told`` takes what was said beside."""
        scope, label = self.first.scope, self.definition.label
        if set(self.definition.outputs) == {RESULT}:
            outcome = outcome_of(self.definition, returned, None, scope.loop)
            scope.checks.settle(self.definition, outcome)
            told.take([*outcome.others, *outcome.observations])
            return {self.first.key: outcome}
        gives = MultiOutcome(self.definition, task.going, None, scope.loop)
        found = {key: outcome for key, outcome in gives.outputs(returned) if outcome is not None}
        made = {key for key, outcome in found.items() if outcome.is_made}
        specs = self.definition.check_specs
        wanted = [spec.key for spec in specs if spec.asset_key in made]
        for spec, result in fitted(gives.checked, specs, label, wanted=wanted):
            if spec.asset_key in found:
                found[spec.asset_key].checked.append(result)
        told.take([*gives.beside.others, *gives.beside.observations])
        return found

    def _arguments(self, task: RangeTask) -> dict[str, Any]:
        """Return the inputs of the function; None for one that nothing of what is made needs, and no default is for."""
        going = [self.members[key] for key in task.going]
        sources = {name: source for member in going for name, source in member.sources.items()}
        found = {name: source.value(task.task.inputs[name]) for name, source in sources.items()}
        for member in going:
            member.types.check_inputs({name: found[name] for name in member.sources}, range_words(task.keys))
        for dependency in self.definition.dependencies:
            name = dependency.input_name
            if name is not None and name not in found and name not in self.definition.signature.defaults:
                found[name] = None
        return {**found, **self.first.given}

    def _stored(
        self, key: AssetKey, outcome: Outcome, context: AssetExecutionContext | None, told: _Told
    ) -> list[Made]:
        """Hand a value to the IO manager, or encode what there is of each partition for the store."""
        member, name, keys = self.members[key], self.output_names[key], told.task.keys
        if context is not None:
            outcome.data_version = outcome.data_version or context.data_versions.get(key)
        value = outcome.value
        if value is not NO_VALUE:
            check_whose(value, keys, key, name)
            plain = without_wrapping(value, keys)
            member.types.check_output(name, plain, range_words(keys))
            if member.manager is not None and not (_takes_apart(member.manager) or is_wrapped(value, keys)):
                outcome.value = NO_VALUE  # what it is, is the manager's affair
        is_required = not self.definition.specs_by_key[key].skippable
        parts = by_partition(outcome, keys, key.to_user_string(), is_required=is_required)
        outcome.value = None  # nothing may hold it longer than it is needed
        by_manager: Mapping[str, MetadataValue] = {}
        if member.manager is not None and value is not NO_VALUE:
            handed = member.handed_over(member.manager, name, tuple(keys), plain, is_range=True)
            told.take(handed.logged_events)
            by_manager = handed.added_metadata
        for partition, part in zip(keys, parts, strict=True):
            _add_told(part, key, partition, context, told)
            part.metadata.update(by_manager)
        return [
            Made(part, part.metadata, None, part.data_version)
            if part.value is NO_VALUE or member.manager is not None
            else member.encoded(part, part.metadata, partition)
            for partition, part in zip(keys, parts, strict=True)
        ]


def _takes_apart(manager: object) -> bool:
    """Whether an IO manager keeps each partition of a range by itself."""
    return bool(getattr(manager, "loads_several", False))


def _add_told(part: Outcome, key: AssetKey, partition: str, context: AssetExecutionContext | None, told: _Told) -> None:
    """Add what was told of one partition, by events and by the context."""
    for event in told.of(key, partition):
        part.metadata.update(event.values)
        part.tags.update(event.tags or {})
    if context is not None:
        part.metadata.update(context.metadata_of(key))
        part.metadata.update(context.metadata_of_partition(key, partition))


class _Told:
    """What a call told beside what it gave: of its own assets and partitions, and of others."""

    def __init__(self, task: RangeTask) -> None:
        self.task = task
        self.beside = Outcome()
        self._keys = {None, *task.keys}
        self._own: dict[tuple[AssetKey, str | None], list[AssetMaterialization]] = {}

    def take(self, events: Iterable[Any]) -> None:
        """Take what was told."""
        for event in events:
            if isinstance(event, AssetObservation):
                self.beside.observations.append(event)
            elif event.asset_key in self.task.going and event.partition in self._keys:
                self._own.setdefault((AssetKey.from_coercible(event.asset_key), event.partition), []).append(event)
            else:
                self.beside.others.append(event)

    def of(self, key: AssetKey, partition: str) -> Iterator[AssetMaterialization]:
        """Yield what was told of all partitions of an asset, and then of one."""
        yield from self._own.get((key, None), ())
        yield from self._own.get((key, partition), ())


def _for_ranges(calls: StepCalls) -> StepCalls:
    """Return the calls of an asset whose inputs are several by partition key, where the upstream has partitions."""
    found = copy.copy(calls)
    found.sources = {name: _several(source) for name, source in calls.sources.items()}
    return found


def _several(source: InputSource) -> InputSource:
    found = copy.copy(source)
    found.is_one = source.upstream.partitions_def is None
    return found
