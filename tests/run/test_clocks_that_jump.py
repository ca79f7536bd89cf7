"""The clock jumps back in the middle of a run: what is latest, what is fresh and what lives is told all the same."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import DailyPartitionsDefinition, Instance, asset, materialize
from notebook_assets.run import RunResult
from notebook_assets.store.processes import is_gone, started_at

DAY = 86_400.0
days = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-09")


@asset(partitions_def=days)
def raw(context: Any) -> str:
    return str(context.partition_key)


@asset(partitions_def=days)
def size(raw: str) -> int:
    return len(raw)


@asset
def total(size: dict[str, int]) -> int:
    return sum(size.values())


def made(instance: Instance, **how: Any) -> RunResult:
    return materialize([raw, size, total], instance=instance, progress=False, partitions="all", **how)


@pytest.fixture
def instance(tmp_path: Path) -> Any:
    with Instance(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few looks at the clock, it is a day earlier."""
    clock, looks = time.time, count()
    monkeypatch.setattr(time, "time", lambda: clock() - DAY * (next(looks) // 7))


@pytest.mark.usefixtures("jumping")
def test_a_run_during_which_the_clock_jumps_back_makes_everything_once(instance: Instance) -> None:
    first = made(instance)
    assert first.success
    assert instance.load("total") == 80
    assert made(instance, only="needed").planned == 0, "nothing is stale, though it is older than what it was made from"
    assert instance.verify().ok
    assert instance.verify().unfinished_runs == ()


@pytest.mark.usefixtures("jumping")
def test_what_was_made_last_is_latest_however_the_clock_went(instance: Instance) -> None:
    made(instance)
    made(instance, only="all")
    assert [version.is_kept for version in instance.versions("raw", "2026-01-01")] == [True, True]
    newest, oldest = instance.versions("raw", "2026-01-01")
    assert newest.time < oldest.time
    assert instance.pieces("raw").event_ids[0] == newest.event_id
    instance.prune()
    assert instance.load("raw", "2026-01-01", version=newest.event_id) == "2026-01-01"
    assert made(instance, only="needed").planned == 0


@pytest.mark.usefixtures("jumping")
def test_an_age_counts_by_the_clock_as_it_was_and_spares_the_latest(instance: Instance) -> None:
    made(instance)
    made(instance, only="all")
    assert instance.prune(older_than=timedelta(days=3_650)).versions == 0
    assert instance.load("total") == 80


def test_a_process_lives_on_when_the_clock_is_set_back() -> None:
    """The system tells by the clock of now when a process began: an hour earlier than it told before."""
    began = started_at(os.getpid())
    assert began is not None
    assert not is_gone(os.getpid(), began + 3_600)
    assert is_gone(os.getpid(), began - 3_600), "one that began later bears its number"


def test_litter_is_judged_with_care_when_the_clock_was_set_back(instance: Instance) -> None:
    """A file from the future may be of this moment."""
    made(instance)
    path = instance.folder / "values" / "raw" / "p.0123456789abcdef.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("of a clock that was ahead")
    os.utime(path, (time.time() + 3_600, time.time() + 3_600))
    assert instance.sweep().files == ()
    assert path.exists()
