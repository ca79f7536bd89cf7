"""Assets that graphs of ops make: @graph_asset, @graph_multi_asset; from_graph and from_op build on this, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, overload

from notebook_assets.assets import AssetDep, AssetIn, AssetOut, AssetsDefinition, asset, multi_asset
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.ops.graph_call import GraphCall
from notebook_assets.ops.graph_decorator import compose
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.hooks import HookDefinition
from notebook_assets.ops.ins_outs import NO_DEFAULT, GraphOut, Out
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
    config: Mapping[str, Any] | None = None,
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
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...
def graph_asset(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: Mapping[str, Any] | None = None,
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
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Define an asset by a function that wires ops; its parameters name the assets that it is made from.

    Args:
        compose_fn: The function, when the decorator is used without parentheses; it returns what an op returns.
        name: The asset's name; by default the function's.
        description: For people to read; by default the function's docstring.
        ins: More about inputs, by parameter name.
        config: Configuration by node: ``{"clean": {"config": {...}}}``.
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
    check_mapping(config, "@graph_asset: config", '{"clean": {"config": {}}}')
    check_mapping(ins, "@graph_asset: ins", '{"rows": AssetIn("daily_rows")}')

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        graph = _composed(fn, "@graph_asset", name, key, ins)
        call = GraphCall(graph, config, frozenset(hooks or ()))
        out = _one_out(graph, "@graph_asset")
        of_inputs, deps = _inputs(call, ins or {})
        define_asset = asset(
            name=None if key is not None else name,
            key=key,
            key_prefix=key_prefix,
            ins=of_inputs,
            deps=deps,
            description=description,
            metadata=metadata,
            tags=tags,
            owners=owners,
            kinds=kinds,
            group_name=group_name,
            partitions_def=partitions_def,
            io_manager_key=out.io_manager_key,
            dagster_type=_declared(out),
            output_required=not call.can_skip,
            required_resource_keys=graph.required_resource_keys,
            resource_defs=resource_defs,
            automation_condition=automation_condition,
            backfill_policy=backfill_policy,
            check_specs=check_specs,
            code_version=code_version,
        )
        return replace(define_asset(call), node=graph)

    return define if compose_fn is None else define(compose_fn)


def graph_multi_asset(
    *,
    outs: Mapping[str, AssetOut],
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    backfill_policy: Any = None,
    group_name: str | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[Any] | None = None,
    config: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Define several assets by a function that wires ops, and returns a dict of what ops return, by output.

    Args:
        outs: The assets, by the names of the outputs.
        name: What the computation is called; by default as the function.
        ins: More about inputs, by parameter name.
        partitions_def: The partitions of all.
        hooks: Called after every op.
        backfill_policy: How many partitions one run makes.
        group_name: The group they are shown in.
        can_subset: Whether some can be made without the others; only the ops that these need are run.
        resource_defs: Resources by name, used where a run gives no other.
        check_specs: Checks that the ops themselves carry out.
        config: Configuration by node: ``{"clean": {"config": {...}}}``.

    Raises:
        InvalidDefinitionError: The ops can't be wired so, or these don't fit together.

    >>> from notebook_assets import Out, op
    >>> @op(out={"low": Out(), "high": Out()})
    ... def ends(rows): return min(rows), max(rows)
    >>> @graph_multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
    ... def both(rows):
    ...     low, high = ends(rows)
    ...     return {"low": low, "high": high}
    >>> both([3, 1, 2])
    (1, 3)
    """
    check_mapping(config, "@graph_multi_asset: config", '{"clean": {"config": {}}}')
    check_mapping(ins, "@graph_multi_asset: ins", '{"rows": AssetIn("daily_rows")}')
    check_mapping(outs, "@graph_multi_asset: outs", '{"daily": AssetOut()}')

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        graph = _composed(fn, "@graph_multi_asset", name, None, ins, outs)
        call = GraphCall(graph, config, frozenset(hooks or ()), can_subset)
        options: dict[str, Any] = {
            "partitions_def": partitions_def,
            "backfill_policy": backfill_policy,
            "group_name": group_name,
            "can_subset": can_subset,
            "resource_defs": resource_defs,
            "check_specs": check_specs,
        }
        return assets_by_call(
            call, {each: asset_out_of(outs[each], graph.outs[each], call) for each in outs}, ins, options
        )

    return define


