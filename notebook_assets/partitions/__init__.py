"""Which partitions an asset has: definitions, subsets, ranges and windows."""

from notebook_assets.partitions.calendars import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from notebook_assets.partitions.definition import PartitionsDefinition, partitions_definition_from_dict
from notebook_assets.partitions.loading_context import PartitionLoadingContext, partition_loading_context
from notebook_assets.partitions.parsing import parse_partitions
from notebook_assets.partitions.ranges import PartitionKeyRange, TimeWindow
from notebook_assets.partitions.schedule_type import ScheduleType
from notebook_assets.partitions.static import StaticPartitionsDefinition
from notebook_assets.partitions.subset import PartitionsSubset
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

__all__ = [
    "DailyPartitionsDefinition",
    "HourlyPartitionsDefinition",
    "MonthlyPartitionsDefinition",
    "PartitionKeyRange",
    "PartitionLoadingContext",
    "PartitionsDefinition",
    "PartitionsSubset",
    "ScheduleType",
    "StaticPartitionsDefinition",
    "TimeWindow",
    "TimeWindowPartitionsDefinition",
    "WeeklyPartitionsDefinition",
    "parse_partitions",
    "partition_loading_context",
    "partitions_definition_from_dict",
]
