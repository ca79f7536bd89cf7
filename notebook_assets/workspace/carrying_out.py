"""Carry out what a call asks for: now, in the background, or only as a table of what would be done."""

from __future__ import annotations

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.run import ProgressListener, RunResult
from notebook_assets.run.executor_choice import executor_of
from notebook_assets.run.first_error import raise_first
from notebook_assets.workspace.asking import Asked, How
from notebook_assets.workspace.background import BackgroundRun, begin_background
from notebook_assets.workspace.plan_table import PlanTable, plan_table
from notebook_assets.workspace.progress_display import listener
from notebook_assets.workspace.wanted_runs import WantedRun, wanted_run


def carried_out(
    asked: Asked, progress: bool | ProgressListener, *, raise_on_error: bool, dry_run: bool, background: bool
) -> RunResult | PlanTable | BackgroundRun:
    """Do what is asked for, and return what came of it; with ``dry_run`` its plan, with ``background`` a handle.

    Args:
        asked: What is asked for.
        progress: Whether to show the progress; or a listener.
        raise_on_error: Whether to raise the first error when the run is over.
        dry_run: Whether to run nothing.
        background: Whether to return at once.

    Raises:
        InvalidInvocationError: The arguments don't go together.
        Exception: The first error of a piece.
    """
    __tracebackhide__ = True
    if dry_run and background:
        raise InvalidInvocationError("Of dry_run=True and background=True give one: a dry run takes no time.")
    return done(wanted_run(asked, raise_on_error=raise_on_error), progress, raise_on_error, dry_run, background)


def done(
    wanted: WantedRun, progress: bool | ProgressListener, raise_on_error: bool, dry_run: bool, background: bool
) -> RunResult | PlanTable | BackgroundRun:
    """The same for what is worked out already.

    Args:
        wanted: What is to be done.
        progress: Whether to show the progress; or a listener.
        raise_on_error: Whether to raise the first error when the run is over.
        dry_run: Whether to run nothing.
        background: Whether to return at once.

    Raises:
        Exception: The first error of a piece.
    """
    __tracebackhide__ = True
    if dry_run:
        return plan_table(wanted.plan, wanted.statuses, wanted.asked.instance, workers(wanted.asked.how))
    if background:
        wanted.describe()
        return begin_background(wanted, progress, raise_on_error=raise_on_error)
    told = listener(progress, wanted.title)
    wanted.describe()
    result = wanted.carried_out(told)
    if raise_on_error:
        raise_first(result)
    return result


def workers(how: How) -> int:
    """Return how many pieces are made at once.

    Args:
        how: How the run is carried out.

    Raises:
        InvalidInvocationError: The executor, or what is asked of it, can't be.

    >>> workers(How()), workers(How("threads", 4))
    (1, 4)
    """
    return executor_of(how.executor, how.max_workers, how.timeout).workers
