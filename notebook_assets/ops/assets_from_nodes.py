"""What AssetsDefinition.from_graph and from_op do: assets by a graph or an op that exists already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from notebook_assets.assets import AssetIn, AssetOut, AssetsDefinition
from notebook_assets.assets.assets_definition import RESULT
from notebook_assets.assets.dependencies import prefix_parts
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.ops.config_mappings import NOTHING_MORE, ConfigMapping
from notebook_assets.ops.graph_asset_parts import asset_out_of, assets_by_call, keys_by_name
from notebook_assets.ops.graph_call import GraphCall
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.node_wiring import FromInput, FromOutput, Node, NodeOptions, Wiring
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.partitions.arguments import check_mapping

_BY_OUTPUT = {
    "group_names_by_output_name": "group_name",
    "descriptions_by_output_name": "description",
    "metadata_by_output_name": "metadata",
    "tags_by_output_name": "tags",
    "freshness_policies_by_output_name": "freshness_policy",
    "automation_conditions_by_output_name": "automation_condition",
    "auto_materialize_policies_by_output_name": "auto_materialize_policy",
    "owners_by_output_name": "owners",
    "code_versions_by_output_name": "code_version",
}
"""What is said of each output, and what an AssetOut calls it."""

_OF_ALL = (
    "internal_asset_deps",
    "partitions_def",
    "backfill_policy",
    "can_subset",
    "resource_defs",
    "group_name",
    "check_specs",
)
"""What is said of all assets together, as of those of a function."""


def from_graph(graph_def: Any, options: Mapping[str, Any]) -> AssetsDefinition:
    """Return the assets that a graph makes, one for each of its outputs.

    Args:
        graph_def: The graph.
        options: What :meth:`AssetsDefinition.from_graph` takes.

    Raises:
        InvalidDefinitionError: A name is of no input or output, or the graph gives no output.

    >>> from notebook_assets import graph, op
    >>> @op
    ... def double(number): return number * 2
    >>> @graph
    ... def doubled(number): return double(number)
    >>> made = from_graph(doubled, {"key_prefix": "sums"})
    >>> made.key, made.dependency_keys
    (AssetKey(['sums', 'doubled']), frozenset({AssetKey(['number'])}))
    """
    if not isinstance(graph_def, GraphDefinition):
        raise InvalidDefinitionError(f"from_graph takes a graph; got {graph_def!r}.")
    if not graph_def.outs:
        raise InvalidDefinitionError(f"The graph {graph_def.name!r} returns nothing, so that it makes no asset.")
    if options.get("group_name") is not None and options.get("group_names_by_output_name"):
        raise InvalidDefinitionError("Give group_name for all, or group_names_by_output_name; not both.")
    call = GraphCall(graph_def, frozenset(options.get("hook_defs") or ()), bool(options.get("can_subset")))
    keys = _output_keys(graph_def, options.get("keys_by_output_name"), options.get("key_prefix"))
    said = _said_by_output(graph_def, options)
    owners = options.get("owners_by_key") or {}
    outs = {}
    for name, key in keys.items():
        about = said[name]
        about["owners"] = about.get("owners") or owners.get(key)
        outs[name] = asset_out_of(AssetOut(key=key, **about), graph_def.outs[name], call)
    of_all = {name: options[name] for name in _OF_ALL if name in options}
    return assets_by_call(call, outs, _ins(graph_def, options), {**of_all, "description": graph_def.description})


def _said_by_output(graph: GraphDefinition, options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what AssetOut is told, by output."""
    said: dict[str, dict[str, Any]] = {name: {} for name in graph.outs}
    for option, attribute in _BY_OUTPUT.items():
        given = options.get(option)
        _check_names(option, given, graph.outs)
        for name, value in (given or {}).items():
            said[name][attribute] = value
    return said


def _check_names(what: str, given: Any, known: Mapping[str, Any]) -> None:
    check_mapping(given, what, '{"result": ...}')
    for name in given or {}:
        if name not in known:
            raise InvalidDefinitionError(
                f"{what} names {name!r}, which is none of {list(known)}.{did_you_mean(str(name), known)}"
            )


def _ins(graph: GraphDefinition, options: Mapping[str, Any]) -> dict[str, AssetIn]:
    given = keys_by_name("keys_by_input_name", options.get("keys_by_input_name"), list(graph.ins))
    mappings = options.get("partition_mappings") or {}
    _check_names("partition_mappings", mappings, graph.ins)
    return {name: AssetIn(given.get(name, AssetKey(name)), partition_mapping=mappings.get(name)) for name in graph.ins}


def from_op(op_def: Any, options: Mapping[str, Any]) -> AssetsDefinition:
    """Return the assets that an op makes, one for each of its outputs; the inputs are assets by name.

    Args:
        op_def: The op.
        options: What :meth:`AssetsDefinition.from_op` takes.

    Raises:
        InvalidDefinitionError: A name is of no input or output.

    >>> from notebook_assets import op
    >>> @op
    ... def doubled(number): return number * 2
    >>> from_op(doubled, {"group_name": "sums"}).get_asset_spec().group_name
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
        config=ConfigMapping(
            lambda config: {op_def.name: {} if config is None else {"config": config}},
            NOTHING_MORE if op_def.schema is None else op_def.schema,
        ),
        tags=op_def.tags,
    )
    return replace(from_graph(graph, options), node=op_def)


def _output_keys(
    graph: GraphDefinition, given: Mapping[str, AssetKey] | None, key_prefix: str | Sequence[str] | None
) -> dict[str, AssetKey]:
    keys = keys_by_name("keys_by_output_name", given, list(graph.outs))
    for name in graph.outs:
        keys.setdefault(name, AssetKey(graph.name if list(graph.outs) == [RESULT] else name))
    ordered = {name: keys[name] for name in graph.outs}
    if not key_prefix:
        return ordered
    return {name: key.with_prefix(prefix_parts(key_prefix)) for name, key in ordered.items()}
