"""Ops and graphs of one name are one and the same: two different ones in a graph would be told apart by nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.ops.node_wiring import NodeDefinition


def note_name(known: dict[str, NodeDefinition], definition: NodeDefinition, what: str) -> None:
    """Remember what is called by a name.

    Args:
        known: What is called how so far; the definition is added.
        definition: An op or a graph.
        what: What errors call the graph that it is in.

    Raises:
        InvalidDefinitionError: Another one is called so.

    >>> from notebook_assets import op
    >>> known = {}
    >>> for function in (len, max):
    ...     note_name(known, op(name=function.__name__)(lambda: 1), "@job daily")
    >>> list(known)
    ['len', 'max']
    """
    before = known.setdefault(definition.name, definition)
    if not _is_same(before, definition):
        raise InvalidDefinitionError(
            f"{what}: two different ops or graphs are called {definition.name!r}. Rename one of them by name=...; an "
            "alias is the name of one use only."
        )


def check_names_within(graph: Any, what: str) -> None:
    """Raise InvalidDefinitionError if two different ops or graphs have one name, in a graph and all graphs in it.

    Args:
        graph: A GraphDefinition.
        what: What errors call it.
    """
    known: dict[str, NodeDefinition] = {}
    for definition in _definitions(graph):
        note_name(known, definition, what)


def _definitions(graph: Any) -> Iterator[NodeDefinition]:
    for node in graph.nodes.values():
        yield node.definition
        if hasattr(node.definition, "nodes"):
            yield from _definitions(node.definition)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two definitions are one; one that is defined anew, as cells are run again, is the same."""
    if one is other:
        return True
    if type(one) is not type(other) or _configured(one) is not _configured(other):
        return False
    places = [(getattr(each.__wrapped__, "__module__", None), _qualified(each)) for each in (one, other)]
    return places[0] == places[1] and "<" not in places[0][1]


def _configured(definition: Any) -> Any:
    return getattr(definition, "configured_by", getattr(definition, "config", None))


def _qualified(definition: Any) -> str:
    return str(getattr(definition.__wrapped__, "__qualname__", "<unknown>"))
