"""The definitions that can be used now: one that fails must not stop work on all the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from notebook_assets.assets import AssetGraph, AssetSpec, is_checks
from notebook_assets.definitions import Definitions
from notebook_assets.diagnosis import input_links
from notebook_assets.errors import InvalidDefinitionError, InvalidMappingError
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance
from notebook_assets.workspace.own_keys import own_keys
from notebook_assets.workspace.sound_graphs import SoundGraphs

Problems = dict[AssetKey, InvalidDefinitionError]


def usable_definitions(
    assets: Iterable[Any],
    resources: Mapping[str, object],
    known: Iterable[AssetSpec],
    instance: Instance,
    graphs: SoundGraphs,
) -> tuple[Definitions, Problems]:
    """Return the definitions that fit together and whose code for partitions and mappings does not fail today.

    Args:
        assets: All definitions.
        resources: Their resources.
        known: Specs of what the store knows besides.
        instance: The store, which knows dynamic keys.
        graphs: Makes graphs, and remembers the last one.

    Returns:
        The definitions, whose ``graph.problems`` say why others don't fit; and why the code of others fails.
    """
    given, specs = list(assets), list(known)
    problems = _keyless(given, instance)
    while True:
        sound = [thing for thing in given if not any(key in problems for key in own_keys(thing))] if problems else given
        found = Definitions.sound(sound, resources=resources, graph=graphs.of(sound, specs))
        failing = _unlinked(found.graph, instance)
        if not failing:
            return found, problems
        problems |= failing


def _keyless(assets: Iterable[Any], instance: Instance) -> Problems:
    """Return why the partition keys of an asset can't be told now: the function that gives them may fail."""
    found: Problems = {}
    for thing in assets:
        if is_checks(thing):
            continue
        specs = getattr(thing, "specs", (thing,))
        try:
            for definition in {id(each.partitions_def): each.partitions_def for each in specs}.values():
                if definition is not None:
                    definition.settled(None, instance)
        except InvalidDefinitionError as error:
            names = ", ".join(str(key) for key in own_keys(thing))
            reason = InvalidDefinitionError(f"The partitions of {names} can't be told: {error}")
            reason.__cause__ = error.__cause__
            found.update((key, reason) for key in own_keys(thing))
    return found


def _unlinked(graph: AssetGraph, instance: Instance) -> Problems:
    """Return why a custom mapping can't say what an asset needs; what it says is kept, and need not be asked again."""
    asked = [
        (node, dependency)
        for node in graph.nodes.values()
        for dependency in node.dependencies
        if dependency.mapping is not None and dependency.mapping.code_functions()
    ]
    found: Problems = {}
    nodes = graph.at(dynamic_partitions_store=instance).nodes if asked else {}
    for node, dependency in asked:
        try:
            input_links(nodes[node.key], dependency, nodes[dependency.key])
        except InvalidMappingError as error:
            found[node.key] = error
    return found
