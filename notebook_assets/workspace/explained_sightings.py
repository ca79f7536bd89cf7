"""What an explanation says besides: the results of checks, and what was observed of a source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import AssetStatus, Explanation
from notebook_assets.diagnosis.checks_shown import checks_of_partitions, checks_of_piece
from notebook_assets.diagnosis.running import explained_runs
from notebook_assets.diagnosis.typed import typed_selection
from notebook_assets.display import Rich, ago
from notebook_assets.keys import AssetKey
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.store import CheckRecord, Instance, ObservationRecord
from notebook_assets.store.records import DEFAULT_IO_MANAGER_KEY


def with_sightings(
    explanation: Explanation, graph: AssetGraph, found: Mapping[AssetKey, AssetStatus], store: Instance
) -> Explanation:
    """Return an explanation with the latest results of checks, and the latest observation of a source.

    Args:
        explanation: Why a piece, or an asset, is as it is.
        graph: The assets and checks.
        found: The statuses of the asset and of all upstream of it.
        store: Where it is kept.
    """
    key, status = explanation.key, found[explanation.key]
    keys = graph.checks.of(key)
    is_whole = explanation.partition is None and status.node.partitions_def is not None
    kept_by = status.node.io_manager_key or DEFAULT_IO_MANAGER_KEY
    if kept_by != DEFAULT_IO_MANAGER_KEY and explanation.record is not None and explanation.record.size is None:
        explanation = replace(explanation, io_manager=kept_by)
    if not is_whole and not status.node.is_source:
        explanation = replace(explanation, output=store.step_output(key, explanation.partition))
    explanation = explained_runs(explanation, store, status)
    explanation = replace(explanation, checks=_checks(explanation, graph, status, store, keys) or explanation.checks)
    return _observed(explanation, status, store) if status.node.is_source else explanation


def _checks(
    explanation: Explanation,
    graph: AssetGraph,
    status: AssetStatus,
    store: Instance,
    keys: Collection[AssetCheckKey],
) -> Rich | None:
    """Return the latest results of checks; of a whole asset they are counted by the store, however many there are."""
    key, partition, tables = explanation.key, explanation.partition, store.status_tables
    if partition is None and status.node.partitions_def is not None:
        groups = tables.check_groups(key)
        gone = _gone(graph, key, {group.name for group in groups})

        def result(name: str, of: str) -> CheckRecord | None:
            return next(iter(tables.checks_of(key, of, name)), None)

        return checks_of_partitions(groups, keys, status.keys, result, gone) if keys or groups else None
    records = tables.checks_of(key, partition)
    event = int(status.event_ids[status.position_of(partition)])
    gone = _gone(graph, key, {record.name for record in records})
    return checks_of_piece(records, keys, event, gone) if keys or records else None


def _gone(graph: AssetGraph, key: AssetKey, names: Collection[str]) -> set[str]:
    return {name for name in names if not graph.checks.is_there(AssetCheckKey(key, name))}


def _observed(explanation: Explanation, status: AssetStatus, store: Instance) -> Explanation:
    """Say when a source was observed, or how it can be."""
    source = status.node.source
    partition = explanation.partition
    latest = next(iter(store.observations(explanation.key, partition)), None)
    if latest is None:
        if source is None or not source.is_observable:
            return explanation
        typed = f"`%materialize {typed_selection(explanation.key)}`"
        return replace(explanation, why=(*explanation.why, f"It was never observed; {typed} does."), advice=())
    return replace(explanation, why=(*explanation.why, _sentence(latest)), advice=())


def _sentence(latest: ObservationRecord) -> str:
    which = f" ({latest.partition})" if latest.partition is not None else ""
    version = f", as data version {latest.data_version}" if latest.data_version is not None else ""
    said = f": {latest.description}" if latest.description else ""
    return f"It was last observed {ago(latest.time)}{which}{version}{said}."
