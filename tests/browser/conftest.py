"""One JupyterLab and one Chromium for all browser tests: starting them takes seconds, a test about one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_lab import LabPage, chromium, find_chromium, lab_server
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium. Where there is none the browser tests are left out, and say so; not where everything has to run."""
    executable = find_chromium()
    if executable is None:
        reason = "no Chromium or Chrome in PATH: the tests in a real JupyterLab are left out"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}, and in CI they must run")
        pytest.skip(reason)
    with chromium(executable) as running:
        yield running


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that JupyterLab serves: notebooks go here."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def shared_lab(browser: Browser, lab_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabPage]:
    """JupyterLab, open in the browser."""
    with lab_server(lab_folder, tmp_path_factory.mktemp("lab_settings")) as url:
        yield LabPage.open(browser, url)


@pytest.fixture
def lab(shared_lab: LabPage) -> Iterator[LabPage]:
    """JupyterLab with nothing seen yet and no notebook open; the test's notebook is closed after it."""
    shared_lab.watch.clear()
    yield shared_lab
    shared_lab.close_notebook()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where the tests put pictures of the page, for a person to look at (not in git)."""
    folder = Path(__file__).parent / "shots"
    folder.mkdir(exist_ok=True)
    return folder
