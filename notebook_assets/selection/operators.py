"""Parts of a selection that are made from other parts: or, and, not, upstream, downstream, roots, sinks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from notebook_assets.keys import AssetKey
from notebook_assets.selection.expressions import All, Expression, Keys
from notebook_assets.selection.graph_view import AssetGraphView
from notebook_assets.selection.nesting import DEEP, set_nesting
from notebook_assets.selection.walks import materializable_of, neighbours_of, reachable, sources_of
from notebook_assets.selection.written_forms import Writing


@dataclass(frozen=True)
class Union(Expression):
    """What any of its parts selects."""

    parts: tuple[Expression, ...]

    def __post_init__(self) -> None:
        set_nesting(self, *self.parts)

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return set().union(*(part.resolve(graph) for part in self.parts))

    def _text(self, how: Writing) -> str:
        return " or ".join(_joined(part, how, loosely=True) for part in self.parts)

    @property
    def _is_atom(self) -> bool:
        return False

    @property
    def _selects_made(self) -> bool:
        return all(part._selects_made for part in self.parts)

    def _leaves(self) -> Iterator[Expression]:
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Intersection(Expression):
    """What all of its parts select."""

    parts: tuple[Expression, ...]

    def __post_init__(self) -> None:
        set_nesting(self, *self.parts)

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        first, *others = (part.resolve(graph) for part in self.parts)
        return first.intersection(*others)

    def _text(self, how: Writing) -> str:
        return " and ".join(_joined(part, how, loosely=False) for part in self.parts)

    @property
    def _is_atom(self) -> bool:
        return False

    @property
    def _selects_made(self) -> bool:
        return any(part._selects_made for part in self.parts)

    def _leaves(self) -> Iterator[Expression]:
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Without(Expression):
    """What the left part selects and the right one does not."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        set_nesting(self, self.left, self.right)

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return self.left.resolve(graph) - self.right.resolve(graph)

    def _text(self, how: Writing) -> str:
        right = self.right.operand(how)
        if self._is_not(how):
            return f"not {right}"
        is_same = not how.exactly or self.left.selects_made(how)  # as what `not` selects
        return f"{self.left.operand(how)} {'and not' if is_same else 'except'} {right}"

    def _is_not(self, how: Writing) -> bool:
        return isinstance(self.left, All) and (not how.exactly or self.left.include_sources == how.sources)

    @property
    def _is_atom(self) -> bool:
        return False

    @property
    def _selects_made(self) -> bool:
        return self.left._selects_made

    def _leaves(self) -> Iterator[Expression]:
        yield from self.left.leaves()
        yield from self.right.leaves()


@dataclass(frozen=True)
class OfOne(Expression):
    """The base of what is made from one part."""

    child: Expression

    def __post_init__(self) -> None:
        set_nesting(self, self.child)

    def _leaves(self) -> Iterator[Expression]:
        yield from self.child.leaves()

    @property
    def _selects_made(self) -> bool:
        return self.child._selects_made


@dataclass(frozen=True)
class Upstream(OfOne):
    """What a part needs, to a depth; source assets are left out, even those that the part itself selects."""

    depth: int | None = None
    include_self: bool = True

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        start = self.child.resolve(graph)
        found = reachable(graph, start, "parents", self.depth)
        return materializable_of(graph, found if self.include_self else found - start)

    def _text(self, how: Writing) -> str:
        layers = "" if self.depth is None else str(self.depth)
        whole = f"{layers}+{_signed(self.child, how)}"
        return whole if self.include_self else f"{whole} and not {self.child.operand(how)}"

    @property
    def _is_atom(self) -> bool:
        return self.include_self

    @property
    def _selects_made(self) -> bool:
        return True


@dataclass(frozen=True)
class Downstream(OfOne):
    """What needs a part, to a depth."""

    depth: int | None = None
    include_self: bool = True

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        start = self.child.resolve(graph)
        found = reachable(graph, start, "children", self.depth)
        return found if self.include_self else found - start

    def _text(self, how: Writing) -> str:
        layers = "" if self.depth is None else str(self.depth)
        whole = f"{_signed(self.child, how)}+{layers}"
        word = "except" if how.exactly and not how.sources else "and not"
        return whole if self.include_self else f"{whole} {word} {self.child.operand(how)}"

    @property
    def _is_atom(self) -> bool:
        return self.include_self

    @property
    def _selects_made(self) -> bool:
        return False  # a source asset, too, may need another one


