"""Fixtures for all floors: the repository, and a fresh IPython shell."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A fresh IPython shell, as a notebook's kernel has one: every MIME type is formatted, no history is kept."""
    InteractiveShell.clear_instance()
    quiet = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
    fresh = InteractiveShell.instance(config=quiet)
    yield fresh
    atexit.unregister(fresh.atexit_operations)
    fresh.atexit_operations()
    InteractiveShell.clear_instance()
