"""What a module, or a notebook's namespace, holds: definitions bound to names, by themselves or in lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets import AssetsDefinition, AssetSpec, SourceAsset
from notebook_assets.errors import DuplicateAssetError
from notebook_assets.keys import AssetKey

_RESULTS = re.compile(r"_+|_\d+")  # where the shell keeps the results of earlier cells


@dataclass(frozen=True)
class Namespace:
    """The names of one module and what they are bound to.

    >>> Namespace("numbers", {"one": 1}).name
    'numbers'
    """

    name: str
    values: Mapping[str, Any]

    @staticmethod
    def of(module: Any) -> Namespace:
        """Return the namespace of a module."""
        return Namespace(str(getattr(module, "__name__", module)), vars(module))


def persons_own(namespace: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return names and values without the results of earlier cells, which the shell binds to ``_``, ``_12`` and so on.

    What somebody else binds to such a name counts, as any name does.

    >>> persons_own({"_1": "shown", "_oh": {1: "shown"}, "one": 1})
    [('_oh', {1: 'shown'}), ('one', 1)]
    """
    items = list(namespace.items())  # a cell's thread may bind names meanwhile
    results = {id(value) for value in list(namespace.get("_oh", {}).values())}
    return [(name, value) for name, value in items if not (_RESULTS.fullmatch(name) and id(value) in results)]


def found_in(namespaces: Iterable[Namespace], kinds: tuple[type, ...]) -> list[Any]:
    """Return what is of some kinds in modules, each object once, in the order of the modules and their names.

    Args:
        namespaces: The modules.
        kinds: The classes that count; lists and tuples of them count too.

    >>> found_in([Namespace("numbers", {"one": 1, "more": [2, 3], "again": 1})], (int,))
    [1, 2, 3]
    """
    seen: dict[int, Any] = {}
    for namespace in namespaces:
        for _, value in persons_own(namespace.values):
            for thing in _each(value, kinds):
                seen.setdefault(id(thing), thing)
    return list(seen.values())


def _each(value: Any, kinds: tuple[type, ...]) -> Iterator[Any]:
    if isinstance(value, kinds):
        yield value
    elif type(value) in (list, tuple):
        for entry in value:
            yield from _each(entry, kinds)


def keys_defined_by(thing: AssetsDefinition | SourceAsset | AssetSpec) -> list[AssetKey]:
    """Return the keys of the assets that a definition defines.

    >>> keys_defined_by(AssetSpec("a"))
    [AssetKey(['a'])]
    """
    if isinstance(thing, AssetsDefinition):
        return [spec.asset_key for spec in thing.specs]
    return [thing.asset_key if isinstance(thing, AssetSpec) else thing.key]


def check_defined_once(namespaces: Iterable[Namespace], kinds: tuple[type, ...]) -> None:
    """Raise an error where modules define one key twice.

    Raises:
        DuplicateAssetError: They do; it names the modules.

    >>> check_defined_once([Namespace("one", {"a": AssetSpec("a")})], (AssetSpec,))
    """
    places: dict[AssetKey, dict[int, list[str]]] = {}
    for namespace in namespaces:
        for thing in found_in([namespace], kinds):
            for key in keys_defined_by(thing):
                places.setdefault(key, {}).setdefault(id(thing), []).append(namespace.name)
    for key, by_thing in places.items():
        if len(by_thing) > 1:
            names = dict.fromkeys(name for found in by_thing.values() for name in found)
            raise DuplicateAssetError(
                f"The asset {key.to_user_string()} is defined {len(by_thing)} times, in {', '.join(names)}. "
                "Give one of them another name, or a key_prefix."
            )
