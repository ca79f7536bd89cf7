"""The steps of one asset: check the inputs, call the function, store the value, record what happened."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property

from notebook_assets.assets import AssetsDefinition
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.errors import StoreError
from notebook_assets.run.calling import InputPartitions
from notebook_assets.run.inputs import InputReader
from notebook_assets.run.refusals import is_about_one_piece
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.step_calls import StepCalls, Task
from notebook_assets.run.step_records import StepRecords
from notebook_assets.run.work import Computed, carried_out
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
        sources = {name: reader.taken_from for name, reader in self.inputs.items()}
        self.calls = StepCalls(definition, status.node, scope, sources, may_be_none)
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
        carried_out(StepWork(self, position))


class StepWork:
    """One step: the piece at one position.

    Args:
        steps: Those of its asset.
        position: Where it is.
    """

    __slots__ = ("calls", "partition", "position", "reads", "steps", "task")

    def __init__(self, steps: AssetSteps, position: int) -> None:
        self.steps = steps
        self.calls = steps.calls
        self.position = position
        self.partition = steps.status.keys[position]
        self.reads: list[InputRead] = []

    def begin(self) -> bool:
        """Note what is read; where anything is lacking, record that and return False."""
        steps, position = self.steps, self.position
        missing = [lack for reader in steps.readers if (lack := reader.missing(position)) is not None]
        if missing:
            steps.records.skip(position, self.partition, missing)
            return False
        began = time.perf_counter()
        try:
            self.reads = [read for reader in steps.recorded if (read := reader.record(position)) is not None]
            inputs = {name: reader.noted(position) for name, reader in steps.inputs.items()}
            has_context = steps.definition.signature.context is not None
            self.task = Task(self.partition, inputs, InputPartitions(steps.named, position) if has_context else {})
        except Exception as error:  # a user's mapping or partitions may raise anything
            steps.records.fail(position, self.partition, error, self.reads, time.perf_counter() - began)
            return False
        return True

    def compute(self) -> Computed:
        """Read the inputs, call the function, and encode its value or hand it to the IO manager."""
        return self.steps.calls.computed(self.task)

    def finish(self, computed: Computed) -> None:
        """Record what was made, or the error.

        Raises:
            StoreError: The store takes no more.
        """
        records = self.steps.records
        for retry in computed.retries:
            records.retry(self.partition, retry)
        error = computed.error
        if error is None:
            try:
                records.record(self.position, self.partition, computed.made, self.reads, computed.seconds)
            except Exception as refused:
                if isinstance(refused, StoreError) and not is_about_one_piece(refused):
                    raise
                error = refused
        records.keep_output(self.partition, computed)
        if error is not None:
            records.fail(self.position, self.partition, error, self.reads, computed.seconds)


def _is_first(readers: Sequence[InputReader], at: int) -> bool:
    """Whether no earlier input is of the same asset: what was read is recorded once for each."""
    return all(reader.dependency.key != readers[at].dependency.key for reader in readers[:at])
