"""Which variable a %%asset cell binds, that no other definition is lost by it, and what the card says."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets.workspace import workspace


def keys() -> set[str]:
    return {entry.key.to_user_string() for entry in workspace().catalogue.entries()}


CASES: list[tuple[str, list[str], str, str]] = [
    ("the last part of the key", [], "one/b", "b"),
    ("taken by another asset", ["%%asset one/b\n1"], "two/b", "two__b"),
    ("taken under both names", ["%%asset one/b\n1", "two__b = 1"], "two/b", "b_2"),
    ("again: its own", ["%%asset one/b\n1", "%%asset two/b\n1"], "two/b", "two__b"),
    ("again: its own plain name", ["%%asset one/b\n1", "%%asset two/b\n1"], "one/b", "b"),
    ("the same Python name", ["%%asset a-b\n1"], "a_b", "a_b_2"),
    ("a keyword and its Python name", ["%%asset class\n1"], "class_", "class__2"),
    ("a variable of the notebook", ["b = 12"], "q/b", "q__b"),
    ("a variable of the notebook, a key of one part", ["b = 12"], "b", "b"),
    ("its own loaded value", ["%%asset b --materialize\n1", "b = load_asset_value('b')"], "b", "b"),
    ("another's loaded value", ["%%asset a-b --materialize\n1", "a_b = load_asset_value('a-b')"], "a_b", "a_b_2"),
    ("a name of Python's own", [], "print", "print_"),
    ("a name of Python's own, a longer key", [], "q/print", "print_"),
    ("a list of assets", ["both = [AssetSpec('x'), AssetSpec('y')]"], "both", "both_2"),
]


@pytest.mark.parametrize(("cells", "name", "bound"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_cell_takes_no_other_assets_name(notebook: Any, cells: list[str], name: str, bound: str) -> None:
    """Nothing that was defined before is lost, and the card says which variable it is if it is not the plain one."""
    notebook.run(*cells)
    before = keys()
    card = repr(notebook.run(f"%%asset {name}\n5"))
    assert keys() == before | {name}
    assert notebook.run(f"{bound}.key.to_user_string()") == name
    assert (f"bound to the variable {bound}" in card) == (bound != name.split("/")[-1])


def test_the_notebooks_variable_stays_where_it_can(notebook: Any) -> None:
    notebook.run("b = 12", "%%asset q/b\n1")
    assert notebook.run("b") == 12


def test_what_is_pythons_own_stays(notebook: Any) -> None:
    card = repr(notebook.run("%%asset sum\n3"))
    assert "bound to the variable sum_, since sum is Python's own" in card
    assert notebook.run("sum([1, 2])") == 3
    notebook.run("%%asset more\nsum + 1", "%materialize sum or more")
    assert notebook.run("load_asset_value('more')") == 4


def test_a_name_that_meant_something_else_is_said(notebook: Any) -> None:
    """But not where it meant this asset, or its value."""
    assert "meant something else" not in repr(notebook.run("%%asset fresh\n1"))
    assert "meant something else" not in repr(notebook.run("%%asset fresh\n2"))
    notebook.run("%materialize fresh", "fresh = load_asset_value('fresh')")
    assert "meant something else" not in repr(notebook.run("%%asset fresh\n3"))
    assert "the name taken meant something else before" in repr(notebook.run("taken = 5", "%%asset taken\n3"))
    shown, _ = notebook.run("taken2 = 5"), None
    assert shown is None


@pytest.mark.parametrize("name", ["open", "exit", "quit"])
def test_an_asset_of_a_name_that_the_shell_knows(notebook: Any, name: str) -> None:
    """A definition counts under any name."""
    notebook.run(f"@asset\ndef {name}():\n    return 7", f"%materialize {name}")
    assert notebook.run(f"load_asset_value('{name}')") == 7
    assert f"the name {name} meant" not in repr(notebook.run(f"%%asset {name}\n8"))
    assert keys() == {name}


@pytest.mark.parametrize("name", ["_", "In"])
def test_a_definition_that_a_person_binds_to_a_shells_name_counts(notebook: Any, name: str) -> None:
    """Results that the shell itself keeps under such names don't."""
    notebook.run("AssetSpec('shown')", f"@asset(key='mine')\ndef {name}():\n    return 7", "1 + 1")
    assert keys() == {"mine"}


