"""Custom mappings without a class: from functions, by a decorator, and from a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, overload

from notebook_assets.errors import InvalidMappingError
from notebook_assets.mappings.custom_words import first_line, spoken_name
from notebook_assets.mappings.mapping import PartitionMapping
from notebook_assets.partitions import PartitionKeyRange, PartitionsDefinition, StaticPartitionsDefinition

_SHOWN = 8
"""So many entries of a table are told in its description."""


@dataclass(frozen=True)
class FunctionPartitionMapping(PartitionMapping):
    """A mapping by functions; made by :meth:`PartitionMapping.from_function` and :func:`partition_mapping`.

    Two are equal where their functions are the same and all else is equal.

    Args:
        upstream: Takes a downstream key and returns what it needs.
        downstream: Takes an upstream key and returns the downstream keys that it feeds.
        one: Whether each downstream key needs one upstream key at most.
        own_label: The mapping in a few words.
        own_description: The mapping in a sentence.
        allow_nonexistent: Whether keys that do not exist upstream are left out, not required.

    Raises:
        InvalidMappingError: No function is given, or something else in place of one.

    >>> FunctionPartitionMapping(str.lower).label
    'lower'
    """

    upstream: Callable[..., Any] | None = None
    downstream: Callable[..., Any] | None = None
    one: bool | None = None
    own_label: str | None = None
    own_description: str | None = None
    allow_nonexistent: bool = False

    def __post_init__(self) -> None:
        if self.upstream is None and self.downstream is None:
            raise InvalidMappingError(
                "A mapping from functions needs one: upstream, which takes a downstream key and returns what it needs, "
                "or downstream, the other way round."
            )
        for name, fn in (("upstream", self.upstream), ("downstream", self.downstream)):
            if fn is not None and (not callable(fn) or isinstance(fn, type)):
                hint = " For a table write PartitionMapping.from_table(...)." if isinstance(fn, Mapping) else ""
                raise InvalidMappingError(f"A mapping's {name} is a function of a key; got {fn!r}.{hint}")
        if self.one is not None and not isinstance(self.one, bool):
            raise InvalidMappingError(f"A mapping's one is True, False or None; got {self.one!r}.")

    @property
    def _written(self) -> Any:
        return self.upstream or self.downstream

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return self.own_label or spoken_name(self._written)

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        if self.own_description or first_line(self._written):
            return self.own_description or first_line(self._written)
        name = getattr(self._written, "__name__", "a function")
        named = "a function" if name == "<lambda>" else f"{name}()"
        if self.upstream is None:
            return f"Each upstream partition feeds the downstream partitions that {named} gives."
        return f"Each downstream partition needs the upstream partitions that {named} gives."

    def __repr__(self) -> str:
        name = getattr(self._written, "__name__", repr(self._written))
        return f"PartitionMapping.from_function({'' if self.upstream else 'downstream='}{name})"


@overload
def partition_mapping(fn: Callable[..., Any], /) -> PartitionMapping: ...
@overload
def partition_mapping(
    fn: None = None,
    /,
    *,
    downstream: Callable[..., Any] | None = None,
    one: bool | None = None,
    label: str | None = None,
    description: str | None = None,
    allow_nonexistent: bool = False,
) -> Callable[[Callable[..., Any]], PartitionMapping]: ...


def partition_mapping(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    downstream: Callable[..., Any] | None = None,
    one: bool | None = None,
    label: str | None = None,
    description: str | None = None,
    allow_nonexistent: bool = False,
) -> Any:
    """Make a partition mapping of a function that takes a downstream key and returns the upstream keys that it needs.

    Args:
        fn: The function: of a key, or of a key and a :class:`MappingContext`. It returns a key, several,
            a :class:`PartitionKeyRange`, or ``None`` for none.
        downstream: The other direction, a function of an upstream key; derived if not given.
        one: Whether each downstream key needs one upstream key at most, whose bare value is the input; by default as
            the annotation, or else the first answers, have it.
        label: The mapping in a few words; by default the function's name.
        description: The mapping in a sentence; by default the first line of the function's docstring.
        allow_nonexistent: Whether keys that do not exist upstream are left out, not required.

    Raises:
        InvalidMappingError: It decorates something else than a function.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> @partition_mapping
    ... def same_letter(key: str) -> str:
    ...     '''A capital needs its small letter.'''
    ...     return key.lower()
    >>> same_letter.label, same_letter.description
    ('same letter', 'A capital needs its small letter.')
    >>> small, capitals = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["B", "A"])
    >>> same_letter.links(capitals, small).upstream(0).tolist()
    [1]
    """

    def made(written: Callable[..., Any]) -> PartitionMapping:
        return FunctionPartitionMapping(written, downstream, one, label, description, allow_nonexistent)

    return made if fn is None else made(fn)


@dataclass(frozen=True)
class TablePartitionMapping(PartitionMapping):
    """A mapping by a table; made by :meth:`PartitionMapping.from_table`.

    Args:
        table: For each downstream key, an upstream key, several, a PartitionKeyRange, or ``None`` for none.
        allow_nonexistent: Whether keys that do not exist upstream are left out, not required.

    Raises:
        InvalidMappingError: It is no table, or an entry is no key.

    >>> TablePartitionMapping({"NY": ["JFK", "LGA"], "NJ": "EWR"}).upstream("NY")
    ('JFK', 'LGA')
    """

    table: Mapping[Any, Any]
    allow_nonexistent: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.table, Mapping):
            raise InvalidMappingError(
                f"A mapping's table gives upstream keys by downstream key, such as {{'NY': ['JFK', 'LGA']}}; "
                f"got {self.table!r}."
            )
        for key in self.table:
            if key is not None and not isinstance(key, str):
                raise InvalidMappingError(f"A mapping's table has downstream keys, which are strings; got {key!r}.")
        object.__setattr__(self, "table", {key: _entry(key, given) for key, given in self.table.items()})
        if self.one is None:
            object.__setattr__(self, "one", all(isinstance(entry, str) for entry in self.table.values() if entry))

    def upstream(self, key: str | None) -> str | tuple[str | PartitionKeyRange, ...]:
        """The upstream keys that a downstream key needs."""
        found: str | tuple[str | PartitionKeyRange, ...] = self.table.get(key, ())
        return found

    @property
    def label(self) -> str:
        """The mapping in a few words."""
        return "by a table"

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        told = "; ".join(f"{key} needs {_told(entry)}" for key, entry in list(self.table.items())[:_SHOWN])
        more = f"; and {len(self.table) - _SHOWN:,} more" if len(self.table) > _SHOWN else ""
        return f"Each downstream partition needs the upstream partitions of a table: {told}{more}."

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError if the table has a key that static downstream partitions lack."""
        if isinstance(downstream_partitions_def, StaticPartitionsDefinition):
            for key in self.table:
                if key is None or downstream_partitions_def.find_position(key) is None:
                    why = downstream_partitions_def.why_unknown(str(key))
                    raise InvalidMappingError(f"The downstream key {key!r} of the table: {why}")

    def code_functions(self) -> tuple[Callable[..., Any], ...]:
        """None: other entries of the table are noticed as other partitions that are needed."""
        return ()

    def _arguments(self) -> Mapping[str, Any]:
        return {"table": dict(self.table)}

    def __hash__(self) -> int:
        return hash((frozenset(self.table.items()), self.allow_nonexistent))


def _entry(key: object, given: Any) -> Any:
    """Return what a table gives for a key, as it is kept."""
    if given is None:
        return ()
    if isinstance(given, str):
        return given
    if isinstance(given, PartitionKeyRange):
        return (given,)
    if isinstance(given, Iterable) and not isinstance(given, bytes | Mapping):
        items = tuple(given)
        if all(isinstance(item, str | PartitionKeyRange) for item in items):
            return items
    raise InvalidMappingError(
        f"A mapping's table gives {given!r} for the downstream key {key!r}; give an upstream key, several in a list, a "
        "PartitionKeyRange, or None for none."
    )


def _told(entry: Any) -> str:
    items = (entry,) if isinstance(entry, str) else entry
    said = [item if isinstance(item, str) else f"{item.start} to {item.end}" for item in items[:_SHOWN]]
    return ", ".join([*said, *(["…"] if len(items) > _SHOWN else [])]) or "none"
