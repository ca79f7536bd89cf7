"""Parts of a selection that name checks, and which checks a selection chooses."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from notebook_assets.errors import UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.selection.expressions import Expression
from notebook_assets.selection.graph_view import AssetGraphView
from notebook_assets.selection.operators import Intersection, OfOne, Union, Without
from notebook_assets.selection.written_forms import Writing, quoted


class ChecksView(Protocol):
    """The checks of a graph, as far as selections need them."""

    def keys(self) -> Collection[AssetCheckKey]:
        """All checks."""

    def of(self, key: AssetKey) -> Collection[AssetCheckKey]:
        """The checks of one asset."""


class CheckedGraphView(AssetGraphView, Protocol):
    """A graph of assets that knows their checks."""

    @property
    def checks(self) -> ChecksView:
        """The checks."""


class OfChecks(Expression):
    """The base of what selects checks and no assets."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return set()

    def _leaves(self) -> Iterator[Expression]:
        return iter(())

    @property
    def _selects_made(self) -> bool:
        return False  # checks of source assets may be among them

    def checks(self, graph: CheckedGraphView) -> set[AssetCheckKey]:
        """Return the checks that it selects."""
        raise NotImplementedError


@dataclass(frozen=True)
class AllChecks(OfChecks):
    """All checks of all assets."""

    def checks(self, graph: CheckedGraphView) -> set[AssetCheckKey]:
        """Return all checks."""
        return set(graph.checks.keys())

    def _text(self, how: Writing) -> str:
        return "all_asset_checks()"


@dataclass(frozen=True)
class ChecksOfAssets(OfChecks):
    """The checks of some assets."""

    assets: tuple[AssetKey, ...]

    def checks(self, graph: CheckedGraphView) -> set[AssetCheckKey]:
        """Return the checks of the assets."""
        return {key for asset in self.assets for key in graph.checks.of(asset)}

    def _text(self, how: Writing) -> str:
        return f"checks_for_assets({', '.join(quoted(key.to_escaped_user_string()) for key in self.assets)})"


@dataclass(frozen=True)
class NamedChecks(OfChecks):
    """Checks by their keys, which must exist."""

    keys: tuple[AssetCheckKey, ...]

    def checks(self, graph: CheckedGraphView) -> set[AssetCheckKey]:
        """Return the checks.

        Raises:
            UnknownAssetError: One of them does not exist; near matches are named.
        """
        known = graph.checks.keys()
        for key in self.keys:
            if key not in known:
                asked = key.to_user_string()
                near = did_you_mean(asked, [other.to_user_string() for other in known])
                raise UnknownAssetError(f"There is no check {asked!r}.{near}")
        return set(self.keys)

    def known(self, graph: Any) -> NamedChecks:
        """Return those that are in the graph."""
        return NamedChecks(tuple(key for key in self.keys if key in graph.checks.keys()))  # noqa: SIM118

    def _text(self, how: Writing) -> str:
        names = (f"{quoted(key.asset_key.to_escaped_user_string())}:{quoted(key.name)}" for key in self.keys)
        return f"checks({', '.join(names)})"


@dataclass(frozen=True)
class WithoutChecks(OfOne):
    """What a part selects, without any checks."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return self.child.resolve(graph)

    def _text(self, how: Writing) -> str:
        return f"without_checks({self.child.text(how)})"


def checks_of(expression: Expression, graph: CheckedGraphView) -> set[AssetCheckKey]:
    """Return the checks that a selection chooses: those that it names, and those of the assets that it selects.

    >>> from notebook_assets import AssetSpec
    >>> from notebook_assets.assets import AssetGraph
    >>> checks_of(AllChecks(), AssetGraph([AssetSpec("daily")]))
    set()
    """
    if isinstance(expression, OfChecks):
        return expression.checks(graph)
    if isinstance(expression, WithoutChecks):
        return set()
    if isinstance(expression, Union):
        return set().union(*(checks_of(part, graph) for part in expression.parts))
    if isinstance(expression, Intersection):
        first, *others = (checks_of(part, graph) for part in expression.parts)
        return first.intersection(*others)
    if isinstance(expression, Without):
        return checks_of(expression.left, graph) - checks_of(expression.right, graph)
    return {check for key in expression.resolve(graph) for check in graph.checks.of(key)}
