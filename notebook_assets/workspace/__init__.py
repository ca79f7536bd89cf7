"""What there is right now, and what one can do with it: make, load, list, draw, explain."""

from notebook_assets.workspace.backfilling import backfill
from notebook_assets.workspace.background import BackgroundRun
from notebook_assets.workspace.background_list import BackgroundRuns, background_runs
from notebook_assets.workspace.checking import run_checks
from notebook_assets.workspace.code_identity import accept_code, code_changes, rename_asset, take_back_code
from notebook_assets.workspace.current import Workspace, graph_and_store, known_specs, set_workspace, workspace
from notebook_assets.workspace.definition_note import show_definition
from notebook_assets.workspace.impacting import impact
from notebook_assets.workspace.in_memory import instance_for_test, materialize_to_memory
from notebook_assets.workspace.listing import AssetListing, asset_catalogue
from notebook_assets.workspace.loading import get_asset_value_loader, load_asset_value
from notebook_assets.workspace.making import materialize
from notebook_assets.workspace.mapping_table import mapping_table
from notebook_assets.workspace.observing import observe
from notebook_assets.workspace.piece_status import partition_status
from notebook_assets.workspace.plan_table import PlanTable
from notebook_assets.workspace.resuming import resume
from notebook_assets.workspace.run_listing import RunHistory, StepOutput, run_history, step_output
from notebook_assets.workspace.showing import (
    explain,
    lineage,
    partition_grid,
    plot_metadata,
)
from notebook_assets.workspace.showing_mapping import show_mapping
from notebook_assets.workspace.targets import chosen_keys

__all__ = [
    "observe",
    "run_checks",
    "instance_for_test",
    "materialize_to_memory",
    "AssetListing",
    "BackgroundRun",
    "BackgroundRuns",
    "PlanTable",
    "backfill",
    "background_runs",
    "Workspace",
    "asset_catalogue",
    "take_back_code",
    "rename_asset",
    "code_changes",
    "accept_code",
    "chosen_keys",
    "explain",
    "get_asset_value_loader",
    "graph_and_store",
    "known_specs",
    "impact",
    "lineage",
    "load_asset_value",
    "mapping_table",
    "materialize",
    "partition_grid",
    "partition_status",
    "plot_metadata",
    "resume",
    "RunHistory",
    "StepOutput",
    "run_history",
    "step_output",
    "set_workspace",
    "show_definition",
    "show_mapping",
    "workspace",
]
