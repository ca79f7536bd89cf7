"""The checks that are bound to names of a notebook; of two of one key, the newest counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from notebook_assets.assets import AssetCheckKey, AssetChecksDefinition
from notebook_assets.definitions import Definitions


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

    def refresh(self, values: Iterable[Any]) -> None:
        """Take in what is bound now: what was not there at the last look is newer than the rest."""
        bound = {id(each): each for value in values for each in checks_in(value)}
        known = {id(each) for each in self._order}
        kept = [each for each in self._order if id(each) in bound]
        self._order = [*kept, *(each for number, each in bound.items() if number not in known)]

    def checks(self) -> list[AssetChecksDefinition]:
        """Return the definitions, without those of which a newer one has a check of the same key."""
        return newest(self._order)


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
