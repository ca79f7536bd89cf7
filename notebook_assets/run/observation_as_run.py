"""What was seen of sources, as a run that makes nothing: read like any other."""

from __future__ import annotations

from typing import Any

from notebook_assets.assets import AssetGraph
from notebook_assets.run.observing_result import ObservationResult
from notebook_assets.run.pieces_not_made import StepFailure
from notebook_assets.run.result import RunResult


def run_of_observation(seen: ObservationResult, graph: AssetGraph, job_def: Any = None) -> RunResult:
    """Return an observation as a run.

    Args:
        seen: What was seen.
        graph: The assets.
        job_def: The job, if it was one.

    >>> from notebook_assets import Instance
    >>> run_of_observation(ObservationResult("", Instance.ephemeral(), "success"), AssetGraph([])).success
    True
    """
    return RunResult(
        run_id=seen.run_id,
        instance=seen.instance,
        planned=0,
        status=seen.status,
        seconds=seen.seconds,
        failures=[
            StepFailure(key, None, failure.error, failure.traceback)
            for failure in seen.failures
            for key in failure.keys
        ],
        observed=seen.headline(),
        check_evaluations=seen.check_evaluations,
        graph=graph,
        job_def=job_def,
    )
