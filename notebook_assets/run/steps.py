"""The steps of one asset: check the inputs, call the function, store the value, record what happened."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from notebook_assets.assets import NO_VALUE, AssetsDefinition, TypeCheckContext
from notebook_assets.diagnosis import CODE_OF, AssetStatus, data_version_of
from notebook_assets.errors import StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.resources import OutputContext, Resources
from notebook_assets.run.calling import InputPartitions, call_function
from notebook_assets.run.checks_in_run import RunChecks, stopped_by
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.data_versions import data_version_of_value
from notebook_assets.run.inputs import InputReader, MissingInput, not_there
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, plain_metadata
from notebook_assets.run.observing_events import record_observation
from notebook_assets.run.outcome import Outcome, outcome_of
from notebook_assets.run.private_loop import PrivateLoop
from notebook_assets.run.refusals import is_about_one_piece
from notebook_assets.run.resource_scope import ResourceScope
from notebook_assets.run.result import RunResult, StepFailure, StepSkip
from notebook_assets.run.run_config import CheckedConfig
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.run.tracebacks import forget_variables, from_user_code, message_of, traceback_text, writable
from notebook_assets.run.type_checks import StepTypes
from notebook_assets.states import PieceState
from notebook_assets.store import EncodedValue, InputRead, Instance

SKIPS_AT_ONCE = 500
"""Skipped pieces cost nothing to make, so they are recorded in bulk: this many in one transaction."""


@dataclass(frozen=True)
class RunScope:
    """What all steps of a run share."""

    result: RunResult
    instance: Instance
    resources: ResourceScope
    statuses: Mapping[AssetKey, AssetStatus]
    tags: Mapping[str, str] = field(default_factory=dict)
    config: CheckedConfig = field(default_factory=CheckedConfig)
    shared: SharedValues = field(default_factory=SharedValues)
    loop: PrivateLoop = field(default_factory=PrivateLoop)
    excused: set[tuple[AssetKey, int]] = field(default_factory=set)
    """The pieces that were skipped since something upstream yielded no output on purpose."""
    blocked: dict[tuple[AssetKey, int], list[str]] = field(default_factory=dict)
    """The pieces in which a blocking check found an error, with the names of the checks."""

    @cached_property
    def checks(self) -> RunChecks:
        """The checks of the run."""
        return RunChecks(self.result, self.instance, self.blocked)


@dataclass(frozen=True, slots=True)
class Made:
    """What a step gave, ready to be recorded: its value encoded, if the store keeps it."""

    outcome: Outcome
    metadata: Mapping[str, MetadataValue]
    encoded: EncodedValue | None


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
        self.code = definition.code_of(self.key)
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
            )
            for dependency, links in zip(status.node.dependencies, status.links, strict=True)
        ]
        self.inputs = {reader.dependency.input_name: reader for reader in self.readers if reader.dependency.input_name}
        names = {reader.dependency.key.to_python_identifier(): reader for reader in self.readers}
        self.named = {**names, **self.inputs}
        may_be_none = {name for name, reader in self.inputs.items() if reader.dependency.wait_for != "all"}
        self.types = StepTypes(definition, lambda: TypeCheckContext(scope.result.run_id, self.resources), may_be_none)
        self.recorded = [reader for at, reader in enumerate(self.readers) if _is_first(self.readers, at)]
        self._skips: list[tuple[str | None, str, list[str]]] = []

    def make(self, position: int) -> None:
        """Make the piece at ``position``, or record why it can't be made.

        Raises:
            StoreError: The store takes no more. Where it only refuses what this one piece gave, the piece is failed.
        """
        partition = self.status.keys[position]
        missing = [lack for reader in self.readers if (lack := reader.missing(position)) is not None]
        if missing:
            self.skip(position, partition, missing)
            return
        reads: list[InputRead] = []
        began = time.perf_counter()
        try:
            reads = [read for reader in self.recorded if (read := reader.record(position)) is not None]
            made = self._called(position, partition)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a user's function may raise anything
            self.fail(position, partition, error, reads, time.perf_counter() - began)
            return
        finally:
            self.scope.shared.step_ended()
        duration = time.perf_counter() - began
        try:
            self.record(position, partition, made, reads, duration)
        except Exception as error:
            if isinstance(error, StoreError) and not is_about_one_piece(error):
                raise
            self.fail(position, partition, error, reads, duration)

    def _called(self, position: int, partition: str | None) -> Made:
        """Call the function with its inputs, and make what it gave ready to be recorded."""
        arguments = {name: reader.read(position) for name, reader in self.inputs.items()}
        self.types.check_inputs(arguments, partition)
        context = None if self.definition.signature.context is None else self._context(position, partition)
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
            metadata = {**metadata, **context.metadata_of(self.key)}
            outcome.observations += context.events
            context.events.clear()
            outcome.data_version = outcome.data_version or context.data_versions.get(self.key)
        if outcome.value is NO_VALUE:
            return Made(outcome, metadata, None)
        self.types.check_output(output_name, outcome.value, partition)
        if self.manager is None:
            return Made(outcome, metadata, self.scope.instance.encode(outcome.value, str(self.key)))
        return Made(outcome, {**metadata, **self._hand_over(self.manager, partition, outcome.value)}, None)

    def _context(self, position: int, partition: str | None) -> AssetExecutionContext:
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
        )

    def _hand_over(self, manager: IOManagerLike, partition: str | None, value: Any) -> dict[str, MetadataValue]:
        """Give a value to the asset's own IO manager; return the metadata that it attached."""
        context = OutputContext(
            asset_key=self.key,
            partition_keys=() if partition is None else (partition,),
            asset_partitions_def=self.status.node.spec.partitions_def,
            asset_metadata=plain_metadata(self.status.node),
            resources=self.resources,
            run_id=self.scope.result.run_id,
        )
        manager.handle_output(context, value)
        return context.added_metadata

    def record(
        self, position: int, partition: str | None, made: Made, reads: Sequence[InputRead], duration: float
    ) -> None:
        """Record what was made, or that nothing was."""
        instance, run_id, outcome = self.scope.instance, self.scope.result.run_id, made.outcome
        if outcome.others or outcome.observations:
            self.record_beside(outcome)
        if not outcome.is_made:
            event = instance.record_empty(
                self.key, partition, run_id=run_id, code=self.code, duration=duration, reads=reads
            )
            self._place(position, PieceState.EMPTY, event, 0, None)
            return
        version = outcome.data_version
        if version is None and made.encoded is not None:
            version = data_version_of_value(outcome.value, made.encoded)
        event = instance.record_materialization(
            self.key,
            partition,
            run_id=run_id,
            value=made.encoded,
            code=self.code,
            data_version=version,
            metadata=made.metadata,
            tags={**self.scope.tags, **outcome.tags} if outcome.tags else self.scope.tags,
            duration=duration,
            reads=reads,
        )
        self._place(position, PieceState.MATERIALIZED, event, event, data_version_of(version, event))
        if made.encoded is not None:
            self.scope.shared.put((self.key,), position, event, outcome.value)
        self.scope.checks.take_own(self.key, partition, position, event, outcome)

    def record_beside(self, outcome: Outcome) -> None:
        """Record what the function told of other pieces."""
        instance, run_id = self.scope.instance, self.scope.result.run_id
        for other in outcome.others:
            instance.record_materialization(
                other.asset_key, other.partition, run_id=run_id, metadata=other.values, tags=other.tags
            )
        for seen in outcome.observations:
            record_observation(instance, seen, run_id)

    def fail(
        self, position: int, partition: str | None, error: BaseException, reads: Sequence[InputRead], duration: float
    ) -> None:
        """Record that a piece failed, and why."""
        BaseException.with_traceback(error, from_user_code(error, self.definition.fn))  # of a frozen dataclass, too
        text = traceback_text(error)
        if self.scope.result.failures:  # of the first, the variables are kept to be looked at
            forget_variables(error)
        self.scope.result.failures.append(StepFailure(self.key, partition, error, text))
        self.scope.instance.record_failure(
            self.key,
            partition,
            run_id=self.scope.result.run_id,
            error_type=writable(type(error).__name__),
            message=message_of(error),
            traceback=text,
            code=self.code,
            duration=duration,
            reads=reads,
        )
        self._place(position, PieceState.FAILED, None, 0, None)

    def skip(self, position: int, partition: str | None, missing: Sequence[MissingInput]) -> None:
        """Record that a piece can't be made for want of what it needs."""
        names = [name for lack in missing for name in lack.names()]
        excused = all(self._is_excused(lack) for lack in missing)
        if excused:
            self.scope.excused.add((self.key, position))
        shortage = "; ".join(lack.words() for lack in missing) if any(lack.waits_for_fewer for lack in missing) else ""
        stops = [name for lack in missing for name in stopped_by(self.scope.blocked, lack.upstream, lack.positions)]
        shortage = f"an error was found by {', '.join(stops)}" if stops else shortage
        nonexistent = tuple(name for lack in missing for name in lack.nonexistent_names())
        self._skips.append((partition, shortage or not_there(len(names)), names))
        self.scope.result.skips.append(StepSkip(self.key, partition, tuple(names), excused, shortage, nonexistent))
        self._place(position, PieceState.SKIPPED, None, 0, None)
        if len(self._skips) >= SKIPS_AT_ONCE:
            self.flush()

    def _is_excused(self, lack: MissingInput) -> bool:
        """Whether what is lacking yielded no output on purpose, or was itself skipped for such a reason."""
        states = self.scope.statuses[lack.upstream].states
        return not lack.nonexistent and all(
            states[at] == CODE_OF[PieceState.EMPTY] or (lack.upstream, at) in self.scope.excused
            for at in lack.positions
        )

    def flush(self) -> None:
        """Record the skipped pieces that are not recorded yet."""
        if self._skips:
            waiting, self._skips = self._skips, []
            self.scope.instance.record_skips(self.key, waiting, run_id=self.scope.result.run_id)

    def _place(
        self, position: int, state: PieceState, event: int | None, value_id: int, data_version: str | None
    ) -> None:
        """Keep the live status true, so that what is made later in this run sees it.

        A piece that failed or was skipped counts as not there for the rest of the run, even where the store keeps an
        earlier value of it: what would be made from that would be wrong again at once.
        """
        status = self.status
        status.states[position] = CODE_OF[state]
        status.value_ids[position] = value_id
        if event is not None:
            status.event_ids[position] = event
            status.data_versions[position] = data_version
        self.scope.result.note(self.key, state)


def _is_first(readers: Sequence[InputReader], at: int) -> bool:
    """Whether no earlier input is of the same asset: what was read is recorded once for each."""
    return all(reader.dependency.key != readers[at].dependency.key for reader in readers[:at])
