"""@graph_asset: a function that wires ops becomes the definition of an asset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, overload

from notebook_assets.assets import AssetIn, AssetsDefinition, asset
from notebook_assets.assets.deprecated_names import automation_condition_from, freshness_policy_from
from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.ops.config_mappings import ConfigMapping, check_graph_config
from notebook_assets.ops.graph_asset_parts import composed, declared_type_of, inputs_of, one_out
from notebook_assets.ops.graph_call import GraphCall
from notebook_assets.ops.hooks import HookDefinition, checked_hooks
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping


@overload
def graph_asset(compose_fn: Callable[..., Any], /) -> AssetsDefinition: ...
@overload
def graph_asset(
    compose_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: Any = None,
    backfill_policy: Any = None,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[Any] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    kinds: AbstractSet[str] | None = None,
    freshness_policy: Any = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def graph_asset(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    group_name: str | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    automation_condition: Any = None,
    backfill_policy: Any = None,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[Any] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    kinds: AbstractSet[str] | None = None,
    freshness_policy: Any = None,
    auto_materialize_policy: Any = None,
    legacy_freshness_policy: Any = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Define an asset by a function that wires ops; its parameters name the assets that it is made from.

    Args:
        compose_fn: The function, when the decorator is used without parentheses; it returns what an op returns.
        name: The asset's name; by default the function's.
        description: For people to read; by default the function's docstring.
        ins: More about inputs, by parameter name.
        config: Configuration by node: ``{"clean": {"config": {...}}}``; or a :class:`ConfigMapping`, by which the asset
            itself is configured.
        key_prefix: Parts put before the name.
        group_name: The group it is shown in.
        partitions_def: Its partitions.
        hooks: Called after every op.
        metadata: Static metadata.
        tags: Names and values to select by.
        owners: E-mail addresses, or ``team:name``.
        automation_condition: When to make it.
        backfill_policy: How many partitions one run makes.
        resource_defs: Resources by name, used where a run gives no other.
        check_specs: Checks that the ops themselves carry out.
        code_version: Names the version of the code, in place of the fingerprint of all ops.
        key: The whole key, in place of ``name`` and ``key_prefix``.
        kinds: Words for what it is.
        freshness_policy: How fresh it is to be; kept as it is given.
        auto_materialize_policy: What ``automation_condition`` was called before; works, and warns.
        legacy_freshness_policy: What ``freshness_policy`` was called before; works, and warns.

    Raises:
        InvalidDefinitionError: The ops can't be wired so, or these don't fit together.

    >>> from notebook_assets import op
    >>> @op
    ... def fetch(): return [3, 1, 2]
    >>> @op
    ... def in_order(rows): return sorted(rows)
    >>> @graph_asset
    ... def ranking():
    ...     return in_order(fetch())
    >>> ranking.key, ranking()
    (AssetKey(['ranking']), [1, 2, 3])
    """
    check_graph_config(config, "@graph_asset")
    check_mapping(ins, "@graph_asset: ins", '{"rows": AssetIn("daily_rows")}')
    condition = automation_condition_from("@graph_asset", automation_condition, auto_materialize_policy)
    freshness = freshness_policy_from("@graph_asset", freshness_policy, legacy_freshness_policy)

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        graph = composed(fn, "@graph_asset", name, key, ins, config=config)
        call = GraphCall(graph, checked_hooks(hooks, "@graph_asset: hooks"))
        out = one_out(graph, "@graph_asset")
        of_inputs, deps = inputs_of(call, ins or {})
        define_asset = asset(
            name=None if key is not None else name,
            key=key,
            key_prefix=key_prefix,
            ins=of_inputs,
            deps=deps,
            description=description or (None if fn.__doc__ else out.description),
            metadata=out.metadata if metadata is None else metadata,
            tags=tags,
            owners=owners,
            kinds=kinds,
            group_name=group_name,
            partitions_def=partitions_def,
            io_manager_key=out.io_manager_key,
            dagster_type=declared_type_of(out),
            output_required=not call.can_skip,
            required_resource_keys=call.required_resource_keys,
            resource_defs=resource_defs,
            automation_condition=condition,
            backfill_policy=backfill_policy,
            freshness_policy=freshness,
            check_specs=check_specs,
            code_version=code_version or call.code_version_of(out),
        )
        return replace(define_asset(call), node=graph)

    return define if compose_fn is None else define(compose_fn)
