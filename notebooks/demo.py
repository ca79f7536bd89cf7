"""Runs a notebook from top to bottom, tells the terminal how far it is, and writes it as one page with its pictures.

    python notebooks/demo.py                       # notebooks/01_tour.ipynb -> notebooks/01_tour.html
    python notebooks/demo.py other.ipynb --store DIR --html PAGE

What the notebook stores stays in ``.notebook_assets`` beside it: the next run finds it there. A cell that fails ends
the run with exit code 1; the page is written all the same, up to that cell.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import nbformat
from jinja2 import DictLoader
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

QUIET = ["--IPKernelApp.log_level=50"]  # a kernel's warnings about its own transport are not the demo's
INTERRUPTED = "Interrupted. What was materialized stays in the store: run again to go on."

# The usual page without its scripts from elsewhere (require.js, MathJax, Mermaid): it is whole without a network.
OFFLINE_PAGE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
"""


class Terminal:
    """Says what the notebook is doing: a line a cell, and under way its progress, in place where the terminal can."""

    SECONDS_BETWEEN_LINES = 5.0  # where lines can't be replaced

    def __init__(self, cells: int) -> None:
        self.cells, self.live = cells, sys.stdout.isatty()
        self.number, self.label, self.started, self.said = 0, "", 0.0, 0.0

    @property
    def width(self) -> int:
        return min(shutil.get_terminal_size((110, 24)).columns, 140)

    def heading(self, text: str) -> None:
        print(f"\n{text}", flush=True)

    def start(self, source: str) -> None:
        self.number += 1
        self.started = self.said = time.monotonic()
        self.label = one_line(source)
        if self.live:
            self._replace("")

    def progress(self, text: str) -> None:
        lines = [line for line in ANSI.sub("", text).splitlines() if line.strip()]
        if not lines:
            return
        now = time.monotonic()
        if self.live:
            self._replace(lines[-1].strip())
        elif now - self.said >= self.SECONDS_BETWEEN_LINES:
            self.said = now
            print(f"          {lines[-1].strip()}", flush=True)

    def done(self, mark: str = " ") -> None:
        seconds = f"{time.monotonic() - self.started:6.1f} s"
        room = self.width - len(self._prefix()) - len(seconds) - 2
        line = f"{self._prefix()}{self.label[:room]:<{room}} {seconds}{mark}"
        print(("\r\x1b[K" if self.live else "") + line.rstrip(), flush=True)

    def _prefix(self) -> str:
        return f"  [{self.number:>{len(str(self.cells))}}/{self.cells}] "

    def _replace(self, progress: str) -> None:
        line = self._prefix() + (progress or self.label)
        print(f"\r\x1b[K{line[: self.width - 1]}", end="", flush=True)


class DemoClient(NotebookClient):
    """A notebook client that tells a terminal of each cell and of what the cell shows of its progress."""

    terminal: Terminal
    interrupted = False

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        content = msg.get("content", {})
        # A display with an id is one that will be updated: that is how progress is shown. Other displays are results.
        if msg["msg_type"] in ("display_data", "update_display_data") and content.get("transient", {}).get(
            "display_id"
        ):
            self.terminal.progress(content.get("data", {}).get("text/plain", ""))
        node: NotebookNode | None = super().process_message(msg, cell, cell_index)
        return node


def one_line(source: str) -> str:
    """Return what a cell is about: its first definition or magic, else its first line that is not a comment.

    >>> one_line("# Hours\\n\\n@asset(partitions_def=hours)\\ndef hourly_weather(): ...")
    'def hourly_weather(): ...'
    """
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")] or lines or [""]
    if code[0].startswith("@"):
        return next((line for line in code if line.startswith(("def ", "class ", "async def "))), code[0])
    return code[0]


def run_cells(notebook: NotebookNode, folder: Path, store: Path) -> str:
    """Run every code cell in ``folder``; fill in the outputs. Return what went wrong, or an empty string."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    client = DemoClient(notebook, timeout=None, kernel_name="python3", extra_arguments=QUIET)
    client.terminal = terminal = Terminal(len(cells))

    def before(cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^#{1,3} +(.+)$", cell.source, re.MULTILINE):
                terminal.heading(heading)
        elif cell.cell_type == "code" and cell.source.strip():
            terminal.start(cell.source)

    def after(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        terminal.done("" if execute_reply["content"]["status"] == "ok" else " !")

    client.on_cell_start, client.on_cell_executed = before, after
    environment = os.environ | {"NOTEBOOK_ASSETS_HOME": str(store)}
    try:
        with client.setup_kernel(cwd=str(folder), env=environment):
            interrupt_kernel_first(client)
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
                if client.interrupted:
                    return INTERRUPTED
    except CellExecutionError:
        return INTERRUPTED if client.interrupted else failure_text(notebook)
    except DeadKernelError:
        return (
            f"The kernel died in this cell (out of memory, perhaps):\n\n{indented(cells[terminal.number - 1].source)}"
        )
    except KeyboardInterrupt:
        return INTERRUPTED
    return ""


def interrupt_kernel_first(client: DemoClient) -> None:
    """Let the first Ctrl-C reach the kernel, so that the cell under way ends cleanly; a second one ends all at once."""

    def handler(number: int, frame: FrameType | None) -> None:
        client.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        provisioner = client.km.provisioner if client.km else None
        if isinstance(provisioner, LocalProvisioner) and provisioner.process:
            provisioner.process.send_signal(signal.SIGINT)

    signal.signal(signal.SIGINT, handler)


def failure_text(notebook: NotebookNode) -> str:
    """Return the cell that failed and its error, as plain text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                trace = ANSI.sub("", "\n".join(output.traceback)) or f"{output.ename}: {output.evalue}"
                return f"This cell failed:\n\n{indented(cell.source)}\n\n{trace}"
    return "A cell failed."


def indented(source: str) -> str:
    """Return the source of a cell set off from the text around it."""
    return "\n".join(f"    {line}" for line in source.splitlines())


def as_page(notebook: NotebookNode, title: str, folder: Path) -> str:
    """Return the executed notebook as one HTML page that asks nothing of the network."""
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        extra_loaders=[DictLoader({"offline.html.j2": OFFLINE_PAGE})],
        template_file="offline.html.j2",
        embed_images=True,
    )
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title, "path": str(folder)}})
    return str(page)


def near(path: Path) -> str:
    """Return a path as a person in this folder would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description="Run a notebook from top to bottom and write it as one page.")
    parser.add_argument("notebook", nargs="?", type=Path, default=HERE / "01_tour.ipynb")
    parser.add_argument("--store", type=Path, help="the store to use (default: .notebook_assets beside the notebook)")
    parser.add_argument("--html", type=Path, help="the page to write (default: beside the notebook)")
    options = parser.parse_args(arguments)
    path = options.notebook.resolve()
    if not path.is_file():
        print(f"There is no notebook {near(path)}.", file=sys.stderr)
        return 1
    store = (options.store or path.parent / ".notebook_assets").resolve()
    page = (options.html or path.with_suffix(".html")).resolve()

    print(f"Running {near(path)}; values are kept in {near(store)}", flush=True)
    began = time.monotonic()
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    problem = run_cells(notebook, path.parent, store)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(as_page(notebook, path.stem, path.parent), encoding="utf-8")
    if problem:
        print(f"\n\n{problem}\n\nThe notebook up to there: {near(page)}", file=sys.stderr)
        return 1
    print(f"\nDone in {time.monotonic() - began:.0f} s. The notebook with its pictures: {near(page)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
