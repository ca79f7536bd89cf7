"""IO managers whose files are in the memory of a process are refused where other processes would make or read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from upath import UPath

from notebook_assets import (
    AutoIOManager,
    FilesystemIOManager,
    InputContext,
    Instance,
    OutputContext,
    ParquetIOManager,
    UPathIOManager,
    asset,
    materialize,
)
from notebook_assets.errors import NotPortableError


class Notes(UPathIOManager):
    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        path.write_text(obj)

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        return path.read_text()


MANAGERS: dict[str, Callable[[], Any]] = {
    "auto": lambda: AutoIOManager(base_path="memory://apart"),
    "files": lambda: FilesystemIOManager(base_dir="memory://apart"),
    "parquet": lambda: ParquetIOManager(base_path="memory://apart"),
    "own": lambda: Notes("memory://apart"),
    "below a cache": lambda: Notes(UPath("simplecache::memory://apart")),
}


@pytest.mark.parametrize("make", MANAGERS.values(), ids=list(MANAGERS))
def test_files_in_memory_are_refused_in_processes(store: Instance, make: Callable[[], Any]) -> None:
    @asset
    def one() -> str:
        return "1"

    with pytest.raises(NotPortableError, match=r"values of one stay in the memory .* at memory://"):
        materialize([one], instance=store, executor="processes", resources={"io_manager": make()}, progress=False)
    assert not store.runs()


def test_an_input_in_memory_is_refused_in_processes(store: Instance) -> None:
    @asset(io_manager_key="apart")
    def one() -> str:
        return "1"

    @asset
    def two(one: str) -> str:
        return one

    resources = {"apart": AutoIOManager(base_path="memory://inputs")}
    materialize([one], instance=store, resources=resources, progress=False)
    with pytest.raises(NotPortableError, match="values of one stay in the memory"):
        materialize([one, two], selection="two", instance=store, executor="processes", resources=resources)
