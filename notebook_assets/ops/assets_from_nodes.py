"""What AssetsDefinition.from_graph and from_op do: assets by a graph or an op that exists already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from notebook_assets.assets import AssetIn, AssetOut, AssetsDefinition
from notebook_assets.assets.dependencies import prefix_parts
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import PartitionMapping
from notebook_assets.ops.graph_asset_parts import asset_out_of, assets_by_call, keys_by_name
from notebook_assets.ops.graph_call import GraphCall
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.hooks import HookDefinition
from notebook_assets.ops.node_wiring import FromInput, FromOutput, Node, NodeOptions, Wiring
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.partitions import PartitionsDefinition


def from_graph(
    graph_def: GraphDefinition,
    *,
    keys_by_input_name: Mapping[str, AssetKey] | None = None,
    keys_by_output_name: Mapping[str, AssetKey] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    internal_asset_deps: Mapping[str, AbstractSet[AssetKey]] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    partition_mappings: Mapping[str, PartitionMapping] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    group_names_by_output_name: Mapping[str, str | None] | None = None,
    descriptions_by_output_name: Mapping[str, str] | None = None,
    metadata_by_output_name: Mapping[str, Mapping[str, Any] | None] | None = None,
    tags_by_output_name: Mapping[str, Mapping[str, str] | None] | None = None,
    freshness_policies_by_output_name: Mapping[str, Any] | None = None,
    automation_conditions_by_output_name: Mapping[str, Any] | None = None,
    backfill_policy: Any = None,
    can_subset: bool = False,
    check_specs: Sequence[Any] | None = None,
    owners_by_output_name: Mapping[str, Sequence[str]] | None = None,
    owners_by_key: Mapping[AssetKey, Sequence[str]] | None = None,
    code_versions_by_output_name: Mapping[str, str | None] | None = None,
    hook_defs: AbstractSet[HookDefinition] | None = None,
) -> AssetsDefinition:
    """Return the assets that a graph makes, one for each of its outputs.

    Args:
        graph_def: The graph.
        keys_by_input_name: The assets that it is made from, by input; by default those of the inputs' names.
        keys_by_output_name: The assets, by output; by default as the graph, or of several outputs as each of them.
        key_prefix: Parts put before the keys of the assets that it makes.
        internal_asset_deps: What each output is made from, where that is not every input.
        partitions_def: The partitions of all.
        partition_mappings: How partitions of inputs are needed, by input.
        resource_defs: Resources by name, used where a run gives no other.
        group_name: The group they are shown in.
        group_names_by_output_name: The groups, by output.
        descriptions_by_output_name: Descriptions, by output.
        metadata_by_output_name: Static metadata, by output.
        tags_by_output_name: Tags, by output.
        freshness_policies_by_output_name: Kept for code that gives it.
        automation_conditions_by_output_name: When to make them, by output.
        backfill_policy: How many partitions one run makes.
        can_subset: Whether some can be made without the others.
        check_specs: Checks that the ops themselves carry out.
        owners_by_output_name: Owners, by output.
        owners_by_key: Owners, by key.
        code_versions_by_output_name: Versions of the code, by output.
        hook_defs: Called after every op.

    Raises:
        InvalidDefinitionError: A name is of no input or output, or the graph gives no output.

    >>> from notebook_assets import graph, op
    >>> @op
    ... def double(number): return number * 2
    >>> @graph
    ... def doubled(number): return double(number)
    >>> made = from_graph(doubled, key_prefix="sums")
    >>> made.key, made.dependency_keys
    (AssetKey(['sums', 'doubled']), frozenset({AssetKey(['number'])}))
    """
    if not isinstance(graph_def, GraphDefinition):
        raise InvalidDefinitionError(f"from_graph takes a graph; got {graph_def!r}.")
    if not graph_def.outs:
        raise InvalidDefinitionError(f"The graph {graph_def.name!r} returns nothing, so that it makes no asset.")
    call = GraphCall(graph_def, frozenset(hook_defs or ()), can_subset)
    given = keys_by_name("keys_by_input_name", keys_by_input_name, list(graph_def.ins))
    mappings = partition_mappings or {}
    ins = {
        name: AssetIn(given.get(name, AssetKey(name)), partition_mapping=mappings.get(name)) for name in graph_def.ins
    }
    keys = _output_keys(graph_def, keys_by_output_name, key_prefix)
    outs = {}
    for name, key in keys.items():
        about = AssetOut(
            key=key,
            description=(descriptions_by_output_name or {}).get(name),
            metadata=(metadata_by_output_name or {}).get(name),
            group_name=(group_names_by_output_name or {}).get(name),
            tags=(tags_by_output_name or {}).get(name),
            automation_condition=(automation_conditions_by_output_name or {}).get(name),
            owners=(owners_by_output_name or {}).get(name) or (owners_by_key or {}).get(key),
            code_version=(code_versions_by_output_name or {}).get(name),
        )
        outs[name] = asset_out_of(about, graph_def.outs[name], call)
    options: dict[str, Any] = {
        "internal_asset_deps": internal_asset_deps,
        "partitions_def": partitions_def,
        "backfill_policy": backfill_policy,
        "can_subset": can_subset,
        "resource_defs": resource_defs,
        "group_name": group_name,
        "check_specs": check_specs,
        "description": graph_def.description,
    }
    return assets_by_call(call, outs, ins, options)


def from_op(op_def: OpDefinition, **options: Any) -> AssetsDefinition:
    """Return the assets that an op makes, one for each of its outputs; the inputs are assets by name.

    Args:
        op_def: The op.
        options: As for :func:`from_graph`.

    Raises:
        InvalidDefinitionError: A name is of no input or output.

    >>> from notebook_assets import op
    >>> @op
    ... def doubled(number): return number * 2
    >>> from_op(doubled, group_name="sums").get_asset_spec().group_name
    'sums'
    """
    if not isinstance(op_def, OpDefinition):
        raise InvalidDefinitionError(f"from_op takes an op; got {op_def!r}.")
    node = Node(op_def.name, op_def, {name: FromInput(name) for name in op_def.ins}, NodeOptions())
    graph = GraphDefinition(
        op_def.name,
        wiring=Wiring(
            nodes={op_def.name: node},
            ins=op_def.ins,
            outs=op_def.outs,
            outputs={name: FromOutput(op_def.name, name) for name in op_def.outs},
        ),
        composition_fn=op_def.code,
        description=op_def.description,
        tags=op_def.tags,
    )
    return from_graph(graph, **options)


def _output_keys(
    graph: GraphDefinition, given: Mapping[str, AssetKey] | None, key_prefix: str | Sequence[str] | None
) -> dict[str, AssetKey]:
    keys = keys_by_name("keys_by_output_name", given, list(graph.outs))
    for name in graph.outs:
        keys.setdefault(name, AssetKey(graph.name if len(graph.outs) == 1 else name))
    ordered = {name: keys[name] for name in graph.outs}
    if not key_prefix:
        return ordered
    return {name: key.with_prefix(prefix_parts(key_prefix)) for name, key in ordered.items()}
