"""What an asset's function is given beside its inputs: resources, IO managers, and their contexts."""

from notebook_assets.resources.io_contexts import InputContext, OutputContext
from notebook_assets.resources.io_manager import IOManager
from notebook_assets.resources.namespace import Resources

__all__ = ["IOManager", "InputContext", "OutputContext", "Resources"]
