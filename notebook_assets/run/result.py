"""RunResult: what came of a run, in numbers, with its failures grouped by error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notebook_assets.display import Column, Rich, Showable, Shown, Table, count, duration, note, plural, stack
from notebook_assets.errors import UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.run.tracebacks import message_of
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    from notebook_assets.store import Instance


@dataclass(frozen=True)
class StepFailure:
    """One piece that failed: its error, and its traceback without this package's frames."""

    key: AssetKey
    partition: str | None
    error: BaseException
    traceback: str

    @property
    def error_line(self) -> str:
        """The error's type and the first line of its message."""
        message = message_of(self.error).strip().splitlines()
        return f"{type(self.error).__name__}: {message[0]}" if message else type(self.error).__name__

    @property
    def piece(self) -> str:
        """The piece as people write it: ``asset[key]``."""
        return piece_name(self.key, self.partition)


@dataclass(frozen=True)
class StepSkip:
    """One piece that was not made, since what it needs was not there."""

    key: AssetKey
    partition: str | None
    missing: tuple[str, ...]
    """The pieces that it lacked, as ``asset[key]``."""
    is_excused: bool = False
    """Whether all of those yielded no output on purpose, so that nothing is wrong."""

    @property
    def piece(self) -> str:
        """The piece as people write it: ``asset[key]``."""
        return piece_name(self.key, self.partition)


@dataclass(eq=False, repr=False)
class RunResult(Shown):
    """What came of a run. ``status`` is ``success``, ``failed`` or ``canceled``.

    It is a success when nothing failed, and what was skipped was skipped since something upstream yielded no output
    on purpose.

    ``counts`` tells, by asset, how many pieces ended in which state; ``planned`` how many were to be made;
    ``failures`` and ``skips`` tell of each piece that was not made; ``seconds`` is how long it took.

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
    lone_partitions: dict[AssetKey, str | None] = field(default_factory=dict)
    """The partition of each asset of which one piece was to be made."""
    load: Callable[[AssetKey, str | None], Any] | None = None
    """Loads the value of a piece, through the IO manager that keeps it; the store does where there is none."""

    @property
    def success(self) -> bool:
        """Whether every piece was made, was empty, or was rightly left out."""
        return self.status == "success"

    def pieces_in(self, state: PieceState) -> int:
        """Return how many pieces ended in a state."""
        return sum(by_state.get(state, 0) for by_state in self.counts.values())

    @property
    def done(self) -> int:
        """How many pieces have been dealt with."""
        return sum(sum(by_state.values()) for by_state in self.counts.values())

    def note(self, key: AssetKey, state: PieceState) -> None:
        """Count one piece."""
        by_state = self.counts.setdefault(key, {})
        by_state[state] = by_state.get(state, 0) + 1

    def asset_value(self, asset_key: CoercibleToAssetKey, partition_key: str | None = None) -> Any:
        """Return the stored value of an asset, or of one partition of it: by default the one that the run made.

        Raises:
            ValueNotFoundError: There is none.
            UnknownAssetError: The store knows no such asset.
        """
        key = AssetKey.from_coercible(asset_key)
        partition = self.lone_partitions.get(key) if partition_key is None else partition_key
        return (self.load or self.instance.load)(key, partition)

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """Return the stored value of the asset whose function is called ``node_str``, as :meth:`asset_value`.

        Args:
            node_str: The parts of the asset's key, joined by double underscores.
            output_name: There is one output; only for code that names it.

        Raises:
            UnknownAssetError: The run has no such asset.
        """
        names = {key.to_python_identifier(): key for key in self.planned_by_asset}
        if node_str not in names:
            raise UnknownAssetError(f"The run has no asset {node_str!r}.{did_you_mean(node_str, names)}")
        return self.asset_value(names[node_str])

    def failures_by_error(self) -> list[tuple[str, list[StepFailure]]]:
        """Return the failures grouped by asset and error, the most frequent first."""
        groups: dict[tuple[AssetKey, str], list[StepFailure]] = {}
        for failure in self.failures:
            groups.setdefault((failure.key, failure.error_line), []).append(failure)
        ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
        return [(line, failures) for (_, line), failures in ordered]

    def headline(self) -> str:
        """Return one sentence that says how the run ended."""
        made = self.pieces_in(PieceState.MATERIALIZED)
        parts = [f"{count(made)} materialized"]
        for state in (PieceState.EMPTY, PieceState.FAILED, PieceState.SKIPPED):
            if self.pieces_in(state):
                parts.append(f"{count(self.pieces_in(state))} {state}")
        if self.status == "canceled":
            parts.append(f"{count(self.planned - self.done)} left")
        if not self.planned:
            return "Nothing to do: every chosen piece is as it should be."
        word = {"success": "Done", "failed": "Failed", "canceled": "Canceled"}.get(self.status, self.status)
        return f"{word}: {', '.join(parts)} of {plural(self.planned, 'piece')} in {duration(self.seconds)}."

    @property
    def _forms(self) -> tuple[str, str]:
        kind = {"success": "good", "failed": "error", "canceled": "warning"}.get(self.status, "")
        parts: list[Rich] = [note(self.headline(), kind)]
        if len(self.counts) > 1 or self.failures or self.skips:
            parts.append(self._counts_table())
        if self.failures:
            parts.append(self._failures_table())
        if self.skips:
            parts.append(self._skips_table())
        whole = stack(parts)
        return whole.html, whole.text

    def _counts_table(self) -> Rich:
        states = (PieceState.MATERIALIZED, PieceState.EMPTY, PieceState.FAILED, PieceState.SKIPPED)
        shown = [state for state in states if self.pieces_in(state)]
        rows = [
            [key.to_user_string(), *(by_state.get(state) for state in shown)] for key, by_state in self.counts.items()
        ]
        return Table(["asset", *(Column(state.value, "right") for state in shown)], rows).rich

    def _failures_table(self) -> Rich:
        rows: list[list[Showable]] = [
            [len(failures), failures[0].key.to_user_string(), line, _some_keys([f.partition for f in failures])]
            for line, failures in self.failures_by_error()
        ]
        return Table([Column("failed", "right"), "asset", "error", "partitions"], rows).rich

    def _skips_table(self) -> Rich:
        by_asset: dict[AssetKey, list[StepSkip]] = {}
        for skip in self.skips:
            by_asset.setdefault(skip.key, []).append(skip)
        rows: list[list[Showable]] = [
            [len(skips), key.to_user_string(), _some(skips[0].missing), _some_keys([s.partition for s in skips])]
            for key, skips in by_asset.items()
        ]
        return Table([Column("skipped", "right"), "asset", "the first one needs", "partitions"], rows).rich


def piece_name(key: AssetKey, partition: str | None) -> str:
    """Return a piece as people write it.

    >>> piece_name(AssetKey("daily"), "2024-01-01")
    'daily[2024-01-01]'
    """
    name = key.to_user_string()
    return name if partition is None else f"{name}[{partition}]"


def _some_keys(keys: Sequence[str | None]) -> str:
    return _some([key for key in keys if key is not None])


def _some(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {count(len(names) - most)} more"
