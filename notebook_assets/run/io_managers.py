"""Which IO manager serves an asset in a run: one that the user gave, or none, which means the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetNode
from notebook_assets.errors import InvalidInvocationError, did_you_mean


class IOManagerLike(Protocol):
    """What an IO manager must be able to do; a subclass of IOManager can."""

    def handle_output(self, context: Any, obj: Any) -> None:
        """Store a value."""

    def load_input(self, context: Any) -> Any:
        """Load a value."""


def io_manager_of(
    node: AssetNode, resources: Mapping[str, object], resource_key: str | None = None
) -> IOManagerLike | None:
    """Return the IO manager of an asset (or the one of ``resource_key``); None stands for the store.

    Raises:
        InvalidInvocationError: The resource is not given, or is no IO manager.
    """
    key = resource_key or node.io_manager_key or DEFAULT_IO_MANAGER_KEY
    found = resources.get(key, node.resource_defs.get(key))
    if found is None:
        if key == DEFAULT_IO_MANAGER_KEY:
            return None
        raise InvalidInvocationError(
            f"{node.key} is stored by the IO manager {key!r}, which is not among the resources. Give it by "
            f"resources={{{key!r}: ...}}.{did_you_mean(key, resources)}"
        )
    if not (hasattr(found, "load_input") and hasattr(found, "handle_output")):
        raise InvalidInvocationError(
            f"The IO manager {key!r} of {node.key} is a {type(found).__name__}, which has no handle_output and "
            "load_input. Give an instance of a subclass of IOManager."
        )
    return found


def plain_metadata(node: AssetNode) -> dict[str, Any]:
    """Return the metadata of an asset's definition as plain values, as IO managers read them."""
    return {name: entry.value for name, entry in node.spec.metadata_values.items()}
