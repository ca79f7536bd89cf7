"""@graph_multi_asset: a function that wires ops becomes the definition of several assets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from notebook_assets.assets import AssetIn, AssetOut, AssetsDefinition
from notebook_assets.ops.config_mappings import ConfigMapping, check_graph_config
from notebook_assets.ops.graph_asset_parts import (
    asset_out_of,
    assets_by_call,
    composed,
)
from notebook_assets.ops.graph_call import GraphCall
from notebook_assets.ops.hooks import HookDefinition
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_mapping


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
    config: ConfigMapping | Mapping[str, Any] | None = None,
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
        config: Configuration by node: ``{"clean": {"config": {...}}}``; or a :class:`ConfigMapping`, which configures
            all of them.

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
    check_graph_config(config, "@graph_multi_asset")
    check_mapping(ins, "@graph_multi_asset: ins", '{"rows": AssetIn("daily_rows")}')
    check_mapping(outs, "@graph_multi_asset: outs", '{"daily": AssetOut()}')

    def define(fn: Callable[..., Any]) -> AssetsDefinition:
        graph = composed(fn, "@graph_multi_asset", name, None, ins, outs, config)
        call = GraphCall(graph, frozenset(hooks or ()), can_subset)
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
