"""A job over assets that is run again for an earlier run: which pieces that is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetGraph
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.config_by_partition import PARTITION_TAG
from notebook_assets.run.reexecution import ReexecutionOptions, earlier_run, left_of, planned_of
from notebook_assets.run.result_events import node_names
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance, RunRecord

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_STEP = re.compile(r"([*+]*)(.*?)([*+]*)")


def pieces_again(
    graph: AssetGraph, store: Instance, options: ReexecutionOptions, keys: Collection[AssetKey]
) -> Mapping[AssetKey, np.ndarray]:
    """Return what of the assets of a job is to be made, by asset as a bool column by position.

    Args:
        graph: The assets, settled.
        store: Where the earlier run is kept.
        options: Which run, and which of its steps.
        keys: The assets of the job.

    Raises:
        InvalidInvocationError: There is no such run, or its assets are not what they were.
        UnknownAssetError: The run had no such step.
    """
    run = earlier_run(store, options.parent_run_id)
    masks = (left_of if options.only_unfinished else planned_of)(graph, store, run)
    masks = {key: mask for key, mask in masks.items() if key in keys}
    if not options.step_selection:
        return masks
    chosen = steps_chosen(graph, list(masks), options.step_selection)
    return {key: mask for key, mask in masks.items() if key in chosen}


def key_again(run: RunRecord, given: str | None, tags: Mapping[str, str]) -> str | None:
    """Return the partition that a run is run again for: that which it was for.

    Args:
        run: The earlier run.
        given: The partition that is asked for, if any.
        tags: The tags that are asked for, which may name one.

    Raises:
        InvalidInvocationError: Another partition is asked for.

    >>> key_again(RunRecord("r", "failed", "daily", {PARTITION_TAG: "2024-01-01"}, 1, 0.0, None), None, {})
    '2024-01-01'
    """
    before, wanted = run.tags.get(PARTITION_TAG), given if given is not None else tags.get(PARTITION_TAG)
    if wanted is not None and wanted != before:
        planned = "what it planned" if before is None else before
        raise InvalidInvocationError(
            f"To go on with the run {run.run_id} is to make {planned}; got the partition {wanted!r}. Leave it out, or "
            "leave out reexecution_options= to make that partition."
        )
    return before


def steps_chosen(graph: AssetGraph, keys: Sequence[AssetKey], steps: Sequence[str]) -> set[AssetKey]:
    """Return the assets that some steps make.

    Args:
        graph: The assets.
        keys: Those that the run planned.
        steps: The steps, by the names of their functions, with ``*`` and ``+`` as in selections.

    Raises:
        UnknownAssetError: There is no such step.

    >>> from notebook_assets import AssetIn, asset
    >>> @asset(key_prefix="raw")
    ... def hourly(): ...
    >>> @asset(ins={"hourly": AssetIn(key_prefix="raw")})
    ... def daily(hourly): ...
    >>> graph = AssetGraph([hourly, daily])
    >>> sorted(key.name for key in steps_chosen(graph, graph.order, ["raw__hourly+"]))
    ['daily', 'hourly']
    """
    names = node_names(graph, keys)
    found: set[AssetKey] = set()
    for step in steps:
        parts = _STEP.fullmatch(step)
        before, name, after = parts.groups() if parts else ("", step, "")
        made = [key for key in keys if names.get(key) == name]
        if not made:
            raise UnknownAssetError(f"The run had no step {name!r}.{did_you_mean(name, names.values())}")
        for key in made:
            chosen = AssetSelection.assets(key)
            for marks, more in ((before, chosen.upstream), (after, chosen.downstream)):
                if marks:
                    found |= more(depth=None if "*" in marks else len(marks)).resolve(graph)
            found.add(key)
    return found.intersection(keys)
