"""RunScope: what all steps of a run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from notebook_assets.assets import RetryPolicy
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.keys import AssetKey
from notebook_assets.run.checks_in_run import RunChecks
from notebook_assets.run.context import LoadsValues
from notebook_assets.run.private_loop import PrivateLoop
from notebook_assets.run.resource_scope import ResourceScope
from notebook_assets.run.result import RunResult
from notebook_assets.run.run_config import CheckedConfig
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.store import Instance


@dataclass(frozen=True)
class RunScope:
    """What all steps of a run share."""

    result: RunResult
    instance: Instance
    resources: ResourceScope
    statuses: Mapping[AssetKey, AssetStatus]
    tags: Mapping[str, str] = field(default_factory=dict)
    config: CheckedConfig = field(default_factory=CheckedConfig)
    shared: SharedValues = field(default_factory=SharedValues)
    loop: PrivateLoop = field(default_factory=PrivateLoop)
    excused: set[tuple[AssetKey, int]] = field(default_factory=set)
    """The pieces that were skipped since something upstream yielded no output on purpose."""
    blocked: dict[tuple[AssetKey, int], list[str]] = field(default_factory=dict)
    """The pieces in which a blocking check found an error, with the names of the checks."""

    retry_policy: RetryPolicy | None = None
    """How often what fails is tried again, where a definition has no policy of its own."""
    load: LoadsValues | None = None
    """Loads the value of a piece from where its asset keeps it."""
    is_apart: bool = False
    """Whether functions are called elsewhere than in the notebook's own thread, which alone records."""
    is_elsewhere: bool = False
    """Whether this is another process than the notebook's: what is made does not come back itself."""

    @cached_property
    def checks(self) -> RunChecks:
        """The checks of the run."""
        return RunChecks(self.result, self.instance, self.blocked)
