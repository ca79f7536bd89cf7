"""A run in the background goes on by itself: it is watched, canceled, waited for and awaited from elsewhere."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from notebook_assets import (
    BackgroundRun,
    Instance,
    InvalidInvocationError,
    MissingInputError,
    StaticPartitionsDefinition,
    StillRunningError,
    UnknownAssetError,
    asset,
    backfill,
    background_runs,
    materialize,
    run_history,
)
from notebook_assets.display import Rich
from notebook_assets.workspace import background_display, between_cells

LETTERS = StaticPartitionsDefinition(list("abcdef"))


class Gate:
    """An asset of six letters, each of which waits until a test lets it through."""

    def __init__(self):
        self.may_go = threading.Semaphore(0)
        self.reached = threading.Semaphore(0)
        self.errors: dict[str, Exception] = {}

        @asset(partitions_def=LETTERS)
        def letters(context):
            self.reached.release()
            assert self.may_go.acquire(timeout=30)
            if context.partition_key in self.errors:
                raise self.errors[context.partition_key]
            return context.partition_key

        self.letters = letters

    def let(self, many: int) -> None:
        """Let some letters through, and wait until the next one is reached."""
        for _ in range(many):
            self.may_go.release()
        for _ in range(many):
            assert self.reached.acquire(timeout=30)


@pytest.fixture
def store():
    with Instance.ephemeral() as instance:
        yield instance


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    for run in background_runs():
        run.cancel()
    gate.may_go.release(1000)
    for run in background_runs():
        if run.is_running:
            run._ended.wait(30)


def begun(gate: Gate, store: Instance, **options) -> BackgroundRun:
    """Begin to make all letters, and wait until the first of them is being made."""
    run = materialize([gate.letters], partitions="all", instance=store, background=True, **options)
    assert gate.reached.acquire(timeout=30)
    return run


def test_the_call_returns_at_once_and_the_handle_tells_how_far_it_is(gate, store):
    run = begun(gate, store)
    assert (run.status, run.is_running, run.result) == ("running", True, None)
    gate.let(2)
    view = run.progress
    assert (view.total, view.done, view.left) == (6, 2, 4)
    assert store.run(run.run_id).status == "running"
    gate.may_go.release(4)
    assert run.wait(30).success
    assert (run.status, run.progress.done, run.progress.status) == ("success", 6, "success")
    assert run.result.asset_value("letters", "f") == "f"


def test_what_it_made_is_seen_while_it_goes_on(gate, store):
    begun(gate, store)
    gate.let(3)
    assert [store.load("letters", key) for key in "ab"] == ["a", "b"]
    assert len(store.pieces("letters").partitions) >= 2


def test_waiting_ends_after_a_time_and_the_run_goes_on(gate, store):
    run = begun(gate, store)
    with pytest.raises(StillRunningError, match="0 of 6 pieces"):
        run.wait(0.01)
    gate.may_go.release(6)
    assert run.wait(30).done == 6


def test_it_is_canceled_after_the_piece_that_is_being_made(gate, store):
    run = begun(gate, store)
    gate.let(1)
    run.cancel()
    assert "It is to end after what is being made." in repr(run)
    gate.may_go.release(6)
    result = run.wait(30)
    assert (run.status, result.status, result.done) == ("canceled", "canceled", 2)
    assert store.run(run.run_id).status == "canceled"


def test_errors_are_raised_for_who_waits(gate, store):
    gate.errors["c"] = ValueError("not c")
    run = begun(gate, store)
    gate.may_go.release(6)
    for _ in range(2):
        with pytest.raises(ValueError, match="not c") as caught:
            run.wait(30)
        assert len(caught.value.__notes__) == 1
    assert (run.status, len(run.result.failures)) == ("failed", 1)
    assert "letters failed for 1 partition: c" in repr(run)


def test_errors_are_in_the_result_where_that_is_wished(gate, store):
    gate.errors["c"] = ValueError("not c")
    run = begun(gate, store, raise_on_error=False)
    gate.may_go.release(6)
    assert len(run.wait(30).failures) == 1


def test_what_is_asked_for_wrongly_is_refused_at_once(store):
    before = len(background_runs())
    with pytest.raises(UnknownAssetError):
        materialize(["nosuch"], instance=store, background=True)
    assert len(background_runs()) == before


def test_what_can_not_begin_is_told_to_who_waits(store):
    @asset(required_resource_keys={"database"})
    def table(): ...

    run = materialize([table], instance=store, background=True)
    with pytest.raises(Exception, match="database"):
        run.wait(30)
    assert (run.status, run.result) == ("failed", None)
    assert "database" in repr(run)


def test_who_awaits_it_is_told_though_the_loop_of_another_was_closed(gate, store):
    run = materialize([gate.letters], partitions="a", instance=store, progress=False, background=True)

    async def leave():
        asyncio.ensure_future(run._awaited())  # noqa: RUF006  (it is left behind on purpose)
        await asyncio.sleep(0)

    async def stay():
        waiting = asyncio.ensure_future(run._awaited())
        await asyncio.sleep(0)
        gate.let(1)
        return await asyncio.wait_for(waiting, 30)

    asyncio.run(leave())
    assert asyncio.run(stay()).success


def test_it_is_awaited(gate, store):
    async def cell():
        run = begun(gate, store)
        gate.may_go.release(6)
        first = await run
        return first, await run

    first, again = asyncio.run(cell())
    assert first.success
    assert again is first


def test_what_is_skipped_is_an_error_as_without_it(store):
    @asset
    def missing(): ...

    @asset
    def total(missing): ...

    with pytest.raises(MissingInputError):
        materialize([missing, total], selection="total", instance=store, background=True).wait(30)


def test_two_on_the_same_assets_are_allowed_and_the_last_wins(store):
    @asset(partitions_def=LETTERS)
    def letters(context):
        return (context.run_id, context.partition_key)

    runs = [materialize([letters], partitions="all", instance=store, background=True) for _ in range(2)]
    for run in runs:
        assert run.wait(60).done == 6
    assert {store.load("letters", key)[0] for key in "abcdef"} <= {run.run_id for run in runs}
    assert len(store.runs()) == 2


def test_a_backfill_too(gate, store):
    run = backfill([gate.letters], "b...c", instance=store, background=True)
    gate.may_go.release(2)
    assert run.wait(30).done == 2


def test_a_listener_is_told_in_the_thread_of_the_run(gate, store):
    class Told:
        def __init__(self):
            self.threads: set[str] = set()
            self.keys: list[str] = []

        def started(self, result): ...
        def advanced(self, result, key, partition):
            self.keys.append(partition)
            self.threads.add(threading.current_thread().name)

        def finished(self, result): ...

    gate.may_go.release(6)
    told = Told()
    run = begun(gate, store, progress=told)
    run.wait(30)
    assert told.keys == list("abcdef")
    assert told.threads == {"run of letters"}
    assert run.progress.done == 6


def test_the_list_has_those_that_go_on_and_the_last_that_are_over(gate, store):
    run = begun(gate, store)
    listed = background_runs()
    assert listed[-1] is run
    assert "running" in repr(listed)
    assert run.run_id[:8] in repr(listed)


def test_the_code_is_that_of_its_beginning(gate, store):
    """A helper that a later cell changes is not taken for the one that the run began with."""
    namespace = {"asset": asset, "LETTERS": LETTERS, "gate": gate}
    exec("def helper(): return 1", namespace)
    exec("@asset\ndef number():\n    gate.reached.release()\n    gate.may_go.acquire()\n    return helper()", namespace)
    run = materialize([namespace["number"]], instance=store, background=True)
    before = store.description("number").code
    assert gate.reached.acquire(timeout=30)
    exec("def helper(): return 2", namespace)
    gate.may_go.release()
    run.wait(30)
    assert store.get_latest_materialization_event("number").code == before


ENDED = """
import time
from notebook_assets import *

