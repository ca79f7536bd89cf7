"""AssetSelection: which assets, written as Python or as text."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from notebook_assets.errors import InvalidSelectionError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.selection import operators
from notebook_assets.selection.check_expressions import (
    AllChecks,
    CheckedGraphView,
    ChecksOfAssets,
    NamedChecks,
    WithoutChecks,
    checks_of,
)
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.selection.expressions import (
    All,
    Attribute,
    Expression,
    KeyPrefixes,
    Keys,
    KeySubstring,
    unmatched,
)
from notebook_assets.selection.graph_view import AssetGraphView
from notebook_assets.selection.operators import without_unknown
from notebook_assets.selection.parser import parse_selection, split_tag
from notebook_assets.selection.selection_arguments import check_keys_of, check_texts, checked_depth, graph_of, keys_of
from notebook_assets.selection.written_forms import Writing, escaped


class _Asset(Protocol):
    """A definition of one or more assets."""

    @property
    def keys(self) -> Collection[AssetKey]: ...


CoercibleToAssetSelection: TypeAlias = "AssetSelection | str | AssetKey | Sequence[Any] | _Asset"


@dataclass(frozen=True)
class AssetSelection(SelfShown):
    """A query over assets: made by the static methods, from text, or from others with ``|``, ``&``, ``-`` and methods.

    >>> marketing = AssetSelection.groups("marketing") & AssetSelection.assets("leads").downstream()
    >>> str(marketing)
    'group:"marketing" and key:"leads"+'
    >>> AssetSelection.from_string("*leads and not group:raw").to_string()
    '+key:"leads" and not group:"raw"'
    """

    expression: Expression

    @staticmethod
    def all(include_sources: bool = False) -> AssetSelection:
        """Select all assets; source assets only where ``include_sources`` asks for them."""
        return AssetSelection(All(include_sources))

    @staticmethod
    def assets(*assets_defs: Any) -> AssetSelection:
        """Select assets by key (a key, a string, a list of parts) or definition; each must exist in the graph.

        >>> str(AssetSelection.assets("a", ["warehouse", "b"]))
        'key:"a" or key:"warehouse/b"'
        """
        return AssetSelection(Keys(tuple(dict.fromkeys(key for each in assets_defs for key in keys_of(each)))))

    @staticmethod
    def all_asset_checks() -> AssetSelection:
        """Select all checks, and no assets."""
        return AssetSelection(AllChecks())

    @staticmethod
    def checks_for_assets(*assets_defs: Any) -> AssetSelection:
        """Select the checks of assets, and no assets; the assets are given as for :meth:`assets`."""
        return AssetSelection(ChecksOfAssets(tuple(key for each in assets_defs for key in keys_of(each))))

    @staticmethod
    def checks(*assets_defs_or_check_keys: Any) -> AssetSelection:
        """Select checks by key, or those of definitions; each must exist in the graph.

        Raises:
            InvalidSelectionError: Something is neither.

        >>> from notebook_assets import AssetCheckKey
        >>> str(AssetSelection.checks(AssetCheckKey(AssetKey("daily"), "no_nulls")))
        'checks("daily":"no_nulls")'
        """
        return AssetSelection(
            NamedChecks(tuple(key for each in assets_defs_or_check_keys for key in check_keys_of(each)))
        )

    @staticmethod
    def keys(*asset_keys: Any) -> AssetSelection:
        """Select assets by key. Deprecated: use :meth:`assets`."""
        warnings.warn("AssetSelection.keys is deprecated: use AssetSelection.assets.", DeprecationWarning, stacklevel=2)
        return AssetSelection.assets(*asset_keys)

    @staticmethod
    def key_prefixes(*key_prefixes: str | Sequence[str], include_sources: bool = False) -> AssetSelection:
        """Select assets whose key begins with any of the prefixes, each a part or a list of parts."""
        for each in key_prefixes:
            if not isinstance(each, str):
                check_texts("key_prefixes", *(each if isinstance(each, Sequence) else (each,)))
        prefixes = tuple((each,) if isinstance(each, str) else tuple(each) for each in key_prefixes)
        return AssetSelection(KeyPrefixes(prefixes, include_sources))

    @staticmethod
    def key_substring(key_substring: str, include_sources: bool = False) -> AssetSelection:
        """Select assets whose key, with its parts joined by slashes, holds a text."""
        check_texts("key_substring", key_substring)
        return AssetSelection(KeySubstring(key_substring, include_sources))

    @staticmethod
    def groups(*group_strs: str, include_sources: bool = False) -> AssetSelection:
        """Select the assets of any of the groups."""
        check_texts("groups", *group_strs)
        each = [Attribute("group", escaped(group), include_sources=include_sources) for group in group_strs]
        return AssetSelection(operators.either(*each) if each else Keys(()))

    @staticmethod
    def tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """Select assets that have a tag of this value."""
        check_texts("tag", key, value)
        return AssetSelection(Attribute("tag", key, value, include_sources))

    @staticmethod
    def tag_string(string: str, include_sources: bool = False) -> AssetSelection:
        """Select assets by a tag written ``key=value``, or ``key`` for one without a value."""
        check_texts("tag_string", string)
        key, value = split_tag(string)
        return AssetSelection.tag(key, value, include_sources)

    @staticmethod
    def kind(kind: str | None, include_sources: bool = False) -> AssetSelection:
        """Select assets of a kind; None selects those without any."""
        check_texts("kind", *(() if kind is None else (kind,)))
        return AssetSelection(Attribute("kind", kind, include_sources=include_sources))

    @staticmethod
    def owner(owner: str | None) -> AssetSelection:
        """Select assets, source assets included, of an owner; None selects those without any."""
        check_texts("owner", *(() if owner is None else (owner,)))
        return AssetSelection(Attribute("owner", owner))

    @staticmethod
    def from_string(string: str, include_sources: bool = False) -> AssetSelection:
        """Return the selection that a text describes; :mod:`notebook_assets.selection.parser` tells the syntax.

        Raises:
            InvalidSelectionError: The text does not parse; the message marks the place and says what was expected.
        """
        check_texts("from_string", string)
        return AssetSelection(parse_selection(string, include_sources))

    @staticmethod
    def from_coercible(selection: CoercibleToAssetSelection) -> AssetSelection:
        """Return the selection for a selection, a text, a key, a definition, or a list of these (any of them).

        >>> str(AssetSelection.from_coercible(["a", "b+"]))
        'key:"a" or key:"b"+1'
        """
        if isinstance(selection, AssetSelection):
            return selection
        if isinstance(selection, str):
            return AssetSelection.from_string(selection)
        if isinstance(selection, AssetKey) or hasattr(selection, "__notebook_asset__"):
            return AssetSelection.assets(selection)
        if hasattr(selection, "__notebook_check__") or isinstance(selection, AssetCheckKey):
            return AssetSelection.checks(selection)
        if isinstance(selection, Sequence):
            parts = [AssetSelection.from_coercible(each).expression for each in selection]
            return AssetSelection(operators.either(*parts) if parts else Keys(()))
        raise InvalidSelectionError(
            f"A selection is a text, an AssetSelection, an asset, an AssetKey, or a list of these; got {selection!r} "
            f"({type(selection).__name__})."
        )

    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """Select what these assets need, in ``depth`` layers or all; source assets are left out."""
        return AssetSelection(operators.Upstream(self.expression, checked_depth(depth), include_self))

    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """Select what needs these assets, in ``depth`` layers or all."""
        return AssetSelection(operators.Downstream(self.expression, checked_depth(depth), include_self))

    def roots(self) -> AssetSelection:
        """Select those of these assets that need no other one of them, directly or through others."""
        return AssetSelection(operators.Roots(self.expression))

    def sources(self) -> AssetSelection:
        """Select the roots. Deprecated: use :meth:`roots`."""
        warnings.warn("AssetSelection.sources is deprecated: use roots.", DeprecationWarning, stacklevel=2)
        return self.roots()

    def sinks(self) -> AssetSelection:
        """Select those of these assets that no other one of them needs, directly or through others."""
        return AssetSelection(operators.Sinks(self.expression))

    def materializable(self) -> AssetSelection:
        """Leave out source assets."""
        return AssetSelection(operators.Materializable(self.expression))

    def required_multi_asset_neighbors(self) -> AssetSelection:
        """Select these assets and what can't but be made together with them, by one call."""
        return AssetSelection(operators.MadeWith(self.expression))

    def upstream_source_assets(self) -> AssetSelection:
        """Select the source assets that these assets need, directly or through others."""
        return AssetSelection(operators.UpstreamSources(self.expression))

    def without_checks(self) -> AssetSelection:
        """Select the same assets, and no checks."""
        return AssetSelection(WithoutChecks(self.expression))

    def __or__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(operators.either(self.expression, _operand(other)))

    def __and__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(operators.both(self.expression, _operand(other)))

    def __sub__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(operators.minus(self.expression, _operand(other)))

    def resolve(self, all_assets: AssetGraphView | Any, allow_missing: bool = False) -> set[AssetKey]:
        """Return the keys that are selected, a set of the caller's own.

        Args:
            all_assets: What is selected from: a graph, ``Definitions``, a repository, or a list of assets.
            allow_missing: Whether keys that are named and not there are passed over.

        Raises:
            UnknownAssetError: A key that is named, other than by ``key:``, is not in the graph.
            InvalidSelectionError: ``all_assets`` is something else.

        >>> from notebook_assets import asset
        >>> @asset
        ... def daily(hourly): ...
        >>> AssetSelection.all().resolve([daily])
        {AssetKey(['daily'])}
        """
        graph = graph_of(all_assets)
        chosen = without_unknown(self.expression, graph) if allow_missing else self.expression
        return chosen.resolve(graph)

    def resolve_checks(self, asset_graph: CheckedGraphView | Any, allow_missing: bool = False) -> set[AssetCheckKey]:
        """Return the keys of the checks that are selected: those named, and those of the selected assets.

        Args:
            asset_graph: What is selected from, as for :meth:`resolve`; in a list also the checks.
            allow_missing: Whether keys that are named and not there are passed over.

        Raises:
            UnknownAssetError: A check that is named is not in the graph.
        """
        graph = graph_of(asset_graph)
        return checks_of(without_unknown(self.expression, graph) if allow_missing else self.expression, graph)

    def unmatched(self, graph: AssetGraphView) -> list[str]:
        """Return a sentence for each part that matches no asset, with what may have been meant: for empty results."""
        return list(dict.fromkeys(said for leaf in self.expression.leaves() if (said := unmatched(leaf, graph))))

    def to_string(self) -> str:
        """Return the text from which :meth:`from_string` reads the same selection.

        >>> AssetSelection.groups("raw", include_sources=True).to_string()
        'with_sources(group:"raw")'
        """
        said = {leaf.include_sources for leaf in self.expression.leaves() if hasattr(leaf, "include_sources")}
        return (
            f"with_sources({self.expression.text(Writing(sources=True))})" if said == {True} else self.expression.text()
        )

    def to_selection_str(self) -> str:
        """Return the text as the reference writes it, which does not say whether source assets are included.

        >>> AssetSelection.groups("raw", include_sources=True).to_selection_str()
        'group:"raw"'
        """
        return self.expression.text(Writing(exactly=False))

    def __str__(self) -> str:
        return self.to_string()


def _operand(other: object) -> Expression:
    if not isinstance(other, AssetSelection):
        raise InvalidSelectionError(
            f"|, & and - join two selections; got {other!r} ({type(other).__name__}). "
            "AssetSelection.from_coercible makes one from it."
        )
    return other.expression
