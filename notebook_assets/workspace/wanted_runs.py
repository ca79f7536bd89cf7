"""What a call of materialize comes to: pieces to make, sources to observe, or checks to carry out, each planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from notebook_assets.assets import AssetCheckKey, is_checks
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.keys import AssetKey
from notebook_assets.run import Only, Plan, ProgressListener, RunResult, execute, make_plan
from notebook_assets.run.cancel import CancelToken
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance
from notebook_assets.workspace.asking import Asked, is_definition
from notebook_assets.workspace.checking import asked_checks, checks_alone, unfit_checks
from notebook_assets.workspace.describing import describe
from notebook_assets.workspace.heeding import is_heeding, refused_before
from notebook_assets.workspace.hints import made_from_stale, made_together, misspelt
from notebook_assets.workspace.observing import lone_sources, observed
from notebook_assets.workspace.targets import check_one_key, chosen_keys, named_positions, target_masks

_NOTHING = Plan(())


class WantedRun(Protocol):
    """What is to be done, worked out and not begun: nothing has been run or written."""

    @property
    def asked(self) -> Asked:
        """What was asked for."""

    @property
    def title(self) -> str:
        """What it makes, in a few words."""

    @property
    def plan(self) -> Plan:
        """What it makes; nothing, where it only looks at what there is."""

    @property
    def statuses(self) -> Mapping[AssetKey, AssetStatus]:
        """How everything that it makes, and all upstream of that, stands before."""

    def in_store(self, instance: Instance) -> WantedRun:
        """Return the same over another opening of its store."""

    def describe(self) -> None:
        """Keep in the store what is known of the definitions, with their code as it is now."""

    def carried_out(self, progress: ProgressListener, cancel: CancelToken | None = None) -> RunResult:
        """Do it, and return what came of it; errors of pieces are in the result."""


@dataclass(frozen=True)
class WantedPieces:
    """Pieces to make. ``keys`` are the assets that were chosen; the plan may hold more."""

    asked: Asked
    keys: Sequence[AssetKey]
    statuses: Mapping[AssetKey, AssetStatus]
    plan: Plan
    checks: Collection[AssetCheckKey] | None = None
    refused: Mapping[tuple[AssetKey, int], Sequence[str]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The assets that are made; where nothing is, those that were chosen."""
        return titled(self._made or self.keys)

    @property
    def _made(self) -> list[AssetKey]:
        return [planned.key for planned in self.plan.assets]

    def in_store(self, instance: Instance) -> WantedPieces:
        """Return the same over another opening of its store."""
        return replace(self, asked=replace(self.asked, instance=instance))

    def describe(self) -> None:
        """Keep in the store what is known of the definitions, with their code as it is now."""
        describe(self.asked.definitions.graph, self.asked.notebook, self.asked.instance, self._made)

    def carried_out(self, progress: ProgressListener, cancel: CancelToken | None = None) -> RunResult:
        """Make the pieces; say beside the result what came along, and what was made from stale pieces."""
        __tracebackhide__ = True
        asked = self.asked
        from_stale = made_from_stale(self.statuses, self.plan)
        result = execute(
            asked.request(
                plan=self.plan,
                statuses=self.statuses,
                selection=self.title,
                progress=progress,
                checks=self.checks,
                refused=self.refused,
                cancel=cancel,
            )
        )
        wrong = [*misspelt(asked.graph, self.statuses, self._made), *unfit_checks(asked.graph)]
        hints = (made_together(asked.graph, self.keys, self._made), from_stale.sentence(self.statuses), *wrong)
        result.hint = " ".join(filter(None, hints))
        return result


