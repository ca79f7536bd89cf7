"""ExecuteInProcessResult: what came of a job that was run here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets import AssetMaterialization
from notebook_assets.errors import InvalidInvocationError, OutputTypeError, did_you_mean
from notebook_assets.ops.graph_runs import GraphRun, OpEvent, StepState, step_name
from notebook_assets.ops.node_wiring import FromInput
from notebook_assets.partitions.shown import SelfShown


@dataclass(frozen=True)
class StepFailureData:
    """Why a step failed: ``error`` is what was raised."""

    error: BaseException


@dataclass(frozen=True, eq=False)
class ExecuteInProcessResult(SelfShown):
    """What came of a run of a job: which ops ran, with which values. Nodes in graphs are named by path.

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

    @property
    def all_events(self) -> Sequence[OpEvent]:
        """All that happened, in order."""
        return self.graph_run.events

    @property
    def all_node_events(self) -> Sequence[OpEvent]:
        """All that happened to ops, in order."""
        return self.filter_events(lambda event: bool(event.node_name))

    def filter_events(self, event_filter: Callable[[OpEvent], bool]) -> list[OpEvent]:
        """Return the events that a function chooses."""
        return [event for event in self.graph_run.events if event_filter(event)]

    def events_for_node(self, node_name: str) -> list[OpEvent]:
        """Return what happened to one op."""
        path = self._path(node_name)
        return self.filter_events(lambda event: event.node_name == path)

    def is_node_success(self, node_name: str) -> bool:
        """Whether an op ran without an error (for one mapping key at least)."""
        return StepState.SUCCESS in self._states(node_name)

    def is_node_failed(self, node_name: str) -> bool:
        """Whether an op failed (for one mapping key at least)."""
        return StepState.FAILED in self._states(node_name)

    def is_node_skipped(self, node_name: str) -> bool:
        """Whether an op was skipped, since an optional output was not given (for one mapping key at least)."""
        return StepState.SKIPPED in self._states(node_name)

    def is_node_untouched(self, node_name: str) -> bool:
        """Whether nothing happened to an op, since what it needs failed."""
        return not self.events_for_node(node_name)

    def retry_attempts_for_node(self, node_name: str) -> int:
        """Return how often an op was tried again."""
        path = self._path(node_name)
        return sum(number for (node, _), number in self.graph_run.retries.items() if node == path)

    def failure_data_for_node(self, node_name: str) -> StepFailureData | None:
        """Return why an op failed, None if it did not."""
        path = self._path(node_name)
        failures = self.graph_run.failures.items()
        return next((StepFailureData(error) for (node, _), error in failures if node == path), None)

    def asset_materializations_for_node(self, node_name: str) -> list[AssetMaterialization]:
        """Return the materializations that an op reported."""
        path = self._path(node_name)
        return [
            event
            for node, event in self.graph_run.user_events
            if node == path and isinstance(event, AssetMaterialization)
        ]

    def get_asset_materialization_events(self) -> list[OpEvent]:
        """Return the events of materializations that ops reported."""
        return [event for event in self.all_events if event.event_type_value == "ASSET_MATERIALIZATION"]

    def get_failed_step_keys(self) -> set[str]:
        """Return the steps that failed; those of mapped ops with their key in brackets."""
        return {step_name(*step) for step in self.graph_run.failures}

    def get_step_success_events(self) -> list[OpEvent]:
        """Return the events of steps that succeeded."""
        return self.filter_events(lambda event: event.event_type_value == "STEP_SUCCESS")

    def get_step_failure_events(self) -> list[OpEvent]:
        """Return the events of steps that failed."""
        return self.filter_events(lambda event: event.event_type_value == "STEP_FAILURE")

    def get_step_skipped_events(self) -> list[OpEvent]:
        """Return the events of steps that were skipped."""
        return self.filter_events(lambda event: event.event_type_value == "STEP_SKIPPED")

    def _states(self, node_name: str) -> set[StepState]:
        path = self._path(node_name)
        return {state for (node, _), state in self.graph_run.states.items() if node == path}

    def _path(self, node_name: str) -> str:
        known = self.graph_run.graph.ops
        if node_name not in known:
            raise InvalidInvocationError(
                f"{self.job_def.name!r} ran no op {node_name!r}; it has {list(known)}.{did_you_mean(node_name, known)}"
            )
        return node_name

    def __repr__(self) -> str:
        return f"<{'success' if self.success else 'failure'} of the job {self.job_def.name}, run {self.run_id}>"