@asset(partitions_def=StaticPartitionsDefinition([str(at) for at in range(1000)]))
def slow():
    time.sleep(0.02)

run = materialize([slow], partitions="all", background=True)
while run.progress.done < 3:
    time.sleep(0.01)
"""


@pytest.mark.parametrize("executor", ["in_process", "threads", "processes"])
def test_the_end_of_the_process_cancels_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str) -> None:
    """Nothing counts as failed or interrupted, and the process ends soon."""
    monkeypatch.setenv("NOTEBOOK_ASSETS_HOME", str(tmp_path / "store"))
    script = ENDED.replace("background=True", f"background=True, executor={executor!r}")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.startswith("Canceled: ")
    with Instance(tmp_path / "store") as store:
        (run,) = run_history(instance=store).runs
    assert run.status == "canceled"
    assert 3 <= run.made < 1000
    assert run.failed == 0


def test_before_its_first_piece_nothing_of_what_is_planned_is_done(gate, store):
    held = threading.Event()

    class Telling:
        def started(self, result):
            held.wait(30)

        def advanced(self, *told): ...

        def finished(self, result): ...

    run = materialize([gate.letters], partitions="all", instance=store, background=True, progress=Telling())
    assert "0 %  0 of 6" in repr(run)
    assert (run.progress.total, run.progress.left) == (6, 6)
    held.set()
    gate.may_go.release(6)
    assert run.wait(30).success


def test_one_with_nothing_to_do_shows_no_bar(store):
    @asset
    def number():
        return 1

    materialize([number], instance=store, progress=False)
    run = materialize([number], only="needed", instance=store, background=True)
    assert run.title == "number"
    assert run.wait(30).planned == 0
    assert "Nothing to do" in repr(run)
    assert "0 of 0" not in repr(run)
    assert "100 %" not in repr(run)


def test_how_it_ended_is_drawn_again_when_the_next_cell_is_over(monkeypatch):
    drawn = []
    monkeypatch.setattr(background_display, "in_notebook", lambda: True)
    monkeypatch.setattr(background_display, "update_display", lambda shown, display_id: drawn.append(shown.text))
    display = background_display.BackgroundDisplay("daily", True, lambda: Rich("<p>over</p>", "over"))
    display.end()
    assert drawn == ["over"]
    between_cells._after_cell(None)
    assert drawn == ["over", "over"]
    between_cells._after_cell(None)
    assert drawn == ["over", "over"]


@pytest.mark.parametrize("timeout", [-1, float("nan"), "5"])
def test_how_long_to_wait_is_a_number_of_seconds(gate, store, timeout):
    run = begun(gate, store)
    with pytest.raises(InvalidInvocationError, match=f"from 0 on, or None; got {timeout!r}"):
        run.wait(timeout)


def test_the_list_has_columns_only_for_what_there_is(gate, store):
    begun(gate, store).cancel()
    text = str(background_runs())
    for name in ("empty", "failed", "skipped"):
        assert (f" {name} " in text) == any(getattr(run.progress, name) for run in background_runs())
    assert "began" in text
