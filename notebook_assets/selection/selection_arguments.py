"""What the methods of AssetSelection are given: checked, and as keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from notebook_assets.errors import InvalidInvocationError, InvalidSelectionError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.selection.graph_view import AssetGraphView

graphs: Any = lazy_module("notebook_assets.assets")  # which stands on this; a list of assets is a graph only there


def check_texts(method: str, *given: object) -> None:
    """Raise InvalidSelectionError unless a method of AssetSelection got texts.

    >>> check_texts("groups", "raw")
    """
    for each in given:
        if not isinstance(each, str):
            raise InvalidSelectionError(
                f"AssetSelection.{method} takes texts; got {each!r} ({type(each).__name__}). For all assets there is "
                "AssetSelection.all()."
            )


def keys_of(value: Any) -> list[AssetKey]:
    """Return the keys for a key, a text, a list of parts, or a definition; none for checks.

    >>> keys_of("raw/daily")
    [AssetKey(['raw', 'daily'])]
    """
    if isinstance(value, AssetKey):
        return [value]
    if isinstance(value, str):
        return [AssetKey.from_user_string(value)]
    if hasattr(value, "__notebook_asset__"):
        return sorted(value.keys)
    if hasattr(value, "__notebook_check__"):
        return []
    return [AssetKey.from_coercible(value)]


def check_keys_of(value: Any) -> list[AssetCheckKey]:
    """Return the keys for the key of a check, or for a definition of checks or of assets with checks.

    Raises:
        InvalidSelectionError: It is something else.

    >>> [key.name for key in check_keys_of(AssetCheckKey(AssetKey("daily"), "rows"))]
    ['rows']
    """
    if isinstance(value, AssetCheckKey):
        return [value]
    if hasattr(value, "__notebook_check__"):
        return sorted(value.check_keys)
    if hasattr(value, "check_specs"):
        return [spec.key for spec in value.check_specs]
    raise InvalidSelectionError(
        f"AssetSelection.checks takes checks (made by @asset_check), or keys such as "
        f'AssetCheckKey(AssetKey("daily"), "no_nulls"); got {value!r}.'
    )


def checked_depth(depth: int | None) -> int | None:
    """Return a number of layers.

    Raises:
        InvalidInvocationError: It is none.

    >>> checked_depth(2)
    2
    """
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise InvalidInvocationError(
            f"A depth is a number of layers, 0 or more, or None for all of them; got {depth!r}."
        )
    return depth


def graph_of(assets: Any) -> Any:
    """Return the graph on which a selection is resolved.

    Args:
        assets: A graph; definitions or a repository, which have one; or a list of assets and checks, in which others
            may be named as upstream that are not in it.

    Raises:
        InvalidSelectionError: It is something else.

    >>> from notebook_assets import asset
    >>> @asset
    ... def daily(hourly): ...
    >>> sorted(key.to_user_string() for key in graph_of([daily]).keys())
    ['daily', 'hourly']
    """
    if hasattr(assets, "resolve_asset_graph"):
        return assets.resolve_asset_graph()
    if hasattr(assets, "parents") and hasattr(assets, "is_source"):
        return assets
    if isinstance(assets, Iterable) and not isinstance(assets, str):
        return _graph_of_list(list(assets))
    raise InvalidSelectionError(
        "A selection is resolved on assets: Definitions, a repository, a graph, or a list of assets; got "
        f"{assets!r} ({type(assets).__name__})."
    )


def _graph_of_list(listed: list[Any]) -> AssetGraphView:
    for each in listed:
        is_definition = hasattr(each, "__notebook_asset__") or hasattr(each, "__notebook_check__")
        if not is_definition and not isinstance(each, graphs.AssetSpec):
            raise InvalidSelectionError(f"A selection is resolved on a list of assets; {each!r} in it is none.")
    known = {key: None for each in listed for key in _named(each)}
    graph: AssetGraphView = graphs.AssetGraph(listed, [graphs.AssetSpec(key) for key in known])
    return graph


def _named(definition: Any) -> Iterable[AssetKey]:
    """Return the keys that a definition depends on, or checks."""
    if isinstance(definition, graphs.AssetSpec):
        return [dep.asset_key for dep in definition.deps]
    return getattr(definition, "dependency_keys", ())
