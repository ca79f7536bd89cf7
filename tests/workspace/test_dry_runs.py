"""A dry run says what would be made, why, and about how long it would take; nothing is run or written."""

from __future__ import annotations

import pandas as pd
import pytest

from notebook_assets import (
    AssetKey,
    DailyPartitionsDefinition,
    Executor,
    Instance,
    InvalidInvocationError,
    PieceState,
    PlanTable,
    StaticPartitionsDefinition,
    asset,
    backfill,
    materialize,
    multiprocess_executor,
)

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-11")


@asset(partitions_def=DAYS)
def readings(context):
    if context.partition_key.endswith("05"):
        raise ValueError("no wind")
    return 1


@asset(partitions_def=DAYS)
def daily(readings):
    return readings + 1


@asset
def total(daily):
    return sum(daily.values())


EVERYTHING = [readings, daily, total]


@pytest.fixture
def store():
    with Instance.ephemeral() as instance:
        yield instance


def rows(plan: PlanTable) -> list[tuple[str, int, str, str]]:
    return [(row.key.to_user_string(), len(row.partitions), row.ranges, row.why.value) for row in plan.rows]


def test_nothing_is_run_or_written(store):
    plan = materialize([readings, daily, total], partitions="all", instance=store, dry_run=True)
    assert rows(plan) == [
        ("readings", 10, "2024-03-01...2024-03-10", "missing"),
        ("daily", 10, "2024-03-01...2024-03-10", "missing"),
        ("total", 1, "", "missing"),
    ]
    assert plan.total == 21
    assert plan.seconds is None
    assert store.runs() == []
    assert store.asset_descriptions() == {}


def test_each_reason_stands_in_a_row_of_its_own(store):
    materialize([readings], partitions="2024-03-03...2024-03-06", instance=store, progress=False, raise_on_error=False)
    plan = materialize([readings], partitions="all", instance=store, dry_run=True)
    assert rows(plan) == [
        ("readings", 6, "2024-03-01...2024-03-02, 2024-03-07...2024-03-10", "missing"),
        ("readings", 3, "2024-03-03...2024-03-04, 2024-03-06", "materialized"),
        ("readings", 1, "2024-03-05", "failed"),
    ]
    assert "made again" in repr(plan)


def test_a_backfill_plans_only_what_is_needed(store):
    materialize([readings], partitions="2024-03-03...2024-03-06", instance=store, progress=False, raise_on_error=False)
    plan = backfill([readings], "2024-03-02...2024-03-06", instance=store, dry_run=True)
    assert [(row.ranges, row.why) for row in plan.rows] == [
        ("2024-03-02", PieceState.MISSING),
        ("2024-03-05", PieceState.FAILED),
    ]


def test_the_time_is_guessed_by_how_long_pieces_took(store):
    run = store.begin_run(selection="readings", planned=2)
    for key, seconds in (("2024-03-01", 2.0), ("2024-03-02", 4.0)):
        value = store.encode(1, "readings")
        store.record_materialization("readings", key, run_id=run, value=value, duration=seconds)
    plan = materialize([readings, daily], partitions="2024-03-01...2024-03-04", instance=store, dry_run=True)
    seconds = {(row.key.to_user_string(), row.why.value): row.seconds for row in plan.rows}
    assert seconds["readings", "missing"] == pytest.approx(6)
    assert seconds["daily", "missing"] is None
    assert "in about 12 s, not counting what was never made" in plan.headline()
    options = {"executor": "threads", "max_workers": 4, "instance": store, "dry_run": True}
    assert materialize([readings], partitions="all", **options).seconds == pytest.approx(30 / 4)
    one = materialize([readings], partitions="2024-03-07", **options)
    assert one.seconds == pytest.approx(3), "one piece is made by one worker"


def test_it_is_a_frame_with_a_row_for_each_piece(store):
    frame = materialize(EVERYTHING, partitions="2024-03-01...2024-03-02", instance=store, dry_run=True).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["asset", "partition", "why", "seconds"]
    assert frame["partition"].fillna("").tolist() == ["2024-03-01", "2024-03-02"] * 2 + [""]


def test_a_plan_that_makes_nothing_says_so(store):
    plan = materialize(EVERYTHING, only="failed", instance=store, dry_run=True)
    assert len(plan) == 0
    assert repr(plan) == "This would make nothing: every chosen piece is as it should be."


def test_what_is_shown_is_escaped(store, read_html):
    evil = "<script>alert(1)</script>"

    @asset(partitions_def=StaticPartitionsDefinition([evil]))
    def letters():
        return 1

    seen = read_html(materialize([letters], partitions="all", instance=store, dry_run=True)._repr_html_())
    assert "script" not in seen.tags


def test_what_does_not_go_together_is_refused(store):
    with pytest.raises(InvalidInvocationError, match="give one"):
        materialize([total], instance=store, dry_run=True, background=True)
    with pytest.raises(InvalidInvocationError, match="Did you mean 'newest'"):
        materialize([total], instance=store, order="newst", dry_run=True)


def test_it_reckons_with_the_workers_that_the_run_would_have(store):
    two = multiprocess_executor.configured({"max_concurrent": 2})
    for executor, workers in ((two, 2), (Executor("threads", max_workers=3), 3), (None, 1)):
        plan = materialize([readings], partitions="all", instance=store, dry_run=True, executor=executor)
        assert plan.workers == workers
    with pytest.raises(InvalidInvocationError, match="from 1 on; got 0"):
        materialize([readings], partitions="all", instance=store, dry_run=True, executor="threads", max_workers=0)


def test_a_dry_run_of_one_key_reads_no_pieces_to_guess_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean is asked for by SQL: of the pieces that took any time."""
    with Instance.ephemeral() as store:
        run = store.begin_run()
        for partition, seconds in (("a", 2.0), ("b", 4.0), ("c", 0.0)):
            store.record_materialization("letters", partition, run_id=run, duration=seconds)
        store.record_materialization("other", "a", run_id=run, duration=100.0)
        store.record_failure("letters", "d", run_id=run, error_type="E", message="no", duration=50.0)
        tables = store.status_tables
        assert tables.seconds_each(AssetKey("letters")) == 3.0
        assert tables.seconds_each(AssetKey("never")) is None

        @asset(partitions_def=StaticPartitionsDefinition(["a", "b", "c", "d"]))
        def letters() -> int:
            return 1

        def refused(*key: object) -> None:
            raise AssertionError("all pieces were read")

        monkeypatch.setattr(store, "pieces", refused)
        plan = materialize([letters], partitions="a", instance=store, dry_run=True)
        assert plan.seconds == 3.0
