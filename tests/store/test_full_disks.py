"""A full disk: it is called full, and a wipe makes room."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets.errors import BrokenValueError, StoreError
from notebook_assets.store import CheckFinding, Instance, wiping
from notebook_assets.store.observations_table import Seen

Put = Callable[..., int]
FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL


@pytest.fixture
def wipe_rows_if(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], bool]], None]:
    """Have the rows of a wipe find room only where a condition on its partitions holds."""

    def give(fits: Callable[[Any], bool]) -> None:
        rows = wiping.wipe_rows

        def limited(connection: sqlite3.Connection, asset_id: int, partitions: Any) -> Any:
            if not fits(partitions):
                raise FULL
            return rows(connection, asset_id, partitions)

        monkeypatch.setattr(wiping, "wipe_rows", limited)

    return give


def files_of(instance: Instance) -> list[Path]:
    return list((instance.folder / "values").rglob("*.txt"))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_a_value_does_not_fit_on_is_called_full(
    put: Put, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(self: Path, target: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(StoreError, match=r"^The disk of the store .* is full.*instance\.wipe") as caught:
        put("a", "p", "x" * 20_000)
    assert "writable" not in str(caught.value)


def test_a_wipe_on_a_full_disk_goes_piece_by_piece(
    instance: Instance, put: Put, wipe_rows_if: Callable[..., None]
) -> None:
    for number in range(3):
        put("a", f"{number}", "x" * 20_000)
    wipe_rows_if(lambda partitions: partitions is not None and len(partitions) == 1)
    assert instance.wipe("a") == 3
    assert files_of(instance) == []
    assert len(instance.pieces("a")) == 0


def test_a_wipe_on_a_disk_without_any_room_makes_some_with_the_first_file(
    instance: Instance, put: Put, wipe_rows_if: Callable[..., None]
) -> None:
    for number in range(3):
        put("a", f"{number}", "x" * 20_000)
    wipe_rows_if(lambda partitions: partitions is not None and len(files_of(instance)) < 3)
    assert instance.wipe("a") == 3
    assert files_of(instance) == []


def test_a_wipe_that_finds_no_room_at_all_leaves_every_value(
    instance: Instance, put: Put, wipe_rows_if: Callable[..., None]
) -> None:
    put("a", "p", "x" * 20_000)
    put("a", "q", 1)
    wipe_rows_if(lambda partitions: False)
    with pytest.raises(StoreError, match=r"so full that not even the record of a wipe finds room\. Delete something"):
        instance.wipe("a")
    try:
        assert instance.load("a", "p") == "x" * 20_000
    except BrokenValueError:
        pytest.fail("a row names a value that is gone")
    assert instance.load("a", "q") == 1


def test_a_wipe_on_a_full_disk_forgets_pieces_of_which_only_other_things_are_recorded(
    instance: Instance, run_id: str, put: Put, wipe_rows_if: Callable[..., None]
) -> None:
    put("a", "made", "x")
    instance.record_failure("a", "failed", run_id=run_id, error_type="E", message="no")
    instance.record_observations("a", [Seen("seen")], run_id=run_id)
    instance.record_checks("a", "checked", findings=[CheckFinding("ok", passed=True)], run_id=run_id)
    instance.record_step_output("a", "printed", run_id=run_id, text="hello")
    wipe_rows_if(lambda partitions: partitions is not None and len(partitions) == 1)
    instance.wipe("a")
    for table in wiping.PIECE_TABLES:
        assert instance.db[table].count == 0, table
