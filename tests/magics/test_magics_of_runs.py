"""%materialize with options of how it goes, %resume, %runs and %output: what they do, and how they refuse."""

from __future__ import annotations

import pytest

from notebook_assets import BackgroundRun, PlanTable, RunHistory, RunResult, StepOutput

BROKEN = """\
is_well = False
@asset(partitions_def=days)
def wind(context):
    print("looking at", context.partition_key)
    if context.partition_key.endswith("-05") and not is_well:
        raise ValueError("no wind")
    return 1
"""


@pytest.fixture
def wind(notebook):
    notebook.run(BROKEN)
    return notebook


def test_a_dry_run_makes_nothing(wind) -> None:
    plan = wind.run("%materialize wind -p 2024-03-04...2024-03-06 --dry-run")
    assert isinstance(plan, PlanTable)
    assert plan.rows[0].ranges == "2024-03-04...2024-03-06"
    assert len(wind.run("%runs")) == 0


def test_the_newest_first(wind) -> None:
    wind.run("%materialize wind -p 2024-03-01...2024-03-03 --newest")
    printed = [line for line in wind.printed.splitlines() if "looking at" in line]
    assert printed == [f"looking at 2024-03-0{day}" for day in (3, 2, 1)]


def test_by_threads(wind) -> None:
    result = wind.run("%materialize wind -p 2024-03-01...2024-03-03 --executor threads --workers 2")
    assert isinstance(result, RunResult)
    assert result.done == 3


def test_in_the_background(wind) -> None:
    run = wind.run("%materialize wind -p 2024-03-01...2024-03-03 --background")
    assert isinstance(run, BackgroundRun)
    assert run.wait(60).done == 3


def test_a_run_that_failed_goes_on(wind) -> None:
    wind.fails("%materialize wind -p 2024-03-04...2024-03-06")
    result = wind.run("is_well = True", "%resume")
    assert (result.planned, result.done) == (1, 1)
    assert wind.run("%resume").headline() == "Nothing to do: all that the run planned is made."


def test_the_history(wind) -> None:
    wind.fails("%materialize wind -p 2024-03-04...2024-03-06")
    wind.run("is_well = True", "%resume")
    history = wind.run("%runs")
    assert isinstance(history, RunHistory)
    assert [(run.status, run.made, run.failed) for run in history.runs] == [("success", 1, 0), ("failed", 2, 1)]
    assert "failed, resumed" in repr(history)
    assert len(wind.run("%runs 1")) == 1


def test_what_a_step_printed(wind) -> None:
    wind.run("%materialize wind -p 2024-03-01")
    shown = wind.run("%output wind 2024-03-01")
    assert isinstance(shown, StepOutput)
    assert shown.text.strip() == "looking at 2024-03-01"
    assert "never made" in repr(wind.run("%output wind -p 2024-03-02"))


@pytest.mark.parametrize("line", ["%materialize readings daily", "%materialize readings, daily"])
def test_names_beside_each_other_are_several_assets(weather, line: str) -> None:
    result = weather.run(f"{line} -p 2024-03-01")
    assert sorted(key.name for key in result.planned_by_asset) == ["daily", "readings"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%materialize wind --workers two", "--workers is a whole number from 1 on; got 'two'."),
        ("%materialize wind --workers 0", "--workers is a whole number from 1 on; got '0'."),
        ("%materialize wind --timeout soon", "--timeout is a number of seconds, such as 60 or 0.5; got 'soon'."),
        ("%materialize wind --timeout nan", "--timeout is a number of seconds"),
        ("%materialize wind --dry-run --background", "A dry run makes nothing"),
        ("%materialize wind --executor thread", "threads"),
        ("%runs many", "N is a whole number from 1 on; got 'many'."),
        ("%resume", "There is no run to go on with"),
        ("%resume 3f", "No run has an id that begins with '3f'"),
        ("%output nosuch", "There is no asset 'nosuch'"),
        ("%output wind", "has partitions: say of which"),
        ("%output wind 2023-01-01", "2023-01-01"),
        ("%output wind 2024-03-01 -p 2024-03-02", "named twice"),
        ("%output wind 2024-03-01 --run 3f", "No run has an id that begins with '3f'"),
    ],
)
def test_what_is_typed_wrongly_is_refused_in_words(wind, line: str, words: str) -> None:
    assert words in wind.fails(line)
