"""Bad input anywhere: one clear error without this package's frames, and nothing is lost."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets.workspace import workspace

DAYS_3 = "2024-03-01...2024-03-03"

LINES = [
    ("%explain daly", "UnknownAssetError: There is no asset 'daly'. Did you mean 'daily'?"),
    ("%partitions daly", "Did you mean 'daily'?"),
    ("%mapping daly", "Did you mean 'daily'?"),
    ("%mapping daily total", "UnknownAssetError: daily does not need total; it needs readings."),
    ("%mapping readings", "readings is made from no other asset"),
    ("%mapping daily --key 2024-02-01", "UnknownPartitionError"),
    ("%materialize daly", "Did you mean 'daily'?"),
    ("%assets daly", "Did you mean 'daily'?"),
    ("%lineage +daly", "Did you mean 'daily'?"),
    ("%assets group:wether", "Did you mean 'weather'?"),
    ("%materialize group:wether", "Did you mean 'weather'?"),
    ("%materialize daily or", "InvalidSelectionError: The selection does not parse"),
    ("%materialize (daily", "InvalidSelectionError"),
    ("%lineage daily readings", "For several assets write 'or' between them."),
    ("%explain daily 2024-3-1", "UnknownPartitionError: There is no partition '2024-3-1'"),
    ("%explain daily 2024-05-01", "UnknownPartitionError: There is no partition '2024-05-01'"),
    ("%explain total 2024-03-01", "total has no partitions, so there is no '2024-03-01'"),
    ("%partitions total", "total has no partitions; %explain total says how it is."),
    ("%materialize total -p 2024-03-01", "total: without partitions, so"),
    ("%materialize daily -p 2024-03-05...2024-03-01", "runs backwards; did you mean 2024-03-01...2024-03-05?"),
    ("%materialize daily -p 2024-03-01...2024-03-02...2024-03-03", "A range is written FIRST...LAST"),
    ("%materialize daily -p 2024-03-01..2024-03-02", "UnknownPartitionError"),
    ("%materialize daily -p 2023-01-01...2024-03-02", "UnknownPartitionError"),
    ("%materialize daily --only mising", "MagicUsageError: %materialize: --only is one of"),
    ("%materialize daily --upstrem", "there is no option '--upstrem'. Did you mean '--upstream'?"),
    ("%materialize", "SELECTION is missing"),
    ("%explain", "ASSET is missing"),
    ("%explain daily 2024-03-01 more", "'more' is one argument too many"),
    ('%explain "daily', 'the quote " is never closed'),
    ("%materialize daily -p", "-p needs a value"),
    ("%materialize daily 2024-03-05", "Did you mean -p 2024-03-05?"),
    ("%materialize daily or readings ...2024-03-05", "Did you mean -p ...2024-03-05?"),
    ("%materialize daily --partition 2024-03-05", "there is no option '--partition'. Did you mean '-p'?"),
    ("%materialize daily --partitions 2024-03-05", "there is no option '--partitions'. Did you mean '-p'?"),
    ("%explain daily 2024-03-05 -p 2024-03-06", "The partition is named twice"),
    ("%explain daly;", "There is no asset 'daly'. Did you mean 'daily'?"),
    ("%lineage group:wether", "Did you mean 'weather'?"),
]


@pytest.mark.parametrize(("line", "says"), LINES)
def test_a_wrong_line_gets_one_clear_error(weather: Any, line: str, says: str) -> None:
    """It says what was asked and what to try; no frame is shown; what was made before is still there."""
    weather.run(f"%materialize daily -p {DAYS_3} --upstream")
    before = repr(weather.run("%assets"))
    shown = weather.fails(line)
    assert says in shown
    assert "Traceback" not in shown
    assert "notebook_assets/" not in shown
    assert repr(weather.run("%assets")) == before


@pytest.mark.parametrize(
    "call",
    [
        "explain('daly')",
        "partition_grid('daly')",
        "show_mapping('daly')",
        "lineage('daly')",
        "asset_catalogue('daly')",
        "materialize('daly')",
        "load_asset_value('daly')",
        "plot_metadata('daly', 'rows')",
    ],
)
def test_functions_show_the_persons_frames_and_not_this_packages(weather: Any, call: str) -> None:
    """The error points at the line in the person's cell or function, and ends there."""
    weather.run(f"%materialize daily -p {DAYS_3} --upstream")
    shown = weather.fails(f"def ask():\n    return {call}\n\nask()")
    assert "----> 2     return" in shown
    assert "----> 4 ask()" in shown
    assert "notebook_assets/" not in shown
    assert "Did you mean 'daily'?" in shown


