"""What a job of ops can be asked beside being run: its nodes, its partitions, its configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.partitions import PartitionedConfig, PartitionsDefinition

if TYPE_CHECKING:
    from notebook_assets.ops.node_wiring import Node


class JobViews:
    """The part of :class:`JobDefinition` that only answers questions.

    >>> from notebook_assets import job, op
    >>> @op
    ... def one(): return 1
    >>> @job
    ... def counting(): one()
    >>> counting.has_node("one"), counting.is_asset_job, list(counting.get_partition_keys())
    (True, False, [])
    """

    is_asset_job = False
    """A job over assets is made by ``define_asset_job``."""
    loggers: Mapping[str, Any] = {}
    """None are kept."""

    if TYPE_CHECKING:  # what the job itself has
        name: str
        graph: GraphDefinition
        config: Any
        partitions_def: PartitionsDefinition | None
        run_tags: Mapping[str, str]
        _selection: Sequence[str] | None

    @property
    def nodes(self) -> Sequence[Node]:
        """The uses of ops and graphs in its graph."""
        return list(self.graph.nodes.values())

    @property
    def nodes_in_topological_order(self) -> Sequence[Node]:
        """The same, each after those that it takes something from."""
        done: dict[str, Node] = {}
        left = dict(self.graph.nodes)
        while left:
            ready = [name for name, node in left.items() if not _upstream(node) & left.keys()]
            done.update({name: left.pop(name) for name in ready})
        return list(done.values())

    def has_node(self, name: str) -> bool:
        """Whether its graph has a node of that name."""
        return name in self.graph.nodes

    def has_node_named(self, node_name: str) -> bool:
        """Whether its graph has a node of that name, as :meth:`has_node`."""
        return self.has_node(node_name)

    def get_node_named(self, name: str) -> Node:
        """Return a node of its graph.

        Raises:
            InvalidInvocationError: There is none of that name.
        """
        if not self.has_node(name):
            raise InvalidInvocationError(
                f"The job {self.name!r} has no op {name!r}; it has {list(self.graph.nodes)}."
                f"{did_you_mean(name, self.graph.nodes)}"
            )
        return self.graph.nodes[name]

    def node_def_named(self, node_name: str) -> Any:
        """Return the op or graph that a node is a use of."""
        return self.get_node_named(node_name).definition

    @property
    def op_selection(self) -> frozenset[str] | None:
        """Which of its ops are run; None for all."""
        return None if self._selection is None else frozenset(self._selection)

    @property
    def is_subset(self) -> bool:
        """Whether only some of its ops are run."""
        return self._selection is not None

    @property
    def partitioned_config(self) -> PartitionedConfig | None:
        """Its configuration by partition, where it has one."""
        return self.config if isinstance(self.config, PartitionedConfig) else None

    @property
    def run_config(self) -> Mapping[str, Any] | None:
        """Its run configuration, None where it has none, or one by partition."""
        found = getattr(self.config, "to_config_dict", lambda: self.config)()
        return found if isinstance(found, Mapping) else None

    def get_partition_keys(self, selected_asset_keys: object = None) -> Sequence[str]:
        """Return the keys of its partitions as they are now, none where it has none."""
        now = selected_asset_keys if isinstance(selected_asset_keys, datetime) else None
        return [] if self.partitions_def is None else self.partitions_def.get_partition_keys(now)

    def get_run_config_for_partition_key(self, partition_key: str) -> Mapping[str, Any]:
        """Return the run configuration of a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
        """
        by_partition = self.partitioned_config
        if by_partition is not None:
            return by_partition.get_run_config_for_partition_key(partition_key)
        self.validate_partition_key(partition_key)
        return self.run_config or {}

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """Return the tags of a run for a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
        """
        by_partition = self.partitioned_config
        own = {} if by_partition is None else by_partition.get_tags_for_partition_key(partition_key, self.name)
        self.validate_partition_key(partition_key)
        return {**self.run_tags, **own}

    def validate_partition_key(self, partition_key: str, dynamic_partitions_store: Any = None) -> None:
        """Raise an error unless it has a partition.

        Raises:
            UnknownPartitionError: There is no such partition.
            InvalidInvocationError: The job has none.
        """
        if self.partitions_def is None:
            raise InvalidInvocationError(
                f"The job {self.name!r} has no partitions; give it partitions_def=, or leave out "
                f"partition_key={partition_key!r}."
            )
        self.partitions_def.validate_partition_key(partition_key, dynamic_partitions_store=dynamic_partitions_store)


def _upstream(node: Node) -> set[str]:
    """Return the names of the nodes that a node takes something from."""
    return {name for source in node.inputs.values() for name in _names(source)}


def _names(source: Any) -> set[str]:
    if hasattr(source, "sources"):
        return {name for each in source.sources for name in _names(each)}
    if hasattr(source, "source"):
        return _names(source.source)
    return {source.node} if hasattr(source, "node") else set()
