"""Which resources each asset of a run sees, and their set-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.errors import UnknownResourceError, did_you_mean
from notebook_assets.resources import Resources, ResourceSetup, ResourceView
from notebook_assets.resources.resource_definition import definition_of, definitions_of


class ResourceScope:
    """The resources of a graph as each of its assets sees them.

    Those that were given win over those that the asset's own definition brings along, and these over what other
    assets bring. What has to be set up is so when it is first asked for, once, and torn down by :meth:`close`.

    Args:
        graph: The assets.
        given: Objects and definitions of resources, by key.
        config: The configuration of resources, by key.
        instance: The store that resources are told of.

    >>> ResourceScope(AssetGraph([]), {"greeting": "hello"}).everything
    Resources(greeting)
    """

    def __init__(
        self,
        graph: AssetGraph,
        given: Mapping[str, object],
        config: Mapping[str, Any] | None = None,
        instance: Any = None,
    ) -> None:
        self._given = dict(given)
        self._brought: dict[str, object] = {}
        for node in graph.nodes.values():
            self._brought.update(node.resource_defs)
        self._things = {**self._brought, **self._given}
        self._setup = ResourceSetup(self._things, config, instance)
        self.everything = self._seen(self._things)

    def _seen(self, things: Mapping[str, object]) -> Resources:
        return Resources(ResourceView(things, self._setup) if definitions_of(things) else things)

    def _things_of(self, node: AssetNode) -> Mapping[str, object]:
        return {**self._brought, **node.resource_defs, **self._given} if node.resource_defs else self._things

    def of(self, node: AssetNode) -> Resources:
        """Return the resources that an asset sees."""
        return self._seen(self._things_of(node)) if node.resource_defs else self.everything

    def checked(self, node: AssetNode) -> Resources:
        """Return the resources of an asset that is to be made; those that its definition requires are set up.

        Raises:
            UnknownResourceError: One that its definition requires is not there.
            InvalidConfigError: The configuration of one does not fit.
            ResourceFunctionError: One can't be set up.
        """
        resources = self.of(node)
        required = sorted(node.definition.required_resource_keys if node.definition else ())
        for name in required:
            if name not in resources:
                raise UnknownResourceError(
                    f"{node.key} needs the resource {name!r}, which is not given; add resources={{{name!r}: ...}}."
                    f"{did_you_mean(name, resources)}"
                )
        for name in required:
            resources[name]
        return resources

    def schemas(self) -> dict[str, Any]:
        """Return what the configuration of each resource looks like, by key; None where it takes none."""
        found = definitions_of(self._things)
        return {key: found[key].config_schema if key in found else None for key in self._things}

    def needed(self, nodes: Iterable[AssetNode]) -> set[str]:
        """Return the keys of the resources that some assets need to be made: their own, and what these need."""
        found: set[str] = set()
        for node in nodes:
            things = self._things_of(node)
            wanted = [*(node.definition.required_resource_keys if node.definition else ()), node.io_manager_key]
            wanted += [dependency.input_manager_key for dependency in node.dependencies]
            while wanted:
                key = wanted.pop()
                if key is None or key in found or key not in things:
                    continue
                found.add(key)
                definition = definition_of(things[key])
                wanted += definition.required_resource_keys if definition is not None else ()
        return found

    def close(self) -> None:
        """Tear down what was set up, in reverse; what is asked for later is set up anew."""
        self._setup.close()
