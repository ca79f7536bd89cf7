"""PlanTable: what a run would make, why, and about how long it would take; nothing is run for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.diagnosis import STATES, AssetStatus
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.display import Column, Showable, Shown, Table, badge, duration, plural, soft, stack
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.run import Plan
from notebook_assets.states import PieceState
from notebook_assets.store import Instance

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

_AS_ASKED = {PieceState.MATERIALIZED: "made again", PieceState.EMPTY: "empty, tried again"}
_MOST_RANGES = 6


@dataclass(frozen=True)
class PlannedRow:
    """Pieces of one asset that would be made for one reason.

    Args:
        key: The asset.
        partitions: The keys of the pieces in the order of the definition; ``(None,)`` of an asset without partitions.
        why: The state that they are in now: missing, failed, stale, ...; those that are as they should be are made
            again, since they were asked for.
        ranges: The same keys in few words.
        seconds: About how long they would take, one after the other; None where none was made before.
    """

    key: AssetKey
    partitions: Sequence[str | None]
    why: PieceState
    ranges: str
    seconds: float | None = None


@dataclass(frozen=True, repr=False)
class PlanTable(Shown):
    """What a run would make: ``rows`` has one :class:`PlannedRow` for each asset and reason, upstream first.

    ``workers`` is how many calls it would make at once.

    >>> from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
    >>> @asset(partitions_def=StaticPartitionsDefinition(["a", "b", "c"]))
    ... def letters(context):
    ...     return context.partition_key
    >>> plan = materialize([letters], partitions="b...c", instance=Instance.ephemeral(), dry_run=True)
    >>> plan.headline(), plan.rows[0].ranges, plan.rows[0].why.value
    ('This would make 2 pieces.', 'b...c', 'missing')
    """

    rows: tuple[PlannedRow, ...]
    workers: int = 1

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> int:
        """How many pieces would be made."""
        return sum(len(row.partitions) for row in self.rows)

    @property
    def seconds(self) -> float | None:
        """About how long it would take, by how long each asset took before; None where nothing is known.

        Assets that were never made count as nothing. However many workers there are, one piece is not made faster.
        """
        known = [(row.seconds, len(row.partitions)) for row in self.rows if row.seconds is not None]
        if not known:
            return None
        longest = max(seconds / pieces for seconds, pieces in known)
        return max(longest, sum(seconds for seconds, _ in known) / self.workers)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each piece: asset, partition, why, seconds.

        >>> PlanTable((PlannedRow(AssetKey("daily"), ("a", "b"), PieceState.STALE, "a...b", 3.0),)).to_frame()
           asset partition    why  seconds
        0  daily         a  stale      1.5
        1  daily         b  stale      1.5
        """
        columns: dict[str, list[object]] = {"asset": [], "partition": [], "why": [], "seconds": []}
        for row in self.rows:
            many = len(row.partitions)
            columns["asset"] += [row.key.to_user_string()] * many
            columns["partition"] += row.partitions
            columns["why"] += [row.why.value] * many
            columns["seconds"] += [None if row.seconds is None else row.seconds / many] * many
        frame = pd.DataFrame(columns)
        return frame.astype({"seconds": "float64"})

    def headline(self) -> str:
        """Return one sentence that says how much it would be."""
        if not self.rows:
            return "This would make nothing: every chosen piece is as it should be."
        guess = "" if self.seconds is None else f" in about {duration(self.seconds)}"
        partly = ", not counting what was never made" if guess and any(row.seconds is None for row in self.rows) else ""
        return f"This would make {plural(self.total, 'piece')}{guess}{partly}."

    @property
    def _forms(self) -> tuple[str, str]:
        if not self.rows:
            said = soft(self.headline())
            return said.html, said.text
        columns = [
            Column("asset", wrap=False),
            Column("pieces", "right"),
            Column("partitions", most=200),
            Column("why", wrap=False),
            Column("takes about", wrap=False),
        ]
        whole = stack([soft(self.headline()), Table(columns, map(_cells, self.rows), noun="row").rich])
        return whole.html, whole.text


def plan_table(plan: Plan, statuses: Mapping[AssetKey, AssetStatus], store: Instance, workers: int = 1) -> PlanTable:
    """Return what a plan makes as a table.

    Args:
        plan: What is to be made, upstream first.
        statuses: How that stands before.
        store: Knows how long pieces took before.
        workers: How many calls are made at once.
    """
    rows: list[PlannedRow] = []
    for planned in plan.assets:
        status, each = statuses[planned.key], store.status_tables.seconds_each(planned.key)
        codes = status.states[planned.positions]
        for code in dict.fromkeys(codes.tolist()):
            positions = planned.positions[codes == code].tolist()
            keys = tuple(status.keys[at] for at in positions)
            ranges = "" if keys == (None,) else some_ranges(status.keys, positions, _MOST_RANGES)
            seconds = None if each is None else each * len(keys)
            rows.append(PlannedRow(planned.key, keys, STATES[code], ranges, seconds))
    return PlanTable(tuple(rows), workers)


def _cells(row: PlannedRow) -> Sequence[Showable]:
    why = badge(row.why, _AS_ASKED.get(row.why))
    return [
        row.key.to_user_string(),
        len(row.partitions),
        row.ranges or None,
        why,
        None if row.seconds is None else duration(row.seconds),
    ]
