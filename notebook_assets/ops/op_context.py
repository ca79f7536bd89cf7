"""OpExecutionContext: what an op's function can ask about the step and the run that it is in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.metadata import normalize_metadata
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.partitions import PartitionsDefinition, TimeWindow
from notebook_assets.partitions.arguments import check_mapping
from notebook_assets.resources import Resources
from notebook_assets.resources.logs import piece_log
from notebook_assets.store import Instance


@dataclass(frozen=True)
class Surroundings:
    """What all ops of one run share. ``asset_context`` is that of the asset which they make, if any."""

    run_id: str
    resources: Resources = field(default_factory=Resources)
    job_name: str = ""
    given_instance: Any = None
    run_config: Mapping[str, Any] = field(default_factory=dict)
    run_tags: Mapping[str, str] = field(default_factory=dict)
    partition_key: str | None = None
    partitions_def: PartitionsDefinition | None = None
    asset_context: Any = None

    @cached_property
    def instance(self) -> Any:
        """The store that was given, or else one of the run's own that is gone afterwards."""
        return self.given_instance if self.given_instance is not None else Instance.ephemeral()


class OpExecutionContext:
    """The first parameter of an op's function, where that is called ``context``.

    Knows the op's configuration, the resources, the run, the mapping key and how often it was tried again. Where the
    op makes an asset, all that the asset's own context knows can be asked, too.

    >>> from notebook_assets import job, op
    >>> @op
    ... def told(context):
    ...     return f"{context.op_def.name} in {context.job_name}, {context.op_config}"
    >>> @job
    ... def telling():
    ...     told()
    >>> telling.execute_in_process(run_config={"ops": {"told": {"config": {"rows": 3}}}}).output_for_node("told")
    "told in telling, {'rows': 3}"
    """

    def __init__(
        self,
        op: OpDefinition,
        around: Surroundings,
        step_key: str,
        op_config: Any = None,
        mapping_key: str | None = None,
        retry_number: int = 0,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.op_def = op
        self.op_config = op_config
        self.step_key = step_key
        self.retry_number = retry_number
        self.op_tags = dict(tags or {})
        self.added_metadata: dict[tuple[str, str | None], dict[str, Any]] = {}
        self.events: list[Any] = []
        self._around = around
        self._mapping_key = mapping_key

    @property
    def op(self) -> OpDefinition:
        """The op that runs."""
        return self.op_def

    @property
    def op_execution_context(self) -> OpExecutionContext:
        """The context itself."""
        return self

    @property
    def resources(self) -> Any:
        """The resources of the run, as attributes."""
        return self._around.resources

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    @property
    def run_id(self) -> str:
        """The run."""
        return self._around.run_id

    @property
    def job_name(self) -> str:
        """The job that runs."""
        return self._around.job_name

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The whole configuration of the run."""
        return self._around.run_config

    @property
    def instance(self) -> Any:
        """The store that the run was given, or else one of its own that is gone afterwards."""
        return self._around.instance

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self._around.run_tags

    def has_tag(self, key: str) -> bool:
        """Whether the run has a tag."""
        return key in self.run_tags

    def get_tag(self, key: str) -> str | None:
        """Return the value of a tag of the run, None where it has none of that name."""
        return self.run_tags.get(key)

    def get_mapping_key(self) -> str | None:
        """Return the key of the dynamic output's value that the op runs for, if any."""
        return self._mapping_key

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is of a partition."""
        return self._around.partition_key is not None

    @property
    def partition_key(self) -> str:
        """The key of the partition that the run is of.

        Raises:
            InvalidInvocationError: It is of none.
        """
        if self._around.partition_key is None:
            raise InvalidInvocationError(
                f"The run of {self.job_name!r} is of no partition; give one by execute_in_process(partition_key=...)."
            )
        return self._around.partition_key

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time window of the partition that the run is of.

        Raises:
            InvalidInvocationError: It is of none, or the partitions are no time windows.
        """
        window_of = getattr(self._around.partitions_def, "time_window_for_partition_key", None)
        if window_of is None:
            raise InvalidInvocationError(f"The partitions of {self.job_name!r} are no time windows.")
        found: TimeWindow = window_of(self.partition_key)
        return found

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None, mapping_key: str | None = None
    ) -> None:
        """Attach metadata to an output.

        Args:
            metadata: Names and values.
            output_name: Which; it may be left out where there is one.
            mapping_key: Which value of a dynamic one.

        Raises:
            InvalidInvocationError: There is no such output, or there are several and none is named.
        """
        check_mapping(metadata, "add_output_metadata: metadata", '{"rows": 3}')
        names = list(self.op_def.outs)
        name = output_name or (names[0] if len(names) == 1 else None)
        if name not in names or name is None:
            raise InvalidInvocationError(
                f"The op {self.op_def.name!r} has the outputs {names}; name one of them by output_name= "
                f"(got {output_name!r})."
            )
        normalised = normalize_metadata(metadata, "output metadata")
        self.added_metadata.setdefault((name, mapping_key), {}).update(normalised)

    def log_event(self, event: Any) -> None:
        """Record an event, such as an AssetMaterialization, as if it were yielded."""
        self.events.append(event)

    def __getattr__(self, name: str) -> Any:
        """Return what the context of the asset that is being made knows."""
        around = self.__dict__.get("_around")
        if around is not None and around.asset_context is not None and not name.startswith("_"):
            return getattr(around.asset_context, name)
        raise AttributeError(f"The context of an op has no {name!r}.")

    def __repr__(self) -> str:
        return f"<context of the op {self.step_key}, run {self.run_id}>"
