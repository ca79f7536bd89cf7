"""materialize: make assets, or the chosen partitions of them, and store their values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from notebook_assets.assets import AssetCheckKey, AssetGraph, is_checks
from notebook_assets.assets.call_hints import with_call_hints
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.run import (
    Only,
    Plan,
    ProgressListener,
    RunConfig,
    RunRequest,
    RunResult,
    Silent,
    execute,
    make_plan,
)
from notebook_assets.run.first_error import raise_first
from notebook_assets.run.observing_sources import ObserveRequest
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance
from notebook_assets.workspace.checking import asked_checks, checks_alone, unfit_checks
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.describing import describe
from notebook_assets.workspace.heeding import is_heeding, refused_before
from notebook_assets.workspace.hints import made_from_stale, made_together, misspelt
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.observing import lone_sources, observed
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.progress_display import progress_here
from notebook_assets.workspace.targets import check_one_key, chosen_keys, target_masks


@plain_errors
@keys_from_instance
@with_call_hints("for several assets give a list, materialize([a, b]), or a selection, materialize('a or b').")
def materialize(
    assets: object,
    *,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: RunConfig | Mapping[str, Any] | None = None,
    partition_key: str | date | Mapping[str, Any] | None = None,
    partitions: Any = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: object = None,
    only: str | None = None,
    upstream: bool = False,
    progress: bool | ProgressListener = True,
) -> RunResult:
    """Make assets and store their values; every piece is recorded as it is done.

    Args:
        assets: What to make: a list of assets, keys or names, or a selection string such as ``"+daily_delays"``.
        instance: The store; by default the one that belongs to the working directory.
        resources: Objects by resource key; they win over those that definitions bring along.
        run_config: What assets and resources are configured with: a RunConfig, or a dict such as
            ``{"ops": {"daily": {"config": {"rows": 3}}}}``.
        partition_key: The partition to make; a date will do where partitions are time windows, a dict by dimension
            where they have several.
        partitions: The partitions to make, where it is not one: a range ``"FIRST...LAST"``, ``"all"``, a list of keys
            and ranges, or a subset.
        raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
        tags: Names and values kept with the run and with what it makes.
        selection: Narrows ``assets``.
        only: Which of the chosen pieces to make: ``"missing"``, ``"failed"``, ``"stale"``, ``"needed"`` (any of
            these) or ``"all"``. By default what is named is made: an asset without partitions, and the partitions
            given; of a partitioned asset without any given, what is needed. Unless it is ``"all"``, or all that is
            named are definitions, nothing is made from pieces that a blocking check refused.
        upstream: Whether to make first what the chosen pieces need and is missing, failed or stale (with
            ``only="missing"``: missing; with ``only="all"``: all of it).
        progress: Whether to show a progress bar; or a listener of one's own.

    Returns:
        What came of it: counts, failures, skipped pieces.

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: An asset has no such partition.
        InvalidInvocationError: The arguments don't go together.
        InvalidConfigError: The configuration does not fit; all that is wrong with it is named.
        ResourceFunctionError: A resource can't be set up.
        MissingInputError: A piece was skipped, since what it needs was never made.
        Exception: The first error that an asset's function raised, with a note that names the piece.

    >>> from notebook_assets import Instance, asset
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> @asset
    ... def total(numbers):
    ...     return sum(numbers)
    >>> materialize([numbers, total], instance=Instance.ephemeral(), progress=False).asset_value("total")
    6
    """
    __tracebackhide__ = True  # IPython leaves such frames out of what it shows of an asset's error
    here = workspace()
    store = instance or here.instance()
    listed = [assets] if isinstance(assets, str | AssetKey) or not isinstance(assets, Iterable) else list(assets)
    definitions = here.definitions([thing for thing in listed if _is_definition(thing) or is_checks(thing)], store)
    asked = _Asked(
        graph=definitions.graph.at(dynamic_partitions_store=store),
        instance=store,
        resources={**definitions.resources, **(resources or {})},
        tags=tag_texts(tags, "tags"),
        run_config=run_config,
        one_key=partition_key,
        partitions=_wanted_partitions(partition_key, partitions),
    )
    checks = asked_checks(asked.graph, listed, selection)
    listed = [thing for thing in listed if not is_checks(thing)]
    if checks and (not listed or (isinstance(selection, AssetSelection) and not selection.resolve(asked.graph))):
        result = checks_alone(
            asked.graph, checks, store, asked.resources, asked.partitions, asked.tags, asked.run_config
        )
    elif sources := lone_sources(asked.graph, listed, selection):
        result = observed(asked.observation(sources), raise_on_error=raise_on_error)
    else:
        listed = [thing for thing in listed if not _is_source_beside_others(thing, listed)]
        keys = chosen_keys(asked.graph, listed, selection)
        found, plan = _planned(asked, keys, only, upstream=upstream)
        describe(definitions.graph, here.notebook(), store, [planned.key for planned in plan.assets])
        by_state = asked.partitions is None and any(found[key].node.partitions_def is not None for key in keys)
        is_careful = is_heeding(listed, only, upstream=upstream, by_state=by_state)
        refused = refused_before(asked.graph, found, plan, store) if is_careful else {}
        result = _made(asked, keys, found, plan, only=only or "", checks=checks, progress=progress, refused=refused)
    if raise_on_error:
        raise_first(result)
    return result


@dataclass(frozen=True)
class _Asked:
    """What is asked for, whatever is to be done with it."""

    graph: AssetGraph
    instance: Instance
    resources: Mapping[str, object]
    tags: Mapping[str, str]
    run_config: Any
    one_key: Any
    """The one partition that is named, as it was written; None where none or several are."""
    partitions: Any

    def observation(self, sources: Sequence[AssetKey]) -> ObserveRequest:
        """Return the same as the observation of sources."""
        partition = None if self.one_key is None else str(self.one_key)
        return ObserveRequest(self.graph, sources, self.instance, self.resources, partition, self.tags, self.run_config)


def _planned(
    asked: _Asked, keys: list[AssetKey], only: str | None, *, upstream: bool
) -> tuple[dict[AssetKey, AssetStatus], Plan]:
    """Return the statuses of assets and of all upstream of them, and what is to be made of them."""
    found = statuses(asked.graph, asked.instance, keys)
    if asked.one_key is not None:
        check_one_key(found, keys, asked.one_key)
    choice = None if only is None else Only.of(only)
    above = choice if choice in (Only.MISSING, Only.ALL) else Only.NEEDED
    targets = target_masks(found, keys, asked.partitions, choice)
    return found, make_plan(asked.graph, found, targets, upstream=above if upstream else None)


def _made(
    asked: _Asked,
    keys: list[AssetKey],
    found: Mapping[AssetKey, AssetStatus],
    plan: Plan,
    *,
    only: str,
    checks: Collection[AssetCheckKey] | None,
    progress: bool | ProgressListener,
    refused: Mapping[tuple[AssetKey, int], Sequence[str]],
) -> RunResult:
    """Carry out the plan; say beside its result what came along, and what was made from stale pieces."""
    made = [planned.key for planned in plan.assets]
    from_stale = made_from_stale(found, plan)
    result = execute(
        RunRequest(
            graph=asked.graph,
            plan=plan,
            statuses=found,
            instance=asked.instance,
            resources=asked.resources,
            selection=_title(made),
            tags=asked.tags,
            progress=_listener(progress, _title(made)),
            only=only,
            checks=checks,
            run_config=asked.run_config,
            refused=refused,
        )
    )
    wrong = [*misspelt(asked.graph, found, made), *unfit_checks(asked.graph)]
    hints = (made_together(asked.graph, keys, made), from_stale.sentence(found), *wrong)
    result.hint = " ".join(filter(None, hints))
    return result


def _is_definition(thing: object) -> bool:
    return hasattr(thing, "specs") or hasattr(thing, "spec") or hasattr(thing, "asset_key")


def _is_source_beside_others(thing: object, listed: list[Any]) -> bool:
    """Whether it was only handed over to be read: source assets stand beside those that are to be made."""
    is_source = not hasattr(thing, "fn") and _is_definition(thing)
    return is_source and any(hasattr(other, "fn") or isinstance(other, str) for other in listed)


def _wanted_partitions(partition_key: Any, partitions: Any) -> Any:
    if partition_key is None:
        return partitions
    if partitions is not None:
        raise InvalidInvocationError(
            f"materialize takes partition_key or partitions, not both; got {partition_key!r} and {partitions!r}."
        )
    if not isinstance(partition_key, str | date | Mapping):
        raise InvalidInvocationError(f"partition_key is a string; got {partition_key!r}. Use partitions= for several.")
    return [partition_key]


def _title(keys: list[AssetKey]) -> str:
    names = [key.to_user_string() for key in keys]
    return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and {len(names) - 2} more assets"


def _listener(progress: bool | ProgressListener, title: str) -> ProgressListener:
    if isinstance(progress, bool):
        return progress_here(title) if progress else Silent()
    if not hasattr(progress, "started"):
        raise InvalidInvocationError(
            f"progress is True, False or a listener with started, advanced and finished; got {progress!r}."
        )
    return progress
