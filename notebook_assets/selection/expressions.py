"""Parts of a selection that name assets by what they are: key, group, tag, kind, owner."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from notebook_assets.errors import UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.selection.graph_view import AssetGraphView
from notebook_assets.selection.near_tags import near_tags
from notebook_assets.selection.places import Place
from notebook_assets.selection.walks import materializable_of
from notebook_assets.selection.written_forms import EXACTLY, Writing, quoted, quoted_pattern, wildcard


class Expression(ABC):
    """A node of a selection's tree: immutable, compared by value; its kind defines the methods with underscores."""

    nesting: int = 1
    """How many layers of parts it has."""

    def resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        """Return the assets that it selects; the set is the caller's to change."""
        return self._resolve(graph)

    def text(self, how: Writing = EXACTLY) -> str:
        """Return the string form."""
        return self._text(how)

    def operand(self, how: Writing = EXACTLY) -> str:
        """Return the string form as a part that signs and ``not`` can stand before."""
        return self._text(how) if self._is_atom else f"({self._text(how)})"

    def selects_made(self, how: Writing) -> bool:
        """Whether it is known to select nothing but what ``*`` selects, as it is written here."""
        return how.sources or self._selects_made

    def leaves(self) -> Iterator[Expression]:
        """Yield the parts that name assets."""
        yield from self._leaves()

    @property
    def marks_sources(self) -> bool | None:
        """Whether source assets are selected that would be left out; None where that is no question."""
        return getattr(self, "include_sources", None)

    def known(self, graph: AssetGraphView) -> Expression:
        """Return what is left where names that are not in the graph are passed over."""
        return self

    @abstractmethod
    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]: ...

    @abstractmethod
    def _text(self, how: Writing) -> str: ...

    @property
    def _is_atom(self) -> bool:
        return True

    @property
    def _selects_made(self) -> bool:
        return not getattr(self, "include_sources", True)

    def _leaves(self) -> Iterator[Expression]:
        yield self


@dataclass(frozen=True)
class All(Expression):
    """All assets; source assets only where they are asked for."""

    include_sources: bool = False

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return set(graph.keys()) if self.include_sources else materializable_of(graph, graph.keys())

    def _text(self, how: Writing) -> str:
        return how.marked("*", self.include_sources)


@dataclass(frozen=True)
class Keys(Expression):
    """Assets by their keys, which must exist."""

    keys: tuple[AssetKey, ...]
    place: Place | None = field(default=None, compare=False, repr=False)

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        known = graph.keys()
        for key in self.keys:
            if key not in known:
                raise UnknownAssetError(self._unknown(key, graph))
        return set(self.keys)

    def known(self, graph: AssetGraphView) -> Keys:
        """Return those that are in the graph."""
        return Keys(tuple(key for key in self.keys if key in graph.keys()), self.place)  # noqa: SIM118

    def _unknown(self, key: AssetKey, graph: AssetGraphView) -> str:
        asked = key.to_user_string()
        message = f"There is no asset {asked!r}.{_near_keys(asked, graph)}"
        return f"{message}\n{self.place.marked()}" if self.place is not None else message

    def _text(self, how: Writing) -> str:
        if not self.keys:
            return "not *"  # nothing; the syntax has no other word for it
        return " or ".join(f"key:{quoted(key.to_user_string(), pattern=True)}" for key in self.keys)

    @property
    def _is_atom(self) -> bool:
        return len(self.keys) == 1

    @property
    def _selects_made(self) -> bool:
        return not self.keys


@dataclass(frozen=True)
class KeyPattern(Expression):
    r"""Assets whose key looks like a pattern: ``*`` is any text, ``\*`` a star. It may match none."""

    pattern: str

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        known = graph.keys()
        if "*" not in self.pattern and "\\" not in self.pattern:
            key = _key_of(self.pattern)
            if key is not None and key in known:
                return {key}
        matches = wildcard(self.pattern)
        return {key for key in known if matches(key.to_user_string())}

    def _text(self, how: Writing) -> str:
        return f"key:{quoted_pattern(self.pattern)}"


@dataclass(frozen=True)
class KeyPrefixes(Expression):
    """Assets whose key begins with one of some lists of parts."""

    prefixes: tuple[tuple[str, ...], ...]
    include_sources: bool = False

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        found = {key for key in graph.keys() if any(key.has_prefix(prefix) for prefix in self.prefixes)}  # noqa: SIM118
        return found if self.include_sources else materializable_of(graph, found)

    def _text(self, how: Writing) -> str:
        if not self.prefixes:
            return Keys(()).text(how)
        each = [f"key_prefix:{quoted(AssetKey(prefix).to_escaped_user_string())}" for prefix in self.prefixes]
        return how.marked(" or ".join(each), self.include_sources)

    @property
    def _is_atom(self) -> bool:
        return len(self.prefixes) == 1


