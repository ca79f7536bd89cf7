"""The default rules, and ``links_between``: the one function that others ask which pieces need which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notebook_assets.errors import InvalidMappingError
from notebook_assets.mappings.keywise import AllPartitionMapping, IdentityPartitionMapping
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import PartitionMapping
from notebook_assets.mappings.multi_dimensions import DimensionPartitionMapping, MultiPartitionMapping
from notebook_assets.mappings.multi_to_single import MultiToSingleDimensionPartitionMapping, shared_dimension
from notebook_assets.mappings.time_offsets import TimeWindowPartitionMapping
from notebook_assets.partitions import (
    MultiPartitionsDefinition,
    PartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from notebook_assets.partitions.arrays import IntArray


def default_mapping(
    downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None
) -> PartitionMapping:
    """Return the mapping of a dependency that names none; ``None`` stands for an asset without partitions.

    Both have time windows: those that overlap. One has no partitions: all. One has several dimensions, one of which
    goes with the other definition: by that dimension. Both have the same dimensions, but of time windows of another
    length: each dimension by its own default. Else: the same key.

    Raises:
        InvalidMappingError: Both have several dimensions, whose names differ and whose keys mean other things.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> default_mapping(None, DailyPartitionsDefinition("2013-01-01"))
    AllPartitionMapping()
    """
    if downstream_def is None or upstream_def is None:
        return AllPartitionMapping()
    if isinstance(downstream_def, MultiPartitionsDefinition) or isinstance(upstream_def, MultiPartitionsDefinition):
        return _multi_default(downstream_def, upstream_def)
    if isinstance(downstream_def, TimeWindowPartitionsDefinition) and isinstance(
        upstream_def, TimeWindowPartitionsDefinition
    ):
        return TimeWindowPartitionMapping()
    return IdentityPartitionMapping()


def _multi_default(downstream: PartitionsDefinition, upstream: PartitionsDefinition) -> PartitionMapping:
    if isinstance(downstream, MultiPartitionsDefinition) and isinstance(upstream, MultiPartitionsDefinition):
        pairs = [(down, upstream.dimensions.get(name)) for name, down in downstream.dimensions.items()]
        other_windows = any(_windows_of_another_kind(down, up) for down, up in pairs)
        if set(downstream.dimensions) != set(upstream.dimensions):
            _check_parts(downstream, upstream)
            return IdentityPartitionMapping()
        if not other_windows:
            return IdentityPartitionMapping()
        each = {
            name: DimensionPartitionMapping(name, default_mapping(down, upstream.dimensions[name]))
            for name, down in downstream.dimensions.items()
        }
        return MultiPartitionMapping(each)
    multi, single = (
        (downstream, upstream) if isinstance(downstream, MultiPartitionsDefinition) else (upstream, downstream)
    )
    if isinstance(multi, MultiPartitionsDefinition) and shared_dimension(multi, single) is not None:
        return MultiToSingleDimensionPartitionMapping()
    return IdentityPartitionMapping()


def _check_parts(downstream: MultiPartitionsDefinition, upstream: MultiPartitionsDefinition) -> None:
    """Raise InvalidMappingError where the parts of a key mean other things on the two sides.

    Dimensions are ordered by name. With other names, the same key may come from a day here and from a month there.
    """
    parts = [tuple(side.dimensions.items()) for side in (downstream, upstream)]
    alike = len(parts[0]) == len(parts[1]) and all(
        _means_the_same(down, up) for (_, down), (_, up) in zip(*parts, strict=True)
    )
    if not alike:
        names = [", ".join(side.partition_dimension_names) for side in (upstream, downstream)]
        raise InvalidMappingError(
            f"The dimensions have other names and mean other things: upstream {names[0]}; downstream {names[1]}. Say "
            "which go together: MultiPartitionMapping({upstream_dimension: "
            "DimensionPartitionMapping(downstream_dimension, mapping)})."
        )


def _means_the_same(down: PartitionsDefinition, up: PartitionsDefinition) -> bool:
    """Whether a key of one, where the other has it too, stands for the same."""
    if isinstance(down, TimeWindowPartitionsDefinition) or isinstance(up, TimeWindowPartitionsDefinition):
        return down.key_meaning == up.key_meaning
    return type(down) is type(up)


def _windows_of_another_kind(down: PartitionsDefinition, up: PartitionsDefinition | None) -> bool:
    """Whether both are time windows, on the same clocks, but of other lengths or keys."""
    if not isinstance(down, TimeWindowPartitionsDefinition) or not isinstance(up, TimeWindowPartitionsDefinition):
        return False
    return down.timezone == up.timezone and down.subset_identity != up.subset_identity


def links_between(
    mapping: PartitionMapping | None,
    downstream_def: PartitionsDefinition | None,
    upstream_def: PartitionsDefinition | None,
    positions: IntArray | None = None,
    current_time: datetime | None = None,
    dynamic_partitions_store: Any = None,
) -> Links:
    """Return which upstream positions each downstream position needs.

    Args:
        mapping: The mapping of the dependency; ``None`` for the default.
        downstream_def: The downstream definition; ``None`` for no partitions, which is the one position 0.
        upstream_def: The upstream definition, likewise.
        positions: Downstream positions, int64, one row of the links each; all that exist if not given.
        current_time: The time that decides what exists; that of the context, or now, if not given.
        dynamic_partitions_store: What knows the keys of dynamic definitions.

    Raises:
        InvalidMappingError: The mapping can't serve the two definitions.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition, HourlyPartitionsDefinition
    >>> hours = HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2025-01-01-00:00")
    >>> days = DailyPartitionsDefinition("2024-01-01", end_date="2025-01-01")
    >>> links = links_between(None, days, hours, positions=days.positions(["2024-04-12"]))
    >>> [hours.key_at(position) for position in links.upstream(0)[[0, -1]]]
    ['2024-04-12-00:00', '2024-04-12-23:00']
    """
    chosen = default_mapping(downstream_def, upstream_def) if mapping is None else mapping
    if not isinstance(chosen, PartitionMapping):
        raise InvalidMappingError(f"A partition mapping is needed, or None for the default; got {mapping!r}.")
    return chosen.links(downstream_def, upstream_def, positions, current_time, dynamic_partitions_store)
