"""Definitions: assets together with the resources that they use, and jobs over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from notebook_assets.assets import (
    AssetCheckKey,
    AssetChecksDefinition,
    AssetGraph,
    AssetNode,
    AssetsDefinition,
    AssetSpec,
)
from notebook_assets.definitions.argument_checks import (
    check_definitions,
    check_executor_def,
    listed,
    merged_entry,
    merged_mapping,
)
from notebook_assets.definitions.descriptions import described
from notebook_assets.definitions.jobs_by_name import JobsByName, named_jobs
from notebook_assets.definitions.loaded_values import LoadedValues
from notebook_assets.definitions.respecified import SpecFunction, map_asset_specs
from notebook_assets.definitions.validation import check_resources
from notebook_assets.errors import InvalidDefinitionError, UnknownUpstreamError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.shown import SelfShown
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
        executor: Kept, for ``materialize(..., executor=definitions.executor)``.
        loggers: Kept.
        asset_checks: Checks made by ``@asset_check`` and its like.
        metadata: What is said of the set as a whole.
        component_tree: Ignored; only for code that gives it.
        known: Specs of further assets that may be named as upstream (those that the store knows).

    Raises:
        InvalidDefinitionError: The assets don't fit together: one key twice, a circle; or two jobs have one name. An
            unknown upstream asset is an error only when something is asked that needs it: what it is may be in other
            definitions, with which these are merged.

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
        check_definitions(assets, resources, asset_checks, metadata, loggers)
        self.assets = tuple(assets or ())
        self.schedules = listed(schedules, "schedules")
        self.sensors = listed(sensors, "sensors")
        self.jobs = tuple(named_jobs(jobs).values())
        self.resources = dict(resources or {})
        check_executor_def(executor, "Definitions: executor")
        self.executor = executor
        self.loggers = dict(loggers or {})
        self.asset_checks = tuple(asset_checks or ())
        self.metadata = normalize_metadata(metadata, "metadata of Definitions")
        self._known = tuple(known)
        self._graph: AssetGraph | None = None
        self.problem: UnknownUpstreamError | None = None
        """What is not there, and what needs it; else None."""
        try:
            self._graph = AssetGraph((*self.assets, *self.asset_checks), self._known)
        except UnknownUpstreamError as error:
            self.problem = error.with_traceback(None)

    @property
    def graph(self) -> AssetGraph:
        """The assets and what depends on what.

        Raises:
            UnknownUpstreamError: An asset needs another one, or a check is of one, that is not there.
        """
        if self._graph is None:
            raise type(self.problem)(*self.problem.args) if self.problem is not None else AssertionError
        return self._graph

    @graph.setter
    def graph(self, graph: AssetGraph) -> None:
        self._graph, self.problem = graph, None

    @property
    def sound_graph(self) -> AssetGraph:
        """The same without the assets that need what is not there; its ``problems`` say so."""
        if self._graph is not None:
            return self._graph
        return AssetGraph.sound((*self.assets, *self.asset_checks), self._known)

    @classmethod
    def sound(
        cls,
        assets: Iterable[object],
        *,
        resources: Mapping[str, object] | None = None,
        graph: AssetGraph,
    ) -> Definitions:
        """Return those of ``assets`` that fit together.

        Args:
            assets: Definitions, source assets, specs and checks.
            resources: Objects by resource key.
            graph: What :meth:`AssetGraph.sound` made of them; its ``problems`` say why some do not fit.
        """
        made = cls(resources=resources)
        made.graph = graph
        unfit = graph.problems.keys()
        made.assets = tuple(thing for thing in assets if not (unfit and _keys_of(thing) & unfit))
        return made

    def descriptions(self, notebook: str | None = None) -> list[AssetDescription]:
        """Return what the store keeps of each asset, so that its values load without its definition."""
        return described(self.graph, notebook)

    @staticmethod
    def validate_loadable(defs: Definitions) -> None:
        """Raise an error if something is wrong with definitions that only running them would show; nothing is set up.

        Raises:
            UnknownUpstreamError: An asset needs another one, or a check is of one, that is not there.
            UnknownResourceError: An asset, a check or a job needs a resource or an IO manager that is not given.
            InvalidDefinitionError: A job selects nothing that can be made, or assets of different partitions.

        >>> Definitions.validate_loadable(Definitions())
        """
        check_resources(defs)

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

    def get_asset_checks_def(self, key: AssetCheckKey) -> AssetChecksDefinition:
        """Return the definition that carries out a check.

        Raises:
            UnknownAssetError: There is no such check.
            InvalidDefinitionError: The function of its asset does.
        """
        found = self.graph.checks.definition(key)
        if found is None:
            raise InvalidDefinitionError(f"{key.to_user_string()} is carried out by the function of {key.asset_key}.")
        return found

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

    def with_definition_metadata_update(self, update: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Definitions:
        """Return the same definitions with other metadata of the set as a whole.

        Args:
            update: Gets the metadata and gives the new one.
        """
        found = self._with_assets(self.assets)
        found.metadata = normalize_metadata(update(self.metadata), "metadata of Definitions")
        return found

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
            known=self._known,
        )

    @staticmethod
    def merge(*definitions: Definitions) -> Definitions:
        """Return one set of definitions with all that is in any.

        Raises:
            InvalidDefinitionError: Two have different resources or loggers of one key or different executors, or the
                assets don't fit together.

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
            {name: value for entry in definitions for name, value in entry.metadata.items()},
            known=[spec for entry in definitions for spec in entry._known],
        )

    def __repr__(self) -> str:
        return f"Definitions({', '.join(key.to_user_string() for key in self.sound_graph.order)})"


def _keys_of(thing: object) -> set[AssetKey]:
    return {node.key for node in AssetNode.all_of(thing)}
