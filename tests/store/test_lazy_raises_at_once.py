"""A lazy mapping tells at once what was never made, also where an IO manager keeps the values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    AutoIOManager,
    Definitions,
    Instance,
    IOManager,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.errors import NeverMaterializedError

KEYS = [f"k{number}" for number in range(9)]


@asset(partitions_def=StaticPartitionsDefinition(KEYS), io_manager_key="files")
def filed(context: Any) -> str:
    return str(context.partition_key)


class Plain(IOManager):
    """It can't say what it has; it counts what it is asked to load."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.loaded: list[str] = []

    def handle_output(self, context: Any, obj: Any) -> None:
        self.values[context.partition_key] = obj

    def load_input(self, context: Any) -> Any:
        self.loaded.append(context.partition_key)
        if context.partition_key not in self.values:
            raise FileNotFoundError(context.partition_key)
        return self.values[context.partition_key]


def lazy(store: Instance, manager: IOManager, **options: Any) -> Any:
    definitions = Definitions([filed], resources={"files": manager})
    with definitions.get_asset_value_loader(store) as loader:
        return loader.load_asset_value("filed", partitions="all", as_="lazy", **options)


@pytest.mark.parametrize("kind", ["files", "plain"])
def test_what_was_never_made_is_told_at_once(tmp_path: Path, kind: str) -> None:
    manager = AutoIOManager(base_path=tmp_path) if kind == "files" else Plain()
    with Instance.ephemeral() as store:
        options: dict[str, Any] = {"instance": store, "resources": {"files": manager}, "progress": False}
        materialize([filed], partitions=KEYS[:5], **options)
        with pytest.raises(NeverMaterializedError, match="4 of the 9 partitions of filed were never materialized: k5"):
            lazy(store, manager)
        assert list(lazy(store, manager, missing="skip")) == KEYS[:5]
        materialize([filed], partitions=KEYS[5:], **options)
        assert dict(lazy(store, manager)) == dict(zip(KEYS, KEYS, strict=True))


def test_what_was_made_is_not_read_before_it_is_asked_for() -> None:
    manager = Plain()
    with Instance.ephemeral() as store:
        materialize([filed], partitions=KEYS[:8], instance=store, resources={"files": manager}, progress=False)
        manager.values[KEYS[8]] = "made elsewhere"
        found = lazy(store, manager)
        assert manager.loaded == [KEYS[8]]
        assert found[KEYS[8]] == "made elsewhere"


def test_of_what_is_made_elsewhere_nothing_is_asked() -> None:
    manager = Plain()
    manager.values = dict.fromkeys(KEYS, 1)
    with Instance.ephemeral() as store:
        assert list(lazy(store, manager)) == KEYS
        assert manager.loaded == []
