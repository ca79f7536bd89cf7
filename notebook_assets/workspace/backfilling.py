"""backfill: make what is not as it should be of a range of partitions; run again, it goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Unpack, overload

from notebook_assets.assets.call_hints import with_call_hints
from notebook_assets.run import ProgressListener, RunConfig, RunResult
from notebook_assets.store import Instance
from notebook_assets.workspace.background import BackgroundRun
from notebook_assets.workspace.making import materialize
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.plan_table import PlanTable
from notebook_assets.workspace.run_options import SharedOptions


@overload
def backfill(
    assets: object, partitions: Any = ..., *, dry_run: Literal[True], **options: Unpack[SharedOptions]
) -> PlanTable: ...
@overload
def backfill(
    assets: object, partitions: Any = ..., *, background: Literal[True], **options: Unpack[SharedOptions]
) -> BackgroundRun: ...
@overload
def backfill(assets: object, partitions: Any = ..., **options: Unpack[SharedOptions]) -> RunResult: ...
@plain_errors
@with_call_hints("for several assets give a list, backfill([a, b], 'FIRST...LAST').")
def backfill(
    assets: object,
    partitions: Any = None,
    *,
    only: str | None = "needed",
    order: str = "oldest",
    upstream: bool = False,
    executor: object = None,
    max_workers: int | None = None,
    timeout: float | None = None,
    dry_run: bool = False,
    background: bool = False,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: RunConfig | Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    selection: object = None,
    raise_on_error: bool = True,
    progress: bool | ProgressListener = True,
) -> RunResult | PlanTable | BackgroundRun:
    """Make what is missing, failed or stale of some partitions: :func:`materialize`, with what many of them ask for.

    Every piece is recorded as it is done, and what is done is not made again. So a backfill that was ended, by whatever
    it was, goes on when the same line is run again; :func:`resume` goes on with one whose line is not at hand.

    Args:
        assets: What to make: a list of assets, keys or names, or a selection string such as ``"+daily_delays"``.
        partitions: Which partitions: a range ``"FIRST...LAST"``, a list of keys and ranges, a subset; by default all.
        only: Which of them: ``"needed"`` (missing, failed or stale), ``"missing"``, ``"failed"``, ``"stale"`` or
            ``"all"``.
        order: Which partitions come first, ``"oldest"`` or ``"newest"``.
        upstream: Whether to make first what they need and is missing, failed or stale.
        executor: Who makes the pieces: ``"in_process"`` (the default), ``"threads"``, ``"processes"``, or an executor.
        max_workers: How many pieces threads or processes make at once.
        timeout: Seconds that one piece may take; with processes only.
        dry_run: Whether only to return what would be made, as a table.
        background: Whether to return at once, and to make everything while other cells go on.
        instance: The store; by default the one that belongs to the working directory.
        resources: Objects by resource key; they win over those that definitions bring along.
        run_config: What assets and resources are configured with: a RunConfig or a dict.
        tags: Names and values kept with the run and with what it makes.
        selection: Narrows ``assets``.
        raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
        progress: Whether to show a progress bar; or a listener of one's own.

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: An asset has no such partition.
        InvalidInvocationError: The arguments don't go together.
        Exception: The first error that an asset's function raised, with a note that names the piece.

    >>> from notebook_assets import DailyPartitionsDefinition, Instance, asset
    >>> @asset(partitions_def=DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01"))
    ... def readings(context):
    ...     return int(context.partition_key[-2:])
    >>> store = Instance.ephemeral()
    >>> backfill([readings], "2024-01-01...2024-01-07", instance=store, progress=False).done
    7
    >>> backfill([readings], "2024-01-01...2024-01-10", instance=store, dry_run=True).rows[0].ranges
    '2024-01-08...2024-01-10'
    """
    __tracebackhide__ = True
    return materialize(  # type: ignore[call-overload,misc,no-any-return]  # which it is depends on the flags
        assets,
        partitions=partitions,
        only=only,
        order=order,
        upstream=upstream,
        executor=executor,
        max_workers=max_workers,
        timeout=timeout,
        dry_run=dry_run,
        background=background,
        instance=instance,
        resources=resources,
        run_config=run_config,
        tags=tags,
        selection=selection,
        raise_on_error=raise_on_error,
        progress=progress,
    )
