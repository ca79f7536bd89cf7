"""The steps of one asset: check the inputs, call the function, store the value, record what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import NO_VALUE, AssetsDefinition
from notebook_assets.diagnosis import CODE_OF, AssetStatus, data_version_of
from notebook_assets.display import plural
from notebook_assets.errors import BrokenValueError, StoreError, UnsupportedValueError, UntrustedPickleError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources import OutputContext, Resources
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.copies import ValueCache
from notebook_assets.run.inputs import InputReader, MissingInput
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, plain_metadata
from notebook_assets.run.outcome import Outcome, outcome_of
from notebook_assets.run.result import RunResult, StepFailure, StepSkip
from notebook_assets.run.tracebacks import user_traceback
from notebook_assets.states import PieceState
from notebook_assets.store import InputRead, Instance

SKIPS_AT_ONCE = 500
"""Skipped pieces cost nothing to make, so they are recorded in bulk: this many in one transaction."""


@dataclass(frozen=True)
class RunScope:
    """What all steps of a run share."""

    result: RunResult
    instance: Instance
    resources: Resources
    cache: ValueCache
    statuses: Mapping[AssetKey, AssetStatus]
    tags: Mapping[str, str]
    read_later: frozenset[AssetKey] = frozenset()
    """The assets that something in this run is made from."""
    excused: set[tuple[AssetKey, int]] = field(default_factory=set)
    """The pieces that were skipped since something upstream yielded no output on purpose."""


class _InputPartitions(Mapping[str, tuple[PartitionsDefinition | None, Sequence[str]]]):
    """The partitions of each input of one step, worked out only for the input that is asked for."""

    def __init__(self, readers: Mapping[str, InputReader], position: int) -> None:
        self._readers = readers
        self._position = position

    def __getitem__(self, name: str) -> tuple[PartitionsDefinition | None, Sequence[str]]:
        reader = self._readers[name]
        return reader.upstream.node.partitions_def, reader.keys(self._position)

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


@dataclass(eq=False)
class AssetSteps:
    """One asset of a run, prepared so that each of its steps does as little as possible."""

    definition: AssetsDefinition
    status: AssetStatus
    scope: RunScope
    readers: list[InputReader] = field(init=False)
    inputs: dict[str, InputReader] = field(init=False)
    manager: IOManagerLike | None = field(init=False)
    code: str = field(init=False)
    _skips: list[tuple[str | None, str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        node = self.status.node
        scope = self.scope
        self.readers = [
            InputReader(
                dependency=dependency,
                downstream_key=node.key,
                links=links,
                upstream=scope.statuses[dependency.key],
                downstream_def=node.partitions_def,
                instance=scope.instance,
                resources=scope.resources,
                cache=scope.cache,
            )
            for dependency, links in zip(node.dependencies, self.status.links, strict=True)
        ]
        self.inputs = {reader.dependency.input_name: reader for reader in self.readers if reader.dependency.input_name}
        self.manager = io_manager_of(node, scope.resources.as_dict())
        self.code = self.definition.code

    def make(self, position: int) -> None:
        """Make the piece at ``position``, or record why it can't be made."""
        key = self.status.keys[position]
        missing = [lack for reader in self.readers if (lack := reader.missing(position)) is not None]
        if missing:
            self._skip(position, key, missing)
            return
        reads: list[InputRead] = []
        began = time.perf_counter()
        try:
            up_to = self.scope.instance.last_event_id()
            reads = [read for reader in self.readers if (read := reader.record(position, up_to)) is not None]
            outcome, added = self._call(position, key)
            self._store(position, key, outcome, added, reads, began)
        except StoreError as error:
            if not isinstance(error, BrokenValueError | UntrustedPickleError | UnsupportedValueError):
                raise  # the store itself is in trouble: the run ends, and what was recorded is kept
            self._fail(position, key, error, reads, began)
        except (Exception, SystemExit) as error:  # a user's function may raise anything
            self._fail(position, key, error, reads, began)

    def _call(self, position: int, key: str | None) -> tuple[Outcome, dict[str, MetadataValue]]:
        arguments = {name: reader.read(position) for name, reader in self.inputs.items()}
        signature = self.definition.signature
        if signature.context is None:
            return outcome_of(self.definition, self.definition.fn(**arguments)), {}
        context = AssetExecutionContext(
            self.definition,
            key,
            _InputPartitions(self.inputs, position),
            self.scope.resources,
            self.scope.result.run_id,
            self.scope.instance,
        )
        returned = self.definition.fn(context, **arguments)
        outcome = outcome_of(self.definition, returned)  # a generator's body runs here, with the context
        return outcome, context.added_metadata

    def _store(
        self,
        position: int,
        key: str | None,
        outcome: Outcome,
        added: Mapping[str, MetadataValue],
        reads: Sequence[InputRead],
        began: float,
    ) -> None:
        instance, run_id = self.scope.instance, self.scope.result.run_id
        asset_key = self.definition.key
        if not outcome.is_made:
            event = instance.record_empty(
                asset_key, key, run_id=run_id, code=self.code, duration=time.perf_counter() - began, reads=reads
            )
            self._placed(position, PieceState.EMPTY, event, 0, None)
            return
        metadata = {**outcome.metadata, **added}
        encoded = None
        if outcome.value is not NO_VALUE:
            if self.manager is None:
                encoded = instance.encode(outcome.value, str(asset_key))
            else:
                metadata.update(self._hand_over(self.manager, key, outcome.value))
        version = outcome.data_version or (encoded.digest if encoded is not None else None)
        event = instance.record_materialization(
            asset_key,
            key,
            run_id=run_id,
            value=encoded,
            code=self.code,
            data_version=version,
            metadata=metadata,
            tags=outcome.tags or self.scope.tags,
            duration=time.perf_counter() - began,
            reads=reads,
        )
        for other in outcome.others:
            instance.record_materialization(
                other.asset_key,
                other.partition,
                run_id=run_id,
                value=None,
                code=None,
                data_version=None,
                metadata=other.values,
                tags=other.tags or {},
                duration=0.0,
                reads=(),
            )
        self._placed(position, PieceState.MATERIALIZED, event, event, data_version_of(version, event))
        if encoded is not None and asset_key in self.scope.read_later:
            self.scope.cache.put((asset_key, key, event, None), outcome.value)

    def _hand_over(self, manager: IOManagerLike, key: str | None, value: Any) -> dict[str, MetadataValue]:
        """Give a value to the asset's own IO manager; return the metadata that it attached."""
        context = OutputContext(
            asset_key=self.definition.key,
            partition_keys=() if key is None else (key,),
            asset_partitions_def=self.definition.partitions_def,
            definition_metadata=plain_metadata(self.status.node),
            resources=self.scope.resources,
            run_id=self.scope.result.run_id,
        )
        manager.handle_output(context, value)
        return context.added_metadata

    def _fail(
        self, position: int, key: str | None, error: BaseException, reads: Sequence[InputRead], began: float
    ) -> None:
        text = user_traceback(error)
        self.scope.instance.record_failure(
            self.definition.key,
            key,
            run_id=self.scope.result.run_id,
            error_type=type(error).__name__,
            message=str(error),
            traceback=text,
            code=self.code,
            duration=time.perf_counter() - began,
            reads=reads,
        )
        self.scope.result.failures.append(StepFailure(self.definition.key, key, error, text))
        self._placed(position, PieceState.FAILED, None, 0, None)

    def _skip(self, position: int, key: str | None, missing: Sequence[MissingInput]) -> None:
        names = [name for lack in missing for name in lack.names()]
        excused = all(self._is_excused(lack) for lack in missing)
        if excused:
            self.scope.excused.add((self.definition.key, position))
        self._skips.append((key, f"needs {plural(len(names), 'piece')} that are not there", names))
        self.scope.result.skips.append(StepSkip(self.definition.key, key, tuple(names), excused))
        self._placed(position, PieceState.SKIPPED, None, 0, None)
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
            self.scope.instance.record_skips(self.definition.key, waiting, run_id=self.scope.result.run_id)

    def _placed(
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
        self.scope.result.note(self.definition.key, state)
