"""Make the assets of a job, or one partition of them; or observe its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph
from notebook_assets.definitions.descriptions import described
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import partition_loading_context
from notebook_assets.run import RunRequest, RunResult, execute, make_plan
from notebook_assets.run.first_error import raise_first, raise_observation
from notebook_assets.run.observing_result import ObservationResult
from notebook_assets.run.observing_sources import ObserveRequest, observe_sources
from notebook_assets.store import Instance

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets.definitions.definition_set import Definitions
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class JobRun:
    """What is asked for: the assets, upstream first, and with which partition, configuration, tags and resources."""

    name: str
    definitions: Definitions
    graph: AssetGraph
    keys: tuple[AssetKey, ...]
    partition_key: str | None = None
    run_config: Any = None
    tags: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, object] = field(default_factory=dict)


def make_pieces(asked: JobRun, store: Instance, *, raise_on_error: bool = True) -> RunResult:
    """Make what a job asks for, and return what came of it.

    Args:
        asked: The assets and how to make them.
        store: Where to keep them.
        raise_on_error: Whether to raise the first error when the run is over.

    Raises:
        UnknownPartitionError: There is no such partition.
        MissingInputError: A piece was skipped, since what it needs was never made.
        Exception: The first error that an asset's function raised.
    """
    __tracebackhide__ = True
    with partition_loading_context(dynamic_partitions_store=store):
        graph = asked.graph.at(dynamic_partitions_store=store)
        found = statuses(graph, store, asked.keys)
        masks = {key: _wanted(found[key], asked.partition_key) for key in asked.keys}
        store.describe_assets(described(asked.graph))
        result = execute(
            RunRequest(
                graph=graph,
                plan=make_plan(graph, found, masks),
                statuses=found,
                instance=store,
                resources={**asked.definitions.resources, **asked.resources},
                selection=asked.name,
                tags=asked.tags,
                run_config=asked.run_config,
            )
        )
    if raise_on_error:
        raise_first(result)
    return result


def observe_pieces(asked: JobRun, store: Instance, *, raise_on_error: bool = True) -> ObservationResult:
    """Observe the source assets that a job asks for, and return what was seen.

    Args:
        asked: The source assets.
        store: Where to keep what was seen.
        raise_on_error: Whether to raise the first error when all were looked at.

    Raises:
        Exception: The first error that an observation function raised.
    """
    __tracebackhide__ = True
    with partition_loading_context(dynamic_partitions_store=store):
        graph = asked.graph.at(dynamic_partitions_store=store)
        store.describe_assets(described(asked.graph))
        given = {**asked.definitions.resources, **asked.resources}
        result = observe_sources(
            ObserveRequest(graph, asked.keys, store, given, asked.partition_key, asked.tags, asked.run_config)
        )
    if raise_on_error:
        raise_observation(result)
    return result


def _wanted(status: AssetStatus, partition_key: str | None) -> np.ndarray:
    """Return which pieces of an asset are to be made, as a bool column by position."""
    mask = np.zeros(len(status.keys), dtype=bool)
    definition = status.node.partitions_def
    if definition is None:
        mask[:] = True
        return mask
    definition.validate_partition_key(str(partition_key))
    mask[definition.find_position(str(partition_key))] = True
    return mask
