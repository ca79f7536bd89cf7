"""Two kernels on one store: they make things at once, and one goes on where another was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from notebook_assets import Instance

SLOW = """
import time

@asset(partitions_def=days)
def slow(context):
    time.sleep(0.05)
    return context.partition_key

"""


def start(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


@pytest.fixture(autouse=True)
def store() -> Path:
    """The store that both find in their working directory."""
    folder = Path.cwd() / ".notebook_assets"
    Instance(folder).close()
    return folder


def test_two_processes_materialize_at_once(in_process: Callable[[str], str], store: Path) -> None:
    """Both make all of it; each succeeds, every piece is whole, and nothing is recorded that is not there."""
    make = in_process("print(materialize('*total', partitions='all', progress=False).status)")
    assert [finished(process) for process in [start(make), start(make), start(make)]] == ["success"] * 3
    with Instance(store) as instance:
        assert len(instance.pieces("daily").partitions) == 31
        assert instance.load("daily", "2024-03-31") == 93
        assert instance.load("total") == 1488
        runs = dict(instance.db.query("select status, count(*) as n from runs group by status").__next__().items())
        assert runs == {"status": "success", "n": 3}
    after = in_process("print(*[str(s) for e in asset_catalogue().entries for s in e.counts])")
    assert set(finished(start(after)).split()) <= {"materialized", "stale"}


def test_two_processes_share_what_is_missing(in_process: Callable[[str], str], store: Path) -> None:
    """``only="missing"`` in both: all is there in the end."""
    make = in_process(SLOW + "print(materialize('slow', only='missing', progress=False).status)")
    assert [finished(process) for process in [start(make), start(make)]] == ["success"] * 2
    check = in_process(SLOW + "print(explain('slow').counts)")
    assert finished(start(check)) == "{<PieceState.MATERIALIZED: 'materialized'>: 31}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_kernel_loses_only_what_was_in_flight(in_process: Callable[[str], str], store: Path) -> None:
    """SIGKILL in the middle of a run: what was done is there, and ``--only missing`` makes the rest."""
    victim = start(in_process(SLOW + "materialize('slow', partitions='all', progress=False)"))
    deadline = time.monotonic() + 30
    with Instance(store) as instance:
        while len(instance.pieces("slow").partitions) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        made = len(instance.pieces("slow").partitions)
    assert 5 <= made < 31
    rest = in_process(SLOW + "print(materialize('slow', only='missing', progress=False).planned)")
    assert finished(start(rest)) == str(31 - made)
    check = in_process(SLOW + "print(len(load_asset_value('slow', partitions='all')))")
    assert finished(start(check)) == "31"
