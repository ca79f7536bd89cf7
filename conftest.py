"""What every test and doctest runs in: a folder of its own, and nothing of the person's own store, keys or history."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parent

# The same examples every time: what is new is drawn by hand, with another profile, and what it finds becomes a test.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Point everything that is kept outside a store at a scratch folder."""
    patch = pytest.MonkeyPatch()
    private = tempfile.mkdtemp(prefix="notebook_assets_tests_")
    atexit.register(shutil.rmtree, private, ignore_errors=True)  # after the shells have closed their histories in it
    patch.setenv("NOTEBOOK_ASSETS_SECRET", str(Path(private) / "secret"))
    patch.setenv("IPYTHONDIR", str(Path(private) / "ipython"))
    patch.setenv("PYTHONPATH", str(REPOSITORY), prepend=os.pathsep)  # kernels and child processes test this package too
    patch.delenv("NOTEBOOK_ASSETS_HOME", raising=False)
    # Sets are in the same order in all the processes that share the tests: their names have to be the same there.
    patch.setenv("PYTHONHASHSEED", os.environ.get("PYTHONHASHSEED") or str(int.from_bytes(os.urandom(4))))
    config.add_cleanup(patch.undo)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty folder of its own, so that a store made by default lands there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last: from then on Playwright's event loop runs in this thread, where others start one."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    changing = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if changing:
        raise pytest.UsageError(f"Give these tests ids=...: an object's address is another in each process: {changing}")