@dataclass(frozen=True)
class WantedChecks:
    """Checks to carry out on what is there, without making anything."""

    asked: Asked
    checks: Collection[AssetCheckKey]
    plan: Plan = _NOTHING
    statuses: Mapping[AssetKey, AssetStatus] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The checks."""
        return ", ".join(sorted(key.to_user_string() for key in self.checks))

    def in_store(self, instance: Instance) -> WantedChecks:
        """Return the same over another opening of its store."""
        return replace(self, asked=replace(self.asked, instance=instance))

    def describe(self) -> None:
        """Nothing is made, so that nothing new is known."""

    def carried_out(self, progress: ProgressListener, cancel: CancelToken | None = None) -> RunResult:
        """Carry out the checks; that shows no progress, and is not canceled."""
        asked = self.asked
        return checks_alone(
            asked.graph, self.checks, asked.instance, asked.resources, asked.partitions, asked.tags, asked.run_config
        )


@dataclass(frozen=True)
class WantedObservation:
    """Sources to observe; an error is raised by that itself, where errors are to be raised."""

    asked: Asked
    sources: Sequence[AssetKey]
    raise_on_error: bool = True
    plan: Plan = _NOTHING
    statuses: Mapping[AssetKey, AssetStatus] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The sources."""
        return titled(self.sources)

    def in_store(self, instance: Instance) -> WantedObservation:
        """Return the same over another opening of its store."""
        return replace(self, asked=replace(self.asked, instance=instance))

    def describe(self) -> None:
        """Nothing is made, so that nothing new is known."""

    def carried_out(self, progress: ProgressListener, cancel: CancelToken | None = None) -> RunResult:
        """Observe the sources; that shows no progress, and is not canceled."""
        __tracebackhide__ = True
        return observed(self.asked.observation(self.sources), raise_on_error=self.raise_on_error)


def wanted_run(asked: Asked, *, raise_on_error: bool = True) -> WantedRun:
    """Return what a call comes to.

    Args:
        asked: What was asked for.
        raise_on_error: Whether observing a source is to raise its error.

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: An asset has no such partition.
        InvalidInvocationError: Nothing is chosen, or nothing that can be made here.
    """
    __tracebackhide__ = True
    checks = asked_checks(asked.graph, asked.listed, asked.selection)
    listed = [thing for thing in asked.listed if not is_checks(thing)]
    by_selection = isinstance(asked.selection, AssetSelection) and not asked.selection.resolve(asked.graph)
    if checks and (not listed or by_selection):
        return WantedChecks(asked, checks)
    if sources := lone_sources(asked.graph, listed, asked.selection):
        return WantedObservation(asked, sources, raise_on_error)
    listed = [thing for thing in listed if not _is_source_beside_others(thing, listed)]
    keys = chosen_keys(asked.graph, listed, asked.selection)
    found, plan = _planned(asked, keys)
    by_state = asked.partitions is None and any(found[key].node.partitions_def is not None for key in keys)
    is_careful = is_heeding(listed, asked.only, upstream=asked.upstream, by_state=by_state)
    refused = refused_before(asked.graph, found, plan, asked.instance) if is_careful else {}
    return WantedPieces(asked, keys, found, plan, checks, refused)


def titled(keys: Sequence[AssetKey]) -> str:
    """Return a few words for some assets.

    >>> titled([AssetKey("a"), AssetKey("b"), AssetKey("c"), AssetKey("d")])
    'a, b and 2 more assets'
    """
    names = [key.to_user_string() for key in keys]
    return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and {len(names) - 2} more assets"


def _planned(asked: Asked, keys: list[AssetKey]) -> tuple[dict[AssetKey, AssetStatus], Plan]:
    """Return the statuses of assets and of all upstream of them, and what is to be made of them."""
    by_name = asked.only is None and not asked.upstream
    named = named_positions(asked.graph, keys, asked.partitions) if by_name else None
    found = statuses(asked.graph, asked.instance, keys, named=named)
    if asked.one_key is not None:
        check_one_key(found, keys, asked.one_key)
    choice = None if asked.only is None else Only.of(asked.only)
    above = choice if choice in (Only.MISSING, Only.ALL) else Only.NEEDED
    targets = target_masks(found, keys, asked.partitions, choice)
    return found, make_plan(asked.graph, found, targets, upstream=above if asked.upstream else None)


def _is_source_beside_others(thing: object, listed: Sequence[Any]) -> bool:
    """Whether it was only handed over to be read: source assets stand beside those that are to be made."""
    is_source = not hasattr(thing, "fn") and is_definition(thing)
    return is_source and any(hasattr(other, "fn") or isinstance(other, str) for other in listed)
