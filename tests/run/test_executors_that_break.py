"""Workers that die or hang, and what can not be handed to one: just their own piece fails, or nothing runs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    ConfigurableResource,
    InMemoryIOManager,
    Instance,
    InvalidInvocationError,
    IOManager,
    StaticPartitionsDefinition,
    asset,
    materialize,
    resource,
)
from notebook_assets.errors import NotPortableError, StepTimeoutError, WorkerDiedError

KEYS = ["a", "b", "c", "d", "e", "f"]
LETTERS = StaticPartitionsDefinition(KEYS)
APART = ["threads", "processes"]


def states(store: Instance, key: str) -> dict[str, str]:
    table = store.pieces(key)
    return dict(zip(map(str, table.partitions), table.states, strict=True))


@pytest.mark.parametrize(("how", "words"), [("exit", "exited with code 3"), ("kill", "ended by SIGKILL")])
def test_a_worker_that_dies_fails_its_piece_and_no_other(store: Instance, make: Any, how: str, words: str) -> None:
    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        if context.partition_key == "b":
            if how == "exit":
                os._exit(3)
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.02)
        return str(context.partition_key)

    result = make(letter, partitions="all", executor="processes", max_workers=2)
    assert states(store, "letter") == {key: "failed" if key == "b" else "materialized" for key in KEYS}
    (failure,) = result.failures
    assert isinstance(failure.error, WorkerDiedError)
    assert words in str(failure.error)
    assert "letter[b]" in str(failure.error)


def test_a_call_that_takes_too_long_is_stopped_alone(store: Instance, make: Any) -> None:
    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        time.sleep(600 if context.partition_key == "c" else 0.01)
        return str(context.partition_key)

    began = time.monotonic()
    result = make(letter, partitions="all", executor="processes", max_workers=2, timeout=0.7)
    assert time.monotonic() - began < 100
    assert states(store, "letter") == {key: "failed" if key == "c" else "materialized" for key in KEYS}
    assert isinstance(result.failures[0].error, StepTimeoutError)
    assert "letter[c] took longer than the 0.7 s" in str(result.failures[0].error)


@pytest.mark.parametrize("executor", [None, "threads"])
def test_a_timeout_that_nobody_can_keep_is_refused_before_anything_runs(store: Instance, executor: Any) -> None:
    ran = []

    @asset
    def one() -> int:
        ran.append(1)
        return 1

    with pytest.raises(InvalidInvocationError, match=r"timeout=3 .* processes"):
        materialize([one], instance=store, progress=False, executor=executor, timeout=3)
    assert not ran
    assert not store.runs()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"executor": "thread"}, "Did you mean 'threads'"),
        ({"executor": 5}, "got 5"),
        ({"executor": "threads", "max_workers": 0}, "from 1 on; got 0"),
        ({"max_workers": 2}, 'executor="threads"'),
        ({"executor": "processes", "timeout": -1}, "greater than 0; got -1"),
        ({"order": "latest"}, "order"),
    ],
)
def test_what_no_executor_can_be_is_refused(store: Instance, options: Any, words: str) -> None:
    @asset
    def one() -> int:
        return 1

    with pytest.raises(InvalidInvocationError, match=words.replace("(", r"\(")):
        materialize([one], instance=store, progress=False, **options)
    assert not store.runs()


class OddError(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")
        self.lock = threading.Lock()


@pytest.mark.parametrize("executor", APART)
def test_an_error_that_cannot_be_pickled_comes_back_with_its_place(make: Any, executor: str) -> None:
    @asset
    def odd() -> int:
        try:
            return 1 // 0
        except ZeroDivisionError as error:
            raise OddError(1, 2) from error

    (failure,) = make(odd, executor=executor, max_workers=1).failures
    assert type(failure.error).__name__ == "OddError"
    assert str(failure.error) == "1 and 2"
    assert "return 1 // 0" in failure.traceback
    assert "raise OddError(1, 2) from error" in failure.traceback
    assert "notebook_assets/run" not in failure.traceback
    assert isinstance(failure.error.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("executor", APART)
def test_what_a_step_prints_is_kept(store: Instance, make: Any, executor: str, capsys: Any) -> None:
    @asset
    def talks(context: Any) -> int:
        print("three rows")
        context.log.warning("one is odd")
        return 3

    make(talks, executor=executor, max_workers=1)
    assert "three rows\n" in store.step_output("talks")
    assert "one is odd" in store.step_output("talks")
    assert "three rows" in capsys.readouterr().out


def test_what_cannot_be_handed_over_is_named_before_anything_runs(store: Instance) -> None:
    lock = threading.Lock()

    @asset
    def locked() -> int:
        with lock:
            return 1

    with pytest.raises(NotPortableError, match=r"locked can't be handed .*'lock' .* type lock"):
        materialize([locked], instance=store, progress=False, executor="processes")
    assert not store.runs()


def test_values_in_memory_are_refused_in_processes(store: Instance) -> None:
    @asset
    def one() -> int:
        return 1

    options: dict[str, Any] = {"resources": {"io_manager": InMemoryIOManager()}, "progress": False}
    with pytest.raises(NotPortableError, match="stay in the memory"):
        materialize([one], instance=store, executor="processes", **options)
    assert materialize([one], instance=store, executor="threads", **options).success


class Greeter(ConfigurableResource):
    greeting: str

    def greet(self) -> str:
        return f"{self.greeting} from {os.getpid()}"


def test_resources_are_set_up_anew_in_each_process(store: Instance) -> None:
    @asset
    def greeted(greeter: Greeter) -> str:
        return greeter.greet()

    materialize(
        [greeted], instance=store, progress=False, executor="processes", resources={"greeter": Greeter(greeting="hi")}
    )
    assert store.load("greeted").startswith("hi from ")
    assert store.load("greeted") != f"hi from {os.getpid()}"


class Texts(IOManager):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def handle_output(self, context: Any, obj: Any) -> None:
        (self.folder / context.asset_key.name).write_text(str(obj))

    def load_input(self, context: Any) -> str:
        return (self.folder / context.asset_key.name).read_text()


@pytest.mark.parametrize("executor", APART)
def test_contexts_load_values_of_any_asset_and_resources_are_torn_down(
    store: Instance, tmp_path: Path, executor: str
) -> None:
    @resource
    def closing() -> Any:
        yield "!"
        with (tmp_path / "closed").open("a") as file:
            file.write(f"{os.getpid()}\n")

    @asset(io_manager_key="texts")
    def kept() -> int:
        return 5

    @asset(deps=[kept], required_resource_keys={"closing"})
    def asks(context: Any) -> str:
        return str(context.load_asset_value("kept") + context.resources.closing)

    resources = {"texts": Texts(tmp_path), "closing": closing}
    options: dict[str, Any] = {"executor": executor, "max_workers": 1, "progress": False, "resources": resources}
    materialize([kept, asks], instance=store, **options)
    assert store.load("asks") == "5!"
    closed = set((tmp_path / "closed").read_text().split())
    assert len(closed) == (2 if executor == "processes" else 1)


def test_a_function_may_fork_and_start_processes_of_its_own(store: Instance, make: Any) -> None:
    @asset(partitions_def=LETTERS)
    def forks(context: Any) -> bool:
        return os.fork() > 0

    @asset
    def starts() -> list[int]:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            return pool.map(abs, [-1, -2])

    result = make(forks, starts, only="all", partitions="all", executor="processes", max_workers=2)
    assert result.success, result.failures
    assert store.load("starts") == [1, 2]
    assert all(store.load("forks", key) for key in KEYS)


def test_classes_of_a_script_reach_processes_and_come_back(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """
import sys
from notebook_assets import Instance, asset, materialize

class Thing:
    def __init__(self, n):
        self.n = n

def made(n):
    return Thing(n)

@asset
def one():
    return [made(3)]

@asset
def two(one):
    return one[0].n + 1

with Instance(sys.argv[1]) as store:
    materialize([one, two], instance=store, progress=False, executor="processes", max_workers=2)
    materialize([two], instance=store, progress=False, executor="processes", max_workers=1)
    print(type(store.load("one")[0]) is Thing, store.load("two"))
"""
    )
    found = subprocess.run([sys.executable, script, tmp_path / "store"], capture_output=True, text=True, check=False)
    assert found.stdout == "True 4\n", found.stderr
