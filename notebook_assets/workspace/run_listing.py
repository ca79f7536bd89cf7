"""run_history and step_output: the latest runs of a store, and what a step printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetGraph
from notebook_assets.display import (
    Column,
    Rich,
    Showable,
    Shown,
    Table,
    ago,
    backticked,
    block,
    duration,
    note,
    soft,
    stack,
    title_line,
)
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.run import piece_name
from notebook_assets.store import Instance
from notebook_assets.store.run_summaries import RunSummary, run_summaries
from notebook_assets.store.stored_definitions import stored_definition
from notebook_assets.store.written_keys import written_key
from notebook_assets.workspace.current import graph_and_store, workspace
from notebook_assets.workspace.instance_keys import keys_from_instance
from notebook_assets.workspace.own_keys import own_key
from notebook_assets.workspace.plain_errors import plain_errors
from notebook_assets.workspace.targets import node_of
from notebook_assets.workspace.unfinished_runs import is_all_made, run_named

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")

_SHORT = 8  # characters of an id by which people tell runs apart
_COUNTS = ("made", "empty", "failed", "skipped")
_TIMES = ("started_at", "finished_at")
_IN_FRAMES = ("run_id", "status", "selection", "planned", *_COUNTS, "left", "checks", *_TIMES, "seconds", "parent")


@dataclass(frozen=True, repr=False)
class RunHistory(Shown):
    """The latest runs: a :class:`RunSummary` for each, the newest first; ``history[0]`` is the latest.

    Args:
        runs: The runs.
        to_resume: The latest of them that died with something left to make, if any.

    >>> RunHistory(())
    No run yet: materialize(...) begins one.
    """

    runs: tuple[RunSummary, ...]
    to_resume: RunSummary | None = None

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[RunSummary]:
        return iter(self.runs)

    def __getitem__(self, at: int) -> RunSummary:
        return self.runs[at]

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each run, with what a :class:`RunSummary` has; times in UTC, durations in seconds.

        >>> list(RunHistory(()).to_frame().columns)[:3]
        ['run_id', 'status', 'selection']
        """
        frame = pd.DataFrame({name: [getattr(run, name) for run in self.runs] for name in _IN_FRAMES})
        times = {name: pd.to_datetime(frame[name].astype("float64"), unit="s", utc=True) for name in _TIMES}
        return frame.assign(**times).astype({"seconds": "float64"})

    @property
    def _forms(self) -> tuple[str, str]:
        if not self.runs:
            said = soft("No run yet: materialize(...) begins one.")
            return said.html, said.text
        counts = [name for name in (*_COUNTS, "left") if any(getattr(run, name) for run in self.runs)]
        columns: list[Column | str] = [
            Column("run", wrap=False),
            Column("status", wrap=False),
            "of",
            *(Column(name, "right") for name in counts),
            Column("began", wrap=False),
            Column("took", "right", wrap=False),
        ]
        rows = [[*_words(run), *(getattr(run, name) or None for name in counts), *_times(run)] for run in self.runs]
        parts = [Table(columns, rows, title="Runs", detail="the latest first", noun="run").rich]
        if hint := self._hint():
            parts.append(note(backticked(hint)))
        whole = stack(parts)
        return whole.html, whole.text

    def _hint(self) -> str:
        """Return the line that goes on with the latest run that died, if anything of it is left."""
        died = self.to_resume
        return "" if died is None else f"`%resume {died.run_id[:_SHORT]}` goes on with {died.selection}."


