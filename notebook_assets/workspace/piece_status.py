"""partition_status: the state of every piece with its cause, as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import statuses
from notebook_assets.diagnosis.first_causes import first_causes
from notebook_assets.diagnosis.no_garbage import no_garbage
from notebook_assets.diagnosis.piece_table import piece_table, table_of_asset
from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.lazy import lazy_module
from notebook_assets.states import PieceState
from notebook_assets.store import Instance
from notebook_assets.workspace.current import graph_and_store
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.listing import wanted_keys
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import target_masks

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")


@plain_errors
@keys_from_instance
def partition_status(
    assets: object = None,
    partitions: Any = None,
    state: str | Iterable[str] | None = None,
    *,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> pd.DataFrame:
    """Return the status of pieces as a DataFrame, one row for each partition (or asset without partitions).

    Its columns are ``asset``, ``partition``, ``state``, ``cause`` (why it is stale, failed, skipped or about to be
    made, followed to the first change), ``time`` (UTC, of the latest event), ``duration`` (seconds), ``size`` (bytes),
    ``rows``, ``run`` and ``error``; each has the same type whatever is in it, and is NA where there is nothing to say.

    Args:
        assets: Which assets: a selection such as ``"daily"`` or ``"+report"``, an asset, a list; None for all that are
            made here.
        partitions: Which partitions: a key, a range ``"FIRST...LAST"``, ``"all"``, or a list; None for all.
        state: Only pieces in this state, or in one of these: ``"missing"``, ``"materialized"``, ``"stale"``,
            ``"empty"``, ``"failed"``, ``"skipped"``, ``"running"``.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: An asset has no such partition.
        InvalidInvocationError: There is no such state, or ``partitions`` are given and no asset has any.

    >>> from notebook_assets import Definitions, Instance, StaticPartitionsDefinition, asset, materialize
    >>> airports = StaticPartitionsDefinition(["EWR", "JFK"])
    >>> @asset(partitions_def=airports)
    ... def flights(context):
    ...     return context.partition_key
    >>> store = Instance.ephemeral()
    >>> _ = materialize([flights], partition_key="EWR", instance=store, progress=False)
    >>> frame = partition_status("flights", instance=store, definitions=Definitions([flights]))
    >>> frame[["partition", "state"]].values.tolist()
    [['EWR', 'materialized'], ['JFK', 'missing']]
    """
    states = _states(state)
    graph, store = graph_and_store(definitions, instance, assets)
    wanted = wanted_keys(graph, assets)
    keys = [key for key in graph.order if key in wanted and (assets is not None or not graph.is_source(key))]
    found = statuses(graph, store, keys)
    masks = {key: np.ones(len(found[key].keys), dtype=bool) for key in keys}
    if partitions is not None:
        masks = target_masks(found, keys, partitions)
    with no_garbage():
        causes = first_causes(found, store)
        return piece_table([table_of_asset(store, found[key], causes[key], masks[key], states) for key in keys])


def _states(state: str | Iterable[str] | None) -> list[PieceState]:
    known = [each.value for each in PieceState if each is not PieceState.NONEXISTENT]
    several: Any = state if isinstance(state, Iterable) and not isinstance(state, str) else [state]
    words = [] if state is None else list(several)
    for word in words:
        if word not in known:
            raise InvalidInvocationError(
                f"There is no state {str(word)!r}; state= takes {', '.join(map(repr, known))}, or several of them."
                f"{did_you_mean(str(word), known)}"
            )
    return [PieceState(word) for word in words]
