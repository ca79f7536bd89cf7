"""Statuses from columns are those from tables; assets of one piece, which are looked at apart, are judged alike."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from notebook_assets import AssetKey, Definitions, Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.diagnosis import AssetStatus, read_subsets, statuses
from notebook_assets.diagnosis import status as status_module
from notebook_assets.diagnosis.staleness import find_staleness
from notebook_assets.mappings import Links
from notebook_assets.store import InputRead, PieceTable


class Tables:
    """A store that gives tables only."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def pieces(self, key: AssetKey) -> PieceTable:
        return self.instance.pieces(key)

    def input_reads(self, key: AssetKey) -> dict[int, list[InputRead]]:
        return self.instance.input_reads(key)


def facts(status: AssetStatus) -> tuple[Any, ...]:
    """All that a status says."""
    told = status.staleness
    masks = [
        {key: mask.tolist() for key, mask in reason.items()}
        for reason in (told.by_mapping, told.by_update, told.by_inheritance, told.read_up_to or {})
    ]
    return (
        status.all_states(),
        status.event_ids.tolist(),
        status.value_ids.tolist(),
        status.data_versions,
        told.by_code.tolist(),
        told.mask.tolist(),
        masks,
        [told.causes(position) for position in range(len(status.keys))],
        status.orphans,
    )


def test_columns_and_tables_give_the_same(made: Any) -> None:
    """Whatever happened in between."""
    made.versions["clean"] = "2"
    made.values["2024-03-03"] = 99
    made.make("raw", partition_key="2024-03-03")
    made.values["2024-03-02"] = ValueError("off")
    made.make("raw clean", partition_key="2024-03-02")
    made.instance.wipe("week", "2024-03-01")
    graph = made.definitions().graph
    by_columns, by_tables = statuses(graph, made.instance), statuses(graph, Tables(made.instance))
    assert {key: facts(found) for key, found in by_columns.items()} == {
        key: facts(found) for key, found in by_tables.items()
    }


def test_columns_of_pieces_are_those_of_the_table(made: Any) -> None:
    for name in ("clean", "week", "total"):
        table, brief = made.instance.pieces(name), made.instance.piece_columns(AssetKey(name))
        assert all(getattr(table, column) == getattr(brief, column) for column in brief.__dataclass_fields__)
    assert len(made.instance.piece_columns(AssetKey("never heard of"))) == 0


def singles(versions: dict[str, str], values: dict[str, Any]) -> Definitions:
    """top → left, right → bottom, none of them with partitions."""

    def give(name: str) -> Any:
        if isinstance(values.get(name), Exception):
            raise values[name]
        return values.get(name, 1)

    functions = {
        "top": lambda: give("top"),
        "left": lambda top: give("left"),
        "right": lambda top: give("right"),
        "bottom": lambda left, right: give("bottom"),
    }
    return Definitions(
        [asset(name=name, code_version=versions.get(name, "1"))(function) for name, function in functions.items()]
    )


CHANGES: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({}, {}, "top"),
    ({}, {"top": 2}, "top"),
    ({}, {"left": 2}, "left"),
    ({}, {"left": 2}, "left or right or bottom"),
    ({"right": "2"}, {"top": 2}, "top"),
    ({"top": "2"}, {}, "right"),
    ({"left": "2"}, {"left": ValueError("off")}, "left or bottom"),
]


@pytest.mark.parametrize(("versions", "values", "again"), CHANGES)
def test_single_pieces_are_judged_as_columns_are(
    versions: dict[str, str], values: dict[str, Any], again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Instance.ephemeral() as store:
        materialize(list(singles({}, {}).assets), instance=store, progress=False)
        definitions = singles(versions, values)
        materialize(list(definitions.assets), selection=again, instance=store, raise_on_error=False, progress=False)
        definitions = singles(versions, {})
        found = {key: facts(status) for key, status in statuses(definitions.graph, store).items()}
        monkeypatch.setattr(status_module, "single_staleness", find_staleness)
        assert found == {key: facts(status) for key, status in statuses(definitions.graph, store).items()}


def test_an_asset_that_had_partitions_when_it_was_read() -> None:
    """Read as partitions and today one piece: what was read is needed no more, whether or not the other is there."""
    days = StaticPartitionsDefinition(["a", "b"])
    down = asset(name="down", code_version="1")(lambda up: 1)
    with Instance.ephemeral() as store:
        up = asset(name="up", partitions_def=days, code_version="1")(lambda: 1)
        materialize([up, down], partitions="all", instance=store, progress=False)
        up = asset(name="up", code_version="1")(lambda: 1)
        graph = Definitions([up, down]).graph
        assert statuses(graph, store)[AssetKey("down")].outdated.all()
        materialize([up], instance=store, progress=False)
        told = statuses(graph, store)[AssetKey("down")].staleness
        assert told.by_mapping[AssetKey("up")].tolist() == [True]


def test_what_a_run_writes_into_is_each_status_own() -> None:
    """The columns that tell what is stale may be shared; those that a run keeps true are not."""
    with Instance.ephemeral() as store:
        first, second, *_ = statuses(singles({}, {}).graph, store).values()
        first.states[0], first.event_ids[0], first.value_ids[0] = 0, 7, 7
        assert second.event_ids.tolist() == [0]
        assert not np.shares_memory(first.states, second.states)


@pytest.mark.parametrize("keys", [["a", "b"], ["a", 'say "hi"'], ["ü", "b"], ["back\\slash", "\n"], ["", "🌦"]])
def test_subsets_are_written_as_json(keys: list[str]) -> None:
    links = Links(np.array([0, 1, 2]), np.array([0, 0]), np.array([1, 2]))
    assert read_subsets(links, keys) == [json.dumps([[keys[0], keys[0]]]), json.dumps([[keys[0], keys[1]]])]
