"""RunSummary: one run of a store in numbers, for lists of the latest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.keys import AssetKey

if TYPE_CHECKING:
    from notebook_assets.store.instance import Instance

_LATEST = (
    "SELECT r.id, r.status, r.selection, r.planned, s.made, s.empty, s.failed, s.skipped, s.checks, r.started_at, "
    "r.finished_at, r.parent, EXISTS (SELECT 1 FROM runs c WHERE c.parent = r.id), "
    "EXISTS (SELECT 1 FROM run_targets t WHERE t.run = r.number) "
    # an import writes runs that began long before it
    "FROM (SELECT * FROM runs ORDER BY started_at DESC, number DESC LIMIT ?) r JOIN run_summary s ON s.run = r.id "
    "ORDER BY r.started_at DESC, r.number DESC"
)

_MADE_SINCE = (
    "SELECT count(*) FROM pieces p JOIN assets a ON a.id = p.asset_id WHERE a.key = ? "
    "AND p.state IN ('materialized', 'empty') AND p.run >= (SELECT number FROM runs WHERE id = ?)"
)


@dataclass(frozen=True)
class RunSummary:
    """One run: what it planned and what came of it, in numbers of pieces; times in seconds since 1970 (UTC).

    Args:
        run_id: Its id.
        status: running, success, failed, canceled or interrupted.
        selection: What was asked for, in words.
        planned: How many pieces it planned.
        made: How many it made.
        empty: How many ran and yielded nothing.
        failed: How many failed.
        skipped: How many did not start, since an input was missing.
        checks: How many results of checks it left.
        started_at: When it began.
        finished_at: When it ended; None while it goes on.
        parent: The run that it goes on with.
        is_resumed: Whether a later run went on with it.
        has_targets: Whether it is kept what it planned: without that, as of an import, no run can go on with it.

    >>> RunSummary("r", "interrupted", "daily", 10, 4, 0, 1, 0, 0, 0.0, 5.0).left
    5
    """

    run_id: str
    status: str
    selection: str
    planned: int
    made: int
    empty: int
    failed: int
    skipped: int
    checks: int
    started_at: float
    finished_at: float | None
    parent: str | None = None
    is_resumed: bool = False
    has_targets: bool = True

    @property
    def is_left(self) -> bool:
        """Whether it died with its process, and a run can go on with it that none did yet."""
        return self.status == "interrupted" and self.has_targets and not self.is_resumed

    @property
    def left(self) -> int:
        """How many pieces it did not get to: none of a run that went to its end, whatever of it is still kept."""
        if self.status in ("success", "failed"):
            return 0
        return max(0, self.planned - self.made - self.empty - self.failed - self.skipped)

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it goes on."""
        return None if self.finished_at is None else self.finished_at - self.started_at


def made_since(instance: Instance, key: AssetKey, run_id: str) -> int:
    """Return how many pieces of an asset were made last by a run or by a later one.

    Args:
        instance: The store.
        key: The asset.
        run_id: The run.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     run = store.begin_run()
    ...     _ = store.record_materialization("daily", run_id=run)
    ...     made_since(store, AssetKey("daily"), run)
    1
    """
    with instance.database.read() as connection:
        (many,) = connection.execute(_MADE_SINCE, (key.to_escaped_user_string(), run_id)).fetchone()
    return int(many)


def run_summaries(instance: Instance, limit: int = 20) -> Sequence[RunSummary]:
    """Return the latest runs of a store, the newest first.

    Args:
        instance: The store.
        limit: How many at most.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     run = store.begin_run(selection="daily", planned=3)
    ...     run_summaries(store)[0].left
    3
    """
    with instance.database.read() as connection:
        rows = connection.execute(_LATEST, (limit,)).fetchall()
    return [RunSummary(*(*columns, bool(resumed), bool(targets))) for *columns, resumed, targets in rows]
