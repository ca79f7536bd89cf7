"""%%asset: what a cell becomes, what its options do, and that a wrong one leaves the earlier definition alone."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import AssetKey
from notebook_assets.workspace import workspace


def defined(name: str) -> Any:
    entry = workspace().catalogue.get(AssetKey.from_user_string(name))
    return entry.thing if entry else None


def upstream(name: str) -> list[str]:
    return [entry.key.to_user_string() for entry in defined(name).dependencies]


def test_cell_becomes_an_asset_of_what_it_reads(weather: Any) -> None:
    """Names that are assets are inputs, other names are the notebook's; the last expression is the value."""
    weather.run("factor = 10", "%%asset scaled --partitions days\nbigger = daily * factor\nbigger")
    assert upstream("scaled") == ["daily"]
    weather.run("%materialize scaled -p 2024-03-02 --upstream")
    assert weather.run("load_asset_value('scaled', partition_key='2024-03-02')") == 60


def test_an_asset_wins_over_a_variable_of_its_name(weather: Any) -> None:
    """Where a name is an asset's, the cell reads the asset, whatever the notebook's variable holds."""
    weather.run("readings = 'a value of its own'", "%%asset size --partitions days\nlen(readings)")
    assert upstream("size") == ["readings"]
    weather.run("%materialize size -p 2024-03-01 --upstream")
    assert weather.run("load_asset_value('size', partition_key='2024-03-01')") == 3


def test_context_is_the_context_of_the_run(notebook: Any) -> None:
    """A cell that reads ``context`` gets it."""
    notebook.run("%%asset named --partitions days\ncontext.partition_key", "%materialize named -p 2024-03-05")
    assert notebook.run("load_asset_value('named', partition_key='2024-03-05')") == "2024-03-05"


def test_a_cell_that_yields_nothing_is_empty_with_optional(notebook: Any) -> None:
    """With ``--optional`` a cell that yields no output is recorded as empty, without it the piece fails."""
    cell = "if context.partition_key > '2024-03-01':\n    yield Output(1)"
    notebook.run(f"%%asset some --partitions days --optional\n{cell}", "%materialize some -p 2024-03-01...2024-03-02")
    assert {state.value: n for state, n in notebook.run("%explain some").counts.items()} == {
        "materialized": 1,
        "empty": 1,
        "missing": 29,
    }
    notebook.run(f"%%asset all_of --partitions days\n{cell}")
    assert "RunFailedError: Failed: 0 materialized, 1 failed of 1 piece" in notebook.fails(
        "%materialize all_of -p 2024-03-01"
    )


def test_options_reach_the_definition(weather: Any) -> None:
    """--group, --key-prefix, --deps, --description, --code-version, --partitions."""
    weather.run(
        '%%asset report --group out --key-prefix a/b --deps total,raw/files --description "all of it" '
        '--code-version 7 --partitions StaticPartitionsDefinition(["x", "y"])\n1'
    )
    report = defined("a/b/report")
    assert report.spec.group_name == "out"
    assert upstream("a/b/report") == ["total", "raw/files"]
    assert report.spec.description == "all of it"
    assert report.code == "7"
    assert list(report.partitions_def.get_partition_keys()) == ["x", "y"]
    assert weather.run("report.key") == AssetKey(["a", "b", "report"])


def test_name_with_slashes_is_a_key_of_several_parts(notebook: Any) -> None:
    """``%%asset warehouse/sales`` defines the key warehouse/sales and binds ``sales``."""
    notebook.run("%%asset warehouse/sales --materialize\n3")
    assert notebook.run("sales.key") == AssetKey(["warehouse", "sales"])
    assert notebook.run("%explain warehouse/sales").state == "materialized"


def test_in_names_the_asset_or_the_mapping_of_an_input(weather: Any) -> None:
    """``--in name=KEY``, ``=AssetIn(...)`` and ``=mapping``."""
    weather.run(
        "%%asset rest --partitions days --in before=AssetIn('daily', "
        "partition_mapping=TimeWindowPartitionMapping(start_offset=-1)) --in readings=IdentityPartitionMapping()\n"
        "sum(before.values()) + len(readings)",
        "%%asset again --in everything='total'\neverything",
        "%materialize *again --only missing",
    )
    assert upstream("rest") == ["daily", "readings"]
    assert upstream("again") == ["total"]
    weather.run("%materialize rest -p 2024-03-02")
    assert weather.run("load_asset_value('rest', partition_key='2024-03-02')") == 3 + 6 + 3


@pytest.mark.parametrize("expression", ["days", "daily", "daily.partitions_def", '"days if True else None"'])
def test_partitions_takes_a_definition_or_an_asset(weather: Any, expression: str) -> None:
    """``--partitions`` takes an expression; an asset's name stands for its partitions, even if the name is taken."""
    if expression == "daily":
        weather.run("daily = 'something else'")
    weather.run(f"%%asset more --partitions {expression}\nreadings")
    assert defined("more").partitions_def == weather.run("days")


def test_materialize_at_once(weather: Any) -> None:
    """``--materialize`` makes what is missing, ``-p`` the named partitions."""
    weather.run("%materialize readings")
    assert weather.run("%%asset one --partitions days -p 2024-03-01 -p 2024-03-30...\nlen(readings)").planned == 3
    assert weather.run("%%asset two --partitions days --materialize\nlen(readings)").planned == 31
    assert weather.run("%%asset three --materialize\nlen(readings)").planned == 1


