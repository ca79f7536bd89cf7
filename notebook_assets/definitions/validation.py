"""What is looked at before definitions are run: whether all resources that are needed are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, AssetGraph, AssetNode
from notebook_assets.errors import UnknownResourceError, did_you_mean

if TYPE_CHECKING:
    from notebook_assets.definitions.definition_set import Definitions


def check_resources(definitions: Definitions) -> None:
    """Raise an error unless all resources are there that assets, checks and jobs of ops need; none is set up.

    Args:
        definitions: What needs them, and gives them.

    Raises:
        UnknownResourceError: One is not there; near matches are named.

    >>> from notebook_assets import Definitions, asset
    >>> @asset(required_resource_keys={"database"})
    ... def rows(): ...
    >>> check_resources(Definitions([rows], resources={"databse": 1}))
    Traceback (most recent call last):
    notebook_assets.errors.UnknownResourceError: rows needs the resource 'database', which is not given; add \
resources={'database': ...}. Did you mean 'databse'?
    """
    given = {**_brought(definitions.graph), **definitions.resources}
    for name, keys, own in _needs(definitions.graph):
        _check(name, keys, {**given, **own}, "the resource")
    for node in definitions.graph.nodes.values():
        _check(node.key.to_user_string(), _managers(node), {**given, **node.resource_defs}, "the IO manager")
    for job in definitions.resolve_all_job_defs():
        things = {**given, **getattr(job, "resource_defs", {})}
        _check(f"the job {job.name!r}", getattr(job, "required_resource_keys", ()), things, "the resource")


def _brought(graph: AssetGraph) -> dict[str, object]:
    """Return the resources that definitions bring along."""
    made_by: list[Any] = [*graph.checks.definitions, *graph.nodes.values()]
    return {key: thing for each in made_by for key, thing in each.resource_defs.items()}


def _needs(graph: AssetGraph) -> Iterator[tuple[str, Iterable[str], Mapping[str, object]]]:
    """Yield what needs resources: its name, what it needs, and what it brings along itself."""
    for node in graph.nodes.values():
        if node.definition is not None:
            yield node.key.to_user_string(), node.definition.required_resource_keys, node.resource_defs
    for checks in graph.checks.definitions:
        names = ", ".join(spec.key.to_user_string() for spec in checks.specs)
        yield f"the check {names}", checks.required_resource_keys, checks.resource_defs


def _managers(node: AssetNode) -> set[str]:
    """Return the IO managers that are needed to make an asset."""
    if node.definition is None:
        return set()
    own = set() if node.definition.stores_by_itself else {node.io_manager_key}
    found = {*own, *(dependency.input_manager_key for dependency in node.dependencies)}
    return {key for key in found if key not in (None, DEFAULT_IO_MANAGER_KEY)}


def _check(name: str, keys: Iterable[str], things: Mapping[str, object], kind: str) -> None:
    for key in sorted(keys):
        if key not in things:
            raise UnknownResourceError(
                f"{name} needs {kind} {key!r}, which is not given; add resources={{{key!r}: ...}}."
                f"{did_you_mean(key, things)}"
            )
