"""PartitionMapping: which upstream partitions a downstream partition needs; the interface of all kinds of mappings."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidDefinitionError, InvalidMappingError
from notebook_assets.lazy import lazy_module
from notebook_assets.mappings.custom_functions import DOWNSTREAM, UPSTREAM, key_function
from notebook_assets.mappings.custom_links import Question, check_written, downstream_of, links_of_rows
from notebook_assets.mappings.custom_words import gives_one
from notebook_assets.mappings.forms import MappingForms, kind_named, register_kind
from notebook_assets.mappings.links import Links, one_span_each
from notebook_assets.mappings.mapping_arguments import check_belongs, checked_definition, checked_positions, there_are
from notebook_assets.mappings.upstream_result import NonexistentKeys, UpstreamPartitionsResult
from notebook_assets.partitions import PartitionsDefinition, PartitionsSubset, partition_loading_context
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray, Spans

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class PartitionMapping(MappingForms, ABC):
    """Which upstream partitions a downstream partition needs, and the other way round.

    The base of the built-in kinds, and of your own: write ``upstream(self, key)``, which returns the upstream key that
    a downstream key needs, or several, a :class:`PartitionKeyRange`, or ``None`` for none; or
    ``downstream(self, key)``, which returns the downstream keys that an upstream key feeds. The other direction is
    derived; where both are written, they are checked to agree. A method with a second parameter is given a
    :class:`MappingContext`. For a downstream asset without partitions, ``upstream(None)`` is asked.

    Answers are kept: a method shall give the same for the same key. What it reads of globals, closures and its object's
    own attributes may change (then all is asked again), except inside very large collections and other objects.

    A function is enough, too (:meth:`from_function`, :func:`partition_mapping`), or a table (:meth:`from_table`).

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> class Neighbour(PartitionMapping):
    ...     def upstream(self, key: str) -> str:
    ...         return {"a": "b", "b": "a"}[key]
    >>> letters = StaticPartitionsDefinition(["a", "b"])
    >>> Neighbour().links(letters, letters).upstream(0).tolist(), Neighbour().label
    ([1], 'neighbour')
    """

    def code_functions(self) -> tuple[Callable[..., Any], ...]:
        """The user's code that decides which keys need which, counted as code of the asset; none of built-in kinds."""
        if not self.is_custom:
            return () if kind_named(type(self).__name__) is type(self) else (self.links_at,)
        found = [key_function(self, direction) for direction in (UPSTREAM, DOWNSTREAM)]
        return tuple(each.written for each in found if each is not None)

    def _asks_functions(self) -> bool:
        return self.is_custom or bool(self.code_functions())

    def links_at(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        positions: IntArray,
        upstream_count: int,
    ) -> Links:
        """The links of downstream positions to what exists upstream.

        Args:
            downstream: The downstream definition, settled; ``None`` if it has no partitions, and so the one position 0.
            upstream: The upstream definition, settled.
            positions: Downstream positions, int64, one row of the links each.
            upstream_count: How many upstream partitions exist.
        """
        return links_of_rows(Question(self, downstream, upstream, upstream_count), positions)

    def feeds_one(self, downstream_def: PartitionsDefinition | None, upstream_def: PartitionsDefinition | None) -> bool:
        """Whether at most one upstream key is possible for each downstream key, whatever exists today.

        An asset's function then gets a bare value for the input, else a dict by key.
        """
        if upstream_def is None or self.one is not None:
            return upstream_def is None or bool(self.one)
        for definition in (upstream_def, downstream_def):
            if definition is not None:
                checked_definition(definition)
        return gives_one(self, key_function(self, UPSTREAM), downstream_def, upstream_def)

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition | None,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise InvalidMappingError if the mapping can't serve two definitions."""
        if self.is_custom:
            upstream, downstream = key_function(self, UPSTREAM), key_function(self, DOWNSTREAM)
            check_written(self, upstream, downstream if downstream_partitions_def else None, downstream_partitions_def)

    def to_dict(self) -> dict[str, Any]:
        """All of the mapping as plain data, read by :func:`partition_mapping_from_dict`; of a custom one its name."""
        return {"type": type(self).__name__, **self._arguments()}

    def _arguments(self) -> Mapping[str, Any]:
        return {}

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls.is_custom = cls.links_at is PartitionMapping.links_at
        register_kind(cls)

    # Bulk

    def links(
        self,
        downstream_def: PartitionsDefinition | None,
        upstream_def: PartitionsDefinition | None,
        positions: IntArray | None = None,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> Links:
        """The links of downstream positions (all that exist, if none are given) to upstream positions.

        Args:
            downstream_def: The downstream definition; ``None`` for no partitions, which is the one position 0.
            upstream_def: The upstream definition, likewise.
            positions: int64, one row of the links each.
            current_time: The time that decides what exists; that of the context, or now, if not given.
            dynamic_partitions_store: What knows the keys of dynamic definitions.

        Raises:
            InvalidMappingError: The mapping can't serve the two definitions.
        """
        if (current_time is not None or dynamic_partitions_store is not None) and self._asks_functions():
            with partition_loading_context(current_time, dynamic_partitions_store):  # which the functions are told
                return self.links(downstream_def, upstream_def, positions)
        if downstream_def is not None:
            downstream_def = checked_definition(downstream_def).settled(current_time, dynamic_partitions_store)
        if positions is None:
            count = (
                1 if downstream_def is None else there_are(downstream_def, current_time, dynamic_partitions_store)[1]
            )
            positions = np.arange(count, dtype=np.int64)
        positions = checked_positions(positions)
        if upstream_def is None:
            zeros = np.zeros(len(positions), dtype=np.int64)
            return one_span_each(zeros, zeros + 1)
        self.validate_partition_mapping(checked_definition(upstream_def), downstream_def)
        upstream, count = there_are(upstream_def, current_time, dynamic_partitions_store)
        return self.links_at(downstream_def, upstream, positions, count)

    def downstream_spans(
        self,
        downstream: PartitionsDefinition,
        upstream: PartitionsDefinition,
        needed: Spans,
        downstream_count: int,
        upstream_count: int,
    ) -> Spans:
        """The spans of downstream positions that need any of some existing upstream positions."""
        if self.is_custom:
            return downstream_of(Question(self, downstream, upstream, upstream_count), needed, downstream_count)
        links = self.links_at(downstream, upstream, np.arange(downstream_count, dtype=np.int64), upstream_count)
        mask = np.zeros(upstream_count, dtype=bool)
        mask[algebra.to_positions(*needed)] = True
        return algebra.from_positions(np.flatnonzero(links.any_of(mask)))

    def upstream_of_span(
        self,
        downstream: PartitionsDefinition | None,
        upstream: PartitionsDefinition,
        span: tuple[int, int],
        upstream_count: int,
    ) -> tuple[int, int] | None:
        """The one upstream span that a downstream span needs, all of it there; ``None`` where it is not as simple.

        A short cut for the commonest questions; whoever has it not falls back on ``links_at``.
        """
        return None

    # The reference's two directions

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> UpstreamPartitionsResult:
        """What some downstream partitions need, all together.

        Args:
            downstream_partitions_subset: Which; ``None`` if downstream has no partitions.
            downstream_partitions_def: The downstream definition, or ``None``.
            upstream_partitions_def: The upstream definition.
            current_time: The time that decides what exists; that of the context, or now, if not given.
            dynamic_partitions_store: What knows the keys of dynamic definitions.
        """
        if downstream_partitions_subset is None:
            positions = np.zeros(1, dtype=np.int64)
        else:
            check_belongs(downstream_partitions_subset, downstream_partitions_def)
            downstream_partitions_def = downstream_partitions_subset.partitions_def  # to which its positions belong
            span = downstream_partitions_subset.only_span
            if span is not None and span[0] < span[1]:
                self.validate_partition_mapping(upstream_partitions_def, downstream_partitions_def)
                upstream_partitions_def, count = there_are(
                    upstream_partitions_def, current_time, dynamic_partitions_store
                )
                found = self.upstream_of_span(downstream_partitions_def, upstream_partitions_def, span, count)
                if found is not None:
                    return UpstreamPartitionsResult(upstream_partitions_def.subset_of_span(*found))
            positions = downstream_partitions_subset.positions()
        upstream_partitions_def = checked_definition(upstream_partitions_def).settled(
            current_time, dynamic_partitions_store
        )
        links = self.links(
            downstream_partitions_def, upstream_partitions_def, positions, current_time, dynamic_partitions_store
        )
        missing = dict.fromkeys(key for keys in links.nonexistent.values() for key in keys)
        subset = PartitionsSubset(upstream_partitions_def, links.starts, links.stops)
        return UpstreamPartitionsResult(subset, NonexistentKeys(tuple(missing)))

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> PartitionsSubset:
        """The downstream partitions that exist and need any of some upstream partitions that exist."""
        if (current_time is not None or dynamic_partitions_store is not None) and self._asks_functions():
            with partition_loading_context(current_time, dynamic_partitions_store):
                return self.get_downstream_partitions_for_partitions(
                    upstream_partitions_subset, upstream_partitions_def, downstream_partitions_def
                )
        check_belongs(upstream_partitions_subset, upstream_partitions_def)
        self.validate_partition_mapping(upstream_partitions_def, checked_definition(downstream_partitions_def))
        upstream, upstream_count = there_are(upstream_partitions_def, current_time, dynamic_partitions_store)
        downstream, downstream_count = there_are(downstream_partitions_def, current_time, dynamic_partitions_store)
        every = (np.zeros(1, dtype=np.int64), np.array([upstream_count], dtype=np.int64))
        needed = algebra.intersection(upstream_partitions_subset.fitted(upstream).span_arrays, every)
        found = self.downstream_spans(downstream, upstream, needed, downstream_count, upstream_count)
        return PartitionsSubset(downstream, *found)


def partition_mapping_from_dict(content: dict[str, Any]) -> PartitionMapping:
    """Return the mapping that ``to_dict`` described.

    Raises:
        InvalidDefinitionError: The kind is not known, or the description is not whole.

    >>> from notebook_assets.mappings import LastPartitionMapping
    >>> partition_mapping_from_dict(LastPartitionMapping().to_dict())
    LastPartitionMapping()
    """
    if not isinstance(content, dict):
        raise InvalidDefinitionError(f"The description of a partition mapping is a dict; got {content!r}.")
    kind = kind_named(str(content.get("type")))
    if kind is None or kind.is_custom:
        raise InvalidDefinitionError(
            f"There is no kind of partition mapping named {content.get('type')!r} that could be read back. A custom "
            "mapping is code, which its description does not hold: take the mapping from the definitions."
        )
    try:
        found: PartitionMapping = kind(**{name: value for name, value in content.items() if name != "type"})
    except TypeError as error:
        raise InvalidDefinitionError(f"The description of a {kind.__name__} is not whole: {error}.") from None
    return found


def needs_partitions(mapping: PartitionMapping, downstream: PartitionsDefinition | None) -> PartitionsDefinition:
    """Return the downstream definition; InvalidMappingError if there is none and the mapping goes from key to key.

    >>> from notebook_assets.mappings import IdentityPartitionMapping
    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> needs_partitions(IdentityPartitionMapping(), StaticPartitionsDefinition(["a"]))
    StaticPartitionsDefinition(partition_keys=['a'])
    """
    if downstream is None:
        raise InvalidMappingError(
            f"{mapping!r} says what each downstream partition needs, but the downstream asset has no partitions; "
            "use AllPartitionMapping, LastPartitionMapping or SpecificPartitionsPartitionMapping."
        )
    return downstream
