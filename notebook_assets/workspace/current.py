"""What there is right now: the definitions of this notebook, and the store of this folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from notebook_assets.assets import AssetGraph, AssetsDefinition, AssetSpec, ObservableSources, SourceAsset, is_checks
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis.no_garbage import no_garbage
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import partition_kinds
from notebook_assets.partitions.loading_context import set_store_here
from notebook_assets.store import AssetDescription, Instance
from notebook_assets.store.stored_definitions import stored_definition
from notebook_assets.workspace.bound_checks import check_once, newest
from notebook_assets.workspace.catalogue import Catalogue
from notebook_assets.workspace.died_runs import say_once_what_died
from notebook_assets.workspace.own_keys import own_keys
from notebook_assets.workspace.sound_graphs import SoundGraphs
from notebook_assets.workspace.usable import usable_definitions


class Workspace:
    """The catalogue of a notebook together with the store that its values are kept in.

    Args:
        namespace: Gives the notebook's namespace; by default that of the script that runs.
    """

    def __init__(self, namespace: Callable[[], Mapping[str, Any]] = lambda: vars(sys.modules["__main__"])) -> None:
        self.namespace = namespace
        self._catalogue = Catalogue()
        self._graphs = SoundGraphs()

    @property
    def catalogue(self) -> Catalogue:
        """The definitions, in step with the namespace."""
        self._catalogue.refresh(self.namespace())
        return self._catalogue

    def instance(self) -> Instance:
        """Return the store of the working directory (or of ``NOTEBOOK_ASSETS_HOME``), opened once."""
        store = Instance.get()
        say_once_what_died(store)
        return store

    def definitions(self, extra: Iterable[object] = (), instance: Instance | None = None) -> Definitions:
        """Return the definitions of the notebook, those in ``extra`` over them, and what the store knows besides.

        Definitions that don't fit the others are left out, and named with the reason in ``graph.problems``.

        Args:
            extra: Definitions that need not be bound to a name; they win over those of the same key.
            instance: The store whose assets may be named as upstream; by default this workspace's.

        Raises:
            InvalidDefinitionError: ``extra`` has two checks of one asset and name.
        """
        given = [each for thing in extra for each in _parts(thing)]
        checks = [thing for thing in given if is_checks(thing)]
        check_once(checks)
        given = [thing for thing in given if not is_checks(thing)]
        catalogue = self.catalogue
        own = {key for thing in given for key in own_keys(thing)}
        assets = [*(thing for thing in catalogue.assets() if own.isdisjoint(own_keys(thing))), *given]
        assets += newest([*catalogue.checks(), *checks])
        store = instance or self.instance()
        with no_garbage():
            known, unreadable = _known(store)
            found, unusable = usable_definitions(assets, catalogue.resources, known, store, self._graphs)
        reasons = {**unreadable, **unusable}
        found.graph.problems = {
            **unusable,
            **{
                key: reasons.get(getattr(problem, "missing", key), problem)
                for key, problem in found.graph.problems.items()
            },
        }
        return found

    def notebook(self) -> str | None:
        """Return the name of the notebook, where the front end tells it."""
        told = self.namespace().get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        return Path(str(told)).name if told else None


def _parts(thing: object) -> Iterable[object]:
    """Return the sources that one function observes, each by itself; anything else as it is."""
    return thing.sources if isinstance(thing, ObservableSources) else (thing,)


def graph_and_store(
    definitions: Definitions | None = None, instance: Instance | None = None, assets: object = None
) -> tuple[AssetGraph, Instance]:
    """Return the graph, settled, and the store that a function works on: those given, else the workspace's.

    Args:
        definitions: The assets.
        instance: The store.
        assets: What the function is asked about: definitions that are bound to no name of the notebook are known too.
    """
    here = workspace()
    store = instance or here.instance()
    graph = (definitions or here.definitions(_unbound(here, assets), store)).graph
    return graph.at(dynamic_partitions_store=store), store


def _unbound(here: Workspace, assets: object) -> list[object]:
    """Return those of some assets that are definitions which the notebook does not have, or has others instead of."""
    things = assets if isinstance(assets, list | tuple) else [assets]
    given = [each for each in things if isinstance(each, AssetsDefinition | SourceAsset | AssetSpec)]
    if not given:
        return []
    bound = here.catalogue.assets()
    keys = {key for thing in bound for key in own_keys(thing)}
    return [
        each
        for each in given
        if keys.isdisjoint(own_keys(each))
        or (isinstance(each, AssetsDefinition) and all(each is not other for other in bound))
    ]


def known_specs(instance: Instance) -> list[AssetSpec]:
    """Return a spec for every asset that a store knows, so that other notebooks' assets may be named as upstream.

    Those whose partitions can't be read from the store are left out.
    """
    return _known(instance)[0]


def _known(instance: Instance) -> tuple[list[AssetSpec], dict[AssetKey, InvalidDefinitionError]]:
    """Return the specs, and why there is none of an asset: one that can't be read must not stop the others."""
    specs, unreadable = [], {}
    kinds = partition_kinds()
    for description in instance.asset_descriptions().values():
        try:
            specs.append(_spec(description, kinds))
        except InvalidDefinitionError as error:
            unreadable[description.key] = error
    return specs, unreadable


@lru_cache(maxsize=16_384)  # all of a store's are asked for before each run
def _spec(description: AssetDescription, kinds: tuple[type, ...]) -> AssetSpec:
    """Return the spec; ``kinds`` are those that its partitions can be of, since a cell may define one anew."""
    return AssetSpec(
        description.key,
        description=description.description,
        group_name=description.group,
        metadata=description.metadata,
        partitions_def=stored_definition(description),
    )


_current = Workspace()
set_store_here(lambda: workspace().instance())


def workspace() -> Workspace:
    """Return the workspace of this process: the notebook's, once the extension is loaded."""
    return _current


def set_workspace(new: Workspace) -> None:
    """Make another workspace the current one."""
    global _current  # one notebook is one module: there is one workspace in a process
    _current = new
