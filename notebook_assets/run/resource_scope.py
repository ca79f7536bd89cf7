"""Which resources each asset of a run sees, and their set-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetGraph, AssetNode, Dependency
from notebook_assets.errors import UnknownResourceError, did_you_mean
from notebook_assets.resources import Resources, ResourceSetup, ResourceView
from notebook_assets.resources.resource_definition import definition_of, definitions_of


class ResourceScope:
    """The resources of a graph as each of its assets sees them.

    Those that were given win over those that the asset's own definition brings along, and these over what other
    assets, and checks, bring. What has to be set up is so when it is first asked for, once, and torn down by
    :meth:`close`.

    Args:
        graph: The assets and checks.
        given: Objects and definitions of resources, by key.
        config: The configuration of resources, by key.
        instance: The store that resources are told of.
        run: What is known of the run, that they are told of.

    >>> ResourceScope(AssetGraph([]), {"greeting": "hello"}).everything
    Resources(greeting)
    """

    def __init__(
        self,
        graph: AssetGraph,
        given: Mapping[str, object],
        config: Mapping[str, Any] | None = None,
        instance: Any = None,
        run: Any = None,
    ) -> None:
        self.run = run
        self.run_id: str | None = None if run is None else run.run_id
        self.config: Mapping[str, Any] = config or {}
        self._given = dict(given)
        self._brought: dict[str, object] = {}
        for checks in graph.checks.definitions:
            self._brought.update(checks.resource_defs)
        for node in graph.nodes.values():
            self._brought.update(node.resource_defs)
        self._things = {**self._brought, **self._given}
        self._definitions = definitions_of(self._things)
        self._setup = ResourceSetup(self._things, config, instance, run=run)
        self.everything = self._seen(self._things)
        self.have_ends = any(_has_ends(each) for each in self._definitions.values()) or any(
            _has_ends(definition_of(thing)) for node in graph.nodes.values() for thing in node.resource_defs.values()
        )

    def _seen(self, things: Mapping[str, object]) -> Resources:
        return Resources(ResourceView(things, self._setup) if definitions_of(things) else things)

    def things_of(self, owner: Any) -> Mapping[str, object]:
        """Return what an asset (or a check) sees as it was given: objects, and definitions that are not set up."""
        own = getattr(owner, "resource_defs", None)  # an observation's are those of its source
        return {**self._brought, **own, **self._given} if own else self._things

    def of(self, owner: Any) -> Resources:
        """Return the resources that an asset sees, or a check: whatever brings along its ``resource_defs``."""
        return self._seen(self.things_of(owner)) if owner.resource_defs else self.everything

    def checked(self, node: AssetNode) -> Resources:
        """Return the resources of an asset that is to be made; those that its definition requires are set up.

        Raises:
            UnknownResourceError: One that its definition requires is not there.
            InvalidConfigError: The configuration of one does not fit.
            ResourceFunctionError: One can't be set up.
        """
        return self.ready(node, node.definition.required_resource_keys if node.definition else (), str(node.key))

    def ready(self, owner: Any, required: Iterable[str], name: str) -> Resources:
        """Return the resources that something sees; those that it requires are set up.

        Args:
            owner: The asset or the check.
            required: The keys of what it requires.
            name: What it is called, for errors.

        Raises:
            UnknownResourceError: One is not there.
            InvalidConfigError: The configuration of one does not fit.
            ResourceFunctionError: One can't be set up.
        """
        resources = self.of(owner)
        wanted = sorted(required)
        for key in wanted:
            if key not in resources:
                raise UnknownResourceError(
                    f"{name} needs the resource {key!r}, which is not given; add resources={{{key!r}: ...}}, or bind "
                    f"here = Definitions(resources={{{key!r}: ...}}) in a cell."
                    f"{did_you_mean(key, resources)}"
                )
        for key in wanted:
            resources[key]
        return resources

    def schemas(self) -> dict[str, Any]:
        """Return what the configuration of each resource looks like, by key; None where it takes none."""
        found = self._definitions
        return {key: found[key].config_schema if key in found else None for key in self._things}

    def output_schema(self, node: AssetNode) -> Any:
        """Return what the IO manager of an asset wants to be told for its output; None where that is nothing."""
        found = definition_of(self.things_of(node).get(node.io_manager_key or DEFAULT_IO_MANAGER_KEY))
        return getattr(found, "output_config_schema", None)

    def input_schema(self, upstream: AssetNode, dependency: Dependency) -> Any:
        """Return what that which loads an input wants to be told for it; None where that is nothing."""
        key = dependency.input_manager_key or upstream.io_manager_key or DEFAULT_IO_MANAGER_KEY
        return getattr(definition_of(self.things_of(upstream).get(key)), "input_config_schema", None)

    def needed(self, nodes: Iterable[AssetNode], looking: Iterable[Any] = ()) -> set[str]:
        """Return the keys of the resources that are needed: by some assets, by what looks at some, and by these."""
        found: set[str] = set()
        for each in looking:
            self._take_needed(found, self.things_of(each), each.required_resource_keys)
        for node in nodes:
            wanted = [*(node.definition.required_resource_keys if node.definition else ()), node.io_manager_key]
            wanted += [dependency.input_manager_key for dependency in node.dependencies]
            self._take_needed(found, self.things_of(node), wanted)
        return found

    @staticmethod
    def _take_needed(found: set[str], things: Mapping[str, object], keys: Iterable[str | None]) -> None:
        wanted = list(keys)
        while wanted:
            key = wanted.pop()
            if key is None or key in found or key not in things:
                continue
            found.add(key)
            definition = definition_of(things[key])
            wanted += definition.required_resource_keys if definition is not None else ()

    def close(self) -> None:
        """Tear down what was set up, in reverse; what is asked for later is set up anew."""
        self._setup.close()


def _has_ends(definition: Any) -> bool:
    """Whether it is an IO manager that wants to be told something for each output, or input."""
    schemas = (getattr(definition, f"{end}_config_schema", None) for end in ("output", "input"))
    return any(schema is not None for schema in schemas)
