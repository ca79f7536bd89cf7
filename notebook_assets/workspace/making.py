"""materialize: make assets, or the chosen partitions of them, and store their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Unpack, overload

from notebook_assets.assets.call_hints import with_call_hints
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.run import ProgressListener, RunConfig, RunResult
from notebook_assets.store import Instance
from notebook_assets.workspace.asking import Asked, How, as_list, defines, wanted_partitions
from notebook_assets.workspace.background import BackgroundRun
from notebook_assets.workspace.carrying_out import carried_out
from notebook_assets.workspace.current import workspace
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.plan_table import PlanTable
from notebook_assets.workspace.run_options import RunOptions


@overload
def materialize(assets: object, *, dry_run: Literal[True], **options: Unpack[RunOptions]) -> PlanTable: ...
@overload
def materialize(assets: object, *, background: Literal[True], **options: Unpack[RunOptions]) -> BackgroundRun: ...
@overload
def materialize(assets: object, **options: Unpack[RunOptions]) -> RunResult: ...
@plain_errors
@keys_from_instance
@with_call_hints("for several assets give a list, materialize([a, b]), or a selection, materialize('a or b').")
def materialize(
    assets: object,
    *,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: RunConfig | Mapping[str, Any] | None = None,
    partition_key: str | date | Mapping[str, Any] | None = None,
    partitions: Any = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: object = None,
    only: str | None = None,
    upstream: bool = False,
    progress: bool | ProgressListener = True,
    executor: object = None,
    max_workers: int | None = None,
    timeout: float | None = None,
    order: str = "oldest",
    dry_run: bool = False,
    background: bool = False,
) -> RunResult | PlanTable | BackgroundRun:
    """Make assets and store their values; every piece is recorded as it is done.

    Args:
        assets: What to make: a list of assets, keys or names, or a selection string such as ``"+daily_delays"``.
        instance: The store; by default the one that belongs to the working directory.
        resources: Objects by resource key; they win over those that definitions bring along.
        run_config: What assets and resources are configured with: a RunConfig, or a dict such as
            ``{"ops": {"daily": {"config": {"rows": 3}}}}``.
        partition_key: The partition to make; a date will do where partitions are time windows, a dict by dimension
            where they have several.
        partitions: The partitions to make, where it is not one: a range ``"FIRST...LAST"``, ``"all"``, a list of keys
            and ranges, or a subset.
        raise_on_error: Whether to raise the first error when the run is over; else the result tells of it.
        tags: Names and values kept with the run and with what it makes. ``dagster/asset_partition_range_start`` and
            ``dagster/asset_partition_range_end`` name partitions that each function makes by one call.
        selection: Narrows ``assets``.
        only: Which of the chosen pieces to make: ``"missing"``, ``"failed"``, ``"stale"``, ``"needed"`` (any of
            these) or ``"all"``. By default what is named is made: an asset without partitions, and the partitions
            given; of a partitioned asset without any given, what is needed. Unless it is ``"all"``, or all that is
            named are definitions, nothing is made from pieces that a blocking check refused.
        upstream: Whether to make first what the chosen pieces need and is missing, failed or stale (with
            ``only="missing"``: missing; with ``only="all"``: all of it).
        progress: Whether to show a progress bar; or a listener of one's own.
        executor: Who makes the pieces: ``"in_process"`` (the default), ``"threads"``, ``"processes"``, or an executor.
        max_workers: How many pieces threads or processes make at once.
        timeout: Seconds that one piece may take; with processes only, since nothing else can be stopped.
        order: Which partitions come first, ``"oldest"`` or ``"newest"``.
        dry_run: Whether only to return what would be made, as a table; nothing is run or written.
        background: Whether to return at once, and to make everything while other cells go on.

    Returns:
        What came of it: counts, failures, skipped pieces. With ``dry_run`` the plan; with ``background`` a handle
        that can be watched, canceled and awaited.

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: An asset has no such partition.
        InvalidInvocationError: The arguments don't go together.
        InvalidConfigError: The configuration does not fit; all that is wrong with it is named.
        ResourceFunctionError: A resource can't be set up.
        MissingInputError: A piece was skipped, since what it needs was never made.
        Exception: The first error that an asset's function raised, with a note that names the piece.

    >>> from notebook_assets import Instance, asset
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> @asset
    ... def total(numbers):
    ...     return sum(numbers)
    >>> materialize([numbers, total], instance=Instance.ephemeral(), progress=False).asset_value("total")
    6
    """
    __tracebackhide__ = True  # IPython leaves such frames out of what it shows of an asset's error
    here = workspace()
    store = instance or here.instance()
    listed = as_list(assets)
    texts = tag_texts(tags, "tags")
    definitions = here.definitions([thing for thing in listed if defines(thing)], store)
    asked = Asked(
        definitions=definitions,
        graph=definitions.graph.at(dynamic_partitions_store=store),
        instance=store,
        notebook=here.notebook(),
        listed=listed,
        resources={**definitions.resources, **(resources or {})},
        tags=texts,
        run_config=run_config,
        one_key=partition_key,
        partitions=wanted_partitions(partition_key, partitions, texts),
        selection=selection,
        only=only,
        upstream=upstream,
        how=How(executor, max_workers, timeout, order),
    )
    return carried_out(asked, progress, raise_on_error=raise_on_error, dry_run=dry_run, background=background)
