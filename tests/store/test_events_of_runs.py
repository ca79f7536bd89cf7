"""What happened in a run is given in order and page by page, of which only the records of the page are read."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.store import CheckFinding, Instance, record_rows
from notebook_assets.store.event_types import EventType
from notebook_assets.store.observations_table import Seen
from notebook_assets.store.run_rows import rows_of_run

KINDS = ["materialization", "observation", "empty", "failed", "skipped", "check", "materialization"]


@pytest.fixture
def run(instance: Instance) -> str:
    """Return a run in which each kind of thing happened once, and a clock that was set back meanwhile."""
    run = instance.begin_run()
    instance.record_materialization("a", "1", run_id=run)
    instance.record_observations("a", [Seen("2", description="seen")], run_id=run)
    instance.record_empty("a", "3", run_id=run)
    instance.record_failure("a", "4", run_id=run, error_type="E", message="no")
    instance.record_skips("a", [("5", "why", ["up"])], run_id=run)
    instance.record_checks("a", "6", findings=[CheckFinding("ok", passed=False, error="x")], run_id=run)
    instance.record_materialization("a", "7", run_id=run)
    instance.finish_run(run, "failed")
    other = instance.begin_run()
    instance.record_materialization("a", "1", run_id=other)
    return run


def test_pages_together_are_all_that_happened_in_either_order(instance: Instance, run: str) -> None:
    everything = list(instance.get_records_for_run(run).records)
    assert [record.event_type for record in everything] == [
        EventType.RUN_START,
        EventType.ASSET_MATERIALIZATION,
        EventType.ASSET_OBSERVATION,
        EventType.STEP_SUCCESS,
        EventType.STEP_FAILURE,
        EventType.STEP_SKIPPED,
        EventType.ASSET_CHECK_EVALUATION,
        EventType.ASSET_MATERIALIZATION,
        EventType.RUN_FAILURE,
    ]
    for ascending in (True, False):
        cursor, pages = None, []
        while True:
            page = instance.get_records_for_run(run, cursor, limit=2, ascending=ascending)
            pages += page.records
            cursor = page.cursor
            if not page.has_more:
                break
        assert pages == (everything if ascending else everything[::-1])


def test_only_the_records_of_a_page_are_read(instance: Instance, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Any] = []
    read = record_rows.RecordRows.read

    def counted(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        built.extend(found)
        return found

    monkeypatch.setattr(record_rows.RecordRows, "read", counted)
    instance.get_records_for_run(run, limit=3)
    assert len(built) == 2  # and that it began
    built.clear()
    instance.get_records_for_run(run, of_type=EventType.STEP_FAILURE)
    assert len(built) == 1


@pytest.mark.parametrize("limit", [-1, True, "3", 1.5])
def test_a_limit_that_is_none_is_refused(instance: Instance, run: str, limit: Any) -> None:
    with pytest.raises(InvalidInvocationError, match="limit is a number from 0 on"):
        instance.get_records_for_run(run, limit=limit)
    assert instance.get_records_for_run(run, limit=0).records == []


def test_rows_of_a_run_say_the_same_as_its_records_in_the_same_order(instance: Instance, run: str) -> None:
    rows = rows_of_run(instance, run)
    assert [row.kind for row in rows] == KINDS
    assert [row.partition for row in rows] == list("1234567")
    assert [row.row_id for row in rows] == [
        record.storage_id for record in instance.get_records_for_run(run).records[1:-1]
    ]
    assert [row.description for row in rows if row.description] == ["seen", "no", "why"]
    [check] = [row.check for row in rows if row.check]
    assert (check.name, check.passed, check.error) == ("ok", False, "x")
    assert rows_of_run(instance, "no such run") == []


def test_a_look_that_is_interrupted_right_after_it_began_a_transaction_leaves_none_open(instance: Instance) -> None:
    def look() -> None:
        with instance.database.read() as connection:
            connection.execute("BEGIN")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look()
    with instance.database.read() as connection:
        connection.execute("BEGIN")
        connection.execute("COMMIT")
    with instance.database.write() as writing:  # a look within a transaction does not end it
        writing.execute("CREATE TABLE kept (a)")
        with instance.database.read() as connection:
            assert connection.in_transaction
        assert writing.in_transaction
    assert instance.db["kept"].exists()
