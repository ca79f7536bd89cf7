"""From a job as it is written down to one that can be run: which assets and checks it is of, and which partitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph
from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition
from notebook_assets.definitions.resolved_jobs import AssetJob
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionedConfig, PartitionsDefinition

if TYPE_CHECKING:
    from notebook_assets.definitions.definition_set import Definitions


def resolved_job(unresolved: UnresolvedAssetJobDefinition, definitions: Definitions) -> AssetJob:
    """Return the job over the assets of ``definitions``.

    Raises:
        InvalidDefinitionError: It selects nothing that can be made, observed or checked, or assets of different
            partitions.
        UnknownAssetError: Its selection names an asset that is not there.

    >>> from notebook_assets import Definitions, asset, define_asset_job
    >>> @asset
    ... def one(): ...
    >>> resolved_job(define_asset_job("all"), Definitions([one])).asset_keys
    (AssetKey(['one']),)
    """
    graph = definitions.graph
    selected = unresolved.selection.resolve(graph)
    keys = tuple(key for key in graph.order if key in selected and not graph.is_source(key))
    observes = not keys
    if observes:
        keys = tuple(key for key in graph.order if key in selected and _is_observable(graph, key))
    checks = unresolved.selection.resolve_checks(graph)
    if not keys and not checks:
        reasons = " ".join(unresolved.selection.unmatched(graph))
        raise InvalidDefinitionError(
            f"The job {unresolved.name!r} selects no asset that can be made: {unresolved.selection}. {reasons}".rstrip()
        )
    return AssetJob(
        name=unresolved.name,
        definitions=definitions,
        asset_keys=keys,
        check_keys=frozenset(checks),
        partitions_def=_partitions_of(unresolved, graph, keys),
        config=unresolved.config,
        description=unresolved.description,
        tags=unresolved.tags,
        run_tags=unresolved.tags if unresolved.run_tags is None else unresolved.run_tags,
        metadata=unresolved.metadata,
        executor_def=unresolved.executor_def,
        op_retry_policy=unresolved.op_retry_policy,
        owners=unresolved.owners,
        hook_defs=frozenset(unresolved.hooks),
        automation_condition=unresolved.automation_condition,
        observes=observes and bool(keys),
    )


def _is_observable(graph: AssetGraph, key: AssetKey) -> bool:
    source = graph.nodes[key].source
    return source is not None and source.is_observable


def _partitions_of(
    unresolved: UnresolvedAssetJobDefinition, graph: AssetGraph, keys: Iterable[AssetKey]
) -> PartitionsDefinition | None:
    """Return the partitions that all partitioned assets of a job share.

    Raises:
        InvalidDefinitionError: They don't share any, or the job names others.
    """
    found: dict[AssetKey, PartitionsDefinition] = {}
    for key in keys:
        definition = graph.nodes[key].spec.partitions_def
        if definition is not None:
            found[key] = definition
    declared = unresolved.partitions_def or (
        unresolved.config.partitions_def if isinstance(unresolved.config, PartitionedConfig) else None
    )
    shared = declared
    for key, definition in found.items():
        shared = definition if shared is None else shared
        if definition != shared:
            others = "its config or partitions_def" if declared is not None else str(next(iter(found)))
            raise InvalidDefinitionError(
                f"The job {unresolved.name!r}: all of its assets that have partitions have the same, but {key} has "
                f"{definition}, and {others} has {shared}. Make two jobs."
            )
    return shared
