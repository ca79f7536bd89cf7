"""Files where an IO manager needs a folder: its own gives way once the new value is stored, all others stay."""

from __future__ import annotations

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AutoIOManager,
    FilesystemIOManager,
    Instance,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    ParquetIOManager,
    StaticPartitionsDefinition,
    StoreError,
    asset,
    build_output_context,
    materialize,
)
from notebook_assets.errors import UnsupportedValueError
from notebook_assets.store.filesystem_io_manager import PickledObjectFilesystemIOManager

PARTS = StaticPartitionsDefinition(["x", "y"])
GRID = MultiPartitionsDefinition({"a": PARTS, "b": PARTS})
FRAME = pd.DataFrame({"n": [1]})


def at(partition: str | None = "x", definition: Any = PARTS, key: Any = "flights") -> Any:
    more = {} if partition is None else {"partition_key": partition, "asset_partitions_def": definition}
    return build_output_context(asset_key=key, **more)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", [ParquetIOManager, AutoIOManager, PickledObjectFilesystemIOManager])
@pytest.mark.parametrize("written", [b"MY NOTES", pickle.dumps([1])], ids=["notes", "pickle"])
def test_a_file_of_someone_else_stays(tmp_path: Path, kind: Any, written: bytes) -> None:
    (tmp_path / "flights").write_bytes(written)
    with pytest.raises(StoreError, match=r"flights\[x\] needs a folder at .*flights', where there is a file that"):
        kind(tmp_path).handle_output(at(), FRAME) if kind is PickledObjectFilesystemIOManager else kind(
            base_path=tmp_path
        ).handle_output(at(), FRAME)
    assert (tmp_path / "flights").read_bytes() == written


@pytest.mark.parametrize(("partition", "definition"), [("x", PARTS), (MultiPartitionKey({"a": "x", "b": "y"}), GRID)])
def test_its_own_pickle_gives_way_once_the_new_value_is_stored(tmp_path: Path, partition: Any, definition: Any) -> None:
    manager = PickledObjectFilesystemIOManager(tmp_path)
    manager.handle_output(at(None), 1)
    before = (tmp_path / "flights").read_bytes()
    with pytest.raises(UnsupportedValueError, match="can't be pickled"):
        manager.handle_output(at(partition, definition), lambda: 0)
    assert files(tmp_path) == ["flights"]
    assert (tmp_path / "flights").read_bytes() == before
    manager.handle_output(at(partition, definition), 2)
    assert files(tmp_path) == [f"flights/{partition.replace('|', '/')}"]


def test_pickles_from_elsewhere_give_way_where_they_are_trusted(tmp_path: Path) -> None:
    (tmp_path / "flights").write_bytes(pickle.dumps([1]))
    PickledObjectFilesystemIOManager(tmp_path, trust=True).handle_output(at(), 2)
    assert files(tmp_path) == ["flights/x"]


def test_an_asset_whose_key_goes_on_from_that_of_another_names_both(tmp_path: Path) -> None:
    manager = PickledObjectFilesystemIOManager(tmp_path)
    manager.handle_output(at(None, key="a"), 1)
    with pytest.raises(StoreError, match=r"^a/b needs a folder at .* the value of the asset 'a'"):
        manager.handle_output(at(None, key=["a", "b"]), 2)
    assert files(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", [ParquetIOManager, FilesystemIOManager])
def test_a_run_fails_and_the_file_stays(tmp_path: Path, kind: Any, instance: Instance) -> None:
    @asset(partitions_def=PARTS)
    def flights() -> pd.DataFrame:
        return FRAME

    (tmp_path / "flights").write_text("MY NOTES")
    where = {"base_path" if kind is ParquetIOManager else "base_dir": str(tmp_path)}
    options: Any = {"instance": instance, "resources": {"io_manager": kind(**where)}, "progress": False}
    result = materialize([flights], partition_key="x", raise_on_error=False, **options)
    assert not result.success
    assert (tmp_path / "flights").read_text() == "MY NOTES"


def test_several_writers_put_one_file_aside(tmp_path: Path) -> None:
    keys = [f"k{number}" for number in range(8)]
    parts = StaticPartitionsDefinition(keys)
    manager = PickledObjectFilesystemIOManager(tmp_path)
    for _ in range(20):
        manager.handle_output(at(None), 1)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda key: manager.handle_output(at(key, parts), key), keys))
        assert files(tmp_path) == [f"flights/{key}" for key in keys]
        shutil.rmtree(tmp_path / "flights")
