"""Values that mean harm: pickles are refused before they are opened, and nothing else can run anything."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from notebook_assets import (
    AutoIOManager,
    FilesystemIOManager,
    ParquetIOManager,
    SQLiteIOManager,
    build_init_resource_context,
    build_input_context,
    build_output_context,
)
from notebook_assets.errors import BrokenValueError, NotebookAssetsError, StoreError, UntrustedPickleError
from notebook_assets.store import Instance
from notebook_assets.store.formats import digest_of
from tests.store.hostile_texts import hostile_texts


class Trap:
    """Runs code where it is opened."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["TRAP"],)


@pytest.fixture
def sprung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a trap makes; after each test it must not be there."""
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    return tmp_path / "sprung"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The pickles that were opened."""
    found: list[bytes] = []
    loads = pickle.loads
    monkeypatch.setattr(
        pickle, "loads", lambda data, *more, **named: (found.append(data), loads(data, *more, **named))[1]
    )
    return found


def files(folder: Path, **options: Any) -> Any:
    return FilesystemIOManager(base_dir=str(folder), **options).create_io_manager(build_init_resource_context())


def auto(folder: Path, **options: Any) -> Any:
    return AutoIOManager(base_path=str(folder), **options)


OUT = build_output_context(asset_key="a")
IN = build_input_context(asset_key="a")


@pytest.mark.parametrize("manager", [files, auto])
def test_a_pickle_of_an_io_manager_changed_by_any_byte_is_refused_unopened(
    tmp_path: Path, opened: list[bytes], manager: Callable[..., Any]
) -> None:
    made = manager(tmp_path / "files")
    made.handle_output(OUT, {1, 2})
    (path,) = (path for path in (tmp_path / "files").rglob("*") if path.is_file())
    data = path.read_bytes()
    for at in range(len(data)):
        for harm in (data[:at], data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], data[:at] + b"x" + data[at:]):
            path.write_bytes(harm)
            with pytest.raises(UntrustedPickleError):
                made.load_input(IN)
    path.write_bytes(data + b"\0")
    with pytest.raises(UntrustedPickleError):
        made.load_input(IN)
    assert opened == []
    path.write_bytes(data)
    assert made.load_input(IN) == {1, 2}


@pytest.mark.parametrize("manager", [files, auto])
def test_a_pickle_of_someone_else_is_refused_unopened_unless_it_is_trusted(
    tmp_path: Path, opened: list[bytes], sprung: Path, monkeypatch: pytest.MonkeyPatch, manager: Callable[..., Any]
) -> None:
    with monkeypatch.context() as other:
        other.setenv("NOTEBOOK_ASSETS_SECRET", str(tmp_path / "other" / "secret"))
        manager(tmp_path / "files").handle_output(OUT, {1, 2})
    with pytest.raises(UntrustedPickleError, match="trust=True"):
        manager(tmp_path / "files").load_input(IN)
    assert opened == []
    assert manager(tmp_path / "files", trust=True).load_input(IN) == {1, 2}
    (path,) = (path for path in (tmp_path / "files").rglob("*") if path.is_file())
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(UntrustedPickleError, match="was not signed here"):
        manager(tmp_path / "files").load_input(IN)
    assert not sprung.exists()


def test_a_signature_is_of_no_use_for_another_pickle(tmp_path: Path, sprung: Path) -> None:
    """The signature of a harmless pickle, put behind one that is none, in front of it, or between."""
    made = files(tmp_path / "files")
    made.handle_output(OUT, {1, 2})
    path = tmp_path / "files" / "a"
    signed, trap = path.read_bytes(), pickle.dumps(Trap())
    tail = signed[len(pickle.dumps({1, 2}, protocol=5)) :]
    for forged in (trap + tail, trap + signed, trap[:-1] + signed, signed[:-1] + trap + tail, trap + tail + tail):
        path.write_bytes(forged)
        with pytest.raises(UntrustedPickleError):
            made.load_input(IN)
    assert not sprung.exists()


