"""The events of a run over assets, put together from what the store and the result keep of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import (
    AssetCheckEvaluation,
    AssetCheckKey,
    AssetCheckSeverity,
    AssetGraph,
    AssetMaterialization,
    AssetObservation,
)
from notebook_assets.assets.observations import DATA_VERSION_TAG
from notebook_assets.errors import StoreError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.run.pieces_not_made import StepFailure
from notebook_assets.run.run_config import computation_name
from notebook_assets.run.run_events import (
    AssetObservationData,
    Event,
    MaterializationPlannedData,
    StepFailureData,
    StepMaterializationData,
    StepOutputData,
)
from notebook_assets.store.event_types import EventType
from notebook_assets.store.run_rows import RunRow, rows_of_run

if TYPE_CHECKING:
    from notebook_assets.run.result import RunResult

_ENDS = {"success": EventType.RUN_SUCCESS, "failed": EventType.RUN_FAILURE, "canceled": EventType.RUN_CANCELED}

Step = tuple[str, str | None]
"""A node's name, and the partition that it made."""


def node_names(graph: AssetGraph, keys: Iterable[AssetKey]) -> dict[AssetKey, str]:
    """Return what the functions are called that make some assets, or observe them.

    Args:
        graph: The assets.
        keys: Which of them.

    >>> from notebook_assets import asset
    >>> @asset(key_prefix="raw")
    ... def daily(): ...
    >>> node_names(AssetGraph([daily]), [daily.key])
    {AssetKey(['raw', 'daily']): 'raw__daily'}
    """
    found = {}
    for key in keys:
        node = graph.nodes.get(key)
        observing = node.source.observing if node is not None and node.source is not None else None
        if node is not None and node.definition is not None:
            found[key] = computation_name(node.definition)
        else:
            found[key] = (observing.name if observing is not None else "") or key.to_python_identifier()
    return found


def check_node_name(graph: AssetGraph, key: AssetCheckKey) -> str:
    """Return what the function is called that carries a check out: its own, or the asset's.

    Args:
        graph: The assets.
        key: The check.
    """
    if is_carried_out_by_asset(graph, key):
        return node_names(graph, [key.asset_key])[key.asset_key]
    checks = graph.checks.definition(key) if key in graph.checks.keys() else None  # noqa: SIM118
    return (checks.name if checks is not None else "") or f"{key.asset_key.to_python_identifier()}_{key.name}"


def is_carried_out_by_asset(graph: AssetGraph, key: AssetCheckKey) -> bool:
    """Whether the function of the asset itself carries a check out.

    >>> is_carried_out_by_asset(AssetGraph([]), AssetCheckKey(AssetKey("daily"), "rows"))
    False
    """
    return key in graph.checks.keys() and graph.checks.definition(key) is None  # noqa: SIM118


def output_key(graph: AssetGraph, made: Sequence[AssetKey], node_name: str, output_name: str) -> AssetKey:
    """Return the asset that is an output of a function.

    Args:
        graph: The assets.
        made: Those that the function made.
        node_name: The function, for errors.
        output_name: The output; where the function makes one asset, any name will do.

    Raises:
        UnknownAssetError: There is no such output.
    """
    definition = graph.nodes[made[0]].definition if made[0] in graph.nodes else None
    if definition is None or not definition.is_multi:
        return made[0]
    outputs = {name: key for name, key in definition.outputs.items() if key in made}
    if output_name not in outputs:
        raise UnknownAssetError(
            f"{node_name!r} made no output {output_name!r} in this run; it made {list(outputs)}."
            f"{did_you_mean(output_name, outputs)}"
        )
    return outputs[output_name]


def nodes_of(result: RunResult) -> set[str]:
    """Return the names of the functions of a run: of what was to be made, of its checks, and of all that happened.

    Args:
        result: The run.
    """
    keys = result.planned_by_asset
    of_checks = {check_node_name(result.graph, check) for key in keys for check in result.graph.checks.of(key)}
    happened = {event.node_name for event in result.all_events if event.node_name}
    return {*node_names(result.graph, keys).values(), *of_checks, *happened}