def test_running_again_replaces_the_definition(weather: Any) -> None:
    """The newest cell is the definition; what the older one made is stale."""
    weather.run("%%asset n --materialize\n1")
    assert weather.run("%explain n").state == "materialized"
    weather.run("%%asset n\n2")
    assert weather.run("%explain n").state == "stale"
    weather.run("%%asset n\n1  # the same code again")
    assert weather.run("%explain n").state == "materialized"


WRONG = [
    ("%%asset keep\nx = 1 +\nx", ["InvalidDefinitionError", "line 2", "  2 | x = 1 +", "^"]),
    ("%%asset keep\n\n\nif True\n    x", ["line 4", "  4 | if True", "expected ':'"]),
    (
        "%%asset keep --grup x\n1",
        ["MagicUsageError", "there is no option '--grup'", "Did you mean '--group'?", "Usage:"],
    ),
    ("%%asset keep --partitions nonsense\n1", ["--partitions", "NameError", "^^^^^^^^"]),
    ("%%asset keep --partitions 12\n1", ["takes a partitions definition or an asset that has one; got int"]),
    ("%%asset keep --partitions total\n1", ["takes a partitions definition", "got AssetsDefinition"]),
    ("%%asset keep --partitions days)(\n1", ["MagicUsageError", "the bracket ( is never closed"]),
    ("%%asset keep --partitions 1+\n1", ["MagicUsageError", "Python expression"]),
    ("%%asset keep\ny = 2\nreadngs + y", ["UnknownUpstreamError", "line 3", "  3 | readngs + y", "'readings'"]),
    ("%%asset keep --in x=12\nx", ["An input is an AssetIn, a partition mapping or an asset key; got int"]),
    ("%%asset keep --in x=daily\n1", ["The cell reads no 'x'"]),
    ("%%asset keep --in x=\"'dayly'\"\nx", ["UnknownUpstreamError", "there is no asset 'dayly'", "'daily'"]),
    (
        "%%asset readings --partitions days\n\ntotal + 1",
        ["CyclicDependencyError", "circle", "  3 | total + 1", "^^^^^"],
    ),
    ("%%asset keep --group two-words\n1", ["a group name is made of letters"]),
    ("%%asset keep\n   \n", ["MagicUsageError", "The cell is the asset's code"]),
    ("%%asset keep\n# only a comment", ["has no code"]),
    ("%%asset keep\ndaily = daily.dropna()\ndaily2 = frame\nframe = 1", ["'frame'", "line 3", "before it binds it"]),
    ("%%asset a//b\n1", ["InvalidDefinitionError", "Each part of an asset key"]),
    ("%%asset\n1", ["MagicUsageError", "NAME is missing"]),
]


@pytest.mark.parametrize(("cell", "says"), WRONG)
def test_wrong_cell_says_where_and_what_to_do_and_the_old_definition_stays(
    weather: Any, cell: str, says: list[str]
) -> None:
    """The error has the line and what to try, none of the package's frames; nothing is bound or lost."""
    weather.run("%%asset keep --materialize\n'old'")
    before = {entry.key: entry.thing for entry in workspace().catalogue.entries()}
    names = {name for name in weather.shell.user_ns if not name.startswith("_")}
    shown = weather.fails(cell)
    for text in says:
        assert text in shown
    assert "Traceback" not in shown
    assert "notebook_assets/" not in shown
    assert {entry.key: entry.thing for entry in workspace().catalogue.entries()} == before
    assert {name for name in weather.shell.user_ns if not name.startswith("_")} == names
    assert weather.run("%explain keep").state == "materialized"


def test_what_is_wrong_elsewhere_does_not_keep_a_cell_from_being_an_asset(notebook: Any) -> None:
    """An asset defined before what it needs stands in nobody's way."""
    notebook.run("@asset\ndef later(not_yet):\n    return not_yet", "%%asset other\n1")
    assert "can't be used" in repr(notebook.run("%assets"))
    assert "there is no asset 'not_yet'" in notebook.fails("%materialize later")
    notebook.run("%%asset not_yet\n5", "%materialize later --upstream")
    assert notebook.run("load_asset_value('later')") == 5


@pytest.mark.parametrize(
    ("cell", "line", "text"),
    [
        ("%%asset bad\nx = 0\n\ny = 1 / x\ny", 4, "y = 1 / x"),
        ("%%asset bad --group g\n\n\n1 / 0", 4, "1 / 0"),
        ("%%asset bad\ndef inner(n):\n    return 1 / n\n\ninner(0)", 3, "return 1 / n"),
        ("%%asset bad\nfor n in (1, 0):\n    yield Output(1 / n)", 3, "yield Output(1 / n)"),
    ],
)
def test_traceback_of_a_failing_cell_names_its_true_line(notebook: Any, cell: str, line: int, text: str) -> None:
    """Lines are counted as the person sees them, ``%%asset`` being line 1, in the store and as IPython shows them."""
    notebook.run(cell)
    kept = notebook.run("materialize('bad', raise_on_error=False)").failures[0].traceback
    assert f"line {line}, in" in kept
    assert text in kept
    shown = notebook.fails("materialize('bad')")
    assert f"----> {line} " in shown
    assert "Cell In[3]" in shown  # the cell that defined it
    assert "steps.py" not in shown
    assert "raised while materializing bad." in shown


def test_braces_and_dollars_in_expressions_are_the_persons_own(notebook: Any) -> None:
    """The shell does not expand ``{...}`` in the line."""
    notebook.run('%%asset b --partitions StaticPartitionsDefinition([f"{n}" for n in range(2)])\n1')
    assert list(defined("b").partitions_def.get_partition_keys()) == ["0", "1"]
