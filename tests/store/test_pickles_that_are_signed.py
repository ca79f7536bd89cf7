"""Pickles of FilesystemIOManager: signed, refused when altered; where they lie; what fails leaves no trace."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    EnvVar,
    FilesystemIOManager,
    Instance,
    InvalidInvocationError,
    StoreError,
    UnsupportedValueError,
    UntrustedPickleError,
    UPathIOManager,
    asset,
    build_input_context,
    build_output_context,
    fs_io_manager,
    materialize,
)
from notebook_assets.store.filesystem_io_manager import PickledObjectFilesystemIOManager
from notebook_assets.store.signed_pickles import from_signed_pickle, to_signed_pickle

done: list[str] = []


def harm(what: str) -> None:
    done.append(what)


class Harm:
    """A pickle that does something when it is read."""

    def __reduce__(self) -> Any:
        return harm, ("done",)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_byte_that_is_altered_anywhere_is_refused(data: st.DataObject) -> None:
    signed = to_signed_pickle({"a": [1, 2]}, "daily")
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != signed[at]))
    with pytest.raises(UntrustedPickleError, match=r"The pickle of daily was"):
        from_signed_pickle(signed[:at] + bytes([other]) + signed[at + 1 :], "daily")


@pytest.mark.parametrize("cut", [0, 1, 5, 40, -1, -32, -33])
def test_a_pickle_that_was_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(UntrustedPickleError):
        from_signed_pickle(to_signed_pickle([1, 2], "daily")[:cut], "daily")


def test_a_pickle_from_elsewhere_is_not_opened(tmp_path: Path) -> None:
    done.clear()
    (tmp_path / "daily").write_bytes(pickle.dumps(Harm()))
    context = build_input_context(asset_key="daily")
    with pytest.raises(UntrustedPickleError, match=r"The pickle of daily at .* was not signed here.*trust=True"):
        PickledObjectFilesystemIOManager(tmp_path).load_input(context)
    assert done == []
    PickledObjectFilesystemIOManager(tmp_path, trust=True).load_input(context)
    assert done == ["done"]


def test_a_pickle_with_the_signature_of_another_user_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    signed = to_signed_pickle([1, 2], "daily")
    monkeypatch.setenv("NOTEBOOK_ASSETS_SECRET", str(tmp_path / "other"))
    with pytest.raises(UntrustedPickleError, match=r"was changed after it was signed, or signed by someone else"):
        from_signed_pickle(signed, "daily")


@pytest.mark.parametrize("value", [lambda: 1, (number for number in []), sys.stdout.buffer], ids=["fn", "gen", "out"])
def test_what_can_not_be_pickled_leaves_the_file_before(tmp_path: Path, value: Any) -> None:
    manager = PickledObjectFilesystemIOManager(tmp_path)
    manager.handle_output(build_output_context(asset_key="daily"), 1)
    with pytest.raises(UnsupportedValueError, match=r"The value of daily, of type .*, can't be pickled"):
        manager.handle_output(build_output_context(asset_key="daily"), value)
    assert manager.load_input(build_input_context(asset_key="daily")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["daily"]


def test_a_write_that_fails_leaves_the_file_before_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = PickledObjectFilesystemIOManager(tmp_path)
    manager.handle_output(build_output_context(asset_key="daily"), 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match=r"No space left"):
        manager.handle_output(build_output_context(asset_key="daily"), 2)
    assert manager.load_input(build_input_context(asset_key="daily")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["daily"]


@asset
def numbers() -> Any:
    return {1, 2}


@pytest.mark.parametrize("manager", [FilesystemIOManager(), fs_io_manager], ids=["class", "function"])
def test_without_a_folder_pickles_lie_in_the_store(tmp_path: Path, manager: Any) -> None:
    store = Instance(tmp_path / "store")
    materialize([numbers], instance=store, resources={"io_manager": manager}, progress=False)
    assert (store.folder / "storage" / "numbers").is_file()


def test_the_folder_may_come_from_the_environment_or_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUES", str(tmp_path / "one"))
    store = Instance.ephemeral()
    files = FilesystemIOManager(base_dir=EnvVar("VALUES"))
    materialize([numbers], instance=store, resources={"io_manager": files}, progress=False)
    config = {"resources": {"io_manager": {"config": {"base_dir": str(tmp_path / "two")}}}}
    later = FilesystemIOManager.configure_at_launch()
    materialize([numbers], instance=store, resources={"io_manager": later}, run_config=config, progress=False)
    assert (tmp_path / "one" / "numbers").is_file()
    assert (tmp_path / "two" / "numbers").is_file()


def test_a_folder_where_the_file_has_to_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "daily").mkdir()
    with pytest.raises(StoreError, match=r"daily'.* is a folder.*partitions"):
        PickledObjectFilesystemIOManager(tmp_path).handle_output(build_output_context(asset_key="daily"), 1)
    assert [path.name for path in tmp_path.iterdir()] == ["daily"]


def test_local_folders_need_nothing_beside_the_standard_library(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["upath"] = sys.modules["fsspec"] = None  # as if they were not installed
from notebook_assets import FilesystemIOManager, Instance, asset, materialize
@asset
def one(): return {1}
@asset
def two(one): return one
def made(**options):
    files = {"io_manager": FilesystemIOManager(**options)}
    materialize([one, two], instance=Instance.ephemeral(), resources=files, progress=False)
made(base_dir=sys.argv[1])
try:
    made(base_dir="s3://bucket/values")
except Exception as error:
    print(error)
"""
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert (tmp_path / "two").is_file()
    assert "'s3://bucket/values' can't be used" in found.stdout
    assert "pip install 'notebook-assets[remote]'" in found.stdout


@pytest.mark.parametrize("base", [3, int, b"values"], ids=str)
def test_a_folder_is_a_path_or_a_text(base: Any) -> None:
    class Nothing(UPathIOManager):
        def dump_to_path(self, context: Any, obj: Any, path: Any) -> None: ...
        def load_from_path(self, context: Any, path: Any) -> Any: ...

    with pytest.raises(InvalidInvocationError, match=r"is a path, or a text such as"):
        Nothing(base)
