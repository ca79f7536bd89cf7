"""The checks that are bound to names of a notebook; of two of one key, the newest counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from notebook_assets.assets import AssetCheckKey, AssetChecksDefinition
from notebook_assets.definitions import Definitions
from notebook_assets.errors import InvalidDefinitionError


def checks_in(value: Any) -> list[AssetChecksDefinition]:
    """Return the definitions of checks that a value is or holds.

    >>> checks_in([1, 2])
    []
    """
    if isinstance(value, AssetChecksDefinition):
        return [value]
    if isinstance(value, Definitions):
        return [thing for thing in (*value.assets, *value.asset_checks) if isinstance(thing, AssetChecksDefinition)]
    if type(value) in (list, tuple):
        return [thing for thing in value if isinstance(thing, AssetChecksDefinition)]
    return []


class BoundChecks:
    """The definitions of checks in a namespace, as it was looked at last."""

    def __init__(self) -> None:
        self._order: list[AssetChecksDefinition] = []
        self._names: dict[int, str] = {}

    def refresh(self, values: Iterable[tuple[str, Any]]) -> None:
        """Take in what is bound now, by name: what was not there at the last look is newer than the rest."""
        named = [(name, each) for name, value in values for each in checks_in(value)]
        bound = {id(each): each for _, each in named}
        known = {id(each) for each in self._order}
        kept = [each for each in self._order if id(each) in bound]
        self._order = [*kept, *(each for number, each in bound.items() if number not in known)]
        self._names = {id(each): name for name, each in reversed(named)}

    def checks(self) -> list[AssetChecksDefinition]:
        """Return the definitions, without those of which a newer one has a check of the same key."""
        return newest(self._order)

    def replaced(self) -> dict[AssetCheckKey, tuple[str, str]]:
        """Return the checks that several names define: of each the name that counts, and one that does not."""
        counting = self.checks()
        name_of = {key: self._names[id(each)] for each in counting for key in each.check_keys}
        left_out = [each for each in self._order if not any(each is other for other in counting)]
        return {
            key: (name_of[key], self._names[id(each)])
            for each in left_out
            for key in sorted(each.check_keys)
            if key in name_of
        }


def check_once(checks: Iterable[AssetChecksDefinition]) -> None:
    """Refuse two definitions of one check that are handed over together.

    Raises:
        InvalidDefinitionError: There are two.
    """
    taken: dict[AssetCheckKey, AssetChecksDefinition] = {}
    for each in checks:
        for key in sorted(each.check_keys):
            if taken.setdefault(key, each) is not each:
                raise InvalidDefinitionError(
                    f"{key.asset_key.to_user_string()} has two checks called {key.name!r}. Give one of them another "
                    "name by name=."
                )


def newest(checks: Iterable[AssetChecksDefinition]) -> list[AssetChecksDefinition]:
    """Return definitions of checks without those of which a later one has a check of the same key.

    >>> newest([])
    []
    """
    taken: set[AssetCheckKey] = set()
    found: list[AssetChecksDefinition] = []
    for each in reversed(list(checks)):
        if not taken & each.check_keys:
            taken |= each.check_keys
            found.append(each)
    return found[::-1]
