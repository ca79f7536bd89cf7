"""The store keeps what checks found and what was observed, by piece, with its history."""

from __future__ import annotations

import itertools

from notebook_assets.keys import AssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.store import CheckFinding, Instance, ObservedColumns, Seen

DAILY = AssetKey("daily")


def test_the_latest_result_of_each_check_and_piece_is_given(instance: Instance) -> None:
    run = instance.begin_run()
    instance.record_checks("daily", "d1", run_id=run, findings=[CheckFinding("rows", passed=False)])
    instance.record_checks("daily", "d2", run_id=run, findings=[CheckFinding("rows", passed=True)])
    told = CheckFinding("rows", False, "WARN", True, 7, "3 rows", normalize_metadata({"rows": 3}))
    instance.record_checks("daily", "d1", run_id=run, findings=[told, CheckFinding("nulls", passed=True)])
    found = {(record.name, record.partition): record for record in instance.latest_checks("daily")}
    assert {where: record.outcome for where, record in found.items()} == {
        ("nulls", "d1"): "passed",
        ("rows", "d1"): "warned",
        ("rows", "d2"): "passed",
    }
    assert found["rows", "d1"].finding == told
    assert found["rows", "d1"].run_id == run
    assert [record.outcome for record in instance.check_history("daily", "rows", "d1")] == ["warned", "failed"]
    assert instance.db["latest_checks"].count == 3


def test_only_errors_of_blocking_checks_refuse_a_piece(instance: Instance) -> None:
    run = instance.begin_run()
    for at, (passed, severity, blocking, error) in enumerate(
        itertools.product((True, False), ("WARN", "ERROR"), (True, False), (None, "ValueError: no"))
    ):
        finding = CheckFinding("rows", passed, severity, blocking, error=error)
        instance.record_checks("daily", f"d{at:02}", run_id=run, findings=[finding])
    every = instance.latest_checks("daily")
    wrong = [each for each in every if each.finding.blocking and each.outcome in ("failed", "error")]
    assert instance.latest_checks("daily", refusing=True) == wrong
    assert 0 < len(wrong) < len(every)
    better = CheckFinding("rows", passed=True, blocking=True)
    instance.record_checks("daily", wrong[0].partition, run_id=run, findings=[better])
    assert instance.latest_checks("daily", refusing=True) == wrong[1:]


def test_a_check_that_raised_an_error_is_kept_as_such(instance: Instance) -> None:
    run = instance.begin_run()
    broken = CheckFinding("rows", passed=False, error="ValueError: no")
    instance.record_checks("daily", run_id=run, findings=[broken])
    (record,) = instance.latest_checks("daily")
    assert record.outcome == "error"
    assert record.finding.error == "ValueError: no"
    assert record.partition is None


def test_the_latest_data_version_of_each_piece_is_given(instance: Instance) -> None:
    first = instance.record_observations("daily", [Seen("d1", "a"), Seen("d2", "a")])
    second = instance.record_observations("daily", [Seen("d1", "b"), Seen("d2", None, "looked at")])
    columns = instance.observed_columns(DAILY)
    assert (columns.partitions, columns.data_versions) == (["d1", "d2"], ["b", "a"])
    assert columns.event_ids == [second[0], first[1]]
    assert [record.data_version for record in instance.observations("daily", "d1")] == ["b", "a"]
    assert instance.observations("daily")[0].description == "looked at"


def test_observations_and_materializations_are_in_one_order(instance: Instance) -> None:
    run = instance.begin_run()
    events = [
        *instance.record_observations("file", [Seen(data_version="a")], run_id=run),
        instance.record_materialization("daily", run_id=run),
        *instance.record_observations("file", [Seen(data_version="b"), Seen(data_version="c")]),
        instance.record_materialization("daily", run_id=run),
    ]
    assert events == sorted(set(events))
    assert instance.last_event_id() == events[-1]


def test_what_was_never_seen_has_nothing(instance: Instance) -> None:
    assert instance.latest_checks("daily") == instance.check_history("daily", "rows") == []
    assert instance.observed_columns(DAILY) == ObservedColumns()
    assert instance.observations("daily") == []


def test_wiping_forgets_what_was_seen(instance: Instance) -> None:
    run = instance.begin_run()
    instance.record_checks("daily", run_id=run, findings=[CheckFinding("rows", passed=True)])
    instance.record_observations("daily", [Seen(data_version="a")])
    instance.wipe("daily")
    assert instance.latest_checks("daily") == []
    assert instance.observations("daily") == []
