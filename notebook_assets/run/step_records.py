"""StepRecords: what became of each piece of one asset in a run, in the store, in the live status and in the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notebook_assets.assets import AssetsDefinition
from notebook_assets.diagnosis import CODE_OF, STATES, AssetStatus, data_version_of
from notebook_assets.run.checks_in_run import stopped_by, stopped_words
from notebook_assets.run.inputs import MissingInput, not_there
from notebook_assets.run.observing_events import record_observation
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.pieces_not_made import StepFailure, StepSkip
from notebook_assets.run.retries import Retry
from notebook_assets.run.run_config import computation_name
from notebook_assets.run.run_events import Reported
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.tracebacks import failure_words, forget_variables, from_user_code, traceback_text, writable
from notebook_assets.run.work import Computed, Made
from notebook_assets.states import PieceState
from notebook_assets.store import InputRead
from notebook_assets.store.records import RETRIES_TAG
from notebook_assets.store.reporting import version_told

SKIPS_AT_ONCE = 500
"""Skipped pieces cost nothing to make, so they are recorded in bulk: this many in one transaction."""


class StepRecords:
    """Records what became of each piece of one asset.

    Args:
        definition: The asset.
        status: Its live status, which is kept true.
        scope: What all steps of the run share.
    """

    def __init__(self, definition: AssetsDefinition, status: AssetStatus, scope: RunScope) -> None:
        self.definition = definition
        self.status = status
        self.scope = scope
        self.key = status.node.key
        self.code = definition.code_of(self.key)
        self._skips: list[tuple[str | None, str, list[str]]] = []
        self._last = -1  # the position that was dealt with last

    def record(
        self, position: int, partition: str | None, made: Made, reads: Sequence[InputRead], duration: float
    ) -> None:
        """Record what was made, or that nothing was."""
        instance, run_id, outcome = self.scope.instance, self.scope.result.run_id, made.outcome
        if outcome.others or outcome.observations:
            self.record_beside(outcome, partition)
        if not outcome.is_made:
            event = instance.record_empty(
                self.key, partition, run_id=run_id, code=self.code, duration=duration, reads=reads
            )
            self._place(position, PieceState.EMPTY, event, 0, None)
            return
        event = instance.record_materialization(
            self.key,
            partition,
            run_id=run_id,
            value=made.encoded,
            code=self.code,
            data_version=made.data_version,
            metadata=made.metadata,
            tags=self._tags(partition, outcome),
            duration=duration,
            reads=reads,
        )
        self._place(position, PieceState.MATERIALIZED, event, event, data_version_of(made.data_version, event))
        if made.encoded is not None and made.is_at_hand:
            self.scope.shared.put((self.key,), position, event, outcome.value)
        self.scope.checks.take_own(self.key, partition, position, event, outcome)

    def keep_output(self, partition: str | None, computed: Computed) -> None:
        """Keep what a call printed and logged when it made a piece, or failed to."""
        if computed.output:
            self.scope.instance.record_step_output(
                self.key,
                partition,
                run_id=self.scope.result.run_id,
                text=computed.output,
                dropped=computed.dropped,
            )

    def retry(self, partition: str | None, retry: Retry) -> None:
        """Note that a piece is about to be tried again."""
        self.scope.result.retries[self.key, partition] = retry.number

    def _tags(self, partition: str | None, outcome: Outcome) -> Mapping[str, str]:
        """Return the tags of a materialization: those of the run, its own, and how often it was tried again."""
        retries = self.scope.result.retries.get((self.key, partition))
        if retries is None and not outcome.tags:
            return self.scope.tags
        told = {} if retries is None else {RETRIES_TAG: str(retries)}
        return {**self.scope.tags, **told, **outcome.tags}

    def _how_often(self, partition: str | None) -> str:
        """Return what is added to the message of an error, where it is not the only one."""
        retries = self.scope.result.retries.get((self.key, partition))
        return "" if retries is None else f" (the last of {retries + 1} attempts)"

    def record_beside(self, outcome: Outcome, partition: str | None) -> None:
        """Record what the function told of other pieces when it made ``partition``."""
        instance, run_id, reported = self.scope.instance, self.scope.result.run_id, self.scope.result.reported
        name = computation_name(self.definition)
        for other in outcome.others:
            event = instance.record_materialization(
                other.asset_key,
                other.partition,
                run_id=run_id,
                data_version=version_told(other),
                metadata=other.values,
                tags=other.tags,
                description=other.description,
            )
            reported[event] = Reported(name, partition, other.description)
        for seen in outcome.observations:
            reported[record_observation(instance, seen, run_id)] = Reported(name, partition, seen.description)

    def fail(
        self, position: int, partition: str | None, error: BaseException, reads: Sequence[InputRead], duration: float
    ) -> None:
        """Record that a piece failed, and why."""
        BaseException.with_traceback(error, from_user_code(error, self.definition.fn))  # of a frozen dataclass, too
        text = traceback_text(error)
        failures = self.scope.result.failures
        if failures and failures[0].error is not error:  # of the first, the variables are kept to be looked at
            forget_variables(error)
        failures.append(StepFailure(self.key, partition, error, text))
        self.scope.instance.record_failure(
            self.key,
            partition,
            run_id=self.scope.result.run_id,
            error_type=writable(type(error).__name__),
            message=failure_words(error) + self._how_often(partition),
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
        shortage = stopped_words(stops, self.scope.result.check_failures) if stops else shortage
        nonexistent = tuple(name for lack in missing for name in lack.nonexistent_names())
        self._skips.append((partition, shortage or not_there(len(names)), names))
        self.scope.result.skips.append(
            StepSkip(self.key, partition, tuple(names), excused, shortage, nonexistent, is_stopped=bool(stops))
        )
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
        if position == self._last:  # made in part before it failed
            self.scope.result.take_back(self.key, STATES[status.states[position]])
        self._last = position
        status.states[position] = CODE_OF[state]
        status.value_ids[position] = value_id
        if event is not None:
            status.event_ids[position] = event
            status.data_versions[position] = data_version
        self.scope.result.note(self.key, state)
