"""The jobs of a set of definitions, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition, define_asset_job
from notebook_assets.definitions.job_resolution import resolved_job
from notebook_assets.definitions.resolved_jobs import AssetJob
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, did_you_mean

if TYPE_CHECKING:
    from notebook_assets.definitions.definition_set import Definitions

GLOBAL_ASSET_JOB = "__ASSET_JOB"
"""The name of the job over all assets, which is always there; the same as in the reference."""


def named_jobs(jobs: Iterable[Any] | None) -> dict[str, Any]:
    """Return jobs by name.

    Raises:
        InvalidDefinitionError: One is no job, or two have one name.

    >>> list(named_jobs([define_asset_job("all")]))
    ['all']
    """
    if jobs is not None and (isinstance(jobs, str | Mapping) or not isinstance(jobs, Iterable)):
        raise InvalidDefinitionError(f"jobs is a list of jobs, such as [define_asset_job('all')]; got {jobs!r}.")
    found: dict[str, Any] = {}
    for given in jobs or ():
        job = given.to_job() if hasattr(given, "to_job") else given  # a graph
        name = getattr(job, "name", None)
        if not isinstance(name, str) or hasattr(job, "__notebook_asset__"):
            raise InvalidDefinitionError(f"A job is made by define_asset_job or @job; got {job!r}.")
        if name in found and found[name] is not job and getattr(found[name], "graph", None) is not given:
            raise InvalidDefinitionError(f"Two jobs are called {name!r}. Give one of them another name.")
        found[name] = job
    return found


class JobsByName:
    """What has ``jobs`` over assets can be asked for them; a base of ``Definitions``.

    >>> from notebook_assets import Definitions
    >>> isinstance(Definitions(), JobsByName)
    True
    """

    jobs: tuple[Any, ...]
    resources: Mapping[str, object]

    def resolve_job_def(self, name: str) -> Any:
        """Return a job that can be run.

        Args:
            name: Its name; ``"__ASSET_JOB"`` is the job over all assets.

        Raises:
            InvalidInvocationError: There is no such job; near matches are named.
            InvalidDefinitionError: It selects nothing that can be made, or assets of different partitions.
        """
        jobs = named_jobs(self.jobs)
        if name == GLOBAL_ASSET_JOB and name not in jobs:
            return self.resolve_implicit_global_asset_job_def()
        if name not in jobs:
            raise InvalidInvocationError(
                f"There is no job {name!r}; there are {sorted(jobs) or 'none'}.{did_you_mean(str(name), jobs)}"
            )
        return self._resolved(jobs[name])

    def get_job_def(self, name: str) -> Any:
        """Return a job that can be run, as :meth:`resolve_job_def`."""
        return self.resolve_job_def(name)

    def resolve_all_job_defs(self) -> Sequence[Any]:
        """Return all jobs that were given, such that they can be run."""
        return [self._resolved(job) for job in self.jobs]

    def resolve_implicit_global_asset_job_def(self) -> AssetJob:
        """Return the job over all assets that can be made.

        Raises:
            InvalidDefinitionError: There is none, or they have different partitions: define jobs for some of them.
        """
        return resolved_job(define_asset_job(GLOBAL_ASSET_JOB), cast("Definitions", self))

    def has_implicit_global_asset_job_def(self) -> bool:
        """Whether there is a job over all assets: there are some that can be made, all of the same partitions."""
        try:
            self.resolve_implicit_global_asset_job_def()
        except InvalidDefinitionError:
            return False
        return True

    def get_implicit_global_asset_job_def(self) -> AssetJob:
        """Return the job over all assets, as :meth:`resolve_implicit_global_asset_job_def`."""
        return self.resolve_implicit_global_asset_job_def()

    def _resolved(self, job: Any) -> Any:
        if isinstance(job, UnresolvedAssetJobDefinition):
            return resolved_job(job, cast("Definitions", self))
        if hasattr(job, "with_top_level_resources"):
            return job.with_top_level_resources(self.resources)
        return job
