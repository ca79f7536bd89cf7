"""What happens while a composition function runs: calls of ops and graphs become nodes, their outputs are handles."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.ops.dynamic_output import check_name
from notebook_assets.ops.names_of_nodes import note_name
from notebook_assets.ops.node_wiring import (
    Collected,
    FanIn,
    FromInput,
    FromOutput,
    Node,
    NodeDefinition,
    NodeOptions,
    Source,
)


@dataclass(frozen=True)
class Handle:
    """Stands for a value that there will be when the graph runs; all that can be done with it is to hand it on."""

    source: FromInput | FromOutput | Collected

    def __iter__(self) -> Iterator[Any]:
        raise InvalidDefinitionError(
            f"{self} stands for a value that is there only when the graph runs, so it can't be gone through here. "
            "Give the op several outputs, or a DynamicOut and .map."
        )


@dataclass(frozen=True)
class DynamicHandle:
    """Stands for any number of values: ``map`` runs ops on each, ``collect`` hands them over as a list."""

    source: FromOutput

    def map(self, fn: Callable[[Any], Any]) -> Any:
        """Wire what ``fn`` does with one value to be done with each.

        Args:
            fn: Calls ops with the handle that it is given; what it returns can be mapped and collected on.

        Returns:
            A dynamic handle for each handle that ``fn`` returns, in the same form (a tuple, a dict).

        Raises:
            InvalidDefinitionError: ``fn`` is no function, or returns something else.
        """
        if not callable(fn):
            raise InvalidDefinitionError(
                f".map takes an op, or a function that calls ops with one value; got {fn!r}. Write .map(clean)."
            )
        return _as_dynamic(fn(Handle(self.source)))

    def collect(self) -> Handle:
        """Return a handle of the list of all values."""
        return Handle(Collected(self.source))


def _as_dynamic(result: Any) -> Any:
    if isinstance(result, Handle) and isinstance(result.source, FromOutput):
        return DynamicHandle(result.source)
    if isinstance(result, tuple):
        made = [_as_dynamic(each) for each in result]
        return type(result)(*made) if hasattr(result, "_fields") else tuple(made)
    if isinstance(result, Mapping):
        return {name: _as_dynamic(each) for name, each in result.items()}
    if result is not None and not isinstance(result, Handle | DynamicHandle | list):
        raise InvalidDefinitionError(
            f".map takes an op, or a function that returns what ops give; this one returned {result!r}."
        )
    return result


class Composition:
    """The graph whose composition function runs now.

    Args:
        what: How errors name it, such as ``@graph totals``.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.nodes: dict[str, Node] = {}
        self.definitions: dict[str, NodeDefinition] = {}
        self.used_inputs: set[str] = set()

    def add(self, definition: NodeDefinition, options: NodeOptions, args: tuple[Any, ...], kw: dict[str, Any]) -> Any:
        """Add a node; return the handles of its outputs: one, none, or a tuple of them by name.

        Raises:
            InvalidDefinitionError: The inputs don't fit the node, its name is taken, or it is another one's.
        """
        note_name(self.definitions, definition, self.what)
        name = self._name(definition, options.alias)
        inputs = {key: self._source(name, key, value) for key, value in self._by_name(definition, name, args, kw)}
        self.nodes[name] = Node(name, definition, inputs, options)
        handles = {
            output: DynamicHandle(FromOutput(name, output)) if out.is_dynamic else Handle(FromOutput(name, output))
            for output, out in definition.outs.items()
        }
        if len(handles) == 1:
            return next(iter(handles.values()))
        return namedtuple(f"{definition.name}_outputs", handles)(**handles) if handles else None

    def _name(self, definition: NodeDefinition, alias: str | None) -> str:
        if alias is not None:
            check_name(alias, "The alias of a node")
            if alias in self.nodes:
                raise InvalidDefinitionError(f"{self.what} has two nodes with the alias {alias!r}; rename one of them.")
            return alias
        name, number = definition.name, 2
        while name in self.nodes:
            name, number = f"{definition.name}_{number}", number + 1
        return name

    def _by_name(
        self, definition: NodeDefinition, name: str, args: tuple[Any, ...], kw: dict[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        known = list(definition.ins)
        waiting = [each for each in known if definition.ins[each].waits_only]
        positional = [each for each in known if each not in waiting] + (waiting if len(waiting) == 1 else [])
        if len(args) > len(positional):
            raise InvalidDefinitionError(
                f"{self.what}: {name} takes {len(positional)} inputs by position ({positional}); got {len(args)}."
            )
        by_place = dict(zip(positional, args, strict=False))
        for key in kw:
            if key not in definition.ins:
                raise InvalidDefinitionError(
                    f"{self.what}: {name} has no input {key!r}; it has {known}.{did_you_mean(key, known)}"
                )
            if key in by_place:
                raise InvalidDefinitionError(f"{self.what}: {name} is given its input {key!r} twice.")
        yield from {**by_place, **kw}.items()

    def _source(self, node: str, name: str, value: Any) -> Source:
        where = f"{self.what}: the input {name!r} of {node}"
        if isinstance(value, list):
            return FanIn(tuple(self._source(node, f"{name}[{at}]", each) for at, each in enumerate(value)))
        if isinstance(value, DynamicHandle):
            raise InvalidDefinitionError(
                f"{where} is given the dynamic output {value.source.output!r} of {value.source.node} as it is. "
                "Write .map(op) to run the op on each value, or hand over .collect() to have all as a list."
            )
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            raise InvalidDefinitionError(
                f"{where} is given all outputs {list(value._fields)} of a node; name one: .{value._fields[0]}."
            )
        if not isinstance(value, Handle):
            raise InvalidDefinitionError(
                f"{where} is given {value!r} ({type(value).__name__}). In a graph, inputs are outputs of other ops or "
                "inputs of the graph; a fixed value is a default, configuration, or the output of an op."
            )
        self.note_use(value)
        return value.source

    def note_use(self, handle: Handle | DynamicHandle) -> None:
        """Remember that an input of the graph goes somewhere."""
        if isinstance(handle.source, FromInput):
            self.used_inputs.add(handle.source.name)


_current: ContextVar[Composition | None] = ContextVar("composition", default=None)


def current_composition() -> Composition | None:
    """Return the composition that runs now, if any.

    >>> current_composition() is None
    True
    """
    return _current.get()


@contextmanager
def composing(what: str) -> Iterator[Composition]:
    """Have calls of ops and graphs become nodes of one new graph, until the block ends."""
    composition = Composition(what)
    token = _current.set(composition)
    try:
        yield composition
    finally:
        _current.reset(token)
