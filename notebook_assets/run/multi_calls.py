"""MultiCalls: how a function that makes several assets is called, wherever that is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from notebook_assets.assets import NO_VALUE, AssetCheckResult
from notebook_assets.keys import AssetKey
from notebook_assets.run.calling import call_function
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.multi_outcome import MultiOutcome
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.retries import Retry
from notebook_assets.run.step_calls import StepCalls, Task, telling
from notebook_assets.run.work import Computed, Made, computed_by


@dataclass(frozen=True, slots=True)
class MultiTask:
    """What a call is about.

    Args:
        task: Its partition and inputs.
        going: The assets that it is to make.
        inside: What each of them is made from of the same call.
    """

    task: Task
    going: Sequence[AssetKey]
    inside: Mapping[AssetKey, Sequence[AssetKey]]


class Takes(Protocol):
    """Takes what a call gives, as it comes."""

    def attempt(self, checked: list[AssetCheckResult]) -> None:
        """The function is called, or called again; the results of its own checks will be in ``checked``."""

    def retried(self, retry: Retry) -> None:
        """It failed and is about to be called again."""

    def gave(self, key: AssetKey, made: Made | None) -> None:
        """It made an asset; None stands for one that an earlier attempt gave."""

    def ended(self, beside: Outcome) -> None:
        """It came to its end, and told this of other assets."""


@dataclass
class Kept:
    """Keeps what a call gives, to be told to another later.

    >>> kept = Kept()
    >>> kept.attempt([])
    >>> kept.told[0].what
    'attempt'
    """

    told: list[_Told] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)

    def attempt(self, checked: list[AssetCheckResult]) -> None:
        """Keep that the function is called."""
        self._keep("attempt", checked)

    def retried(self, retry: Retry) -> None:
        """Keep that it failed."""
        self._keep("retried", retry)

    def gave(self, key: AssetKey, made: Made | None) -> None:
        """Keep what it made, without the value itself."""
        self._keep("gave", key, None if made is None else replace(made, is_at_hand=False))

    def ended(self, beside: Outcome) -> None:
        """Keep that it came to its end."""
        self._keep("ended", beside)

    def _keep(self, what: str, *about: Any) -> None:
        self.told.append(_Told(what, about, time.perf_counter() - self.began))


@dataclass(frozen=True, slots=True)
class _Told:
    """What was told, after how many seconds."""

    what: str
    about: tuple[Any, ...]
    seconds: float


class MultiCalls:
    """Calls the function of several assets; records nothing.

    Args:
        members: The calls of each asset, upstream first.
        output_names: What its output is called, by asset.
    """

    def __init__(self, members: Iterable[StepCalls], output_names: Mapping[AssetKey, str]) -> None:
        self.members = {member.key: member for member in members}
        self.output_names = output_names
        self.first = next(iter(self.members.values()))
        self.definition = self.first.definition

    @staticmethod
    def rebuilt(parts: Sequence[StepCalls]) -> MultiCalls:
        """Return calls of the same parts."""
        return MultiCalls(parts, {key: name for name, key in parts[0].definition.outputs.items()})

    @property
    def parts(self) -> Sequence[StepCalls]:
        """The calls of each asset that the function makes."""
        return list(self.members.values())

    def computed(self, task: MultiTask) -> Computed:
        """Return what came of a call; ``made`` of it is what was :class:`Kept`."""
        kept = Kept()
        found = self.computed_for(task, kept)
        found.made = kept
        return found

    def computed_for(self, task: MultiTask, takes: Takes) -> Computed:
        """Return what came of a call besides what ``takes`` took of it."""
        where = "" if task.task.partition is None else f"[{task.task.partition}]"
        tell = telling(takes.retried, lambda: self.definition.label + where)
        return computed_by(lambda _: self.make(task, takes, tell), self.first.scope.shared.step_ended)

    def make(self, task: MultiTask, takes: Takes, tell: Callable[[Retry], None]) -> None:
        """Call the function, again where it fails and is to be tried again.

        What a failed attempt gave before it failed counts, and again when the next one gives it.

        Args:
            task: What the call is about.
            takes: Takes what it gives.
            tell: Is told of each failed attempt that another one follows.

        Raises:
            Exception: What the last attempt raised, or who takes what it gives.
        """
        before: set[AssetKey] = set()
        self.first.attempted(lambda retries: self._attempt(task, retries, takes, before), tell)

    def _attempt(self, task: MultiTask, retries: int, takes: Takes, before: set[AssetKey]) -> None:
        gives = MultiOutcome(self.definition, task.going, task.task.partition, self.first.scope.loop, frozenset(before))
        takes.attempt(gives.checked)
        has_context = self.definition.signature.context is not None
        context = self.first.context(task.task, retries, task.going) if has_context else None
        waiting: dict[AssetKey, Outcome | None] = {}
        given: set[AssetKey] = set()
        try:
            for key, outcome in gives.outputs(call_function(self.definition, self._arguments(task), context)):
                waiting[key] = outcome
                self._give_ready(task, waiting, given, context, takes)
        finally:
            before |= given
        if context is not None:  # told after the last output
            gives.take_logged(context.events)
        takes.ended(gives.beside)

    def _give_ready(
        self,
        task: MultiTask,
        waiting: dict[AssetKey, Outcome | None],
        given: set[AssetKey],
        context: AssetExecutionContext | None,
        takes: Takes,
    ) -> None:
        """Hand on what was given, once all of the same call that it is made from is."""
        progressed = True
        while progressed and waiting:
            progressed = False
            for key in task.going:
                if key not in waiting or not given.issuperset(task.inside[key]):
                    continue
                outcome = waiting.pop(key)
                made = None
                if outcome is not None:
                    made = self.members[key].stored(self.output_names[key], outcome, context, task.task.partition)
                takes.gave(key, made)
                if outcome is not None and outcome.value is not NO_VALUE:
                    outcome.value = None  # nothing may hold it longer than it is needed
                given.add(key)
                progressed = True

    def _arguments(self, task: MultiTask) -> dict[str, Any]:
        """Return the inputs of the function; None for one that nothing of what is made needs, and no default is for."""
        going = [self.members[key] for key in task.going]
        sources = {name: source for member in going for name, source in member.sources.items()}
        found = {name: source.value(task.task.inputs[name]) for name, source in sources.items()}
        for member in going:
            member.types.check_inputs({name: found[name] for name in member.sources}, task.task.partition)
        for dependency in self.definition.dependencies:
            name = dependency.input_name
            if name is not None and name not in found and name not in self.definition.signature.defaults:
                found[name] = None
        return {**found, **going[0].given}
