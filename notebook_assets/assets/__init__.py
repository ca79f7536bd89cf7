"""What exists and what it is made from: definitions, specs, dependencies, results, the graph, code identity."""

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import DEFAULT_IO_MANAGER_KEY, AssetsDefinition
from notebook_assets.assets.decorator import asset
from notebook_assets.assets.dependencies import AssetDep, AssetIn, Dependency
from notebook_assets.assets.graph import AssetGraph, AssetNode, unknown_asset
from notebook_assets.assets.results import NO_VALUE, AssetMaterialization, DataVersion, MaterializeResult, Output
from notebook_assets.assets.retry_policy import Backoff, Failure, Jitter, RetryPolicy, RetryRequested, wait_before_retry
from notebook_assets.assets.source_asset import SourceAsset

__all__ = [
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
    "AssetSpec",
    "AssetsDefinition",
    "DataVersion",
    "Dependency",
    "MaterializeResult",
    "Output",
    "SourceAsset",
    "asset",
    "unknown_asset",
]
