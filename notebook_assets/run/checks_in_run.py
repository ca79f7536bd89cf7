"""The checks of a run: carried out when what they look at is made; a blocking one that fails stops what comes after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import (
    AssetCheckKey,
    AssetChecksDefinition,
    AssetCheckSpec,
    AssetGraph,
    AssetsDefinition,
)
from notebook_assets.diagnosis import CODE_OF, AssetStatus, statuses
from notebook_assets.keys import AssetKey
from notebook_assets.run.checks_outcome import Found, evaluation, finding, fitted
from notebook_assets.run.checks_steps import CheckSteps
from notebook_assets.run.checks_told import CheckFailure, blocking_errors
from notebook_assets.run.result import RunResult
from notebook_assets.run.tracebacks import from_user_code, message_of, traceback_text
from notebook_assets.states import PieceState
from notebook_assets.store import CheckFinding, Instance

if TYPE_CHECKING:
    from notebook_assets.run.outcome import Outcome
    from notebook_assets.run.run_scope import RunScope

Piece = tuple[AssetKey, int]
"""An asset, and the position of one of its partitions."""


class RunChecks:
    """Carries out the checks of a run, records what they find, and keeps which pieces must not be used any more.

    Args:
        result: What is told of the run.
        instance: The store.
        blocked: Where the pieces are noted in which a blocking check found an error, with the names of the checks.
    """

    def __init__(self, result: RunResult, instance: Instance, blocked: dict[Piece, list[str]]) -> None:
        self._result = result
        self._instance = instance
        self._blocked = blocked
        self._after_piece: dict[AssetKey, list[CheckSteps]] = {}
        self._after_asset: dict[AssetKey, list[CheckSteps]] = {}
        self._made: dict[AssetKey, list[int]] = {}
        self._live: Mapping[AssetKey, AssetStatus] = {}
        self._own_specs: dict[AssetKey, Sequence[AssetCheckSpec]] = {}
        self._held: dict[Piece, int] = {}  # the values of blocked pieces, which only checks may still look at
        self._wanted: Collection[AssetCheckKey] | None = None

    def prepare(
        self,
        graph: AssetGraph,
        live: Mapping[AssetKey, AssetStatus],
        scope: RunScope,
        order: Sequence[AssetKey],
        wanted: Collection[AssetCheckKey] | None = None,
    ) -> None:
        """Find out which checks there are, and when each of them can be carried out.

        Args:
            graph: The assets and their checks.
            live: The statuses that the run keeps true.
            scope: What the steps of the run share.
            order: The assets that are made, in their order.
            wanted: The checks to carry out; by default all of the assets that are made.

        Raises:
            UnknownResourceError: A check needs a resource that is not given.
        """
        self._wanted, self._live = wanted, live
        own = ((key, graph.nodes[key].definition) for key in order)
        self._own_specs = {key: made_by.check_specs for key, made_by in own if made_by is not None}
        place = {key: at for at, key in enumerate(order)}
        for checks in graph.checks.carried_out(place, wanted):
            keys = [spec.key for spec in checks.specs if spec.asset_key in place and self._is_wanted(spec.key)]
            steps = check_steps(checks, keys, graph, live, scope)
            last = max((key for key in checks.dependency_keys if key in place), key=place.__getitem__)
            is_alone = last == checks.asset_keys[0] and len(checks.asset_keys) == 1
            later = self._after_piece if is_alone else self._after_asset
            later.setdefault(last, []).append(steps)

    def _is_wanted(self, key: AssetCheckKey) -> bool:
        return self._wanted is None or key in self._wanted

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to carry out beside what functions of assets do themselves."""
        return not self._after_piece and not self._after_asset

    def waits_for_asset(self, keys: Iterable[AssetKey]) -> bool:
        """Whether anything is carried out only when nothing more is made of one of these assets."""
        return any(key in self._after_asset for key in keys)

    def after_piece(self, status: AssetStatus, position: int) -> None:
        """Carry out what can be now that an attempt was made at a piece; nothing where it failed."""
        if self.is_idle or status.states[position] != CODE_OF[PieceState.MATERIALIZED]:
            return
        key = status.node.key
        if self._after_asset:
            self._made.setdefault(key, []).append(position)
        for steps in self._after_piece.get(key, ()):
            self.carry_out(steps, position)

    def after_asset(self, key: AssetKey) -> None:
        """Carry out what waited for an asset of which nothing more is made in this run."""
        for steps in self._after_asset.get(key, ()):
            made = {position for each in steps.asset_keys for position in self._made.get(each, ())}
            for position in sorted(made):
                self.carry_out(steps, position)

    def carry_out(self, steps: CheckSteps, position: int) -> None:
        """Carry out checks of one piece (of one of each of several assets) and record what they find."""
        partition = steps.partition(position)
        held = [piece for piece in self._held if piece[0] in steps.definition.dependency_keys]
        for piece in held:
            self._live[piece[0]].value_ids[piece[1]] = self._held[piece]
        try:
            found = steps.results(position)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a user's function may raise anything
            found = steps.told_before_error()
            self._take_error(steps, position, error, {spec.key for spec, _ in found})
        finally:
            for piece in held:
                self._live[piece[0]].value_ids[piece[1]] = 0
        for key in steps.asset_keys:
            of_it = [each for each in found if each[0].asset_key == key]
            self.take(key, partition, position, steps.event(key, position), of_it)

    def take(self, key: AssetKey, partition: str | None, position: int, event: int, found: Iterable[Found]) -> None:
        """Record results of checks of one piece."""
        evaluated = [evaluation(each, partition, event) for each in found if self._is_wanted(each[0].key)]
        if not evaluated:
            return
        findings = [finding(each) for each in evaluated]
        self._instance.record_checks(key, partition, run_id=self._result.run_id, findings=findings)
        self._result.check_evaluations += evaluated
        for each in blocking_errors(evaluated):
            self._block((key, position), each.check_name)

    def settle(self, definition: AssetsDefinition, outcome: Outcome) -> None:
        """Make sure that an asset's function gave a result of each of its checks, and of no other.

        Raises:
            OutputTypeError: It did not.
        """
        if outcome.checked or (definition.check_specs and outcome.is_made):
            wanted = [spec.key for spec in definition.check_specs] if outcome.is_made else []
            fitted(outcome.checked, definition.check_specs, definition.label, wanted=wanted)

    def take_own(self, key: AssetKey, partition: str | None, position: int, event: int, outcome: Outcome) -> None:
        """Record the results of the checks that an asset's function carried out itself."""
        if outcome.checked:
            specs = self._own_specs.get(key, ())
            self.take(key, partition, position, event, fitted(outcome.checked, specs, str(key)))

    def heed(self, refused: Mapping[Piece, Sequence[str]], planned: Collection[Piece]) -> None:
        """Keep the run from using pieces in which blocking checks found errors before, unless it makes them again."""
        for piece, names in refused.items():
            if piece not in planned:
                for name in names:
                    self._block(piece, name)

    def _block(self, piece: Piece, name: str) -> None:
        """Keep what comes later in this run from using a piece: it counts as not there, whose value is kept."""
        names = self._blocked.setdefault(piece, [])
        if name not in names:
            names.append(name)
        status = self._live.get(piece[0])
        if status is not None and status.value_ids[piece[1]]:
            self._held[piece] = int(status.value_ids[piece[1]])
            status.value_ids[piece[1]] = 0

    def _take_error(
        self, steps: CheckSteps, position: int, error: BaseException, told_of: Collection[AssetCheckKey]
    ) -> None:
        """Record the failure of a function of checks, for those of which it gave no result before."""
        BaseException.with_traceback(error, from_user_code(error, steps.definition.fn))
        told = f"{type(error).__name__}: {message_of(error)}"
        partition = steps.partition(position)
        keys = tuple(key for key in steps.keys if key not in told_of) or steps.keys
        trace = traceback_text(error)
        self._result.check_failures.append(CheckFailure(keys, partition, error, trace))
        for spec in steps.specs:
            if spec.blocking:  # also where it told of no error: the function did not come to its end
                self._block((spec.asset_key, position), spec.name)
            if spec.key in told_of:
                continue
            event = steps.event(spec.asset_key, position)
            broken = CheckFinding(spec.name, False, "ERROR", spec.blocking, event, error=told, traceback=trace)
            self._instance.record_checks(spec.asset_key, partition, run_id=self._result.run_id, findings=[broken])


