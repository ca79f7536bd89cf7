"""MultiPartitionsDefinition: partitions on two or more dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.partitions.definition import PartitionsDefinition, partitions_definition_from_dict
from notebook_assets.partitions.function_state import State
from notebook_assets.partitions.multi_checks import checked_dimensions
from notebook_assets.partitions.multi_filter import (
    Filter,
    WrittenFilter,
    check_filter,
    check_wanted,
    filter_state,
    filtered,
)
from notebook_assets.partitions.multi_key import SEPARATOR
from notebook_assets.partitions.multi_product import Product
from notebook_assets.partitions.multi_rectangles import MultiRectangles
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class MultiPartitionsDefinition(MultiRectangles):
    """All combinations of the keys of two or more dimensions, or those of them that a filter wants.

    A key is a :class:`~notebook_assets.partitions.MultiPartitionKey`: a text of the keys on the dimensions, joined by
    ``|`` in order of the names. Keys come in the order of their dimensions, of which the first changes slowest. A range
    of keys is the rectangle between its two corners.

    Args:
        partitions_defs: The definition of each dimension, by name; of any kind but this one.
        filter: Which combinations there are: a function that is given a dict of the key on each dimension and says
            whether there is such a key; or the wanted keys, as texts or as dicts. It decides which keys there are and
            not what is made for one, so it is no part of an asset's code. A function is not kept in the store: what is
            read back from there without the notebook has all combinations.

    Raises:
        InvalidDefinitionError: Fewer than two dimensions, a dimension that is itself multi-dimensional, a key that
            holds one of ``| [ ] ,``, or a filter that wants what there can't be.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> airports = StaticPartitionsDefinition(["JFK", "LGA"])
    >>> days = TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", "2024-01-03", cron_schedule="@daily")
    >>> both = MultiPartitionsDefinition({"day": days, "airport": airports})
    >>> both.get_partition_keys()
    ['JFK|2024-01-01', 'JFK|2024-01-02', 'LGA|2024-01-01', 'LGA|2024-01-02']
    >>> first = MultiPartitionsDefinition(both.dimensions, filter=lambda at: at["day"] == "2024-01-01")
    >>> first.get_partition_keys()
    ['JFK|2024-01-01', 'LGA|2024-01-01']
    """

    def __init__(
        self, partitions_defs: Mapping[str, PartitionsDefinition], *, filter: WrittenFilter | None = None
    ) -> None:
        self._dimensions = checked_dimensions(partitions_defs)
        self._filter = check_filter(filter, tuple(self._dimensions))
        if isinstance(self._filter, tuple):
            check_wanted(self._filter, self._dimensions)
        self._product: Product | None = None  # of a settled definition
        self._latest: MultiPartitionsDefinition | None = None  # the last settled form that was asked for
        self._state: State = ()  # of the filter, when that was asked

    @property
    def filter(self) -> Filter | tuple[str, ...] | None:
        """A function, or the wanted keys; None for all combinations."""
        return self._filter

    # As it is at a time

    def at(self, now: float, dynamic_partitions_store: Any = None) -> MultiPartitionsDefinition:
        """The definition with the keys of its dimensions as they are at a time."""
        if self._product is not None:
            return self
        dimensions = {name: each.at(now, dynamic_partitions_store) for name, each in self._dimensions.items()}
        sizes = tuple(each.count_at(now, dynamic_partitions_store) for each in dimensions.values())
        if filter_state(self._filter) != self._state:  # what the filter reads has changed since it was asked
            self._latest = None
        latest = self._latest
        if latest is None or not latest.product().is_of(dimensions, sizes):
            latest = self._latest = self._settled_as(dimensions, sizes)
            self._state = filter_state(self._filter)  # which may change while it is asked, if it keeps its answers
        return latest

    def _settled_as(
        self, dimensions: dict[str, PartitionsDefinition], sizes: tuple[int, ...]
    ) -> MultiPartitionsDefinition:
        before = self._product or (self._latest.product() if self._latest is not None else None)
        return self._with(filtered(Product(dimensions, sizes), self._filter, before))

    def _with(self, product: Product) -> MultiPartitionsDefinition:
        settled = type(self).__new__(type(self))
        settled._dimensions = dict(product.dimensions)
        settled._filter = self._filter
        settled._product = product
        settled._latest, settled._state = None, self._state
        return settled

    def product(self) -> Product:
        """What the definition counts with, settled."""
        return self._product if self._product is not None else self.settled().product()

    def has_positions_of(self, other: PartitionsDefinition) -> bool:
        """Whether this definition has all keys of an equal one, both settled, at the same positions."""
        if not isinstance(other, MultiPartitionsDefinition):
            return False
        mine, theirs = self.product(), other.product()
        if mine is theirs:
            return True
        pairs = zip(mine.dimensions.values(), theirs.dimensions.values(), strict=True)
        if not all(one is another or one.has_positions_of(another) for one, another in pairs):
            return False
        if mine.kept is not None and theirs.kept is not None:
            many = len(theirs.kept)
            same_radix = mine.strides == theirs.strides
            return same_radix and len(mine.kept) >= many and bool((mine.kept[:many] == theirs.kept).all())
        if mine.kept is not None or theirs.kept is not None:
            return theirs.count == 0
        return theirs.count == 0 or (mine.sizes[1:] == theirs.sizes[1:] and mine.sizes[0] >= theirs.sizes[0])

    def joined(self, other: PartitionsDefinition) -> PartitionsDefinition:
        """A settled form of this definition that has the keys of this and of another settled form."""
        if not isinstance(other, MultiPartitionsDefinition) or self.has_positions_of(other):
            return self
        if other.has_positions_of(self):
            return other
        mine, theirs = self.product(), other.product()
        dimensions, sizes = {}, []
        for number, (name, one) in enumerate(mine.dimensions.items()):
            dimensions[name] = one.joined(theirs.dimensions[name])
            if isinstance(one, TimeWindowPartitionsDefinition):
                sizes.append(max(mine.sizes[number], theirs.sizes[number]))
            else:  # which remembers its keys, or has them always
                sizes.append(dimensions[name].count_at(0.0))
        return self._settled_as(dimensions, tuple(sizes))

    # Positions

    def count_at(self, now: float, dynamic_partitions_store: Any = None) -> int:
        """How many combinations there are at a time; of a settled definition, at the time that it was settled for."""
        return self.at(now, dynamic_partitions_store).product().count

    def find_position(self, key: str) -> int | None:
        """The position of a key, or ``None``."""
        return self.product().find(key) if isinstance(key, str) else None

    def find_positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; -1 where there is none of a key."""
        return self.product().find_many(keys)

    def positions(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; UnknownPartitionError where there is none of a key."""
        listed = list(keys)
        found = self.find_positions(listed)
        for at in np.flatnonzero(found < 0)[:1].tolist():
            self.position(listed[at])
        return found

    def positions_from(self, other: PartitionsDefinition, positions: IntArray) -> IntArray:
        """The positions of an equal settled form's positions here; -1 where there are none."""
        if not isinstance(other, MultiPartitionsDefinition):
            return super().positions_from(other, positions)
        mine, theirs = self.product(), other.product()
        columns = zip(mine.dimensions.values(), theirs.dimensions.values(), theirs.coordinates(positions), strict=True)
        return mine.positions_of([one.positions_from(another, column) for one, another, column in columns])

    def keys_at(self, positions: IntArray) -> list[str]:
        """The keys at many positions, each a :class:`~notebook_assets.partitions.MultiPartitionKey`."""
        found: list[Any] = self.product().keys_at(np.asarray(positions, dtype=np.int64))
        return found

    def why_unknown(self, key: str) -> str:
        """Why there is no partition of a key: which dimension does not have its part, or that it is left out."""
        if not isinstance(key, str) or not self.is_valid_key_format(key):
            return self.wrong_format(key)
        product = self.product()
        for number, (name, part) in enumerate(zip(product.names, key.split(SEPARATOR), strict=True)):
            if product.place_on(number, part) is None:
                dimension, size = product.dimensions[name], product.sizes[number]
                later = dimension.find_position(part) is not None
                why = dimension.why_not_yet(part, size) if later else dimension.why_unknown(part)
                return f"There is no partition {key!r}, on the dimension {name!r}: {why}"
        every = prod(product.sizes)
        return (
            f"There is no partition {key!r}: the definition's filter leaves out that combination, as it does "
            f"{every - product.count:,} of {every:,}."
        )

    # Identity

    @property
    def label(self) -> str:
        """The names of the dimensions."""
        return " × ".join(self._dimensions)

    @property
    def subset_identity(self) -> str:
        """That of each dimension, by name."""
        return "multi|" + "|".join(f"{name}={each.subset_identity}" for name, each in self._dimensions.items())

    @cached_property
    def key_meaning(self) -> str:  # type: ignore[override]  # a constant in other kinds
        """The names of the dimensions, by which a key is read, and what their keys mean; a filter is no part of it."""
        return "; ".join(f"{name}={each.key_meaning}" for name, each in self._dimensions.items())

    @property
    def clocks(self) -> tzinfo:  # type: ignore[override]  # a constant in other kinds
        """The time zone of the first dimension of time windows; UTC if there is none."""
        found = self.primary_dimension.partitions_def
        return found.clocks if isinstance(found, TimeWindowPartitionsDefinition) else UTC

    def to_dict(self) -> dict[str, Any]:
        """The definition as plain data; a filter that is a function is left out."""
        content: dict[str, Any] = {name: each.to_dict() for name, each in self._dimensions.items()}
        wanted = {"filter": list(self._filter)} if isinstance(self._filter, tuple) else {}
        return {"type": type(self).__name__, "partitions_defs": content, **wanted}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> MultiPartitionsDefinition:
        """The definition that :meth:`to_dict` described."""
        dimensions = {name: partitions_definition_from_dict(each) for name, each in content["partitions_defs"].items()}
        return cls(dimensions, filter=content.get("filter"))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._dimensions, self._filter, self._product and self._product.sizes)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, MultiPartitionsDefinition) or self._filter != other._filter:
            return False
        return list(self._dimensions.items()) == list(other._dimensions.items())

    def __hash__(self) -> int:
        return hash(tuple(self._dimensions.items()))

    def __repr__(self) -> str:
        wanted = self._filter
        name = getattr(wanted, "__name__", repr(wanted)) if callable(wanted) else f"{len(wanted or ())} keys"
        shown = "" if wanted is None else f", filter=<{name}>"
        return f"{type(self).__name__}({self._dimensions!r}{shown})"

    def __str__(self) -> str:
        said = "".join(f"\n{name.capitalize()}: {each} " for name, each in self._dimensions.items())
        return f"Multi-partitioned, with dimensions: {said}".rstrip()


def _restored(
    kind: type[MultiPartitionsDefinition],
    dimensions: dict[str, PartitionsDefinition],
    wanted: Any,
    sizes: tuple[int, ...] | None,
) -> MultiPartitionsDefinition:
    definition = kind(dimensions, filter=wanted)
    return definition if sizes is None else definition._settled_as(dimensions, sizes)
