"""A disk that is really full, in the middle of anything: clear errors, nothing recorded lost, and room can be made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import notebook_assets

SCRIPT = Path(__file__).with_name("small_disk.py")
ROOT = Path(notebook_assets.__file__).parents[1]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def told_on_a_small_disk(folder: Path, size: int, limit: int | None = None) -> dict[str, Any]:
    """Run the script on a file system of so many bytes of its own, or under a limit for each file."""
    command = [sys.executable, str(SCRIPT), str(folder), str(folder.with_name("archive.zip"))]
    if limit is not None:
        command.append(str(limit))
    else:
        mount = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && exec \"$@\""
        command = [*NAMESPACE, "sh", "-c", mount, "sh", *command]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=200, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def can_mount() -> bool:
    """Whether this system lets anyone have a file system of one's own."""
    try:
        tried = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, timeout=20)
    except OSError:
        return False
    return tried.returncode == 0


@pytest.fixture
def folder(tmp_path: Path, own_secret: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits for files")
def test_what_finds_no_room_is_told_and_loses_nothing(folder: Path) -> None:
    """On a small file system of its own; where none can be had, what the kernel's limit for files tells must do."""
    if not can_mount():
        told = told_on_a_small_disk(folder, 0, 1_000_000)
        assert "is full" in told["large"]
        return
    told = told_on_a_small_disk(folder, 4_000_000)
    assert [what for what in ("large", "small", "backfill") if "is full" not in told[what]] == []
    assert "room" in told["import"] or "full" in told["import"]
    assert "can't be written" in told["export"]
    assert told["pruned"] == 11
    assert min(told["wiped large"], told["wiped small"]) > 0
    assert told["resumed"] > 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits for files")
def test_a_value_over_the_limit_for_files_is_told_and_loses_nothing(folder: Path) -> None:
    told = told_on_a_small_disk(folder, 0, 1_000_000)
    assert "is full" in told["large"]
    assert "can't be written" in told["export"]
