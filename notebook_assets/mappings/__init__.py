"""Which upstream partitions a downstream partition needs: mappings, links, and the default rules."""

from notebook_assets.mappings.defaults import default_mapping, links_between
from notebook_assets.mappings.key_table import StaticPartitionMapping
from notebook_assets.mappings.keywise import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
)
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import (
    NonexistentKeys,
    PartitionMapping,
    UpstreamPartitionsResult,
    partition_mapping_from_dict,
)
from notebook_assets.mappings.time_offsets import TimeWindowPartitionMapping

__all__ = [
    "AllPartitionMapping",
    "IdentityPartitionMapping",
    "LastPartitionMapping",
    "Links",
    "NonexistentKeys",
    "PartitionMapping",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
    "TimeWindowPartitionMapping",
    "UpstreamPartitionsResult",
    "default_mapping",
    "links_between",
    "partition_mapping_from_dict",
]
