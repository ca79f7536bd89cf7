"""CheckGraph: which checks there are of the assets of a graph, and what carries each of them out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeGuard

from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.checks_definition import AssetChecksDefinition
from notebook_assets.errors import InvalidDefinitionError, UnknownAssetError, UnknownUpstreamError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.selection.check_keys import AssetCheckKey


class CheckedNode(Protocol):
    """What there is to know of an asset that is checked."""

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """Its partitions, if any."""

    @property
    def definition(self) -> Any:
        """What makes it; None for what is made elsewhere."""


class CheckGraph:
    """The checks of some assets: those that the assets' own functions carry out, and those with one of their own.

    Args:
        nodes: The assets by key.
        definitions: Checks with functions of their own.

    Raises:
        UnknownUpstreamError: A check is of an asset that is not there, or looks at one.
        InvalidDefinitionError: An asset has two checks of one name.

    >>> CheckGraph({}).keys()
    dict_keys([])
    """

    def __init__(
        self, nodes: Mapping[AssetKey, CheckedNode], definitions: Iterable[AssetChecksDefinition] = ()
    ) -> None:
        self.definitions: list[AssetChecksDefinition] = []
        self.problems: dict[AssetCheckKey, InvalidDefinitionError] = {}
        self._specs: dict[AssetCheckKey, AssetCheckSpec] = {}
        self._made_by: dict[AssetCheckKey, AssetChecksDefinition | None] = {}
        self._by_asset: dict[AssetKey, list[AssetCheckKey]] = {}
        self._made_here = {key for key, node in nodes.items() if node.definition is not None}
        for definition in _with_own_checks(nodes.values()):
            for spec in definition.check_specs:
                self._enter(spec, None)
        for checks in definitions:
            self._add(nodes, checks)

    @classmethod
    def sound(cls, nodes: Mapping[AssetKey, CheckedNode], definitions: Iterable[AssetChecksDefinition]) -> CheckGraph:
        """Return the graph of those checks that fit the assets; ``problems`` says why each of the others does not."""
        found = cls(nodes)
        for checks in definitions:
            try:
                found._add(nodes, checks)
            except InvalidDefinitionError as error:
                found.problems.update(dict.fromkeys(checks.check_keys, error))
        return found

    def _add(self, nodes: Mapping[AssetKey, CheckedNode], checks: AssetChecksDefinition) -> None:
        if any(checks is other for other in self.definitions):
            return
        for key in sorted(checks.dependency_keys):
            if key not in nodes:
                asked = key.to_user_string()
                near = did_you_mean(asked, [other.to_user_string() for other in nodes])
                verb = "is of" if key in checks.asset_keys else "looks at"
                raise UnknownUpstreamError(f"{_named(checks)} {verb} the asset {asked!r}, but there is none.{near}")
        _check_partitions(nodes, checks)
        for spec in checks.specs:
            if spec.key in self._specs:
                raise InvalidDefinitionError(
                    f"{spec.asset_key} has two checks called {spec.name!r}. Give one of them another name by name=."
                )
        for spec in checks.specs:
            self._enter(spec, checks)
        self.definitions.append(checks)

    def _enter(self, spec: AssetCheckSpec, checks: AssetChecksDefinition | None) -> None:
        self._specs[spec.key] = spec
        self._made_by[spec.key] = checks
        self._by_asset.setdefault(spec.asset_key, []).append(spec.key)

    def keys(self) -> Collection[AssetCheckKey]:
        """All checks."""
        return self._specs.keys()

    def of(self, key: AssetKey) -> list[AssetCheckKey]:
        """The checks of one asset."""
        return list(self._by_asset.get(key, ()))

    def carried_out(
        self, assets: Collection[AssetKey], wanted: Collection[AssetCheckKey] | None = None
    ) -> list[AssetChecksDefinition]:
        """Return what carries out checks of some assets by a function of its own.

        Args:
            assets: The assets.
            wanted: The checks that count; None for all.
        """
        return [
            checks
            for checks in self.definitions
            if any(spec.asset_key in assets and (wanted is None or spec.key in wanted) for spec in checks.specs)
        ]

    def spec(self, key: AssetCheckKey) -> AssetCheckSpec:
        """One check's spec.

        Raises:
            UnknownAssetError: There is no such check; near matches are named.
            InvalidDefinitionError: It does not fit the assets.
        """
        if key not in self._specs:
            asked = key.to_user_string()
            near = did_you_mean(asked, [other.to_user_string() for other in self._specs])
            raise self.problems.get(key) or UnknownAssetError(f"There is no check {asked!r}.{near}")
        return self._specs[key]

    def may_block(self, key: AssetCheckKey) -> bool:
        """Whether an error that a check found before still stops what is made from its asset.

        It is so if the check is blocking today; one of an asset that is made elsewhere is as it was.
        """
        return bool(self._specs[key].blocking) if key in self._specs else self.is_there(key)

    def is_there(self, key: AssetCheckKey) -> bool:
        """Whether a check of which there are results is still defined; of an asset made elsewhere, nobody knows."""
        return key in self._specs or key.asset_key not in self._made_here

    def definition(self, key: AssetCheckKey) -> AssetChecksDefinition | None:
        """What carries a check out; None where the asset's own function does."""
        self.spec(key)
        return self._made_by[key]


def _with_own_checks(nodes: Iterable[CheckedNode]) -> Iterator[Any]:
    """Yield each definition that carries out checks itself, once."""
    seen: set[int] = set()
    for node in nodes:
        definition = node.definition
        if definition is not None and definition.check_specs and id(definition) not in seen:
            seen.add(id(definition))
            yield definition


def _check_partitions(nodes: Mapping[AssetKey, CheckedNode], checks: AssetChecksDefinition) -> None:
    """Refuse checks of assets of different partitions in one function, and partitions that are not the asset's."""
    first = nodes[checks.asset_keys[0]].partitions_def
    for spec in checks.specs:
        own = nodes[spec.asset_key].partitions_def
        if spec.partitions_def is not None and spec.partitions_def != own:
            raise InvalidDefinitionError(
                f"The check {spec.key.to_user_string()} has partitions_def={spec.partitions_def!r}, but its asset has "
                f"{own!r}. Leave it out: a check has the partitions of its asset."
            )
        if own != first:
            raise InvalidDefinitionError(
                f"{_named(checks)}: one function checks {checks.asset_keys[0]} and {spec.asset_key}, whose partitions "
                "differ. Write a function for each."
            )


def _named(checks: AssetChecksDefinition) -> str:
    names = ", ".join(spec.key.to_user_string() for spec in checks.specs)
    return f"The check {names}" if len(checks.specs) == 1 else f"The checks {names}"


def is_checks(thing: object) -> TypeGuard[AssetChecksDefinition]:
    """Whether a thing is the definition of checks.

    >>> is_checks("daily")
    False
    """
    return isinstance(thing, AssetChecksDefinition)
