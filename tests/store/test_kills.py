"""Processes killed with SIGKILL at random moments of a backfill, two hundred times: nothing recorded is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

KILLS = 200


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_two_hundred_kills_lose_nothing_and_the_rest_resumes(
    start_python: Callable[..., subprocess.Popen[str]],
) -> None:
    """Each kill is followed by `verify`; each store is completed by ``only="missing"``, which makes nothing twice."""
    script = Path(__file__).with_name("killed_processes.py").read_text(encoding="utf-8")
    process = start_python(script, KILLS)
    told, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors
    tally = json.loads(told)
    assert tally["kills"] == KILLS
    assert tally["before_the_first"] < KILLS / 2, tally
    assert tally["told"] > KILLS, tally
    assert tally["interrupted"] > KILLS / 4, tally


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_notebook_that_is_killed_loses_nothing_that_its_workers_made(
    start_python: Callable[..., subprocess.Popen[str]],
) -> None:
    """The same with the executor "processes"; each kill takes a second, since workers have to start."""
    script = Path(__file__).with_name("killed_processes.py").read_text(encoding="utf-8")
    process = start_python(script, 3, 11, "processes")
    told, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors
    assert json.loads(told)["kills"] == 3


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kills_in_the_middle_of_housekeeping_break_nothing(start_python: Callable[..., subprocess.Popen[str]]) -> None:
    """An import is there as a whole or not at all, an exported file is whole, no latest value is pruned."""
    script = Path(__file__).with_name("killed_housekeeping.py").read_text(encoding="utf-8")
    process = start_python(script, 40)
    told, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors
    assert set(json.loads(told)) == {"prune", "import_", "export", "wipe", "sweep"}
