"""What can be read of a damaged database is saved into a new one, and the store is whole again."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from notebook_assets.errors import StoreError
from notebook_assets.store import Instance

PAGE = 4096


def filled(folder: Path) -> Path:
    """Make a store of two versions of 100 pieces each, and return the path of its database."""
    with Instance(folder) as instance:
        instance.add_dynamic_partitions("episodes", ["ep1", "ep2"])
        for version in range(2):
            run = instance.begin_run(run_id=str(version))
            for number in range(100):
                value = instance.encode([version, number, "x" * (20_000 if number % 10 == 0 else 2000)], "a")
                instance.record_materialization("a", str(number), run_id=run, value=value)
            instance.record_failure("a", "failed", run_id=run, error_type="E", message="no")
            instance.finish_run(run, "success")
    return folder / "store.db"


def pages_of(path: Path, name: str) -> list[int]:
    """Return the numbers of the pages in which the rows of a table are, below its root."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    data = path.read_bytes()
    start = (root - 1) * PAGE
    if data[start] != 5:  # no inner page of a table: all is in the root
        return [root]
    cells = int.from_bytes(data[start + 3 : start + 5], "big")
    at = [int.from_bytes(data[start + 12 + 2 * cell : start + 14 + 2 * cell], "big") for cell in range(cells)]
    return [int.from_bytes(data[start + each : start + each + 4], "big") for each in at]


def damage(path: Path, pages: list[int]) -> bytes:
    """Overwrite some pages, and return what the file was before."""
    before = path.read_bytes()
    data = bytearray(before)
    for page in pages:
        data[(page - 1) * PAGE : page * PAGE] = random.Random(page).randbytes(PAGE)
    path.write_bytes(data)
    return before


def test_a_store_that_is_whole_is_left_as_it_is(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = path.read_bytes()
    report = Instance.recover(tmp_path)
    assert (report.is_whole, str(report)) == (True, "The store's database is whole; nothing was changed.")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.glob("store.db.*")] == []


@pytest.mark.parametrize("table", ["materializations", "value_blobs", "pieces", "input_reads", "sqlite_sequence"])
def test_what_is_not_on_the_damaged_page_is_saved_and_the_store_is_whole_again(tmp_path: Path, table: str) -> None:
    path = filled(tmp_path)
    damage(path, pages_of(path, table)[:1])
    harmed = path.read_bytes()
    report = Instance.recover(tmp_path)
    assert report.kept == path.with_name("store.db.damaged-1")
    assert report.kept.read_bytes() == harmed
    assert table in report.unreadable
    with Instance(tmp_path) as instance:
        assert instance.verify().problems == ()
        made = [name for name in instance.pieces("a").partitions if name not in (None, "failed")]
        assert len(made) == 100  # of what was lost, the version before
        assert {instance.load("a", name)[1] for name in made} == set(range(100))
        assert instance.get_dynamic_partitions("episodes") == ["ep1", "ep2"]
        assert instance.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        last = instance.last_event_id()
        again = instance.record_materialization("a", "5", run_id=instance.begin_run(), value=instance.encode(7, "a"))
        assert again > last
        assert instance.load("a", "5") == 7


def test_an_asset_whose_name_is_lost_can_be_named_again(tmp_path: Path) -> None:
    path = filled(tmp_path)
    damage(path, pages_of(path, "assets"))
    assert "assets" in Instance.recover(tmp_path).unreadable
    with Instance(tmp_path) as instance:
        [lost] = instance.get_asset_keys()
        instance.rename(lost, "a")
        assert instance.load("a", "5")[:2] == [1, 5]


@pytest.mark.parametrize("harm", ["all garbage", "empty pages"])
def test_a_file_of_which_nothing_can_be_read_gives_an_empty_store_and_says_so(tmp_path: Path, harm: str) -> None:
    path = filled(tmp_path)
    path.write_bytes(b"garbage " * 1000 if harm == "all garbage" else path.read_bytes()[:PAGE] + bytes(50 * PAGE))
    with pytest.raises(StoreError, match=r"damaged.*Instance\.recover\("):
        Instance(tmp_path).runs()
    report = Instance.recover(tmp_path)
    assert "Saved: nothing" in str(report)
    assert f"{report.values_without_rows} value files belong to no row" in str(report)
    assert report.values_without_rows == 20
    with Instance(tmp_path) as instance:
        assert instance.runs() == []


def test_damaged_databases_are_kept_beside_one_another(tmp_path: Path) -> None:
    path = filled(tmp_path)
    for number in (1, 2):
        path.write_bytes(b"garbage")
        assert Instance.recover(tmp_path).kept == tmp_path / f"store.db.damaged-{number}"


def test_where_there_is_no_database_there_is_nothing_to_recover(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to recover"):
        Instance.recover(tmp_path)
