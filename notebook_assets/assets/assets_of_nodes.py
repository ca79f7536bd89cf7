"""How assets are made from a graph or an op that exists already: the parameters that this takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from notebook_assets.assets.ops_above import assets_from_nodes
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import PartitionMapping
from notebook_assets.partitions import PartitionsDefinition

if TYPE_CHECKING:
    from notebook_assets.assets.assets_definition import AssetsDefinition


class OfNodes:
    """The part of an :class:`AssetsDefinition` that makes one from a graph or an op."""

    @staticmethod
    def from_graph(
        graph_def: Any,
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
        auto_materialize_policies_by_output_name: Mapping[str, Any] | None = None,
        hook_defs: AbstractSet[Any] | None = None,
    ) -> AssetsDefinition:
        """Return the assets that a graph makes, one for each of its outputs.

        Args:
            graph_def: The graph.
            keys_by_input_name: The assets that it is made from, by input; by default those of the inputs' names.
            keys_by_output_name: The assets, by output; by default as each output, or as the graph where that has one
                which is called ``result``.
            key_prefix: Parts put before the keys of the assets that it makes.
            internal_asset_deps: What each output is made from, where that is not every input.
            partitions_def: The partitions of all.
            partition_mappings: How partitions of inputs are needed, by input.
            resource_defs: Resources by name, used where a run gives no other.
            group_name: The group they are shown in.
            group_names_by_output_name: The groups, by output.
            descriptions_by_output_name: Descriptions, by output; by default what the op says of its output.
            metadata_by_output_name: Static metadata, by output; likewise.
            tags_by_output_name: Tags, by output.
            freshness_policies_by_output_name: How fresh they are to be, by output.
            automation_conditions_by_output_name: When to make them, by output.
            backfill_policy: How many partitions one run makes.
            can_subset: Whether some can be made without the others.
            check_specs: Checks that the ops themselves carry out.
            owners_by_output_name: Owners, by output.
            owners_by_key: Owners, by key.
            code_versions_by_output_name: Versions of the code, by output; by default that of the op, if there is one.
            auto_materialize_policies_by_output_name: What ``automation_conditions_by_output_name`` was called before.
            hook_defs: Called after every op.

        Raises:
            InvalidDefinitionError: A name is of no input or output, or the graph gives no output.

        >>> from notebook_assets import AssetsDefinition, graph, op
        >>> @op
        ... def double(number): return number * 2
        >>> @graph
        ... def doubled(number): return double(number)
        >>> AssetsDefinition.from_graph(doubled, key_prefix="sums").key
        AssetKey(['sums', 'doubled'])
        """
        given = dict(locals())
        made: AssetsDefinition = assets_from_nodes.from_graph(given.pop("graph_def"), given)
        return made

    @staticmethod
    def from_op(
        op_def: Any,
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
        code_versions_by_output_name: Mapping[str, str | None] | None = None,
        auto_materialize_policies_by_output_name: Mapping[str, Any] | None = None,
        hook_defs: AbstractSet[Any] | None = None,
    ) -> AssetsDefinition:
        """Return the assets that an op makes, one for each of its outputs; its inputs are assets by name.

        What it takes beside the op is what :meth:`from_graph` takes.

        Args:
            op_def: The op.

        Raises:
            InvalidDefinitionError: A name is of no input or output.

        >>> from notebook_assets import AssetsDefinition, op
        >>> @op
        ... def double(number): return number * 2
        >>> AssetsDefinition.from_op(double, keys_by_output_name={"result": "doubled"}).key
        AssetKey(['doubled'])
        """
        given = dict(locals())
        made: AssetsDefinition = assets_from_nodes.from_op(given.pop("op_def"), given)
        return made
