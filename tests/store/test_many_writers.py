"""Eight processes materialize into one store at once: no error, no lost row, the last one wins whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import notebook_assets
from notebook_assets.store import Instance
from tests.store.eight_writers import OWN, ROUNDS, SHARED, SHARED_KEYS, WRITERS, is_whole

SCRIPT = Path(__file__).with_name("eight_writers.py")
ROOT = Path(notebook_assets.__file__).parents[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_eight_processes_write_read_prune_and_verify_one_store(tmp_path: Path, own_secret: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ends"] == [0] * WRITERS, done.stderr
    assert told["others"] == [0, 0], done.stderr
    assert set(told["passes"]) == {"k", "r"}, "meanwhile the store was kept in order, and read"
    with Instance(tmp_path / "store") as instance:
        assert instance.verify().ok
        rows = list(instance.db.query("select id, partition, run from materializations order by id"))
        assert len(rows) == WRITERS * ROUNDS * (OWN + SHARED)
        assert Counter(row["partition"] for row in rows if row["partition"] in SHARED_KEYS) == dict.fromkeys(
            SHARED_KEYS, WRITERS * ROUNDS
        )
        runs = {row["number"]: row["id"] for row in instance.db.query("select number, id from runs")}
        writer_of = {run: int(writer) for writer, run, _ in told["made"]}
        last = {row["partition"]: row for row in rows}
        for partition, row in last.items():
            value = instance.load("text", partition)
            assert is_whole(value, partition)
            assert value["writer"] == writer_of[runs[row["run"]]], "the last one wins"
            if partition not in SHARED_KEYS:
                assert value["turn"] == ROUNDS - 1
