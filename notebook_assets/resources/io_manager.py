"""IOManager: how an asset's values are stored and loaded when the store does not do it itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from notebook_assets.resources.io_contexts import InputContext, OutputContext


class IOManager(ABC):
    """Stores what an asset's function gives back, and loads it for those that need it.

    Without one, values are kept in the store (see docs/store.md). Subclass it to read and write elsewhere, and give
    an instance as ``io_manager_def=`` of an asset, or as the resource that its ``io_manager_key`` names.

    >>> class InADict(IOManager):
    ...     def __init__(self):
    ...         self.values = {}
    ...     def handle_output(self, context, obj):
    ...         self.values[context.asset_key, context.partition_key if context.has_partition_key else None] = obj
    ...     def load_input(self, context):
    ...         return self.values[context.asset_key, context.partition_key if context.has_partition_key else None]
    >>> manager = InADict()
    """

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store ``obj``, the value of the piece that ``context`` describes."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """Load and return the value of the upstream piece (or pieces) that ``context`` describes."""