def _composed(
    fn: Callable[..., Any],
    decorator: str,
    name: str | None,
    key: CoercibleToAssetKey | None,
    ins: Mapping[str, Any] | None,
    outs: Mapping[str, Any] | None = None,
) -> GraphDefinition:
    if not callable(fn) or isinstance(fn, type) or hasattr(fn, "__notebook_asset__"):
        raise InvalidDefinitionError(f"{decorator} decorates a function that wires ops; got {fn!r}.")
    label = name or (AssetKey.from_coercible(key).path[-1] if key is not None else str(getattr(fn, "__name__", "")))
    out = {each: GraphOut() for each in outs} if outs is not None else None
    return compose(fn, label, dict.fromkeys(ins or {}), out)


def _one_out(graph: GraphDefinition, what: str) -> Out:
    if len(graph.outs) != 1 or any(out.is_dynamic for out in graph.outs.values()):
        raise InvalidDefinitionError(
            f"{what} {graph.name!r} returns the one value of its asset: what an op returned (of a dynamic output, what "
            f"an op made of .collect()). It returns {list(graph.outs) or 'nothing'}; for several assets there is "
            "@graph_multi_asset."
        )
    return next(iter(graph.outs.values()))


def _declared(out: Out) -> Any:
    return None if out.dagster_type is NO_DEFAULT or is_nothing(out.dagster_type) else out.dagster_type


def _inputs(call: GraphCall, ins: Mapping[str, AssetIn]) -> tuple[dict[str, AssetIn], list[AssetDep]]:
    """Return the assets that are handed to the graph, and those that its ops only wait for."""
    handed, waited = {}, []
    for name in call.graph.ins:
        given = ins.get(name, AssetIn())
        if not isinstance(given, AssetIn):
            raise InvalidDefinitionError(f"{call.graph.name}: ins[{name!r}] is an AssetIn; got {given!r}.")
        if name in call.waiting:
            waited.append(AssetDep(given.key_for(name), partition_mapping=given.partition_mapping))
        else:
            handed[name] = given
    return handed, waited


def asset_out_of(given: AssetOut, out: Out, call: GraphCall) -> AssetOut:
    """Return an output's asset with what the op that gives it says."""
    if not isinstance(given, AssetOut):
        raise InvalidDefinitionError(f"{call.graph.name}: an output is an AssetOut; got {given!r}.")
    if out.is_dynamic:
        raise InvalidDefinitionError(f"{call.graph.name}: a dynamic output is no asset; hand .collect() to an op.")
    return replace(
        given,
        io_manager_key=given.io_manager_key or out.io_manager_key,
        is_required=given.is_required and not call.can_skip,
        dagster_type=_declared(out) if given.dagster_type is None else given.dagster_type,
    )


def assets_by_call(
    call: GraphCall,
    outs: Mapping[str, AssetOut],
    ins: Mapping[str, AssetIn] | None,
    options: Mapping[str, Any],
) -> AssetsDefinition:
    """Return the assets that a graph makes.

    Args:
        call: The graph, as a function.
        outs: The assets by output.
        ins: More about inputs.
        options: Those of :func:`multi_asset`.
    """
    handed, waited = _inputs(call, ins or {})
    define = multi_asset(
        outs=outs,
        name=call.graph.name,
        ins=handed,
        deps=waited,
        required_resource_keys=call.graph.required_resource_keys,
        **options,
    )
    return replace(define(call), node=call.graph)


def keys_by_name(what: str, given: Mapping[str, Any] | None, known: Sequence[str]) -> dict[str, AssetKey]:
    """Return the keys that are given for inputs or outputs.

    Args:
        what: Which argument they come from, for errors.
        given: Keys by name.
        known: The names that there are.

    Raises:
        InvalidDefinitionError: A name is of none.

    >>> keys_by_name("keys_by_input_name", {"rows": "daily"}, ["rows"])
    {'rows': AssetKey(['daily'])}
    """
    check_mapping(given, what, '{"rows": AssetKey("daily")}')
    for name in given or {}:
        if name not in known:
            raise InvalidDefinitionError(
                f"{what} names {name!r}, which is none of {list(known)}.{did_you_mean(name, known)}"
            )
    return {name: AssetKey.from_coercible(key) for name, key in (given or {}).items()}
