"""What goes along with the pieces of an archive: failures, checks, observations, output, code and acceptances."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import Definitions, DynamicPartitionsDefinition, asset, code_changes, materialize
from notebook_assets.errors import InvalidInvocationError, NeverMaterializedError, StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.store import CheckFinding, InputRead, Instance, Seen
from notebook_assets.store.code_versions import KeptCode

Put = Callable[..., int]

TABLES = ("materializations", "failures", "check_results", "observations", "step_outputs", "codes", "code_sources")


def counts(instance: Instance) -> dict[str, int]:
    return {name: instance.db.execute(f"select count(*) from {name}").fetchone()[0] for name in TABLES}


def test_a_failed_piece_is_failed_there_with_all_that_is_known(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    put("a", "p", "earlier")
    put("up", None, 1)
    about: dict[str, Any] = {"error_type": "ValueError", "message": "no", "traceback": "line 1", "code": "c1"}
    read = InputRead(AssetKey("up"), "", 2, "d1")
    instance.record_failure("a", "p", run_id=run_id, duration=1.5, reads=[read], **about)
    instance.record_skips("a", [("q", "1 input is not there", ["up[x]"])], run_id=run_id)
    instance.export(path)
    report = other.import_archive(path)
    assert (report.pieces, report.events) == (3, 2)
    assert other.pieces("a").states == instance.pieces("a").states == ["failed", "skipped"]
    mine, theirs = instance.failure("a", "p"), other.failure("a", "p")
    assert mine is not None
    assert theirs is not None
    for name in ("kind", "run_id", "time", "duration", "code", "error_type", "message", "traceback", "missing"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert theirs.reads == (InputRead(AssetKey("up"), "", 0, "d1"),)
    skipped = other.failure("a", "q")
    assert skipped is not None
    assert skipped.missing == ("up[x]",)
    assert other.load("a", "p") == "earlier", "its value is kept, as it was here"
    assert other.verify().ok


def test_a_failure_that_is_over_goes_along_as_history_only(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    instance.record_failure("a", "p", run_id=run_id, error_type="E", message="no")
    put("a", "p", "made")
    instance.export(path)
    other.import_archive(path)
    assert counts(other)["failures"] == 0
    with Instance(other.folder.parent / "third") as third:
        instance.export(path.with_name("all.zip"), versions="all")
        third.import_archive(path.with_name("all.zip"))
        assert counts(third)["failures"] == 1
        assert third.pieces("a").states == ["materialized"]
        assert third.verify().ok


def test_results_of_checks_are_those_of_the_version_they_looked_at(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    put("before", None, 0)  # so that numbers differ
    for number in (1, 2):
        event = put("a", "p", number)
        told: dict[str, Any] = {"severity": "WARN", "blocking": True, "metadata": {"rows": MetadataValue.int(3)}}
        found = [CheckFinding("rows", passed=False, event_id=event, description="few", **told)]
        instance.record_checks("a", "p", run_id=run_id, findings=found)
    instance.record_checks("a", "p", run_id=run_id, findings=[CheckFinding("raised", False, error="E", traceback="T")])
    instance.export(path, "a")
    other.import_archive(path)
    raised, rows = other.latest_checks("a")
    assert (raised.finding.error, raised.finding.traceback) == ("E", "T")
    latest = other.latest("a", "p")
    assert latest is not None
    assert rows.finding.event_id == latest.event_id != event
    assert (rows.finding.passed, rows.finding.severity, rows.finding.blocking) == (False, "WARN", True)
    assert (rows.finding.description, rows.finding.metadata["rows"].value, rows.run_id) == ("few", 3, run_id)
    assert counts(other)["check_results"] == 2, "the latest of each"
    with Instance(other.folder.parent / "third") as third:
        instance.export(path.with_name("all.zip"), versions="all")
        third.import_archive(path.with_name("all.zip"))
        assert counts(third)["check_results"] == 3


def test_a_check_of_a_version_that_stays_here_stays_too(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    """Otherwise it would count as one of the version that goes."""
    event = put("a", "p", 1)
    instance.record_checks("a", "p", run_id=run_id, findings=[CheckFinding("rows", passed=False, event_id=event)])
    put("a", "p", 2)
    instance.export(path)
    other.import_archive(path)
    assert other.latest_checks("a") == []


def test_observations_keep_their_order_among_what_was_made(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    put("a", None, 1)
    instance.record_observations("source", [Seen("p", "v1", "first", tags={"t": "u"})], run_id=run_id)
    put("a", None, 2)
    instance.record_observations("source", [Seen("p", "v2")])
    instance.record_observations("source", [Seen("p", None, "no version")])
    instance.export(path, versions="all")
    other.import_archive(path)
    mine, theirs = instance.observations("source"), other.observations("source")
    told = [
        [(each.partition, each.data_version, each.description, each.run_id, each.time) for each in several]
        for several in (mine, theirs)
    ]
    assert told[0] == told[1]
    assert theirs[2].tags == {"t": "u"}
    old, new = (each.event_id for each in reversed(other.versions("a")))
    assert old < theirs[2].storage_id < new < theirs[1].storage_id < theirs[0].storage_id
    with Instance(other.folder.parent / "third") as third:
        instance.export(path.with_name("latest.zip"))
        third.import_archive(path.with_name("latest.zip"))
        assert [each.data_version for each in third.observations("source")] == [None, "v2"]
        assert third.observed_columns(AssetKey("source")).data_versions == ["v2"]


def test_what_was_printed_goes_along(instance: Instance, other: Instance, put: Put, path: Path, run_id: str) -> None:
    put("a", "p", 1)
    instance.record_step_output("a", "p", run_id=run_id, text="héllo\n", dropped=7)
    instance.export(path)
    other.import_archive(path)
    assert other.step_output("a", "p") == "héllo\n"
    assert other.db.execute("select dropped from step_outputs").fetchone()[0] == 7


def test_how_code_changed_is_told_after_an_import(instance: Instance, other: Instance, path: Path) -> None:
    """The parts and the sources of the code that made the pieces go along."""

    @asset(name="rows")
    def old() -> int:
        return 1

    @asset(name="rows")
    def new() -> int:
        return 2

    materialize([old], instance=instance, progress=False)
    instance.export(path)
    other.import_archive(path)
    mine, theirs = (code_changes(new, instance=store, definitions=Definitions([new])) for store in (instance, other))
    assert repr(mine) == repr(theirs)
    assert "return 2" in repr(theirs)
    assert "return 1" in repr(theirs)


def test_codes_of_pieces_that_stay_here_stay_too(instance: Instance, other: Instance, put: Put, path: Path) -> None:
    for partition, code in (("p", "c1"), ("q", "c2")):
        put("a", partition, 1, code=code)
        instance.codes.keep([(AssetKey("a"), KeptCode(code, {"<body>": code}, {"<body>": f"source {code}"}, "v"))])
    instance.export(path, partitions=["q"])
    other.import_archive(path)
    assert other.codes.get(AssetKey("a"), "c1") is None
    assert other.codes.get(AssetKey("a"), "c2") == instance.codes.get(AssetKey("a"), "c2")
    assert counts(other)["code_sources"] == 1
    seen = [
        store.db.execute("select first_seen from codes where code = 'c2'").fetchone() for store in (instance, other)
    ]
    assert seen[0] == seen[1]


def test_what_was_accepted_as_equivalent_is_accepted_there(
    instance: Instance, other: Instance, put: Put, path: Path
) -> None:
    put("a", "p", 1, code="old")
    put("a", "q", 1, code="new")
    assert instance.codes.accept(AssetKey("a"), "new") == 1
    instance.export(path)
    other.import_archive(path)
    assert other.codes.codes_by_partition(AssetKey("a")) == {"p": "new", "q": "new"}
    assert list(other.codes.accepted(AssetKey("a"))) == ["p"]
    assert other.codes.take_back(AssetKey("a")) == 1
    assert other.codes.code_of(AssetKey("a"), "p") == "old"


@pytest.fixture
def tried(instance: Instance, run_id: str) -> Instance:
    """A store with a piece that was only tried, and a source that was only seen."""
    instance.record_failure("a", "p", run_id=run_id, error_type="E", message="no")
    instance.record_step_output("a", "p", run_id=run_id, text="printed")
    instance.record_observations("source", [Seen("p", "v1"), Seen("p", "v2")], run_id=run_id)
    instance.record_checks("source", "p", run_id=run_id, findings=[CheckFinding("fresh", True, event_id=2)])
    return instance


def test_an_import_done_twice_tells_nothing_twice(tried: Instance, other: Instance, path: Path) -> None:
    tried.export(path, versions="all")
    other.import_archive(path)
    once = counts(other)
    assert once == {**counts(tried), "materializations": 0}
    other.import_archive(path)
    assert counts(other) == once
    assert other.verify().ok


def test_partitions_that_were_only_tried_or_seen_can_be_chosen(tried: Instance, other: Instance, path: Path) -> None:
    tried.export(path, "a", ["p"])
    assert other.import_archive(path).pieces == 1
    assert other.pieces("a").states == ["failed"]
    with pytest.raises(NeverMaterializedError, match=r"nothing was ever made: q\."):
        tried.export(path.with_name("x.zip"), "a", ["q"])


def test_keys_of_dynamic_partitions_of_failures_come_along(instance: Instance, other: Instance, path: Path) -> None:
    episodes = DynamicPartitionsDefinition(name="episodes")

    @asset(partitions_def=episodes)
    def each(context: Any) -> int:
        raise ValueError(context.partition_key)

    instance.add_dynamic_partitions("episodes", ["e1", "e2"])
    materialize([each], instance=instance, partitions=["e2"], progress=False, raise_on_error=False)
    instance.export(path)
    other.import_archive(path)
    assert other.get_dynamic_partitions("episodes") == ["e2"]


def test_a_failure_does_not_overwrite_unasked_what_was_made_here(tried: Instance, other: Instance, path: Path) -> None:
    tried.export(path)
    run = other.begin_run()
    other.record_materialization("a", "p", run_id=run, value=other.encode("mine", "a"))
    with pytest.raises(InvalidInvocationError, match=r"made here already: a\[p\]"):
        other.import_archive(path)
    other.import_archive(path, existing="skip")
    assert (other.pieces("a").states, other.step_output("a", "p")) == (["materialized"], "")
    other.import_archive(path, existing="replace")
    assert (other.pieces("a").states, other.load("a", "p")) == (["failed"], "mine")
    assert other.verify().ok


@pytest.mark.parametrize("table", ["failures", "check_results", "observations", "step_outputs"])
def test_an_import_that_is_broken_off_at_any_table_leaves_nothing(
    tried: Instance, other: Instance, path: Path, table: str
) -> None:
    tried.export(path)
    before = counts(other)
    with other.database.write() as connection:
        connection.execute(f"CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with pytest.raises((StoreError, sqlite3.Error), match="not today"):
        other.import_archive(path)
    assert counts(other) == before
    assert list(other.asset_descriptions()) == []


def test_where_a_run_was_is_not_told_elsewhere(instance: Instance, path: Path) -> None:
    run = instance.begin_run(tags={"owner": "ann"})
    instance.record_materialization("a", run_id=run)
    instance.export(path)
    with zipfile.ZipFile(path) as archive:
        assert json.loads(json.loads(archive.read("runs.jsonl"))["tags"]) == {"owner": "ann"}
