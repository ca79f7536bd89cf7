"""Archives: pieces of one store in another one, with all that belongs to them, all or nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from notebook_assets.errors import (
    BrokenValueError,
    InvalidInvocationError,
    NeverMaterializedError,
    StoreError,
    StoreNotWritableError,
    UnknownAssetError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.store import Instance
from tests.store.whole_stores import everything

Put = Callable[..., int]


VALUES: dict[str, Any] = {
    "text": "héllo",
    "json": {"a": [1, None]},
    "bytes": b"\x00\xff",
    "frame": pd.DataFrame({"x": range(3)}),
    "array": np.arange(4.0),
    "scalar": np.int64(7),
    "pickle": {1, 2, 3},
    "large": "x" * 100_000,
    "large_pickle": set(range(20_000)),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_each_format_comes_back(
    instance: Instance, other: Instance, put: Put, path: Path, name: str
) -> None:
    put("a", "p", VALUES[name])
    report = instance.export(path)
    assert (report.assets, report.pieces, report.values) == (1, 1, 1)
    other.import_archive(path)
    assert np.all(other.load("a", "p") == VALUES[name])
    assert type(other.load("a", "p")) is type(VALUES[name])
    assert other.verify().ok


def test_history_times_metadata_and_runs_come_along(instance: Instance, other: Instance, put: Put, path: Path) -> None:
    put("a", "p", "old")
    put("a", "p", "new", metadata={"rows": MetadataValue.int(3)}, tags={"t": "u"}, code="c1", duration=1.5)
    instance.export(path, versions="all")
    other.import_archive(path)
    mine, theirs = instance.versions("a", "p"), other.versions("a", "p")
    for one, two in zip(mine, theirs, strict=True):
        assert (one.time, one.duration, one.code, one.data_version, one.run_id, one.size) == (
            two.time,
            two.duration,
            two.code,
            two.data_version,
            two.run_id,
            two.size,
        )
    record = other.latest("a", "p")
    assert record is not None
    assert (record.metadata["rows"].value, record.tags, record.code) == (3, {"t": "u"}, "c1")
    assert other.load("a", "p", version=theirs[1].event_id) == "old"


def test_the_latest_alone_is_archived_unless_all_is_asked_for(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    put("a", "p", "old")
    put("a", "p", "value")
    instance.record_empty("a", "p", run_id=run_id)
    instance.export(path)
    report = other.import_archive(path)
    assert report.events == 2, "the latest event, and the latest with a value"
    assert [each.kind for each in other.versions("a", "p")] == ["empty", "materialization"]
    assert other.pieces("a").states == instance.pieces("a").states


def test_chosen_assets_and_partitions_alone_are_archived(
    instance: Instance, other: Instance, put: Put, path: Path
) -> None:
    for key in ("a", "b"):
        for partition in ("p", "q", "r"):
            put(key, partition, f"{key}{partition}")
    instance.export(path, "a", ["p", "r"])
    other.import_archive(path)
    assert other.get_materialized_partitions("a") == {"p", "r"}
    assert list(other.asset_descriptions()) == [AssetKey("a")]
    with pytest.raises(NeverMaterializedError, match=r"nothing was ever made: s\."):
        instance.export(path.with_name("x.zip"), "a", ["p", "s"])
    with pytest.raises(UnknownAssetError):
        instance.export(path.with_name("x.zip"), "c")
    assert not path.with_name("x.zip").exists()


days = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-05")


@asset(partitions_def=days, metadata={"owner": "me"})
def raw(context: Any) -> str:
    """Text of a day."""
    return str(context.partition_key)


@asset(partitions_def=days)
def size(raw: str) -> int:
    """How long it is."""
    return len(raw)


def test_what_was_fresh_is_fresh_elsewhere(instance: Instance, other: Instance, path: Path) -> None:
    """Descriptions, codes and reads come along: nothing is stale, and nothing is made again."""
    materialize([raw, size], instance=instance, partitions="all", progress=False)
    instance.export(path)
    other.import_archive(path)
    assert other.partitions_definition("raw") == days
    description = other.description("raw")
    assert description is not None
    assert description.description == "Text of a day."
    again = materialize([raw, size], instance=other, partitions="all", only="needed", progress=False)
    assert again.planned == 0
    materialize([raw], instance=other, partitions=["2026-01-02"], progress=False)
    assert other.loader().load_asset_value("size", partitions="all") == dict.fromkeys(days.get_partition_keys(), 10)


def test_what_is_made_anew_elsewhere_makes_stale_what_came_along(
    instance: Instance, other: Instance, path: Path
) -> None:
    """What was read is known by its digest: another value upstream counts, the same one does not."""
    texts = ["one", "one", "three"]

    @asset
    def upstream() -> str:
        return texts.pop(0)

    @asset
    def downstream(upstream: str) -> int:
        return len(upstream)

    materialize([upstream, downstream], instance=instance, progress=False)
    instance.export(path)
    other.import_archive(path)
    for made in (0, 1):
        materialize([upstream], instance=other, progress=False)
        assert materialize([upstream, downstream], instance=other, only="stale", progress=False).planned == made
    assert other.load("downstream") == 5


def test_keys_of_dynamic_partitions_come_along(instance: Instance, other: Instance, path: Path) -> None:
    """Those of which there are pieces, also as one dimension of several; they come behind those that are there."""
    episodes = DynamicPartitionsDefinition(name="episodes")
    grid = MultiPartitionsDefinition({"episode": episodes, "part": StaticPartitionsDefinition(["x", "y"])})

    @asset(partitions_def=episodes)
    def single(context: Any) -> str:
        return str(context.partition_key)

    @asset(partitions_def=grid)
    def double(context: Any) -> str:
        return str(context.partition_key)

    instance.add_dynamic_partitions("episodes", ["e3", "e1", "e2", "never made"])
    other.add_dynamic_partitions("episodes", ["here", "e2"])
    materialize([single], instance=instance, partitions=["e1", "e3"], progress=False)
    materialize([double], instance=instance, partitions=["e2|x"], progress=False)
    instance.export(path)
    other.import_archive(path)
    assert other.get_dynamic_partitions("episodes") == ["here", "e2", "e3", "e1"]
    assert other.loader().load_asset_value("single", partitions=["e3", "e1"]) == {"e3": "e3", "e1": "e1"}
    assert other.loader().load_asset_value("double", "e2|x") == "e2|x"


def test_a_description_that_is_there_stays(instance: Instance, other: Instance, path: Path) -> None:
    @asset(name="raw")
    def another() -> int:
        """Another one."""
        return 1

    materialize([raw], instance=instance, partitions="all", progress=False)
    materialize([another], instance=other, progress=False)
    instance.export(path)
    other.import_archive(path)
    description = other.description("raw")
    assert description is not None
    assert description.description == "Another one."
    assert other.load("raw", "2026-01-01") == "2026-01-01"


def test_pieces_that_were_made_here_are_not_overwritten_unasked(
    instance: Instance, other: Instance, path: Path
) -> None:
    for store, text in ((instance, "theirs"), (other, "mine")):
        run = store.begin_run()
        store.record_materialization("a", "p", run_id=run, value=store.encode(text * 5_000, "a"))
    run = instance.begin_run()
    instance.record_materialization("a", "q", run_id=run, value=instance.encode("q", "a"))
    instance.export(path)
    before = everything(other)
    with pytest.raises(InvalidInvocationError, match=r"1 pieces of .* were made here already: a\[p\]\. Leave them out"):
        other.import_archive(path)
    assert everything(other) == before
    report = other.import_archive(path, existing="skip")
    assert (report.pieces, report.skipped) == (1, 1)
    assert other.load("a", "p") == "mine" * 5_000
    assert other.load("a", "q") == "q"
    other.import_archive(path, existing="replace")
    assert other.load("a", "p") == "theirs" * 5_000
    assert other.load("a", "p", version=other.versions("a", "p")[1].event_id) == "mine" * 5_000
    assert other.verify().ok
    with pytest.raises(InvalidInvocationError, match="existing is one of"):
        other.import_archive(path, existing="ask")  # type: ignore[arg-type]


def test_a_piece_that_only_failed_here_is_taken_in(instance: Instance, other: Instance, put: Put, path: Path) -> None:
    put("a", "p", 1)
    instance.export(path)
    other.record_failure("a", "p", run_id=other.begin_run(), error_type="E", message="no")
    other.import_archive(path)
    assert other.load("a", "p") == 1


def test_the_import_is_a_run_and_imported_runs_are_over(
    instance: Instance, other: Instance, put: Put, path: Path, run_id: str
) -> None:
    put("a", "p", 1)
    instance.export(path)
    other.import_archive(path)
    assert {run.run_id: run.status for run in other.runs()}[run_id] == "interrupted"
    assert other.runs()[0].status == "success" or other.runs()[1].status == "success"
    assert "import of some.zip" in {run.selection for run in other.runs()}
    assert other.verify().unfinished_runs == ()


def test_an_archive_is_never_written_over_another_file(instance: Instance, put: Put, path: Path) -> None:
    put("a", "p", 1)
    path.write_text("mine")
    with pytest.raises(InvalidInvocationError, match="There is a file"):
        instance.export(path)
    assert path.read_text() == "mine"


def test_a_broken_value_is_not_archived(instance: Instance, put: Put, path: Path) -> None:
    put("a", "p", "x" * 20_000)
    (file,) = (instance.folder / "values").rglob("*.txt")
    file.write_text("short")
    with pytest.raises(BrokenValueError, match=r"a\[p\] was cut short"):
        instance.export(path)
    assert list(path.parent.glob("some*")) == []


def test_an_archive_that_can_not_be_written_leaves_nothing(
    instance: Instance, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a", "p", "x" * 20_000)
    with pytest.raises(StoreNotWritableError, match="can't be written"):
        instance.export(tmp_path / "nowhere" / "some.zip")

    def full(self: Any, *arguments: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(StoreNotWritableError, match="No space left"):
        instance.export(tmp_path / "some.zip")
    assert list(tmp_path.glob("some*")) == []


@pytest.fixture
def archive(instance: Instance, put: Put, path: Path) -> Path:
    put("a", "p", "x" * 20_000)
    put("a", "q", "small")
    instance.export(path)
    return path


def test_an_import_that_is_broken_off_leaves_nothing(
    archive: Path, other: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the files are written, while the rows are: the rows are taken back, the files removed."""
    with other.database.write() as connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON pieces BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with pytest.raises(StoreError, match="not today"):
        other.import_archive(archive)
    assert list((other.folder / "values").rglob("*.*")) == []
    assert other.db.execute("select count(*) from materializations").fetchone()[0] == 0
    assert [run.status for run in other.runs()] == ["failed"]
    with other.database.write() as connection:
        connection.execute("DROP TRIGGER no")
    other.import_archive(archive)
    assert other.verify().ok


