"""StatusTables: the questions that statuses ask a store, a few for each asset, however many partitions it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from notebook_assets.keys import AssetKey
from notebook_assets.store import check_groups, status_columns, status_details, status_reads
from notebook_assets.store.asset_rows import AssetIds
from notebook_assets.store.check_groups import CheckGroup
from notebook_assets.store.checks_table import CheckRecord
from notebook_assets.store.database import Database
from notebook_assets.store.run_locks import RunLocks
from notebook_assets.store.status_columns import StatusColumns
from notebook_assets.store.status_details import FailureInShort, PieceDetails, PlanningRun
from notebook_assets.store.status_reads import ReadsOf


class StatusTables:
    """Answers what statuses are computed from.

    Args:
        database: The store's database.
        ids: The numbers of assets.
        keys: The keys of assets by their numbers, as far as they were met; others are added.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as instance:
    ...     run = instance.begin_run(selection="daily", planned=1)
    ...     event = instance.record_materialization("daily", run_id=run, code="c")
    ...     columns = instance.status_tables.pieces(AssetKey("daily"), "c")
    ...     columns.partitions.texts(), columns.event_ids.tolist() == [event]
    ([''], True)
    """

    def __init__(self, database: Database, ids: AssetIds, keys: dict[int, AssetKey]) -> None:
        self.database = database
        self.ids = ids
        self._keys = keys
        self._locks = RunLocks(database.path.parent)

    def pieces(self, key: AssetKey, code: str | None, chosen: Sequence[str] | None = None) -> StatusColumns:
        """Return the recorded pieces of an asset; none where the store has never heard of it.

        Args:
            key: The asset.
            code: Its code of today.
            chosen: The partitions to look at, a few; by default all.
        """
        asset_id = self.ids.find(key)
        if asset_id is None:
            return status_columns.no_columns()
        with self.database.read() as connection:
            return status_columns.status_columns(connection, asset_id, code, chosen)

    def reads(self, key: AssetKey, chosen: Sequence[str] | None = None) -> dict[AssetKey, ReadsOf]:
        """Return what the latest events of the pieces of an asset read, by the upstream asset.

        Args:
            key: The asset.
            chosen: The partitions to look at, a few; by default all.
        """
        asset_id = self.ids.find(key)
        if asset_id is None:
            return {}
        with self.database.read() as connection:
            found = status_reads.read_columns(connection, asset_id, chosen)
        return {self.key_of(number): ReadsOf(*columns, self.digests(number)) for number, columns in found.items()}

    def details(self, key: AssetKey) -> PieceDetails:
        """Return what is told of the recorded pieces of an asset beside their state."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return PieceDetails()
        with self.database.read() as connection:
            return status_details.piece_details(connection, asset_id)

    def seconds_each(self, key: AssetKey) -> float | None:
        """Return how long a piece of an asset took, in the mean of the latest of each; None where none was made."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return None
        with self.database.read() as connection:
            return status_details.seconds_each(connection, asset_id)

    def failures(self, key: AssetKey) -> list[FailureInShort]:
        """Return why pieces of an asset failed or were skipped when they were last tried."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return status_details.failures_in_short(connection, asset_id)

    def check_counts(self, key: AssetKey) -> dict[tuple[str, str], int]:
        """Return how many of the latest results of each check ended how, by its name and the outcome."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return {}
        with self.database.read() as connection:
            return status_details.check_counts(connection, asset_id)

    def check_groups(self, key: AssetKey) -> list[CheckGroup]:
        """Return how the latest results of the checks of an asset are, by name: those that are alike together."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return check_groups.check_groups(connection, asset_id)

    def checks_of(self, key: AssetKey, partition: str | None, name: str | None = None) -> list[CheckRecord]:
        """Return the latest result of each check (or the one of that name) of one piece, by name."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return check_groups.latest_checks_of(connection, key, asset_id, partition or "", name)

    def planning_runs(self, key: AssetKey, status: str) -> list[PlanningRun]:
        """Return the latest runs that run, were ``interrupted`` or ``canceled``, and planned an asset, newest first."""
        asset_id = self.ids.find(key)
        if asset_id is None:
            return []
        with self.database.read() as connection:
            return status_details.planning_runs(connection, asset_id, status, self._locks)

    def digests(self, number: int) -> Callable[[Sequence[int]], dict[int, str]]:
        """Return what gives the digests of what events read of an asset, by event."""

        def found(events: Sequence[int]) -> dict[int, str]:
            with self.database.read() as connection:
                return status_reads.digests_of(connection, number, events)

        return found

    def key_of(self, number: int) -> AssetKey:
        """Return the key of an asset by its number."""
        if number not in self._keys:
            with self.database.read() as connection:
                (text,) = connection.execute("SELECT key FROM assets WHERE id = ?", (number,)).fetchone()
            self._keys[number] = AssetKey.from_escaped_user_string(text)
        return self._keys[number]
