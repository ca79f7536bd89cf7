"""%materialize --config: by a name, a file or JSON; what is wrong with it is said where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from notebook_assets.magics.run_configs import configs
from notebook_assets.run import RunConfig

DEFINED = """
class Rows(Config):
    rows: int = 1

@asset
def table(config: Rows):
    return list(range(config.rows))
"""
GIVEN = {"ops": {"table": {"config": {"rows": 3}}}}


@pytest.mark.parametrize(
    "written",
    [
        "by_class",
        "as_dict",
        "'my configs/three.json'",
        "three.yaml",
        "three.YML",
        '{"ops": {"table": {"config": {"rows": 3}}}}',
        "{'ops': {'table': {'config': {'rows': 3}}}}",
        '\'{"ops": {"table": {"config": {"rows": 3}}}}\'',
    ],
)
def test_every_way_to_write_it_configures_the_run(notebook: Any, own_folder: Path, written: str) -> None:
    (own_folder / "my configs").mkdir()
    (own_folder / "my configs" / "three.json").write_text(json.dumps(GIVEN))
    for name in ("three.yaml", "three.YML"):
        (own_folder / name).write_text("ops:\n  table:\n    config: {rows: 3}\n")
    notebook.run(DEFINED, f"as_dict = {GIVEN!r}\nby_class = RunConfig(ops={{'table': Rows(rows=3)}})")
    notebook.run(f"%materialize table --config {written}")
    assert notebook.run("load_asset_value('table')") == [0, 1, 2]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{"ops": {"table": {"config": {"rows": "x"}}}}', "ops.table.config.rows: expected Int, got 'x'"),
        ('{"ops": {"tabel": {}}}', "Did you mean 'table'?"),
        ("wrong.yaml", "ops.table.config.rows: expected Int, got 'many'"),
        ("broken.json", "'broken.json' is no JSON: Expecting"),
        ("broken.yaml", "'broken.yaml' is no YAML:"),
        ("list.json", "the file 'list.json' holds [1, 2]"),
        ("absent.json", "There is no file 'absent.json'"),
        ("wronk.yaml", "Did you mean 'wrong.yaml'"),
        ("number", "the variable 'number' holds 3"),
        ("nightli", "Did you mean 'nightly'?"),
        ('{"ops": 3', "the bracket { is never closed"),
        ("{ops}", "This is no JSON: Expecting property name"),
        ("", "--config needs a value, NAME|FILE|JSON"),
    ],
)
def test_what_is_wrong_is_said(notebook: Any, own_folder: Path, written: str, told: str) -> None:
    """By the path in the configuration, or where it stands in the line."""
    (own_folder / "wrong.yaml").write_text("ops: {table: {config: {rows: many}}}")
    (own_folder / "broken.json").write_text('{"ops": ')
    (own_folder / "broken.yaml").write_text("ops: [")
    (own_folder / "list.json").write_text("[1, 2]")
    notebook.run(DEFINED, f"number = 3\nnightly = {GIVEN!r}")
    assert told in notebook.fails(f"%materialize table --config {written}")


def test_names_and_files_that_may_be_one_are_offered(own_folder: Path) -> None:
    for name in ("a.json", "b.yml", "c.txt"):
        (own_folder / name).write_text("{}")
    held = {"nightly": RunConfig(), "given": GIVEN, "other": {"a": 1}, "empty": {}, "_hidden": GIVEN}
    assert configs("", held) == ["nightly", "given", "a.json", "b.yml"]
    assert configs("a", held) == ["a.json"]
