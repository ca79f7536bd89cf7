"""JobDefinition: a graph of ops together with resources, configuration and hooks, ready to be run."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from notebook_assets.assets import DEFAULT_IO_MANAGER_KEY, RetryPolicy
from notebook_assets.errors import InvalidInvocationError, UnknownResourceError, did_you_mean
from notebook_assets.ops.flat_graph import FlatGraph, flat_graph
from notebook_assets.ops.graph_config import checked_graph_config, root_entry
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.graph_run_edges import check_inputs, first_failure, record_reported
from notebook_assets.ops.graph_runs import GraphRun
from notebook_assets.ops.hooks import HookDefinition, checked_hooks
from notebook_assets.ops.in_process_result import OpsResult
from notebook_assets.ops.job_config import config_of_job
from notebook_assets.ops.job_views import JobViews
from notebook_assets.ops.kept_outputs import check_told, named_managers
from notebook_assets.ops.names_of_nodes import check_names_within
from notebook_assets.ops.op_config import NOT_GIVEN, configured_input
from notebook_assets.ops.op_context import Surroundings
from notebook_assets.ops.op_selection import selected_ops
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_instance, check_mapping
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.resources import Resources
from notebook_assets.resources.resource_definition import definition_of
from notebook_assets.resources.resource_setup import ResourceSetup
from notebook_assets.run.config_checking import plain


class JobDefinition(JobViews, SelfShown):
    """A graph of ops that can be run. Made by :func:`job` or :meth:`GraphDefinition.to_job`.

    Args:
        graph_def: The graph.
        resource_defs: Resources by name.
        name: By default the graph's.
        config: The run configuration, where a run is given none: a dict, a ``RunConfig`` or a ``PartitionedConfig``.
        description: For people to read.
        partitions_def: The partitions that it can be run for.
        tags: Names and values, of its runs too.
        run_tags: Names and values of its runs, in place of ``tags``.
        metadata: Names and values.
        hook_defs: Hooks that are called after every op.
        op_retry_policy: The retry policy of ops that have none.
        input_values: Values of the graph's inputs.
        op_selection: Only these ops are run.
        owners: E-mail addresses, or ``team:name``.
        executor_def: Kept; ``execute_in_process`` makes everything in this process, as its name says.

    Raises:
        InvalidDefinitionError: The graph can't be run.

    >>> from notebook_assets import job, op
    >>> @op
    ... def one(): return 1
    >>> @job(tags={"team": "sales"})
    ... def counting(): one()
    >>> counting.name, counting.execute_in_process().success
    ('counting', True)
    """

    def __init__(
        self,
        *,
        graph_def: GraphDefinition,
        resource_defs: Mapping[str, object] | None = None,
        name: str | None = None,
        config: Any = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        hook_defs: AbstractSet[HookDefinition] | None = None,
        op_retry_policy: Any = None,
        input_values: Mapping[str, object] | None = None,
        op_selection: Sequence[str] | None = None,
        owners: Sequence[str] | None = None,
        executor_def: Any = None,
    ) -> None:
        check_mapping(resource_defs, "A job: resource_defs", '{"database": connection}')
        check_instance(op_retry_policy, RetryPolicy, "A job: op_retry_policy", "RetryPolicy(max_retries=3)")
        check_instance(partitions_def, PartitionsDefinition, "A job: partitions_def", "DailyPartitionsDefinition(...)")
        check_names_within(graph_def, f"The job {name or graph_def.name!r}")
        self.graph = graph_def
        self.name = name or graph_def.name
        self.description = description or graph_def.description
        self.resource_defs = dict(resource_defs or {})
        self.config = config
        self.partitions_def = partitions_def or getattr(config, "partitions_def", None)
        self.tags = {**graph_def.tags, **tag_texts(tags, "A job: tags")}
        self.run_tags = self.tags if run_tags is None else tag_texts(run_tags, "A job: run_tags")
        self.metadata = dict(metadata or {})
        self.hook_defs = checked_hooks(hook_defs, "A job: hooks")
        self.op_retry_policy = op_retry_policy
        self.input_values = dict(input_values or {})
        self.owners = tuple(owners or ())
        self.executor_def = executor_def
        self._selection = op_selection
        self._flat = flat_graph(graph_def)

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its ops and hooks require."""
        of_hooks = (key for hook in self.hook_defs for key in hook.required_resource_keys)
        return self.graph.required_resource_keys | named_managers(self._flat) | frozenset(of_hooks)

    def checked_run_config(self, run_config: Any = None) -> dict[str, Any]:
        """Check what a run would be configured with; return it with defaults, by the paths of ops.

        Args:
            run_config: What would be given.

        Raises:
            InvalidConfigError: It does not fit; all that is wrong is named.
        """
        given = self._config(run_config, None)
        found = checked_graph_config(self.graph, root_entry(self.graph, given), self._flat.ops)
        return {**given, "ops": {path: {"config": plain(config)} for path, config in found.configs.items()}}

    def execute_in_process(
        self,
        run_config: Any = None,
        instance: Any = None,
        partition_key: str | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        asset_selection: Any = None,
        run_id: str | None = None,
        input_values: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, object] | None = None,
    ) -> OpsResult:
        """Run the ops, here and now; values go from op to op in memory, or through the IO managers that are named.

        Args:
            run_config: The configuration: ``{"ops": {"clean": {"config": ..., "inputs": ...}}}``.
            instance: The store that ``context.instance`` is, and in which reported materializations are recorded.
            partition_key: The partition that the run is of.
            raise_on_error: Whether the first error is raised, when all that can run has run.
            op_selection: Only these ops: names, with ``*`` or ``+`` for what is upstream or downstream.
            asset_selection: For jobs over assets; there are none here.
            run_id: What to call the run.
            input_values: Values of the graph's inputs.
            tags: More tags of the run.
            resources: Resources by name; they win over the job's own.

        Raises:
            InvalidInvocationError: An input has no value, or the partition is given to a job without partitions.
            InvalidConfigError: The configuration does not fit.
            UnknownResourceError: A resource is missing.
            Exception: What the first op that failed raised.
        """
        if asset_selection is not None:
            raise InvalidInvocationError(f"The job {self.name!r} is of ops; asset_selection is for jobs over assets.")
        graph = selected_ops(selected_ops(self._flat, self._selection), op_selection)
        config = self._config(run_config, partition_key)
        run_id = run_id or str(uuid.uuid4())
        things = {**self.resource_defs, **(resources or {})}
        setup = ResourceSetup(things, config.get("resources"), instance, run_id)
        run = GraphRun(
            graph=graph,
            around=Surroundings(
                run_id=run_id,
                job_name=self.name,
                given_instance=instance,
                run_config=config,
                run_tags={**self.run_tags, **tag_texts(tags, "execute_in_process: tags")},
                partition_key=self._checked_partition(partition_key, instance),
                partitions_def=self.partitions_def,
            ),
            inputs=self._inputs(config, {**self.input_values, **(input_values or {})}),
            job_hooks=self.hook_defs,
            retry_policy=self.op_retry_policy,
            default_manager=DEFAULT_IO_MANAGER_KEY,
        )
        run.check()
        run.told = check_told(graph, things, run.told)
        check_inputs(graph, run)
        try:
            run.around = replace(run.around, resources=self._resources(graph, things, setup))
            run.run()
        finally:
            setup.close()
        if instance is not None:
            record_reported(instance, self.name, run)
        if raise_on_error and run.failures:
            raise first_failure(run)
        return OpsResult(self, run)

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> JobDefinition:
        """Return the job with more hooks."""
        return self._copy(hook_defs=self.hook_defs | checked_hooks(hook_defs, "with_hooks(...)"))

    def with_top_level_resources(self, resource_defs: Mapping[str, object]) -> JobDefinition:
        """Return the job with resources that its own win over."""
        return self._copy(resource_defs={**resource_defs, **self.resource_defs})

    def with_executor_def(self, executor_def: Any) -> JobDefinition:
        """Return the job with another executor, which is kept."""
        return self._copy(executor_def=executor_def)

    def with_metadata(self, metadata: Mapping[str, Any]) -> JobDefinition:
        """Return the job with other metadata."""
        return self._copy(metadata=metadata)

    def get_subset(
        self, *, op_selection: Sequence[str] | None = None, asset_selection: object = None, **_: object
    ) -> JobDefinition:
        """Return the job of some of its ops.

        Args:
            op_selection: Names, with ``*`` or ``+`` for what is upstream or downstream.
            asset_selection: For jobs over assets; there are none here.
        """
        if asset_selection is not None:
            raise InvalidInvocationError(f"The job {self.name!r} is of ops; asset_selection is for jobs over assets.")
        selected_ops(self._flat, op_selection)  # which names what there is, where it is not
        return self._copy(op_selection=op_selection)

    def _copy(self, **changes: Any) -> JobDefinition:
        same: dict[str, Any] = {
            "graph_def": self.graph,
            "resource_defs": self.resource_defs,
            "name": self.name,
            "config": self.config,
            "description": self.description,
            "partitions_def": self.partitions_def,
            "tags": self.tags,
            "run_tags": self.run_tags,
            "metadata": self.metadata,
            "hook_defs": self.hook_defs,
            "op_retry_policy": self.op_retry_policy,
            "input_values": self.input_values,
            "op_selection": self._selection,
            "owners": self.owners,
            "executor_def": self.executor_def,
        }
        return JobDefinition(**{**same, **changes})

    def _config(self, given: Any, partition_key: str | None) -> Mapping[str, Any]:
        return config_of_job(f"The job {self.name!r}", self.config, given, partition_key)

    def _checked_partition(self, key: str | None, instance: Any) -> str | None:
        if key is None:
            return None
        if self.partitions_def is None:
            raise InvalidInvocationError(
                f"The job {self.name!r} has no partitions; give it partitions_def=, or leave out partition_key={key!r}."
            )
        self.partitions_def.validate_partition_key(key, dynamic_partitions_store=instance)
        return key

    def _resources(self, graph: FlatGraph, things: Mapping[str, object], setup: ResourceSetup) -> Resources:
        """Set up the resources that ops and hooks require; plain objects are there for all."""
        for path, flat in graph.ops.items():
            of_outputs = {out.io_manager_key or DEFAULT_IO_MANAGER_KEY for out in flat.op.outs.values()}
            for name in sorted(flat.op.run_resource_keys | of_outputs - {DEFAULT_IO_MANAGER_KEY}):
                if name not in things:
                    raise UnknownResourceError(
                        f"The op {path!r} needs the resource {name!r}, which is not given; add "
                        f"resources={{{name!r}: ...}}.{did_you_mean(name, things)}"
                    )
        needed = {key for flat in graph.ops.values() for key in flat.op.run_resource_keys} | {
            key for hook in self._hooks(graph) for key in hook.required_resource_keys
        }
        needed |= named_managers(graph) | ({DEFAULT_IO_MANAGER_KEY} & things.keys())
        plain = {key for key, thing in things.items() if definition_of(thing) is None}
        return Resources({key: setup.get(key) for key in sorted(needed | plain)})

    def _hooks(self, graph: FlatGraph) -> frozenset[HookDefinition]:
        return self.hook_defs.union(*(flat.hooks for flat in graph.ops.values()))

    def _inputs(self, config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the graph's inputs: those that were given, else those of the configuration."""
        wrong = [name for name in given if name not in self.graph.ins]
        if wrong:
            raise InvalidInvocationError(
                f"The job {self.name!r} has no input {wrong[0]!r}; it has {list(self.graph.ins)}."
                f"{did_you_mean(wrong[0], self.graph.ins)}"
            )
        found = dict(given)
        for name in self.graph.ins:
            value = configured_input(config.get("inputs") or {}, name)
            if name not in found and value is not NOT_GIVEN:
                found[name] = value
        return found

    def __repr__(self) -> str:
        return f"<job {self.name} of {', '.join(self.graph.nodes)}>"
