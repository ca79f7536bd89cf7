"""In a real kernel a run in the background goes on while other cells are run, and is shown where it was begun."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from notebook_assets import Instance, run_history

CELLS = {
    "define": """\
%load_ext notebook_assets
import time
from notebook_assets import *
parts = StaticPartitionsDefinition([f"{at:02}" for at in range(40)])
slow_enough = 0.02
@asset(partitions_def=parts)
def slow(context):
    time.sleep(slow_enough)
    print("made", context.partition_key)
    if context.partition_key == "07":
        raise ValueError("not seven")
    return 1""",
    "begin": "run = materialize('slow', partitions='all', background=True, raise_on_error=False)",
    "meanwhile": "began = time.time()\nwhile run.progress.done < 2: time.sleep(0.01)\nrun.status",
    "await": "(await run).status",
    "crossing": """\
import threading
gate = threading.Event()
@asset
def crossing():
    gate.wait(30)
    print("after the cell")
    return 1
across = materialize("crossing", background=True)""",
    "crossed": "time.sleep(0.2)\ngate.set()\nacross.wait(30).success",
    "printed": "step_output('crossing').text",
    "magic": "slow_enough = 0.1\n%materialize slow -p all --background --executor threads --workers 2",
    "interrupted": "while background_runs()[-1].progress.done < 2: time.sleep(0.01)\n"
    "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)",
    "unharmed": "background_runs()[-1].status",
    "cancel": "background_runs()[-1].cancel()\nbackground_runs()[-1].wait(60).status",
    "list": "background_runs()",
    "threads": "{step_output('slow', key).text.count('made') for key in parts.get_partition_keys()} <= {0, 1}",
    "left": "%materialize slow -p all --background",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands below each cell in the end, as plain text; and in which folder the store is."""
    folder = tmp_path_factory.mktemp("kernel")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    client = NotebookClient(
        notebook, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    client.execute()
    shown = {name: "\n".join(map(text_of, cell.outputs)) for name, cell in zip(CELLS, notebook.cells, strict=True)}
    return {**shown, "folder": str(folder)}


def text_of(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
    return str(output.data.get("text/plain", ""))


def test_a_cell_goes_on_while_it_runs(outputs: dict[str, str]) -> None:
    assert "'running'" in outputs["meanwhile"]


def test_what_came_of_it_is_shown_where_it_was_begun(outputs: dict[str, str]) -> None:
    assert "100 %  40 of 40 · ✗ 1 failed" in outputs["begin"]
    assert "slow failed for 1 partition: 07" in outputs["begin"]
    assert "ValueError: not seven" in outputs["begin"]
    assert outputs["await"].endswith("'failed'")


def test_a_magic_begins_one_too_and_its_bar_stands_there_once(outputs: dict[str, str]) -> None:
    assert len(re.findall("━━", re.sub("━+", "━━", outputs["magic"]))) == 1
    assert "canceled" in outputs["magic"]


def test_what_its_steps_print_is_kept_once_whichever_cell_is_running(outputs: dict[str, str]) -> None:
    assert outputs["printed"] == r"'after the cell\n'"
    assert outputs["threads"] == "True"


def test_an_interrupted_cell_does_not_interrupt_it(outputs: dict[str, str]) -> None:
    assert "KeyboardInterrupt" in outputs["interrupted"]
    assert "'running'" in outputs["unharmed"]


def test_another_cell_cancels_it(outputs: dict[str, str]) -> None:
    assert outputs["cancel"].endswith("'canceled'")
    assert re.search(r"slow +failed", outputs["list"])
    assert re.search(r"slow +canceled", outputs["list"])


def test_the_end_of_the_kernel_cancels_what_goes_on(outputs: dict[str, str]) -> None:
    with Instance(Path(outputs["folder"]) / ".notebook_assets") as store:
        runs = run_history(instance=store).runs
    assert [run.status for run in runs] == ["canceled", "canceled", "success", "failed"]
    assert runs[0].failed + runs[0].made < 40
