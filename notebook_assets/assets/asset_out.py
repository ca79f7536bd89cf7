"""AssetOut: one of the assets that a @multi_asset makes, described where its outputs are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import InitVar, dataclass, field
from typing import Any

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.backfill_policy import BackfillPolicy
from notebook_assets.assets.dependencies import check_prefix, prefix_parts
from notebook_assets.assets.deprecated_names import automation_condition_from, freshness_policy_from
from notebook_assets.assets.types_from_annotations import declared_type
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_text


@dataclass(frozen=True)
class AssetOut:
    """One output of a :func:`~notebook_assets.multi_asset`, and the asset that it is.

    Args:
        key_prefix: Put before the output's name to form the key; a string may hold several parts with slashes.
        key: The whole key, in place of ``key_prefix`` and the output's name.
        dagster_type: The type that its value must have.
        description: For people to read; by default the function's docstring.
        is_required: Whether it is an error if the function does not give it.
        io_manager_key: The resource that is its IO manager.
        metadata: Static metadata.
        group_name: The group it is shown in.
        code_version: Names the version of its code.
        automation_condition: When to make it.
        backfill_policy: How many partitions one run makes.
        owners: E-mail addresses, or ``team:name``.
        tags: Names and values to select by.
        kinds: Words for what it is.
        freshness_policy: How fresh it is to be; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        InvalidDefinitionError: Both ``key`` and ``key_prefix`` are given, or one is not as described.

    >>> AssetOut(key_prefix="warehouse").key_for("daily")
    AssetKey(['warehouse', 'daily'])
    """

    key_prefix: str | Sequence[str] | None = None
    key: CoercibleToAssetKey | None = None
    dagster_type: Any = None
    description: str | None = None
    is_required: bool = True
    io_manager_key: str | None = None
    metadata: Mapping[str, Any] | None = None
    group_name: str | None = None
    code_version: str | None = None
    automation_condition: Any = None
    backfill_policy: BackfillPolicy | None = None
    owners: Sequence[str] | None = None
    tags: Mapping[str, str] | None = None
    kinds: AbstractSet[str] | None = None
    freshness_policy: Any = None
    auto_materialize_policy: InitVar[Any] = field(default=None, kw_only=True)
    legacy_freshness_policy: InitVar[Any] = field(default=None, kw_only=True)
    spec: AssetSpec | None = field(default=None, kw_only=True, repr=False)
    """The spec that it was made from, if any; see :meth:`from_spec`."""

    def __post_init__(self, auto_materialize_policy: Any, legacy_freshness_policy: Any) -> None:
        condition = automation_condition_from("AssetOut", self.automation_condition, auto_materialize_policy)
        object.__setattr__(self, "automation_condition", condition)
        freshness = freshness_policy_from("AssetOut", self.freshness_policy, legacy_freshness_policy)
        object.__setattr__(self, "freshness_policy", freshness)
        declared_type(self.dagster_type, "AssetOut")
        if self.key is not None and self.key_prefix is not None:
            raise InvalidDefinitionError(
                f"AssetOut takes key or key_prefix, not both; got key={self.key!r}, key_prefix={self.key_prefix!r}."
            )
        if self.key is not None:
            object.__setattr__(self, "key", AssetKey.from_coercible(self.key))
        check_prefix(self.key_prefix, "AssetOut")
        check_text(self.io_manager_key, "io_manager_key of AssetOut", '"warehouse"')

    @classmethod
    def from_spec(
        cls,
        spec: AssetSpec,
        dagster_type: Any = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetOut:
        """Return the output that makes the asset of a spec.

        Args:
            spec: The asset. What it is made from is said by the function's inputs, not here.
            dagster_type: The type that its value must have.
            is_required: Whether it is an error if the function does not give it.
            io_manager_key: The resource that is its IO manager.
            backfill_policy: How many partitions one run makes.

        Raises:
            InvalidDefinitionError: The spec has ``deps``.

        >>> AssetOut.from_spec(AssetSpec("daily", group_name="weather")).group_name
        'weather'
        """
        if spec.deps:
            raise InvalidDefinitionError(
                f"AssetOut.from_spec: {spec.asset_key} has deps. Name them by the function's inputs and deps=, or by "
                "internal_asset_deps=."
            )
        return cls(
            key=spec.asset_key,
            dagster_type=dagster_type,
            is_required=is_required and not spec.skippable,
            io_manager_key=io_manager_key,
            description=spec.description,
            metadata=spec.metadata,
            group_name=spec.group_name,
            code_version=spec.code_version,
            automation_condition=spec.automation_condition,
            backfill_policy=backfill_policy or spec.backfill_policy,
            freshness_policy=spec.freshness_policy,
            owners=spec.owners,
            tags=spec.tags,
            kinds=spec.kinds,
            spec=spec,
        )

    def key_for(self, output_name: str) -> AssetKey:
        """Return the asset's key when the output is called ``output_name``."""
        if self.key is not None:
            return AssetKey.from_coercible(self.key)
        own = AssetKey(output_name)
        return own.with_prefix(prefix_parts(self.key_prefix)) if self.key_prefix else own

    def spec_for(
        self,
        output_name: str,
        deps: Sequence[Any],
        description: str | None,
        partitions_def: PartitionsDefinition | None,
    ) -> AssetSpec:
        """Return the spec of the asset when the output is called ``output_name``.

        Args:
            output_name: The output's name.
            deps: What the asset is made from.
            description: What to say of it where it has no description of its own.
            partitions_def: Its partitions.
        """
        return AssetSpec(
            self.key_for(output_name),
            deps=deps,
            description=self.description or description,
            metadata=self.metadata,
            skippable=not self.is_required,
            group_name=self.group_name,
            code_version=self.code_version,
            owners=self.owners,
            tags=self.tags,
            kinds=self.kinds,
            partitions_def=partitions_def,
            automation_condition=self.automation_condition,
            backfill_policy=self.backfill_policy,
            freshness_policy=self.freshness_policy,
        )
