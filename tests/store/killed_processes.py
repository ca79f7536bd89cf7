"""Kills processes at random moments of a backfill, many times, and looks whether anything recorded is lost.

``python tests/store/killed_processes.py KILLS [SEED [processes]]`` prints what came of it as JSON. Children are forked
from this process, in which everything is imported already, so that a kill costs a few hundredths of a second.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from notebook_assets import DailyPartitionsDefinition, Instance, asset, materialize
from notebook_assets.states import PieceState
from notebook_assets.store.litter import sweep_litter

KILLS_OF_A_STORE = 20
MOST_LINES = 24
"""A child is killed after it told of at most so many pieces, so that a busy machine changes little."""
AT_ONCE = 0.25
"""The share of the children that are killed while they begin."""

WAYS: tuple[Mapping[str, Any], ...] = ({}, {"executor": "threads", "max_workers": 3})
"""How the children of one store go about it, by turns."""
PROCESSES: Mapping[str, Any] = {"executor": "processes", "max_workers": 2}

days = DailyPartitionsDefinition("2020-01-01", end_date="2020-07-01")


def text_of(key: str) -> str:
    """Return what `raw` gives for a day: on every third one a value that is a file of its own."""
    return key * (2_000 if int(key[-2:]) % 3 == 0 else 1)


@asset(partitions_def=days)
def raw(context: Any) -> str:
    """Text of each day."""
    return text_of(context.partition_key)


@asset(partitions_def=days)
def length(raw: str) -> int:
    """How long it is."""
    return len(raw)


@dataclass
class Tally:
    """What came of all kills."""

    kills: int = 0
    before_the_first: int = 0
    """Kills before anything was recorded."""
    told: int = 0
    """Pieces that the children told to be recorded before they died."""
    recorded: int = 0
    litter: int = 0
    interrupted: int = 0
    """Runs that the next process found dead."""


def make_missing(folder: Path, **how: Any) -> int:
    """Make what is missing; return how many pieces that was."""
    with Instance(folder) as instance:
        run = materialize([raw, length], instance=instance, partitions="all", only="missing", progress=False, **how)
        return run.pieces_in(PieceState.MATERIALIZED)


def backfill(folder: Path, how: Mapping[str, Any], told: int) -> None:
    """Be the child: make what is missing, and tell of each piece when it is recorded."""
    record = Instance.record_materialization

    def telling(self: Instance, key: Any, partition: str | None = None, **about: Any) -> int:
        event = record(self, key, partition, **about)
        os.write(told, f"{key.to_user_string()} {partition}\n".encode())
        return event

    Instance.record_materialization = telling  # type: ignore[method-assign]
    make_missing(folder, **how)


def killed(child: Callable[[int], None], lines: int, seconds: float) -> list[str]:
    """Start a child, kill it so many seconds after it wrote so many lines; return the whole lines that it wrote."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            child(writing)
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        written = [pipe.readline() for _ in range(lines)]
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        whole = b"".join(written) + pipe.read()
    return whole.decode().split("\n")[:-1]


def check_after_kill(folder: Path, told: list[str], known: set[str]) -> None:
    """Raise AssertionError where anything is broken, or what was told to be recorded is not there."""
    with Instance(folder) as instance:
        report = instance.verify()
        assert report.ok, repr(report)
        assert report.unfinished_runs == (), report.unfinished_runs
        made = {f"{key} {day}" for key in ("raw", "length") for day in instance.pieces(key).partitions}
        known.update(told)
        assert known <= made, sorted(known - made)
        known.update(made)


def check_at_end(folder: Path, tally: Tally) -> None:
    """Resume; raise AssertionError where anything is missing, was made twice, or is not what it should be."""
    with Instance(folder) as instance:
        before = sum(map(len, (instance.pieces("raw"), instance.pieces("length"))))
    made = make_missing(folder)
    with Instance(folder) as instance:
        keys = days.get_partition_keys()
        assert before + made == 2 * len(keys), (before, made)
        load = instance.loader().load_asset_value
        assert load("raw", partitions="all") == {key: text_of(key) for key in keys}
        assert load("length", partitions="all") == {key: len(text_of(key)) for key in keys}
        rows = instance.db.execute("select count(*), count(path) from materializations").fetchone()
        assert rows[0] == 2 * len(keys), "a piece that was recorded was made again"
        tally.litter += len(sweep_litter(instance.database, instance.files, now=time.time() + 3_600).files)
        assert len(list((folder / "values").rglob("*.*"))) == rows[1]
        tally.interrupted += sum(run.status == "interrupted" for run in instance.runs())
        tally.recorded += rows[0]
        assert instance.verify().ok


def moment(chance: random.Random) -> tuple[int, float]:
    """Return when a child is killed: so many seconds after it told of so many pieces."""
    if chance.random() < AT_ONCE:
        return 0, chance.uniform(0, 0.03)
    return chance.randint(1, MOST_LINES), chance.uniform(0, 0.003)


def torture(kills: int, seed: int, ways_of: Sequence[Mapping[str, Any]] = WAYS) -> Tally:
    """Kill so many children, over as many stores as that takes."""
    chance, tally, ways = random.Random(seed), Tally(), cycle(ways_of)
    with tempfile.TemporaryDirectory() as home:
        os.environ["NOTEBOOK_ASSETS_SECRET"] = str(Path(home, "secret"))
        make_missing(Path(home, "warm"))
        check_at_end(Path(home, "warm"), Tally())
        gc.freeze()  # what is there stays shared with the children
        while tally.kills < kills:
            folder, known, how = Path(home, f"store-{tally.kills}"), set[str](), next(ways)
            for _ in range(min(KILLS_OF_A_STORE, kills - tally.kills)):
                lines, seconds = moment(chance)
                told = killed(partial(backfill, folder, how), lines, seconds)
                tally.kills += 1
                tally.told += len(told)
                tally.before_the_first += not told
                check_after_kill(folder, told, known)
            check_at_end(folder, tally)
    return tally


if __name__ == "__main__":
    chosen = int(sys.argv[2]) if len(sys.argv) > 2 else random.getrandbits(32)
    told = torture(int(sys.argv[1]), chosen, (PROCESSES,) if "processes" in sys.argv else WAYS)
    print(json.dumps({"seed": chosen, **asdict(told)}))
