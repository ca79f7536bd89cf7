"""Assets with dynamic partitions in a notebook: keys come and go, runs and loads follow them."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    Definitions,
    DynamicPartitionsDefinition,
    Instance,
    UnknownPartitionError,
    asset,
    asset_catalogue,
    explain,
    load_asset_value,
    materialize,
    partition_grid,
    partition_loading_context,
)
from notebook_assets.errors import InvalidDefinitionError

PODCAST = """\
episodes = DynamicPartitionsDefinition(name="episodes")

@asset(partitions_def=episodes)
def audio(context):
    return context.partition_key * 2

@asset(partitions_def=episodes)
def text(audio):
    return audio.upper()

@asset
def index(text):
    return sorted(text)
"""


@pytest.fixture
def podcast(notebook: Any) -> Any:
    """The notebook with audio and text, one piece an episode, and an index of all; there are ep1 and ep2."""
    notebook.run(PODCAST, "episodes.add_partitions(['ep1', 'ep2'])")
    return notebook


def test_keys_are_added_by_the_definition_or_by_the_instance(podcast: Any) -> None:
    """Both are the store of the folder."""
    podcast.run("Instance.get().add_dynamic_partitions('episodes', ['ep3'])")
    assert podcast.run("list(episodes.get_partition_keys())") == ["ep1", "ep2", "ep3"]
    assert podcast.run("Instance.get().get_dynamic_partitions('episodes')") == ["ep1", "ep2", "ep3"]


def test_one_key_then_all_are_made_and_loaded(podcast: Any) -> None:
    podcast.run("%materialize text -p ep2 --upstream")
    assert podcast.run("load_asset_value('text', partition_key='ep2')") == "EP2EP2"
    podcast.run("%materialize * -p all")
    assert podcast.run("load_asset_value('text', partitions='all')") == {"ep1": "EP1EP1", "ep2": "EP2EP2"}
    assert podcast.run("load_asset_value('index')") == ["ep1", "ep2"]


def test_everything_that_is_shown_follows_the_keys(podcast: Any) -> None:
    """The catalogue, the grid, the lineage, the mapping, explanations and completion."""
    podcast.run("%materialize * -p all")
    podcast.run("episodes.add_partitions(['ep3'])")
    (audio, *_) = podcast.run("%assets").entries
    assert audio.partitions == "dynamic · 3"
    assert {state.value: many for state, many in audio.counts.items()} == {"materialized": 2, "missing": 1}
    assert "ep2 ●  ep3 ·" in repr(podcast.run("%partitions text"))
    assert "dynamic · 3" in repr(podcast.run("%lineage"))
    assert "ep3" in repr(podcast.run("%mapping text"))
    assert podcast.run("%explain text -p ep3").to_do == ("%materialize text -p ep3 --upstream",)
    assert podcast.completions("%materialize text -p ep") == ["ep1", "ep2", "ep3"]
    assert podcast.run("%materialize index --upstream").planned == 3
    assert podcast.run("load_asset_value('index')") == ["ep1", "ep2", "ep3"]


def test_a_definition_without_keys_has_nothing_to_make(notebook: Any) -> None:
    notebook.run(PODCAST)
    assert notebook.run("%materialize text -p all").planned == 0
    assert notebook.run("load_asset_value('text', partitions='all')") == {}
    shown = notebook.fails("%materialize text -p ep1")
    assert "There are none yet. instance.add_dynamic_partitions('episodes', ['ep1']) adds it." in shown


def test_a_cell_takes_the_definition_by_its_name(podcast: Any) -> None:
    podcast.run("%%asset length --partitions episodes\nlen(audio)")
    podcast.run("%materialize length -p ep1 --upstream")
    assert podcast.run("load_asset_value('length', 'ep1')") == 6


def test_an_unknown_key_is_named_with_its_cure(podcast: Any) -> None:
    shown = podcast.fails("%materialize text -p ep3")
    assert "UnknownPartitionError" in shown
    assert "Did you mean 'ep2' or 'ep1'? instance.add_dynamic_partitions('episodes', ['ep3']) adds it." in shown


def test_keys_that_are_added_while_a_run_goes_on_wait_for_the_next(podcast: Any) -> None:
    """The run makes what there was when it began; what depends on it sees the same keys."""
    podcast.run(
        "@asset(partitions_def=episodes)\ndef audio(context):\n"
        "    episodes.add_partitions([context.partition_key + '+'])\n    return context.partition_key"
    )
    assert podcast.run("%materialize * -p all").planned == 5
    assert podcast.run("load_asset_value('index')") == ["ep1", "ep2"]
    assert podcast.run("list(episodes.get_partition_keys())") == ["ep1", "ep2", "ep1+", "ep2+"]
    assert podcast.run("%materialize text --only missing --upstream").planned == 4


def test_what_was_made_for_a_deleted_key_stays(podcast: Any) -> None:
    """The catalogue counts it; explaining, making and loading say that there is no such partition any more."""
    podcast.run("%materialize * -p all", "episodes.delete_partitions(['ep1'])")
    (audio, *_) = podcast.run("%assets").entries
    assert (audio.partitions, audio.remark) == ("dynamic · 1", "1 stored key not in its definition")
    assert "no partition 'ep1' any more: its value is stored" in podcast.fails("%explain text -p ep1")
    assert "no partition 'ep1'" in podcast.fails("%materialize text -p ep1")
    shown = podcast.fails("load_asset_value('text', 'ep1')")
    assert "no partition 'ep1' any more" in shown
    assert "instance.load('text', 'ep1') gives it" in shown
    assert podcast.run("Instance.get().load('text', 'ep1')") == "EP1EP1"
    assert podcast.run("load_asset_value('text', partitions='all')") == {"ep2": "EP2EP2"}
    podcast.run("episodes.add_partitions(['ep1'])")
    assert podcast.run("load_asset_value('text', partitions='all')") == {"ep2": "EP2EP2", "ep1": "EP1EP1"}
    assert podcast.run("%materialize text --only missing").planned == 0


def test_another_notebook_loads_by_the_keys_of_the_store(podcast: Any) -> None:
    """Before any definition is bound, and as an input of its own assets."""
    podcast.run("%materialize +text -p all")
    other = podcast.restarted()
    assert other.run("load_asset_value('text', partitions='all')") == {"ep1": "EP1EP1", "ep2": "EP2EP2"}
    assert other.run("load_asset_value('text', partitions='ep2...')") == {"ep2": "EP2EP2"}
    assert "Did you mean" in other.fails("load_asset_value('text', 'ep4')")
    other.run("@asset\ndef count(text):\n    return len(text)", "%materialize count")
    assert other.run("load_asset_value('count')") == 2
    other.run("Instance.get().add_dynamic_partitions('episodes', ['ep3'])")
    assert "1 of the 3 partitions of text were never" in other.fails("load_asset_value('text', partitions='all')")


YEARS = """\
def years(current_time):
    return [str(year) for year in range(2020, 2023)]

