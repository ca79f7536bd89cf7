"""Which partitions an asset has: definitions, subsets, ranges and windows."""

from notebook_assets.partitions import showing_definitions, showing_subsets  # noqa: F401  (what is shown of each kind)
from notebook_assets.partitions.calendars import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from notebook_assets.partitions.config_by_partition import PartitionedConfig
from notebook_assets.partitions.config_decorators import (
    daily_partitioned_config,
    dynamic_partitioned_config,
    hourly_partitioned_config,
    monthly_partitioned_config,
    partitioned_config,
    static_partitioned_config,
    weekly_partitioned_config,
)
from notebook_assets.partitions.definition import (
    PartitionsDefinition,
    partition_kinds,
    partitions_definition_from_dict,
)
from notebook_assets.partitions.definition_changes import DefinitionChanges, definition_changes
from notebook_assets.partitions.dynamic import DynamicPartitionsDefinition
from notebook_assets.partitions.dynamic_functions import Partition
from notebook_assets.partitions.dynamic_keys import DynamicKeys, DynamicPartitionsStore
from notebook_assets.partitions.dynamic_requests import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest
from notebook_assets.partitions.loading_context import PartitionLoadingContext, partition_loading_context
from notebook_assets.partitions.multi import MultiPartitionsDefinition
from notebook_assets.partitions.multi_key import MultiPartitionKey, PartitionDimensionKey
from notebook_assets.partitions.multi_queries import PartitionDimensionDefinition
from notebook_assets.partitions.pages import PaginatedResults
from notebook_assets.partitions.parsing import parse_partitions
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow
from notebook_assets.partitions.schedule_type import ScheduleType
from notebook_assets.partitions.static import StaticPartitionsDefinition
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

__all__ = [
    "daily_partitioned_config",
    "dynamic_partitioned_config",
    "hourly_partitioned_config",
    "monthly_partitioned_config",
    "partitioned_config",
    "static_partitioned_config",
    "weekly_partitioned_config",
    "PartitionedConfig",
    "AddDynamicPartitionsRequest",
    "DailyPartitionsDefinition",
    "DefinitionChanges",
    "DeleteDynamicPartitionsRequest",
    "DynamicKeys",
    "DynamicPartitionsDefinition",
    "DynamicPartitionsStore",
    "HourlyPartitionsDefinition",
    "MonthlyPartitionsDefinition",
    "MultiPartitionKey",
    "MultiPartitionsDefinition",
    "PaginatedResults",
    "Partition",
    "PartitionDimensionDefinition",
    "PartitionDimensionKey",
    "PartitionKeyRange",
    "PartitionLoadingContext",
    "PartitionsDefinition",
    "PartitionsSubset",
    "ScheduleType",
    "StaticPartitionsDefinition",
    "TimeWindow",
    "TimeWindowPartitionsDefinition",
    "WeeklyPartitionsDefinition",
    "definition_changes",
    "parse_partitions",
    "partition_loading_context",
    "partition_kinds",
    "partitions_definition_from_dict",
]
