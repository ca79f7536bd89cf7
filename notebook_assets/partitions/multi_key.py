"""MultiPartitionKey: the key of a partition that lies on several dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from notebook_assets.errors import InvalidInvocationError

SEPARATOR = "|"
"""What stands between the keys of the dimensions."""

RESERVED = ("|", "[", "]", ",")
"""What no key of a dimension may hold, as in the reference: the separator, and what lists of keys are written with."""


class PartitionDimensionKey(NamedTuple):
    """A key of one dimension.

    >>> PartitionDimensionKey("airport", "JFK").partition_key
    'JFK'
    """

    dimension_name: str
    partition_key: str


class MultiPartitionKey(str):
    """The key of a partition on several dimensions: a text of their keys, joined by ``|`` in the order of their names.

    Args:
        keys_by_dimension: The key on each dimension.

    Raises:
        InvalidInvocationError: A key is no string, or holds ``|``.

    >>> key = MultiPartitionKey({"date": "2024-01-01", "airport": "JFK"})
    >>> key, key.keys_by_dimension["date"], key == "JFK|2024-01-01"
    ('JFK|2024-01-01', '2024-01-01', True)
    """

    __slots__ = ("_names",)

    _names: tuple[str, ...]

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> MultiPartitionKey:
        """Join the keys."""
        if not isinstance(keys_by_dimension, Mapping):
            raise InvalidInvocationError(
                "A MultiPartitionKey is made from the key on each dimension, such as "
                f"{{'airport': 'JFK', 'date': '2024-01-01'}}; got {keys_by_dimension!r}."
            )
        for name, key in keys_by_dimension.items():
            if not isinstance(name, str) or not isinstance(key, str) or SEPARATOR in key:
                raise InvalidInvocationError(
                    f"Dimensions and keys are texts, and no key holds {SEPARATOR!r}; got {key!r} on {name!r}."
                )
        names = sorted(keys_by_dimension)
        made = super().__new__(cls, SEPARATOR.join(keys_by_dimension[name] for name in names))
        made._names = tuple(names)
        return made

    @property
    def keys_by_dimension(self) -> Mapping[str, str]:
        """The key on each dimension, by name."""
        return dict(zip(self._names, self.split(SEPARATOR), strict=False))

    @property
    def dimension_keys(self) -> Sequence[PartitionDimensionKey]:
        """The dimensions and their keys, in order of the names."""
        return [PartitionDimensionKey(name, key) for name, key in self.keys_by_dimension.items()]

    def __reduce__(self) -> tuple[Any, ...]:
        return MultiPartitionKey, (dict(self.keys_by_dimension),)


def named_keys(texts: Iterable[str], names: tuple[str, ...]) -> list[MultiPartitionKey]:
    """Return keys that are already joined, for dimensions in order of their names; many are made quickly.

    >>> named_keys(["JFK|2024-01-01"], ("airport", "date"))[0].keys_by_dimension
    {'airport': 'JFK', 'date': '2024-01-01'}
    """
    new = str.__new__
    made = [new(MultiPartitionKey, text) for text in texts]
    for key in made:
        key._names = names
    return made
