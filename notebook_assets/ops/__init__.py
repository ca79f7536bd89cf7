"""Functions wired to graphs: ops, graphs, jobs, and assets that are made by graphs."""

from notebook_assets.ops import showing_ops  # noqa: F401  (what is shown)
from notebook_assets.ops.config_mappings import ConfigMapping, config_mapping
from notebook_assets.ops.dynamic_output import DynamicOutput
from notebook_assets.ops.graph_assets import graph_asset
from notebook_assets.ops.graph_decorator import graph
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.graph_multi_assets import graph_multi_asset
from notebook_assets.ops.graph_runs import OpEvent
from notebook_assets.ops.hooks import HookContext, HookDefinition, failure_hook, success_hook
from notebook_assets.ops.in_process_result import OpsResult
from notebook_assets.ops.ins_outs import DynamicOut, GraphIn, GraphOut, In, Out
from notebook_assets.ops.job_decorator import job
from notebook_assets.ops.job_definition import JobDefinition
from notebook_assets.ops.node_dependencies import (
    DependencyDefinition,
    InputMapping,
    MultiDependencyDefinition,
    NodeInvocation,
    OutputMapping,
)
from notebook_assets.ops.op_context import OpExecutionContext
from notebook_assets.ops.op_decorator import op
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.ops.op_results import StepOutputNotFoundError

__all__ = [
    "ConfigMapping",
    "DependencyDefinition",
    "DynamicOut",
    "DynamicOutput",
    "GraphDefinition",
    "GraphIn",
    "GraphOut",
    "HookContext",
    "HookDefinition",
    "In",
    "InputMapping",
    "JobDefinition",
    "MultiDependencyDefinition",
    "NodeInvocation",
    "OpDefinition",
    "OpEvent",
    "OpExecutionContext",
    "OpsResult",
    "Out",
    "OutputMapping",
    "StepOutputNotFoundError",
    "config_mapping",
    "failure_hook",
    "graph",
    "graph_asset",
    "graph_multi_asset",
    "job",
    "op",
    "success_hook",
]
