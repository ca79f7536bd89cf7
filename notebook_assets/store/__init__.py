"""Where assets are kept: Instance, its records, value formats, and the loader."""

from notebook_assets.store.checks_table import CheckFinding, CheckRecord
from notebook_assets.store.formats import EncodedValue
from notebook_assets.store.instance import Instance
from notebook_assets.store.loader import AssetValueLoader
from notebook_assets.store.observations_table import ObservationRecord, ObservedColumns, Seen
from notebook_assets.store.records import (
    CONFIG_TAG,
    AssetDescription,
    FailureRecord,
    InputRead,
    MaterializationRecord,
    PieceCounts,
    PieceTable,
    RunRecord,
    new_run,
)
from notebook_assets.store.together import one_frame

__all__ = [
    "CONFIG_TAG",
    "Instance",
    "AssetValueLoader",
    "AssetDescription",
    "CheckFinding",
    "CheckRecord",
    "EncodedValue",
    "FailureRecord",
    "InputRead",
    "MaterializationRecord",
    "ObservationRecord",
    "ObservedColumns",
    "PieceCounts",
    "PieceTable",
    "RunRecord",
    "Seen",
    "new_run",
    "one_frame",
]
