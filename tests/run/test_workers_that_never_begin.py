"""Workers that hang or die before they call a function: they are stopped, and their task is given to another, once."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import Instance
from notebook_assets import asset as defined
from notebook_assets.errors import StepTimeoutError, WorkerDiedError
from notebook_assets.run import executor_processes


def deaths(path: Path) -> int:
    return len(path.read_text()) if path.exists() else 0


class DiesWhenRead:
    """Ends the process that unpickles it, the first times."""

    def __init__(self, path: Path, times: int) -> None:
        self.path, self.times = path, times

    def __reduce__(self) -> Any:
        return die, (self.path, self.times)


def die(path: Path, times: int) -> str:
    if deaths(path) < times:
        with path.open("a") as file:
            file.write("x")
        os._exit(3)
    return "read"


class HangsWhenRead:
    def __reduce__(self) -> Any:
        return time.sleep, (600,)


def test_what_a_dying_worker_had_not_begun_is_given_to_another(store: Instance, make: Any, tmp_path: Path) -> None:
    thing = DiesWhenRead(tmp_path / "deaths", times=1)

    @defined
    def reads() -> str:
        return str(thing)

    assert make(reads, executor="processes", max_workers=1).success
    assert store.load("reads") == "read"


def test_but_only_once(make: Any, tmp_path: Path) -> None:
    thing = DiesWhenRead(tmp_path / "deaths", times=100)

    @defined
    def reads() -> str:
        return str(thing)

    (failure,) = make(reads, executor="processes", max_workers=1).failures
    assert isinstance(failure.error, WorkerDiedError)
    assert "exited with code 3" in str(failure.error)
    assert deaths(tmp_path / "deaths") == 2


def test_a_timeout_ends_what_hangs_before_the_call_too(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_processes, "_START", 1.0)
    thing = HangsWhenRead()

    @defined
    def reads() -> str:
        return str(thing)

    (failure,) = make(reads, executor="processes", max_workers=1, timeout=0.5).failures
    assert isinstance(failure.error, StepTimeoutError)
    assert "reads was stopped before its function was called" in str(failure.error)
