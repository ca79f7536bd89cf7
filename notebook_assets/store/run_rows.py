"""All that the store keeps of one run, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.store.checks_table import CheckFinding, CheckRecord
from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.events_of_run import places_of_run, records_at
from notebook_assets.store.observations_table import ObservationRecord
from notebook_assets.store.records import FailureRecord, MaterializationRecord

if TYPE_CHECKING:
    from notebook_assets.store.instance import Instance


@dataclass(frozen=True)
class RunRow:
    """One thing that happened in a run.

    Args:
        kind: ``materialization``, ``empty``, ``observation``, ``failed``, ``skipped`` or ``check``.
        key: The asset.
        partition: Its partition, None for all of it.
        time: When, in seconds since 1970 (UTC).
        row_id: The id; materializations and observations share a sequence.
        data_version: The data version that was made or seen.
        description: What was said.
        metadata: What was attached.
        tags: What was attached.
        check: What a check found.
    """

    kind: str
    key: AssetKey
    partition: str | None
    time: float
    row_id: int
    data_version: str | None = None
    description: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    check: CheckFinding | None = None


def rows_of_run(instance: Instance, run_id: str) -> list[RunRow]:
    """Return all that the store keeps of one run, in the order in which it happened; none where it has no such run.

    Args:
        instance: The store.
        run_id: The run.

    >>> from notebook_assets import Instance, asset, materialize
    >>> @asset
    ... def one(): return 1
    >>> store = Instance.ephemeral()
    >>> run = materialize([one], instance=store, progress=False).run_id
    >>> [(row.kind, str(row.key.to_user_string())) for row in rows_of_run(store, run)]
    [('materialization', 'one')]
    """
    with instance.database.read() as connection:
        found = connection.execute("SELECT number FROM runs WHERE id = ?", (run_id,)).fetchone()
        if found is None:
            return []
        return [_row(record) for record in records_at(connection, places_of_run(connection, int(found[0])))]


def _row(record: EventLogRecord) -> RunRow:
    if isinstance(record, MaterializationRecord | ObservationRecord):
        kind = record.kind if isinstance(record, MaterializationRecord) else "observation"
        about = record.data_version, record.description, record.metadata, record.tags
        return RunRow(kind, record.key, record.partition, record.time, record.event_id, *about)
    if isinstance(record, FailureRecord):
        return RunRow(
            record.kind, record.key, record.partition, record.time, record.failure_id, description=record.message
        )
    if not isinstance(record, CheckRecord):
        raise TypeError(record)
    found = record.finding
    return RunRow(
        "check",
        record.key,
        record.partition,
        record.time,
        record.result_id,
        description=found.description,
        metadata=found.metadata,
        check=found,
    )
