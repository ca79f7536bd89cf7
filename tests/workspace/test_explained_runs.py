"""What explanations and lists say of runs that go on, of runs whose kernel died, of what was printed, and of code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    Definitions,
    Explanation,
    Instance,
    PieceState,
    asset,
    asset_catalogue,
    explain,
    lineage,
    materialize,
    partition_grid,
)
from notebook_assets.errors import StepTimeoutError, WorkerDiedError

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-05")
TWO = DAYS.subset_with_partition_keys(["2024-03-01", "2024-03-02"]).serialize()
daily = asset(name="daily", partitions_def=DAYS, code_version="1")(lambda: 1)
whole = asset(name="whole", code_version="1")(lambda: 1)
DEFINITIONS = Definitions([daily, whole])


@pytest.fixture
def store() -> Iterator[Instance]:
    with Instance.ephemeral() as found:
        yield found


def said(store: Instance, name: str, key: str | None = None) -> Explanation:
    return explain(name, key, instance=store, definitions=DEFINITIONS)


def a_run_that_died(store: Instance, *, made: str) -> None:
    """Begin a run of two days in a process that kills itself; ``made`` is the day that it made before."""
    code = (
        "import os, sys; from notebook_assets import Instance; store = Instance(sys.argv[1]); "
        "run = store.begin_run(selection='daily', planned=2, targets=[('daily', sys.argv[2]), ('whole', '')]); "
        "sys.argv[3] and store.record_materialization('daily', sys.argv[3], run_id=run, code='1'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(store.folder), TWO, made], check=False, env=dict(os.environ))


def test_what_a_run_is_about_to_make_is_running_everywhere(store: Instance) -> None:
    run = store.begin_run(selection="daily", planned=2, targets=[("daily", TWO)])
    explanation = said(store, "daily", "2024-03-02")
    assert explanation.state is PieceState.RUNNING
    assert explanation.why[0].startswith("It is still to be made by a run that goes on, begun ")
    assert run[:8] in explanation.why[0]
    assert explanation.to_do == ()
    assert said(store, "daily", "2024-03-03").state is PieceState.MISSING
    of_all = said(store, "daily")
    assert of_all.counts == {PieceState.MISSING: 2, PieceState.RUNNING: 2}
    assert "2 partitions are still to be made" in of_all.why[0]
    listing = asset_catalogue(instance=store, definitions=DEFINITIONS)
    assert {str(each.key): dict(each.counts) for each in listing.entries}["daily"] == {
        PieceState.MISSING: 2,
        PieceState.RUNNING: 2,
    }
    assert "running" in repr(listing)
    assert "running" in repr(partition_grid("daily", instance=store, definitions=DEFINITIONS))
    assert "running" in lineage(instance=store, definitions=DEFINITIONS)._repr_html_()
    store.finish_run(run, "success")
    assert said(store, "daily", "2024-03-02").state is PieceState.MISSING


def test_a_run_whose_kernel_died_is_named_for_what_it_left(store: Instance) -> None:
    a_run_that_died(store, made="2024-03-01")
    left = said(store, "daily", "2024-03-02")
    assert left.state is PieceState.MISSING
    assert "The kernel died while the run `" in left.why[-1]
    assert "it did not come to this. `%resume " in left.why[-1]
    assert not any("died" in line for line in said(store, "daily", "2024-03-03").why)
    assert any("1 partition — 2024-03-02. `%resume" in line for line in said(store, "daily").why)
    assert any("died" in line for line in said(store, "whole").why)


def test_what_was_made_since_is_not_held_against_it(store: Instance) -> None:
    a_run_that_died(store, made="")
    materialize([daily], partition_key="2024-03-02", instance=store, progress=False)
    assert not any("died" in line for line in said(store, "daily", "2024-03-02").why)
    assert any("died" in line for line in said(store, "daily", "2024-03-01").why)


def test_what_a_step_printed_is_shown(store: Instance) -> None:
    def talk() -> None:
        print("a word")
        raise ValueError("off")

    talking = asset(name="talking")(talk)
    materialize([talking], instance=store, progress=False, raise_on_error=False)
    explanation = explain("talking", instance=store, definitions=Definitions([talking]))
    assert explanation.output == "a word\n"
    assert "What it printed\na word" in repr(explanation)
    assert "last attempt" in repr(explanation)
    assert "failed in" in repr(explanation)


def test_of_much_that_was_printed_the_end_is_shown(store: Instance) -> None:
    def count_up() -> int:
        for number in range(100):
            print(f"line {number};")
        return 1

    counting = asset(name="counting")(count_up)
    materialize([counting], instance=store, progress=False)
    shown = repr(explain("counting", instance=store, definitions=Definitions([counting])))
    assert "line 99;" in shown
    assert "line 80;" in shown
    assert "line 79;" not in shown
    assert "the last 20 of 100 lines; `step_output('counting')` has all" in shown


def test_code_in_a_cause_is_shown_as_code(store: Instance) -> None:
    """Not between backticks, which only the plain form has."""

    def helper() -> int:
        return 1

    def told() -> int:
        return helper()

    materialize([asset(told)], instance=store, progress=False)

    def helper() -> int:  # type: ignore[no-redef]  # noqa: F811
        return 2

    after = asset(told)
    explanation = explain("told", instance=store, definitions=Definitions([after]))
    assert "`<body>.helper`" in " ".join(explanation.why)
    html = explanation._repr_html_()
    assert "helper`" not in html
    assert '<span class="nba-mono">&lt;body&gt;.helper</span>' in html


def test_a_run_that_was_canceled_is_named_for_what_it_left(store: Instance) -> None:
    run = store.begin_run(selection="daily", planned=2, targets=[("daily", TWO)])
    store.record_materialization("daily", "2024-03-01", run_id=run, code="1")
    store.finish_run(run, "canceled")
    words = (
        f"The run `{run[:8]}` was canceled (just now): it did not come to this. `%resume {run[:8]}` goes on with it."
    )
    assert words in said(store, "daily", "2024-03-02").why
    assert "was canceled" not in str(said(store, "daily", "2024-03-01"))
    assert "was canceled" not in str(said(store, "daily", "2024-03-03"))
    assert "it did not come to 1 partition — 2024-03-02" in str(said(store, "daily"))


def test_of_runs_that_died_and_that_were_canceled_the_latest_is_named(store: Instance) -> None:
    runs = {}
    for status in ("interrupted", "canceled", "interrupted"):
        runs[status] = store.begin_run(selection="daily", planned=2, targets=[("daily", TWO)])
        store.finish_run(runs[status], status)
    text = str(said(store, "daily", "2024-03-02"))
    assert f"%resume {runs['interrupted'][:8]}" in text
    assert text.count("%resume") == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WorkerDiedError("it exited with code 3"), ["lack of memory", "--executor processes", "--workers 1"]),
        (StepTimeoutError("it took longer"), ["--timeout SECONDS", "--executor processes"]),
    ],
)
def test_what_failed_since_its_process_ended_is_not_blamed_on_its_code_alone(
    store: Instance, error: Exception, words: list[str]
) -> None:
    @asset(code_version="1")
    def fatal() -> None:
        raise error

    definitions = Definitions([fatal])
    materialize([fatal], instance=store, progress=False, raise_on_error=False)
    (advice,) = explain("fatal", instance=store, definitions=definitions).advice
    assert all(word in advice for word in words)
    assert "change it" not in advice
    assert "pass by itself" not in advice
