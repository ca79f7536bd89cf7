"""The tables of runs: when they began, of which process, what they planned, and what their steps printed."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from socket import gethostname

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import LONGEST_TEXT, cut_text
from notebook_assets.store.asset_rows import numbers_of_assets
from notebook_assets.store.processes import started_at
from notebook_assets.store.run_locks import RunLocks
from notebook_assets.store.run_owners import place_tag

_BEGIN = (
    "INSERT INTO runs (id, status, selection, tags, planned, started_at, host, pid, process_started, parent) "
    "VALUES (?, 'running', ?, ?, ?, ?, ?, ?, ?, ?)"
)
_OUTPUT = "INSERT INTO step_outputs (run, asset_id, partition, time, text, dropped) VALUES (?, ?, ?, ?, ?, ?)"
_LATEST_RUN = "(SELECT run FROM pieces WHERE asset_id = ? AND partition = ?)"


def insert_run(
    connection: sqlite3.Connection,
    run_id: str,
    *,
    selection: str,
    tags: Mapping[str, str],
    planned: int,
    parent: str | None,
    targets: Sequence[tuple[AssetKey, str]],
    locks: RunLocks,
) -> None:
    """Write that a run of this process begins, and what it plans of which asset (the serialized subset); lock it."""
    process = os.getpid()
    about = selection, "{}", planned, time.time()
    row = connection.execute(_BEGIN, (run_id, *about, gethostname(), process, started_at(process), parent)).lastrowid
    place = place_tag("" if row is None else locks.hold(row))
    connection.execute("UPDATE runs SET tags = ? WHERE number = ?", (json.dumps({**tags, **place}), row))
    if targets:
        numbers = numbers_of_assets(connection, [key for key, _ in targets])
        connection.executemany(
            "INSERT INTO run_targets (run, asset_id, subset) VALUES (?, ?, ?)",
            [(row, number, subset) for number, (_, subset) in zip(numbers, targets, strict=True)],
        )


def end_run(connection: sqlite3.Connection, number: int, status: str, moment: float) -> None:
    """Write how a run ended, and when."""
    connection.execute("UPDATE runs SET status = ?, finished_at = ? WHERE number = ?", (status, moment, number))


def targets_of(connection: sqlite3.Connection, run_id: str) -> dict[AssetKey, str]:
    """Return what a run planned: by asset the serialized subset, empty where it has no partitions."""
    rows = connection.execute(
        "SELECT a.key, t.subset FROM run_targets t JOIN assets a ON a.id = t.asset_id "
        "WHERE t.run = (SELECT number FROM runs WHERE id = ?) ORDER BY a.key",
        (run_id,),
    )
    return {AssetKey.from_escaped_user_string(key): subset for key, subset in rows}


def insert_output(
    connection: sqlite3.Connection, asset_id: int, partition: str, run: int, text: str, dropped: int = 0
) -> None:
    """Write what a step printed and logged, without its middle where it is long.

    Args:
        connection: The database, in a transaction.
        asset_id: The asset.
        partition: The partition's key, ``""`` for none.
        run: The number of the run.
        text: What it printed.
        dropped: How many characters were left out of it already.
    """
    kept = cut_text(text)
    more = 0 if kept is text else len(text) - 2 * (LONGEST_TEXT // 2)
    connection.execute(_OUTPUT, (run, asset_id, partition, time.time(), kept, dropped + more))


def output_of(connection: sqlite3.Connection, asset_id: int, partition: str, run: int | None) -> str:
    """Return what a piece's step printed in a run (``None``: in its latest attempt), ``""`` if nothing."""
    which, arguments = ("?", (run,)) if run is not None else (_LATEST_RUN, (asset_id, partition))
    row = connection.execute(
        f"SELECT text FROM step_outputs WHERE asset_id = ? AND partition = ? AND run = {which} "  # noqa: S608
        "ORDER BY id DESC LIMIT 1",
        (asset_id, partition, *arguments),
    ).fetchone()
    return "" if row is None else str(row[0])


def last_moments(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, float]:
    """Return when the last thing happened in each of some runs, as far as the store knows."""
    found = {}
    for number in numbers:
        (moment,) = connection.execute(
            "SELECT max(moment) FROM (SELECT started_at AS moment FROM runs WHERE number = :run "
            "UNION ALL SELECT max(time) FROM materializations WHERE run = :run "
            "UNION ALL SELECT max(time) FROM failures WHERE run = :run "
            "UNION ALL SELECT max(time) FROM observations WHERE run = :run "
            "UNION ALL SELECT max(time) FROM check_results WHERE run = :run)",
            {"run": number},
        ).fetchone()
        found[number] = float(moment)
    return found
