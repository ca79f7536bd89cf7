"""StaticPartitionMapping: which static key feeds which, by a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidMappingError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import PartitionMapping, needs_partitions
from notebook_assets.partitions import PartitionsDefinition, StaticPartitionsDefinition
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


@dataclass(frozen=True)
class StaticPartitionMapping(PartitionMapping):
    """Static upstream keys feed the static downstream keys that a table gives for them.

    Args:
        downstream_partition_keys_by_upstream_partition_key: For each upstream key, a downstream key or several.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> mapping = StaticPartitionMapping({"EWR": "NJ", "JFK": "NY", "LGA": "NY"})
    >>> states, airports = StaticPartitionsDefinition(["NY", "NJ"]), StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
    >>> links = mapping.links(states, airports)
    >>> links.upstream(0).tolist(), links.upstream(1).tolist()
    ([1, 2], [0])
    """

    downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]]

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return "by a table"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        table = "; ".join(f"{up} feeds {', '.join(down)}" for up, down in self._table.items())
        return f"Upstream partitions feed downstream ones by a table: {table}."

    @property
    def _table(self) -> dict[str, list[str]]:
        table = self.downstream_partition_keys_by_upstream_partition_key
        return {up: [down] if isinstance(down, str) else sorted(set(down)) for up, down in table.items()}

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError if a definition is not static, or lacks a key of the table."""
        downstream = needs_partitions(self, downstream_partitions_def)
        named = {
            "upstream": (upstream_partitions_def, list(self._table)),
            "downstream": (downstream, [key for keys in self._table.values() for key in keys]),
        }
        for side, (definition, keys) in named.items():
            if not isinstance(definition, StaticPartitionsDefinition):
                raise InvalidMappingError(
                    f"A StaticPartitionMapping needs static partitions on both sides; {side} is {definition!r}."
                )
            for key in keys:
                if definition.find_position(key) is None:
                    raise InvalidMappingError(f"The {side} key {key!r} of the table: {definition.why_unknown(key)}")

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """For each downstream key, the upstream keys in whose list it stands."""
        definition = needs_partitions(self, downstream)
        feeding: dict[int, list[int]] = {}
        for up, keys in self._table.items():
            for key in keys:
                feeding.setdefault(definition.position(key), []).append(upstream.position(up))
        each = [algebra.from_positions(np.array(feeding.get(row, ()), dtype=np.int64)) for row in positions.tolist()]
        counts = np.array([0, *(len(starts) for starts, _ in each)], dtype=np.int64)
        none = np.zeros(0, dtype=np.int64)
        starts = np.concatenate([none, *(starts for starts, _ in each)])
        stops = np.concatenate([none, *(stops for _, stops in each)])
        return Links(np.cumsum(counts), starts, stops)

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Where no downstream key stands in two lists."""
        downstream = [key for keys in self._table.values() for key in keys]
        return upstream_def is None or len(set(downstream)) == len(downstream)

    def _arguments(self) -> Mapping[str, Any]:
        return {"downstream_partition_keys_by_upstream_partition_key": self._table}

    def __hash__(self) -> int:
        return hash(tuple((up, tuple(down)) for up, down in sorted(self._table.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionMapping) and self._table == other._table
