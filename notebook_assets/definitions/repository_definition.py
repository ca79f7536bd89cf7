"""@repository: a function that lists definitions becomes a set of definitions with a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import update_wrapper
from typing import Any, overload

from notebook_assets.assets import (
    AssetCheckKey,
    AssetChecksDefinition,
    AssetGraph,
    AssetsDefinition,
    AssetSpec,
    SourceAsset,
)
from notebook_assets.definitions.definition_set import Definitions
from notebook_assets.definitions.jobs_by_name import named_jobs
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.arguments import check_text


class RepositoryDefinition(Definitions):
    """Definitions with a name, as :func:`repository` makes them; values load from it as from :class:`Definitions`.

    Args:
        name: Its name.
        definitions: Assets, source assets, specs and jobs; lists of them count as what is in them.
        description: For people to read.
        metadata: What is said of it as a whole.
        resources: Objects by resource key.

    Raises:
        InvalidDefinitionError: Something in it is of another kind, or the assets don't fit together.

    >>> RepositoryDefinition("weather", [SourceAsset("stations")]).source_assets_by_key
    {AssetKey(['stations']): <source asset stations>}
    """

    def __init__(
        self,
        name: str,
        definitions: Iterable[Any],
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        resources: Mapping[str, object] | None = None,
    ) -> None:
        check_text(name, "A repository: name", '"weather"')
        things = _flat(definitions)
        assets = [thing for thing in things if isinstance(thing, AssetsDefinition | SourceAsset | AssetSpec)]
        others = [thing for thing in things if not isinstance(thing, AssetsDefinition | SourceAsset | AssetSpec)]
        checks = [thing for thing in others if hasattr(thing, "check_specs")]
        jobs = [thing for thing in others if thing not in checks]
        super().__init__(assets, jobs=jobs, resources=resources, asset_checks=checks, metadata=metadata)
        self.name = name
        self.description = description

    @property
    def assets_defs_by_key(self) -> dict[AssetKey, AssetsDefinition]:
        """The definition that makes each asset."""
        return {key: node.definition for key, node in self.graph.nodes.items() if node.definition is not None}

    @property
    def source_assets_by_key(self) -> dict[AssetKey, SourceAsset]:
        """The source assets."""
        return {key: node.source for key, node in self.graph.nodes.items() if node.source is not None}

    @property
    def asset_graph(self) -> AssetGraph:
        """The assets and what depends on what."""
        return self.graph

    @property
    def asset_checks_defs_by_key(self) -> dict[AssetCheckKey, AssetChecksDefinition]:
        """The definition that carries out each check that has a function of its own."""
        return {key: made_by for made_by in self.graph.checks.definitions for key in made_by.check_keys}

    def get_top_level_resources(self) -> Mapping[str, object]:
        """Return its resources, by key."""
        return self.resources

    def load_all_definitions(self) -> None:
        """Raise an error if something is wrong, as :meth:`Definitions.validate_loadable` does."""
        Definitions.validate_loadable(self)

    @property
    def job_names(self) -> list[str]:
        """The names of its jobs."""
        return list(named_jobs(self.jobs))

    def has_job(self, name: str) -> bool:
        """Whether it has a job of that name."""
        return name in named_jobs(self.jobs)

    def get_job(self, name: str) -> Any:
        """Return a job that can be run, as :meth:`resolve_job_def`."""
        return self.resolve_job_def(name)

    def get_all_jobs(self) -> Sequence[Any]:
        """Return all jobs that were given, such that they can be run."""
        return self.resolve_all_job_defs()

    def __repr__(self) -> str:
        return f"<repository {self.name}: {', '.join(key.to_user_string() for key in self.sound_graph.order)}>"


@overload
def repository(definitions_fn: Callable[[], Iterable[Any]], /) -> RepositoryDefinition: ...
@overload
def repository(
    definitions_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    default_executor_def: Any = None,
    default_logger_defs: Mapping[str, Any] | None = None,
) -> Callable[[Callable[[], Iterable[Any]]], RepositoryDefinition]: ...
def repository(
    definitions_fn: Callable[[], Iterable[Any]] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    default_executor_def: Any = None,
    default_logger_defs: Mapping[str, Any] | None = None,
) -> RepositoryDefinition | Callable[[Callable[[], Iterable[Any]]], RepositoryDefinition]:
    """Decorate a function that returns a list of definitions: assets, jobs, lists of them.

    Args:
        definitions_fn: The function, when the decorator is used without parentheses.
        name: The repository's name; by default the function's.
        description: For people to read; by default the function's docstring.
        metadata: What is said of it as a whole.
        default_executor_def: Kept; runs happen in this process.
        default_logger_defs: Kept.

    Raises:
        InvalidDefinitionError: The function gives something else, or the assets don't fit together.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> @repository
    ... def repo():
    ...     return [numbers]
    >>> store = Instance.ephemeral()
    >>> _ = materialize([numbers], instance=store, progress=False)
    >>> repo.load_asset_value("numbers", instance=store)
    [1, 2, 3]
    """

    def define(function: Callable[[], Iterable[Any]]) -> RepositoryDefinition:
        found: Any = function()
        found = _jobs_of(found) if isinstance(found, Mapping) and "jobs" in found else found
        if isinstance(found, str | Mapping) or not isinstance(found, Iterable):
            raise InvalidDefinitionError(f"The function of a repository returns a list of definitions; got {found!r}.")
        own_name = name or str(getattr(function, "__name__", "repository"))
        made = RepositoryDefinition(own_name, found, description or function.__doc__, metadata)
        made.executor, made.loggers = default_executor_def, dict(default_logger_defs or {})
        update_wrapper(made, function, updated=())  # type: ignore[arg-type]  # so that help() shows the function's name
        return made

    return define if definitions_fn is None else define(definitions_fn)


def _jobs_of(sections: Mapping[str, Any]) -> list[Any]:
    """Return the jobs of a repository in the form of a dict, where they, or functions that give them, stand by name."""
    return [each if hasattr(each, "name") else each() for each in sections["jobs"].values()]


def _flat(definitions: Iterable[Any]) -> list[Any]:
    """Return what is in a list and in the lists in it, each thing once."""
    found: dict[int, Any] = {}
    for thing in definitions:
        for each in _flat(thing) if isinstance(thing, list | tuple) else [thing]:
            found.setdefault(id(each), each)
    return list(found.values())
