"""What is recorded of each piece, and what the store answers about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from notebook_assets.errors import (
    EmptyPieceError,
    InvalidInvocationError,
    NeverMaterializedError,
    StoreError,
    UnknownAssetError,
    UnknownPartitionError,
    ValueNotFoundError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions import StaticPartitionsDefinition
from notebook_assets.states import PieceState
from notebook_assets.store import AssetDescription, InputRead, Instance

AIRPORTS = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])
READ = InputRead(AssetKey("hourly"), '{"keys": ["a"]}', 4, "d1")


def describe(instance: Instance, name: str = "airports", **more: object) -> None:
    instance.describe_assets([AssetDescription(AssetKey(name), partitions=AIRPORTS.to_dict(), **more)])


def test_a_materialization_is_recorded_whole(instance: Instance, run_id: str) -> None:
    before = time.time()
    event = instance.record_materialization(
        "airports",
        "EWR",
        run_id=run_id,
        value=instance.encode([1, 2], "airports"),
        code="c1",
        metadata=normalize_metadata({"rows": 2}),
        tags={"by": "hand"},
        duration=1.5,
        reads=[READ],
    )
    record = instance.latest("airports", "EWR")
    assert record is not None
    assert (record.event_id, record.partition, record.kind, record.run_id) == (event, "EWR", "materialization", run_id)
    assert (record.code, record.duration, record.format, record.type, record.size) == ("c1", 1.5, "json", "list", 6)
    assert record.data_version == instance.encode([1, 2], "x").digest
    assert record.metadata == normalize_metadata({"rows": 2})
    assert record.tags == {"by": "hand"}
    assert before <= record.time <= time.time()
    assert instance.input_reads("airports") == {event: [READ]}
    assert instance.last_event_id() == event


def test_a_data_version_that_was_given_stays(instance: Instance, run_id: str, put: Callable[..., int]) -> None:
    put("a", None, 1, data_version="v7")
    record = instance.latest("a")
    assert record is not None
    assert record.data_version == "v7"


@pytest.mark.parametrize("size", [10, 16 * 1024 - 2, 16 * 1024 - 1, 1_000_000])
def test_small_values_lie_in_the_database_and_large_ones_in_files(
    instance: Instance, put: Callable[..., int], size: int
) -> None:
    put("a", "p", ["x" * (size - 2)][0] + "yy")
    files = list((instance.folder / "values").rglob("*.txt"))
    assert len(files) == (size > 16 * 1024)
    assert instance.load("a", "p") == "x" * (size - 2) + "yy"


def test_each_materialization_has_a_file_of_its_own(instance: Instance, put: Callable[..., int]) -> None:
    for version in range(3):
        put("a", "p", str(version) * 20_000)
    assert len(list((instance.folder / "values").rglob("p.*.txt"))) == 3
    assert instance.load("a", "p") == "2" * 20_000


def test_a_loaded_value_may_be_changed_without_changing_the_store(instance: Instance, put: Callable[..., int]) -> None:
    put("a", None, [1])
    instance.load("a").append(2)
    assert instance.load("a") == [1]


def test_the_state_of_a_piece_is_that_of_its_latest_event(
    instance: Instance, run_id: str, put: Callable[..., int]
) -> None:
    first = put("a", "p", 1, code="c1")
    instance.record_failure("a", "p", run_id=run_id, error_type="ValueError", message="no", code="c2", duration=2.0)
    table = instance.pieces("a")
    assert (table.states, table.event_ids, table.value_event_ids) == ([PieceState.FAILED], [first], [first])
    assert (table.codes, table.kinds) == (["c1"], ["materialization"])
    assert instance.load("a", "p") == 1, "a failure keeps the earlier value"
    assert instance.get_materialized_partitions("a") == {"p"}

    empty = instance.record_empty("a", "p", run_id=run_id, code="c3", duration=0.5, reads=[READ])
    table = instance.pieces("a")
    assert (table.states, table.event_ids, table.value_event_ids) == ([PieceState.EMPTY], [empty], [first])
    assert instance.failure("a", "p") is None
    assert instance.input_reads("a") == {empty: [READ]}
    assert instance.get_materialized_partitions("a") == set()
    with pytest.raises(EmptyPieceError, match=r"a\[p\] was made and yielded nothing"):
        instance.load("a", "p")

    again = put("a", "p", 2)
    table = instance.pieces("a")
    assert (table.states, table.event_ids, table.value_event_ids) == ([PieceState.MATERIALIZED], [again], [again])
    assert instance.load("a", "p") == 2


def test_a_failure_is_recorded_whole(instance: Instance, run_id: str) -> None:
    instance.record_failure(
        "a",
        None,
        run_id=run_id,
        error_type="ValueError",
        message="bad",
        traceback="line 1",
        code="c",
        duration=3.0,
        reads=[READ],
    )
    failure = instance.failure("a")
    assert failure is not None
    assert (failure.kind, failure.error_type, failure.message, failure.traceback) == (
        "failed",
        "ValueError",
        "bad",
        "line 1",
    )
    assert (failure.partition, failure.code, failure.duration, failure.reads) == (None, "c", 3.0, (READ,))
    with pytest.raises(NeverMaterializedError, match="its latest attempt was failed: ValueError: bad"):
        instance.load("a")


def test_skips_name_what_was_missing(instance: Instance, run_id: str) -> None:
    instance.record_skips("a", [("p", "2 inputs are missing", ["h[1]", "h[2]"]), ("q", "x", [])], run_id=run_id)
    assert instance.pieces("a").states == [PieceState.SKIPPED] * 2
    failure = instance.failure("a", "p")
    assert failure is not None
    assert (failure.kind, failure.missing) == ("skipped", ("h[1]", "h[2]"))
    assert [failure.partition for failure in instance.failures("a")] == ["p", "q"]
    assert instance.failures("b") == []


def test_a_materialization_without_a_value_hides_the_earlier_one(
    instance: Instance, run_id: str, put: Callable[..., int]
) -> None:
    put("a", None, 1)
    instance.record_materialization("a", run_id=run_id, value=None, data_version="v1")
    assert instance.pieces("a").states == [PieceState.MATERIALIZED]
    with pytest.raises(ValueNotFoundError, match="keeps no value"):
        instance.load("a")


def test_counts_of_all_assets_come_at_once(instance: Instance, run_id: str, put: Callable[..., int]) -> None:
    put("a", "p", 1)
    put("a", "q", (1,))
    instance.record_empty("a", "r", run_id=run_id)
    instance.record_failure("b", None, run_id=run_id, error_type="E", message="m")
    counts = instance.counts()
    assert counts[AssetKey("a")].states == {PieceState.MATERIALIZED: 2, PieceState.EMPTY: 1}
    assert counts[AssetKey("a")].value_type == "tuple"
    assert counts[AssetKey("b")].states == {PieceState.FAILED: 1}
    assert counts[AssetKey("b")].value_type is None
    assert abs((counts[AssetKey("b")].last_time or 0) - time.time()) < 60


def test_numbers_in_the_metadata_make_a_series(instance: Instance, put: Callable[..., int]) -> None:
    for partition, rows in [("q", 2), ("p", 1.5), ("r", "many")]:
        put("a", partition, 1, metadata=normalize_metadata({'ro"ws': rows, "other": 3}))
    assert instance.metadata_series("a", 'ro"ws') == [("p", 1.5), ("q", 2)]
    assert instance.metadata_series("a", "none") == []


def test_the_latest_materialization_is_found_over_all_partitions(instance: Instance, put: Callable[..., int]) -> None:
    put("a", "q", 1)
    put("a", "p", 2)
    record = instance.get_latest_materialization_event("a")
    assert record is not None
    assert record.partition == "p"
    assert instance.get_latest_materialization_event("b") is None


def test_runs_are_recorded_with_their_end(instance: Instance, run_id: str) -> None:
    instance.finish_run(run_id, "canceled")
    run = instance.runs()[0]
    assert (instance.run(run.run_id), instance.run("no such run")) == (run, None)
    assert (run.run_id, run.status, run.selection, run.planned) == (run_id, "canceled", "tests", 1)
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at
    with pytest.raises(InvalidInvocationError, match="running, success, failed, canceled, interrupted; got 'great'"):
        instance.finish_run(run_id, "great")
    with pytest.raises(StoreError, match="no run 'r0'"):
        instance.finish_run("r0", "success")


def test_descriptions_come_back_and_only_changes_are_written(instance: Instance) -> None:
    described = AssetDescription(
        AssetKey(["warehouse", "a/b"]),
        "asset",
        "weather",
        AIRPORTS.to_dict(),
        "my_io",
        "tour.ipynb",
        "c1",
        "What it is.",
        (AssetKey("up"), AssetKey(["x", "y"])),
        normalize_metadata({"owner": "me"}),
    )
    instance.describe_assets([described])
    assert instance.asset_descriptions() == {described.key: described}
    changes = instance.database.read
    with changes() as connection:
        before = connection.total_changes
    instance.describe_assets([described])
    with changes() as connection:
        assert connection.total_changes == before
    assert instance.partitions_definition(described.key) == AIRPORTS


def test_no_such_asset_no_such_partition_and_never_made_are_different_errors(
    instance: Instance, put: Callable[..., int]
) -> None:
    describe(instance)
    put("airports", "EWR", 1)
    with pytest.raises(UnknownAssetError, match=r"no asset 'airprots'\. Did you mean 'airports'\?"):
        instance.load("airprots")
    with pytest.raises(UnknownPartitionError, match=r"^airports: .*'JKF'.*'JFK'"):
        instance.load("airports", "JKF")
    with pytest.raises(NeverMaterializedError, match=r"airports\[LGA\] was never materialized"):
        instance.load("airports", "LGA")
    with pytest.raises(InvalidInvocationError, match="airports is partitioned: say which part"):
        instance.load("airports")


def test_the_errors_are_as_good_for_an_asset_that_was_never_described(
    instance: Instance, put: Callable[..., int]
) -> None:
    put("whole", None, 1)
    put("parts", "2013-01-01", 1)
    with pytest.raises(UnknownPartitionError, match="whole is not partitioned"):
        instance.load("whole", "p")
    with pytest.raises(UnknownPartitionError, match="Did you mean '2013-01-01'"):
        instance.load("parts", "2013-01-02")
    with pytest.raises(InvalidInvocationError, match="parts is partitioned"):
        instance.load("parts")


def test_wiping_forgets_pieces_and_their_files(instance: Instance, run_id: str, put: Callable[..., int]) -> None:
    describe(instance, "a")
    for partition in ("p", "q", "r"):
        for version in ("1", "2"):
            put("a", partition, version * 20_000, reads=[READ])
    last = instance.last_event_id()
    instance.record_failure("a", "p", run_id=run_id, error_type="E", message="m")
    assert instance.wipe("a", ["p", "EWR"]) == 1
    assert instance.pieces("a").partitions == ["q", "r"]
    assert len(list((instance.folder / "values").rglob("*.txt"))) == 4
    with pytest.raises(NeverMaterializedError):
        instance.load("a", "EWR")
    instance.wipe_assets(["a"])
    assert len(instance.pieces("a")) == 0
    assert not list((instance.folder / "values").rglob("*.txt"))
    assert instance.asset_descriptions()[AssetKey("a")].partitions == AIRPORTS.to_dict()
    for table in ("materializations", "failures", "input_reads", "value_blobs", "pieces"):
        assert instance.db[table].count == 0
    assert put("a", "p", 1) > last, "an id that was wiped is never given again"
    with pytest.raises(UnknownAssetError):
        instance.wipe("never heard of")


def test_threads_share_one_instance(instance: Instance, run_id: str) -> None:
    def work(number: int) -> None:
        for step in range(30):
            value = instance.encode([number, step], "a")
            instance.record_materialization("a", f"{number}-{step}", run_id=run_id, value=value)
            assert instance.load("a", f"{number}-{step}") == [number, step]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert instance.counts()[AssetKey("a")].states == {PieceState.MATERIALIZED: 120}


def test_a_closed_store_says_so(instance: Instance) -> None:
    instance.close()
    with pytest.raises(StoreError, match="is closed; open it again"):
        instance.begin_run()


def test_a_small_step_costs_a_fraction_of_a_millisecond(instance: Instance, run_id: str) -> None:
    """The bounds are far above what is measured (0.08 and 0.02 ms), so that a busy machine does not break the test."""
    costs: dict[str, list[float]] = {"write": [], "read": []}
    for step in range(300):
        started = time.perf_counter()
        instance.record_materialization("a", f"{step}", run_id=run_id, value=instance.encode(step, "a"), code="c")
        between = time.perf_counter()
        instance.load("a", f"{step}")
        costs["write"].append(between - started)
        costs["read"].append(time.perf_counter() - between)
    assert sorted(costs["write"])[150] < 0.001
    assert sorted(costs["read"])[150] < 0.0005
