"""partition_status: one row a piece, its state, and its cause followed to what changed first."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    DailyPartitionsDefinition,
    Definitions,
    Instance,
    InvalidInvocationError,
    Output,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    UnknownPartitionError,
    asset,
    materialize,
    partition_status,
)
from notebook_assets.diagnosis.piece_table import COLUMNS

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-05")


class Pipeline:
    """raw → clean → trend (its own day before, too); what raw gives and the code versions are a test's to decide."""

    def __init__(self, store: Instance) -> None:
        self.store = store
        self.values: dict[str, Any] = {}
        self.versions: dict[str, str] = {}

    def definitions(self) -> Definitions:
        def raw(context: Any) -> Any:
            value = self.values.get(context.partition_key[-2:], 1)
            if isinstance(value, Exception):
                raise value
            if value is not None:
                yield Output(value)

        def clean(raw: Any) -> Any:
            return raw

        def trend(clean: Any, trend: Any) -> Any:
            return clean

        before = TimeWindowPartitionMapping(-1, -1, allow_nonexistent_upstream_partitions=True)
        own = AssetIn(partition_mapping=before, metadata={"allow_missing_partitions": True})
        common: dict[str, Any] = {"partitions_def": DAYS}
        return Definitions(
            [
                asset(code_version=self.versions.get("raw", "1"), output_required=False, **common)(raw),
                asset(code_version=self.versions.get("clean", "1"), **common)(clean),
                asset(code_version=self.versions.get("trend", "1"), ins={"trend": own}, **common)(trend),
            ]
        )

    def make(self, selection: str, **options: Any) -> None:
        options = options or {"partitions": "all"}
        definitions = list(self.definitions().assets)
        materialize(
            definitions, selection=selection, instance=self.store, progress=False, raise_on_error=False, **options
        )

    def table(self, *args: Any, **options: Any) -> pd.DataFrame:
        return partition_status(*args, instance=self.store, definitions=self.definitions(), **options)

    def told(self, name: str) -> list[tuple[str, str, str | None]]:
        rows = self.table(name)[["partition", "state", "cause"]].astype(object)
        return [(key[-2:], state, None if pd.isna(cause) else cause) for key, state, cause in rows.values.tolist()]


@pytest.fixture
def pipeline() -> Any:
    with Instance.ephemeral() as store:
        yield Pipeline(store)


def test_columns_have_their_types_whatever_is_in_them(pipeline: Pipeline) -> None:
    empty = pipeline.table("raw", state="running")
    nothing_made = pipeline.table()
    pipeline.values["02"] = ValueError("off")
    pipeline.make("*")
    for frame in (empty, nothing_made, pipeline.table(), pipeline.table("raw or clean", "2024-03-01", "materialized")):
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == dict(COLUMNS)
    assert (len(empty), len(nothing_made)) == (0, 12)
    assert list(nothing_made["asset"].unique()) == ["raw", "clean", "trend"]
    no_assets = partition_status(instance=pipeline.store, definitions=Definitions([]))
    assert {name: str(kind) for name, kind in no_assets.dtypes.items()} == dict(COLUMNS)


def test_every_state_with_its_cause(pipeline: Pipeline) -> None:
    pipeline.values = {"01": None, "02": ValueError("off"), "03": 3}
    pipeline.make("raw or clean")
    assert pipeline.told("raw") == [
        ("01", "empty", None),
        ("02", "failed", "raised ValueError"),
        ("03", "materialized", None),
        ("04", "materialized", None),
    ]
    assert pipeline.told("clean") == [
        ("01", "skipped", "for want of raw[2024-03-01]"),
        ("02", "skipped", "for want of raw[2024-03-02]"),
        ("03", "materialized", None),
        ("04", "materialized", None),
    ]
    assert pipeline.told("trend")[0] == ("01", "missing", None)
    failed = pipeline.table("raw", state=["failed"])
    assert failed["error"].tolist() == ["ValueError: off"]


def test_a_cause_is_the_first_change(pipeline: Pipeline) -> None:
    pipeline.make("*")
    pipeline.versions["raw"] = "2"
    assert pipeline.told("raw")[0] == ("01", "stale", "its code changed: the code version went from 1 to 2")
    first = "the code of raw changed: the code version went from 1 to 2"
    assert {cause for _, _, cause in pipeline.told("clean")} == {first}
    assert {cause for _, _, cause in pipeline.told("trend")} == {first}


