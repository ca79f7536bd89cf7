"""What a blocking check refused is not used by any magic, until it passes or `--only all` insists."""

from __future__ import annotations

from typing import Any

import pytest

CELLS = (
    "odd = True",
    "@asset\ndef orders():\n    return [1, -2]",
    "@asset\ndef revenue(orders):\n    return sum(orders)",
    "from notebook_assets import AssetCheckResult, asset_check\n"
    "@asset_check(asset=orders, blocking=True)\ndef ok(orders):\n    return AssetCheckResult(passed=not odd)",
)
SAID = "an error was found by orders:ok; mend that"


@pytest.mark.parametrize(
    "line",
    [
        "%materialize revenue --upstream",
        "%materialize revenue",
        "%materialize *revenue --only needed",
        "%%asset later --materialize\nlen(orders)",
    ],
)
def test_magics_do_not_make_from_what_was_refused(notebook: Any, line: str) -> None:
    notebook.run(*CELLS)
    notebook.fails("%materialize revenue --upstream")
    shown, _ = notebook.fails_after_showing(line)
    assert SAID in " ".join(str(shown[0].data["text/plain"]).split())


@pytest.mark.parametrize(
    ("mend", "line"),
    [
        ("", "%materialize revenue --only all"),
        ("odd = False", "%materialize *revenue"),
        ("odd = False\nfrom notebook_assets import run_checks\nrun_checks('orders:ok')", "%materialize revenue"),
        ("del ok", "%materialize revenue --upstream"),
    ],
)
def test_what_helps_helps(notebook: Any, mend: str, line: str) -> None:
    notebook.run(*CELLS)
    notebook.fails("%materialize revenue --upstream")
    notebook.run(mend, line)
    assert notebook.run("load_asset_value('revenue')") == -1
