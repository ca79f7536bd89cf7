"""Make the assets of a job, or one partition of them; or observe its sources, or carry out its checks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckKey, AssetGraph
from notebook_assets.definitions.descriptions import described
from notebook_assets.definitions.job_hooks import HookedJob, hooks_called
from notebook_assets.definitions.jobs_again import pieces_again
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionKeyRange, partition_loading_context
from notebook_assets.run import RunRequest, RunResult, execute, make_plan
from notebook_assets.run.checks_alone import ChecksRequest, carry_out_checks
from notebook_assets.run.first_error import raise_first, raise_observation
from notebook_assets.run.observation_as_run import run_of_observation
from notebook_assets.run.observing_sources import ObserveRequest, observe_sources
from notebook_assets.run.range_groups import range_in_tags
from notebook_assets.run.reexecution import ReexecutionOptions
from notebook_assets.store import Instance

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets.definitions.resolved_jobs import AssetJob
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class JobRun:
    """What is asked for: a job, and with which partition, configuration, tags and resources."""

    job: AssetJob
    partition_key: str | None = None
    run_config: Any = None
    tags: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, object] = field(default_factory=dict)
    run_id: str = ""
    reexecution: ReexecutionOptions | None = None
    """The run that it goes on with, and what of that it makes."""

    @property
    def unsettled_graph(self) -> AssetGraph:
        """The assets, whose partitions are not settled."""
        return self.job.definitions.graph

    def graph(self, store: Instance) -> AssetGraph:
        """Return the assets with their partitions settled as they are now."""
        return self.unsettled_graph.at(dynamic_partitions_store=store)


def make_pieces(asked: JobRun, store: Instance, *, raise_on_error: bool = True) -> RunResult:
    """Make what a job asks for, and return what came of it.

    Args:
        asked: The job and how to run it.
        store: Where to keep what is made.
        raise_on_error: Whether to raise the first error when the run is over.

    Raises:
        UnknownPartitionError: There is no such partition.
        MissingInputError: A piece was skipped, since what it needs was never made.
        Exception: The first error that an asset's function raised.
    """
    __tracebackhide__ = True
    job = asked.job
    with partition_loading_context(dynamic_partitions_store=store):
        graph = asked.graph(store)
        found = statuses(graph, store, job.asset_keys)
        ends = range_in_tags(asked.tags)
        again = asked.reexecution
        if again is None:
            masks = {key: _wanted(found[key], asked.partition_key, ends) for key in job.asset_keys}
        else:
            masks = {**pieces_again(graph, store, again, job.asset_keys)}
        store.describe_assets(described(asked.unsettled_graph))
        hooked = HookedJob(job.name, job.hook_defs, graph, asked.resources, asked.run_config, asked.tags)
        with hooks_called(hooked, store) as listener:
            result = execute(
                RunRequest(
                    graph=graph,
                    plan=make_plan(graph, found, masks),
                    statuses=found,
                    instance=store,
                    resources=asked.resources,
                    selection=job.name,
                    tags=asked.tags,
                    progress=listener,
                    run_config=asked.run_config,
                    checks=job.check_keys,
                    retry_policy=job.op_retry_policy,
                    run_id=asked.run_id,
                    parent=None if again is None else again.parent_run_id,
                )
            )
        _check_others(asked, graph, store, result)
    result.job_def = job
    if raise_on_error:
        raise_first(result)
    return result


def check_pieces(asked: JobRun, store: Instance, *, raise_on_error: bool = True) -> RunResult:
    """Carry out the checks of a job that makes nothing, and return what they found.

    Args:
        asked: The job and how to run it.
        store: Where the assets are kept.
        raise_on_error: Whether to raise the first error when all were carried out.

    Raises:
        Exception: The first error that a check raised, or that a blocking one found.
    """
    __tracebackhide__ = True
    with partition_loading_context(dynamic_partitions_store=store):
        graph = asked.graph(store)
        result = _checked(asked, graph, store, asked.job.check_keys, asked.run_id)
    result.job_def = asked.job
    if raise_on_error:
        raise_first(result)
    return result


def _check_others(asked: JobRun, graph: AssetGraph, store: Instance, result: RunResult) -> None:
    """Carry out those checks of a job that are of assets which it does not make."""
    others = frozenset(key for key in asked.job.check_keys if key.asset_key not in asked.job.asset_selection)
    if not others:
        return
    found = _checked(asked, graph, store, others)
    result.checks_run_id = found.run_id
    result.check_evaluations += found.check_evaluations
    result.check_failures += found.check_failures
    if result.status == "success":
        result.status = found.status


def _checked(
    asked: JobRun, graph: AssetGraph, store: Instance, keys: Collection[AssetCheckKey], run_id: str = ""
) -> RunResult:
    """Carry out checks of what is there: of one partition, or of all."""
    assets = sorted({key.asset_key for key in keys})
    found = statuses(graph, store, assets)
    masks = {key: _all_or_one(found[key], asked.partition_key) for key in assets}
    return carry_out_checks(
        ChecksRequest(graph, keys, found, masks, store, asked.resources, asked.tags, asked.run_config, run_id)
    )


def observe_pieces(asked: JobRun, store: Instance, *, raise_on_error: bool = True) -> RunResult:
    """Observe the source assets that a job asks for, and return what was seen as a run that makes nothing.

    Args:
        asked: The job and how to run it.
        store: Where to keep what was seen.
        raise_on_error: Whether to raise the first error when all were looked at.

    Raises:
        Exception: The first error that an observation function raised.
    """
    __tracebackhide__ = True
    job = asked.job
    with partition_loading_context(dynamic_partitions_store=store):
        graph = asked.graph(store)
        store.describe_assets(described(asked.unsettled_graph))
        seen = observe_sources(
            ObserveRequest(
                graph,
                job.asset_keys,
                store,
                asked.resources,
                asked.partition_key,
                asked.tags,
                asked.run_config,
                asked.run_id,
            )
        )
    if raise_on_error:
        raise_observation(seen)
    return run_of_observation(seen, graph, job)


def _wanted(status: AssetStatus, partition_key: str | None, ends: tuple[str, str] | None = None) -> np.ndarray:
    """Return which pieces of an asset are to be made, as a bool column by position."""
    mask = np.zeros(len(status.keys), dtype=bool)
    definition = status.node.partitions_def
    if definition is None:
        mask[:] = True
        return mask
    if ends is not None:
        mask[definition.subset_with_key_range(PartitionKeyRange(*ends)).positions()] = True
        return mask
    definition.validate_partition_key(str(partition_key))
    mask[definition.find_position(str(partition_key))] = True
    return mask


def _all_or_one(status: AssetStatus, partition_key: str | None) -> np.ndarray:
    """Return which pieces of an asset are to be checked: all of them, unless a partition is named."""
    if status.node.partitions_def is None or partition_key is None:
        return np.ones(len(status.keys), dtype=bool)
    return _wanted(status, partition_key)
