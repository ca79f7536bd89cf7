"""Stores to test with; their pickles are signed with a key of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import notebook_assets
from notebook_assets.store import Instance

ROOT = Path(notebook_assets.__file__).parents[1]


@pytest.fixture(autouse=True)
def own_secret(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path_factory.mktemp("user") / "secret"
    monkeypatch.setenv("NOTEBOOK_ASSETS_SECRET", str(path))
    monkeypatch.delenv("NOTEBOOK_ASSETS_HOME", raising=False)
    return path


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "store") as made:
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Instance]:
    """Another store."""
    with Instance(tmp_path / "other") as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an archive goes."""
    return tmp_path / "some.zip"


@pytest.fixture
def run_id(instance: Instance) -> str:
    return instance.begin_run(selection="tests", planned=1)


@pytest.fixture
def put(instance: Instance, run_id: str) -> Callable[..., int]:
    """Record a value of a piece."""

    def record(key: object, partition: str | None, value: object, **more: object) -> int:
        return instance.record_materialization(
            key, partition, run_id=run_id, value=instance.encode(value, "a test"), **more
        )

    return record


@pytest.fixture
def start_python() -> Callable[..., subprocess.Popen[str]]:
    """Start another Python with a script, its arguments after it."""

    def start(script: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start
