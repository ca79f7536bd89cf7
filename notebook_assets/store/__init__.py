"""Where assets are kept: Instance, its records, value formats, the loader, and IO managers.

IO managers are imported when they are first asked for: they build on pydantic.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from notebook_assets.store.asset_record import AssetPartitionStatus, AssetRecord
from notebook_assets.store.checks_table import CheckFinding, CheckRecord
from notebook_assets.store.event_questions import EventRecordsResult
from notebook_assets.store.event_record import EventLogRecord
from notebook_assets.store.formats import EncodedValue
from notebook_assets.store.instance import Instance
from notebook_assets.store.loader import AssetValueLoader
from notebook_assets.store.observations_table import ObservationRecord, ObservedColumns, Seen
from notebook_assets.store.record_filters import AssetRecordsFilter, EventRecordsFilter, RunsFilter
from notebook_assets.store.records import (
    AssetDescription,
    FailureRecord,
    InputRead,
    MaterializationRecord,
    PieceCounts,
    PieceTable,
)
from notebook_assets.store.recovery_report import RecoveryReport
from notebook_assets.store.run_record import CONFIG_TAG, Run, RunRecord, RunStatus, new_run
from notebook_assets.store.together import one_frame

if TYPE_CHECKING:
    from notebook_assets.store.auto_io_manager import AutoIOManager
    from notebook_assets.store.filesystem_io_manager import FilesystemIOManager, fs_io_manager
    from notebook_assets.store.parquet_io_manager import ParquetIOManager
    from notebook_assets.store.sqlite_io_manager import SQLiteIOManager
    from notebook_assets.store.upath_io_manager import UPathIOManager

_LATER = {
    "AutoIOManager": "auto_io_manager",
    "FilesystemIOManager": "filesystem_io_manager",
    "ParquetIOManager": "parquet_io_manager",
    "SQLiteIOManager": "sqlite_io_manager",
    "UPathIOManager": "upath_io_manager",
    "fs_io_manager": "filesystem_io_manager",
}

__all__ = [
    "CONFIG_TAG",
    "Instance",
    "AssetValueLoader",
    "AssetDescription",
    "AssetPartitionStatus",
    "AssetRecord",
    "AssetRecordsFilter",
    "CheckFinding",
    "CheckRecord",
    "EncodedValue",
    "EventLogRecord",
    "EventRecordsFilter",
    "EventRecordsResult",
    "FailureRecord",
    "AutoIOManager",
    "FilesystemIOManager",
    "ParquetIOManager",
    "SQLiteIOManager",
    "UPathIOManager",
    "fs_io_manager",
    "InputRead",
    "MaterializationRecord",
    "ObservationRecord",
    "ObservedColumns",
    "PieceCounts",
    "PieceTable",
    "Run",
    "RecoveryReport",
    "RunRecord",
    "RunStatus",
    "RunsFilter",
    "Seen",
    "new_run",
    "one_frame",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    found = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found
