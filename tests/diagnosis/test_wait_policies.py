"""What an asset that waits for any, or for so many, of its inputs lacks, and when it is stale."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Definitions,
    Instance,
    Output,
    PartitionMapping,
    SourceAsset,
    StaticPartitionsDefinition,
    asset,
    explain,
    materialize,
)
from notebook_assets.diagnosis import statuses
from notebook_assets.diagnosis.blocked import blocked_pieces

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-05")
KEYS = DAYS.get_partition_keys()
PLACES = StaticPartitionsDefinition(["x", "y"])
MAPPING = PartitionMapping.from_table({"x": KEYS[:3], "y": [KEYS[3], "2024-02-29"]})


class World:
    """day → report (x needs the first three days, y the last one and one that does not exist)."""

    def __init__(self, instance: Instance, wait_for: Any, empty: tuple[str, ...] = (), factor: int = 1) -> None:
        self.instance = instance

        @asset(partitions_def=DAYS, output_required=False, code_version="1")
        def day(context):
            if context.partition_key not in empty:
                yield Output(int(context.partition_key[-2:]) * factor)

        @asset(
            partitions_def=PLACES,
            ins={"day": AssetIn(partition_mapping=MAPPING, wait_for=wait_for)},
            code_version="1",
        )
        def report(day):
            return sum(day.values())

        self.assets = [day, report]
        self.definitions = Definitions(self.assets)

    def make(self, name: str, *keys: str) -> Any:
        return materialize(
            self.assets,
            selection=name,
            partitions=list(keys),
            instance=self.instance,
            progress=False,
            raise_on_error=False,
        )

    def states(self) -> list[str]:
        status = statuses(self.definitions.graph, self.instance)[AssetKey("report")]
        return [state.value for state in status.all_states()]

    def blocked(self) -> list[bool]:
        return list(blocked_pieces(statuses(self.definitions.graph, self.instance))[AssetKey("report")])

    def explain(self, key: str | None = None):
        return explain("report", key, definitions=self.definitions, instance=self.instance)


@pytest.fixture
def store():
    with Instance.ephemeral() as instance:
        yield instance


@pytest.mark.parametrize(
    ("wait_for", "empty", "expected"),
    [
        ("all", (), [False, True]),
        ("any", (), [False, False]),
        (2, (), [False, True]),
        (0, (), [False, False]),
        ("any", tuple(KEYS[:2]), [False, False]),
        (2, tuple(KEYS[:2]), [True, True]),
        ("any", tuple(KEYS), [True, True]),
        (0, tuple(KEYS), [False, False]),
    ],
)
def test_blocked_is_what_can_not_get_enough(store, wait_for, empty, expected: list[bool]) -> None:
    world = World(store, wait_for, empty)
    world.make("day", *KEYS)
    assert world.blocked() == expected


def test_an_explanation_says_how_many_are_there_and_needed(store) -> None:
    world = World(store, 2)
    world.make("day", KEYS[0])
    explanation = world.explain("x")
    assert (
        explanation.why[0]
        == "It was never made. Not all that it needs is there yet. day: 1 of 3 is there, 2 are needed."
    )
    assert explanation.to_do == ("%materialize report -p x --upstream",)
    need = explanation.needs[0]
    assert (need.wait_for, need.mapped, need.there, need.needed, need.is_lacking) == (2, 3, 1, 2, True)
    assert "(2 of 3 are enough, 1 there)" in str(explanation)


def test_enough_is_no_reason_to_wait(store) -> None:
    world = World(store, 2)
    world.make("day", *KEYS[:2])
    assert world.explain("x").why[0] == "It was never made. All that it needs is there."
    assert not world.explain("x").needs[0].is_lacking


def test_a_blocked_piece_says_how_many_can_be_there(store) -> None:
    world = World(store, 2, empty=(KEYS[3],))
    world.make("day", *KEYS)
    why = " ".join(world.explain("y").why)
    assert "It can't be made as things are: day[2024-03-04] yielded no output; day has no 2024-02-29" in why
    assert world.explain("y").to_do == ()
    world = World(store, 2, empty=tuple(KEYS[:2]))
    world.make("day", *KEYS)
    assert "at most 1 of 3 can be there, 2 are needed." in " ".join(world.explain("x").why)


def test_what_was_skipped_says_what_it_lacked_and_what_it_lacks(store) -> None:
    world = World(store, 2)
    world.make("report", "x")
    assert world.states() == ["skipped", "missing"]
    assert "day: 0 of 3 are there, 2 are needed." in world.explain("x").why
    world.make("day", *KEYS[:2])
    assert "All that it needs is there now." in world.explain("x").why


def test_a_partition_that_arrives_later_makes_it_stale_as_any_new_input_does(store) -> None:
    world = World(store, "any")
    world.make("day", KEYS[0])
    world.make("report", "x")
    assert world.states() == ["materialized", "missing"]
    world.make("day", KEYS[3])  # of y
    assert world.states() == ["materialized", "missing"]
    world.make("day", KEYS[2])
    assert world.states() == ["stale", "missing"]
    assert world.explain("x").why == ("report[x] was made before day[2024-03-03] was made again.",)
    world.make("report", "x")
    assert world.states() == ["materialized", "missing"]
    assert store.load("report", "x") == 4


def test_what_is_made_again_alike_leaves_it_fresh(store) -> None:
    world = World(store, "any")
    world.make("day", KEYS[0])
    world.make("report", "x")
    world.make("day", KEYS[0])
    assert world.states() == ["materialized", "missing"]
    World(store, "any", factor=2).make("day", KEYS[0])
    assert world.states() == ["stale", "missing"]


def test_another_policy_alone_makes_nothing_stale(store) -> None:
    world = World(store, "any")
    world.make("day", *KEYS)
    world.make("report", "x", "y")
    assert world.states() == ["materialized", "materialized"]
    assert World(store, 0).states() == ["materialized", "materialized"]


def test_a_source_that_the_store_knows_nothing_of_counts_as_there() -> None:
    @asset(partitions_def=PLACES, ins={"raw": AssetIn(partition_mapping=MAPPING, wait_for="any")})
    def report(raw): ...

    definitions = Definitions([SourceAsset("raw", partitions_def=DAYS), report])
    with Instance.ephemeral() as instance:
        explanation = explain("report", "y", definitions=definitions, instance=instance)
    assert not explanation.needs[0].is_lacking
