"""ExecuteInProcessResult: how what came of a run is read, of ops and of assets alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckEvaluation, AssetMaterialization, AssetObservation
from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.run.run_events import Event, StepFailureData
from notebook_assets.store.event_types import EventType


class ExecuteInProcessResult:
    """What came of a run in this process: what ran, with which values, and what happened, event by event.

    Events are put together when they are first asked for. A node is an op, the function of assets, or a check; in
    graphs it is named by its path. ``job_def`` is the job, None where there was none.

    >>> from notebook_assets import job, op
    >>> @op
    ... def one(): return 1
    >>> @job
    ... def counting(): one()
    >>> result = counting.execute_in_process()
    >>> [event.event_type_value for event in result.events_for_node("one")]
    ['STEP_START', 'STEP_OUTPUT', 'STEP_SUCCESS']
    """

    if TYPE_CHECKING:  # in what this is a base of these are fields of a dataclass, which a property here would spoil

        @property
        def run_id(self) -> str:
            """The run."""

        @property
        def success(self) -> bool:
            """Whether nothing failed."""

        @property
        def job_def(self) -> Any:
            """The job."""

        def asset_value(self, asset_key: CoercibleToAssetKey) -> Any:
            """Return the value of an asset."""

        def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
            """Return what a node gave."""

        def output_value(self, output_name: str = "result") -> Any:
            """Return an output of the outermost graph."""

    @property
    def all_events(self) -> Sequence[Event]:
        """All that happened, in order."""
        raise NotImplementedError

    def _node_names(self) -> Collection[str]:
        """Return the names of all nodes of the run, whether anything happened to them or not."""
        raise NotImplementedError

    @property
    def all_node_events(self) -> Sequence[Event]:
        """All that happened to nodes, in order."""
        return self.filter_events(lambda event: event.is_step_event)

    def filter_events(self, event_filter: Callable[[Event], bool]) -> list[Event]:
        """Return the events that a function chooses."""
        return [event for event in self.all_events if event_filter(event)]

    def events_for_node(self, node_name: str) -> list[Event]:
        """Return what happened to one node.

        Raises:
            InvalidInvocationError: There is no such node in the run, as with all methods that take one.
        """
        known = self._node_names()
        if node_name not in known:
            raise InvalidInvocationError(
                f"There is no op or asset function {node_name!r} in this run; it has {sorted(known)}."
                f"{did_you_mean(node_name, known)}"
            )
        return self.filter_events(lambda event: event.node_name == node_name)

    def is_node_success(self, node_name: str) -> bool:
        """Whether a node ran without an error (for one partition or mapping key at least)."""
        return self._happened(node_name, EventType.STEP_SUCCESS)

    def is_node_failed(self, node_name: str) -> bool:
        """Whether a node failed (for one partition or mapping key at least)."""
        return self._happened(node_name, EventType.STEP_FAILURE)

    def is_node_skipped(self, node_name: str) -> bool:
        """Whether a node was skipped, since what it needs was not given (once at least)."""
        return self._happened(node_name, EventType.STEP_SKIPPED)

    def is_node_untouched(self, node_name: str) -> bool:
        """Whether nothing happened to a node, since what it needs failed."""
        return not self.events_for_node(node_name)

    def retry_attempts_for_node(self, node_name: str) -> int:
        """Return how often a node was tried again."""
        return sum(event.is_step_restarted for event in self.events_for_node(node_name))

    def failure_data_for_node(self, node_name: str) -> StepFailureData | None:
        """Return why a node failed (the first time), None if it did not."""
        failed = (event for event in self.events_for_node(node_name) if event.is_step_failure)
        return next((event.step_failure_data for event in failed), None)

    def asset_materializations_for_node(self, node_name: str) -> list[AssetMaterialization]:
        """Return what a node materialized, or reported to have materialized."""
        return [event.materialization for event in self.events_for_node(node_name) if event.is_step_materialization]

    def asset_observations_for_node(self, node_name: str) -> list[AssetObservation]:
        """Return what a node observed."""
        return [
            event.asset_observation_data.asset_observation
            for event in self.events_for_node(node_name)
            if event.is_asset_observation
        ]

    def get_asset_materialization_events(self) -> list[Event]:
        """Return the events of materializations."""
        return self._of(EventType.ASSET_MATERIALIZATION)

    def get_asset_materialization_planned_events(self) -> list[Event]:
        """Return an event for each piece that was to be made."""
        return self._of(EventType.ASSET_MATERIALIZATION_PLANNED)

    def get_asset_observation_events(self) -> list[Event]:
        """Return the events of observations."""
        return self._of(EventType.ASSET_OBSERVATION)

    def get_asset_check_evaluations(self) -> list[AssetCheckEvaluation]:
        """Return what checks found."""
        return [event.asset_check_evaluation_data for event in self._of(EventType.ASSET_CHECK_EVALUATION)]

    def get_failed_step_keys(self) -> set[str]:
        """Return the steps that failed; those of mapped ops with their key in brackets."""
        return {str(event.step_key) for event in self.get_step_failure_events()}

    def get_step_success_events(self) -> list[Event]:
        """Return the events of steps that succeeded."""
        return self._of(EventType.STEP_SUCCESS)

    def get_step_failure_events(self) -> list[Event]:
        """Return the events of steps that failed."""
        return self._of(EventType.STEP_FAILURE)

    def get_step_skipped_events(self) -> list[Event]:
        """Return the events of steps that were skipped."""
        return self._of(EventType.STEP_SKIPPED)

    def get_run_success_event(self) -> Event:
        """Return the event of the run's success.

        Raises:
            InvalidInvocationError: It was none.
        """
        return self._end(EventType.RUN_SUCCESS)

    def get_run_failure_event(self) -> Event:
        """Return the event of the run's failure; its data is that of the first step that failed.

        Raises:
            InvalidInvocationError: It was none.
        """
        return self._end(EventType.RUN_FAILURE)

    def _end(self, kind: EventType) -> Event:
        found = self._of(kind)
        if not found:
            ended = self.all_events[-1].event_type_value if self.all_events else "nothing"
            raise InvalidInvocationError(f"There is no event {kind.value} in this run; it ended with {ended}.")
        return found[-1]

    def _of(self, kind: EventType) -> list[Event]:
        return self.filter_events(lambda event: event.event_type is kind)

    def _happened(self, node_name: str, kind: EventType) -> bool:
        return any(event.event_type is kind for event in self.events_for_node(node_name))
