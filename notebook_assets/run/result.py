"""RunResult: what came of a run, in numbers, with its failures grouped by error."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckEvaluation, AssetGraph
from notebook_assets.diagnosis.user_line import user_place
from notebook_assets.display import Column, Rich, Shown, Table, backticked, count, duration, note, plural, stack
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.run.checks_told import CheckFailure, blocking_errors, check_notes, counted
from notebook_assets.run.pieces_not_made import StepFailure, StepSkip
from notebook_assets.run.reading_results import ExecuteInProcessResult
from notebook_assets.run.result_events import events_of, node_names, nodes_of, output_key
from notebook_assets.run.result_groups import FailureGroup, SkipGroup, failure_notes, skip_notes, without_piece
from notebook_assets.run.run_events import Event, HookCall, Reported
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    from notebook_assets.store import Instance, RunRecord

_NOTHING = {
    "missing": "nothing is missing",
    "stale": "nothing is stale",
    "failed": "nothing failed or was skipped",
    "unfinished": "all that the run planned is made",
}
"""Why there is nothing to do, by the word that chose what to make."""


@dataclass(eq=False, repr=False)
class RunResult(Shown, ExecuteInProcessResult):
    """What came of a run. ``status`` is ``success``, ``failed`` or ``canceled``.

    It is a success when nothing failed, and what was skipped was skipped since something upstream yielded no output
    on purpose.

    ``counts`` tells, by asset, how many pieces ended in which state; ``planned`` how many were to be made;
    ``failures`` and ``skips`` tell of each piece that was not made; ``seconds`` is how long it took. ``only`` is the
    word that chose which pieces to make, and ``hint`` what else to say at the end.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> result = materialize([numbers], instance=Instance.ephemeral(), progress=False)
    >>> result.success, result.done, result.asset_value("numbers")
    (True, 1, [1, 2, 3])
    """

    run_id: str
    instance: Instance
    planned: int
    status: str = "running"
    seconds: float = 0.0
    counts: dict[AssetKey, dict[PieceState, int]] = field(default_factory=dict)
    planned_by_asset: dict[AssetKey, int] = field(default_factory=dict)
    failures: list[StepFailure] = field(default_factory=list)
    skips: list[StepSkip] = field(default_factory=list)
    only: str = ""
    hint: str = ""
    keys: Mapping[AssetKey, Sequence[str | None]] = field(default_factory=dict)
    """The partition keys of each asset by position, by which neighbours are known."""
    mendable: Mapping[AssetKey, frozenset[int]] = field(default_factory=dict)
    """The positions of the skipped pieces that a run with all upstream of them could make."""
    lone_partitions: dict[AssetKey, str | None] = field(default_factory=dict)
    """The partition of each asset of which one piece was to be made."""
    retries: dict[tuple[AssetKey, str | None], int] = field(default_factory=dict)
    """How often each piece was tried again, of those that were."""
    check_evaluations: list[AssetCheckEvaluation] = field(default_factory=list)
    """What the checks found, one for each check and piece."""
    check_failures: list[CheckFailure] = field(default_factory=list)
    """The checks that raised an error themselves."""
    observed: str = ""
    """What a run that only observed sources saw, in a sentence."""
    load: Callable[[Instance, AssetKey, str | None], Any] | None = None
    """Loads the value of a piece, through the IO manager that keeps it; the store does where there is none."""
    graph: AssetGraph = field(default_factory=lambda: AssetGraph([]))
    """The assets, by which events know what made what."""
    planned_positions: Mapping[AssetKey, Collection[int]] = field(default_factory=dict)
    """The positions of what was to be made, by asset."""
    reported: dict[int, Reported] = field(default_factory=dict)
    """What functions told of other assets, by the ids of the store's events."""
    hook_calls: list[HookCall] = field(default_factory=list)
    """The hooks that were called."""
    job_def: Any = None
    """The job, if it was a run of one."""
    checks_run_id: str = ""
    """The run that carried out further checks, of assets that were not made."""

    @property
    def success(self) -> bool:
        """Whether every piece was made, was empty, or was rightly left out."""
        return self.status == "success"

    def pieces_in(self, state: PieceState) -> int:
        """Return how many pieces ended in a state."""
        return sum(by_state.get(state, 0) for by_state in list(self.counts.values()))  # a run's thread may add to it

    @property
    def done(self) -> int:
        """How many pieces have been dealt with."""
        return sum(sum(by_state.values()) for by_state in self.counts.values())

    def note(self, key: AssetKey, state: PieceState) -> None:
        """Count one piece."""
        by_state = self.counts.setdefault(key, {})
        by_state[state] = by_state.get(state, 0) + 1

    def take_back(self, key: AssetKey, state: PieceState) -> None:
        """Count one piece no longer: it ends in another state after all."""
        by_state = self.counts[key]
        by_state[state] -= 1
        if not by_state[state]:
            del by_state[state]

    def asset_value(self, asset_key: CoercibleToAssetKey, partition_key: str | None = None) -> Any:
        """Return the stored value of an asset, or of one partition of it: by default the one that the run made.

        Raises:
            ValueNotFoundError: There is none.
            UnknownAssetError: The store knows no such asset.
        """
        key = AssetKey.from_coercible(asset_key)
        partition = self.lone_partitions.get(key) if partition_key is None else partition_key
        if self.load is None:
            return self.instance.load(key, partition)
        return self.load(self.instance, key, partition)

    def output(self, asset_key: CoercibleToAssetKey, partition_key: str | None = None) -> str:
        """Return what the making of an asset, or of one partition of it, printed and logged in this run.

        Raises:
            StoreError: The store does not keep the run.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def numbers():
        ...     print("three of them")
        >>> materialize([numbers], instance=Instance.ephemeral(), progress=False).output("numbers")
        three of them
        'three of them\\n'
        """
        key = AssetKey.from_coercible(asset_key)
        partition = self.lone_partitions.get(key) if partition_key is None else partition_key
        return self.instance.step_output(key, partition, self.run_id)

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """Return the stored value of the asset that a function makes, as :meth:`asset_value`.

        Args:
            node_str: What the function is called: of one asset the parts of its key, joined by double underscores.
            output_name: Which output, of a function that makes several assets.

        Raises:
            UnknownAssetError: The run has no such function, or that no such output.
        """
        made = [key for key, name in node_names(self.graph, self.planned_by_asset).items() if name == node_str]
        if not made:
            known = node_names(self.graph, self.planned_by_asset).values()
            raise UnknownAssetError(f"The run has no asset {node_str!r}.{did_you_mean(node_str, known)}")
        return self.asset_value(output_key(self.graph, made, node_str, output_name))

    def output_value(self, output_name: str = "result") -> Any:
        """Raise an error: assets are no outputs of a graph.

        Raises:
            InvalidInvocationError: Always; :meth:`asset_value` gives values.
        """
        raise InvalidInvocationError(f"A run of assets has no output {output_name!r}; asset_value(key) gives values.")

    @cached_property
    def all_events(self) -> Sequence[Event]:
        """All that happened, in order; put together from the store's records when it is first asked for."""
        return events_of(self)

    def _node_names(self) -> Collection[str]:
        return nodes_of(self)

    @property
    def run(self) -> RunRecord:
        """What the store keeps of the run as a whole.

        Raises:
            InvalidInvocationError: There was nothing to do, so that no run was begun.
        """
        found = self.instance.run(self.run_id)
        if found is None:
            raise InvalidInvocationError("There was nothing to do, so that no run was begun.")
        return found

    @property
    def dagster_run(self) -> RunRecord:
        """The same as :attr:`run`."""
        return self.run

    def failures_by_error(self) -> list[tuple[str, list[StepFailure]]]:
        """Return the failures grouped by asset and error, the most frequent first."""
        groups: dict[tuple[AssetKey, str], list[StepFailure]] = {}
        for failure in self.failures:
            line = without_piece(failure.error_line, failure.key.to_user_string())
            groups.setdefault((failure.key, line), []).append(failure)
        ordered = sorted(groups.values(), key=len, reverse=True)
        return [(failures[0].error_line, failures) for failures in ordered]

    def get_asset_check_evaluations(self) -> list[AssetCheckEvaluation]:
        """Return what the checks found, one for each check and piece."""
        return list(self.check_evaluations)

    def headline(self) -> str:
        """Return one sentence that says how the run ended."""
        if self.observed:
            return self.observed
        checked = counted(self.check_evaluations, self.check_failures)
        if not self.planned and checked:
            return f"{', '.join(checked)} in {duration(self.seconds)}."
        if not self.planned:
            return f"Nothing to do: {_NOTHING.get(self.only, 'every chosen piece is as it should be')}."
        parts = [f"{count(self.pieces_in(PieceState.MATERIALIZED))} materialized"]
        for state in (PieceState.EMPTY, PieceState.FAILED, PieceState.SKIPPED):
            if self.pieces_in(state):
                parts.append(f"{count(self.pieces_in(state))} {state}")
        if self.status == "canceled":
            parts.append(f"{count(self.planned - self.done)} left")
        words = {"success": "Done", "failed": "Skipped" if self._only_skipped else "Failed", "canceled": "Canceled"}
        word = words.get(self.status, self.status.capitalize())
        said = f"{word}: {', '.join(parts)} of {plural(self.planned, 'piece')} in {duration(self.seconds)}."
        return f"{said} {', '.join(checked)}." if checked else said

    @property
    def _only_skipped(self) -> bool:
        """Whether it is no success only since something that it needs was not there."""
        is_wrong = self.failures or self.check_failures or blocking_errors(self.check_evaluations)
        return self.status == "failed" and bool(self.skips) and not is_wrong

    @property
    def _forms(self) -> tuple[str, str]:
        kind = {"success": "good", "failed": "error", "canceled": "warning"}.get(self.status, "")
        parts: list[Rich] = [note(self.headline(), "warning" if self._only_skipped else kind)]
        if len(self.counts) > 1:
            parts.append(self._counts_table())
        parts += check_notes(self.check_evaluations, self.check_failures, self.keys)
        parts += failure_notes(self._failure_groups(), self.keys)
        parts += skip_notes(self._skip_groups(), self.keys, self.mendable)
        if self.hint:
            parts.append(note(backticked(self.hint, is_quiet=True)))
        whole = stack(parts)
        return whole.html, whole.text

    def _failure_groups(self) -> list[FailureGroup]:
        return [
            FailureGroup(
                failures[0].key,
                tuple(failure.partition for failure in failures),
                failures[0].error_text,
                user_place(failures[0].traceback),
            )
            for _, failures in self.failures_by_error()
        ]

    def _skip_groups(self) -> list[SkipGroup]:
        """Return the skips by asset, those first that were for want of something that should be there."""
        groups: dict[tuple[bool, AssetKey], list[StepSkip]] = {}
        for skip in self.skips:
            groups.setdefault((skip.is_excused, skip.key), []).append(skip)
        ordered = sorted(groups.items(), key=lambda item: (item[0][0], -len(item[1])))
        return [
            SkipGroup(
                key,
                tuple(skip.partition for skip in skips),
                skips[0].missing,
                is_excused,
                skips[0].shortage,
                skips[0].nonexistent,
            )
            for (is_excused, key), skips in ordered
        ]

    def _counts_table(self) -> Rich:
        states = (PieceState.MATERIALIZED, PieceState.EMPTY, PieceState.FAILED, PieceState.SKIPPED)
        shown = [state for state in states if self.pieces_in(state)]
        rows = [
            [key.to_user_string(), *(by_state.get(state) for state in shown)] for key, by_state in self.counts.items()
        ]
        return Table(["asset", *(Column(state.value, "right") for state in shown)], rows).rich
