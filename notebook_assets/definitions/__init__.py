"""What belongs together: assets, their resources and jobs; loading them from modules."""

from notebook_assets.definitions.definition_set import Definitions

__all__ = ["Definitions"]
