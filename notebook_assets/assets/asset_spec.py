"""AssetSpec: all that describes an asset except the function that makes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import Any

from notebook_assets.assets.backfill_policy import BackfillPolicy
from notebook_assets.assets.dependencies import AssetDep, each_dep
from notebook_assets.assets.deprecated_names import automation_condition_from, freshness_policy_from
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.mappings import PartitionMapping
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text, check_texts
from notebook_assets.partitions.shown import SelfShown

DEFAULT_GROUP = "default"
DEFAULT_IO_MANAGER_KEY = "io_manager"
IO_MANAGER_KEY_METADATA = "dagster/io_manager_key"
"""The metadata name that carries an IO manager key, the same as in the reference so that definitions can move."""

_GROUP = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*")
_OWNER = re.compile(r"team:.+|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_UNCHANGED: Any = ...


@dataclass(frozen=True)
class AssetSpec(SelfShown):
    """An asset's key and what is known of it. Alone, it stands for an asset that is made elsewhere.

    Args:
        key: The asset's key.
        deps: What it is made from: keys, strings, definitions or :class:`AssetDep`.
        description: For people to read.
        metadata: Static metadata of any kind.
        skippable: Whether it may yield no output.
        group_name: The group it is shown in (words of letters, digits and underscores, joined by slashes);
            by default ``"default"``.
        code_version: Names the version of its code; by default a fingerprint of the function.
        owners: E-mail addresses, or ``team:name``.
        tags: Names and values to select by.
        kinds: Words for what it is, such as ``{"parquet"}``.
        partitions_def: Its partitions.
        automation_condition: When to make it.
        backfill_policy: How many partitions one run makes.
        freshness_policy: How fresh it is to be; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        InvalidDefinitionError: One of these is not as described.

    >>> AssetSpec("flights", group_name="raw").group
    'raw'
    """

    key: CoercibleToAssetKey
    deps: Iterable[Any] | None = field(default=None, kw_only=True)
    description: str | None = field(default=None, kw_only=True)
    metadata: Mapping[str, Any] | None = field(default=None, kw_only=True)
    skippable: bool = field(default=False, kw_only=True)
    group_name: str | None = field(default=None, kw_only=True)
    code_version: str | None = field(default=None, kw_only=True)
    owners: Sequence[str] | None = field(default=None, kw_only=True)
    tags: Mapping[str, str] | None = field(default=None, kw_only=True)
    kinds: AbstractSet[str] | None = field(default=None, kw_only=True)
    partitions_def: PartitionsDefinition | None = field(default=None, kw_only=True)
    automation_condition: Any = field(default=None, kw_only=True)
    backfill_policy: BackfillPolicy | None = field(default=None, kw_only=True)
    freshness_policy: Any = field(default=None, kw_only=True)
    auto_materialize_policy: InitVar[Any] = field(default=None, kw_only=True)
    legacy_freshness_policy: InitVar[Any] = field(default=None, kw_only=True)
    metadata_values: Mapping[str, MetadataValue] = field(init=False, compare=False, repr=False)
    """The metadata, normalised; ``metadata`` itself is what was given."""

    def __post_init__(self, auto_materialize_policy: Any, legacy_freshness_policy: Any) -> None:
        set_field = object.__setattr__
        set_field(self, "key", AssetKey.from_coercible(self.key))
        self._check_kinds()
        set_field(self, "deps", _each_once(str(self.key), each_dep(_iterable(self.deps, "deps"))))
        set_field(self, "metadata_values", normalize_metadata(self.metadata, f"metadata of {self.key}"))
        set_field(self, "metadata", dict(self.metadata or {}))
        set_field(self, "owners", tuple(_iterable(self.owners, "owners")))
        set_field(self, "tags", dict(self.tags or {}))
        check_texts(_iterable(self.kinds, "kinds"), f"{self.key}: kinds", '{"parquet"}')
        set_field(self, "kinds", frozenset(_iterable(self.kinds, "kinds")))
        self._check()
        if auto_materialize_policy is not None:
            condition = automation_condition_from(str(self.key), self.automation_condition, auto_materialize_policy)
            set_field(self, "automation_condition", condition)
        if legacy_freshness_policy is not None:
            policy = freshness_policy_from(str(self.key), self.freshness_policy, legacy_freshness_policy)
            set_field(self, "freshness_policy", policy)

    def _check_kinds(self) -> None:
        """Refuse what is of the wrong kind; a code version of 1, say, would never equal the "1" that is stored."""
        where = str(self.key)
        check_text(None if self.description == "" else self.description, f"{where}: description", '"What it is for"')
        check_text(self.group_name, f"{where}: group_name", '"weather"')
        check_text(self.code_version, f"{where}: code_version", '"1"')
        check_instance(self.backfill_policy, BackfillPolicy, f"{where}: backfill_policy", "BackfillPolicy.multi_run(7)")
        check_mapping(self.metadata, f"{where}: metadata", '{"rows": 3}')
        check_mapping(self.tags, f"{where}: tags", '{"owner": "ann"}')

    def _check(self) -> None:
        if self.group_name is not None and not _GROUP.fullmatch(str(self.group_name)):
            raise InvalidDefinitionError(
                f"{self.key}: a group name is made of letters, digits and underscores; got {self.group_name!r}. "
                "Slashes may join several."
            )
        if self.partitions_def is not None and not isinstance(self.partitions_def, PartitionsDefinition):
            raise InvalidDefinitionError(
                f"{self.key}: partitions_def is a PartitionsDefinition, such as "
                f'DailyPartitionsDefinition("2024-01-01"); got {type(self.partitions_def).__name__}.'
            )
        for name, value in (self.tags or {}).items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise InvalidDefinitionError(f"{self.key}: tags map strings to strings; got {name!r}: {value!r}.")
        for owner in self.owners or ():
            if not isinstance(owner, str) or not _OWNER.fullmatch(owner):
                raise InvalidDefinitionError(
                    f"{self.key}: an owner is an e-mail address or 'team:' and a name; got {owner!r}."
                )

    @cached_property
    def asset_key(self) -> AssetKey:
        """The key, typed."""
        return AssetKey.from_coercible(self.key)

    @property
    def asset_deps(self) -> tuple[AssetDep, ...]:
        """The dependencies, typed."""
        return tuple(self.deps or ())

    @property
    def partition_mappings(self) -> Mapping[AssetKey, PartitionMapping]:
        """The mapping of each dependency that names one."""
        return {dep.asset_key: dep.partition_mapping for dep in self.asset_deps if dep.partition_mapping is not None}

    @property
    def group(self) -> str:
        """The group's name, ``"default"`` where none was given."""
        return self.group_name or DEFAULT_GROUP

    @property
    def io_manager_key(self) -> str | None:
        """The IO manager key that the metadata carries, if any."""
        carried = self.metadata_values.get(IO_MANAGER_KEY_METADATA)
        return carried.value if carried else None

    def with_io_manager_key(self, io_manager_key: str) -> AssetSpec:
        """Return a copy whose value is loaded by the IO manager of that resource key."""
        return replace(self, metadata={**(self.metadata or {}), IO_MANAGER_KEY_METADATA: io_manager_key})

    def replace_attributes(
        self,
        *,
        key: CoercibleToAssetKey = _UNCHANGED,
        deps: Iterable[Any] | None = _UNCHANGED,
        description: str | None = _UNCHANGED,
        metadata: Mapping[str, Any] | None = _UNCHANGED,
        skippable: bool = _UNCHANGED,
        group_name: str | None = _UNCHANGED,
        code_version: str | None = _UNCHANGED,
        automation_condition: Any = _UNCHANGED,
        owners: Sequence[str] | None = _UNCHANGED,
        tags: Mapping[str, str] | None = _UNCHANGED,
        kinds: AbstractSet[str] | None = _UNCHANGED,
        partitions_def: PartitionsDefinition | None = _UNCHANGED,
        backfill_policy: BackfillPolicy | None = _UNCHANGED,
        freshness_policy: Any = _UNCHANGED,
        legacy_freshness_policy: Any = _UNCHANGED,
    ) -> AssetSpec:
        """Return a copy in which the attributes that are named are those given; None takes one away.

        Raises:
            InvalidDefinitionError: One of these is not as described.

        >>> AssetSpec("daily", tags={"a": "b"}).replace_attributes(tags={"c": "d"}).tags
        {'c': 'd'}
        """
        given = {name: value for name, value in locals().items() if name != "self" and value is not ...}
        return replace(self, **given)

    def merge_attributes(
        self,
        *,
        deps: Iterable[Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: AbstractSet[str] | None = None,
    ) -> AssetSpec:
        """Return a copy with more dependencies, metadata, owners, tags and kinds; what is given wins.

        >>> AssetSpec("daily", tags={"a": "b"}).merge_attributes(tags={"c": "d"}).tags
        {'a': 'b', 'c': 'd'}
        """
        more_owners = [owner for owner in _iterable(owners, "owners") if owner not in (self.owners or ())]
        return replace(
            self,
            deps=[*self.asset_deps, *_iterable(deps, "deps")],
            metadata={**(self.metadata or {}), **(metadata or {})},
            owners=[*(self.owners or ()), *more_owners],
            tags={**(self.tags or {}), **(tags or {})},
            kinds={*(self.kinds or ()), *_iterable(kinds, "kinds")},
        )


def _each_once(where: str, deps: Iterable[AssetDep]) -> tuple[AssetDep, ...]:
    """Leave out what was named before in the same way.

    Raises:
        InvalidDefinitionError: An asset is named in two ways.
    """
    found: dict[AssetKey, AssetDep] = {}
    for dep in deps:
        if found.setdefault(dep.asset_key, dep) != dep:
            raise InvalidDefinitionError(
                f"{where}: its deps name {dep.asset_key} twice, in two ways. Name it once, with a mapping that covers "
                "all that is needed."
            )
    return tuple(found.values())


def _iterable(value: Iterable[Any] | None, name: str) -> Iterable[Any]:
    if value is None:
        return ()
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise InvalidDefinitionError(f"{name} is a list; got {value!r}. Write {name}=[{value!r}].")
    return value
