"""What belongs together: assets, their resources and jobs; loading them from modules."""

from notebook_assets.definitions import showing_definition_sets  # noqa: F401  (what is shown)
from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition, define_asset_job
from notebook_assets.definitions.bound_resources import with_resources
from notebook_assets.definitions.definition_set import Definitions
from notebook_assets.definitions.loading_checks import (
    load_asset_checks_from_current_module,
    load_asset_checks_from_modules,
    load_asset_checks_from_package_module,
    load_asset_checks_from_package_name,
)
from notebook_assets.definitions.loading_definitions import (
    load_definitions_from_current_module,
    load_definitions_from_modules,
    load_definitions_from_package_module,
    load_definitions_from_package_name,
)
from notebook_assets.definitions.loading_modules import (
    load_assets_from_current_module,
    load_assets_from_modules,
    load_assets_from_package_module,
    load_assets_from_package_name,
)
from notebook_assets.definitions.repository_definition import RepositoryDefinition, repository
from notebook_assets.definitions.resolved_jobs import AssetJob
from notebook_assets.definitions.respecified import map_asset_specs

__all__ = [
    "load_asset_checks_from_modules",
    "load_asset_checks_from_current_module",
    "load_asset_checks_from_package_module",
    "load_asset_checks_from_package_name",
    "AssetJob",
    "Definitions",
    "RepositoryDefinition",
    "UnresolvedAssetJobDefinition",
    "define_asset_job",
    "load_assets_from_current_module",
    "load_assets_from_modules",
    "load_assets_from_package_module",
    "load_assets_from_package_name",
    "load_definitions_from_current_module",
    "load_definitions_from_modules",
    "load_definitions_from_package_module",
    "load_definitions_from_package_name",
    "map_asset_specs",
    "repository",
    "with_resources",
]
