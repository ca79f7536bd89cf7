"""Event: one thing that happened in a run, as results of runs tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from notebook_assets.assets import AssetCheckEvaluation, AssetMaterialization, AssetObservation, Failure
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.store.event_types import EventType

T = TypeVar("T")

REPORTED = "REPORTED"
"""What runs of ops call an event whose data is what an op yielded beside its outputs."""


@dataclass(frozen=True)
class StepFailureData:
    """Why a step failed: ``error`` is what was raised."""

    error: BaseException

    @property
    def user_failure_data(self) -> Failure | None:
        """What was raised, if it is a :class:`Failure`: it has a description and metadata."""
        return self.error if isinstance(self.error, Failure) else None

    @property
    def error_display_string(self) -> str:
        """The error's type and message."""
        return f"{type(self.error).__name__}: {self.error}"


@dataclass(frozen=True)
class StepOutputData:
    """Which output a step gave."""

    output_name: str
    mapping_key: str | None = None


@dataclass(frozen=True)
class StepMaterializationData:
    """What was materialized."""

    materialization: AssetMaterialization


@dataclass(frozen=True)
class AssetObservationData:
    """What was observed."""

    asset_observation: AssetObservation


@dataclass(frozen=True)
class MaterializationPlannedData:
    """An asset, or a partition of it, that was to be made."""

    asset_key: AssetKey
    partition: str | None = None


@dataclass(frozen=True)
class Reported:
    """Which function told of an asset that it does not make, when it made which partition, and what it said."""

    node_name: str
    partition: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class HookCall:
    """A hook that was called after a function made a partition; ``error`` is what it raised itself."""

    node_name: str
    partition: str | None
    hook_name: str
    error: Exception | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    Args:
        event_type: What it tells of.
        job_name: The job, or what stands for it.
        node_name: The op, asset function or check that it is about, behind the graphs that it is in; ``""`` for the
            run as a whole.
        step_key: The step: as ``node_name``, with a mapping key in brackets.
        event_specific_data: More about it; what it is depends on the type.
        partition: The partition of the asset that the step made.
        message: What happened, in words.

    >>> Event(EventType.STEP_SUCCESS, node_name="clean", step_key="clean").is_step_success
    True
    """

    event_type: EventType
    job_name: str = ""
    node_name: str = ""
    step_key: str | None = None
    event_specific_data: Any = None
    partition: str | None = None
    message: str = ""

    @property
    def event_type_value(self) -> str:
        """What it tells of, as text."""
        return self.event_type.value

    @property
    def node_handle(self) -> str:
        """The path of the node."""
        return self.node_name

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about, if it is about one."""
        about = self.event_specific_data
        if isinstance(about, MaterializationPlannedData | AssetCheckEvaluation):
            return about.asset_key
        event = getattr(about, "materialization", None) or getattr(about, "asset_observation", None)
        return None if event is None else AssetKey.from_coercible(event.asset_key)

    @property
    def materialization(self) -> AssetMaterialization:
        """What was materialized.

        Raises:
            InvalidInvocationError: The event tells of something else, as with all of these.
        """
        return self.step_materialization_data.materialization

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was materialized, None where the event tells of something else."""
        about = self.event_specific_data
        return about.materialization if isinstance(about, StepMaterializationData) else None

    @property
    def step_materialization_data(self) -> StepMaterializationData:
        """What was materialized."""
        return self._data(StepMaterializationData, "a materialization")

    @property
    def asset_observation_data(self) -> AssetObservationData:
        """What was observed."""
        return self._data(AssetObservationData, "an observation")

    @property
    def asset_check_evaluation_data(self) -> AssetCheckEvaluation:
        """What a check found."""
        return self._data(AssetCheckEvaluation, "a check")

    @property
    def step_failure_data(self) -> StepFailureData:
        """Why a step failed."""
        return self._data(StepFailureData, "a failure")

    @property
    def step_output_data(self) -> StepOutputData:
        """Which output a step gave."""
        return self._data(StepOutputData, "an output")

    def _data(self, kind: type[T], what: str) -> T:
        if not isinstance(self.event_specific_data, kind):
            raise InvalidInvocationError(f"The event {self.event_type_value} does not tell of {what}.")
        return self.event_specific_data

    @property
    def is_step_event(self) -> bool:
        """Whether it is about one step itself, not about a hook after it."""
        return self.step_key is not None and not self.is_hook_event

    @property
    def is_step_start(self) -> bool:
        """Whether a step began."""
        return self.event_type is EventType.STEP_START

    @property
    def is_successful_output(self) -> bool:
        """Whether a step gave an output."""
        return self.event_type is EventType.STEP_OUTPUT

    @property
    def is_step_success(self) -> bool:
        """Whether a step succeeded."""
        return self.event_type is EventType.STEP_SUCCESS

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed."""
        return self.event_type is EventType.STEP_FAILURE

    @property
    def is_step_skipped(self) -> bool:
        """Whether a step was skipped."""
        return self.event_type is EventType.STEP_SKIPPED

    @property
    def is_step_up_for_retry(self) -> bool:
        """Whether a step failed and was to be tried again."""
        return self.event_type is EventType.STEP_UP_FOR_RETRY

    @property
    def is_step_restarted(self) -> bool:
        """Whether a step was tried again."""
        return self.event_type is EventType.STEP_RESTARTED

    @property
    def is_step_materialization(self) -> bool:
        """Whether something was materialized."""
        return self.event_type is EventType.ASSET_MATERIALIZATION

    @property
    def is_asset_observation(self) -> bool:
        """Whether something was observed."""
        return self.event_type is EventType.ASSET_OBSERVATION

    @property
    def is_asset_materialization_planned(self) -> bool:
        """Whether something was to be made."""
        return self.event_type is EventType.ASSET_MATERIALIZATION_PLANNED

    @property
    def is_hook_event(self) -> bool:
        """Whether a hook was called."""
        return self.event_type in (EventType.HOOK_COMPLETED, EventType.HOOK_ERRORED)

    @property
    def is_failure(self) -> bool:
        """Whether a step or the run failed."""
        return self.event_type in (EventType.STEP_FAILURE, EventType.RUN_FAILURE)

    @property
    def is_job_success(self) -> bool:
        """Whether the run succeeded."""
        return self.event_type is EventType.RUN_SUCCESS

    @property
    def is_job_failure(self) -> bool:
        """Whether the run failed."""
        return self.event_type is EventType.RUN_FAILURE
