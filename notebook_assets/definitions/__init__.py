"""What belongs together: assets, their resources and jobs; loading them from modules."""

from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition, define_asset_job
from notebook_assets.definitions.definition_set import Definitions
from notebook_assets.definitions.resolved_jobs import AssetJob
from notebook_assets.definitions.respecified import map_asset_specs

__all__ = [
    "AssetJob",
    "Definitions",
    "UnresolvedAssetJobDefinition",
    "define_asset_job",
    "map_asset_specs",
]
