"""Software-defined assets and partitions that live in a Jupyter notebook.

The public names, and the notebook extension: ``%load_ext notebook_assets``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notebook_assets.assets import (
    AssetDep,
    AssetIn,
    AssetMaterialization,
    AssetsDefinition,
    AssetSpec,
    DataVersion,
    MaterializeResult,
    Output,
    SourceAsset,
    asset,
)
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import Explanation
from notebook_assets.errors import (
    BrokenValueError,
    CyclicDependencyError,
    DuplicateAssetError,
    EmptyPieceError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidMappingError,
    InvalidPartitionRangeError,
    InvalidSelectionError,
    InvalidSubsetError,
    MagicUsageError,
    MissingInputError,
    NeverMaterializedError,
    NotebookAssetsError,
    OutputTypeError,
    StoreError,
    StoreNotWritableError,
    StoreVersionError,
    UnknownAssetError,
    UnknownPartitionError,
    UnknownUpstreamError,
    UnsupportedValueError,
    UntrustedPickleError,
    ValueNotFoundError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.magics import load, unload
from notebook_assets.mappings import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    PartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    TimeWindowPartitionMapping,
)
from notebook_assets.metadata import MetadataValue
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    PartitionsSubset,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    partition_loading_context,
)
from notebook_assets.resources import InputContext, IOManager, OutputContext
from notebook_assets.run import AssetExecutionContext, RunInterrupted, RunResult
from notebook_assets.selection import AssetSelection
from notebook_assets.states import PieceState
from notebook_assets.store import AssetValueLoader, Instance
from notebook_assets.workspace import (
    asset_catalogue,
    explain,
    get_asset_value_loader,
    lineage,
    load_asset_value,
    materialize,
    partition_grid,
    plot_metadata,
    show_mapping,
)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

__all__ = [
    "asset",
    "AssetDep",
    "AssetIn",
    "AssetMaterialization",
    "AssetsDefinition",
    "AssetSpec",
    "DataVersion",
    "MaterializeResult",
    "Output",
    "SourceAsset",
    "Definitions",
    "Explanation",
    "BrokenValueError",
    "CyclicDependencyError",
    "DuplicateAssetError",
    "EmptyPieceError",
    "InvalidDefinitionError",
    "InvalidInvocationError",
    "InvalidMappingError",
    "InvalidPartitionRangeError",
    "InvalidSelectionError",
    "InvalidSubsetError",
    "MagicUsageError",
    "MissingInputError",
    "NeverMaterializedError",
    "NotebookAssetsError",
    "OutputTypeError",
    "StoreError",
    "StoreNotWritableError",
    "StoreVersionError",
    "UnknownAssetError",
    "UnknownPartitionError",
    "UnknownUpstreamError",
    "UnsupportedValueError",
    "UntrustedPickleError",
    "ValueNotFoundError",
    "AssetKey",
    "AllPartitionMapping",
    "IdentityPartitionMapping",
    "LastPartitionMapping",
    "PartitionMapping",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
    "TimeWindowPartitionMapping",
    "MetadataValue",
    "DailyPartitionsDefinition",
    "HourlyPartitionsDefinition",
    "MonthlyPartitionsDefinition",
    "PartitionKeyRange",
    "PartitionsDefinition",
    "PartitionsSubset",
    "StaticPartitionsDefinition",
    "TimeWindow",
    "TimeWindowPartitionsDefinition",
    "WeeklyPartitionsDefinition",
    "partition_loading_context",
    "InputContext",
    "IOManager",
    "OutputContext",
    "AssetExecutionContext",
    "RunInterrupted",
    "RunResult",
    "AssetSelection",
    "PieceState",
    "AssetValueLoader",
    "Instance",
    "asset_catalogue",
    "explain",
    "get_asset_value_loader",
    "lineage",
    "load_asset_value",
    "materialize",
    "partition_grid",
    "plot_metadata",
    "show_mapping",
]

_BRAND = "Dagster"


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Add the magics to a notebook; called by ``%load_ext notebook_assets``."""
    load(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Stop following the notebook's cells; called by ``%unload_ext notebook_assets``."""
    unload(ipython)


def __getattr__(name: str) -> Any:
    """Resolve the names under which the reference has the same things, such as ``DagsterInstance``."""
    if name.startswith(_BRAND) and name.removeprefix(_BRAND) in __all__:
        return globals()[name.removeprefix(_BRAND)]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
