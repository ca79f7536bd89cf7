"""How pieces are made: the plan, the context, the steps, the result."""

from notebook_assets.run import showing_run_config  # noqa: F401  (what is shown)
from notebook_assets.run.build_contexts import build_asset_check_context, build_asset_context, build_op_context
from notebook_assets.run.build_io_contexts import build_input_context, build_output_context
from notebook_assets.run.checks_context import AssetCheckExecutionContext
from notebook_assets.run.checks_told import CheckFailure
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.execute import RunInterrupted, RunRequest, execute
from notebook_assets.run.executor_choice import Executor
from notebook_assets.run.executor_definitions import (
    ExecutorDefinition,
    executor,
    in_process_executor,
    multi_or_in_process_executor,
    multiprocess_executor,
)
from notebook_assets.run.io_managers import has_piece, io_manager_of, load_piece, load_pieces
from notebook_assets.run.listeners import ProgressListener, Silent
from notebook_assets.run.observing_result import ObservationResult
from notebook_assets.run.pieces_not_made import StepFailure, StepSkip, piece_name
from notebook_assets.run.plan import Only, Plan, PlannedAsset, due, make_plan
from notebook_assets.run.reading_results import ExecuteInProcessResult
from notebook_assets.run.reexecution import ReexecutionOptions
from notebook_assets.run.resource_scope import ResourceScope
from notebook_assets.run.result import RunResult
from notebook_assets.run.run_config import CheckedConfig, RunConfig, check_run_config, validate_run_config
from notebook_assets.run.run_events import Event
from notebook_assets.store.event_types import EventType

__all__ = [
    "ReexecutionOptions",
    "AssetCheckExecutionContext",
    "CheckFailure",
    "ObservationResult",
    "build_input_context",
    "build_output_context",
    "build_asset_context",
    "build_asset_check_context",
    "build_op_context",
    "AssetExecutionContext",
    "Event",
    "EventType",
    "ExecuteInProcessResult",
    "Only",
    "Plan",
    "PlannedAsset",
    "ProgressListener",
    "RunInterrupted",
    "RunRequest",
    "RunResult",
    "Silent",
    "StepFailure",
    "StepSkip",
    "execute",
    "Executor",
    "ExecutorDefinition",
    "executor",
    "in_process_executor",
    "multi_or_in_process_executor",
    "multiprocess_executor",
    "ResourceScope",
    "has_piece",
    "io_manager_of",
    "load_piece",
    "load_pieces",
    "due",
    "make_plan",
    "piece_name",
    "CheckedConfig",
    "RunConfig",
    "check_run_config",
    "validate_run_config",
]
