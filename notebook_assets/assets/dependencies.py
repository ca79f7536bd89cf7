"""AssetIn and AssetDep: what an asset is made from, and which partitions of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets.mapping_checks import check_partition_mapping
from notebook_assets.assets.types_from_annotations import declared_type
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.mappings import PartitionMapping, WaitFor
from notebook_assets.mappings.wait_policy import wait_words
from notebook_assets.partitions.arguments import check_mapping, check_text, check_texts

ALLOW_MISSING = "allow_missing_partitions"
"""The metadata name by which an input says that it can do with only some of its partitions, as ``wait_for=0`` says."""


@dataclass(frozen=True)
class AssetIn:
    """An input of an asset's function: which asset it is, and which partitions of it.

    Args:
        key: The upstream asset's key; by default the parameter's name.
        metadata: Told to the IO manager. ``{"allow_missing_partitions": True}`` lets the asset be made when only
            some (or none) of the mapped partitions are there; it is then given those.
        key_prefix: Put before the parameter's name to form the key; a string may hold several parts with slashes.
        input_manager_key: The resource that loads this input, in place of the upstream asset's IO manager.
        partition_mapping: Which upstream partitions a partition needs; by default as the two definitions suggest.
        dagster_type: The type of what the function is given, in place of the parameter's annotation; ``Nothing`` for
            an asset that is only to be made before, for which there is no parameter.
        wait_for: How many of the mapped partitions must be materialized before the asset can be made: ``"all"``,
            ``"any"`` (one of them), or a number (each, where fewer are mapped; 0 where all may be missing). It is then
            given those that are there. By default as the metadata or the mapping says, else all.

    Raises:
        InvalidDefinitionError: Both ``key`` and ``key_prefix`` are given, or the mapping is none. (``wait_for`` is
            checked where the asset is defined, so that the error can name it.)

    >>> AssetIn("hourly_weather", metadata={"allow_missing_partitions": True}).allows_missing
    True
    >>> AssetIn("hourly_weather", wait_for="any").waits_for
    'any'
    """

    key: CoercibleToAssetKey | None = None
    metadata: Mapping[str, Any] | None = None
    key_prefix: str | Sequence[str] | None = None
    input_manager_key: str | None = None
    partition_mapping: PartitionMapping | None = None
    dagster_type: Any = None
    wait_for: WaitFor | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        declared_type(self.dagster_type, "AssetIn")
        if self.key is not None and self.key_prefix is not None:
            raise InvalidDefinitionError(
                f"AssetIn takes key or key_prefix, not both; got key={self.key!r}, key_prefix={self.key_prefix!r}."
            )
        if self.key is not None:
            object.__setattr__(self, "key", AssetKey.from_coercible(self.key))
        check_partition_mapping(self.partition_mapping, "AssetIn: partition_mapping")
        check_mapping(self.metadata, "metadata of AssetIn", '{"allow_missing_partitions": True}')
        check_text(self.input_manager_key, "input_manager_key of AssetIn", '"warehouse"')
        check_prefix(self.key_prefix, "AssetIn")

    def key_for(self, input_name: str) -> AssetKey:
        """Return the upstream key when the parameter is called ``input_name``."""
        if self.key is not None:
            return AssetKey.from_coercible(self.key)
        return (
            AssetKey(input_name).with_prefix(prefix_parts(self.key_prefix)) if self.key_prefix else AssetKey(input_name)
        )

    @property
    def waits_for(self) -> WaitFor:
        """How many of the mapped partitions must be there: its own word, else the metadata's, else the mapping's."""
        return _waits_for(self)

    @property
    def allows_missing(self) -> bool:
        """Whether the asset may be made when none of this input's partitions is there."""
        return self.waits_for == 0


