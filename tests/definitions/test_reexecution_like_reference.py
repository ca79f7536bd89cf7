"""Jobs that are run again, compared with the reference: from failure and by steps, twice over, and what is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster
import pytest

import notebook_assets
from tests.definitions import chain_of_assets
from tests.definitions.chain_of_assets import FAILING, MADE

Again = Callable[..., tuple[bool, list[str], str]]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reference logs each step."""
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    FAILING.clear()


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[list[tuple[Any, Again]]]:
    """Both libraries, each with what runs the job: it tells whether that went well, what was made, and its id."""
    (tmp_path / "reference").mkdir()
    there = dagster.DagsterInstance.local_temp(str(tmp_path / "reference"))
    here = notebook_assets.Instance(tmp_path / "here")
    job = dagster.reconstructable(chain_of_assets.of_reference)

    def theirs(failing: set[str], options: Any = None) -> tuple[bool, list[str], str]:
        _begin(failing)
        with dagster.execute_job(job, instance=there, reexecution_options=options) as result:
            return result.success, list(MADE), result.run_id

    def ours(failing: set[str], options: Any = None) -> tuple[bool, list[str], str]:
        _begin(failing)
        result = chain_of_assets.of_ours().execute_in_process(
            instance=here, reexecution_options=options, raise_on_error=False
        )
        return result.success, list(MADE), result.run_id

    with there, here:
        yield [((dagster, there), theirs), ((notebook_assets, here), ours)]


def _begin(failing: set[str]) -> None:
    MADE.clear()
    FAILING.clear()
    FAILING.update(failing)


@pytest.mark.parametrize("first", [{"first"}, {"second"}, {"third", "aside"}, {"fourth"}])
@pytest.mark.parametrize("then", [set(), {"third"}])
def test_from_failure_makes_the_same(sides: list[tuple[Any, Again]], first: set[str], then: set[str]) -> None:
    told = []
    for (dg, store), run in sides:
        success, made, run_id = run(first)
        found = [(success, sorted(made))]
        for failing in (then, set()):
            if not success:
                success, made, run_id = run(failing, dg.ReexecutionOptions.from_failure(run_id, store))
                found.append((success, sorted(made)))
        told.append(found)
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "steps",
    [
        ["first"],
        ["deep__second"],
        ["*third"],
        ["deep__second*"],
        ["deep__second+"],
        ["+third"],
        ["++fourth"],
        ["+third+"],
        ["aside", "fourth"],
        ["*deep__second", "aside"],
        [],
    ],
)
def test_the_same_steps_are_made(sides: list[tuple[Any, Again]], steps: list[str]) -> None:
    told = []
    for (dg, store), run in sides:
        _, _, run_id = run(set())
        success, made, again = run(set(), dg.ReexecutionOptions(run_id, steps))
        record = store.get_run_by_id(again)
        told.append((success, sorted(made), record.parent_run_id == run_id))
    assert told[0] == told[1]


def test_what_ended_well_or_never_was_is_refused_by_both(sides: list[tuple[Any, Again]]) -> None:
    for (dg, store), run in sides:
        _, _, run_id = run(set())
        for which in (run_id, "nope"):
            with pytest.raises(Exception, match=r"nope|None" if which == "nope" else r"fail|well"):
                run(set(), dg.ReexecutionOptions.from_failure(which, store))
        with pytest.raises(Exception, match="nosuch"):
            run(set(), dg.ReexecutionOptions(run_id, ["nosuch"]))
