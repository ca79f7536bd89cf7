"""Which definitions a notebook has after its cells: bound, deleted, replaced, shadowed, renamed, in lists."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets.workspace import workspace

ONE = "@asset\ndef one():\n    return {}"


def entries() -> list[tuple[str, str, bool, str | None]]:
    """Return (key, name, is shadowed, replaces) of each entry."""
    found = workspace().catalogue.entries()
    return [(entry.key.to_user_string(), entry.name, entry.is_shadowed, entry.replaces) for entry in found]


CASES: list[tuple[str, list[str], list[tuple[str, str, bool, str | None]]]] = [
    ("bound", [ONE.format(1)], [("one", "one", False, None)]),
    ("deleted", [ONE.format(1), "del one"], []),
    ("defined and deleted in one cell", [ONE.format(1) + "\ndel one"], []),
    ("replaced", [ONE.format(1), ONE.format(2)], [("one", "one", False, None)]),
    ("shadowed by a value", [ONE.format(1), "one = 5"], [("one", "one", True, None)]),
    ("shadowed, then deleted", [ONE.format(1), "one = 5", "del one"], []),
    ("shadowed, then defined again", [ONE.format(1), "one = 5", ONE.format(2)], [("one", "one", False, None)]),
    ("shadowed by a list of other things", [ONE.format(1), "one = [1, 2]"], [("one", "one", True, None)]),
    ("bound to another asset's definition", [ONE.format(1), "one = AssetSpec('x')"], [("x", "one", False, None)]),
    ("renamed in one cell", [ONE.format(1), "uno = one\ndel one"], [("one", "uno", False, None)]),
    ("renamed over two cells", [ONE.format(1), "uno = one", "del one"], [("one", "uno", False, None)]),
    ("a second name", [ONE.format(1), "uno = one"], [("one", "one", False, None)]),
    ("two names in one cell", [ONE.format(1) + "\nuno = one"], [("one", "one", False, None)]),
    (
        "defined again under another name",
        [ONE.format(1), "@asset(key='one')\ndef uno():\n    return 2"],
        [("one", "uno", False, "one")],
    ),
    (
        "the newer of two names deleted: the older definition counts again",
        [ONE.format(1), "@asset(key='one')\ndef uno():\n    return 2", "del uno"],
        [("one", "one", False, None)],
    ),
    (
        "an older definition that is still bound",
        [ONE.format(1) + "\nold = one", ONE.format(2)],
        [("one", "one", False, None)],
    ),
    (
        "a list",
        ["both = [AssetSpec('a'), AssetSpec('b')]"],
        [("a", "both", False, None), ("b", "both", False, None)],
    ),
    (
        "a list that lost one",
        ["both = [AssetSpec('a'), AssetSpec('b')]", "both = both[:1]"],
        [("a", "both", False, None)],
    ),
    (
        "made by a loop",
        ["made = []\nfor name in 'ab':\n    @asset(name=name)\n    def each(): pass\n    made.append(each)"],
        [("a", "made", False, None), ("b", "made", False, None)],
    ),
    ("a tuple", ["both = (AssetSpec('a'),)"], [("a", "both", False, None)]),
    ("a Definitions", ["defs = Definitions([AssetSpec('a')])"], [("a", "defs", False, None)]),
    (
        "a Definitions of what is bound too",
        [ONE.format(1), "defs = Definitions([one])"],
        [("one", "one", False, None)],
    ),
    ("in the shell's own names only", ["AssetSpec('a')", "[AssetSpec('b')]", "AssetSpec('c')"], []),
]


@pytest.mark.parametrize(("cells", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_defined_after_some_cells(notebook: Any, cells: list[str], expected: list[Any]) -> None:
    notebook.run(*cells)
    assert sorted(entries()) == sorted(expected)


def test_the_newest_definition_is_the_one_that_is_made(notebook: Any) -> None:
    notebook.run(ONE.format(1) + "\nold = one", ONE.format(2), "%materialize one")
    assert notebook.run("load_asset_value('one')") == 2


def test_the_most_natural_line_of_all(weather: Any) -> None:
    """``daily = load_asset_value("daily")`` keeps the asset, and %assets says that its name is taken."""
    weather.run("%materialize total --upstream", "total = load_asset_value('total')")
    assert weather.run("total") == sum(3 * day for day in range(1, 32))
    assert "shadowed: total means something else now" in repr(weather.run("%assets"))
    assert weather.run("%materialize total").success
    assert weather.run("%explain total").state == "materialized"


def test_replaced_is_said(notebook: Any) -> None:
    notebook.run(ONE.format(1), "@asset(key='one')\ndef uno():\n    return 2")
    assert "defined again as uno, before as one" in repr(notebook.run("%assets"))


def test_resources_of_a_definitions_are_used(notebook: Any) -> None:
    """A Definitions that a cell binds brings its resources to the magics."""
    notebook.run(
        "@asset(required_resource_keys={'db'})\ndef rows(context):\n    return context.resources.db",
        "defs = Definitions([rows], resources={'db': 'a database'})",
        "%materialize rows",
    )
    assert notebook.run("load_asset_value('rows')") == "a database"


def test_of_two_resources_of_one_key_the_one_that_was_bound_last_counts(notebook: Any) -> None:
    """Whichever name it has; when that name is deleted, the other one counts again."""
    read = "read = lambda: materialize('rows', progress=False).asset_value('rows')"
    notebook.run("@asset\ndef rows(context):\n    return context.resources.db", read)
    notebook.run("a = Definitions(resources={'db': 'A'})", "b = Definitions(resources={'db': 'B'})")
    assert notebook.run("read()") == "B"
    notebook.run("a = Definitions(resources={'db': 'C'})")
    assert notebook.run("read()") == "C"
    notebook.run("del a")
    assert notebook.run("read()") == "B"


def test_a_cell_that_fails_still_counts(notebook: Any) -> None:
    """What a cell bound before its error is defined."""
    notebook.fails(ONE.format(1) + "\n1 / 0")
    assert [key for key, *_ in entries()] == ["one"]


def test_code_that_is_not_seen_is_said(notebook: Any) -> None:
    """At most three things, quietly; nothing where all is seen, or where a version stands for the code."""
    notebook.run("@asset\ndef plain():\n    return 1")
    assert "not noticed" not in repr(notebook.run("%assets"))
    notebook.run("import os\nopened = [os.popen('true') for _ in range(4)]\na, b, c, d = opened")
    notebook.run("@asset\ndef fed():\n    return a.read(), b.read(), c.read(), d.read()")
    listing = notebook.run("%assets")
    assert len(listing.unseen) == 4
    shown = repr(listing)
    assert "Changes of this code are not noticed: fed: a" in shown
    assert "; and 1 more." in shown
    assert "not noticed" not in repr(notebook.run("%assets plain"))
    notebook.run("@asset(code_version='1')\ndef fed():\n    return a.read()")
    assert notebook.run("%assets").unseen == ()
