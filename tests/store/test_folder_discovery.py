"""The store's folder is found as git finds its own."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from notebook_assets.errors import StoreNotWritableError
from notebook_assets.store import Instance
from notebook_assets.store.folder import find_folder


def test_the_nearest_folder_above_is_found(tmp_path: Path) -> None:
    (tmp_path / ".notebook_assets").mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_folder(deep) == tmp_path / ".notebook_assets"
    (tmp_path / "a" / ".notebook_assets").mkdir()
    assert find_folder(deep) == tmp_path / "a" / ".notebook_assets"


def test_without_one_it_is_in_the_working_directory(tmp_path: Path) -> None:
    assert find_folder(tmp_path) == tmp_path / ".notebook_assets"


def test_a_file_of_that_name_is_no_store(tmp_path: Path) -> None:
    (tmp_path / ".notebook_assets").write_text("not a folder")
    deep = tmp_path / "a"
    deep.mkdir()
    assert find_folder(deep) == deep / ".notebook_assets"


def test_nothing_above_the_home_folder_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".notebook_assets").mkdir()
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    assert find_folder(home / "work") == home / "work" / ".notebook_assets"


def test_the_environment_variable_overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".notebook_assets").mkdir()
    monkeypatch.setenv("NOTEBOOK_ASSETS_HOME", str(tmp_path / "elsewhere"))
    assert find_folder(tmp_path) == tmp_path / "elsewhere"
    monkeypatch.setenv("NOTEBOOK_ASSETS_HOME", "~/stores")
    assert find_folder(tmp_path) == Path.home() / "stores"


def test_get_gives_one_object_for_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = Instance.get()
    assert first.folder == tmp_path / ".notebook_assets"
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert Instance.get() is first
    first.close()
    with Instance.get() as second:
        assert second is not first


def test_a_new_folder_ignores_itself(tmp_path: Path) -> None:
    with Instance(tmp_path / "store"):
        assert (tmp_path / "store" / ".gitignore").read_text() == "*\n"


def test_a_folder_that_holds_other_things_is_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with Instance(tmp_path):
        assert not (tmp_path / ".gitignore").exists()


def test_an_ephemeral_store_leaves_nothing() -> None:
    with Instance.ephemeral() as instance:
        folder = instance.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_a_folder_that_a_file_blocks_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    with pytest.raises(StoreNotWritableError, match=r"can't be written.*NOTEBOOK_ASSETS_HOME"):
        Instance(tmp_path / "blocked" / "store")


@pytest.mark.parametrize("name", ["a b", "100%", "what?mode=ro", "a#b", "é🐍", "it's"])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    with Instance(tmp_path / name) as instance:
        run = instance.begin_run()
        instance.record_materialization("a", run_id=run, value=instance.encode("x" * 20_000, "a"))
        assert instance.db["pieces"].count == 1
        assert instance.load("a") == "x" * 20_000
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_store_crosses_to_another_process_by_its_folder(tmp_path: Path) -> None:
    with Instance(tmp_path / "store") as instance, pickle.loads(pickle.dumps(instance)) as other:
        assert other.folder == instance.folder
