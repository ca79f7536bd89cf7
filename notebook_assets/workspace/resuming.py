"""resume: go on with a run that was interrupted, canceled or failed, with what it planned and did not make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, Unpack, overload

from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import statuses
from notebook_assets.run import ProgressListener, RunConfig, RunResult, make_plan
from notebook_assets.run.reexecution import config_of, left_of
from notebook_assets.store import Instance, RunRecord
from notebook_assets.workspace.asking import Asked, How
from notebook_assets.workspace.background import BackgroundRun
from notebook_assets.workspace.carrying_out import done
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.heeding import refused_before
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.plan_table import PlanTable
from notebook_assets.workspace.unfinished_runs import run_to_resume
from notebook_assets.workspace.wanted_runs import WantedPieces


class ResumeOptions(TypedDict, total=False):
    """What :func:`resume` takes by name besides what chooses what it returns.

    >>> ResumeOptions(executor="threads")
    {'executor': 'threads'}
    """

    instance: Instance | None
    definitions: Definitions | None
    resources: Mapping[str, object] | None
    run_config: RunConfig | Mapping[str, Any] | None
    raise_on_error: bool
    progress: bool | ProgressListener
    executor: object
    max_workers: int | None
    timeout: float | None
    order: str


@overload
def resume(run_id: str | None = ..., *, dry_run: Literal[True], **options: Unpack[ResumeOptions]) -> PlanTable: ...
@overload
def resume(
    run_id: str | None = ..., *, background: Literal[True], **options: Unpack[ResumeOptions]
) -> BackgroundRun: ...
@overload
def resume(run_id: str | None = ..., **options: Unpack[ResumeOptions]) -> RunResult: ...
@plain_errors
@keys_from_instance
def resume(
    run_id: str | None = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: RunConfig | Mapping[str, Any] | None = None,
    raise_on_error: bool = True,
    progress: bool | ProgressListener = True,
    executor: object = None,
    max_workers: int | None = None,
    timeout: float | None = None,
    order: str = "oldest",
    dry_run: bool = False,
    background: bool = False,
) -> RunResult | PlanTable | BackgroundRun:
    """Make what an earlier run planned and did not make, by the definitions as they are now.

    What that run made, or any run since then, is not made again; so it may be called again and again.

    Args:
        run_id: The run, or the beginning of its id; by default the latest that was interrupted, canceled or failed.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).
        resources: Objects by resource key; they win over those that definitions bring along.
        run_config: What assets and resources are configured with; by default as that run was.
        raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
        progress: Whether to show a progress bar; or a listener of one's own.
        executor: Who makes the pieces, as for :func:`materialize`.
        max_workers: How many pieces threads or processes make at once.
        timeout: Seconds that one piece may take; with processes only.
        order: Which partitions come first, ``"oldest"`` or ``"newest"``.
        dry_run: Whether only to return what would be made, as a table.
        background: Whether to return at once, and to make everything while other cells go on.

    Raises:
        InvalidInvocationError: There is no such run, or none to go on with; its configuration was not kept in full;
            or an asset that it planned is not defined, or has other partitions now.
        Exception: The first error that an asset's function raised, with a note that names the piece.

    >>> from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
    >>> tries = []
    >>> @asset(partitions_def=StaticPartitionsDefinition(["a", "b", "c"]))
    ... def letters(context):
    ...     tries.append(context.partition_key)
    ...     if tries == ["a", "b"]:
    ...         raise KeyboardInterrupt
    >>> store = Instance.ephemeral()
    >>> try:
    ...     materialize([letters], partitions="all", instance=store, progress=False)
    ... except KeyboardInterrupt as interrupt:
    ...     print(interrupt.result.done)
    1
    >>> resume(instance=store, definitions=Definitions([letters]), progress=False).done
    2
    """
    __tracebackhide__ = True
    here = workspace()
    store = instance or here.instance()
    found = definitions or here.definitions(instance=store)
    earlier = run_to_resume(store, run_id)
    asked = Asked(
        definitions=found,
        graph=found.graph.at(dynamic_partitions_store=store),
        instance=store,
        notebook=here.notebook(),
        listed=[],
        resources={**found.resources, **(resources or {})},
        tags=earlier.tags,
        run_config=config_of(earlier) if run_config is None else run_config,
        only="unfinished",
        how=How(executor, max_workers, timeout, order),
        parent=earlier.run_id,
    )
    return done(_left(asked, earlier), progress, raise_on_error, dry_run, background)


def _left(asked: Asked, earlier: RunRecord) -> WantedPieces:
    """Return what is left of an earlier run, as what is to be made."""
    masks = left_of(asked.graph, asked.instance, earlier)
    keys = list(masks)
    found = statuses(asked.graph, asked.instance, keys)
    plan = make_plan(asked.graph, found, masks)
    return WantedPieces(asked, keys, found, plan, None, refused_before(asked.graph, found, plan, asked.instance))
