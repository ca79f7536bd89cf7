"""What tests ask a store in the reference's words: what was recorded of an asset, or of all, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.store.asset_questions import AssetQuestions
from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.observations_table import ObservationRecord
from notebook_assets.store.record_filters import AssetRecordsFilter, EventRecordsFilter
from notebook_assets.store.record_rows import BY_TYPE, FAILED, MADE, SEEN, RecordRows, of_filter
from notebook_assets.store.records import FailureRecord, MaterializationRecord

R = TypeVar("R", bound=EventLogRecord)
_NONE = "-1"  # the cursor of a page without records


@dataclass(frozen=True)
class EventRecordsResult(Generic[R]):
    """One page of records: the cursor by which the next ones come, and whether there are any.

    >>> EventRecordsResult([], "", False).has_more
    False
    """

    records: Sequence[R]
    cursor: str
    has_more: bool


class EventQuestions(AssetQuestions):
    """A store that answers these."""

    def fetch_materializations(
        self,
        records_filter: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult[MaterializationRecord]:
        """Return what was made of an asset, the latest first, page by page.

        Args:
            records_filter: The asset, or a filter.
            limit: How many at most.
            cursor: That of the page before.
            ascending: Whether the first comes first.

        Raises:
            InvalidInvocationError: A limit below 1, a cursor that no page had, or a time that is none.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> for _ in range(2): _ = materialize([one], instance=store, progress=False)
        >>> page = store.fetch_materializations(one, limit=1)
        >>> len(page.records), page.has_more
        (1, True)
        """
        return self._page("fetch_materializations", MADE, records_filter, limit, cursor, ascending)

    def fetch_observations(
        self,
        records_filter: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult[ObservationRecord]:
        """Return what was seen of an asset, as :meth:`fetch_materializations` what was made of it."""
        return self._page("fetch_observations", SEEN, records_filter, limit, cursor, ascending)

    def fetch_failed_materializations(
        self,
        records_filter: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult[FailureRecord]:
        """Return what failed of an asset, as :meth:`fetch_materializations` what was made of it."""
        return self._page("fetch_failed_materializations", FAILED, records_filter, limit, cursor, ascending)

    def get_event_records(
        self, event_records_filter: EventRecordsFilter, limit: int | None = None, ascending: bool = False
    ) -> Sequence[EventLogRecord]:
        """Return the records of one kind, of one asset or of all, the latest first.

        Args:
            event_records_filter: Which; of materializations, observations, results of checks, failed or skipped steps.
            limit: How many at most.
            ascending: Whether the first comes first.

        Raises:
            InvalidInvocationError: The store has no records of that kind by themselves.
        """
        asked = event_records_filter
        if asked.event_type not in BY_TYPE:
            raise InvalidInvocationError(
                f"get_event_records gives {', '.join(BY_TYPE)}; for {asked.event_type.value} ask "
                "get_records_for_run(run_id)."
            )
        asset_id = None if asked.asset_key is None else self._ids.find(self._ids.named(asked.asset_key)) or 0
        about = AssetRecordsFilter(
            asked.asset_key or "",
            asked.asset_partitions,
            asked.after_timestamp,
            asked.before_timestamp,
            asked.after_cursor,
            asked.before_cursor,
            asked.storage_ids,
        )
        with self.database.read() as connection:
            found: list[EventLogRecord] = BY_TYPE[asked.event_type].read(
                connection, of_filter(about, asset_id), ascending=ascending, limit=limit
            )
        return found

    def get_latest_data_version_record(
        self,
        key: CoercibleToAssetKey,
        is_source: bool | None = None,
        partition_key: str | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> MaterializationRecord | ObservationRecord | None:
        """Return the latest record of an asset that has a data version.

        Args:
            key: The asset.
            is_source: Whether observations count, or else materializations; by default what there is, made rather than
                seen.
            partition_key: Of this partition only.
            before_cursor: With a smaller number than this.
            after_cursor: With a greater one.
        """
        asset_id = self._ids.find(self._ids.named(key))
        partitions = None if partition_key is None else [partition_key]
        asked = AssetRecordsFilter(key, partitions, after_storage_id=after_cursor, before_storage_id=before_cursor)
        condition, values = of_filter(asked, asset_id or 0)
        versioned = f"{condition} AND e.data_version IS NOT NULL", values
        with self.database.read() as connection:
            made = [] if is_source else MADE.read(connection, versioned, ascending=False, limit=1)
            if made or is_source is False:
                return next(iter(made), None)
            return next(iter(SEEN.read(connection, versioned, ascending=False, limit=1)), None)

    def _page(
        self,
        name: str,
        rows: RecordRows[R],
        asked: CoercibleToAssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None,
        ascending: bool,
    ) -> EventRecordsResult[R]:
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InvalidInvocationError(f"{name}: limit is a number from 1 on; got {limit!r}.")
        if cursor is not None and not (isinstance(cursor, str) and cursor.removeprefix("-").isdecimal()):
            raise InvalidInvocationError(f"{name}: cursor is that of a page before; got {cursor!r}.")
        asked = asked if isinstance(asked, AssetRecordsFilter) else AssetRecordsFilter(asked)
        asset_id = self._ids.find(self._ids.named(asked.asset_key))
        condition, values = of_filter(asked, asset_id or 0)
        if cursor is not None and cursor != _NONE:
            condition, values = f"{condition} AND e.id {'>' if ascending else '<'} ?", [*values, int(cursor)]
        with self.database.read() as connection:
            found = rows.read(connection, (condition, values), ascending=ascending, limit=limit + 1)
        shown = found[:limit]
        last = str(shown[-1].storage_id) if shown else cursor or _NONE
        return EventRecordsResult(shown, last, len(found) > limit)
