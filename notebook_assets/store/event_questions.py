"""What tests ask a store in the reference's words: which assets it knows, and what was made of one, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.store import queries
from notebook_assets.store.checks_and_observations import SeeingStore
from notebook_assets.store.records import MaterializationRecord


@dataclass(frozen=True)
class EventRecordsResult:
    """One page of records: the cursor by which the next ones come, and whether there are any.

    >>> EventRecordsResult([], "", False).has_more
    False
    """

    records: Sequence[MaterializationRecord]
    cursor: str
    has_more: bool


class EventQuestions(SeeingStore):
    """A store that answers these."""

    def get_asset_keys(
        self, prefix: Sequence[str] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Sequence[AssetKey]:
        """Return the keys of the assets of which anything is recorded, sorted.

        Args:
            prefix: The first parts of their keys.
            limit: How many at most.
            cursor: The text of a key (``key.to_string()``) behind which they begin.
        """
        with self.database.read() as connection:
            keys = queries.recorded_keys(connection)
        found = [key for key in keys if prefix is None or key.has_prefix(list(prefix))]
        return [key for key in found if cursor is None or key.to_string() > cursor][:limit]

    def has_asset_key(self, asset_key: CoercibleToAssetKey) -> bool:
        """Whether anything is recorded of an asset."""
        return AssetKey.from_coercible(asset_key) in self.get_asset_keys()

    def get_latest_materialization_events(
        self, asset_keys: Iterable[CoercibleToAssetKey]
    ) -> dict[AssetKey, MaterializationRecord]:
        """Return the latest materialization of each of some assets, of whatever partition; of those that were made."""
        keys = [AssetKey.from_coercible(each) for each in asset_keys]
        found = {key: self.get_latest_materialization_event(key) for key in keys}
        return {key: record for key, record in found.items() if record is not None}

    def fetch_materializations(
        self, records_filter: CoercibleToAssetKey, limit: int, cursor: str | None = None, ascending: bool = False
    ) -> EventRecordsResult:
        """Return what was made of an asset, the latest first, page by page.

        Args:
            records_filter: The asset.
            limit: How many at most.
            cursor: That of the page before.
            ascending: Whether the first comes first.

        Raises:
            InvalidInvocationError: A limit below 1, or a cursor that no page had.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> for _ in range(2): _ = materialize([one], instance=store, progress=False)
        >>> page = store.fetch_materializations(one.key, limit=1)
        >>> len(page.records), page.has_more
        (1, True)
        """
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InvalidInvocationError(f"fetch_materializations: limit is a number from 1 on; got {limit!r}.")
        if cursor is not None and not (isinstance(cursor, str) and cursor.removeprefix("-").isdecimal()):
            raise InvalidInvocationError(f"fetch_materializations: cursor is that of a page before; got {cursor!r}.")
        key = AssetKey.from_coercible(records_filter)
        asset_id = self._ids.find(key)
        after = None if cursor is None or cursor == "-1" else int(cursor)
        rows: list[MaterializationRecord] = []
        if asset_id is not None:
            with self.database.read() as connection:
                rows = queries.materializations(connection, key, asset_id, limit + 1, after, ascending)
        shown = rows[:limit]
        last = str(shown[-1].event_id) if shown else cursor or "-1"
        return EventRecordsResult(shown, last, len(rows) > limit)
