"""OpsResult: what came of a job of ops that was run here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from notebook_assets.assets import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from notebook_assets.errors import InvalidInvocationError, OutputTypeError, did_you_mean
from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.ops.graph_runs import GraphRun, OpEvent
from notebook_assets.ops.node_wiring import FromInput
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.run.reading_results import ExecuteInProcessResult
from notebook_assets.run.run_events import (
    REPORTED,
    AssetObservationData,
    Event,
    StepFailureData,
    StepMaterializationData,
    StepOutputData,
)
from notebook_assets.store import RunRecord, new_run
from notebook_assets.store.event_types import EventType


@dataclass(frozen=True, eq=False)
class OpsResult(SelfShown, ExecuteInProcessResult):
    """What came of a run of a job of ops: which ran, with which values. Nodes in graphs are named by path.

    >>> from notebook_assets import job, op
    >>> @op
    ... def one(): return 1
    >>> @job
    ... def counting(): one()
    >>> result = counting.execute_in_process()
    >>> result.success, result.output_for_node("one")
    (True, 1)
    """

    job_def: Any
    graph_run: GraphRun

    @property
    def run_id(self) -> str:
        """The run."""
        return self.graph_run.around.run_id

    @property
    def success(self) -> bool:
        """Whether no op failed."""
        return not self.graph_run.failures

    @cached_property
    def run(self) -> RunRecord:
        """The run as a whole: its status and tags; the times are those at which it is asked for."""
        run = self.graph_run
        record = new_run(self.job_def.name, run.around.run_tags, len(run.graph.ops), self.run_id)
        return replace(record, status="success" if self.success else "failed", finished_at=record.started_at)

    @property
    def dagster_run(self) -> RunRecord:
        """The same as :attr:`run`."""
        return self.run

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """Return what an op gave.

        Args:
            node_str: The op, behind the graphs that it is in: ``"outer.inner"``.
            output_name: Which output.

        Returns:
            The value; by mapping key, where there is one for each.

        Raises:
            InvalidInvocationError: There is no such op or output.
            OutputTypeError: The op gave no such output.
        """
        run = self.graph_run
        outs = run.graph.ops[self._path(node_str)].op.outs
        if output_name not in outs:
            raise InvalidInvocationError(
                f"{node_str!r} has no output {output_name!r}; it has {list(outs)}.{did_you_mean(output_name, outs)}"
            )
        found = {
            key: value for (node, name, key), value in run.values.items() if (node, name) == (node_str, output_name)
        }
        if not found:
            raise OutputTypeError(f"{node_str!r} gave no output {output_name!r} in this run.")
        return found.get(None, found)

    def asset_value(self, asset_key: CoercibleToAssetKey) -> Any:
        """Raise an error: ops make no assets, they report them.

        Raises:
            InvalidInvocationError: Always; :meth:`output_for_node` gives values.
        """
        raise InvalidInvocationError(
            f"{self.job_def.name!r} is a job of ops, which makes no asset {asset_key!r}; output_for_node(name) gives "
            "values."
        )

    def output_value(self, output_name: str = "result") -> Any:
        """Return an output of the outermost graph.

        Args:
            output_name: Which output.

        Raises:
            InvalidInvocationError: The graph has no such output.
            OutputTypeError: It was not given in this run.
        """
        outputs = self.graph_run.graph.outputs
        if output_name not in outputs:
            raise InvalidInvocationError(
                f"{self.job_def.name!r} has no output {output_name!r}; it returns {list(outputs) or 'none'}."
            )
        source = outputs[output_name]
        if isinstance(source, FromInput):
            return self.graph_run.inputs[source.name]
        return self.output_for_node(source.node, source.output)

    @cached_property
    def all_events(self) -> Sequence[Event]:
        """All that happened, in order."""
        return list(self._events())

    def _events(self) -> Iterator[Event]:
        yield Event(EventType.RUN_START, self.job_def.name, message="The run began.")
        for event in self.graph_run.events:
            found = _event_of(event, self.job_def.name)
            if found is not None:
                yield found
        failed = next(iter(self.graph_run.failures.values()), None)
        about = None if failed is None else StepFailureData(failed)
        end = EventType.RUN_SUCCESS if failed is None else EventType.RUN_FAILURE
        yield Event(end, self.job_def.name, event_specific_data=about, message="The run ended.")

    def _node_names(self) -> Collection[str]:
        return self.graph_run.graph.ops

    def retry_attempts_for_node(self, node_name: str) -> int:
        """Return how often an op was tried again."""
        path = self._path(node_name)
        return sum(number for (node, _), number in self.graph_run.retries.items() if node == path)

    def _path(self, node_name: str) -> str:
        known = self.graph_run.graph.ops
        if node_name not in known:
            raise InvalidInvocationError(
                f"{self.job_def.name!r} ran no op {node_name!r}; it has {list(known)}.{did_you_mean(node_name, known)}"
            )
        return node_name

    def __repr__(self) -> str:
        return f"<{'success' if self.success else 'failure'} of the job {self.job_def.name}, run {self.run_id}>"


def _event_of(event: OpEvent, job_name: str) -> Event | None:
    """Return an event as results tell of it; None for what they don't tell of."""
    if event.event_type_value == REPORTED:
        kind, about = _reported(event.data)
    else:
        kind, about = EventType(event.event_type_value), _data(event)
    if kind is None:
        return None
    message = about.error_display_string if isinstance(about, StepFailureData) else ""
    return Event(kind, job_name, event.node_name, event.step_key, about, None, message)


def _reported(told: Any) -> tuple[EventType | None, Any]:
    if isinstance(told, AssetMaterialization):
        return EventType.ASSET_MATERIALIZATION, StepMaterializationData(told)
    if isinstance(told, AssetObservation):
        return EventType.ASSET_OBSERVATION, AssetObservationData(told)
    return (EventType.ASSET_CHECK_EVALUATION, told) if isinstance(told, AssetCheckEvaluation) else (None, None)


def _data(event: OpEvent) -> Any:
    if event.event_type_value == "STEP_OUTPUT":
        return StepOutputData(event.data)
    return StepFailureData(event.data) if isinstance(event.data, BaseException) else event.data
