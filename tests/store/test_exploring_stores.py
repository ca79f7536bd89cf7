"""A store is explored with what people have: sqlite-utils, pandas, and whatever opens an SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from notebook_assets.store import Instance

VIEWS = ("latest", "durations", "failed_pieces", "latest_checks", "run_summary")


@pytest.mark.parametrize("view", VIEWS)
def test_pandas_reads_every_view(instance: Instance, put: Callable[..., int], view: str) -> None:
    put("a", "p", 1)
    frame = pd.read_sql(f"select * from {view}", instance.db.conn)
    assert len(frame) == (view in ("latest", "durations", "run_summary"))


def test_the_summary_of_runs_counts_what_came_of_each(instance: Instance, run_id: str, put: Callable[..., int]) -> None:
    put("a", "p", 1)
    put("a", "q", 1)
    instance.record_empty("a", "r", run_id=run_id)
    instance.record_failure("a", "s", run_id=run_id, error_type="E", message="no")
    instance.record_skips("a", [("t", "no s", ["a[s]"])], run_id=run_id)
    instance.finish_run(run_id, "failed")
    [row] = instance.db.query("select * from run_summary")
    counts = {name: row[name] for name in ("run", "status", "planned", "made", "empty", "failed", "skipped", "checks")}
    assert counts == {
        "run": run_id,
        "status": "failed",
        "planned": 1,
        "made": 2,
        "empty": 1,
        "failed": 1,
        "skipped": 1,
        "checks": 0,
    }
    assert row["duration"] >= 0


def test_the_database_is_changed_by_hand_only_by_who_says_so(instance: Instance, put: Callable[..., int]) -> None:
    put("a", "p", 1)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        instance.db.execute("DELETE FROM runs")
    with instance.db_to_write() as db:
        db.execute("UPDATE assets SET key = ?", ["b"])
    assert instance.load("b", "p") == 1
    assert not instance.has_asset_key("a")


def test_a_closed_store_opens_as_an_immutable_file_without_anything_that_is_not_plain_sqlite(
    instance: Instance, put: Callable[..., int]
) -> None:
    put("a", "p", 1)
    instance.close()
    path: Path = instance.folder / "store.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        schema = connection.execute("SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        assert {kind for kind, _ in schema} == {"table", "index", "view"}
        assert [sql for _, sql in schema if "VIRTUAL" in sql or "STRICT" in sql or "GENERATED" in sql] == []
        for view in VIEWS:
            connection.execute(f"SELECT * FROM {view}").fetchall()