@plain_errors
def run_history(limit: int = 20, *, instance: Instance | None = None) -> RunHistory:
    """Return the latest runs: what of, how each ended, when, how long it took, how many pieces it made.

    Args:
        limit: How many runs at most.
        instance: The store; by default the one that belongs to the working directory.

    Raises:
        InvalidInvocationError: ``limit`` is no whole number from 1 on.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> store = Instance.ephemeral()
    >>> _ = materialize([numbers], instance=store, progress=False)
    >>> [(run.selection, run.status, run.made) for run in run_history(instance=store)]
    [('numbers', 'success', 1)]
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidInvocationError(f"limit= is how many runs to list, a whole number from 1 on; got {limit!r}.")
    store = instance or workspace().instance()
    runs = tuple(run_summaries(store, limit))
    return RunHistory(runs, next((run for run in runs if run.is_left and not is_all_made(store, run.run_id)), None))


@dataclass(frozen=True, repr=False)
class StepOutput(Shown):
    """What a step printed and logged: ``text``; of long ones the middle is left out.

    Args:
        title: The piece.
        text: What its step printed and logged.
        without: What is said where there is no text.

    >>> StepOutput("daily", "3 rows read")
    daily
    3 rows read
    """

    title: str
    text: str
    without: str = "It printed and logged nothing."

    @property
    def _forms(self) -> tuple[str, str]:
        shown = block(self.text) if self.text else soft(self.without)
        head: Rich = title_line(self.title, "")
        return stack([head, shown]).html, f"{head.text}\n{shown.text}"


@plain_errors
@keys_from_instance
def step_output(
    asset: object, partition_key: Any = None, *, run_id: str | None = None, instance: Instance | None = None
) -> StepOutput:
    """Return what the making of a piece printed and logged.

    Args:
        asset: The asset: its key, its name or its definition.
        partition_key: The partition, where it has any.
        run_id: In which run (its id, or how that begins); by default in the latest that tried to make it.
        instance: The store; by default the one that belongs to the working directory.

    Raises:
        UnknownAssetError: There is no such asset.
        UnknownPartitionError: It has no such partition.
        InvalidInvocationError: There is no such run; or it has partitions, and none is named.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def numbers():
    ...     print("three of them")
    ...     return [1, 2, 3]
    >>> store = Instance.ephemeral()
    >>> _ = materialize([numbers], instance=store, progress=False)
    three of them
    >>> step_output("numbers", instance=store).title
    'numbers'
    """
    graph, store = graph_and_store(None, instance)
    key, definition = _known(asset, graph, store)
    if definition is not None and partition_key is None:
        raise InvalidInvocationError(f"{key.to_user_string()} has partitions: say of which the output is wanted.")
    partition = None
    if definition is not None:
        partition = written_key(definition, partition_key, key.to_user_string())
        definition.position(partition)
    run = None if run_id is None else run_named(store, run_id).run_id
    name, text = piece_name(key, partition), store.step_output(key, partition, run)
    return StepOutput(name, text) if text else StepOutput(name, "", _why_nothing(store, key, partition))


def _why_nothing(store: Instance, key: AssetKey, partition: str | None) -> str:
    """Return what is said where a store has no output of a piece."""
    failure, made = store.failure(key, partition), store.latest(key, partition)
    if failure is not None:
        return StepOutput.without if failure.kind == "failed" else "It was skipped, so that nothing ran."
    if made is None:
        return "It was never made."
    return StepOutput.without if made.run_id else "It was reported to have been made elsewhere; no run made it here."


def _known(asset: object, graph: AssetGraph, store: Instance) -> tuple[AssetKey, PartitionsDefinition | None]:
    """Return an asset of the notebook, or else one that the store knows, with its partitions."""
    try:
        node = node_of(graph, asset)
    except UnknownAssetError:
        written = own_key(asset)
        for key, described in store.asset_descriptions().items():
            if written in (key, key.to_user_string()):
                return key, stored_definition(described)
        raise
    return node.key, node.partitions_def


def _words(run: RunSummary) -> list[Showable]:
    return [run.run_id[:_SHORT], run.status + (", resumed" if run.is_resumed else ""), run.selection]


def _times(run: RunSummary) -> list[Showable]:
    return [ago(run.started_at), None if run.seconds is None else duration(run.seconds)]
