"""Two assets whose pieces an IO manager would keep in one place are told before anything is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    AssetsDefinition,
    AutoIOManager,
    DynamicPartitionsDefinition,
    FilesystemIOManager,
    InMemoryIOManager,
    Instance,
    InvalidDefinitionError,
    MultiPartitionsDefinition,
    PartitionsDefinition,
    SourceAsset,
    StaticPartitionsDefinition,
    asset,
    materialize,
)

LETTERS = StaticPartitionsDefinition(["a", "b", "c/d"])
NUMBERS = StaticPartitionsDefinition(["1", "2"])
BOTH = MultiPartitionsDefinition({"letter": LETTERS, "number": NUMBERS})
MANAGERS: dict[str, Any] = {
    "pickles": lambda folder: FilesystemIOManager(base_dir=str(folder)),
    "values": lambda folder: AutoIOManager(base_path=str(folder)),
    "memory": lambda folder: InMemoryIOManager(),
}


def named(path: str, parts: PartitionsDefinition | None = None, **more: Any) -> AssetsDefinition:
    @asset(key=path.split("."), partitions_def=parts, **more)
    def made() -> int:
        return 1

    return made


def make(assets: list[Any], manager: Any, **more: Any) -> Any:
    options = {"instance": Instance.ephemeral(), "resources": {"io_manager": manager}, "progress": False}
    return materialize(assets, **{**options, **more})


@pytest.mark.parametrize("kind", MANAGERS)
@pytest.mark.parametrize(
    ("above", "below", "one", "other"),
    [
        (("x", LETTERS), ("x.b", None), r"x\[b\]", "x/b"),
        (("x.y", LETTERS), ("x.y.b", None), r"x/y\[b\]", "x/y/b"),
        (("x", BOTH), ("x.b.2", None), r"x\[b\|2\]", "x/b/2"),
        (("x", BOTH), ("x.b", NUMBERS), r"x\[b\|1\]", r"x/b\[1\]"),
    ],
    ids=["one dimension", "longer keys", "two dimensions", "one of two dimensions"],
)
def test_two_that_share_a_place_are_named_and_nothing_is_made(
    tmp_path: Path, kind: str, above: Any, below: Any, one: str, other: str
) -> None:
    if kind == "memory" and "|" in one:  # the keys of dimensions are one text there
        assert make([named(*above), named(*below)], InMemoryIOManager(), partitions="all").success
        return
    store = Instance.ephemeral()
    for order in (1, -1):
        assets = [named(*above), named(*below)][::order]
        with pytest.raises(InvalidDefinitionError, match=rf"{one} and {other} would both be kept at .*Rename"):
            make(assets, MANAGERS[kind](tmp_path), instance=store, partitions="all")
    assert (store.runs(), list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    ("assets", "chosen"),
    [
        ([named("x", LETTERS), named("x.z")], {"partitions": "all"}),
        ([named("x", LETTERS), named("x.c/d")], {"partitions": ["a"], "selection": "x"}),
        ([named("x", LETTERS), named("x.c.d")], {"partitions": "all"}),
        ([named("x", LETTERS), named("x.b")], {"partitions": ["a"], "selection": "x"}),
        ([named("x"), named("x.b")], {}),
        ([named("x", BOTH), named("x.b")], {"partitions": "all"}),
        ([named("x", BOTH), named("x.b", StaticPartitionsDefinition(["3"]))], {"partitions": "all", "selection": "x"}),
        ([named("x", LETTERS), named("x.b", io_manager_key="other")], {"partitions": "all"}),
    ],
    ids=["no such key", "not made", "one name", "not made now", "no partitions", "folders", "others", "managers"],
)
def test_what_is_kept_apart_runs(tmp_path: Path, assets: list[Any], chosen: dict[str, Any]) -> None:
    managers = {"io_manager": AutoIOManager(base_path=str(tmp_path)), "other": InMemoryIOManager()}
    assert make(assets, None, resources=managers, **chosen).success


def test_the_store_keeps_them_apart() -> None:
    store = Instance.ephemeral()
    assert materialize([named("x", LETTERS), named("x.b")], partitions="all", instance=store, progress=False).success
    assert store.load("x", "b") == store.load("x/b") == 1


def test_keys_that_were_added_and_values_made_elsewhere_count(tmp_path: Path) -> None:
    store, manager = Instance.ephemeral(), FilesystemIOManager(base_dir=str(tmp_path))
    added = DynamicPartitionsDefinition(name="added")
    store.add_dynamic_partitions("added", ["a"])
    assets = [SourceAsset("x", partitions_def=added), named("x.b")]
    assert make(assets, manager, instance=store).success
    store.add_dynamic_partitions("added", ["b"])
    with pytest.raises(InvalidDefinitionError, match=r"x\[b\] and x/b would both be kept"):
        make(assets, manager, instance=store)


def test_a_folder_that_the_user_names_otherwise_keeps_them_apart(tmp_path: Path) -> None:
    class Flat(AutoIOManager):
        def get_asset_relative_path(self, context: Any) -> Any:
            return "-".join(context.asset_key.path)

    assert make([named("x", LETTERS), named("x.b")], Flat(base_path=str(tmp_path)), partitions="all").success
    assert (tmp_path / "x-b.json").exists()
