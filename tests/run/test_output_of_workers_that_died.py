"""What a step printed before its process died, or was stopped, is kept and shown."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import Instance, asset
from notebook_assets.run.output_aside import OutputAside, OutputFile
from notebook_assets.run.step_text import StepText


@pytest.mark.parametrize("end", ["exit", "hang", "fork"])
def test_what_a_step_printed_before_its_process_died_is_kept_and_shown(
    store: Instance, make: Any, capsys: Any, end: str
) -> None:
    @asset
    def greeting(context: Any) -> None:
        print("hello")
        context.log.info("on the way")
        sys.stderr.write("out of luck")
        if end == "fork" and os.fork() == 0:
            print("a child")
            os._exit(0)
        if end == "hang":
            time.sleep(60)
        os._exit(3)

    result = make(greeting, executor="processes", max_workers=1, timeout=3 if end == "hang" else None)
    assert result.status == "failed"
    assert store.step_output("greeting") == "hello\non the way\nout of luck"
    assert "out of luck" in capsys.readouterr().out


def test_each_call_keeps_its_own(store: Instance, make: Any) -> None:
    @asset
    def first() -> int:
        print("the first")
        return 1

    @asset
    def second(first: int) -> None:
        os._exit(3)

    make(first, second, executor="processes", max_workers=1)
    assert store.step_output("first") == "the first\n"
    assert store.step_output("second") == ""


def test_no_file_is_left(store: Instance, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    @asset
    def fatal() -> None:
        print("x")
        os._exit(3)

    make(fatal, executor="processes", max_workers=2)
    assert not list(tmp_path.glob("notebook-assets-*"))


def test_of_much_both_ends_are_kept_and_the_rest_is_counted() -> None:
    file = OutputFile()
    aside, whole = OutputAside(file.path), StepText()
    for number in range(400_000):
        whole.add(text := f"{number}é\n")
        aside.add(text, whole)
    found = file.read()
    assert found.text() == whole.text()
    assert found.dropped == whole.dropped > 0
    aside.clear()
    assert file.read().text() == ""
    aside.close()
    file.close()
