"""Workers stay for the next run where they are as good as new; they are then where the notebook is by then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys
from notebook_assets import Instance, asset, materialize

def pid_of(number, **options):
    @asset
    def pid():
        {body}
        return [os.getpid(), os.getcwd(), os.environ.get("MARK"), number]

    with Instance.ephemeral() as store:
        materialize([pid], instance=store, progress=False, executor="processes", max_workers=1)
        return store.load("pid")

first = pid_of(1)
os.environ["MARK"] = "set"
os.chdir(sys.argv[1])
second = pid_of(2)
print(first[0] == second[0], second[0] != os.getpid(), second[1:] == [os.getcwd(), "set", 2], first[2])
"""


def answers(tmp_path: Path, body: str) -> list[str]:
    (tmp_path / "helper_of_mine.py").write_text("VALUE = 1\n")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("{body}", body))
    around = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    around.pop("MARK", None)
    (tmp_path / "elsewhere").mkdir()
    command = [sys.executable, script, tmp_path / "elsewhere"]
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=around, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    return found.stdout.split()


def test_a_worker_goes_on_to_the_next_run_and_is_where_the_notebook_is_then(tmp_path: Path) -> None:
    assert answers(tmp_path, "pass") == ["True", "True", "True", "None"]


def test_a_worker_that_loaded_a_persons_own_module_does_not(tmp_path: Path) -> None:
    assert answers(tmp_path, "import helper_of_mine") == ["False", "True", "True", "None"]


def test_what_a_function_changes_in_its_process_stays_as_it_does_in_the_kernel(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """
import decimal
from notebook_assets import Instance, asset, materialize

@asset
def precision():
    before = decimal.getcontext().prec
    decimal.getcontext().prec = 3
    return before

with Instance.ephemeral() as store:
    for executor in ("processes", "processes", "in_process", "in_process"):
        materialize([precision], only="all", instance=store, progress=False, executor=executor)
        print(store.load("precision"))
"""
    )
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert found.stdout.split() == ["28", "3", "28", "3"], found.stderr
