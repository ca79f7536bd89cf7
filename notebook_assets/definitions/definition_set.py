"""Definitions: assets together with the resources that they use, and jobs over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode, AssetsDefinition, AssetSpec
from notebook_assets.definitions.argument_checks import check_definitions, merged_entry, merged_mapping
from notebook_assets.definitions.descriptions import described
from notebook_assets.definitions.jobs_by_name import JobsByName, named_jobs
from notebook_assets.definitions.loaded_values import LoadedValues
from notebook_assets.definitions.respecified import SpecFunction, map_asset_specs
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.run import ResourceScope
from notebook_assets.selection import AssetSelection
from notebook_assets.store import AssetDescription


class Definitions(LoadedValues, JobsByName, SelfShown):
    """A set of assets that belong together, the resources that they use, and jobs over them.

    Args:
        assets: Definitions made by ``@asset`` and its like, source assets and specs.
        schedules: Kept.
        sensors: Kept.
        jobs: Jobs made by :func:`define_asset_job` or ``@job``.
        resources: Objects by resource key; an IO manager under ``"io_manager"`` stores the values of all assets.
        executor: Kept; runs happen in this process.
        loggers: Kept.
        asset_checks: Checks made by ``@asset_check`` and its like.
        metadata: What is said of the set as a whole.
        component_tree: Ignored; only for code that gives it.
        known: Specs of further assets that may be named as upstream (those that the store knows).

    Raises:
        InvalidDefinitionError: The assets don't fit together: one key twice, an unknown upstream, a circle; or two
            jobs have one name.

    >>> from notebook_assets import asset
    >>> @asset
    ... def one():
    ...     return 1
    >>> Definitions([one]).graph.keys()
    dict_keys([AssetKey(['one'])])
    """

    def __init__(
        self,
        assets: Iterable[object] | None = None,
        schedules: Iterable[Any] | None = None,
        sensors: Iterable[Any] | None = None,
        jobs: Iterable[Any] | None = None,
        resources: Mapping[str, object] | None = None,
        executor: Any = None,
        loggers: Mapping[str, Any] | None = None,
        asset_checks: Iterable[Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        component_tree: object = None,
        *,
        known: Iterable[AssetSpec] = (),
    ) -> None:
        check_definitions(assets, resources, asset_checks, metadata)
        self.assets = tuple(assets or ())
        self.schedules = tuple(schedules or ())
        self.sensors = tuple(sensors or ())
        self.jobs = tuple(named_jobs(jobs).values())
        self.resources = dict(resources or {})
        self.executor = executor
        self.loggers = dict(loggers or {})
        self.asset_checks = tuple(asset_checks or ())
        self.metadata = normalize_metadata(metadata, "metadata of Definitions")
        self.graph = AssetGraph((*self.assets, *self.asset_checks), known)

    @classmethod
    def sound(
        cls,
        assets: Iterable[object],
        *,
        resources: Mapping[str, object] | None = None,
        known: Iterable[AssetSpec] = (),
    ) -> Definitions:
        """Return those of ``assets`` that fit together; ``graph.problems`` says why each of the others does not."""
        made = cls(resources=resources)
        made.graph = AssetGraph.sound(assets, known)
        made.assets = tuple(thing for thing in assets if not _keys_of(thing) & made.graph.problems.keys())
        return made

    def descriptions(self, notebook: str | None = None) -> list[AssetDescription]:
        """Return what the store keeps of each asset, so that its values load without its definition."""
        return described(self.graph, notebook)

    @staticmethod
    def validate_loadable(defs: Definitions) -> None:
        """Raise an error if something is wrong with definitions that only running them would show.

        Raises:
            UnknownResourceError: An asset needs a resource that is not given.
            InvalidDefinitionError: A job selects nothing that can be made, or assets of different partitions.

        >>> Definitions.validate_loadable(Definitions())
        """
        scope = ResourceScope(defs.graph, defs.resources)
        for node in defs.graph.nodes.values():
            if node.definition is not None:
                scope.checked(node)
        defs.resolve_all_job_defs()

    def resolve_asset_graph(self) -> AssetGraph:
        """Return the graph of the assets."""
        return self.graph

    def resolve_all_asset_keys(self) -> Sequence[AssetKey]:
        """Return the keys of all assets, also of those that are only named as upstream."""
        return list(self.graph.keys())

    def resolve_all_asset_specs(self) -> Sequence[AssetSpec]:
        """Return the specs of all assets, also of those that are only named as upstream."""
        return [node.spec for node in self.graph.nodes.values()]

    def resolve_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """Return the definition that makes an asset.

        Raises:
            UnknownAssetError: There is no such asset.
            InvalidDefinitionError: It is made elsewhere.
        """
        found = self.graph.node(key).definition
        if found is None:
            raise InvalidDefinitionError(f"{self.graph.node(key).key} is made elsewhere: no function makes it here.")
        return found

    def get_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """Return the definition that makes an asset, as :meth:`resolve_assets_def`."""
        return self.resolve_assets_def(key)

    def map_asset_specs(self, *, func: SpecFunction, selection: object = None) -> Definitions:
        """Return definitions whose specs a function has changed.

        Args:
            func: Gives the new spec for each; it may change anything but the key.
            selection: Not here: what the specs depend on is not known yet. :meth:`map_resolved_asset_specs` takes one.

        Raises:
            InvalidDefinitionError: The function changed a key or gave no spec, there is a source asset, or there is a
                selection.
        """
        if selection is not None:
            raise InvalidDefinitionError("map_asset_specs takes no selection; map_resolved_asset_specs does.")
        assets: Any = self.assets
        return self._with_assets(map_asset_specs(func, assets))

    def map_resolved_asset_specs(self, *, func: SpecFunction, selection: Any = None) -> Definitions:
        """Return definitions in which a function has changed the specs of a selection of assets, by default of all.

        Args:
            func: Gives the new spec for each; it may change anything but the key.
            selection: Which assets.

        Raises:
            InvalidDefinitionError: The function changed a key or gave no spec, or there is a source asset.
            UnknownAssetError: The selection names an asset that is not there.
        """
        every = AssetSelection.all(include_sources=True)
        chosen = (every if selection is None else AssetSelection.from_coercible(selection)).resolve(self.graph)
        assets: Any = self.assets
        return self._with_assets(map_asset_specs(lambda spec: func(spec) if spec.asset_key in chosen else spec, assets))

    def with_resources(self, resources: Mapping[str, object] | None) -> Definitions:
        """Return the same definitions with other resources beside their own.

        Raises:
            InvalidDefinitionError: One of that key is there already.
        """
        return Definitions.merge(self, Definitions(resources=resources)) if resources else self

    def _with_assets(self, assets: Iterable[object]) -> Definitions:
        return Definitions(
            list(assets),
            self.schedules,
            self.sensors,
            self.jobs,
            self.resources,
            self.executor,
            self.loggers,
            self.asset_checks,
            self.metadata,
        )

    @staticmethod
    def merge(*definitions: Definitions) -> Definitions:
        """Return one set of definitions with all that is in any.

        Raises:
            InvalidDefinitionError: Two have different resources, loggers or metadata of one key or different executors,
                or the assets don't fit together.

        >>> Definitions.merge(Definitions(), Definitions()).assets
        ()
        """
        for entry in definitions:
            if not isinstance(entry, Definitions):
                raise InvalidDefinitionError(f"Definitions are merged with Definitions; got {entry!r}.")
        return Definitions(
            [thing for entry in definitions for thing in entry.assets],
            [schedule for entry in definitions for schedule in entry.schedules],
            [sensor for entry in definitions for sensor in entry.sensors],
            [job for entry in definitions for job in entry.jobs],
            merged_mapping("resources", [entry.resources for entry in definitions]),
            merged_entry("executor", [entry.executor for entry in definitions]),
            merged_mapping("loggers", [entry.loggers for entry in definitions]),
            [check for entry in definitions for check in entry.asset_checks],
            merged_mapping("metadata", [entry.metadata for entry in definitions]),
        )

    def __repr__(self) -> str:
        return f"Definitions({', '.join(key.to_user_string() for key in self.graph.order)})"


def _keys_of(thing: object) -> set[AssetKey]:
    return {node.key for node in AssetNode.all_of(thing)}
