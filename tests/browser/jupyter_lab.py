"""A real JupyterLab and a real Chromium, for tests and for looking at a notebook.

with lab_server(folder, settings_folder) as url, chromium(find_chromium()) as browser:
    lab = LabPage.open(browser, url)
    lab.run_notebook("tour.ipynb")  # a path below folder
    lab.page.screenshot(path="shot.png")
    lab.close_notebook()
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # or Chromium asks its maker's hosts for updates
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# No news pop-up over the page, and every cell in the page at once, not only those in sight.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
LOCAL_SCHEMES = ("data", "blob", "about", "file")


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome in PATH, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def lab_server(root: Path, settings: Path, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Run a JupyterLab on the loopback address that serves ``root``; yield its URL, end it with the block.

    Everything that JupyterLab itself keeps goes below ``settings``; a person's own set-up is neither read nor changed.
    """
    port = _free_port()
    folders = ("CONFIG_DIR", "RUNTIME_DIR", "DATA_DIR")
    own = {f"JUPYTER_{name}": str(settings / name.lower()) for name in folders}
    own |= {f"JUPYTERLAB_{name}_DIR": str(settings / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    own |= {"IPYTHONDIR": str(settings / "ipython")}
    overrides = settings / "config_dir" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(LAB_SETTINGS), encoding="utf-8")
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += [f"--ServerApp.root_dir={root}", "--IdentityProvider.token=", "--ServerApp.password="]
    options += ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
    log = settings / "server.log"
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-m", "jupyter", "lab", *options]
        server = subprocess.Popen(
            command, env=os.environ | (environment or {}) | own, stdout=out, stderr=subprocess.STDOUT, cwd=root
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/status", timeout=1).read()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}") from None
            time.sleep(0.1)
        else:
            return


@contextlib.contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """Run a headless Chromium; end it with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page complained of and where it went: errors on its console, and requests to other machines."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @staticmethod
    def over(page: Page) -> Watch:
        """Watch a page from now on."""
        watch = Watch()
        page.on("console", watch._console)
        page.on("pageerror", lambda error: watch.errors.append(error.stack or str(error)))
        page.on("request", watch._request)
        return watch

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in LOCAL_SCHEMES and parts.hostname not in LOCAL_HOSTS:
            self.foreign.append(request.url)

    def clear(self) -> None:
        """Forget what was seen so far."""
        self.errors.clear()
        self.foreign.clear()


@dataclass
class LabPage:
    """A JupyterLab in a page. Everything is done through its application object: menus and keys lose clicks."""

    page: Page
    watch: Watch

    @staticmethod
    def open(browser: Browser, url: str, width: int = 1400, height: int = 1000) -> LabPage:
        """Open JupyterLab in a new page, with an empty workspace."""
        page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        watch = Watch.over(page)
        page.goto(f"{url}/lab/workspaces/test?reset", wait_until="domcontentloaded")
        page.wait_for_function("window.jupyterapp && window.jupyterapp.started")
        page.evaluate("() => window.jupyterapp.restored")
        lab = LabPage(page, watch)
        lab._wait_for_splash()
        return lab

    def run_notebook(self, path: str, run: bool = True) -> None:
        """Open a notebook and run all its cells; returns when the last one is done or one has failed."""
        self.page.evaluate(
            """async ([path, run]) => {
                const app = window.jupyterapp;
                await app.restored;
                const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
                await panel.context.ready;
                await panel.sessionContext.ready;
                if (run) await app.commands.execute('notebook:run-all-cells');
            }""",
            [path, run],
        )

    def close_notebook(self) -> None:
        """End the kernel of the notebook in front, and close it without a question."""
        self.page.evaluate(
            """async () => {
                const panel = window.jupyterapp.shell.currentWidget;
                await panel.context.save();
                await panel.sessionContext.shutdown();
                panel.dispose();
            }"""
        )

    def outputs(self) -> list[list[dict[str, Any]]]:
        """Return the outputs of each code cell of the notebook in front, as the notebook format has them."""
        found: list[list[dict[str, Any]]] = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.context.model.toJSON().cells
                .filter(cell => cell.cell_type === 'code').map(cell => cell.outputs)"""
        )
        return found

    def failures(self) -> list[str]:
        """Return the errors that cells of the notebook in front ended with."""
        return [f"{o['ename']}: {o['evalue']}" for cell in self.outputs() for o in cell if o["output_type"] == "error"]

    def set_theme(self, theme: str) -> None:
        """Change to the ``light`` or ``dark`` theme; returns when the page has it."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            f"JupyterLab {theme.capitalize()}",
        )
        light = "true" if theme == "light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
        self._wait_for_splash()

    def _wait_for_splash(self) -> None:
        """Wait until the cover is gone that JupyterLab shows at its start and for a change of theme.

        A change of theme while the cover of the last one still fades ends in an error on the console.
        """
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def set_width(self, width: int) -> None:
        """Make the window ``width`` pixels wide; below about 1000 the file browser is closed, as a person would."""
        height = (self.page.viewport_size or {"height": 1000})["height"]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate(
            "narrow => { const shell = window.jupyterapp.shell; narrow ? shell.collapseLeft() : shell.expandLeft(); }",
            width < 1000,
        )

    def shoot_cells(self, folder: Path, name: str) -> list[Path]:
        """Take one picture of each cell of the notebook in front, outputs and all; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        files = []
        cells = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        for index in range(cells.count()):
            cell = cells.nth(index)
            box = cell.bounding_box()
            if box is None or box["height"] < 4:
                continue
            if before:  # what does not fit into the window would be cut off
                self.page.set_viewport_size({"width": before["width"], "height": max(600, int(box["height"]) + 300)})
            cell.scroll_into_view_if_needed()
            files.append(folder / f"{name}-{index + 1:02d}.png")
            cell.screenshot(path=files[-1])
        if before:
            self.page.set_viewport_size(before)
        return files
