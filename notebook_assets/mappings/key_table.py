"""StaticPartitionMapping: which static key feeds which, by a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidMappingError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.custom_places import Places
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import PartitionMapping, needs_partitions
from notebook_assets.partitions import PartitionsDefinition, StaticPartitionsDefinition
from notebook_assets.partitions.arrays import IntArray

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_SHOWN = 8
"""So many entries of a table are told in its description."""


@dataclass(frozen=True)
class StaticPartitionMapping(PartitionMapping):
    """Static upstream keys feed the static downstream keys that a table gives for them.

    Args:
        downstream_partition_keys_by_upstream_partition_key: For each upstream key, a downstream key or several.

    Raises:
        InvalidMappingError: It is no such table.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> mapping = StaticPartitionMapping({"EWR": "NJ", "JFK": "NY", "LGA": "NY"})
    >>> states, airports = StaticPartitionsDefinition(["NY", "NJ"]), StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
    >>> links = mapping.links(states, airports)
    >>> links.upstream(0).tolist(), links.upstream(1).tolist()
    ([1, 2], [0])
    """

    downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]]

    def __post_init__(self) -> None:
        given = self.downstream_partition_keys_by_upstream_partition_key
        if not isinstance(given, Mapping):
            raise InvalidMappingError(
                "A StaticPartitionMapping is made from a dict of downstream keys by upstream key, such as "
                f"{{'EWR': 'NJ', 'JFK': ['NY']}}; got {given!r}."
            )
        for key, fed in given.items():
            several = isinstance(fed, Collection) and not isinstance(fed, bytes | Mapping)
            if not isinstance(key, str) or not several or not all(isinstance(each, str) for each in fed):
                raise InvalidMappingError(
                    "The table of a StaticPartitionMapping gives a downstream key or several (strings) for an upstream "
                    f"key; got {fed!r} for {key!r}."
                )
        own = {key: fed if isinstance(fed, str) else [*fed] for key, fed in given.items()}
        object.__setattr__(self, "downstream_partition_keys_by_upstream_partition_key", own)

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return "by a table"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        table = "; ".join(f"{up} feeds {', '.join(down) or 'none'}" for up, down in islice(self._table.items(), _SHOWN))
        more = f"; and {len(self._table) - _SHOWN:,} more" if len(self._table) > _SHOWN else ""
        return f"Upstream partitions feed downstream ones by a table: {table}{more}."

    @cached_property
    def _table(self) -> dict[str, list[str]]:
        table = self.downstream_partition_keys_by_upstream_partition_key
        return {up: [down] if isinstance(down, str) else sorted(set(down)) for up, down in table.items()}

    @cached_property
    def _needs(self) -> dict[str, list[str]]:
        """The same table from the other side: for each downstream key, the upstream keys that feed it."""
        needs: dict[str, list[str]] = {}
        for up, keys in self._table.items():
            for key in keys:
                needs.setdefault(key, []).append(up)
        return needs

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
        needed = [self._needs.get(key, ()) for key in definition.keys_at(positions)]
        rows = np.repeat(np.arange(len(positions), dtype=np.int64), [len(keys) for keys in needed])
        starts = upstream.positions([key for keys in needed for key in keys])
        return Places(rows, starts, starts + 1).links(len(positions), {})

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Where no downstream key stands in two lists."""
        return upstream_def is None or all(len(keys) == 1 for keys in self._needs.values())

    def _arguments(self) -> Mapping[str, Any]:
        return {"downstream_partition_keys_by_upstream_partition_key": self._table}

    def __hash__(self) -> int:
        return hash(tuple((up, tuple(down)) for up, down in sorted(self._table.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionMapping) and self._table == other._table