def test_a_newer_piece_upstream_is_named(pipeline: Pipeline) -> None:
    pipeline.make("*")
    pipeline.values["02"] = 99
    pipeline.make("raw", partition_key="2024-03-02")
    again = "raw[2024-03-02] was made again"
    assert pipeline.told("clean") == [
        ("01", "materialized", None),
        ("02", "stale", again),
        ("03", "materialized", None),
        ("04", "materialized", None),
    ]
    assert [cause for _, _, cause in pipeline.told("trend")] == [None, again, again, again]


def test_what_is_known_of_a_value(pipeline: Pipeline) -> None:
    pipeline.make("raw", partition_key="2024-03-03")
    rows = pipeline.table("raw")
    made, never = rows.iloc[2], rows.iloc[0]
    record = pipeline.store.latest("raw", "2024-03-03")
    assert record is not None
    assert made["run"] == record.run_id
    assert made["size"] == record.size
    assert made["duration"] == record.duration
    assert abs(made["time"].timestamp() - record.time) < 0.1
    assert never[["time", "duration", "size", "rows", "run", "error"]].isna().all()


def test_assets_without_partitions_have_one_row() -> None:
    with Instance.ephemeral() as store:
        whole = asset(name="whole")(lambda: [1])
        materialize([whole], instance=store, progress=False)
        frame = partition_status(whole, instance=store, definitions=Definitions([whole]))
        assert frame["partition"].isna().tolist() == [True]
        assert frame["state"].tolist() == ["materialized"]


def test_rows_are_told_where_they_were_recorded() -> None:
    with Instance.ephemeral() as store:
        table = asset(name="table")(lambda: pd.DataFrame({"n": [1, 2, 3]}))
        materialize([table], instance=store, progress=False)
        definitions = Definitions([table])
        recorded = store.latest("table")
        assert recorded is not None
        expected = [3] if "row_count" in recorded.metadata else [pd.NA]
        assert partition_status(instance=store, definitions=definitions)["rows"].tolist() == expected


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("raw", None, "stael"), InvalidInvocationError, "stale"),
        (("raw", "2024-04-01"), UnknownPartitionError, "2024-04-01"),
        (("row",), Exception, "raw"),
    ],
)
def test_what_does_not_exist_is_an_error(pipeline: Pipeline, arguments: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        pipeline.table(*arguments)


# --- what a run plans


def test_what_a_living_run_plans_is_running(pipeline: Pipeline) -> None:
    subset = DAYS.subset_with_partition_keys(["2024-03-01", "2024-03-02"]).serialize()
    run = pipeline.store.begin_run(selection="raw", planned=2, targets=[("raw", subset)])
    assert [state for _, state, _ in pipeline.told("raw")] == ["running", "running", "missing", "missing"]
    assert pipeline.told("raw")[0][2] == f"planned by the run {run}"
    pipeline.store.record_materialization("raw", "2024-03-01", run_id=run, code="1")
    assert [state for _, state, _ in pipeline.told("raw")][1:] == ["running", "missing", "missing"]
    pipeline.store.finish_run(run, "success")
    assert "running" not in {state for _, state, _ in pipeline.told("raw")}


def test_what_a_dead_run_planned_is_not(pipeline: Pipeline) -> None:
    code = (
        "import os, sys; from notebook_assets import Instance; store = Instance(sys.argv[1]); "
        "store.begin_run(selection='whole', planned=1, targets=[('whole', '')]); os._exit(9)"
    )
    whole = asset(name="whole")(lambda: 1)
    subprocess.run([sys.executable, "-c", code, str(pipeline.store.folder)], check=False, env=dict(os.environ))
    frame = partition_status(whole, instance=pipeline.store, definitions=Definitions([whole]))
    assert frame["state"].tolist() == ["missing"]


def test_keys_that_are_in_no_order(pipeline: Pipeline) -> None:
    letters = StaticPartitionsDefinition(["c", "a", "b"])
    letter = asset(name="letter", partitions_def=letters)(lambda context: context.partition_key)
    materialize([letter], partitions=["a", "b"], instance=pipeline.store, progress=False)
    frame = partition_status(letter, instance=pipeline.store, definitions=Definitions([letter]))
    assert frame[["partition", "state"]].values.tolist() == [
        ["c", "missing"],
        ["a", "materialized"],
        ["b", "materialized"],
    ]
    sizes = [store_size(pipeline.store, key) for key in ("a", "b")]
    assert frame["size"].tolist()[1:] == sizes


def store_size(store: Instance, key: str) -> int | None:
    record = store.latest("letter", key)
    return None if record is None else record.size
