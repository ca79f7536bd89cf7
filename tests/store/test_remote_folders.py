"""IO managers on what fsspec reaches: a file system in memory, and one of objects without folders, as S3 is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fsspec
import pandas as pd
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from notebook_assets import (
    AutoIOManager,
    Definitions,
    FilesystemIOManager,
    Instance,
    InvalidInvocationError,
    ParquetIOManager,
    StaticPartitionsDefinition,
    asset,
    build_input_context,
    materialize,
)

PARTS = StaticPartitionsDefinition(["a", "x/y", ".."])


class ObjectFileSystem(MemoryFileSystem):
    """Objects by key: there are no folders to make, and none of them has a name."""

    protocol = "objects"
    store: dict[str, Any] = {}  # noqa: RUF012  (as in the class that it is made from)
    pseudo_dirs: list[str] = []  # noqa: RUF012

    def mkdir(self, path: str, create_parents: bool = True, **options: Any) -> None:
        """There is nothing to make."""

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """There is nothing to make."""

    @classmethod
    def _strip_protocol(cls, path: Any) -> str:
        return MemoryFileSystem._strip_protocol(str(path).replace("objects://", "memory://"))


@pytest.fixture(params=["memory", "objects"])
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    fsspec.register_implementation("objects", ObjectFileSystem, clobber=True)
    for system in (MemoryFileSystem, ObjectFileSystem):
        system.store.clear()
        system.pseudo_dirs[:] = [""]
    yield f"{request.param}://bucket/values"
    for system in (MemoryFileSystem, ObjectFileSystem):
        system.store.clear()
        system.pseudo_dirs[:] = [""]


@pytest.mark.filterwarnings("ignore:UPath 'objects':UserWarning")
@pytest.mark.parametrize(
    ("kind", "ending"),
    [(FilesystemIOManager, ""), (AutoIOManager, ".parquet"), (ParquetIOManager, ".parquet")],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_values_are_kept_at_an_address(base: str, kind: Any, ending: str) -> None:
    @asset(partitions_def=PARTS)
    def tables(context):  # type: ignore[no-untyped-def]
        return pd.DataFrame({"key": [context.partition_key]})

    @asset
    def total(tables: pd.DataFrame):  # type: ignore[no-untyped-def]
        return tables.droplevel("partition")

    manager = kind(base_dir=base) if kind is FilesystemIOManager else kind(base_path=base)
    store, resources = Instance.ephemeral(), {"io_manager": manager}
    for _ in range(2):  # what is there is written over
        materialize([tables, total], partitions="all", instance=store, resources=resources, progress=False)
    written = fsspec.filesystem(base.partition(":")[0]).find("/bucket")
    names = [*(f"tables/{name}" for name in ("%2E%2E", "a", "x%2Fy")), "total"]
    assert [path.lstrip("/") for path in written] == [f"bucket/values/{name}{ending}" for name in names]
    with Definitions([tables, total], resources=resources).get_asset_value_loader(store) as loader:
        assert loader.load_asset_value("tables", "x/y")["key"].tolist() == ["x/y"]
        assert loader.load_asset_value("tables", partitions="all")["key"].tolist() == ["a", "x/y", ".."]
        assert loader.load_asset_value("total")["key"].tolist() == ["a", "x/y", ".."]
    told = store.latest("tables", "a").metadata["path"].value
    assert told.startswith(base.partition("bucket")[0])
    assert told.endswith(f"bucket/values/tables/a{ending}")


def test_an_address_of_no_protocol_is_told() -> None:
    manager = ParquetIOManager(base_path="nowhere://bucket")
    with pytest.raises(InvalidInvocationError, match=r"'nowhere://bucket' can't be used: .*nowhere"):
        manager.load_input(build_input_context(asset_key="one"))
