"""Keys between the first and the last that a piece read: taken away, put in, exchanged."""

from typing import Any

import pytest

from notebook_assets import (
    Definitions,
    DynamicPartitionsDefinition,
    Instance,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.diagnosis import CauseKind, statuses
from notebook_assets.keys import AssetKey


def _pipeline(definition: Any) -> list[Any]:
    @asset(partitions_def=definition, code_version="1")
    def parts(context: Any) -> str:
        return str(context.partition_key)

    @asset(code_version="1")
    def whole(parts: Any) -> list[str]:
        return sorted(parts.values())

    return [parts, whole]


def _kinds(assets: list[Any], store: Instance) -> list[CauseKind]:
    found = statuses(Definitions(assets).graph, store)[AssetKey("whole")]
    return [cause.kind for cause in found.staleness.causes(0)]


def _make(assets: list[Any], store: Instance, **chosen: Any) -> None:
    materialize(assets, instance=store, progress=False, **chosen)


@pytest.mark.parametrize(
    "later",
    [["a", "b", "d"], ["a", "b", "c", "x", "d"], ["a", "x", "c", "d"]],
    ids=["taken away", "put in", "exchanged"],
)
def test_static_keys_between_the_ends(later: list[str]) -> None:
    """What was made from other keys than there are today is stale, even if the first and the last are the same."""
    store = Instance.ephemeral()
    _make(_pipeline(StaticPartitionsDefinition(["a", "b", "c", "d", "x"])), store, partitions="all", only="all")
    before, after = (_pipeline(StaticPartitionsDefinition(keys)) for keys in (["a", "b", "c", "d"], later))
    _make(before, store, selection="whole")
    assert _kinds(before, store) == []
    assert CauseKind.REMAPPED in _kinds(after, store)


def test_deleted_dynamic_key() -> None:
    """A key that was read and is deleted makes what read it stale; adding it again puts it at the end."""
    store = Instance.ephemeral()
    assets = _pipeline(DynamicPartitionsDefinition(name="letters"))
    store.add_dynamic_partitions("letters", ["a", "b", "c", "d"])
    _make(assets, store, partitions="all", only="all")
    assert _kinds(assets, store) == []
    store.delete_dynamic_partition("letters", "b")
    assert _kinds(assets, store) == [CauseKind.REMAPPED]


def test_keys_of_several_dimensions() -> None:
    """A combination that was filtered out since it was read makes what read it stale."""
    store = Instance.ephemeral()
    dimensions = {"a": StaticPartitionsDefinition(["1", "2"]), "b": StaticPartitionsDefinition(["x", "y"])}
    before = _pipeline(MultiPartitionsDefinition(dimensions))
    _make(before, store, partitions="all", only="all")
    assert _kinds(before, store) == []
    after = _pipeline(MultiPartitionsDefinition(dimensions, filter=lambda keys: keys != {"a": "1", "b": "y"}))
    assert _kinds(after, store) == [CauseKind.REMAPPED]