def events_of(result: RunResult) -> list[Event]:
    """Return all that happened in a run over assets, in order.

    Args:
        result: The run, which is over.

    Raises:
        StoreError: The store is closed.

    >>> from notebook_assets import asset, materialize_to_memory
    >>> @asset
    ... def one(): return 1
    >>> [event.event_type_value for event in events_of(materialize_to_memory([one]))][1:-1]
    ['ASSET_MATERIALIZATION_PLANNED', 'STEP_START', 'STEP_OUTPUT', 'ASSET_MATERIALIZATION', 'STEP_SUCCESS']
    """
    if result.run_id and result.instance.is_closed:
        folder = str(result.instance.folder)
        raise StoreError(
            f"The events of a run are read from its store, and {folder!r} is closed. Open it again and ask "
            f"Instance({folder!r}).run({result.run_id!r}).events; those of a temporary store are gone with it."
        )
    return list(_Events(result).all())


class _Events:
    """Puts the events of one run together."""

    def __init__(self, result: RunResult) -> None:
        self.result = result
        self.graph = result.graph
        self.names = node_names(self.graph, result.planned_by_asset)
        self.job_name = getattr(result.job_def, "name", "")
        self.run_tags = result.run.tags if result.run_id else {}
        self.failures = {(failure.key, failure.partition): failure.error for failure in result.failures}
        self.check_errors = {
            (key, failure.partition): failure.error for failure in result.check_failures for key in failure.keys
        }
        self.wrong = {failure.piece for failure in result.failures}
        self.wrong |= {skip.piece for skip in result.skips if not skip.is_excused}

    def all(self) -> Iterator[Event]:
        """Yield the events of the run."""
        yield Event(EventType.RUN_START, self.job_name, message="The run began.")
        for key, partitions in self.result.keys.items():
            yield from self._planned(key, partitions)
        steps: dict[Step, list[RunRow]] = {}
        for run_id in filter(None, (self.result.run_id, self.result.checks_run_id)):
            for row in rows_of_run(self.result.instance, run_id):
                steps.setdefault(self._step_of(row), []).append(row)
        for failure in self.result.failures:  # of observations nothing else is kept
            steps.setdefault(self._step_of(_failed_row(failure)), [_failed_row(failure)])
        failed: StepFailureData | None = None
        for step, rows in steps.items():
            for event in self._events_of_step(step, rows):
                failed = event.step_failure_data if failed is None and event.is_step_failure else failed
                yield event
        end = _ENDS.get(self.result.status, EventType.RUN_FAILURE)
        message = f"The run ended: {self.result.status}."
        yield Event(end, self.job_name, event_specific_data=failed, message=message)

    def _planned(self, key: AssetKey, partitions: Iterable[str | None]) -> Iterator[Event]:
        """Yield an event for each piece that was to be made."""
        made = self.result.planned_positions.get(key, ())
        keys = list(partitions)
        for partition in (keys[at] for at in made):
            about = MaterializationPlannedData(key, partition)
            yield Event(
                EventType.ASSET_MATERIALIZATION_PLANNED,
                self.job_name,
                event_specific_data=about,
                partition=partition,
                message=f"{key.to_user_string()} is to be made.",
            )

    def _is_reported(self, row: RunRow) -> bool:
        return row.kind in ("materialization", "observation") and row.row_id in self.result.reported

    def _step_of(self, row: RunRow) -> Step:
        if self._is_reported(row):
            reported = self.result.reported[row.row_id]
            return reported.node_name, reported.partition
        if row.check is not None:
            return check_node_name(self.graph, AssetCheckKey(row.key, row.check.name)), row.partition
        return self.names.get(row.key) or node_names(self.graph, [row.key])[row.key], row.partition

    def _events_of_step(self, step: Step, rows: list[RunRow]) -> Iterator[Event]:
        skipped = [row for row in rows if row.kind == "skipped"]
        if len(skipped) == len(rows):
            if not self._is_untouched(skipped[0]):
                yield self._event(EventType.STEP_SKIPPED, step, None, str(skipped[0].description))
            return
        yield self._event(EventType.STEP_START, step, None, f"{step[0]} began.")
        for _ in range(max(self.result.retries.get((row.key, row.partition), 0) for row in rows)):
            yield self._event(EventType.STEP_UP_FOR_RETRY, step, None, f"{step[0]} failed and is tried again.")
            yield self._event(EventType.STEP_RESTARTED, step, None, f"{step[0]} is tried again.")
        error: BaseException | None = None
        for row in sorted(rows, key=lambda row: not self._is_reported(row)):  # what is made last is told of last
            yield from self._of_row(step, row)
            error = error or self._error(row)
        if error is not None:
            told = StepFailureData(error)
            yield self._event(EventType.STEP_FAILURE, step, told, told.error_display_string)
        else:
            yield self._event(EventType.STEP_SUCCESS, step, None, f"{step[0]} succeeded.")
        for call in self.result.hook_calls:
            if (call.node_name, call.partition) == step:
                kind = EventType.HOOK_COMPLETED if call.error is None else EventType.HOOK_ERRORED
                yield self._event(kind, step, call, f"The hook {call.hook_name} was called.")

    def _is_untouched(self, row: RunRow) -> bool:
        """Whether it was skipped since something in this run failed, in which case the reference tells nothing."""
        pieces = [skip for skip in self.result.skips if skip.key == row.key and skip.partition == row.partition]
        return any(not skip.is_excused and (skip.is_stopped or self.wrong & {*skip.missing}) for skip in pieces)

    def _error(self, row: RunRow) -> BaseException | None:
        if row.kind == "failed":
            return self.failures.get((row.key, row.partition), RuntimeError(row.description))
        if row.check is not None and row.check.error is not None:
            key = AssetCheckKey(row.key, row.check.name)
            return self.check_errors.get((key, row.partition), RuntimeError(row.check.error))
        return None

    def _of_row(self, step: Step, row: RunRow) -> Iterator[Event]:
        if row.kind == "materialization":
            yield from self._made(step, row)
        elif row.kind == "observation":
            seen = AssetObservation(row.key, row.description, row.metadata, row.partition, row.tags)
            yield self._event(EventType.ASSET_OBSERVATION, step, AssetObservationData(seen), f"Observed {row.key}.")
        elif row.check is not None and row.check.error is None:
            found = AssetCheckEvaluation(
                asset_key=row.key,
                check_name=row.check.name,
                passed=row.check.passed,
                metadata=row.metadata,
                target_materialization_data=row.check.event_id or None,
                severity=AssetCheckSeverity(row.check.severity),
                description=row.description,
                blocking=row.check.blocking,
                partition=row.partition,
            )
            is_own = is_carried_out_by_asset(self.graph, found.asset_check_key)
            output = f"{row.key.to_python_identifier()}_{row.check.name}" if is_own else "result"
            yield self._event(EventType.STEP_OUTPUT, step, StepOutputData(output))
            word = "passed" if found.passed else "did not pass"
            yield self._event(EventType.ASSET_CHECK_EVALUATION, step, found, f"{row.check.name} {word}.")

    def _made(self, step: Step, row: RunRow) -> Iterator[Event]:
        reported = self.result.reported.get(row.row_id)
        tags = {name: value for name, value in row.tags.items() if self.run_tags.get(name) != value}
        if row.data_version is not None:
            tags[DATA_VERSION_TAG] = row.data_version
        if reported is None:
            yield self._event(EventType.STEP_OUTPUT, step, StepOutputData(self._output_name(row.key)))
        description = None if reported is None else reported.description
        made = AssetMaterialization(row.key, description, row.metadata, row.partition, tags)
        about = StepMaterializationData(made)
        yield self._event(
            EventType.ASSET_MATERIALIZATION, step, about, f"Materialized {row.key.to_user_string()}.", row.partition
        )

    def _output_name(self, key: AssetKey) -> str:
        definition = self.graph.nodes[key].definition if key in self.graph.nodes else None
        outputs: Mapping[str, AssetKey] = {} if definition is None else definition.outputs
        return next((name for name, each in outputs.items() if each == key), "result")

    def _event(self, kind: EventType, step: Step, about: Any, message: str = "", partition: str | None = None) -> Event:
        return Event(kind, self.job_name, step[0], step[0], about, partition or step[1], message)


def _failed_row(failure: StepFailure) -> RunRow:
    return RunRow("failed", failure.key, failure.partition, 0.0, 0)
