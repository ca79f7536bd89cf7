"""What the ways to define assets by graphs of ops have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from notebook_assets.assets import AssetDep, AssetIn, AssetOut, AssetsDefinition, multi_asset
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.ops.graph_call import GraphCall
from notebook_assets.ops.graph_decorator import compose
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.ins_outs import NO_DEFAULT, GraphOut, Out
from notebook_assets.partitions.arguments import check_mapping


def composed(
    fn: Callable[..., Any],
    decorator: str,
    name: str | None,
    key: CoercibleToAssetKey | None,
    ins: Mapping[str, Any] | None,
    outs: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition:
    """Return the graph that a function wires, called as the asset.

    Args:
        fn: The function.
        decorator: What errors call it.
        name: The asset's name, if given.
        key: The asset's key, if given.
        ins: What was said of its inputs.
        outs: What was said of its outputs.
        config: Configuration by node, or a config mapping.

    Raises:
        InvalidDefinitionError: It is no function, or the ops can't be wired so.
    """
    if not callable(fn) or isinstance(fn, type) or hasattr(fn, "__notebook_asset__"):
        raise InvalidDefinitionError(f"{decorator} decorates a function that wires ops; got {fn!r}.")
    label = name or (AssetKey.from_coercible(key).path[-1] if key is not None else str(getattr(fn, "__name__", "")))
    out = {each: GraphOut() for each in outs} if outs is not None else None
    return compose(fn, label, dict.fromkeys(ins or {}), out, config=config)


def one_out(graph: GraphDefinition, what: str) -> Out:
    """Return the one output of a graph.

    Args:
        graph: The graph.
        what: What errors call it.

    Raises:
        InvalidDefinitionError: It has several or none, or a dynamic one.
    """
    if len(graph.outs) != 1 or any(out.is_dynamic for out in graph.outs.values()):
        raise InvalidDefinitionError(
            f"{what} {graph.name!r} returns the one value of its asset: what an op returned (of a dynamic output, what "
            f"an op made of .collect()). It returns {list(graph.outs) or 'nothing'}; for several assets there is "
            "@graph_multi_asset."
        )
    return next(iter(graph.outs.values()))


def declared_type_of(out: Out) -> Any:
    """Return the type that an output is declared to have, None where there is none or no value."""
    return None if out.dagster_type is NO_DEFAULT or is_nothing(out.dagster_type) else out.dagster_type


def inputs_of(call: GraphCall, ins: Mapping[str, AssetIn]) -> tuple[dict[str, AssetIn], list[AssetDep]]:
    """Return the assets that are handed to the graph, and those that its ops only wait for.

    Args:
        call: The graph, as a function.
        ins: What was said of its inputs.

    Raises:
        InvalidDefinitionError: What was said is no AssetIn.
    """
    handed, waited = {}, []
    for name in call.graph.ins:
        given = ins.get(name, AssetIn())
        if not isinstance(given, AssetIn):
            raise InvalidDefinitionError(f"{call.graph.name}: ins[{name!r}] is an AssetIn; got {given!r}.")
        if given.input_manager_key is None and name in call.input_manager_keys:
            given = replace(given, input_manager_key=call.input_manager_keys[name])
        if name in call.waiting:
            waited.append(AssetDep(given.key_for(name), partition_mapping=given.partition_mapping))
        else:
            handed[name] = given
    return handed, waited


def asset_out_of(given: AssetOut, out: Out, call: GraphCall) -> AssetOut:
    """Return an output's asset with what the op that gives it says.

    Args:
        given: What was said of the asset.
        out: The op's output.
        call: The graph, as a function.

    Raises:
        InvalidDefinitionError: It is no AssetOut, or the output is dynamic.
    """
    if not isinstance(given, AssetOut):
        raise InvalidDefinitionError(f"{call.graph.name}: an output is an AssetOut; got {given!r}.")
    if out.is_dynamic:
        raise InvalidDefinitionError(f"{call.graph.name}: a dynamic output is no asset; hand .collect() to an op.")
    return replace(
        given,
        description=given.description or out.description,
        metadata=out.metadata if given.metadata is None else given.metadata,
        code_version=given.code_version or call.code_version_of(out),
        io_manager_key=given.io_manager_key or out.io_manager_key,
        is_required=given.is_required and not call.can_skip,
        dagster_type=declared_type_of(out) if given.dagster_type is None else given.dagster_type,
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
    handed, waited = inputs_of(call, ins or {})
    define = multi_asset(
        outs=outs,
        name=call.graph.name,
        ins=handed,
        deps=waited,
        required_resource_keys=call.required_resource_keys,
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
