"""What is recorded of a value without being asked: rows and columns of tables, shapes of arrays, nothing of others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    AutoIOManager,
    InMemoryIOManager,
    Instance,
    MaterializeResult,
    asset,
    materialize,
)
from notebook_assets.metadata import metadata_from_json, metadata_to_json
from notebook_assets.store.value_facts import MOST_COLUMNS, value_facts

FRAME = pd.DataFrame({"n": [1, 2], "at": pd.to_datetime(["2024-01-01", "2025-01-01"], utc=True), "t": ["a", None]})
COLUMNS = [("n", "int64"), ("at", "datetime64[us, UTC]"), ("t", "str")]
FOUND: list[tuple[Any, dict[str, Any]]] = [
    (FRAME, {"row_count": 2, "column_schema": COLUMNS}),
    (pd.DataFrame({1: [0.5]}), {"row_count": 1, "column_schema": [("1", "float64")]}),
    (pd.DataFrame({"o": [object, {}]}), {"row_count": 2, "column_schema": [("o", "object")]}),
    (pd.Series([1, 2, 3]), {"row_count": 3}),
    (pd.DataFrame(np.zeros((3, MOST_COLUMNS + 1))), {"row_count": 3}),
    (np.zeros((2, 3)), {"shape": "2 x 3 float64"}),
    (np.float32(1.5), {}),
    (3, {}),
    ([1, 2], {}),
    (None, {}),
]


def plain(facts: Any) -> dict[str, Any]:
    found = {name: value.value for name, value in facts.items()}
    if "column_schema" in found:
        found["column_schema"] = [(column.name, column.type) for column in found["column_schema"].columns]
    return found


@pytest.mark.parametrize(("value", "facts"), FOUND, ids=[type(value).__name__ for value, _ in FOUND])
@pytest.mark.parametrize("manager", [None, InMemoryIOManager(), AutoIOManager()], ids=["store", "memory", "auto"])
def test_what_is_recorded_of_a_value(value: Any, facts: dict[str, Any], manager: Any) -> None:
    @asset
    def made():  # type: ignore[no-untyped-def]
        return value

    store = Instance.ephemeral()
    resources = {} if manager is None else {"io_manager": manager}
    materialize([made], instance=store, resources=resources, progress=False)
    assert plain(store.latest("made").metadata) == facts
    assert value_facts(value) == metadata_from_json(metadata_to_json(value_facts(value)))


@pytest.mark.parametrize("resources", [{}, {"io_manager": InMemoryIOManager()}], ids=["store", "memory"])
def test_what_a_function_tells_itself_wins(resources: Any) -> None:
    @asset
    def made() -> MaterializeResult:  # type: ignore[type-arg]
        return MaterializeResult(value=FRAME, metadata={"row_count": "about two"})

    store = Instance.ephemeral()
    materialize([made], instance=store, resources=resources, progress=False)
    assert plain(store.latest("made").metadata) == {"row_count": "about two", "column_schema": COLUMNS}