def check_steps(
    checks: AssetChecksDefinition,
    keys: Sequence[AssetCheckKey],
    graph: AssetGraph,
    live: Mapping[AssetKey, AssetStatus],
    scope: RunScope,
) -> CheckSteps:
    """Return the checks of one function, ready to be carried out.

    Args:
        checks: The checks.
        keys: Those that are wanted; all are carried out where they can't be without the others.
        graph: The assets.
        live: The statuses that the run keeps true; those of other assets are found.
        scope: What the steps of the run share.
    """
    lacking = [key for key in checks.dependency_keys if key not in live]
    found: dict[AssetKey, Any] = dict(statuses(graph, scope.instance, lacking)) if lacking else {}
    found.update(live)
    return CheckSteps(checks, keys if checks.can_subset else [spec.key for spec in checks.specs], found, scope)


def stopped_words(names: Sequence[str], failures: Iterable[CheckFailure] = ()) -> str:
    """Return why something was skipped, and what helps, as a sentence goes on.

    Args:
        names: The blocking checks that stopped it.
        failures: The checks of the run that raised an error themselves.

    >>> stopped_words(["daily:rows"])
    'an error was found by daily:rows; mend that, and make daily again'
    """
    looked_at = " and ".join(dict.fromkeys(name.rsplit(":", 1)[0] for name in names))
    broken = {key.to_user_string() for failure in failures for key in failure.keys}
    raised, found = [name for name in names if name in broken], [name for name in names if name not in broken]
    told = [f"an error was found by {', '.join(found)}"] if found else []
    told += (
        [f"the blocking {'checks' if len(raised) > 1 else 'check'} {', '.join(raised)} raised an error"]
        if raised
        else []
    )
    return f"{', and '.join(told)}; mend that, and make {looked_at} again"


def stopped_by(blocked: Mapping[Piece, Sequence[str]], key: AssetKey, positions: Iterable[int]) -> list[str]:
    """Return the blocking checks that found an error in some pieces, as people write them.

    >>> stopped_by({(AssetKey("daily"), 3): ["rows"]}, AssetKey("daily"), [2, 3])
    ['daily:rows']
    """
    names = {name: None for position in positions for name in blocked.get((key, position), ())}
    return [AssetCheckKey(key, name).to_user_string() for name in names]