def test_an_import_on_a_full_disk_leaves_nothing(
    archive: Path, other: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", full)
        with pytest.raises(StoreNotWritableError, match="is full"):
            other.import_archive(archive)
    assert list((other.folder / "values").rglob("*.*")) == []
    assert other.verify().ok


def test_what_was_pruned_is_archived_as_history(instance: Instance, other: Instance, put: Put, path: Path) -> None:
    put("a", "p", "old")
    put("a", "p", "new")
    instance.prune()
    instance.export(path, versions="all")
    other.import_archive(path)
    assert [each.value for each in other.versions("a", "p")] == ["kept", "pruned"]
    assert other.verify().ok


def test_hostile_names_come_through(instance: Instance, other: Instance, put: Put, path: Path) -> None:
    names = ["../x", "a/b", "a\\b", "nul", "CON", "con", "é" * 300, "'; DROP TABLE pieces; --", "\n\x00\t", "🐍" * 500]
    for name in names:
        put("a", name, name * 100)
        put(AssetKey([name.replace("\n\x00\t", "tab"), "b/c"]), None, name)
    instance.export(path)
    other.import_archive(path)
    for name in names:
        assert other.load("a", name) == name * 100
        assert other.load(AssetKey([name.replace("\n\x00\t", "tab"), "b/c"])) == name
    assert other.verify().ok
