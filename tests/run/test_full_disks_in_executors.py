"""A disk that gets full ends a run with the same error in every executor, and no piece is called failed for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import notebook_assets

SCRIPT = Path(__file__).with_name("full_disk.py")
ROOT = Path(notebook_assets.__file__).parents[1]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def told_of(command: list[str]) -> list[list[object]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, env=environment)
    assert done.returncode == 0, done.stderr
    told: list[list[object]] = json.loads(done.stdout)
    return told


def can_mount() -> bool:
    """Whether this system lets anyone have a file system of one's own."""
    try:
        tried = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, timeout=20)
    except OSError:
        return False
    return tried.returncode == 0


def check(told: list[list[object]]) -> None:
    kinds = [(executor, label) for executor, label, *_ in told]
    assert len(kinds) == len(set(kinds)) == 9, "three executors, three kinds of calls"
    for executor, label, error, status, failed, sound in told:
        where = f"{label} by {executor}"
        assert str(error).startswith(("StoreError: ", "StoreNotWritableError: ")), where
        assert "is full" in str(error), where
        assert status in (["failed"], ["running"]), where  # running: its end found no room either
        assert failed == 0, where
        assert sound, where


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits for files")
def test_a_full_disk_ends_the_run_in_every_executor(tmp_path: Path) -> None:
    """On a small file system of its own; where none can be had, under a limit for files."""
    command = [sys.executable, str(SCRIPT), str(tmp_path)]
    if can_mount():
        mount = f"mount -t tmpfs -o size=3000000 tmpfs '{tmp_path}' && exec \"$@\""
        check(told_of([*NAMESPACE, "sh", "-c", mount, "sh", *command]))
    else:
        check(told_of([*command, "2000000"]))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits for files")
def test_a_limit_for_files_ends_the_run_in_every_executor(tmp_path: Path) -> None:
    check(told_of([sys.executable, str(SCRIPT), str(tmp_path), "2000000"]))
