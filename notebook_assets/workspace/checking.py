"""run_checks: carry out checks by themselves, on what was made before; and which checks a call means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from notebook_assets.assets import AssetCheckKey, AssetGraph, is_checks
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.run import RunConfig, RunResult
from notebook_assets.run.checks_alone import ChecksRequest, carry_out_checks
from notebook_assets.run.first_error import raise_first
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import resolved_keys, target_masks


@plain_errors
@keys_from_instance
def run_checks(
    checks: object = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
    resources: Mapping[str, object] | None = None,
    partitions: Any = None,
    raise_on_error: bool = False,
    tags: Mapping[str, str] | None = None,
    run_config: RunConfig | Mapping[str, Any] | None = None,
) -> RunResult:
    """Carry out checks on what was made before, without making anything; what they find is kept in the store.

    Args:
        checks: Checks made by ``@asset_check``, their keys or names (``"asset:check"``, or ``"check"``), assets whose
            checks are meant, or a selection; by default all checks.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets and checks; by default those of the notebook (or of the script that runs).
        resources: Objects by resource key.
        partitions: Which partitions to look at, as for :func:`materialize`; by default all that are there.
        raise_on_error: Whether to raise the first error; else the result tells of it.
        tags: Names and values kept with the run.
        run_config: What checks and resources are configured with, as for :func:`materialize`; a check is called as its
            asset and its name, joined by ``_``.

    Raises:
        UnknownAssetError: There is no such check, or asset.
        InvalidConfigError: The configuration does not fit; all that is wrong with it is named.
        InvalidInvocationError: There is no check to carry out.

    >>> from notebook_assets import AssetCheckResult, Definitions, Instance, asset, asset_check, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> @asset_check(asset=numbers)
    ... def enough(numbers):
    ...     return AssetCheckResult(passed=len(numbers) > 2)
    >>> store = Instance.ephemeral()
    >>> _ = materialize([numbers], instance=store, progress=False)
    >>> defs = Definitions([numbers], asset_checks=[enough])
    >>> run_checks(instance=store, definitions=defs).check_evaluations[0].passed
    True
    """
    __tracebackhide__ = True
    here = workspace()
    store = instance or here.instance()
    listed = _listed(checks)
    definitions = definitions or here.definitions([each for each in listed if is_checks(each)], store)
    graph = definitions.graph.at(dynamic_partitions_store=store)
    keys = _meant(graph, listed) if checks is not None else _carried_out(graph, graph.checks.keys())
    if not keys:
        raise InvalidInvocationError("There is no check to carry out: define one with @asset_check(asset=...).")
    given = {**definitions.resources, **(resources or {})}
    result = checks_alone(graph, keys, store, given, partitions, tag_texts(tags, "tags"), run_config)
    result.hint = " ".join(unfit_checks(graph))
    if raise_on_error:
        raise_first(result)
    return result


def unfit_checks(graph: AssetGraph) -> list[str]:
    """Return why checks can't be carried out that don't fit the assets, in sentences, each once."""
    return list(dict.fromkeys(map(str, graph.checks.problems.values())))


def checks_alone(
    graph: AssetGraph,
    keys: Collection[AssetCheckKey],
    store: Instance,
    resources: Mapping[str, object],
    partitions: Any,
    tags: Mapping[str, str],
    run_config: RunConfig | Mapping[str, Any] | None = None,
) -> RunResult:
    """Carry out checks by themselves.

    Args:
        graph: The assets and checks, settled.
        keys: The checks.
        store: Where the assets are kept.
        resources: Objects by resource key.
        partitions: Which partitions to look at; None for all.
        tags: Names and values kept with the run.
        run_config: What checks and resources are configured with.
    """
    assets = sorted({key.asset_key for key in keys})
    found = statuses(graph, store, assets)
    has_partitions = [key for key in assets if found[key].node.partitions_def is not None]
    wanted = "all" if partitions is None and has_partitions else partitions
    masks = target_masks(found, assets, wanted, None)
    return carry_out_checks(ChecksRequest(graph, keys, found, masks, store, resources, tags, run_config))


def asked_checks(graph: AssetGraph, listed: Iterable[Any], selection: object) -> set[AssetCheckKey] | None:
    """Return the checks that a call of ``materialize`` means; None for all of the assets that it makes.

    Args:
        graph: The assets and checks.
        listed: What is to be made.
        selection: What narrows it.
    """
    parts = list(listed)
    chosen = [each for each in parts if isinstance(each, AssetSelection)]
    if selection is None and not chosen:
        only_checks = bool(parts) and all(is_checks(each) for each in parts)
        return _meant(graph, parts) if only_checks else None
    found = set(graph.checks.keys()) if not chosen else _meant(graph, parts)
    if isinstance(selection, AssetSelection):
        found &= selection.resolve_checks(graph)
    return found


def _listed(checks: object) -> list[Any]:
    is_one = checks is None or isinstance(checks, str | AssetKey | AssetCheckKey | AssetSelection) or is_checks(checks)
    if is_one or hasattr(checks, "__notebook_asset__") or not isinstance(checks, Iterable):
        return [] if checks is None else [checks]
    return list(checks)


def _meant(graph: AssetGraph, listed: Iterable[Any]) -> set[AssetCheckKey]:
    """Return the checks that are named, and those of the assets that are."""
    found: set[AssetCheckKey] = set()
    for each in listed:
        if is_checks(each):
            found |= {graph.checks.spec(key).key for key in each.check_keys}
        elif isinstance(each, AssetCheckKey):
            found.add(graph.checks.spec(each).key)
        elif isinstance(each, AssetSelection):
            found |= each.resolve_checks(graph)
        elif isinstance(each, str) and (named := _named(graph, each)):
            found |= named
        else:
            of_assets = (key for asset in resolved_keys(graph, each) for key in graph.checks.of(asset))
            found |= set(_carried_out(graph, of_assets))
    return found


def _named(graph: AssetGraph, text: str) -> set[AssetCheckKey]:
    """Return the checks that a text names, as ``asset:check`` or by their name alone; none if it names none.

    Raises:
        UnknownAssetError: It names a check that is not there; near matches are named.
    """
    assets = {key.to_user_string(): key for key in graph.nodes}
    if text in assets:
        return set()
    asset, _, name = text.rpartition(":")
    if asset in assets:
        return {graph.checks.spec(AssetCheckKey(assets[asset], name)).key}
    checks = graph.checks.keys()
    near = did_you_mean(text, [key.name for key in checks])
    found = {key for key in checks if key.name == text}
    if near and not found and text.isidentifier() and not did_you_mean(text, assets):
        raise UnknownAssetError(f"There is no asset {text!r}, and no check.{near}")
    return found


def _carried_out(graph: AssetGraph, keys: Iterable[AssetCheckKey]) -> list[AssetCheckKey]:
    """Return those of some checks that have a function of their own."""
    return [key for key in keys if graph.checks.definition(key) is not None]
