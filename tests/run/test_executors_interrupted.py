"""Runs that are interrupted or canceled: they end at once, and nothing that comes late is recorded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.run import RunInterrupted
from notebook_assets.run.listeners import Silent

KEYS = ["a", "b", "c", "d", "e", "f"]
LETTERS = StaticPartitionsDefinition(KEYS)
APART = ["threads", "processes"]


def states(store: Instance, key: str) -> dict[str, str]:
    table = store.pieces(key)
    return dict(zip(map(str, table.partitions), table.states, strict=True))


class CancelAt(Silent):
    """Interrupts as soon as a piece is done."""

    def advanced(self, result: Any, key: Any, partition: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("executor", APART)
def test_an_interrupt_ends_the_run_at_once_and_nothing_late_is_recorded(
    store: Instance, tmp_path: Path, executor: str
) -> None:
    begun, may_go, late = tmp_path / "begun", tmp_path / "may_go", tmp_path / "late"

    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        if context.partition_key != "a":
            begun.touch()
        awaited, until = begun if context.partition_key == "a" else may_go, time.monotonic() + 120
        while not awaited.exists() and time.monotonic() < until:
            time.sleep(0.01)
        with late.open("a") as file:
            file.write(context.partition_key)
        return str(context.partition_key)

    with pytest.raises(RunInterrupted):
        materialize([letter], instance=store, partitions="all", progress=CancelAt(), executor=executor, max_workers=2)
    assert late.read_text() == "a"  # nobody waited for the others, which wait themselves
    assert states(store, "letter") == {"a": "materialized"}
    assert store.runs()[0].status == "canceled"
    threads = [thread for thread in threading.enumerate() if thread.name == "notebook_assets worker"]
    may_go.touch()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert (len(late.read_text()) > 1) == (executor == "threads")  # processes are gone; threads go on to their end
    assert states(store, "letter") == {"a": "materialized"}


SCRIPT = """
import asyncio, os, sys, time
from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize

@asset(partitions_def=StaticPartitionsDefinition([str(n) for n in range(50)]))
{kind} letter(context):
    {wait}
    return 1

began = time.monotonic()
try:
    materialize([letter], instance=Instance(sys.argv[1]), partitions="all", progress=Progress(), executor="{executor}",
                max_workers=2)
except KeyboardInterrupt:
    print("INTERRUPTED", time.monotonic() - began, flush=True)
"""
PROGRESS = """
class Progress:
    def started(self, result): ...
    def advanced(self, result, key, partition):
        if partition == "1":
            print("GO", flush=True)
    def finished(self, result): ...
"""
WAITS = {"plain": ("def", "time.sleep(0.01 if int(context.partition_key) < 4 else 60)")}
WAITS["async"] = ("async def", "await asyncio.sleep(0.01 if int(context.partition_key) < 4 else 60)")


@pytest.mark.parametrize("executor", APART)
@pytest.mark.parametrize("kind", WAITS)
def test_a_script_that_gets_a_signal_ends_with_its_workers(tmp_path: Path, executor: str, kind: str) -> None:
    word, wait = WAITS[kind]
    script = tmp_path / "script.py"
    script.write_text(PROGRESS + SCRIPT.format(kind=word, wait=wait, executor=executor))
    process = subprocess.Popen([sys.executable, script, tmp_path / "store"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("GO"):
            break
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    rest = process.stdout.read()
    assert process.wait(timeout=30) == 0
    assert time.monotonic() - began < 20
    assert "INTERRUPTED" in rest
    with Instance(tmp_path / "store") as store:
        assert store.runs()[0].status == "canceled"


@pytest.mark.parametrize("executor", ["in_process", *APART])
def test_a_token_cancels(store: Instance, executor: str) -> None:
    from notebook_assets.definitions import Definitions
    from notebook_assets.diagnosis import statuses
    from notebook_assets.run import RunRequest, execute, make_plan
    from notebook_assets.run.cancel import CancelToken

    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        time.sleep(0.1 if context.partition_key in "ab" else 0.6)
        return str(context.partition_key)

    graph = Definitions([letter]).graph
    live = statuses(graph, store)
    plan = make_plan(graph, live, {key: each.value_ids == 0 for key, each in live.items()})
    token = CancelToken()

    class Listener(Silent):
        def advanced(self, result: Any, key: Any, partition: Any) -> None:
            if partition == "b":
                threading.Timer(0.05, token.cancel).start()

    workers = None if executor == "in_process" else 1
    request = RunRequest(
        graph, plan, live, store, executor=executor, max_workers=workers, cancel=token, progress=Listener()
    )
    with pytest.raises(RunInterrupted):
        execute(request)
    assert store.runs()[0].status == "canceled"
    done = {"a", "b", "c"} if executor == "in_process" else {"a", "b"}
    assert set(states(store, "letter")) == done
