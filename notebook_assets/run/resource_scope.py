"""Which resources each asset of a run sees."""

from __future__ import annotations

from collections.abc import Mapping

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.errors import UnknownResourceError, did_you_mean
from notebook_assets.resources import Resources


class ResourceScope:
    """The resources of a graph as each of its assets sees them.

    Those that were given win over those that the asset's own definition brings along, and these over what other
    assets bring.

    Args:
        graph: The assets.
        given: Objects by resource key.

    >>> ResourceScope(AssetGraph([]), {"greeting": "hello"}).everything
    Resources(greeting)
    """

    def __init__(self, graph: AssetGraph, given: Mapping[str, object]) -> None:
        self._given = dict(given)
        self._brought: dict[str, object] = {}
        for node in graph.nodes.values():
            self._brought.update(node.resource_defs)
        self.everything = Resources({**self._brought, **self._given})

    def of(self, node: AssetNode) -> Resources:
        """Return the resources that an asset sees."""
        if not node.resource_defs:
            return self.everything
        return Resources({**self._brought, **node.resource_defs, **self._given})

    def checked(self, node: AssetNode) -> Resources:
        """Return the resources of an asset that is to be made.

        Raises:
            UnknownResourceError: One that its definition requires is not there.
        """
        resources = self.of(node)
        for name in sorted(node.definition.required_resource_keys if node.definition else ()):
            if name not in resources:
                raise UnknownResourceError(
                    f"{node.key} needs the resource {name!r}, which is not given; add resources={{{name!r}: ...}}."
                    f"{did_you_mean(name, resources)}"
                )
        return resources
