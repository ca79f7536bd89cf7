"""Names that are no assets but something else that is there: functions that make several, and jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from notebook_assets.assets import AssetGraph
from notebook_assets.definitions import AssetJob, UnresolvedAssetJobDefinition
from notebook_assets.errors import UnknownAssetError
from notebook_assets.keys import AssetKey
from notebook_assets.ops import JobDefinition


def of_something_else(text: str, graph: AssetGraph, namespace: Mapping[str, Any]) -> UnknownAssetError | None:
    """Return the error for a text that names no asset but a function that makes some, or a job; None if neither.

    Args:
        text: A name, or a selection that does not resolve.
        graph: All assets.
        namespace: The notebook's variables, in which jobs are.

    >>> from notebook_assets import AssetSpec, multi_asset
    >>> @multi_asset(specs=[AssetSpec("customers"), AssetSpec("items")])
    ... def load(): ...
    >>> print(of_something_else("load", AssetGraph([load]), {}))
    There is no asset 'load'. The function load makes customers and items; choose these by 'customers or items'.
    """
    for name, keys in _makers(graph):
        if _is_named(name, text):
            names = [key.to_user_string() for key in keys]
            how = "this" if len(names) == 1 else "these"
            return UnknownAssetError(
                f"There is no asset {name!r}. The function {name} makes {_listed(names)}; choose {how} by "
                f"{' or '.join(names)!r}."
            )
    for variable, job in list(namespace.items()):
        if isinstance(job, UnresolvedAssetJobDefinition | AssetJob | JobDefinition) and not variable.startswith("_"):
            known = next((each for each in (variable, job.name) if _is_named(each, text)), None)
            if known is not None:
                return UnknownAssetError(f"There is no asset {known!r}. {_how_to_run(variable, job)}")
    return None


def _how_to_run(variable: str, job: Any) -> str:
    if not isinstance(job, UnresolvedAssetJobDefinition):
        return f"It is a job: {variable}.execute_in_process() runs it."
    return (
        f"It is a job over {job.selection}, which %materialize takes, too. As a job: "
        f"Definitions(assets=[...], jobs=[{variable}]).resolve_job_def({job.name!r}).execute_in_process()."
    )


def _makers(graph: AssetGraph) -> Iterator[tuple[str, list[AssetKey]]]:
    """The names of functions that are no keys, each with the assets that it makes."""
    found: dict[str, list[AssetKey]] = {}
    for key in graph.order:
        definition = graph.nodes[key].definition
        names = {getattr(definition, "name", None), getattr(getattr(definition, "fn", None), "__name__", None)}
        for name in names:
            if isinstance(name, str) and name.isidentifier() and AssetKey([name]) not in graph.nodes:
                found.setdefault(name, []).append(key)
    yield from found.items()


def _is_named(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w/.:-]){re.escape(name)}(?![\w/.:-])", text) is not None


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
