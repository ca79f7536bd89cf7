"""Fills a small disk by a run with each executor: ``python tests/run/full_disk.py FOLDER``; prints what came of it.

Where no small file system can be had, a second argument is the most bytes that a file may have.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from notebook_assets import (
    AssetOut,
    BackfillPolicy,
    Instance,
    Output,
    RetryPolicy,
    StaticPartitionsDefinition,
    asset,
    materialize,
    multi_asset,
)

KEYS = [f"{number:03}" for number in range(60)]
keys = StaticPartitionsDefinition(KEYS)
SIZE = 100_000


@asset(partitions_def=keys, retry_policy=RetryPolicy(max_retries=2))
def single(context: Any) -> bytes:
    return context.partition_key.encode() * (int(context.run_tags["size"]) // 3)


@asset(partitions_def=keys, backfill_policy=BackfillPolicy.multi_run(5))
def several(context: Any) -> dict[str, bytes]:
    return {key: key.encode() * (int(context.run_tags["size"]) // 3) for key in context.partition_keys}


@multi_asset(outs={"left": AssetOut(), "right": AssetOut()}, partitions_def=keys)
def both(context: Any) -> Any:
    yield Output(1, output_name="left")
    yield Output(context.partition_key.encode() * (int(context.run_tags["size"]) // 3), output_name="right")


def one(folder: Path, size: int, executor: str, label: str) -> list[Any]:
    """Fill it in one way; return the error, how runs ended, how many pieces failed, and whether all is sound."""
    definition, error = {"single": single, "several": several, "both": both}[label], ""
    with Instance(folder) as instance:
        try:
            materialize(
                [definition],
                instance=instance,
                partitions="all",
                executor=executor,
                max_workers=None if executor == "in_process" else 2,
                progress=False,
                raise_on_error=False,
                tags={"size": str(size)},
            )
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
        ended = [each.status for each in instance.runs()]
        failed = instance.db.execute("select count(*) from failures where kind = 'failed'").fetchone()[0]
        return [executor, label, error, ended, failed, instance.verify().ok]


def each(folder: Path, more: list[str]) -> list[list[Any]]:
    """Fill it in each way, each in a process of its own: what that holds open takes room until it ends."""
    told = []
    for executor in ("in_process", "threads", "processes"):
        for label in ("single", "several", "both"):
            command = [sys.executable, __file__, str(folder / "store"), *more, "--", executor, label]
            told.append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
            shutil.rmtree(folder / "store")
    return told


if __name__ == "__main__":
    place, *rest = sys.argv[1:]
    if "--" not in rest:
        print(json.dumps(each(Path(place), rest)))
    else:
        *limit, _, chosen, kind = rest
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), int(limit[0])))
        print(json.dumps(one(Path(place), 2 * int(limit[0]) if limit else SIZE, chosen, kind)))
