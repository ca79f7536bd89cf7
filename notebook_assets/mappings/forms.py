"""MappingForms: what every mapping has beside its two directions: names, the wait policy, and ways to write one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from notebook_assets.mappings.custom_words import first_line, spoken_name
from notebook_assets.mappings.wait_policy import WaitFor, checked_wait_for
from notebook_assets.partitions.shown import SelfShown

if TYPE_CHECKING:
    from notebook_assets.mappings.mapping import PartitionMapping

_KINDS: dict[str, type[Any]] = {}
_THIS_PACKAGE = __name__.partition(".")[0]


def register_kind(kind: type[Any]) -> None:
    """Make a built-in kind of mapping known by its name; a class of a user takes no place of one.

    >>> class LastPartitionMapping: ...
    >>> LastPartitionMapping.__module__ = "__main__"
    >>> register_kind(LastPartitionMapping)
    >>> kind_named("LastPartitionMapping") is LastPartitionMapping
    False
    """
    if kind.__module__.partition(".")[0] == _THIS_PACKAGE:
        _KINDS[kind.__name__] = kind


def kind_named(name: str) -> type[Any] | None:
    """Return the built-in kind of mapping of a name, or ``None``.

    >>> kind_named("no such mapping")
    """
    return _KINDS.get(name)


class MappingForms(SelfShown):
    """What every partition mapping has beside its two directions; see :class:`PartitionMapping`.

    >>> MappingForms().waiting_for(3).wait_for
    3
    """

    is_custom = True
    """Whether its directions are answered by the user's own functions."""

    one: bool | None = None
    """Whether each downstream key needs one upstream key at most, whose bare value is the input; else a dict by key.

    ``None`` decides by the annotation of what ``upstream`` returns, else by what it returns for the first keys: a key,
    or lists of keys.
    """

    allow_nonexistent: bool = False
    """Whether keys that a custom mapping names and that do not exist upstream are left out, not required."""

    wait_for: WaitFor | None = None
    """How many of the mapped partitions must be there, where the dependency does not say; see :meth:`waiting_for`."""

    @staticmethod
    def from_function(
        upstream: Callable[..., Any] | None = None,
        *,
        downstream: Callable[..., Any] | None = None,
        one: bool | None = None,
        label: str | None = None,
        description: str | None = None,
        allow_nonexistent: bool = False,
    ) -> PartitionMapping:
        """A mapping by functions.

        Args:
            upstream: Takes a downstream key and returns what it needs; see :class:`PartitionMapping`.
            downstream: Takes an upstream key and returns the downstream keys that it feeds. One of both is enough.
            one: Whether each downstream key needs one upstream key at most; by default as the annotation, or else the
                first answers, have it.
            label: The mapping in a few words; by default the function's name.
            description: The mapping in a sentence; by default the first line of the function's docstring.
            allow_nonexistent: Whether keys that do not exist upstream are left out, not required.

        Raises:
            InvalidMappingError: No function is given, or something else in place of one.

        >>> from notebook_assets.mappings import PartitionMapping
        >>> PartitionMapping.from_function(lambda key: key.lower()).label
        'by a function'
        """
        made: PartitionMapping = _KINDS["FunctionPartitionMapping"](
            upstream, downstream, one, label, description, allow_nonexistent
        )
        return made

    @staticmethod
    def from_table(table: Mapping[Any, Any], *, allow_nonexistent: bool = False) -> PartitionMapping:
        """A mapping by a table: for each downstream key, the upstream key that it needs, or several.

        A downstream key that is not in the table needs nothing; ``None`` as a key stands for a downstream asset without
        partitions. The input is one value where all entries are single keys, else a dict by key.

        Args:
            table: Upstream key, keys, PartitionKeyRange or ``None`` by downstream key.
            allow_nonexistent: Whether keys that do not exist upstream are left out, not required.

        Raises:
            InvalidMappingError: It is no table, or an entry is no key.

        >>> from notebook_assets.mappings import PartitionMapping
        >>> PartitionMapping.from_table({"NY": ["JFK", "LGA"], "NJ": "EWR"}).description
        'Each downstream partition needs the upstream partitions of a table: NY needs JFK, LGA; NJ needs EWR.'
        """
        made: PartitionMapping = _KINDS["TablePartitionMapping"](table, allow_nonexistent)
        return made

    @property
    def description(self) -> str:
        """The mapping in a sentence."""
        said = f"Each downstream partition needs the upstream partitions that {type(self).__name__} gives."
        return first_line(type(self)) or said

    @property
    def label(self) -> str:
        """The mapping in a few words, for an arrow in a picture."""
        return spoken_name(type(self))

    def waiting_for(self, wait_for: WaitFor) -> Self:
        """The same mapping, equal to this one, by which so much must be there; a dependency's own word goes before it.

        Args:
            wait_for: ``"all"``, ``"any"``, or how many of the mapped upstream partitions must be materialized before a
                downstream one can be made (each, where fewer are mapped; 0 where all may be missing).

        Raises:
            InvalidDefinitionError: It is none of these.

        >>> from notebook_assets.mappings import LastPartitionMapping
        >>> LastPartitionMapping().waiting_for("any").wait_for
        'any'
        """
        checked = checked_wait_for(wait_for, f"{type(self).__name__}.waiting_for")
        waiting = copy(self)
        object.__setattr__(waiting, "wait_for", checked)
        return waiting
