"""The notebook's catalogue: which definitions are bound to names in its namespace, as a module's would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from notebook_assets.assets import (
    AssetCheckKey,
    AssetChecksDefinition,
    AssetsDefinition,
    AssetSpec,
    ObservableSources,
    SourceAsset,
)
from notebook_assets.definitions import Definitions
from notebook_assets.definitions.module_contents import persons_own
from notebook_assets.keys import AssetKey
from notebook_assets.workspace.bound_checks import BoundChecks

DefinedAsset = AssetsDefinition | SourceAsset | AssetSpec


@dataclass(frozen=True)
class CatalogueEntry:
    """One definition of the notebook: the name that it was bound to, and how it stands now."""

    name: str
    thing: DefinedAsset
    key: AssetKey
    """The asset's key: one of those that the definition makes."""
    is_shadowed: bool = False
    """Whether its name now means something else, which is allowed: the definition stays."""
    replaces: str | None = None
    """The other name under which its key had been defined before, if any: the newest definition wins."""


class Catalogue:
    """The definitions of one notebook, kept in step with its namespace.

    A definition enters when a cell binds it to a name, leaves when the name is deleted (or bound to the definition of
    another asset), and is replaced when its key is defined again: the newest wins. Binding its name to anything else,
    such as its own loaded value, keeps it.

    >>> catalogue = Catalogue()
    >>> catalogue.refresh({"raw": AssetSpec("raw")})
    >>> catalogue.refresh({"raw": [1, 2, 3]})
    >>> [(entry.name, entry.is_shadowed) for entry in catalogue.entries()]
    [('raw', True)]
    """

    def __init__(self) -> None:
        self._entries: dict[AssetKey, CatalogueEntry] = {}
        self._seen: dict[int, DefinedAsset] = {}
        self._bound: list[tuple[str, DefinedAsset]] = []
        self._checks = BoundChecks()
        self._sets: list[Definitions] = []

    def entries(self) -> list[CatalogueEntry]:
        """Return the entries, in the order in which they were first defined."""
        return list(self._entries.values())

    def assets(self) -> list[DefinedAsset]:
        """Return the definitions, each once."""
        return list({id(entry.thing): entry.thing for entry in self._entries.values()}.values())

    def checks(self) -> list[AssetChecksDefinition]:
        """Return the definitions of checks that are bound to names."""
        return self._checks.checks()

    def replaced_checks(self) -> dict[AssetCheckKey, tuple[str, str]]:
        """Return the checks that several names define: of each the name that counts, and one that does not."""
        return self._checks.replaced()

    @property
    def resources(self) -> dict[str, object]:
        """The resources of the sets of definitions that are bound; of two of one key, that of the newer set."""
        return {key: thing for each in self._sets for key, thing in each.resources.items()}

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def get(self, key: AssetKey) -> CatalogueEntry | None:
        """Return the entry of a key."""
        return self._entries.get(key)

    def refresh(self, namespace: Mapping[str, Any]) -> None:
        """Bring the catalogue in step with a namespace; called after each cell and before each look."""
        names = persons_own(namespace)
        self._checks.refresh(names)
        self._follow_sets(value for _, value in names if isinstance(value, Definitions))
        bound = [(name, thing) for name, value in names for thing in _defined(value)]
        if not self._is_as_before(bound, namespace):
            self._follow(bound, namespace)
            self._bound = bound

    def _is_as_before(self, bound: Sequence[tuple[str, DefinedAsset]], namespace: Mapping[str, Any]) -> bool:
        """Whether the last look found the very same: most looks follow a cell that defined no asset."""
        return (
            len(bound) == len(self._bound)
            and all(now[1] is then[1] and now[0] == then[0] for now, then in zip(bound, self._bound, strict=True))
            and all(entry.name in namespace for entry in self._entries.values())
        )

    def _follow(self, bound: Sequence[tuple[str, DefinedAsset]], namespace: Mapping[str, Any]) -> None:
        """Remove what is bound no more, and enter what is bound now."""
        keys_by_name: dict[str, set[AssetKey]] = {}
        for name, thing in bound:
            keys_by_name.setdefault(name, set()).update(_keys_of(thing))
        for key, entry in list(self._entries.items()):
            if entry.name not in namespace or (entry.name in keys_by_name and key not in keys_by_name[entry.name]):
                del self._entries[key]
        self._enter(bound)
        self._mark_shadowed(keys_by_name)

    def _follow_sets(self, values: Iterable[Definitions]) -> None:
        """Take in the sets of definitions that are bound now: what was not there at the last look is newer."""
        bound = {id(each): each for each in values}
        known = {id(each) for each in self._sets}
        kept = [each for each in self._sets if id(each) in bound]
        self._sets = [*kept, *(each for number, each in bound.items() if number not in known)]

    def _enter(self, bound: Sequence[tuple[str, DefinedAsset]]) -> None:
        """Enter what was bound since the last look, then, where a key has no entry, what is bound all the same.

        So the newest definition of a key wins over an older one that has another name, and when a definition's name
        is deleted, another name that it is bound to keeps it.
        """
        seen = self._seen
        self._seen = {id(thing): thing for _, thing in bound}
        for name, thing in bound:
            for key in _keys_of(thing):
                before = self._entries.get(key)
                if id(thing) not in seen and (before is None or before.thing is not thing):
                    other_name = before.name if before is not None and before.name != name else None
                    self._forget_siblings(key)
                    self._entries[key] = CatalogueEntry(name, thing, key, replaces=other_name)
        for name, thing in bound:
            if not any(key in self._entries for key in _keys_of(thing)):
                self._entries.update((key, CatalogueEntry(name, thing, key)) for key in _keys_of(thing))

    def _forget_siblings(self, key: AssetKey) -> None:
        """Remove the definition that made a key until now, with all else that it makes: half of it can't stay."""
        before = self._entries.get(key)
        if before is not None:
            for sibling in _keys_of(before.thing):
                entry = self._entries.get(sibling)
                if sibling != key and entry is not None and entry.thing is before.thing:
                    del self._entries[sibling]

    def _mark_shadowed(self, keys_by_name: Mapping[str, set[AssetKey]]) -> None:
        for key, entry in self._entries.items():
            shadowed = key not in keys_by_name.get(entry.name, ())
            if shadowed != entry.is_shadowed:
                self._entries[key] = replace(entry, is_shadowed=shadowed)