@pytest.mark.parametrize("name", ["In", "Out", "_", "__", "_1", "_i", "_oh", "get_ipython"])
def test_a_cell_can_not_take_a_name_of_the_shell(notebook: Any, name: str) -> None:
    shown = notebook.fails(f"%%asset {name}\n1")
    assert f"InvalidDefinitionError: An asset of a cell can't be called '{name}'" in shown
    assert keys() == set()


SELF = [
    ("%%asset daily --partitions days\nx = 1\ndaily * 2", "  3 | daily * 2"),
    ("%%asset daily\ndaily = daily.dropna()\ndaily", "  2 | daily = daily.dropna()"),
    ("%%asset fresh\nfresh + 1", "  2 | fresh + 1"),
]


@pytest.mark.parametrize(("cell", "line"), SELF)
def test_a_cell_that_reads_its_own_asset_is_refused(weather: Any, cell: str, line: str) -> None:
    """With the line; the old definition, or the variable, stays."""
    weather.run("fresh = 5")
    before = {entry.key: entry.thing for entry in workspace().catalogue.entries()}
    shown = weather.fails(cell)
    assert "CyclicDependencyError" in shown
    assert line in shown
    assert "Traceback" not in shown
    assert {entry.key: entry.thing for entry in workspace().catalogue.entries()} == before
    assert weather.run("fresh") == 5


def test_a_cell_may_read_its_own_earlier_partitions(notebook: Any) -> None:
    notebook.run(
        "%%asset sums --partitions days "
        "--in sums=TimeWindowPartitionMapping(start_offset=-1,end_offset=-1)\n(sums or 0) + 1"
    )
    notebook.run("%materialize sums -p 2024-03-01...2024-03-03")
    assert notebook.run("load_asset_value('sums', partition_key='2024-03-03')") == 3


def test_an_asset_of_the_same_last_part_is_another(weather: Any) -> None:
    """``clean/total`` may be made from ``total``."""
    weather.run("%%asset clean/total\ntotal + 1", "%materialize *key:clean/total --upstream --only needed")
    assert weather.run("load_asset_value('clean/total')") == 1489
    assert weather.run("clean__total.key.to_user_string()") == "clean/total"


def test_the_card(notebook: Any) -> None:
    """How many partitions, from which to which; and that a cell without a value gives None."""
    card = repr(notebook.run("%%asset a --partitions days\n1"))
    assert "daily · 31, 2024-03-01...2024-03-31" in card
    assert "no expression" not in card
    card = repr(notebook.run("%%asset b\nx = 1"))
    assert "its last line is no expression, so its value will be None" in card


def test_what_the_card_warns_of_is_shown_before_a_run_too(notebook: Any) -> None:
    notebook.run("%%asset b --materialize\nx = 1")
    assert "its value will be None" in notebook.printed


@pytest.mark.parametrize("line", ["x = !echo {up}", "x = !echo $up", "x = !echo {up + 0}"])
def test_an_asset_in_a_line_for_the_shell_is_an_input(notebook: Any, line: str) -> None:
    notebook.run("%%asset up\n42", f"%%asset said\n{line}\nx[0].split()[0]", "%materialize up or said")
    assert notebook.run("load_asset_value('said')") == "42"


def test_an_asset_in_the_python_of_a_magic_is_an_input(notebook: Any) -> None:
    notebook.run("%%asset up\n42", "%%asset said\n%time up + 1", "%materialize up or said")
    assert notebook.run("load_asset_value('said')") == 43


@pytest.mark.parametrize("cell", ["%%asset said\nglobal up\nup + 1", "%%asset said\ndef f():\n    global up\nf()"])
def test_a_global_asset_is_refused(notebook: Any, cell: str) -> None:
    notebook.run("%%asset up\n42")
    shown = notebook.fails(cell)
    assert "declares 'up' global at line" in shown
    assert "| " in shown
