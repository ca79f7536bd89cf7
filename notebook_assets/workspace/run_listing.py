"""run_history and step_output: the latest runs of a store, and what a step printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
from notebook_assets.workspace.unfinished_runs import run_named

_SHORT = 8  # characters of an id by which people tell runs apart
_COUNTS = ("made", "empty", "failed", "skipped")


@dataclass(frozen=True, repr=False)
class RunHistory(Shown):
    """The latest runs; ``runs`` has one :class:`RunSummary` for each, the newest first.

    >>> RunHistory(())
    No run yet: materialize(...) begins one.
    """

    runs: tuple[RunSummary, ...]

    def __len__(self) -> int:
        return len(self.runs)

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
        """Return the line that goes on with the latest run that died, unless another went on with it already."""
        died = next((run for run in self.runs if run.is_left), None)
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
    >>> [(run.selection, run.status, run.made) for run in run_history(instance=store).runs]
    [('numbers', 'success', 1)]
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidInvocationError(f"limit= is how many runs to list, a whole number from 1 on; got {limit!r}.")
    return RunHistory(tuple(run_summaries(instance or workspace().instance(), limit)))


@dataclass(frozen=True, repr=False)
class StepOutput(Shown):
    """What a step printed and logged: ``text``; of long ones the middle is left out.

    >>> StepOutput("daily", "3 rows read")
    daily
    3 rows read
    """

    title: str
    text: str

    @property
    def _forms(self) -> tuple[str, str]:
        shown = block(self.text) if self.text else soft("It printed and logged nothing.")
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
    return StepOutput(piece_name(key, partition), store.step_output(key, partition, run))


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
