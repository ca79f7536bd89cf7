"""What the store takes and gives back: descriptions, runs, materializations, failures, and tables of pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from notebook_assets.assets import AssetMaterialization
from notebook_assets.display import (
    Showable,
    ago,
    duration,
    facts,
    metadata_rich,
    moment,
    page,
    size,
    stack,
    title_line,
)
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.states import PieceState
from notebook_assets.store.event_record import PieceRecord
from notebook_assets.store.event_types import EventType

DEFAULT_IO_MANAGER_KEY = "io_manager"
RETRIES_TAG = "retries"
"""The tag of a materialization that says how often it had to be tried again."""


@dataclass(frozen=True)
class AssetDescription:
    """What the store keeps of an asset's definition, so that its values load before any definition is bound.

    Args:
        key: The asset's key.
        kind: ``"asset"`` for what is materialized here, ``"source"`` for what is only read.
        group: The name of its group.
        partitions: ``PartitionsDefinition.to_dict()``, or ``None`` where it is not partitioned.
        io_manager_key: The IO manager that keeps its values; ``"io_manager"`` is the store itself.
        notebook: The notebook that defined it last.
        code: The fingerprint of its code.
        description: What it is, for people.
        upstream: The keys that it is made from.
        metadata: What was attached to the definition.

    >>> AssetDescription(AssetKey("daily")).kind
    'asset'
    """

    key: AssetKey
    kind: Literal["asset", "source"] = "asset"
    group: str | None = None
    partitions: Mapping[str, Any] | None = None
    io_manager_key: str = DEFAULT_IO_MANAGER_KEY
    notebook: str | None = None
    code: str | None = None
    description: str | None = None
    upstream: tuple[AssetKey, ...] = ()
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class InputRead:
    """What a materialization read of one upstream asset.

    Args:
        upstream: The asset that was read.
        subset: The serialized subset of its partitions, ``""`` if it has none.
        up_to_event: The id of the newest event that was read; later ones make the reader stale.
        digest: A digest of the data versions that were read.

    >>> InputRead(AssetKey("hourly"), "", 7, "d1").up_to_event
    7
    """

    upstream: AssetKey
    subset: str
    up_to_event: int
    digest: str


@dataclass(frozen=True)
class PieceColumns:
    """What decides the status of all recorded pieces of one asset, one list a column, sorted by partition key.

    ``partitions`` holds ``None`` for an unpartitioned asset. ``states`` are as recorded last: materialized, empty,
    failed or skipped. ``kinds`` say what row ``event_ids`` names: ``"materialization"``, ``"empty"``, or ``""`` where
    there is none (0). ``codes`` and ``data_versions`` belong to that event.

    >>> len(PieceColumns())
    0
    """

    partitions: list[str | None] = field(default_factory=list)
    states: list[PieceState] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)
    codes: list[str | None] = field(default_factory=list)
    data_versions: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.partitions)


@dataclass(frozen=True)
class PieceTable(PieceColumns):
    """All that is kept of the recorded pieces of one asset: further columns of the same length.

    ``value_event_ids`` name the latest row with a value (0 if none). ``durations`` (seconds) and ``sizes`` (bytes)
    belong to the event of ``event_ids``; ``times`` (seconds since 1970, UTC) and ``run_ids`` to the latest event of
    any state.

    >>> len(PieceTable())
    0
    """

    value_event_ids: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    run_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PieceCounts:
    """How many pieces of one asset are in which recorded state.

    ``last_time`` is that of the latest event (seconds since 1970, UTC), ``value_type`` the type of the latest value.

    >>> PieceCounts({PieceState.EMPTY: 2}).states[PieceState.EMPTY]
    2
    """

    states: Mapping[PieceState, int] = field(default_factory=dict)
    last_time: float | None = None
    value_type: str | None = None


@dataclass(frozen=True)
class MaterializationRecord(PieceRecord):
    """One row of what was made; ``kind`` is ``"materialization"`` or ``"empty"``.

    ``time`` is in seconds since 1970 (UTC), ``duration`` in seconds, ``size`` in bytes. ``format``, ``type`` and
    ``size`` are ``None`` where no value is kept by the store; ``run_id`` is empty where it was reported without a run.
    """

    event_id: int
    key: AssetKey
    partition: str | None
    kind: str
    run_id: str
    time: float
    duration: float
    code: str | None
    data_version: str | None
    metadata: Mapping[str, MetadataValue]
    tags: Mapping[str, str]
    format: str | None
    type: str | None
    size: int | None
    description: str | None = None

    @property
    def event_type(self) -> EventType:
        """That it was made, or that it ended without a value."""
        return EventType.ASSET_MATERIALIZATION if self.kind == "materialization" else EventType.STEP_SUCCESS

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made, as the event that a function may yield; None of a piece that is empty."""
        if self.kind != "materialization":
            return None
        return AssetMaterialization(self.key, self.description, self.metadata, self.partition, self.tags)

    @property
    def storage_id(self) -> int:
        """The number of its row, as :attr:`event_id`."""
        return self.event_id

    def _repr_html_(self) -> str:
        """Show it in a notebook: when it was made, what is kept, and its metadata."""
        name = self.key.to_user_string() + (f"[{self.partition}]" if self.partition is not None else "")
        pairs: list[tuple[str, Showable]] = [
            ("made", f"{ago(self.time)}, {moment(self.time)} UTC, in {duration(self.duration)}")
        ]
        if self.size is not None:
            kept = self.format or "pruned: only its size is known"
            pairs.append(("value", f"{self.type} · {size(self.size)} · {kept}"))
        pairs += [(name, metadata_rich(entry)) for name, entry in self.metadata.items()]
        return page(stack([title_line(name, self.kind), facts(pairs)]).html)


@dataclass(frozen=True)
class FailureRecord(PieceRecord):
    """Why the latest attempt at a piece failed or was skipped; ``kind`` is ``"failed"`` or ``"skipped"``.

    ``missing`` names what was not there, as ``"asset[key]"``.
    """

    key: AssetKey
    partition: str | None
    kind: str
    run_id: str
    time: float
    duration: float
    code: str | None
    error_type: str | None
    message: str
    traceback: str | None
    missing: tuple[str, ...]
    reads: tuple[InputRead, ...]
    failure_id: int = 0

    @property
    def event_type(self) -> EventType:
        """That the step failed, or was skipped."""
        return EventType.STEP_FAILURE if self.kind == "failed" else EventType.STEP_SKIPPED

    @property
    def storage_id(self) -> int:
        """The number of its row, as :attr:`failure_id`; failures are numbered by themselves."""
        return self.failure_id
