"""The graph of a notebook's definitions serves again while nothing changed, and never longer."""

from __future__ import annotations

from notebook_assets import (
    AssetKey,
    DailyPartitionsDefinition,
    Instance,
    SourceAsset,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.workspace import Workspace, known_specs


@asset
def table() -> int:
    """What is read."""
    return 1


@asset
def report(table: int) -> int:
    """What is made from it."""
    return table


def test_the_graph_serves_again_until_a_definition_is_another() -> None:
    """Asked twice, the graph is the same; after one is defined anew, or one is taken away, it is not."""
    names: dict[str, object] = {"table": table, "report": report}
    here = Workspace(lambda: names)
    with Instance.ephemeral() as store:
        first, again = (here.definitions(instance=store).graph for _ in range(2))
        assert first.neighbours is again.neighbours
        assert first.order == (table.key, report.key)
        names["table"] = SourceAsset("table")
        assert here.definitions(instance=store).graph.nodes[table.key].source is names["table"]
        del names["table"]
        graph = here.definitions(instance=store).graph
        assert (list(graph.nodes), list(graph.problems)) == ([], [report.key])
        names["table"] = table
        assert here.definitions(instance=store).graph.order == first.order


def test_what_another_store_knows_makes_another_graph() -> None:
    """An upstream asset that only one of two stores knows is there with that store only."""
    here = Workspace(lambda: {"report": report})
    with Instance.ephemeral() as knows, Instance.ephemeral() as other:
        materialize([table], instance=knows, progress=False)
        for _ in range(2):
            assert table.key in here.definitions(instance=knows).graph.nodes
            assert list(here.definitions(instance=other).graph.problems) == [report.key]


def test_problems_that_are_said_of_one_graph_are_not_of_the_next() -> None:
    """Who writes problems into the graph that he got writes them into none that is given later."""
    here = Workspace(lambda: {"report": report})
    with Instance.ephemeral() as store:
        here.definitions(instance=store).graph.problems = {}
        assert list(here.definitions(instance=store).graph.problems) == [report.key]


def test_partitions_that_the_store_knows_are_read_by_the_newest_class() -> None:
    """A cell that defines its kind of partitions anew gets those of the store as the new kind."""

    def spec_of(store: Instance) -> object:
        return next(spec.partitions_def for spec in known_specs(store) if spec.asset_key == AssetKey("kept"))

    class Letters(StaticPartitionsDefinition):
        """The kind as it was."""

    with Instance.ephemeral() as store:
        kept = asset(name="kept", partitions_def=DailyPartitionsDefinition("2024-01-01"))(lambda: 1)
        materialize([kept], partition_key="2024-01-01", instance=store, progress=False)
        assert spec_of(store) is spec_of(store)
        lettered = asset(name="kept", partitions_def=Letters(["a"]))(lambda: 1)
        materialize([lettered], partition_key="a", instance=store, progress=False)
        assert type(spec_of(store)) is Letters
        newest = type("Letters", (StaticPartitionsDefinition,), {})
        assert type(spec_of(store)) is newest
