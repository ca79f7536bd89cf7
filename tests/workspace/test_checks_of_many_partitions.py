"""The checks of an asset with many partitions are counted by the store when it is explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import AssetCheckResult, StaticPartitionsDefinition, asset, asset_check, explain
from notebook_assets.keys import AssetKey
from notebook_assets.store import CheckFinding, Instance, check_groups, checks_table
from notebook_assets.workspace import Workspace, set_workspace, workspace

MANY = StaticPartitionsDefinition([f"k{number:05}" for number in range(3_000)])


@asset(partitions_def=MANY)
def many() -> int:
    return 1


@asset_check(asset=many, name="rows")
def rows() -> AssetCheckResult:
    return AssetCheckResult(passed=True)


@asset_check(asset=many, name="never")
def never() -> AssetCheckResult:
    return AssetCheckResult(passed=True)


def record(store: Instance, run: str, partition: str | None, name: str, **found: Any) -> None:
    store.record_checks("many", partition, run_id=run, findings=[CheckFinding(name, **found)])


@pytest.fixture
def namespace() -> Iterator[dict[str, Any]]:
    before, names = workspace(), dict[str, Any]()
    set_workspace(Workspace(lambda: names))
    yield names
    set_workspace(before)


@pytest.fixture
def store() -> Instance:
    store = Instance.ephemeral()
    run = store.begin_run(selection="many", planned=1)
    with store.database.write() as connection:
        (number,) = connection.execute("SELECT number FROM runs").fetchone()
        connection.execute("INSERT INTO assets (key) VALUES ('many')")
        connection.executemany(
            "INSERT INTO check_results (asset_id, partition, name, run, time, passed, severity, blocking, event_id) "
            "VALUES ((SELECT id FROM assets), ?, 'rows', ?, 1.0, 1, 'ERROR', 1, 0)",
            [(key, number) for key in MANY.get_partition_keys()],
        )
    for key in ("k00007", "k00008", "k02000"):
        record(store, run, key, "rows", passed=False, blocking=True, description=f"few in {key}")
    record(store, run, "k00009", "rows", passed=False, error="ValueError: no", traceback="line 7")
    record(store, run, "k00010", "rows", passed=False, severity="WARN", blocking=True)
    record(store, run, "gone", "old", passed=False)
    record(store, run, "k00011", "old", passed=False)
    record(store, run, None, "old", passed=False)
    return store


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was read of the results, one by one."""
    read, found = checks_table.check_record, []

    def noted(key: AssetKey, row: Any) -> Any:
        found.append(row)
        return read(key, row)

    for module in (checks_table, check_groups):
        monkeypatch.setattr(module, "check_record", noted)
    return found


def test_an_explanation_of_all_partitions_reads_one_result_of_each_kind(
    namespace: dict[str, Any], store: Instance, looked_at: list[Any]
) -> None:
    namespace.update(many=many, rows=rows, never=never)
    said = str(explain("many", instance=store))
    assert len(looked_at) == 5, "one of each line"
    for words in (
        "1 raised an error",
        "3 failed (blocking)",
        "k00007...k00008, k02000: few in k00007",
        "1 warned",
        "2995 passed",
        "k00000...k00006, k00011...k01999, k02001...k02999",
        "3 failed, not defined any more",
        "k00011, 1 key not there any more",
        "never run",
        "line 7",
    ):
        assert words in said, words


def test_an_explanation_of_one_partition_reads_its_results_alone(
    namespace: dict[str, Any], store: Instance, looked_at: list[Any]
) -> None:
    namespace.update(many=many, rows=rows)
    assert "few in k00007" in str(explain("many", "k00007", instance=store))
    assert len(looked_at) == 1


KEYS = st.sampled_from(["", "a", "b", "a\x1fb", "\x1f"])
FINDINGS = st.builds(
    CheckFinding,
    name=st.sampled_from(["rows", "columns", "a\x1f"]),
    passed=st.booleans(),
    severity=st.sampled_from(["ERROR", "WARN"]),
    blocking=st.booleans(),
    error=st.sampled_from([None, "ValueError: off"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(KEYS, FINDINGS), max_size=14))
def test_groups_are_those_of_the_latest_results(found: list[tuple[str, CheckFinding]]) -> None:
    """Also of keys that hold what stands between keys where SQLite joins them."""
    with Instance.ephemeral() as store:
        run = store.begin_run(selection="daily", planned=1)
        for partition, finding in found:
            store.record_checks("daily", partition or None, run_id=run, findings=[finding])
        expected: dict[tuple[str, str, bool], list[Any]] = {}
        latest = store.latest_checks("daily")
        for each in latest:
            refuses = each.finding.blocking and each.outcome in ("failed", "error")
            expected.setdefault((each.name, each.outcome, refuses), []).append(each)
        groups = store.status_tables.check_groups(AssetKey("daily"))
        assert {(each.name, each.outcome, each.refuses): sorted(each.partitions) for each in groups} == {
            kind: sorted(each.partition or "" for each in records) for kind, records in expected.items()
        }
        for each in groups:
            assert each.time == max(one.time for one in expected[each.name, each.outcome, each.refuses])
        for partition in (None, "a", "b", "never"):
            of_piece = [each for each in latest if each.partition == partition]
            assert store.status_tables.checks_of(AssetKey("daily"), partition) == of_piece
            for name in ("rows", "columns"):
                named = [each for each in of_piece if each.name == name]
                assert store.status_tables.checks_of(AssetKey("daily"), partition, name) == named
        assert store.status_tables.check_groups(AssetKey("nothing")) == []
