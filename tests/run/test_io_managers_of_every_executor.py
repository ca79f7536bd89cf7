"""IO managers that keep files, in every executor and in calls that make a range: all is kept, recorded and loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AutoIOManager,
    BackfillPolicy,
    Definitions,
    FilesystemIOManager,
    InMemoryIOManager,
    Instance,
    ParquetIOManager,
    SQLiteIOManager,
    StaticPartitionsDefinition,
    asset,
    materialize,
)

KEYS = ["a", "b", "c"]
PARTS = StaticPartitionsDefinition(KEYS)
KINDS = ["auto", "pickles", "parquet", "sqlite", "memory"]
EXECUTED = [(executor, kind) for executor in ("in_process", "threads", "processes") for kind in KINDS]
EXECUTED.remove(("processes", "memory"))  # what is in the memory of one process is not in that of another


def manager_of(kind: str, folder: Path) -> Any:
    return {
        "auto": lambda: AutoIOManager(base_path=str(folder)),
        "pickles": lambda: FilesystemIOManager(base_dir=str(folder)),
        "parquet": lambda: ParquetIOManager(base_path=str(folder)),
        "sqlite": lambda: SQLiteIOManager(database=str(folder / "tables.db")),
        "memory": InMemoryIOManager,
    }[kind]()


def frame(key: str) -> pd.DataFrame:
    return pd.DataFrame({"n": range(ord(key) - ord("a")), "key": key})


def check(defs: Definitions, store: Instance) -> None:
    """Both assets are there, as frames that are the same whoever made them."""
    with defs.get_asset_value_loader(store) as loader:
        for key in KEYS:
            pd.testing.assert_frame_equal(
                loader.load_asset_value("tables", key), frame(key), check_dtype=False, check_index_type=False
            )
        assert len(loader.load_asset_value("tables", partitions="all")) == 3
        assert loader.load_asset_value("total")["n"].tolist() == [3]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["dict", "frame"])
def test_a_range_that_one_call_makes_is_handed_over_at_once(tmp_path: Path, kind: str, form: str) -> None:
    @asset(partitions_def=PARTS, backfill_policy=BackfillPolicy.single_run())
    def tables(context):  # type: ignore[no-untyped-def]
        frames = {key: frame(key) for key in context.partition_keys}
        return frames if form == "dict" else pd.concat(frames, names=["partition"])

    @asset
    def total(tables: dict[str, pd.DataFrame]):  # type: ignore[no-untyped-def]
        return pd.DataFrame({"n": [sum(map(len, tables.values()))]})

    store, resources = Instance.ephemeral(), {"io_manager": manager_of(kind, tmp_path)}
    assert materialize([tables, total], partitions="all", instance=store, resources=resources, progress=False).success
    check(Definitions([tables, total], resources=resources), store)


@pytest.mark.parametrize(("executor", "kind"), EXECUTED)
def test_every_executor_hands_values_to_io_managers(tmp_path: Path, executor: str, kind: str) -> None:
    @asset(partitions_def=PARTS)
    def tables(context):  # type: ignore[no-untyped-def]
        return frame(context.partition_key)

    @asset
    def total(tables: dict[str, pd.DataFrame]):  # type: ignore[no-untyped-def]
        return pd.DataFrame({"n": [sum(map(len, tables.values()))]})

    store, resources = Instance.ephemeral(), {"io_manager": manager_of(kind, tmp_path)}
    assert materialize(
        [tables, total],
        partitions="all",
        instance=store,
        resources=resources,
        progress=False,
        executor=executor,
        max_workers=None if executor == "in_process" else 2,
    ).success
    check(Definitions([tables, total], resources=resources), store)