@asset(partitions_def=DynamicPartitionsDefinition(years))
def yearly(context):
    return int(context.partition_key)
"""


def test_keys_by_a_function_are_known_where_it_is_defined(notebook: Any) -> None:
    """The store can't give the function back: one key loads without it, for several the error says what to run."""
    notebook.run(YEARS, "%materialize yearly -p all")
    assert notebook.run("load_asset_value('yearly', partitions='2021...')") == {"2021": 2021, "2022": 2022}
    other = notebook.restarted()
    assert other.run("load_asset_value('yearly', '2021')") == 2021
    shown = other.fails("load_asset_value('yearly', partitions='all')")
    assert "Their keys are given by the function years. Run the cell that defines yearly" in shown
    other.run(YEARS)
    assert len(other.run("load_asset_value('yearly', partitions='all')")) == 3


def test_a_function_that_fails_stops_only_what_needs_it(podcast: Any) -> None:
    podcast.run(
        "@asset(partitions_def=DynamicPartitionsDefinition(lambda current_time: 1 / 0))\ndef broken(context):\n"
        "    return 1\n@asset\ndef above(broken):\n    return broken"
    )
    reason = "The partitions of broken can't be told: <lambda>, the function that gives partition keys, failed: "
    listing = podcast.run("%assets")
    problems = {entry.key.name: entry.problem for entry in listing.entries if entry.problem}
    assert sorted(problems) == ["above", "broken"]
    assert all(problem.startswith(reason) for problem in problems.values())
    assert podcast.run("%materialize text -p ep1 --upstream").success
    assert reason in podcast.fails("%materialize broken")
    assert isinstance(podcast.completions("%materialize text -p ep"), list)


# With an instance of one's own

episodes = DynamicPartitionsDefinition(name="episodes")


@asset(partitions_def=episodes)
def audio() -> list[str]:
    """What there is to hear, with the keys that are known while it is made."""
    return list(episodes.get_partition_keys())


@asset(partitions_def=episodes)
async def later(audio: list[str]) -> list[str]:
    """The same, in a coroutine."""
    return [*audio, *episodes.get_partition_keys()]


@pytest.fixture
def other() -> Any:
    """A store with keys of its own, and the folder's with others."""
    Instance.get().add_dynamic_partitions("episodes", ["here"])
    with Instance.ephemeral() as instance:
        instance.add_dynamic_partitions("episodes", ["x", "y"])
        yield instance


@pytest.mark.usefixtures("notebook")
def test_a_given_instance_says_which_keys_there_are(other: Instance) -> None:
    """In runs, in the functions that it calls, in all that is shown, and in loading."""
    definitions = Definitions([audio, later])
    assert materialize([audio, later], partitions="all", instance=other, progress=False).planned == 4
    assert load_asset_value(audio, "x", instance=other) == ["x", "y"]
    assert load_asset_value("later", partitions="all", instance=other) == {"x": ["x", "y"] * 2, "y": ["x", "y"] * 2}
    assert definitions.load_asset_value("later", partition_key="y", instance=other) == ["x", "y"] * 2
    assert [entry.partitions for entry in asset_catalogue(instance=other, definitions=definitions).entries] == [
        "dynamic · 2"
    ] * 2
    assert "x ●  y ●" in repr(partition_grid("later", instance=other, definitions=definitions))
    assert explain("later", "x", instance=other, definitions=definitions).state == "materialized"
    with pytest.raises(UnknownPartitionError, match="There are 2: 'x', 'y'"):
        materialize([audio], partition_key="here", instance=other, progress=False)
    assert materialize([audio], partitions="all", progress=False).planned == 1
    assert load_asset_value("audio", partitions="all") == {"here": ["here"]}


@pytest.mark.usefixtures("notebook")
def test_the_loading_context_counts_where_no_instance_is_given_to_a_definition(other: Instance) -> None:
    assert episodes.get_partition_keys() == ["here"]
    with partition_loading_context(dynamic_partitions_store=other):
        assert episodes.get_partition_keys() == ["x", "y"]


@pytest.mark.usefixtures("notebook")
def test_definitions_with_a_failing_function_say_so_when_they_are_used() -> None:
    @asset(partitions_def=DynamicPartitionsDefinition(lambda current_time: [1 / 0]))
    def broken() -> int:
        return 1

    with pytest.raises(InvalidDefinitionError, match="failed: ZeroDivisionError"):
        materialize([broken], partitions="all", progress=False)