@dataclass(frozen=True)
class Roots(OfOne):
    """Those of a part that need no other one of it, neither directly nor through assets outside of it."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        chosen = self.child.resolve(graph)
        return chosen - reachable(graph, neighbours_of(graph, chosen, "children"), "children")

    def _text(self, how: Writing) -> str:
        return f"roots({self.child.text(how)})"


@dataclass(frozen=True)
class Sinks(OfOne):
    """Those of a part that no other one of it needs, neither directly nor through assets outside of it."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        chosen = self.child.resolve(graph)
        return chosen - reachable(graph, neighbours_of(graph, chosen, "parents"), "parents")

    def _text(self, how: Writing) -> str:
        return f"sinks({self.child.text(how)})"


@dataclass(frozen=True)
class Materializable(OfOne):
    """Those of a part that can be made here."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return materializable_of(graph, self.child.resolve(graph))

    def _text(self, how: Writing) -> str:
        return f"materializable({self.child.text(how)})"

    @property
    def _selects_made(self) -> bool:
        return True


@dataclass(frozen=True)
class MadeWith(OfOne):
    """A part, and what can't but be made together with it, by one call."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        chosen = self.child.resolve(graph)
        made_with = getattr(graph, "made_with", None)  # a graph that knows no calls makes each asset by itself
        return chosen if made_with is None else {other for key in chosen for other in made_with(key)}

    def _text(self, how: Writing) -> str:
        return f"made_with({self.child.text(how)})"


@dataclass(frozen=True)
class UpstreamSources(OfOne):
    """The source assets that a part needs, directly or through others."""

    def _resolve(self, graph: AssetGraphView) -> set[AssetKey]:
        return reachable(graph, self.child.resolve(graph), "parents").intersection(sources_of(graph))

    def _text(self, how: Writing) -> str:
        return f"upstream_sources({self.child.text(how)})"

    @property
    def _selects_made(self) -> bool:
        return False


def _signed(part: Expression, how: Writing) -> str:
    """The string form of a part beside a plus; a star or another plus would run together with it."""
    return f"({part.text(how)})" if isinstance(part, All | Upstream | Downstream) else part.operand(how)


def _joined(part: Expression, how: Writing, loosely: bool) -> str:
    """The string form of a part between ``or`` (loosely) or ``and``, with parentheses where they help a reader."""
    said = part.text(how)  # asked for once: each layer that asks twice doubles the work
    if isinstance(part, Without) and said.startswith("not "):
        return said
    is_plain = part._is_atom or (loosely and isinstance(part, Union | Keys | Upstream | Downstream))
    return said if is_plain else f"({said})"


def either(*parts: Expression) -> Expression:
    """Return what any of the parts selects, nested unions laid flat."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Union) else (part,))]
    return flat[0] if len(flat) == 1 else Union(tuple(flat))


def both(*parts: Expression) -> Expression:
    """Return what all of the parts select, nested intersections laid flat."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Intersection) else (part,))]
    return flat[0] if len(flat) == 1 else Intersection(tuple(flat))


def minus(left: Expression, right: Expression) -> Expression:
    """Return what the left part selects and the right one does not; a long chain of these is laid flat.

    >>> minus(Keys((AssetKey("a"),)), Keys((AssetKey("b"),))).text()
    'key:"a" except key:"b"'
    """
    if isinstance(left, Without) and left.nesting > DEEP:
        return Without(left.left, either(left.right, right))
    return Without(left, right)


def without_unknown(expression: Expression, graph: AssetGraphView) -> Expression:
    """Return a selection without the assets and checks that it names and that are not there.

    Args:
        expression: The selection.
        graph: What there is.
    """
    if isinstance(expression, Union | Intersection):
        return replace(expression, parts=tuple(without_unknown(part, graph) for part in expression.parts))
    if isinstance(expression, Without):
        left, right = (without_unknown(part, graph) for part in (expression.left, expression.right))
        return Without(left, right)
    if isinstance(expression, OfOne):
        return replace(expression, child=without_unknown(expression.child, graph))
    return expression.known(graph)
