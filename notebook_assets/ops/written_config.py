"""The configuration that is written into a graph and its parts: part of what an asset that the graph makes does."""

from __future__ import annotations

import inspect
from typing import Any

from notebook_assets.ops.config_mappings import ConfigMapping
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.node_wiring import Node
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.resources.config_defaults import schema_defaults
from notebook_assets.resources.config_types import MISSING


def written_config(graph: GraphDefinition, path: str = "") -> dict[str, Any]:
    """Return what of the configuration of a graph and its parts is written down, by their places.

    That is: what they are configured to, the functions that make configurations, and defaults: of schemas, of Config
    classes (which stand for theirs), and of inputs that nothing is connected to.

    Args:
        graph: The graph.
        path: Its own place.

    >>> from notebook_assets import graph, op
    >>> @op(config_schema={"rows": int})
    ... def read(context): ...
    >>> three = read.configured({"rows": 3}, name="three")
    >>> @graph
    ... def totals(): three()
    >>> written_config(totals)
    {'three': {'rows': 3}}
    """
    own = graph.config if graph.config_mapping is None else _of_mapping(graph.config_mapping)
    found = {path or graph.name: own} if own else {}
    for name, node in graph.nodes.items():
        inner = f"{path}.{name}" if path else name
        if isinstance(node.definition, GraphDefinition):
            found.update(written_config(node.definition, inner))
        elif isinstance(node.definition, OpDefinition):
            found.update(_of_op(node.definition, node, inner))
    return found


def _of_op(op: OpDefinition, node: Node, path: str) -> dict[str, Any]:
    fixed = None if op.configured_by is None else _of_mapping(op.configured_by)
    inputs = {
        name: about.default_value
        for name, about in op.ins.items()
        if name not in node.inputs and about.has_default and not _is_of_parameter(op, name, about.default_value)
    }
    found = {path: fixed, f"{path} defaults": _defaults(op.own_schema), f"{path} inputs": inputs}
    return {name: each for name, each in found.items() if each}


def _of_mapping(mapping: ConfigMapping) -> Any:
    """Return the configuration that a mapping comes down to, else its functions with the defaults that they are given.

    A function counts by all of its code, as those that the ops themselves name do.
    """
    if mapping.chain:
        return [_of_mapping(each) for each in mapping.chain]
    return (mapping.config_fn, _defaults(mapping.schema)) if mapping.fixed is MISSING else mapping.fixed


def _defaults(schema: Any) -> Any:
    """Return the defaults of a schema; of a Config class the class itself, whose validators have a say, too."""
    if schema is None or (isinstance(schema, type) and hasattr(schema, "__config_type__")):
        return schema
    return schema_defaults(schema)


def _is_of_parameter(op: OpDefinition, name: str, default: Any) -> bool:
    """Whether a default stands in the function itself, whose code counts anyway."""
    parameter = inspect.signature(op.fn).parameters.get(name)
    return parameter is not None and parameter.default is default