@dataclass(frozen=True)
class KeySubstring(Expression):
    """Assets whose key, its parts joined by slashes, holds a text."""

    part: str
    include_sources: bool = False

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        found = {key for key in graph.keys() if self.part in key.to_user_string()}  # noqa: SIM118
        return found if self.include_sources else materializable_of(graph, found)

    def _text(self, how: Writing) -> str:
        return how.marked(f"key_substring:{quoted(self.part)}", self.include_sources)


@dataclass(frozen=True)
class Attribute(Expression):
    """Assets by one attribute: a group (which may hold wildcards), a tag, a kind, an owner, or being a source.

    Args:
        name: ``group``, ``tag``, ``kind``, ``owner`` or ``is``.
        value: What it is to be; None for those that have none.
        tag_value: The value of the tag.
        include_sources: Whether source assets are selected, too; with ``owner`` and ``is`` they always are.
    """

    name: str
    value: str | None
    tag_value: str = ""
    include_sources: bool = False

    def __post_init__(self) -> None:
        if self.name in ("owner", "is"):
            object.__setattr__(self, "include_sources", False)  # it says nothing of these

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        holds = self._test(graph)
        found = {key for key in graph.keys() if holds(key)}  # noqa: SIM118
        return materializable_of(graph, found) if self._selects_made else found

    @property
    def marks_sources(self) -> bool | None:
        """Whether source assets are selected that would be left out; None where they always are."""
        return None if self.name in ("owner", "is") else self.include_sources

    @property
    def _selects_made(self) -> bool:
        return self.marks_sources is False

    def _test(self, graph: AssetGraphView) -> Callable[[AssetKey], bool]:
        value = self.value
        if self.name == "is":
            return graph.is_source
        if self.name == "tag":
            return lambda key: graph.tags(key).get(value or "") == self.tag_value
        if self.name == "group":
            if value is None:
                return lambda key: not graph.group(key)
            matches = wildcard(value)
            return lambda key: matches(graph.group(key))
        values = graph.kinds if self.name == "kind" else graph.owners
        if value is None:
            return lambda key: not values(key)
        return lambda key: value in values(key)

    def _text(self, how: Writing) -> str:
        return how.marked(self._said(), self.include_sources)

    def _said(self) -> str:
        if self.value is None:
            return f"{self.name}:<null>"
        if self.name == "is":
            return f"is:{self.value}"
        written = quoted_pattern(self.value) if self.name == "group" else quoted(self.value)
        return f"{self.name}:{written}" + (f"={quoted(self.tag_value)}" if self.tag_value else "")


def unmatched(leaf: Expression, graph: AssetGraphView) -> str | None:
    """Say that a part of a selection selects nothing on this graph, with what may have been meant; None if it does."""
    if not isinstance(leaf, KeyPattern | KeyPrefixes | KeySubstring | Attribute) or leaf.resolve(graph):
        return None
    hint = ""
    if isinstance(leaf, KeyPattern):
        hint = _near_keys(leaf.pattern, graph)
    elif isinstance(leaf, Attribute) and leaf.value is not None and leaf.name != "is":
        known: set[str] = set()
        for key in graph.keys():  # noqa: SIM118
            values = {"group": [graph.group(key)], "tag": graph.tags(key), "kind": graph.kinds(key)}
            known.update(values.get(leaf.name, graph.owners(key)))
        hint = did_you_mean(leaf.value, sorted(known)) or _the_known(sorted(known))
        if leaf.name == "tag":
            tags = {tag for key in graph.keys() for tag in graph.tags(key).items()}  # noqa: SIM118
            hint = near_tags(leaf.value, leaf.tag_value, tags)
    return f"{leaf.text()} matches no asset.{hint}"


def _the_known(names: list[str]) -> str:
    return f" There is {', '.join(repr(name) for name in names)}." if 0 < len(names) <= 8 else ""


def _near_keys(asked: str, graph: AssetGraphView) -> str:
    names = sorted(key.to_user_string() for key in graph.keys())  # noqa: SIM118
    same_end = [name for name in names if name.endswith(f"/{asked}")][:3]
    if same_end:
        return f" Did you mean {' or '.join(repr(name) for name in same_end)}?"
    if asked == "all":
        return " All assets are written '*'."
    return did_you_mean(asked, names)


def _key_of(text: str) -> AssetKey | None:
    parts = text.split("/")
    return AssetKey(parts) if all(parts) else None
