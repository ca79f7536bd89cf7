"""materialize: make assets, or the chosen partitions of them, and store their values."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from notebook_assets.assets import is_checks
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.run import Only, ProgressListener, RunConfig, RunRequest, RunResult, Silent, execute, make_plan
from notebook_assets.run.first_error import raise_first
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance
from notebook_assets.workspace.checking import asked_checks, checks_alone
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.hints import made_from_stale, made_together
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.observing import lone_sources, observed
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.progress_display import progress_here
from notebook_assets.workspace.targets import check_one_key, chosen_keys, target_masks

_log = logging.getLogger("notebook_assets")


@plain_errors
@keys_from_instance
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
            given; of a partitioned asset without any given, what is needed.
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
    what = _wanted_partitions(partition_key, partitions)
    graph = definitions.graph.at(dynamic_partitions_store=store)
    checks = asked_checks(graph, listed, selection)
    listed = [thing for thing in listed if not is_checks(thing)]
    if checks and (not listed or (isinstance(selection, AssetSelection) and not selection.resolve(graph))):
        given = {**definitions.resources, **(resources or {})}
        result = checks_alone(graph, checks, store, given, what, tags or {})
        if raise_on_error:
            raise_first(result)
        return result
    sources = lone_sources(graph, listed, selection)
    if sources:
        given = {**definitions.resources, **(resources or {})}
        return observed(graph, sources, store, given, partition_key, raise_on_error=raise_on_error)
    keys = chosen_keys(graph, [thing for thing in listed if not _is_source_beside_others(thing, listed)], selection)
    found = statuses(graph, store, keys)
    if partition_key is not None:
        check_one_key(found, keys, partition_key)
    choice = None if only is None else Only.of(only)
    above = choice if choice in (Only.MISSING, Only.ALL) else Only.NEEDED
    plan = make_plan(graph, found, target_masks(found, keys, what, choice), upstream=above if upstream else None)
    made = [planned.key for planned in plan.assets]
    _describe(definitions, here.notebook(), store, made)
    from_stale = made_from_stale(found, plan)
    result = execute(
        RunRequest(
            graph=graph,
            plan=plan,
            statuses=found,
            instance=store,
            resources={**definitions.resources, **(resources or {})},
            selection=_title(made),
            tags=tags or {},
            progress=_listener(progress, _title(made)),
            only=only or "",
            checks=checks,
            run_config=run_config,
        )
    )
    result.hint = " ".join(filter(None, (made_together(graph, keys, made), from_stale.sentence(found))))
    if raise_on_error:
        raise_first(result)
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
    return progress


def _describe(definitions: Definitions, notebook: str | None, store: Instance, made: Sequence[AssetKey]) -> None:
    """Keep what is known of the definitions; warn where what is to be made was last made by another notebook.

    An asset that is only defined here stays the other notebook's.
    """
    known = store.asset_descriptions()
    others = {key: before.notebook for key, before in known.items() if before.notebook not in (None, notebook)}
    descriptions = definitions.descriptions(notebook)
    store.describe_assets(
        replace(described, notebook=others[described.key])
        if described.key in others and (described.key not in made or notebook is None)
        else described
        for described in descriptions
    )
    for key in made:
        if notebook is not None and key in others:
            _log.warning("%s was last made by another notebook, %s; from now on by %s.", key, others[key], notebook)
