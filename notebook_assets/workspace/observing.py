"""observe: look at sources that are made elsewhere, so that it is known when they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from notebook_assets.assets import AssetGraph
from notebook_assets.definitions import Definitions
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.run import RunConfig, RunResult
from notebook_assets.run.first_error import raise_observation
from notebook_assets.run.observation_as_run import run_of_observation
from notebook_assets.run.observing_result import ObservationResult
from notebook_assets.run.observing_sources import ObserveRequest, observe_sources
from notebook_assets.store import Instance
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import some_keys


@plain_errors
@keys_from_instance
def observe(
    assets: object = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    run_config: RunConfig | Mapping[str, Any] | None = None,
) -> ObservationResult:
    """Call the observation functions of sources, and keep what they saw; what was made from a changed one is stale.

    Args:
        assets: The sources: definitions, keys, names or a selection; by default all that can be observed.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).
        resources: Objects by resource key.
        partition_key: The one partition to look at, for functions that ask for it.
        raise_on_error: Whether to raise the first error when all were called; else the result tells of it.
        tags: Names and values kept with the run.
        run_config: What functions and resources are configured with, as for :func:`materialize`; the function of one
            source is called as the source is.

    Raises:
        InvalidInvocationError: There is no source that can be observed.
        InvalidConfigError: The configuration does not fit; all that is wrong with it is named.
        Exception: The first error that an observation function raised.

    >>> from notebook_assets import DataVersion, Instance, observable_source_asset
    >>> @observable_source_asset
    ... def price_list():
    ...     return DataVersion("v1")
    >>> store = Instance.ephemeral()
    >>> observe([price_list], instance=store).pieces[0].seen.data_version
    'v1'
    """
    __tracebackhide__ = True
    here = workspace()
    store = instance or here.instance()
    is_one = assets is None or isinstance(assets, str | AssetKey) or hasattr(assets, "__notebook_asset__")
    listed: list[Any] = [] if assets is None else [assets] if is_one or not isinstance(assets, Iterable) else [*assets]
    extra = [each for each in listed if hasattr(each, "__notebook_asset__")]
    definitions = definitions or here.definitions(extra, store)
    graph = definitions.graph.at(dynamic_partitions_store=store)
    keys = observable_keys(graph, some_keys(graph, listed) if listed else graph.keys())
    if not keys:
        raise InvalidInvocationError(
            "There is no source here that can be observed: define one with @observable_source_asset."
        )
    store.describe_assets(definitions.descriptions(here.notebook()))
    given, texts = {**definitions.resources, **(resources or {})}, tag_texts(tags, "tags")
    result = observe_sources(ObserveRequest(graph, keys, store, given, partition_key, texts, run_config))
    if raise_on_error:
        raise_observation(result)
    return result


def observable_keys(graph: AssetGraph, keys: Iterable[AssetKey]) -> list[AssetKey]:
    """Return those of some assets that are sources with an observation function, sorted.

    >>> from notebook_assets import AssetSpec
    >>> observable_keys(AssetGraph([AssetSpec("raw")]), [AssetKey("raw")])
    []
    """
    found = (graph.nodes[key] for key in sorted(keys))
    return [node.key for node in found if node.source is not None and node.source.is_observable]


def lone_sources(graph: AssetGraph, listed: object, selection: object = None) -> list[AssetKey]:
    """Return the sources that a call of ``materialize`` means, where it means nothing else and they can be observed.

    Args:
        graph: The assets.
        listed: What is to be made.
        selection: What narrows it.

    Raises:
        UnknownAssetError: One of them does not exist.
    """
    chosen = some_keys(graph, listed, *(() if selection is None else (selection,)))
    keys = observable_keys(graph, chosen)
    return keys if all(graph.is_source(key) for key in chosen) else []


def observed(request: ObserveRequest, *, raise_on_error: bool) -> RunResult:
    """Observe sources, and return what came of it as a run that makes nothing.

    Args:
        request: The sources, and what they are looked at with.
        raise_on_error: Whether to raise the first error.
    """
    __tracebackhide__ = True
    seen = observe_sources(request)
    if raise_on_error:
        raise_observation(seen)
    return run_of_observation(seen, request.graph)
