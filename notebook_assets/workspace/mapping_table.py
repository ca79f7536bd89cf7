"""mapping_table: which partitions need which, as a table of pairs."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from notebook_assets.definitions import Definitions
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings import PartitionMapping
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.states import PieceState
from notebook_assets.store import Instance
from notebook_assets.workspace.mapping_links import Asked, LinkedPartitions, LinkedSide, linked_partitions
from notebook_assets.workspace.plain_errors import plain_errors

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

MOST_PAIRS = 20_000_000
"""Pairs of which no table is made: it would fill the memory."""


@plain_errors
def mapping_table(
    downstream: object,
    upstream: object = None,
    *,
    keys: Any = None,
    upstream_keys: Any = None,
    mapping: PartitionMapping | None = None,
    instance: Instance | None = None,
    definitions: Definitions | None = None,
) -> pd.DataFrame:
    """Return which partitions need which, one row for each pair of a downstream and an upstream key.

    Two assets, or two partitions definitions with a ``mapping`` between them (the default rules' without one); of two
    definitions one may be None, for an asset without partitions. The rows are in the order of the downstream
    definition, then of the upstream one, and what does not exist comes last; a key that needs nothing has no row.

    Columns: ``downstream`` and ``upstream``, the keys (missing for an asset without partitions); ``exists``, False
    where the upstream key is required and is not in the upstream definition. Of assets also ``downstream_state`` and
    ``upstream_state`` (missing for what is made elsewhere), such as ``"materialized"``, and, where no ``upstream`` was
    named, ``upstream_asset`` after ``downstream``.

    Args:
        downstream: The asset that needs the others, or its key; or a partitions definition.
        upstream: One asset that it needs, by default all of them; or a partitions definition.
        keys: Downstream partitions to look at, as ``partitions=`` of materialize names them; by default all.
        upstream_keys: Upstream partitions to look at: what needs them?
        mapping: Between two definitions, which partitions need which.
        instance: The store; by default the one that belongs to the working directory.
        definitions: The assets; by default those of the notebook (or of the script that runs).

    Raises:
        InvalidInvocationError: An asset and a definition were given, or there are more than 20 million pairs.
        InvalidMappingError: The mapping can't serve the two definitions.
        UnknownAssetError: There is no such asset, or it does not need that one.
        UnknownPartitionError: There is no such partition.

    >>> from notebook_assets import DailyPartitionsDefinition, TimeWindowPartitionMapping
    >>> days = DailyPartitionsDefinition("2024-03-01", end_date="2024-04-01")
    >>> mapping_table(days, days, mapping=TimeWindowPartitionMapping(start_offset=-1), keys=["2024-03-30..."])
       downstream    upstream  exists
    0  2024-03-30  2024-03-29    True
    1  2024-03-30  2024-03-30    True
    2  2024-03-31  2024-03-30    True
    3  2024-03-31  2024-03-31    True
    """
    found = linked_partitions(downstream, upstream, Asked(keys, upstream_keys, mapping), instance, definitions)
    pairs = sum(int(linked.links.count().sum()) for linked in found)
    if pairs > MOST_PAIRS:
        raise InvalidInvocationError(f"These are {pairs:,} pairs; name fewer partitions by keys= or upstream_keys=.")
    of_assets = not any(isinstance(side, PartitionsDefinition) for side in (downstream, upstream))
    tables = [_table(linked, of_assets) for linked in found]
    if not of_assets or upstream is not None:
        return tables[0]
    for table, linked in zip(tables, found, strict=True):
        table.insert(1, "upstream_asset", pd.Series([linked.upstream.name] * len(table), dtype="str"))
    return pd.concat(tables, ignore_index=True)


def _table(linked: LinkedPartitions, with_states: bool) -> pd.DataFrame:
    """Return the pairs of one mapping."""
    links = linked.links
    rows = np.repeat(np.arange(len(links), dtype=np.int64), links.count())
    upstream = algebra.to_positions(links.starts, links.stops)
    lost_rows = np.repeat(
        np.fromiter(links.nonexistent, np.int64, len(links.nonexistent)),
        np.fromiter(map(len, links.nonexistent.values()), np.int64, len(links.nonexistent)),
    )
    order = np.argsort(np.concatenate([rows, lost_rows]), kind="stable") if len(lost_rows) else np.arange(len(rows))
    lost = pd.array(list(chain.from_iterable(links.nonexistent.values())), dtype="str")
    down = linked.rows[np.concatenate([rows, lost_rows])[order]]
    exists = (np.arange(len(rows) + len(lost)) < len(rows))[order]
    columns = {
        "downstream": _keys(linked.downstream, down),
        "upstream": pd.concat([pd.Series(_keys(linked.upstream, upstream)), pd.Series(lost)]).array.take(order),
        "exists": exists,
    }
    if with_states:
        columns["downstream_state"] = _states(linked.downstream, down)
        known = _states(linked.upstream, upstream)
        absent = pd.array([PieceState.NONEXISTENT.value] * len(lost), dtype="str")
        columns["upstream_state"] = pd.concat([pd.Series(known), pd.Series(absent)]).array.take(order)
    return pd.DataFrame(columns)


def _keys(side: LinkedSide, positions: IntArray) -> pd.api.extensions.ExtensionArray:
    if side.definition is None:
        return pd.array([None] * len(positions), dtype="str")
    if len(positions) < len(side.keys):  # which may be millions
        distinct, inverse = np.unique(positions, return_inverse=True)
        return pd.array(side.definition.keys_at(distinct), dtype="str").take(inverse)
    return pd.array(list(side.keys), dtype="str").take(positions)


def _states(side: LinkedSide, positions: IntArray) -> pd.api.extensions.ExtensionArray:
    if side.states is None:
        return pd.array([None] * len(positions), dtype="str")
    return pd.array([state.value for state in side.states], dtype="str").take(positions)
