"""No question that is asked often goes through all rows of a large table: what a store holds must not slow it down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    AssetRecordsFilter,
    MaterializeResult,
    RunsFilter,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    materialize,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.store import Instance

KEYS = ["x", "y", "z"]
LARGE = (
    "materializations|pieces|failures|observations|check_results|step_outputs|input_reads|value_blobs|run_targets|runs"
)
SCAN = re.compile(r"^SCAN (?:TABLE )?(\w+)(?! USING INDEX runs_running)\b")


@asset(partitions_def=StaticPartitionsDefinition(KEYS))
def first(context) -> int:  # type: ignore[no-untyped-def]
    if context.partition_key == "z":
        raise ValueError("no")
    context.log_event(AssetObservation("first", partition=context.partition_key))
    return 1


@asset(partitions_def=StaticPartitionsDefinition(KEYS))
def second(first: int) -> MaterializeResult[int]:
    return MaterializeResult(value=first)


@asset_check(asset=first, blocking=True)
def fine() -> AssetCheckResult:
    return AssetCheckResult(passed=True)


def make(instance: Instance, key: str) -> Any:
    """Make one partition of all."""
    return materialize(
        [first, second, fine], partition_key=key, instance=instance, progress=False, raise_on_error=False
    )


@contextmanager
def statements(instance: Instance) -> Iterator[list[str]]:
    """Note all that is asked of the database."""
    found: list[str] = []
    with instance.database.read() as connection:
        connection.set_trace_callback(found.append)
        yield found
        connection.set_trace_callback(None)


def scanned(instance: Instance, statement: str) -> list[str]:
    """Return the large tables of which a statement looks at all rows."""
    if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", statement) or re.search(
        r" FROM runs WHERE 1 .*LIMIT", statement
    ):
        return []  # the latest runs: as many as are asked for
    names = {
        name or table: table
        for table, name in re.findall(rf"\b({LARGE})\b(?: AS)?(?: (e|m|p|f|c|o|i|r|t))?\b", statement)
    }
    with instance.database.read() as connection:
        details = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return [names[match[1]] for detail in details if (match := SCAN.match(detail)) and match[1] in names]


QUESTIONS: dict[str, Callable[[Instance], object]] = {
    "materialize": lambda store: make(store, "y"),
    "fail": lambda store: make(store, "z"),
    "status": lambda store: statuses(AssetGraph([first, second]), store),
    "load": lambda store: store.load("first", "x"),
    "loader": lambda store: store.loader().load_asset_value("first", partitions=["x", "y"]),
    "latest": lambda store: store.latest("first", "x"),
    "latest of an asset": lambda store: store.get_latest_materialization_event("first"),
    "pieces": lambda store: (store.pieces("first"), store.piece_columns(first.key), store.input_reads("second")),
    "failures": lambda store: (store.failure("first", "z"), store.failures("first")),
    "history": lambda store: store.fetch_materializations("first", 10),
    "history of a partition": lambda store: store.fetch_materializations(AssetRecordsFilter("first", ["x"]), 10),
    "history since": lambda store: store.fetch_materializations(AssetRecordsFilter("first", after_timestamp=0.0), 10),
    "observations": lambda store: (store.fetch_observations("first", 10), store.observations("first", "x")),
    "observed": lambda store: store.observed_columns(first.key),
    "failed": lambda store: store.fetch_failed_materializations(AssetRecordsFilter("first", ["z"]), 10),
    "records": lambda store: store.get_asset_records(["first"]),
    "partitions": lambda store: store.get_status_by_partition("first", KEYS),
    "events of a run": lambda store: store.get_records_for_run(store.get_runs(limit=1)[0].run_id),
    "a run": lambda store: store.get_run_by_id("none"),
    "runs that go on": lambda store: store.close_dead_runs(),
    "result's events": lambda store: make(store, "x").all_events,
    "checks": lambda store: (store.latest_checks("first"), store.check_history("first", "fine", "x")),
    "refusing checks": lambda store: store.latest_checks("first", refusing=True),
    "output": lambda store: store.step_output("first", "x"),
    "targets": lambda store: store.run_targets("none"),
    "report": lambda store: store.report_runless_asset_event(AssetMaterialization("first", partition="x")),
    "data version": lambda store: store.get_latest_data_version_record("first", partition_key="x"),
    "wipe": lambda store: store.wipe("first", ["x"]),
    "runs of a status": lambda store: store.get_runs(RunsFilter(statuses=["running"]), limit=3) and None,
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=list(QUESTIONS))
def test_no_large_table_is_gone_through_as_a_whole(ask: Callable[[Instance], object], instance: Instance) -> None:
    for key in KEYS:
        make(instance, key)
    with statements(instance) as asked:
        ask(instance)
    assert [statement for statement in asked if statement.startswith(("SELECT", "INSERT"))] != []
    assert {statement: tables for statement in asked if (tables := scanned(instance, statement))} == {}


def test_a_scan_is_told(instance: Instance) -> None:
    assert scanned(instance, "SELECT * FROM materializations m WHERE m.size > 7") == ["materializations"]
    assert scanned(instance, "SELECT * FROM materializations m WHERE m.run = 7") == []
