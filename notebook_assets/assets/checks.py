"""AssetCheckSpec: what there is to say of a check, but for the function that carries it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.assets.dependencies import AssetDep, key_of
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping, check_text
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.selection.check_keys import AssetCheckKey


@dataclass(frozen=True, init=False)
class AssetCheckSpec(SelfShown):
    """A check of an asset: its name, the asset, and whether an error of it stops what is made from the asset.

    Args:
        name: The check's name, of which the asset has one.
        asset: The asset, or its key.
        description: For people to read.
        additional_deps: Assets that the check looks at besides.
        blocking: Whether what is made from a piece that the check found an error in is not made in the same run.
        metadata: Static metadata.
        automation_condition: When to carry it out.
        partitions_def: The asset's partitions; by default those that the asset has.

    Raises:
        InvalidDefinitionError: An argument is of a wrong kind, or ``additional_deps`` names the asset itself.

    >>> AssetCheckSpec("no_nulls", asset="daily").key
    AssetCheckKey(asset_key=AssetKey(['daily']), name='no_nulls')
    """

    name: str
    asset_key: AssetKey
    description: str | None
    additional_deps: tuple[AssetDep, ...]
    blocking: bool
    metadata: Mapping[str, Any]
    automation_condition: Any
    partitions_def: PartitionsDefinition | None

    def __init__(
        self,
        name: str,
        *,
        asset: Any,
        description: str | None = None,
        additional_deps: Iterable[Any] | None = None,
        blocking: bool = False,
        metadata: Mapping[str, Any] | None = None,
        automation_condition: Any = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> None:
        if not isinstance(name, str):
            raise InvalidDefinitionError(f'A check has a name, such as "no_nulls"; got {name!r}.')
        where = f"The check {name!r}"
        check_text(description, f"{where}: description", '"No row is empty."')
        check_mapping(metadata, f"{where}: metadata", '{"owner": "ann"}')
        if not isinstance(blocking, bool):
            raise InvalidDefinitionError(f"{where}: blocking is True or False; got {blocking!r}.")
        if isinstance(additional_deps, str | bytes) or not isinstance(additional_deps, Iterable | None):
            raise InvalidDefinitionError(f"{where}: additional_deps is a list; got {additional_deps!r}.")
        asset_key = key_of(asset)
        deps = tuple(AssetDep.from_coercible(dep) for dep in additional_deps or ())
        if any(dep.asset_key == asset_key for dep in deps):
            raise InvalidDefinitionError(f"{where}: additional_deps names {asset_key}, which it looks at anyway.")
        normalize_metadata(metadata, f"metadata of the check {name!r}")
        fields = {
            "name": name,
            "asset_key": asset_key,
            "description": description,
            "additional_deps": deps,
            "blocking": blocking,
            "metadata": dict(metadata or {}),
            "automation_condition": automation_condition,
            "partitions_def": partitions_def,
        }
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    @property
    def key(self) -> AssetCheckKey:
        """Which check of which asset."""
        return AssetCheckKey(self.asset_key, self.name)

    def get_python_identifier(self) -> str:
        """Return a name for it that Python takes: the asset's key and the check's name, joined by underscores."""
        return f"{self.asset_key.to_python_identifier()}_{self.name}"

    def replace_key(self, key: AssetCheckKey) -> AssetCheckSpec:
        """Return the same spec with another key."""
        return self._with(asset=key.asset_key, name=key.name)

    def with_metadata(self, metadata: Mapping[str, Any]) -> AssetCheckSpec:
        """Return the same spec with other metadata."""
        return self._with(metadata=metadata)

    def _with(self, **changes: Any) -> AssetCheckSpec:
        given: dict[str, Any] = {
            "asset": self.asset_key,
            "name": self.name,
            "description": self.description,
            "additional_deps": self.additional_deps,
            "blocking": self.blocking,
            "metadata": self.metadata,
            "automation_condition": self.automation_condition,
            "partitions_def": self.partitions_def,
        }
        return AssetCheckSpec(**{**given, **changes})

    def __hash__(self) -> int:
        return hash(self.key)


def own_check_specs(given: Iterable[Any], keys: Iterable[AssetKey], where: str) -> tuple[AssetCheckSpec, ...]:
    """Return the checks that the function of assets carries out itself.

    Args:
        given: The specs.
        keys: The assets.
        where: What the assets' function is called, for the error.

    Raises:
        InvalidDefinitionError: One is no spec, is of another asset, or of a name that there is already.

    >>> own_check_specs([AssetCheckSpec("rows", asset="daily")], [AssetKey("daily")], "daily")[0].name
    'rows'
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidDefinitionError(f"{where}: check_specs is a list of AssetCheckSpec; got {given!r}.")
    specs, own, seen = tuple(given), set(keys), set[AssetCheckKey]()
    for spec in specs:
        if not isinstance(spec, AssetCheckSpec):
            raise InvalidDefinitionError(
                f"{where}: check_specs is a list of AssetCheckSpec; got {spec!r}. What @asset_check made is bound to a "
                "name, or given by asset_checks=."
            )
        if spec.asset_key not in own:
            names = ", ".join(sorted(key.to_user_string() for key in own))
            raise InvalidDefinitionError(
                f"{where}: its check {spec.name!r} is of {spec.asset_key}, which it does not make; it makes {names}."
            )
        if spec.key in seen:
            raise InvalidDefinitionError(f"{where} has two checks called {spec.name!r} of {spec.asset_key}.")
        seen.add(spec.key)
    return specs
