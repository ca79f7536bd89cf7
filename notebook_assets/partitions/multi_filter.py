"""Which combinations of a multi-dimensional definition are wanted: by a function, or by naming them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arrays import BoolArray, IntArray
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.function_state import State, state_of
from notebook_assets.partitions.multi_key import SEPARATOR
from notebook_assets.partitions.multi_product import Product
from notebook_assets.partitions.static import StaticPartitionsDefinition
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

Filter: TypeAlias = Callable[[dict[str, str]], bool]
WrittenFilter: TypeAlias = "Filter | Collection[str | Mapping[str, str]]"
"""A function of the key on each dimension, by name; or the wanted keys, as texts or by dimension."""


def check_filter(written: Any, names: tuple[str, ...]) -> Filter | tuple[str, ...] | None:
    """Return a filter as a function, or as the wanted keys in the order given; None for none.

    Raises:
        InvalidDefinitionError: It is neither, or a wanted key is not one on these dimensions.

    >>> check_filter([{"b": "2", "a": "1"}, "1|3"], ("a", "b"))
    ('1|2', '1|3')
    """
    if written is None:
        return None
    if callable(written):
        function: Filter = written
        return function
    if isinstance(written, str | Mapping) or not isinstance(written, Iterable):
        raise InvalidDefinitionError(
            f"A filter is a function of a dict such as {dict.fromkeys(names, '…')}, or a list of the wanted keys; "
            f"got {written!r}."
        )
    return tuple(dict.fromkeys(_text(each, names) for each in written))


def _text(wanted: Any, names: tuple[str, ...]) -> str:
    if isinstance(wanted, Mapping):
        if set(wanted) != set(names):
            raise InvalidDefinitionError(f"A wanted key names each dimension, {list(names)}; got {dict(wanted)}.")
        return SEPARATOR.join(str(wanted[name]) for name in names)
    if not isinstance(wanted, str) or len(wanted.split(SEPARATOR)) != len(names):
        raise InvalidDefinitionError(
            f"A wanted key has a part for each dimension, {list(names)}, as {SEPARATOR.join(names)!r}; got {wanted!r}."
        )
    return str(wanted)


def check_wanted(wanted: tuple[str, ...], dimensions: Mapping[str, PartitionsDefinition]) -> None:
    """Raise InvalidDefinitionError where a wanted key is not, and will not be, on a dimension.

    >>> check_wanted(("a|1",), {"x": StaticPartitionsDefinition(["a"]), "y": StaticPartitionsDefinition(["1"])})
    """
    columns = zip(*(key.split(SEPARATOR) for key in wanted), strict=True)
    for (name, dimension), column in zip(dimensions.items(), columns, strict=False):
        if isinstance(dimension, StaticPartitionsDefinition | TimeWindowPartitionsDefinition):
            for key in dict.fromkeys(column):
                if dimension.find_position(key) is None:
                    raise InvalidDefinitionError(f"The filter wants {key!r} on {name!r}: {dimension.why_unknown(key)}")


def filter_state(written: Filter | tuple[str, ...] | None) -> State:
    """Return what a filter's verdicts hang on: the code and the values that its function refers to.

    >>> filter_state(("a|1",))
    ()
    """
    return state_of([written]) if callable(written) else ()


def filtered(places: Product, wanted: Filter | tuple[str, ...] | None, before: Product | None = None) -> Product:
    """Return a product without the places that a filter, or ``|`` in a dynamic key, leaves out.

    Args:
        places: The product of all combinations.
        wanted: The filter.
        before: What the same filter has made of the product at another time, so that only new combinations are asked.

    Raises:
        InvalidDefinitionError: The filter failed.

    >>> letters, digits = StaticPartitionsDefinition(["a", "b"]), StaticPartitionsDefinition(["1", "2"])
    >>> every = Product({"letter": letters, "digit": digits}, (2, 2))
    >>> filtered(every, lambda at: at["letter"] == "b").keys_at(np.arange(2))
    ['b|1', 'b|2']
    """
    legal = _legal(places)
    if wanted is None and legal is None:
        return places
    if isinstance(wanted, tuple):
        found = places.find_many(wanted)
        kept: IntArray = np.unique(found[found >= 0])
        if legal is not None:
            kept = kept[legal.ravel()[kept]]
    else:
        known = _known(places, before) if wanted is not None else None
        asked = np.ones(places.sizes, dtype=bool) if legal is None else legal
        kept = np.flatnonzero(asked if wanted is None else _verdicts(places, wanted, asked, known))
    return Product(places.dimensions, places.sizes, kept)


def _legal(places: Product) -> BoolArray | None:
    """Which places have keys without ``|``, shaped as the dimensions; None for all."""
    legal = None
    for number, dimension in enumerate(places.dimensions.values()):
        if isinstance(dimension, StaticPartitionsDefinition | TimeWindowPartitionsDefinition):
            continue  # refused where they were defined
        keys = places.keys_on(number)
        if SEPARATOR in "".join(keys):
            mask = np.array([SEPARATOR not in key for key in keys], dtype=bool)
            legal = np.ones(places.sizes, dtype=bool) if legal is None else legal
            legal &= mask.reshape([-1 if each == number else 1 for each in range(len(places.sizes))])
    return legal


def _known(places: Product, before: Product | None) -> tuple[BoolArray, tuple[slice, ...]] | None:
    """The verdicts of before, and where they lie in the product; None where dimensions have changed otherwise."""
    if (
        before is None
        or before.kept is None
        or any(size > now for size, now in zip(before.sizes, places.sizes, strict=True))
    ):
        return None
    pairs = zip(places.dimensions.values(), before.dimensions.values(), strict=True)
    if not all(now is then or now.has_positions_of(then) for now, then in pairs):
        return None
    verdicts = np.zeros(before.sizes, dtype=bool)
    verdicts.ravel()[before.kept] = True
    return verdicts, tuple(slice(0, size) for size in before.sizes)


def _verdicts(
    places: Product, wanted: Filter, asked: BoolArray, known: tuple[BoolArray, tuple[slice, ...]] | None
) -> BoolArray:
    verdicts = np.zeros(places.sizes, dtype=bool)
    if known is not None:
        verdicts[known[1]] = known[0] & asked[known[1]]
        asked = asked.copy()
        asked[known[1]] = False
    columns = [places.keys_on(number) for number in range(len(places.sizes))]
    if asked.all():
        combinations: Iterable[tuple[str, ...]] = product(*columns)
    else:
        chosen = np.nonzero(asked)
        combinations = zip(
            *([keys[at] for at in each.tolist()] for keys, each in zip(columns, chosen, strict=True)), strict=True
        )
    verdicts[asked] = _answers(wanted, places.names, combinations)
    return verdicts


def _answers(wanted: Filter, names: tuple[str, ...], combinations: Iterable[tuple[str, ...]]) -> list[bool]:
    answers = []
    for combination in combinations:
        at = dict(zip(names, combination, strict=True))
        try:
            answers.append(bool(wanted(at)))
        except Exception as error:
            raise InvalidDefinitionError(
                f"The filter of a multi-dimensional definition failed on {dict(zip(names, combination, strict=True))}: "
                f"{type(error).__name__}: {error}"
            ) from error
    return answers
