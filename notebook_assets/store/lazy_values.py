"""LazyValues: the values of several partitions as a mapping that reads each when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from notebook_assets.display import plural, visible
from notebook_assets.errors import UnknownPartitionError, did_you_mean

_NAMED = 3


class LazyValues(Mapping[str, Any]):
    """Values by partition key, of which none is read before it is asked for, and none is kept.

    ``load_asset_value(..., as_="lazy")`` gives it, for values that are too large together. It knows its keys and how
    many they are without reading; each value is a fresh object.

    Args:
        name: The asset, for people.
        keys: The partition keys, in order.
        read: Gives the value of one.

    >>> squares = LazyValues("squares", ["1", "2", "3"], lambda key: int(key) ** 2)
    >>> squares
    LazyValues of squares: 3 partitions, read when asked for: '1', '2', '3'
    >>> len(squares), squares["3"], sum(squares.values())
    (3, 9, 14)
    """

    def __init__(self, name: str, keys: Sequence[str], read: Callable[[str], Any]) -> None:
        self._name = name
        self._keys = dict.fromkeys(keys)
        self._read = read

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise PartitionNotAmongThem(
                f"{key!r} is not among the {plural(len(self._keys), 'partition')} of {self._name} that were asked for."
                f"{did_you_mean(key, self._keys)}"
            )
        return self._read(key)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        keys = list(self._keys)
        some = keys if len(keys) <= _NAMED else [*keys[:_NAMED], ...]
        names = visible(", ".join("..." if key is ... else repr(key) for key in some))
        which = f": {names}" if names else ""
        return f"LazyValues of {self._name}: {plural(len(keys), 'partition')}, read when asked for{which}"


class PartitionNotAmongThem(UnknownPartitionError, KeyError):  # noqa: N818  (a KeyError, as of any mapping)
    """A mapping of partitions has no such key.

    >>> issubclass(PartitionNotAmongThem, KeyError)
    True
    """

    __str__ = Exception.__str__