def trapped_npy() -> bytes:
    """An array of objects, whose elements are a pickle."""
    buffer = io.BytesIO()
    np.save(buffer, np.array([Trap()], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def trapped_parquet() -> bytes:
    """A column of an extension type that names itself one of Python, with a pickle that makes it."""
    marks = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(Trap()),
    }
    schema = pa.schema([pa.field("x", pa.int64(), metadata=marks)], metadata={"pandas": '{"index_columns": []}'})
    buffer = io.BytesIO()
    pq.write_table(pa.table({"x": [1]}, schema=schema), buffer)
    return buffer.getvalue()


TRAPS = {
    "npy": trapped_npy,
    "npy-scalar": trapped_npy,
    "parquet": trapped_parquet,
    "json": lambda: b'{"__reduce__": ["os.mkdir", ["sprung"]], "py/object": "os.mkdir"}',
    "text": lambda: pickle.dumps(Trap(), protocol=0),
    "bytes": lambda: pickle.dumps(Trap()),
}


@pytest.mark.parametrize("name", TRAPS)
def test_no_format_but_the_pickle_runs_anything(
    instance: Instance, put: Callable[..., int], sprung: Path, opened: list[bytes], name: str
) -> None:
    """Bytes that mean harm, with a digest that is right, as whoever can write the database would have it."""
    data = TRAPS[name]()
    put("a", "p", "x")
    with instance.database.write() as connection:
        connection.execute("UPDATE value_blobs SET data = ?", (data,))
        about = (name, len(data), digest_of(name, data), "pandas.DataFrame" if name == "parquet" else "x")
        connection.execute("UPDATE materializations SET format = ?, size = ?, digest = ?, type = ?", about)
    for ask in (
        lambda: instance.load("a", "p"),
        lambda: instance.loader().load_asset_value("a", partitions=["p"]),
        instance.verify,
    ):
        try:
            ask()
        except (BrokenValueError, NotebookAssetsError):
            continue
    assert opened == []
    assert not sprung.exists()


@pytest.mark.parametrize(
    ("name", "suffix"), [("npy", "npy"), ("parquet", "parquet"), ("json", "json"), ("text", "txt")]
)
def test_files_of_io_managers_run_nothing_either(
    tmp_path: Path, sprung: Path, opened: list[bytes], name: str, suffix: str
) -> None:
    for folder, manager in (("auto", auto), ("parquet", lambda base: ParquetIOManager(base_path=str(base)))):
        path = tmp_path / folder / f"a.{suffix}"
        path.parent.mkdir()
        path.write_bytes(TRAPS[name]())
        try:
            manager(tmp_path / folder).load_input(IN)
        except (NotebookAssetsError, FileNotFoundError):
            continue
    assert opened == []
    assert not sprung.exists()


KEYS = [key for key in hostile_texts(1_500, controls=True) if key]
FRAME = pd.DataFrame({"n": [1]})


@pytest.mark.parametrize(
    ("manager", "value_of"),
    [
        (files, lambda number: number),
        (auto, lambda number: number),
        (lambda base: ParquetIOManager(base_path=str(base)), lambda number: pd.DataFrame({"n": [number]})),
        (lambda base: SQLiteIOManager(database=str(base / "tables.db")), lambda number: pd.DataFrame({"n": [number]})),
    ],
    ids=["files", "auto", "parquet", "sqlite"],
)
def test_hostile_keys_are_kept_apart_by_io_managers_and_stay_in_the_folder(
    tmp_path: Path, manager: Callable[..., Any], value_of: Callable[[int], Any]
) -> None:
    base = tmp_path / "deep" / "files"
    base.mkdir(parents=True)
    made = manager(base)
    keys = KEYS if manager in (files, auto) else KEYS[::10]
    for number, key in enumerate(keys):
        made.handle_output(build_output_context(asset_key="a", partition_key=key), value_of(number))
    for number, key in enumerate(keys):
        found = made.load_input(build_input_context(asset_key="a", partition_key=key))
        assert (found if isinstance(found, int) else int(found["n"].iloc[0])) == number, repr(key)
    outside = [path for path in tmp_path.rglob("*") if base not in path.parents and path not in (base, base.parent)]
    assert outside == []


def test_a_database_of_an_io_manager_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "tables.db"
    path.write_bytes(b"garbage " * 1_000)
    made = SQLiteIOManager(database=str(path))
    with pytest.raises(StoreError):
        made.load_input(IN)
    with pytest.raises(StoreError):
        made.handle_output(OUT, FRAME)
    assert path.read_bytes() == b"garbage " * 1_000