@dataclass(frozen=True)
class AssetDep:
    """A dependency that hands no value to the function: an order, and a partition mapping.

    Args:
        asset: The upstream asset: its key, a string, or anything with a key (a definition, a spec, a source).
        partition_mapping: Which upstream partitions a partition needs.
        metadata: ``{"allow_missing_partitions": True}`` as for :class:`AssetIn`.
        wait_for: How many of the mapped partitions must be there, as for :class:`AssetIn`.

    >>> AssetDep("raw").asset_key
    AssetKey(['raw'])
    """

    asset: Any
    partition_mapping: PartitionMapping | None = field(default=None, kw_only=True)
    metadata: Mapping[str, Any] | None = field(default=None, kw_only=True)
    wait_for: WaitFor | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.partition_mapping is not None:
            check_partition_mapping(self.partition_mapping, "AssetDep: partition_mapping")
        if self.metadata is not None:
            check_mapping(self.metadata, "metadata of AssetDep", '{"allow_missing_partitions": True}')
        if type(self.asset) is not AssetKey:
            object.__setattr__(self, "asset", key_of(self.asset))

    @property
    def asset_key(self) -> AssetKey:
        """The upstream asset's key."""
        return self.asset  # type: ignore[no-any-return]  # it was made one

    @property
    def waits_for(self) -> WaitFor:
        """How many of the mapped partitions must be there: its own word, else the metadata's, else the mapping's."""
        return _waits_for(self)

    @property
    def allows_missing(self) -> bool:
        """Whether the asset may be made when none of the upstream partitions is there."""
        return self.waits_for == 0

    @staticmethod
    def from_coercible(dep: Any) -> AssetDep:
        """Return ``dep`` as an AssetDep; a key, a string or a definition becomes one without a mapping."""
        return dep if isinstance(dep, AssetDep) else AssetDep(dep)


def each_dep(deps: Iterable[Any]) -> Iterator[AssetDep]:
    """Yield the dependencies that are listed; a definition of several assets stands for all of them.

    Args:
        deps: Keys, strings, specs, definitions, or AssetDeps.

    >>> [dep.asset_key.to_user_string() for dep in each_dep(["raw", AssetDep("clean")])]
    ['raw', 'clean']
    """
    for dep in deps:
        specs = getattr(dep, "specs", None) if getattr(type(dep), "__notebook_asset__", False) else None
        if specs is not None and len(specs) > 1:
            yield from (AssetDep(spec.asset_key) for spec in specs)
        else:
            yield AssetDep.from_coercible(dep)


@dataclass(frozen=True)
class Dependency:
    """One edge of the asset graph, as the engine sees it: an input or an order, resolved to a key.

    >>> Dependency(AssetKey("hourly"), wait_for="any").label
    'any of'
    """

    key: AssetKey
    input_name: str | None = None
    mapping: PartitionMapping | None = None
    wait_for: WaitFor = "all"
    """How many of the mapped partitions must be there."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    input_manager_key: str | None = None
    wants_frame: bool = False
    """Whether several upstream values are handed over as one DataFrame."""
    type: Any = None
    """The declared type of what the function is given, where it is not the parameter's annotation."""

    @property
    def allows_missing(self) -> bool:
        """Whether all mapped partitions may be missing."""
        return self.wait_for == 0

    @property
    def name(self) -> str:
        """What the input is called: as the parameter; what only ``deps`` names, as its key, joined by ``_``."""
        return self.input_name or "_".join(self.key.path)

    @property
    def label(self) -> str:
        """The mapping and how much must be there, in a few words for an arrow in a picture; none by default."""
        mapping = self.mapping.label if self.mapping is not None else ""
        return ": ".join(part for part in (wait_words(self.wait_for), mapping) if part)


def key_of(thing: Any) -> AssetKey:
    """Return the asset key of a key, a string, a list of parts, or anything that has a ``key``.

    Raises:
        InvalidDefinitionError: It has none.
    """
    found = thing if isinstance(thing, str) else getattr(thing, "key", thing)
    if isinstance(found, AssetKey | str | list | tuple):
        return AssetKey.from_coercible(found)
    raise InvalidDefinitionError(f"Expected an asset, an asset key or a string; got {type(thing).__name__}: {thing!r}.")


def prefix_parts(prefix: str | Sequence[str]) -> list[str]:
    """Return the parts of a key prefix; a string may join several by slashes.

    >>> prefix_parts("one/two")
    ['one', 'two']
    """
    return prefix.split("/") if isinstance(prefix, str) else list(prefix)


def check_prefix(prefix: Any, where: str) -> None:
    """Raise InvalidDefinitionError unless it is None, a string or strings: a key prefix.

    >>> check_prefix(["warehouse", "raw"], "AssetIn")
    """
    if not isinstance(prefix, str):
        check_texts(prefix, f"{where}: key_prefix", '"warehouse" or ["warehouse", "raw"]')


def _waits_for(dependency: AssetIn | AssetDep) -> WaitFor:
    if dependency.wait_for is not None:
        return dependency.wait_for
    if (dependency.metadata or {}).get(ALLOW_MISSING):
        return 0
    mapping = dependency.partition_mapping
    return "all" if mapping is None or mapping.wait_for is None else mapping.wait_for
