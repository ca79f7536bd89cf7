"""Which upstream partitions a downstream partition needs: mappings, links, and the default rules."""

from notebook_assets.mappings.custom_functions import MappingContext
from notebook_assets.mappings.defaults import default_mapping, links_between
from notebook_assets.mappings.function_mapping import (
    FunctionPartitionMapping,
    TablePartitionMapping,
    partition_mapping,
)
from notebook_assets.mappings.key_table import StaticPartitionMapping
from notebook_assets.mappings.keywise import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
)
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.mapping import PartitionMapping, partition_mapping_from_dict
from notebook_assets.mappings.multi_dimensions import DimensionPartitionMapping, MultiPartitionMapping
from notebook_assets.mappings.multi_to_single import MultiToSingleDimensionPartitionMapping
from notebook_assets.mappings.showing_mappings import describe
from notebook_assets.mappings.time_offsets import TimeWindowPartitionMapping
from notebook_assets.mappings.upstream_result import NonexistentKeys, UpstreamPartitionsResult
from notebook_assets.mappings.wait_policy import WaitFor

__all__ = [
    "AllPartitionMapping",
    "DimensionPartitionMapping",
    "FunctionPartitionMapping",
    "IdentityPartitionMapping",
    "LastPartitionMapping",
    "Links",
    "MappingContext",
    "MultiPartitionMapping",
    "MultiToSingleDimensionPartitionMapping",
    "NonexistentKeys",
    "PartitionMapping",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
    "TablePartitionMapping",
    "TimeWindowPartitionMapping",
    "UpstreamPartitionsResult",
    "WaitFor",
    "default_mapping",
    "describe",
    "links_between",
    "partition_mapping",
    "partition_mapping_from_dict",
]
