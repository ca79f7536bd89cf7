"""The steps of one asset: check the inputs, call the function, store the value, record what happened."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from notebook_assets.assets import NO_VALUE, AssetObservation, AssetsDefinition, RetryPolicy, TypeCheckContext
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import StoreError
from notebook_assets.metadata import MetadataValue
from notebook_assets.resources import OutputContext, Resources
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.calling import InputPartitions, call_function
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.handing_over import hand_over
from notebook_assets.run.inputs import InputReader
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, manager_config, plain_metadata
from notebook_assets.run.outcome import Outcome, outcome_of
from notebook_assets.run.pieces_not_made import piece_name
from notebook_assets.run.refusals import is_about_one_piece
from notebook_assets.run.retries import Retry, tried
from notebook_assets.run.run_config import computation_name
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.step_records import Made, StepRecords
from notebook_assets.run.type_checks import StepTypes
from notebook_assets.store import InputRead


class AssetSteps:
    """One asset of a run, prepared so that each of its steps does as little as possible.

    Args:
        definition: The asset.
        status: Its live status, which its steps keep true.
        scope: What all steps of the run share.

    Raises:
        InvalidInvocationError: A resource or an IO manager is missing, or is none.
    """

    def __init__(self, definition: AssetsDefinition, status: AssetStatus, scope: RunScope) -> None:
        self.definition = definition
        self.status = status
        self.scope = scope
        self.key = status.node.key
        self.records = StepRecords(definition, status, scope)
        self.policy: RetryPolicy | None = definition.retry_policy or scope.retry_policy
        self.resources: Resources = scope.resources.checked(status.node)
        self.given = scope.config.arguments(definition, self.resources)
        self.manager: IOManagerLike | None = io_manager_of(status.node, self.resources)
        self.readers = [
            InputReader(
                dependency,
                status.node,
                links,
                scope.statuses[dependency.key],
                scope.instance,
                scope.resources.of(scope.statuses[dependency.key].node),
                scope.shared,
                *scope.config.told(definition, dependency, scope.statuses[dependency.key].node),
            )
            for dependency, links in zip(status.node.dependencies, status.links, strict=True)
        ]
        self.inputs = {reader.dependency.input_name: reader for reader in self.readers if reader.dependency.input_name}
        may_be_none = {name for name, reader in self.inputs.items() if reader.dependency.wait_for != "all"}
        self.types = StepTypes(definition, lambda: TypeCheckContext(scope.result.run_id, self.resources), may_be_none)
        self.recorded = [reader for at, reader in enumerate(self.readers) if _is_first(self.readers, at)]

    @cached_property
    def named(self) -> dict[str, InputReader]:
        """All that it is made from, by the names that a context knows it by: parameters, and keys joined by ``_``."""
        names = {"_".join(reader.dependency.key.path): reader for reader in self.readers}
        return {**names, **self.inputs}

    def make(self, position: int) -> None:
        """Make the piece at ``position``, or record why it can't be made.

        Raises:
            StoreError: The store takes no more. Where it only refuses what this one piece gave, the piece is failed.
        """
        partition = self.status.keys[position]
        missing = [lack for reader in self.readers if (lack := reader.missing(position)) is not None]
        if missing:
            self.records.skip(position, partition, missing)
            return
        reads: list[InputRead] = []
        began = time.perf_counter()
        try:
            reads = [read for reader in self.recorded if (read := reader.record(position)) is not None]
            made = self._tried(position, partition)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a user's function may raise anything
            self.records.fail(position, partition, error, reads, time.perf_counter() - began)
            return
        finally:
            self.scope.shared.step_ended()
        duration = time.perf_counter() - began
        try:
            self.records.record(position, partition, made, reads, duration)
        except Exception as error:
            if isinstance(error, StoreError) and not is_about_one_piece(error):
                raise
            self.records.fail(position, partition, error, reads, duration)

    def _tried(self, position: int, partition: str | None) -> Made:
        """Call the function, again where it fails and is to be tried again; nothing of a failed attempt is kept."""
        if self.definition.node is not None:  # its ops are tried again each by itself
            return self._called(position, partition, 0)

        def tell(retry: Retry) -> None:
            self.records.retry(partition, retry)
            piece_log().warning("%s %s", piece_name(self.key, partition), retry.words())

        return tried(lambda retries: self._called(position, partition, retries), self.policy, tell)

    def _called(self, position: int, partition: str | None, retries: int) -> Made:
        """Call the function with its inputs, and make what it gave ready to be recorded."""
        arguments = {name: reader.read(position) for name, reader in self.inputs.items()}
        self.types.check_inputs(arguments, partition)
        context = None if self.definition.signature.context is None else self._context(position, partition, retries)
        returned = call_function(self.definition, {**arguments, **self.given} if self.given else arguments, context)
        outcome = outcome_of(self.definition, returned, partition, self.scope.loop)  # a generator's body runs here
        self.scope.checks.settle(self.definition, outcome)
        return self.stored("result", outcome, context, partition)

    def stored(
        self, output_name: str, outcome: Outcome, context: AssetExecutionContext | None, partition: str | None
    ) -> Made:
        """Hand a value to the IO manager, or encode it for the store; add what the context was told of it."""
        metadata: Mapping[str, MetadataValue] = outcome.metadata
        if context is not None:
            metadata = {**metadata, **self._logged(context.events, outcome, partition), **context.metadata_of(self.key)}
            outcome.data_version = outcome.data_version or context.data_versions.get(self.key)
        if outcome.value is NO_VALUE:
            return Made(outcome, metadata, None)
        self.types.check_output(output_name, outcome.value, partition)
        if self.manager is None:
            return Made(outcome, metadata, self.scope.instance.encode(outcome.value, str(self.key)))
        return Made(outcome, {**metadata, **self._hand_over(self.manager, output_name, partition, outcome)}, None)

    def _logged(self, events: list[Any], outcome: Outcome, partition: str | None) -> dict[str, MetadataValue]:
        """Take what was told of other pieces; return the metadata of what was told of this one.

        What was told of one that the same call is still to give is left for that one's turn.
        """
        found: dict[str, MetadataValue] = {}
        left = []
        for event in events:
            if isinstance(event, AssetObservation):
                outcome.observations.append(event)
            elif event.partition not in (None, partition) or event.asset_key not in self.definition.keys:
                outcome.others.append(event)
            elif event.asset_key == self.key:
                found.update(event.values)
                outcome.tags.update(event.tags or {})
            else:
                left.append(event)
        events[:] = left
        return found

    def _context(self, position: int, partition: str | None, retries: int) -> AssetExecutionContext:
        return AssetExecutionContext(
            self.definition,
            partition,
            InputPartitions(self.named, position),
            self.resources,
            self.scope.result.run_id,
            self.scope.instance,
            self.scope.tags,
            config=self.scope.config.of(self.definition),
            run_config=self.scope.config.sections,
            retry_number=retries,
            retry_policy=self.scope.retry_policy,
            load=self.scope.load,
        )

    def _hand_over(
        self, manager: IOManagerLike, output_name: str, partition: str | None, outcome: Outcome
    ) -> dict[str, MetadataValue]:
        """Give a value to the asset's own IO manager; return the metadata that it attached."""
        context = OutputContext(
            asset_key=self.key,
            partition_keys=() if partition is None else (partition,),
            asset_partitions_def=self.status.node.spec.partitions_def,
            asset_metadata=plain_metadata(self.status.node),
            resources=self.resources,
            run_id=self.scope.result.run_id,
            config=self.scope.config.of_output(self.definition, output_name),
            resource_config=manager_config(self.status.node, self.resources),
            name=output_name,
            step_key=computation_name(self.definition),
            asset_spec=self.status.node.spec,
            dagster_type=self.types.of_output(output_name),
            op_of=lambda: self.definition.node_def,
        )
        hand_over(manager, context, outcome.value)
        return {**self._logged(context.logged_events, outcome, partition), **context.added_metadata}


def _is_first(readers: Sequence[InputReader], at: int) -> bool:
    """Whether no earlier input is of the same asset: what was read is recorded once for each."""
    return all(reader.dependency.key != readers[at].dependency.key for reader in readers[:at])
