"""One wrong definition among sound ones: it is listed with its reason, and stops nothing but what needs it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from notebook_assets.workspace import workspace

CELLS = """\
@asset
def sound():
    return 1

@asset
def broken(sound, typo):
    return 2

@asset
def above(broken):
    return 3
"""


@pytest.fixture
def mixed(notebook: Any) -> Any:
    """A notebook with an asset that is sound, one whose input is misspelt, and one that is made from that one."""
    notebook.run(CELLS)
    return notebook


def test_the_catalogue_lists_them_with_the_reason(mixed: Any) -> None:
    listing = mixed.run("%assets")
    found = {entry.key.name: (entry.remark, entry.problem) for entry in listing.entries}
    assert found["sound"] == ("", "")
    assert found["broken"][0] == found["above"][0] == "can't be used"
    assert "no asset 'typo'" in found["broken"][1]
    for form in (repr(listing), unescape(listing._repr_html_())):
        assert all(f"{name}: {problem}" in form for name, (_, problem) in found.items() if problem)  # not cut short


def test_the_lineage_draws_them(mixed: Any) -> None:
    """With a remark, and the reason as tooltip; a selection chooses among the others."""
    picture = mixed.run("%lineage")
    nodes = {node.key: node for node in picture.nodes}
    assert (nodes["broken"].remark, nodes["above"].remark, nodes["sound"].remark) == ("can't be used",) * 2 + ("",)
    assert "no asset 'typo'" in nodes["broken"].tooltip
    assert {(edge.upstream, edge.downstream) for edge in picture.edges} == {("sound", "broken"), ("broken", "above")}
    assert unescape(picture.svg).count("can't be used") >= 2
    assert "can't be used" in repr(picture)
    assert [node.key for node in mixed.run("%lineage sound").nodes] == ["sound"]


def test_what_is_sound_is_made_and_loaded(mixed: Any) -> None:
    assert mixed.run("%materialize sound").success
    assert mixed.run("load_asset_value('sound')") == 1
    assert mixed.run("%explain sound").state == "materialized"
    assert mixed.run("%materialize *").planned == 1


@pytest.mark.parametrize("line", ["%materialize {}", "%explain {}", "%materialize sound or {}", "%lineage {}"])
@pytest.mark.parametrize("name", ["broken", "above"])
def test_what_is_broken_says_why(mixed: Any, line: str, name: str) -> None:
    """The error is that of the definition; of one that needs it, that too."""
    shown = mixed.fails(line.format(name))
    assert "Error: " in shown
    assert "broken" in shown
    assert "Traceback" not in shown


def test_its_own_error(mixed: Any) -> None:
    assert "UnknownUpstreamError" in mixed.fails("%materialize broken")
    assert "no asset 'typo'" in mixed.fails("%materialize broken")


def test_a_name_that_only_contains_the_broken_one_is_just_unknown(mixed: Any) -> None:
    assert "UnknownAssetError: There is no asset 'unbroken'" in mixed.fails("%materialize unbroken")


def test_what_was_made_before_it_broke_still_loads(mixed: Any) -> None:
    mixed.run("@asset\ndef typo():\n    return 0", "%materialize *above", "del typo")
    workspace().instance().wipe(mixed.run("sound.key"))
    assert mixed.run("load_asset_value('above')") == 3


def test_mending_it_mends_all(mixed: Any) -> None:
    mixed.run("@asset\ndef typo():\n    return 0")
    assert [entry.remark for entry in mixed.run("%assets").entries] == [""] * 4
    assert mixed.run("%materialize *above").success


FUSSY = """\
from notebook_assets import *
letters = DynamicPartitionsDefinition(name="letters")
letters.add_partitions(["a", "b"])

@partition_mapping
def fussy(key: str) -> str:
    if key == "c":
        raise ValueError("no c, please")
    return key

@asset(partitions_def=letters)
def fine(context):
    return context.partition_key

@asset(partitions_def=letters, ins={"fine": AssetIn(partition_mapping=fussy)})
def spoilt(fine):
    return fine
"""


def test_a_mapping_whose_function_fails_stops_its_own_asset_only(notebook: Any) -> None:
    """What a mapping raises today, for a key that came today, is told in the catalogue; all others go on."""
    notebook.run(FUSSY)
    assert notebook.run("%materialize spoilt --upstream").success
    notebook.run("letters.add_partitions(['c'])")
    found = {entry.key.name: entry for entry in notebook.run("%assets").entries}
    assert (found["fine"].problem, found["spoilt"].remark) == ("", "can't be used")
    assert "no c, please" in found["spoilt"].problem
    assert notebook.run("%materialize fine").success
    assert "no c, please" in notebook.fails("%materialize spoilt")
    assert notebook.run("load_asset_value('spoilt', 'a')") == "a"