def test_errors_of_an_assets_function_show_its_frames(notebook: Any) -> None:
    """materialize() raises the person's error, from their call straight to their line."""
    notebook.run("def helper(n):\n    return 1 / n", "@asset\ndef broken():\n    return helper(0)")
    shown = notebook.fails("materialize([broken])")
    assert re.findall(r"-+> \d+ +(.*)", shown) == ["materialize([broken])", "return helper(0)", "return 1 / n"]
    assert "notebook_assets/" not in shown
    assert "raised while materializing broken." in shown


def test_never_materialized_and_no_such_partition_are_different(weather: Any) -> None:
    weather.run(f"%materialize readings -p {DAYS_3}")
    assert "NeverMaterializedError" in weather.fails("load_asset_value('readings', partition_key='2024-03-09')")
    assert "UnknownPartitionError" in weather.fails("load_asset_value('readings', partition_key='2024-04-09')")
    assert "UnknownAssetError" in weather.fails("load_asset_value('reading')")


# --- a store in trouble


def store_folder() -> Path:
    return Path.cwd() / ".notebook_assets"


def newer_version() -> None:
    with sqlite3.connect(store_folder() / "store.db") as connection:
        connection.execute("PRAGMA user_version = 999")


def no_database() -> None:
    for path in store_folder().glob("store.db*"):
        path.write_bytes(b"this is not a database, not at all" * 100)


@pytest.mark.parametrize(
    ("harm", "says"), [(newer_version, "StoreVersionError"), (no_database, "StoreError")], ids=["newer", "damaged"]
)
@pytest.mark.parametrize("line", ["%assets", "%partitions daily", "%explain daily", "%materialize daily"])
def test_a_store_in_trouble_is_said_and_left_alone(
    weather: Any, harm: Callable[[], None], says: str, line: str
) -> None:
    """Made by a newer version, or no database at all: the error says so; the files are as before."""
    weather.run(f"%materialize daily -p {DAYS_3} --upstream")
    again = weather.restarted()
    again.run("@asset(partitions_def=days)\ndef daily():\n    return 1")
    workspace().instance().close()
    harm()
    before = (store_folder() / "store.db").read_bytes()
    shown = again.fails(line)
    assert says in shown
    assert "notebook_assets/" not in shown.replace(str(store_folder()), "")
    assert (store_folder() / "store.db").read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written(weather: Any) -> None:
    """Nothing can be kept, so nothing runs, and the error says why."""
    Path.cwd().chmod(0o500)
    try:
        assert "StoreNotWritableError" in weather.fails("%materialize readings -p 2024-03-01")
    finally:
        Path.cwd().chmod(0o700)


def test_a_home_that_is_a_file(weather: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NOTEBOOK_ASSETS_HOME names a file: the same error for everybody, root included."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("NOTEBOOK_ASSETS_HOME", str(tmp_path / "file" / "store"))
    shown = weather.fails("%materialize readings -p 2024-03-01")
    assert "StoreNotWritableError" in shown
    assert "notebook_assets/" not in shown
    monkeypatch.delenv("NOTEBOOK_ASSETS_HOME")
    assert weather.run("%materialize readings -p 2024-03-01").success
