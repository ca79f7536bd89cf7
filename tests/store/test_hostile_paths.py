"""Any text as a part of a key or as a partition's key: IO managers over paths stay in their folder, never collide."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from upath import UPath

from notebook_assets import (
    AssetKey,
    AutoIOManager,
    FilesystemIOManager,
    InvalidDefinitionError,
    MultiPartitionKey,
    StaticPartitionsDefinition,
    UPathIOManager,
    build_input_context,
    build_output_context,
)
from notebook_assets.partitions import MultiPartitionsDefinition
from notebook_assets.store.filesystem_io_manager import PickledObjectFilesystemIOManager
from notebook_assets.store.value_paths import LONGEST_NAME, safe_name

HOSTILE = [
    "..",
    ".",
    "../../../outside",
    "/etc/passwd",
    "//server/share",
    "C:\\Windows",
    "C:",
    "file:///etc/passwd",
    "memory://other",
    "simplecache::file://x",
    "con",
    "NUL.txt",
    "x" * 4096,
    "x" * 4095 + "y",
    "🐍" * 1024,
    "'; DROP TABLE pieces; --",
    "%s %d {0} $HOME `id`",
    "%2E%2E",
    "%",
    "%%",
    "\u202eevil",
    "line\nbreak\ttab",
    "nul\x00byte",
    " ",
    "trailing ",
    "trailing.",
    "~",
    "~root",
    "a",
    "A.b",
    "?",
    "*",
    "#",
    "[ab]",
    "a/b",
    "a//b",
    "a/./b",
    "a\\b",
    "\udcff",
    "e\u0301",
    "\u00e9",
]


class Texts(UPathIOManager):
    extension = ".txt"

    def dump_to_path(self, context: Any, obj: Any, path: Any) -> None:
        path.write_text(obj)

    def load_from_path(self, context: Any, path: Any) -> Any:
        return path.read_text()


def managers(folder: Path) -> dict[str, Any]:
    return {
        "pickles": PickledObjectFilesystemIOManager(folder),
        "texts": Texts(folder),
        "by upath": Texts(UPath(folder)),
        "in memory": Texts(UPath(f"memory://{folder}")),
        "by type": AutoIOManager(base_path=str(folder)),
    }


def contexts(text: str) -> list[dict[str, Any]]:
    """A text as a partition, and as a part of a key, where one may hold it."""
    found: list[dict[str, Any]] = [{"asset_key": AssetKey("static"), "partition_key": text}]
    with suppress(InvalidDefinitionError):
        found.append({"asset_key": AssetKey(["key", text, "end"])})
    return found


@pytest.mark.parametrize("kind", managers(Path()))
def test_hostile_texts_are_kept_apart_in_the_folder(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "one" / "values"
    manager = managers(folder)[kind]
    for number, text in enumerate(HOSTILE):
        for context in contexts(text):
            manager.handle_output(build_output_context(**context), f"{number}")
    for number, text in enumerate(HOSTILE):
        for context in contexts(text):
            assert manager.load_input(build_input_context(**context)) == f"{number}"
    if kind == "in memory":
        written = list(manager.fs.find(f"/{str(folder).lstrip('/')}"))
    else:
        written = [str(path) for path in tmp_path.rglob("*") if path.is_file()]
        assert all(Path(path).is_relative_to(folder) for path in written)
    assert len(written) == sum(len(contexts(text)) for text in HOSTILE) > 1.8 * len(HOSTILE)


texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("./\\%~:=-| ")), max_size=30)


@given(st.lists(texts, min_size=2, max_size=12, unique=True), st.booleans())
@example(["..", "%2E%2E", "%252E"], False)
@settings(max_examples=1000, deadline=None)
def test_no_two_texts_have_one_name_and_none_leads_elsewhere(found: list[str], windows: bool) -> None:
    names = [safe_name(text, windows=windows) for text in found]
    assert len(set(names)) == len(names)
    for name in names:
        assert os.path.basename(name) == name not in ("", ".", "..")
        assert not set(name) & set('/\\\0<>:"|?*' if windows else "/\\\0")
        assert len(name.encode()) <= max(LONGEST_NAME, 100)
        name.encode()


@given(texts)
@settings(max_examples=300, deadline=None)
def test_a_name_stands_for_itself_or_is_encoded(text: str) -> None:
    name = safe_name(text, windows=False)
    assert name == text or "%" in name


@given(st.lists(st.tuples(texts, texts), min_size=2, max_size=8, unique=True))
@settings(max_examples=200, deadline=None)
def test_keys_of_several_dimensions_never_collide(pairs: list[tuple[str, str]]) -> None:
    manager = Texts("values")
    keys = [MultiPartitionKey({"a": one.replace("|", ""), "b": two.replace("|", "")}) for one, two in pairs]
    paths = {str(manager._get_path(build_output_context(asset_key="grid", partition_key=key))) for key in set(keys)}
    assert len(paths) == len(set(keys))
    assert all(len(Path(path).parts) == 4 for path in paths)


def test_a_key_with_a_slash_on_a_dimension_is_one_folder(tmp_path: Path) -> None:
    parts = MultiPartitionsDefinition(
        {"a": StaticPartitionsDefinition(["q/r", "q"]), "b": StaticPartitionsDefinition(["1", "r"])}
    )
    manager = Texts(tmp_path)
    for key in parts.get_partition_keys():
        manager.handle_output(build_output_context(asset_key="g", partition_key=key, asset_partitions_def=parts), key)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.txt"))
    assert found == ["g/q%2Fr/1.txt", "g/q%2Fr/r.txt", "g/q/1.txt", "g/q/r.txt"]


def test_a_folder_is_taken_as_text_and_made(tmp_path: Path) -> None:
    manager = FilesystemIOManager(base_dir=str(tmp_path / "a" / "b")).process_config_and_initialize()
    manager.handle_output(build_output_context(asset_key="one"), 1)
    assert (tmp_path / "a" / "b" / "one").is_file()
