"""Product: the places of several settled dimensions, as keys and as positions; some may be left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray, Spans
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.multi_boxes import boxes, product_spans, projected, strides_of
from notebook_assets.partitions.multi_key import SEPARATOR, MultiPartitionKey, named_keys

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

_LISTED = 100_000  # the keys of dimensions up to this size are remembered
_FEW = 40


@dataclass(frozen=True, eq=False)
class Product:
    """What a settled multi-dimensional definition counts with.

    A *place* is a combination of keys, numbered in mixed radix with the first dimension slowest; a *position* counts
    only the places that are kept.

    Args:
        dimensions: By name, in order of the names; settled.
        sizes: How many keys of each exist.
        kept: The places that are kept, int64 and ascending; None for all.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> product = Product({"letter": letters, "digit": digits}, (2, 2))
    >>> product.count, product.find("b|1")
    (4, 2)
    """

    dimensions: Mapping[str, PartitionsDefinition]
    sizes: tuple[int, ...]
    kept: IntArray | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the dimensions."""
        return tuple(self.dimensions)

    @cached_property
    def count(self) -> int:
        """How many positions there are."""
        return prod(self.sizes) if self.kept is None else len(self.kept)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """How far apart places lie that are neighbours on each dimension."""
        return strides_of(self.sizes)

    def is_of(self, dimensions: Mapping[str, PartitionsDefinition], sizes: tuple[int, ...]) -> bool:
        """Whether these are the same dimensions, settled with the same keys."""
        pairs = zip(self.dimensions.values(), dimensions.values(), strict=True)
        return self.sizes == sizes and all(
            one is other or (one.has_positions_of(other) and other.has_positions_of(one)) for one, other in pairs
        )

    # Places and positions

    def coordinate(self, dimension: int, positions: IntArray) -> IntArray:
        """The positions on one dimension, by its number, of many positions."""
        places = positions if self.kept is None else self.kept[positions]
        found: IntArray = places // self.strides[dimension]
        return found if dimension == 0 else found % max(self.sizes[dimension], 1)

    def coordinates(self, positions: IntArray) -> list[IntArray]:
        """The positions on each dimension."""
        return [self.coordinate(dimension, positions) for dimension in range(len(self.sizes))]

    def positions_of(self, coordinates: Sequence[IntArray]) -> IntArray:
        """The positions of places by their coordinates; -1 where one is -1 or not there, or the place is left out."""
        places = np.zeros(len(coordinates[0]), dtype=np.int64)
        there = np.ones(len(places), dtype=bool)
        for size, stride, column in zip(self.sizes, self.strides, coordinates, strict=True):
            there &= (column >= 0) & (column < size)
            places += column * stride
        return np.where(there, self.kept_positions(places), -1)

    def kept_positions(self, places: IntArray) -> IntArray:
        """The positions of places; -1 where one is left out."""
        if self.kept is None:
            return places
        if not len(self.kept):
            return np.full(len(places), -1, dtype=np.int64)
        found = np.searchsorted(self.kept, places)
        return np.where(self.kept[np.minimum(found, len(self.kept) - 1)] == places, found, -1)

    def places_of_spans(self, spans: Spans) -> Spans:
        """The spans of places of spans of positions."""
        return spans if self.kept is None else algebra.from_positions(self.kept[algebra.to_positions(*spans)])

    def spans_of_places(self, spans: Spans) -> Spans:
        """The spans of positions in spans of places, one each; some may be empty."""
        if self.kept is None:
            return spans
        return np.searchsorted(self.kept, spans[0]), np.searchsorted(self.kept, spans[1])

    def spans_where(self, wanted: Mapping[str, Spans]) -> Spans:
        """The spans of positions whose coordinates are wanted, on the dimensions that are named."""
        spans = product_spans(self.sizes, [wanted.get(name) for name in self.names])
        return algebra.normalised(*self.spans_of_places(spans))

    def projected(self, name: str, spans: Spans) -> Spans:
        """The spans of coordinates on one dimension of spans of positions."""
        number = self.names.index(name)
        return projected(self.places_of_spans(spans), self.strides[number], self.sizes[number])

    def boxes(self, spans: Spans) -> tuple[IntArray, IntArray]:
        """Boxes that hold just the places of spans of positions, as :func:`~.multi_boxes.boxes` returns them."""
        return boxes(self.places_of_spans(spans), self.sizes)

    # Keys

    def keys_at(self, positions: IntArray) -> list[MultiPartitionKey]:
        """The keys at many positions."""
        columns = [self._column(number, each) for number, each in enumerate(self.coordinates(positions))]
        return named_keys(map(SEPARATOR.join, zip(*columns, strict=True)), self.names)

    def keys_of(self, coordinates: IntArray) -> list[MultiPartitionKey]:
        """The keys of places by their coordinates, shape ``(n, n_dimensions)``."""
        columns = [self._column(number, each) for number, each in enumerate(coordinates.T)]
        return named_keys(map(SEPARATOR.join, zip(*columns, strict=True)), self.names)

    def _column(self, number: int, coordinates: IntArray) -> list[str]:
        size = self.sizes[number]
        if size <= _LISTED and (size <= 4 * len(coordinates) or number in self._listed):
            keys = self.keys_on(number)
            return [keys[at] for at in coordinates.tolist()]
        distinct, inverse = np.unique(coordinates, return_inverse=True)
        keys = self._dimension(number).keys_at(distinct)
        return [keys[at] for at in inverse.tolist()]

    def keys_on(self, number: int) -> list[str]:
        """All keys of one dimension, by its number."""
        if number not in self._listed:
            keys = self._dimension(number).keys_of_span(0, self.sizes[number])
            if len(keys) > _LISTED:
                return keys
            self._listed[number] = keys
        return self._listed[number]

    @cached_property
    def _listed(self) -> dict[int, list[str]]:
        return {}

    @cached_property
    def _positions_on(self) -> dict[int, dict[str, int]]:
        return {}

    def _dimension(self, number: int) -> PartitionsDefinition:
        return self.dimensions[self.names[number]]

    def place_on(self, number: int, key: str) -> int | None:
        """The position of a key on one dimension, by its number; None where there is none, or none yet."""
        found = self._dimension(number).find_position(key)
        return found if found is not None and found < self.sizes[number] else None

    def find(self, key: str) -> int | None:
        """The position of a key, or None."""
        parts = key.split(SEPARATOR)
        if len(parts) != len(self.sizes):
            return None
        place = 0
        for number, part in enumerate(parts):
            found = self.place_on(number, part)
            if found is None:
                return None
            place += found * self.strides[number]
        if self.kept is None:
            return place
        found = int(np.searchsorted(self.kept, place))
        return found if found < len(self.kept) and int(self.kept[found]) == place else None

    def find_many(self, keys: Sequence[str]) -> IntArray:
        """The positions of many keys, an int64 array; -1 where there is none."""
        if not len(keys):
            return np.zeros(0, dtype=np.int64)
        many = len(self.sizes)
        split = [key.split(SEPARATOR) if isinstance(key, str) else [] for key in keys]
        nothing = [""] * many
        columns = zip(*(parts if len(parts) == many else nothing for parts in split), strict=True)
        return self.positions_of([self._on(number, column) for number, column in enumerate(columns)])

    def _on(self, number: int, keys: Sequence[str]) -> IntArray:
        size = self.sizes[number]
        if len(keys) > _FEW and size <= _LISTED:
            known = self._positions_on.get(number)
            if known is None:
                known = {key: at for at, key in enumerate(self.keys_on(number))}
                self._positions_on[number] = known
        else:
            distinct = list(dict.fromkeys(keys))
            known = dict(zip(distinct, self._dimension(number).find_positions(distinct).tolist(), strict=True))
        return np.array([known.get(key, -1) for key in keys], dtype=np.int64)