def _keys_of(thing: DefinedAsset) -> tuple[AssetKey, ...]:
    if isinstance(thing, AssetsDefinition):
        return tuple(spec.asset_key for spec in thing.specs)
    return (thing.asset_key if isinstance(thing, AssetSpec) else thing.key,)


def keys_held_by(namespace: Mapping[str, Any], name: str) -> set[AssetKey]:
    """Return the keys of the definitions that a variable holds.

    >>> keys_held_by({"raw": AssetSpec("raw"), "rows": 12}, "rows")
    set()
    """
    return {key for thing in _defined(namespace[name]) for key in _keys_of(thing)}


def _defined(value: Any) -> list[DefinedAsset]:
    """Return the definitions that a value is or holds: one, or those in a list, a tuple or a Definitions object."""
    if isinstance(value, AssetsDefinition | SourceAsset | AssetSpec):
        return [value]
    if isinstance(value, ObservableSources):
        return list(value.sources)
    if isinstance(value, Definitions):
        return [each for thing in value.assets for each in _defined_by(thing)]
    if type(value) in (list, tuple) and value and _defined_by(value[0]):
        return [each for thing in value for each in _defined_by(thing)]
    return []


def _defined_by(thing: Any) -> list[DefinedAsset]:
    """Return the definitions that one thing of a list is."""
    if isinstance(thing, ObservableSources):
        return list(thing.sources)
    return [thing] if isinstance(thing, AssetsDefinition | SourceAsset | AssetSpec) else []
