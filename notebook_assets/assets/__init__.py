"""What exists and what it is made from: definitions, specs, dependencies, results, the graph, code identity."""

from notebook_assets.assets import (  # noqa: F401  (what is shown of each kind)
    showing_checks,
    showing_definitions_of_assets,
    showing_results,
    showing_specs,
)
from notebook_assets.assets.asset_node import AssetNode
from notebook_assets.assets.asset_out import AssetOut
from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import DEFAULT_IO_MANAGER_KEY, AssetsDefinition
from notebook_assets.assets.backfill_policy import BackfillPolicy, BackfillPolicyType
from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.checks_decorators import asset_check, multi_asset_check
from notebook_assets.assets.checks_definition import AssetChecksDefinition
from notebook_assets.assets.checks_graph import CheckGraph, is_checks
from notebook_assets.assets.checks_results import AssetCheckEvaluation, AssetCheckResult, AssetCheckSeverity
from notebook_assets.assets.decorator import asset
from notebook_assets.assets.dependencies import AssetDep, AssetIn, Dependency
from notebook_assets.assets.graph import AssetGraph
from notebook_assets.assets.graph_problems import unknown_asset
from notebook_assets.assets.multi_asset import multi_asset
from notebook_assets.assets.observations import AssetObservation, DataVersionsByPartition, ObserveResult
from notebook_assets.assets.observations_decorators import (
    ObservableSources,
    multi_observable_source_asset,
    observable_source_asset,
)
from notebook_assets.assets.observations_function import ObserveFunction
from notebook_assets.assets.results import NO_VALUE, AssetMaterialization, DataVersion, MaterializeResult, Output
from notebook_assets.assets.retry_policy import Backoff, Failure, Jitter, RetryPolicy, RetryRequested, wait_before_retry
from notebook_assets.assets.source_asset import SourceAsset
from notebook_assets.assets.types import PythonObjectType, Type, TypeCheck, TypeCheckContext
from notebook_assets.assets.types_declared import DeclaredTypes, declared_types
from notebook_assets.assets.types_from_annotations import declared_type, is_nothing, type_from
from notebook_assets.assets.types_usable import (
    Any,
    Bool,
    Float,
    Int,
    Nothing,
    String,
    check_type,
    make_python_type_usable_as_type,
    usable_as_type,
)
from notebook_assets.selection.check_keys import AssetCheckKey

__all__ = [
    "Any",
    "Bool",
    "DeclaredTypes",
    "Float",
    "Int",
    "Nothing",
    "PythonObjectType",
    "String",
    "Type",
    "TypeCheck",
    "TypeCheckContext",
    "check_type",
    "declared_type",
    "declared_types",
    "is_nothing",
    "make_python_type_usable_as_type",
    "type_from",
    "usable_as_type",
    "AssetCheckSpec",
    "asset_check",
    "multi_asset_check",
    "AssetChecksDefinition",
    "CheckGraph",
    "is_checks",
    "AssetCheckEvaluation",
    "AssetCheckResult",
    "AssetCheckSeverity",
    "AssetObservation",
    "DataVersionsByPartition",
    "ObserveResult",
    "ObservableSources",
    "multi_observable_source_asset",
    "observable_source_asset",
    "ObserveFunction",
    "AssetCheckKey",
    "BackfillPolicy",
    "BackfillPolicyType",
    "Backoff",
    "Failure",
    "Jitter",
    "RetryPolicy",
    "RetryRequested",
    "wait_before_retry",
    "DEFAULT_IO_MANAGER_KEY",
    "NO_VALUE",
    "AssetDep",
    "AssetGraph",
    "AssetIn",
    "AssetMaterialization",
    "AssetNode",
    "AssetOut",
    "AssetSpec",
    "AssetsDefinition",
    "DataVersion",
    "Dependency",
    "MaterializeResult",
    "Output",
    "SourceAsset",
    "asset",
    "multi_asset",
    "unknown_asset",
]
