"""One row of a definition that can't be read: its asset says so where that matters, all other assets work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    AssetSpec,
    StaticPartitionsDefinition,
    asset,
    asset_catalogue,
    explain,
    load_asset_value,
    materialize,
)
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance
from notebook_assets.workspace import Workspace, known_specs, set_workspace, workspace


@asset
def other() -> int:
    return 42


@asset(partitions_def=StaticPartitionsDefinition(["x", "y"]), metadata={"rows": 1}, group_name="some")
def harmed() -> int:
    return 7


@pytest.fixture
def namespace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The names of another notebook, where nothing is defined yet."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    before = workspace()
    set_workspace(Workspace(lambda: names))
    yield names
    set_workspace(before)


HARMS = {
    "an unknown kind": 'UPDATE assets SET partitions = \'{"type": "Mine", "keys": ["x"]}\' WHERE key = \'harmed\'',
    "not whole": "UPDATE assets SET partitions = '{\"type\": \"static\"}' WHERE key = 'harmed'",
    "no JSON": "UPDATE assets SET partitions = '{\"type\": ' WHERE key = 'harmed'",
    "another JSON": "UPDATE assets SET partitions = '[1]' WHERE key = 'harmed'",
    "a blob": "UPDATE assets SET partitions = x'ff00' WHERE key = 'harmed'",
}


@pytest.fixture
def made(instance: Instance, namespace: dict[str, Any]) -> Callable[[str], Instance]:
    def harm(statement: str) -> Instance:
        materialize([harmed, other], partitions="all", instance=instance, progress=False)
        with instance.database.write() as connection:
            connection.execute(statement)
        return instance

    return harm


@pytest.mark.parametrize("statement", HARMS.values(), ids=HARMS)
def test_partitions_that_can_not_be_read_stop_no_other_asset(
    made: Callable[[str], Instance], namespace: dict[str, Any], statement: str
) -> None:
    store = made(statement)
    assert load_asset_value("other", instance=store) == 42
    assert "other" in repr(asset_catalogue(instance=store))
    namespace["other"] = other
    assert explain("other", instance=store).state == "materialized"
    assert materialize("other", instance=store, progress=False).status == "success"
    assert store.load("harmed", "x") == 7
    with pytest.raises(InvalidDefinitionError, match=r"There is no kind|not whole|can't be read"):
        load_asset_value("harmed", partitions="all", instance=store)


def test_what_needs_it_says_why_it_can_not_be_used(made: Callable[[str], Instance], namespace: dict[str, Any]) -> None:
    store = made(HARMS["an unknown kind"])

    @asset
    def reader(harmed: Any) -> int:
        return 1

    namespace["reader"] = reader
    with pytest.raises(InvalidDefinitionError, match=r"partitions of harmed can't be read.*Run the cell that defines"):
        materialize("reader", instance=store, progress=False)
    namespace["harmed"] = harmed
    assert materialize("reader", instance=store, progress=False).status == "success"
    assert load_asset_value("harmed", partitions="all", instance=store) == {"x": 7, "y": 7}


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE assets SET metadata = \'{"mean": ["float", "<NA>"]}\' WHERE key = \'harmed\'',
        "UPDATE assets SET metadata = 'no json' WHERE key = 'harmed'",
        "UPDATE assets SET upstream = '[[]]' WHERE key = 'harmed'",
        "UPDATE assets SET upstream = 'no json' WHERE key = 'harmed'",
        "INSERT INTO assets (key) VALUES ('')",
        "INSERT INTO assets (key) VALUES ('a' || char(7))",
        "INSERT INTO assets (key) VALUES (x'ff')",
    ],
)
def test_other_unreadable_columns_do_no_harm(made: Callable[[str], Instance], statement: str) -> None:
    store = made(statement)
    assert load_asset_value("other", instance=store) == 42
    assert load_asset_value("harmed", partitions="all", instance=store) == {"x": 7, "y": 7}
    assert {spec.asset_key for spec in known_specs(store)} == {AssetKey("other"), AssetKey("harmed")}


def test_a_store_whose_specs_are_all_readable_gives_them_all(made: Callable[[str], Instance]) -> None:
    store = made("SELECT 1")
    assert all(isinstance(spec, AssetSpec) for spec in known_specs(store))
