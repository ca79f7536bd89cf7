"""Eight processes materialize into one store at once, some of them the same keys, while others prune, verify and read.

``python tests/store/eight_writers.py FOLDER`` prints as JSON what each writer made; any error ends it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from notebook_assets import Config, Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.errors import NeverMaterializedError

WRITERS, OWN, SHARED, ROUNDS = 8, 12, 6, 3
SHARED_KEYS = [f"shared-{number}" for number in range(SHARED)]
keys = StaticPartitionsDefinition(
    [*SHARED_KEYS, *(f"own-{writer}-{number}" for writer in range(WRITERS) for number in range(OWN))]
)


class Writer(Config):
    """Who writes, and for the which time."""

    name: int
    turn: int


@asset(partitions_def=keys)
def text(context: Any, config: Writer) -> dict[str, Any]:
    """What tells its writer; every third is a file of its own."""
    number = int(context.partition_key.rsplit("-", 1)[1])
    filling = f"{config.name}" * (20_000 if number % 3 == 0 else 5)
    return {"writer": config.name, "turn": config.turn, "key": context.partition_key, "filling": filling}


def is_whole(value: dict[str, Any], key: str) -> bool:
    """Whether a value is what one writer wrote, from its beginning to its end."""
    return value["key"] == key and set(value["filling"]) == {str(value["writer"])}


def write(folder: Path, name: int, made: int) -> None:
    """Be one of the writers."""
    mine = [*SHARED_KEYS, *(f"own-{name}-{number}" for number in range(OWN))]
    for turn in range(ROUNDS):
        config = {"ops": {"text": {"config": {"name": name, "turn": turn}}}}
        with Instance(folder) as instance:
            run = materialize([text], instance=instance, partitions=mine, only="all", run_config=config, progress=False)
            assert run.success, repr(run)
            os.write(made, f"{name} {run.run_id} {run.done}\n".encode())


def keep_in_order(folder: Path, done: int) -> None:
    """Prune, sweep and verify until someone ends this."""
    with Instance(folder) as instance:
        while True:
            instance.prune()
            instance.sweep()
            report = instance.verify()
            assert report.ok, repr(report)
            os.write(done, b"k")


def read(folder: Path, done: int) -> None:
    """Load what is shared until someone ends this; each value is whole."""
    with Instance(folder) as instance:
        while True:
            for key in SHARED_KEYS:
                try:
                    assert is_whole(instance.load("text", key), key)
                except NeverMaterializedError:
                    continue
            os.write(done, b"r")


def start(child: Callable[[], None]) -> int:
    """Start a child; it ends with 1 if it raises anything."""
    process = os.fork()
    if process == 0:
        try:
            child()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return process


def main(folder: Path) -> None:
    """Start all of them, and wait for the writers."""
    with Instance.ephemeral() as warm:
        config = {"ops": {"text": {"config": {"name": 0, "turn": 0}}}}
        materialize([text], instance=warm, partitions=SHARED_KEYS, run_config=config, progress=False)
        warm.prune()
        warm.verify()
    reading, writing = os.pipe()
    turns, turn = os.pipe()
    writers = [start(lambda name=name: write(folder, name, writing)) for name in range(WRITERS)]  # type: ignore[misc]
    with Instance(folder) as instance:
        instance.begin_run()  # so that there is a store
    others = [start(lambda: keep_in_order(folder, turn)), start(lambda: read(folder, turn))]
    ends = [os.waitpid(process, 0)[1] for process in writers]
    others_ends = []
    for process in others:
        ended, status = os.waitpid(process, os.WNOHANG)
        if not ended:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        others_ends.append(status if ended else 0)
    os.close(writing)
    os.close(turn)
    with open(reading, "rb") as pipe, open(turns, "rb") as counts:
        told = [line.decode().split() for line in pipe.read().splitlines()]
        passes = counts.read().decode()
    print(json.dumps({"ends": ends, "others": others_ends, "made": told, "passes": passes}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
