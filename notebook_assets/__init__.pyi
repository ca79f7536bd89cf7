"""The public names and where each comes from; read by type checkers, editors, and by the package itself."""

from .assets import (
    Any as Any,
)
from .assets import (
    AssetCheckEvaluation as AssetCheckEvaluation,
)
from .assets import (
    AssetCheckKey as AssetCheckKey,
)
from .assets import (
    AssetCheckResult as AssetCheckResult,
)
from .assets import (
    AssetChecksDefinition as AssetChecksDefinition,
)
from .assets import (
    AssetCheckSeverity as AssetCheckSeverity,
)
from .assets import (
    AssetCheckSpec as AssetCheckSpec,
)
from .assets import (
    AssetDep as AssetDep,
)
from .assets import (
    AssetIn as AssetIn,
)
from .assets import (
    AssetMaterialization as AssetMaterialization,
)
from .assets import (
    AssetObservation as AssetObservation,
)
from .assets import AssetOut as AssetOut
from .assets import (
    AssetsDefinition as AssetsDefinition,
)
from .assets import (
    AssetSpec as AssetSpec,
)
from .assets import BackfillPolicy as BackfillPolicy
from .assets import BackfillPolicyType as BackfillPolicyType
from .assets import (
    Backoff as Backoff,
)
from .assets import (
    Bool as Bool,
)
from .assets import (
    DataVersion as DataVersion,
)
from .assets import (
    DataVersionsByPartition as DataVersionsByPartition,
)
from .assets import (
    Failure as Failure,
)
from .assets import (
    Float as Float,
)
from .assets import (
    Int as Int,
)
from .assets import (
    Jitter as Jitter,
)
from .assets import (
    MaterializeResult as MaterializeResult,
)
from .assets import (
    Nothing as Nothing,
)
from .assets import (
    ObserveResult as ObserveResult,
)
from .assets import (
    Output as Output,
)
from .assets import (
    PythonObjectType as PythonObjectType,
)
from .assets import (
    RetryPolicy as RetryPolicy,
)
from .assets import (
    RetryRequested as RetryRequested,
)
from .assets import (
    SourceAsset as SourceAsset,
)
from .assets import (
    String as String,
)
from .assets import (
    Type as Type,
)
from .assets import (
    TypeCheck as TypeCheck,
)
from .assets import (
    TypeCheckContext as TypeCheckContext,
)
from .assets import (
    asset as asset,
)
from .assets import (
    asset_check as asset_check,
)
from .assets import (
    check_type as check_type,
)
from .assets import (
    make_python_type_usable_as_type as make_python_type_usable_as_type,
)
from .assets import multi_asset as multi_asset
from .assets import (
    multi_asset_check as multi_asset_check,
)
from .assets import (
    multi_observable_source_asset as multi_observable_source_asset,
)
from .assets import (
    observable_source_asset as observable_source_asset,
)
from .assets import (
    usable_as_type as usable_as_type,
)
from .definitions import AssetJob as AssetJob
from .definitions import Definitions as Definitions
from .definitions import RepositoryDefinition as RepositoryDefinition
from .definitions import UnresolvedAssetJobDefinition as UnresolvedAssetJobDefinition
from .definitions import define_asset_job as define_asset_job
from .definitions import load_asset_checks_from_current_module as load_asset_checks_from_current_module
from .definitions import load_asset_checks_from_modules as load_asset_checks_from_modules
from .definitions import load_asset_checks_from_package_module as load_asset_checks_from_package_module
from .definitions import load_asset_checks_from_package_name as load_asset_checks_from_package_name
from .definitions import load_assets_from_current_module as load_assets_from_current_module
from .definitions import load_assets_from_modules as load_assets_from_modules
from .definitions import load_assets_from_package_module as load_assets_from_package_module
from .definitions import load_assets_from_package_name as load_assets_from_package_name
from .definitions import load_definitions_from_current_module as load_definitions_from_current_module
from .definitions import load_definitions_from_modules as load_definitions_from_modules
from .definitions import load_definitions_from_package_module as load_definitions_from_package_module
from .definitions import load_definitions_from_package_name as load_definitions_from_package_name
from .definitions import map_asset_specs as map_asset_specs
from .definitions import repository as repository
from .definitions import with_resources as with_resources
from .diagnosis import (
    CodeChanges as CodeChanges,
)
from .diagnosis import Explanation as Explanation
from .diagnosis import Impact as Impact
from .errors import (
    AssetCheckFailedError as AssetCheckFailedError,
)
from .errors import (
    BrokenValueError as BrokenValueError,
)
from .errors import (
    CyclicDependencyError as CyclicDependencyError,
)
from .errors import (
    DuplicateAssetError as DuplicateAssetError,
)
from .errors import (
    EmptyPieceError as EmptyPieceError,
)
from .errors import (
    InvalidConfigDefinitionError as InvalidConfigDefinitionError,
)
from .errors import (
    InvalidConfigError as InvalidConfigError,
)
from .errors import (
    InvalidDefinitionError as InvalidDefinitionError,
)
from .errors import (
    InvalidInvocationError as InvalidInvocationError,
)
from .errors import (
    InvalidMappingError as InvalidMappingError,
)
from .errors import (
    InvalidPartitionRangeError as InvalidPartitionRangeError,
)
from .errors import (
    InvalidSelectionError as InvalidSelectionError,
)
from .errors import (
    InvalidSubsetError as InvalidSubsetError,
)
from .errors import (
    MagicUsageError as MagicUsageError,
)
from .errors import (
    MissingInputError as MissingInputError,
)
from .errors import (
    NeverMaterializedError as NeverMaterializedError,
)
from .errors import (
    NotebookAssetsError as NotebookAssetsError,
)
from .errors import (
    NotPortableError as NotPortableError,
)
from .errors import (
    OutputTypeError as OutputTypeError,
)
from .errors import (
    ResourceFunctionError as ResourceFunctionError,
)
from .errors import (
    RunFailedError as RunFailedError,
)
from .errors import (
    StepTimeoutError as StepTimeoutError,
)
from .errors import StillRunningError as StillRunningError
from .errors import (
    StoreError as StoreError,
)
from .errors import (
    StoreNotWritableError as StoreNotWritableError,
)
from .errors import (
    StoreVersionError as StoreVersionError,
)
from .errors import (
    TypeCheckDidNotPass as TypeCheckDidNotPass,
)
from .errors import (
    UnknownAssetError as UnknownAssetError,
)
from .errors import (
    UnknownPartitionError as UnknownPartitionError,
)
from .errors import (
    UnknownResourceError as UnknownResourceError,
)
from .errors import (
    UnknownUpstreamError as UnknownUpstreamError,
)
from .errors import (
    UnsupportedValueError as UnsupportedValueError,
)
from .errors import (
    UntrustedPickleError as UntrustedPickleError,
)
from .errors import (
    ValueNotFoundError as ValueNotFoundError,
)
from .errors import (
    WorkerDiedError as WorkerDiedError,
)
from .errors import (
    WorkerError as WorkerError,
)
from .keys import AssetKey as AssetKey
from .mappings import (
    AllPartitionMapping as AllPartitionMapping,
)
from .mappings import (
    DimensionPartitionMapping as DimensionPartitionMapping,
)
from .mappings import (
    IdentityPartitionMapping as IdentityPartitionMapping,
)
from .mappings import (
    LastPartitionMapping as LastPartitionMapping,
)
from .mappings import (
    MappingContext as MappingContext,
)
from .mappings import (
    MultiPartitionMapping as MultiPartitionMapping,
)
from .mappings import (
    MultiToSingleDimensionPartitionMapping as MultiToSingleDimensionPartitionMapping,
)
from .mappings import (
    PartitionMapping as PartitionMapping,
)
from .mappings import (
    SpecificPartitionsPartitionMapping as SpecificPartitionsPartitionMapping,
)
from .mappings import (
    StaticPartitionMapping as StaticPartitionMapping,
)
from .mappings import (
    TimeWindowPartitionMapping as TimeWindowPartitionMapping,
)
from .mappings import (
    UpstreamPartitionsResult as UpstreamPartitionsResult,
)
from .mappings import (
    describe as describe,
)
from .mappings import (
    partition_mapping as partition_mapping,
)
from .metadata import (
    AssetMetadataValue as AssetMetadataValue,
)
from .metadata import (
    BoolMetadataValue as BoolMetadataValue,
)
from .metadata import (
    FloatMetadataValue as FloatMetadataValue,
)
from .metadata import (
    IntMetadataValue as IntMetadataValue,
)
from .metadata import (
    JobMetadataValue as JobMetadataValue,
)
from .metadata import (
    JsonMetadataValue as JsonMetadataValue,
)
from .metadata import (
    MarkdownMetadataValue as MarkdownMetadataValue,
)
from .metadata import MetadataValue as MetadataValue
from .metadata import (
    NotebookMetadataValue as NotebookMetadataValue,
)
from .metadata import (
    NullMetadataValue as NullMetadataValue,
)
from .metadata import (
    PathMetadataValue as PathMetadataValue,
)
from .metadata import (
    PoolMetadataValue as PoolMetadataValue,
)
from .metadata import (
    PythonArtifactMetadataValue as PythonArtifactMetadataValue,
)
from .metadata import (
    RunMetadataValue as RunMetadataValue,
)
from .metadata import (
    TableColumn as TableColumn,
)
from .metadata import (
    TableColumnConstraints as TableColumnConstraints,
)
from .metadata import (
    TableColumnDep as TableColumnDep,
)
from .metadata import (
    TableColumnLineage as TableColumnLineage,
)
from .metadata import (
    TableColumnLineageMetadataValue as TableColumnLineageMetadataValue,
)
from .metadata import (
    TableConstraints as TableConstraints,
)
from .metadata import (
    TableMetadataValue as TableMetadataValue,
)
from .metadata import (
    TableRecord as TableRecord,
)
from .metadata import (
    TableSchema as TableSchema,
)
from .metadata import (
    TableSchemaMetadataValue as TableSchemaMetadataValue,
)
from .metadata import (
    TextMetadataValue as TextMetadataValue,
)
from .metadata import (
    TimestampMetadataValue as TimestampMetadataValue,
)
from .metadata import (
    UrlMetadataValue as UrlMetadataValue,
)
from .ops import (
    ConfigMapping as ConfigMapping,
)
from .ops import (
    DependencyDefinition as DependencyDefinition,
)
from .ops import (
    DynamicOut as DynamicOut,
)
from .ops import (
    DynamicOutput as DynamicOutput,
)
from .ops import (
    GraphDefinition as GraphDefinition,
)
from .ops import (
    GraphIn as GraphIn,
)
from .ops import (
    GraphOut as GraphOut,
)
from .ops import (
    HookContext as HookContext,
)
from .ops import (
    HookDefinition as HookDefinition,
)
from .ops import (
    In as In,
)
from .ops import (
    InputMapping as InputMapping,
)
from .ops import (
    JobDefinition as JobDefinition,
)
from .ops import (
    MultiDependencyDefinition as MultiDependencyDefinition,
)
from .ops import (
    NodeInvocation as NodeInvocation,
)
from .ops import (
    OpDefinition as OpDefinition,
)
from .ops import (
    OpExecutionContext as OpExecutionContext,
)
from .ops import (
    Out as Out,
)
from .ops import (
    OutputMapping as OutputMapping,
)
from .ops import (
    StepOutputNotFoundError as StepOutputNotFoundError,
)
from .ops import (
    config_mapping as config_mapping,
)
from .ops import (
    failure_hook as failure_hook,
)
from .ops import (
    graph as graph,
)
from .ops import (
    graph_asset as graph_asset,
)
from .ops import (
    graph_multi_asset as graph_multi_asset,
)
from .ops import (
    job as job,
)
from .ops import (
    op as op,
)
from .ops import (
    success_hook as success_hook,
)
from .partitions import (
    AddDynamicPartitionsRequest as AddDynamicPartitionsRequest,
)
from .partitions import (
    DailyPartitionsDefinition as DailyPartitionsDefinition,
)
from .partitions import (
    DefinitionChanges as DefinitionChanges,
)
from .partitions import (
    DeleteDynamicPartitionsRequest as DeleteDynamicPartitionsRequest,
)
from .partitions import (
    DynamicPartitionsDefinition as DynamicPartitionsDefinition,
)
from .partitions import (
    HourlyPartitionsDefinition as HourlyPartitionsDefinition,
)
from .partitions import (
    MonthlyPartitionsDefinition as MonthlyPartitionsDefinition,
)
from .partitions import (
    MultiPartitionKey as MultiPartitionKey,
)
from .partitions import (
    MultiPartitionsDefinition as MultiPartitionsDefinition,
)
from .partitions import (
    PaginatedResults as PaginatedResults,
)
from .partitions import (
    Partition as Partition,
)
from .partitions import PartitionedConfig as PartitionedConfig
from .partitions import (
    PartitionKeyRange as PartitionKeyRange,
)
from .partitions import (
    PartitionLoadingContext as PartitionLoadingContext,
)
from .partitions import (
    PartitionsDefinition as PartitionsDefinition,
)
from .partitions import (
    PartitionsSubset as PartitionsSubset,
)
from .partitions import (
    StaticPartitionsDefinition as StaticPartitionsDefinition,
)
from .partitions import (
    TimeWindow as TimeWindow,
)
from .partitions import (
    TimeWindowPartitionsDefinition as TimeWindowPartitionsDefinition,
)
from .partitions import (
    WeeklyPartitionsDefinition as WeeklyPartitionsDefinition,
)
from .partitions import daily_partitioned_config as daily_partitioned_config
from .partitions import (
    definition_changes as definition_changes,
)
from .partitions import dynamic_partitioned_config as dynamic_partitioned_config
from .partitions import hourly_partitioned_config as hourly_partitioned_config
from .partitions import monthly_partitioned_config as monthly_partitioned_config
from .partitions import (
    partition_loading_context as partition_loading_context,
)
from .partitions import partitioned_config as partitioned_config
from .partitions import static_partitioned_config as static_partitioned_config
from .partitions import weekly_partitioned_config as weekly_partitioned_config
from .resources import (
    Array as Array,
)
from .resources import (
    BoolSource as BoolSource,
)
from .resources import (
    Config as Config,
)
from .resources import (
    ConfigurableIOManager as ConfigurableIOManager,
)
from .resources import (
    ConfigurableIOManagerFactory as ConfigurableIOManagerFactory,
)
from .resources import (
    ConfigurableResource as ConfigurableResource,
)
from .resources import (
    Enum as Enum,
)
from .resources import (
    EnumValue as EnumValue,
)
from .resources import (
    EnvVar as EnvVar,
)
from .resources import (
    Field as Field,
)
from .resources import (
    InitResourceContext as InitResourceContext,
)
from .resources import InMemoryIOManager as InMemoryIOManager
from .resources import (
    InputContext as InputContext,
)
from .resources import (
    InputManager as InputManager,
)
from .resources import (
    IntSource as IntSource,
)
from .resources import (
    IOManager as IOManager,
)
from .resources import (
    IOManagerDefinition as IOManagerDefinition,
)
from .resources import (
    Map as Map,
)
from .resources import (
    Noneable as Noneable,
)
from .resources import (
    OutputContext as OutputContext,
)
from .resources import (
    Permissive as Permissive,
)
from .resources import (
    PermissiveConfig as PermissiveConfig,
)
from .resources import (
    ResourceDefinition as ResourceDefinition,
)
from .resources import (
    ResourceDependency as ResourceDependency,
)
from .resources import (
    ResourceParam as ResourceParam,
)
from .resources import (
    ScalarUnion as ScalarUnion,
)
from .resources import (
    Selector as Selector,
)
from .resources import (
    Shape as Shape,
)
from .resources import (
    StringSource as StringSource,
)
from .resources import (
    build_init_resource_context as build_init_resource_context,
)
from .resources import (
    build_resources as build_resources,
)
from .resources import (
    configured as configured,
)
from .resources import (
    input_manager as input_manager,
)
from .resources import (
    io_manager as io_manager,
)
from .resources import (
    make_values_resource as make_values_resource,
)
from .resources import mem_io_manager as mem_io_manager
from .resources import (
    resource as resource,
)
from .run import (
    AssetCheckExecutionContext as AssetCheckExecutionContext,
)
from .run import (
    AssetExecutionContext as AssetExecutionContext,
)
from .run import (
    Event as Event,
)
from .run import (
    EventType as EventType,
)
from .run import (
    ExecuteInProcessResult as ExecuteInProcessResult,
)
from .run import (
    Executor as Executor,
)
from .run import (
    ExecutorDefinition as ExecutorDefinition,
)
from .run import ReexecutionOptions as ReexecutionOptions
from .run import (
    RunConfig as RunConfig,
)
from .run import (
    RunInterrupted as RunInterrupted,
)
from .run import (
    RunResult as RunResult,
)
from .run import build_asset_check_context as build_asset_check_context
from .run import build_asset_context as build_asset_context
from .run import build_input_context as build_input_context
from .run import build_op_context as build_op_context
from .run import build_output_context as build_output_context
from .run import executor as executor
from .run import in_process_executor as in_process_executor
from .run import multi_or_in_process_executor as multi_or_in_process_executor
from .run import multiprocess_executor as multiprocess_executor
from .run import (
    validate_run_config as validate_run_config,
)
from .selection import AssetSelection as AssetSelection
from .states import PieceState as PieceState
from .store import AssetPartitionStatus as AssetPartitionStatus
from .store import AssetRecord as AssetRecord
from .store import AssetRecordsFilter as AssetRecordsFilter
from .store import AssetValueLoader as AssetValueLoader
from .store import (
    AutoIOManager as AutoIOManager,
)
from .store import EventLogRecord as EventLogRecord
from .store import EventRecordsFilter as EventRecordsFilter
from .store import EventRecordsResult as EventRecordsResult
from .store import (
    FilesystemIOManager as FilesystemIOManager,
)
from .store import Instance as Instance
from .store import (
    ParquetIOManager as ParquetIOManager,
)
from .store import RecoveryReport as RecoveryReport
from .store import Run as Run
from .store import RunRecord as RunRecord
from .store import RunsFilter as RunsFilter
from .store import RunStatus as RunStatus
from .store import (
    SQLiteIOManager as SQLiteIOManager,
)
from .store import (
    UPathIOManager as UPathIOManager,
)
from .store import (
    fs_io_manager as fs_io_manager,
)
from .workspace import BackgroundRun as BackgroundRun
from .workspace import BackgroundRuns as BackgroundRuns
from .workspace import PlanTable as PlanTable
from .workspace import RunHistory as RunHistory
from .workspace import StepOutput as StepOutput
from .workspace import (
    accept_code as accept_code,
)
from .workspace import (
    asset_catalogue as asset_catalogue,
)
from .workspace import backfill as backfill
from .workspace import background_runs as background_runs
from .workspace import (
    code_changes as code_changes,
)
from .workspace import (
    explain as explain,
)
from .workspace import (
    get_asset_value_loader as get_asset_value_loader,
)
from .workspace import impact as impact
from .workspace import instance_for_test as instance_for_test
from .workspace import (
    lineage as lineage,
)
from .workspace import (
    load_asset_value as load_asset_value,
)
from .workspace import (
    mapping_table as mapping_table,
)
from .workspace import (
    materialize as materialize,
)
from .workspace import materialize_to_memory as materialize_to_memory
from .workspace import (
    observe as observe,
)
from .workspace import (
    partition_grid as partition_grid,
)
from .workspace import partition_status as partition_status
from .workspace import (
    plot_metadata as plot_metadata,
)
from .workspace import (
    rename_asset as rename_asset,
)
from .workspace import resume as resume
from .workspace import (
    run_checks as run_checks,
)
from .workspace import run_history as run_history
from .workspace import (
    show_mapping as show_mapping,
)
from .workspace import step_output as step_output
from .workspace import (
    take_back_code as take_back_code,
)

__version__: str

def load_ipython_extension(ipython: object) -> None: ...
def unload_ipython_extension(ipython: object) -> None: ...
