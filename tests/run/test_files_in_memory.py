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


@pytest.mark.parametrize("kind", [AutoIOManager, FilesystemIOManager, ParquetIOManager, Notes])
@pytest.mark.parametrize("address", ["memory://apart", "simplecache::memory://apart"])
def test_files_in_memory_are_refused_in_processes(store: Instance, kind: Callable[..., Any], address: str) -> None:
    @asset
    def one() -> str:
        return "1"

    manager = kind(base_path=UPath(address))
    with pytest.raises(NotPortableError, match=r"values of one stay in the memory .* at memory://"):
        materialize([one], instance=store, executor="processes", resources={"io_manager": manager}, progress=False)
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
