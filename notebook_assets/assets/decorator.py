"""@asset: a function becomes the definition of an asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, overload

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_definition import RESULT, AssetsDefinition
from notebook_assets.assets.backfill_policy import BackfillPolicy
from notebook_assets.assets.call_hints import with_call_hints
from notebook_assets.assets.checks import AssetCheckSpec, own_check_specs
from notebook_assets.assets.decorated import check_function, first_paragraph
from notebook_assets.assets.dependencies import AssetDep, AssetIn, check_prefix, prefix_parts
from notebook_assets.assets.deprecated_names import automation_condition_from, freshness_policy_from, kinds_from
from notebook_assets.assets.retry_policy import RetryPolicy
from notebook_assets.assets.signature import read_signature
from notebook_assets.assets.source_asset import own_io_manager_key, with_own_manager
from notebook_assets.assets.types_from_annotations import declared_type, is_nothing
from notebook_assets.assets.wiring import dependencies_of, with_non_argument_deps
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text, check_texts


@overload
def asset(compute_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def asset(
    compute_fn: None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
    pool: str | None = None,
    freshness_policy: Any = None,
    non_argument_deps: AbstractSet[Any] | None = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
    compute_kind: str | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
@with_call_hints()
def asset(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    io_manager_def: object | None = None,
    io_manager_key: str | None = None,
    dagster_type: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    op_tags: Mapping[str, Any] | None = None,
    group_name: str | None = None,
    output_required: bool = True,
    automation_condition: Any = None,
    backfill_policy: BackfillPolicy | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    owners: Sequence[str] | None = None,
    kinds: AbstractSet[str] | None = None,
    pool: str | None = None,
    freshness_policy: Any = None,
    non_argument_deps: AbstractSet[Any] | None = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
    compute_kind: str | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Define an asset by the function that computes it; its parameters name the assets that it is made from.

    Args:
        compute_fn: The function, when the decorator is used without parentheses.
        name: The asset's name; by default the function's.
        key_prefix: Parts put before the name; a string may join several by slashes.
        ins: More about inputs, by parameter name.
        deps: Assets that it is made from but that are not handed to the function.
        metadata: Static metadata.
        tags: Names and values to select by.
        description: For people to read; by default the function's docstring.
        config_schema: What its configuration looks like.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        resource_defs: Resources by name, used where a run gives no other.
        io_manager_def: The IO manager that stores its values in place of the store.
        io_manager_key: The resource that is its IO manager.
        dagster_type: The type that its value must have, in place of the annotation of what is returned.
        partitions_def: Its partitions.
        op_tags: Tags of its computation, for executors.
        group_name: The group it is shown in.
        output_required: Whether it is an error if the function, a generator, yields no output.
        automation_condition: When to make it.
        backfill_policy: How many partitions one run makes.
        retry_policy: How often, and when, a failed piece is tried again.
        code_version: Names the version of the code, in place of the fingerprint of the function.
        key: The whole key, in place of ``name`` and ``key_prefix``.
        check_specs: Checks that the function itself carries out.
        owners: E-mail addresses, or ``team:name``.
        kinds: Words for what it is.
        pool: Names a limit of how many are made at once.
        freshness_policy: How fresh it is to be; kept as it is given.
        non_argument_deps: What ``deps`` was called before; works, and warns.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.
        compute_kind: One of the ``kinds``, before there were several; works, and warns.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> @asset
    ... def upstream():
    ...     return [1, 2, 3]
    >>> @asset(group_name="sums")
    ... def total(upstream):
    ...     return sum(upstream)
    >>> total.dependency_keys
    frozenset({AssetKey(['upstream'])})
    >>> total([4, 5])
    9
    """

    check_text(name, "@asset: name", '"daily"')
    check_prefix(key_prefix, "@asset")
    check_text(io_manager_key, "@asset: io_manager_key", '"warehouse"')
    check_texts(required_resource_keys, "@asset: required_resource_keys", '{"database"}')
    check_mapping(resource_defs, "@asset: resource_defs", '{"database": connection}')
    check_mapping(op_tags, "@asset: op_tags", '{"memory": "8 GB"}')
    check_text(pool, "@asset: pool", '"database"')
    if dagster_type is not None:
        declared_type(dagster_type, "@asset")
    check_instance(retry_policy, RetryPolicy, "@asset: retry_policy", "RetryPolicy(max_retries=3)")
    check_instance(output_required, bool, "@asset: output_required", "False")
    deps = with_non_argument_deps(deps, non_argument_deps)
    automation_condition = automation_condition_from("@asset", automation_condition, auto_materialize_policy)
    freshness_policy = freshness_policy_from("@asset", freshness_policy, legacy_freshness_policy)
    kinds = kinds_from("@asset", kinds, compute_kind)

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        check_function(fn, "@asset")
        asset_key = _key_of(fn, name, key_prefix, key)
        _check_backfill(asset_key, backfill_policy, partitions_def)
        signature = read_signature(fn)
        if is_nothing(dagster_type):
            signature = replace(signature, returns_nothing=True)
        dependencies = dependencies_of(asset_key, signature, ins, deps)
        manager_key = io_manager_key or own_io_manager_key(asset_key, io_manager_def)
        spec = AssetSpec(
            asset_key,
            deps=[AssetDep(dependency.key) for dependency in dependencies],
            description=description if description not in (None, "") else first_paragraph(fn),
            metadata=metadata,
            skippable=not output_required,
            group_name=group_name,
            code_version=code_version,
            owners=owners,
            tags=tags,
            kinds=kinds,
            partitions_def=partitions_def,
            automation_condition=automation_condition,
            backfill_policy=backfill_policy,
            freshness_policy=freshness_policy,
        )
        return AssetsDefinition(
            specs=(spec,),
            fn=fn,
            signature=signature,
            dependencies=dependencies,
            outputs={RESULT: asset_key},
            io_manager_keys={asset_key: manager_key},
            resource_defs=with_own_manager(asset_key, resource_defs, manager_key, io_manager_def),
            required_resource_keys=frozenset(required_resource_keys or ()),
            config_schema=config_schema,
            check_specs=own_check_specs(check_specs or (), (asset_key,), str(asset_key)),
            retry_policy=retry_policy,
            op_tags=dict(op_tags or {}),
            pool=pool,
            types={} if dagster_type is None else {RESULT: dagster_type},
        )

    return define if compute_fn is None else define(compute_fn)


def _check_backfill(key: AssetKey, policy: BackfillPolicy | None, partitions: PartitionsDefinition | None) -> None:
    if partitions is None and isinstance(policy, BackfillPolicy) and policy.max_partitions_per_run is not None:
        raise InvalidDefinitionError(
            f"{key} has no partitions to be spread over several runs, as {policy} says. Leave it out, or give "
            "partitions_def."
        )


def _key_of(
    fn: Callable[..., Any],
    name: str | None,
    key_prefix: str | Sequence[str] | None,
    key: CoercibleToAssetKey | None,
) -> AssetKey:
    if key is not None:
        if name is not None or key_prefix is not None:
            raise InvalidDefinitionError("@asset takes key, or name and key_prefix, not both.")
        return AssetKey.from_coercible(key)
    found = name or getattr(fn, "__name__", None)
    if not isinstance(found, str):
        raise InvalidDefinitionError(
            f"@asset: {fn!r} has no name of its own, from which the asset's key could come; give one by name=."
        )
    own = AssetKey(found)
    return own.with_prefix(prefix_parts(key_prefix)) if key_prefix else own
