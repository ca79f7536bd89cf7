"""Archives: pieces of one store in another one, all or nothing, and nothing from elsewhere is trusted."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
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
    StoreVersionError,
    UnknownAssetError,
    UntrustedPickleError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.store import Instance
from notebook_assets.store.archive_format import new_hash
from notebook_assets.store.formats import digest_of

Put = Callable[..., int]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "other") as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.zip"


def everything(instance: Instance) -> list[tuple[Any, ...]]:
    """All rows of all tables, and all files: what an import that is refused must not have changed."""
    with sqlite3.connect(instance.folder / "store.db") as connection:
        rows = [(line,) for line in connection.iterdump()]
    connection.close()
    return rows + [(str(path), path.read_bytes()) for path in sorted((instance.folder / "values").rglob("*.*"))]


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


# Archives from elsewhere


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None], *, vouched: bool = True) -> Path:
    """Change the files of an archive; the manifest vouches for what they are then."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if vouched:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {name: entry(data) for name, data in files.items() if name != "manifest.json"}
        files["manifest.json"] = json.dumps(manifest).encode()
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return changed


def entry(data: bytes) -> dict[str, Any]:
    hashed = new_hash()
    hashed.update(data)
    return {"size": len(data), "digest": hashed.hexdigest()}


def with_event(**columns: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        rows = [json.loads(line) for line in files["events.jsonl"].splitlines()]
        rows[0].update(columns)
        files["events.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return change


def with_row(table: str, **columns: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        row = json.loads(files[table].splitlines()[0])
        files[table] = json.dumps({**row, **columns}).encode() + b"\n"

    return change


def with_file(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: data})


def with_manifest(**content: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **content}).encode()

    return change


@pytest.fixture
def archive(instance: Instance, put: Put, path: Path) -> Path:
    put("a", "p", "x" * 20_000)
    put("a", "q", "small")
    instance.export(path)
    return path


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_event(value="../../outside.txt"), "not in it"),
        (with_event(value="values/99.txt"), "not in it"),
        (with_event(value=None), "without a format"),
        (with_event(format=None), "without a format"),
        (with_event(format="martian"), "not known"),
        (with_event(format="pickle"), "not called as its format"),
        (with_event(format="json"), "not called as its format"),
        (with_event(digest="0" * 32), "not the value"),
        (with_event(size=7), "not the value"),
        (with_event(size=-1), "'size' of a row is a whole number"),
        (with_event(size=2**63), "'size' of a row is a whole number"),
        (with_event(size=True), "'size' of a row is a whole number"),
        (with_event(type=None), "what its value is"),
        (with_event(asset=""), "no asset's key"),
        (with_event(asset="a\x00"), "no asset's key"),
        (with_event(asset="b"), "an asset or a run that is not in it"),
        (with_event(asset="a\\"), "asset's key"),
        (with_event(run="nobody"), "an asset or a run that is not in it"),
        (with_event(partition=None), "no 'partition'"),
        (with_event(partition="\ud800"), "'partition' of a row is a text"),
        (with_event(partition=["p"]), "'partition' of a row is a text"),
        (with_event(kind="wish"), "of the kind 'wish'"),
        (with_event(time="now"), "'time' of a row is a number"),
        (with_event(time=float("nan")), "'time' of a row is a number"),
        (with_event(time=float("inf")), "'time' of a row is a number"),
        (with_event(metadata={}), "'metadata' of a row is JSON in a text"),
        (with_event(metadata="{"), "'metadata' of a row is JSON in a text"),
        (with_event(metadata="[" * 100_000), "'metadata' of a row is JSON in a text"),
        (with_event(path="../../x"), "the column 'path'"),
        (with_event(asset_id=1), "the column 'asset_id'"),
        (with_event(reads="all"), "what it read"),
        (with_event(reads=[["a", ""]]), "what it read"),
        (with_event(reads=[["", "", ""]]), "no asset's key"),
        (with_event(id=99), "not in order"),
        (with_row("assets.jsonl", key="a", **{"key); DROP TABLE assets; --": 1}), "the column"),
        (with_row("assets.jsonl", partitions="{"), "'partitions' of a row is JSON"),
        (with_row("runs.jsonl", planned="many"), "'planned' of a row"),
        (with_file("dynamic_partitions.jsonl", b'{"name": "a", "partition": "a...b"}\n'), "dynamic partitions is none"),
        (with_file("dynamic_partitions.jsonl", b'{"name": "", "partition": "b"}\n'), "dynamic partitions is none"),
        (with_file("dynamic_partitions.jsonl", b'{"name": "a", "partition": 7}\n'), "'partition' of a row is a text"),
        (with_file("events.jsonl", b"[1]\n"), "no object"),
        (with_file("events.jsonl", b"{\n"), "no JSON"),
        (with_file("events.jsonl", b"[" * 100_000 + b"\n"), "no JSON"),
        (with_file("events.jsonl", b"{}"), "ends within a row"),
        (with_file("events.jsonl", b""), "values that belong to no event"),
        (with_file("values/77.json", b"1"), "values that belong to no event"),
        (with_file("../evil.txt", b"1"), "'../evil.txt', which no archive has"),
        (with_file("/etc/evil.txt", b"1"), "which no archive has"),
        (with_file("values/../../evil.txt", b"1"), "which no archive has"),
        (with_file("values/1.txt/evil", b"1"), "which no archive has"),
        (with_file("C:\\evil.txt", b"1"), "which no archive has"),
        (lambda files: files.pop("runs.jsonl"), "lacks 'runs.jsonl'"),
        (lambda files: files.update({"runs.jsonl": files["runs.jsonl"] * 2}), "a run twice"),
        (lambda files: files.update({"events.jsonl": files["events.jsonl"] * 2}), "not in order"),
    ],
)
def test_an_archive_that_lies_is_refused_as_a_whole(
    archive: Path, other: Instance, change: Callable[[dict[str, bytes]], None], why: str
) -> None:
    changed = rewritten(archive, change)
    before, around = everything(other), sorted(archive.parent.rglob("*"))
    with pytest.raises(StoreError, match="Nothing of it was imported") as caught:
        other.import_archive(changed)
    assert why in str(caught.value)
    assert everything(other) == before
    assert sorted(archive.parent.rglob("*")) == around, "nothing was written anywhere"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_file("manifest.json", b"{"), "no JSON"),
        (with_file("manifest.json", b"\xff"), "no text"),
        (with_file("manifest.json", b"[]"), "not that of a"),
        (with_manifest(format="another"), "not that of a"),
        (with_manifest(version="1"), "the version '1'"),
        (with_manifest(version=0), "the version 0"),
        (with_manifest(files=None), "names no files"),
        (with_manifest(files={"events.jsonl": {"size": -1, "digest": ""}}), "nothing that can be"),
        (with_manifest(files={"events.jsonl": 7}), "nothing that can be"),
        (with_manifest(files={}), "not in its manifest"),
        (with_file("values/1.txt", b"y" * 20_000), "cut short or altered"),
        (with_file("values/1.txt", b"x" * 19_999), "not the size"),
        (with_file("values/9.txt", b"x"), "not in its manifest"),
        (lambda files: files.pop("manifest.json"), "no manifest"),
    ],
)
def test_an_archive_that_its_manifest_does_not_vouch_for_is_refused(
    archive: Path, other: Instance, change: Callable[[dict[str, bytes]], None], why: str
) -> None:
    changed = rewritten(archive, change, vouched=False)
    before = everything(other)
    with pytest.raises(StoreError, match="Nothing of it was imported") as caught:
        other.import_archive(changed)
    assert why in str(caught.value)
    assert everything(other) == before


def test_an_archive_of_a_newer_version_is_refused(archive: Path, other: Instance) -> None:
    with pytest.raises(StoreVersionError, match=r"version 2.*upgrade"):
        other.import_archive(rewritten(archive, with_manifest(version=2), vouched=False))


@pytest.mark.parametrize("harm", ["no zip", "empty", "cut short", "missing", "folder"])
def test_what_is_no_archive_is_refused(archive: Path, other: Instance, harm: str) -> None:
    data = archive.read_bytes()
    if harm in ("missing", "folder"):
        archive.unlink()
    if harm == "folder":
        archive.mkdir()
    elif harm != "missing":
        archive.write_bytes({"no zip": b"PK is no zip", "empty": b"", "cut short": data[: len(data) // 2]}[harm])
    with pytest.raises(StoreError, match="refused, since it can't be read"):
        other.import_archive(archive)


@pytest.mark.parametrize("at", range(0, 4_000, 97))
def test_an_archive_with_any_byte_changed_is_refused_or_means_the_same(archive: Path, other: Instance, at: int) -> None:
    data = bytearray(archive.read_bytes())
    data[at % len(data)] ^= 0x41
    archive.write_bytes(data)
    before = everything(other)
    try:
        other.import_archive(archive)
    except StoreError:
        assert everything(other) == before
    else:
        assert other.load("a", "p") == "x" * 20_000
        assert other.load("a", "q") == "small"


def test_an_archive_that_would_burst_the_disk_is_refused_before_it_is_read(
    archive: Path, other: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 90, 10))  # type: ignore[attr-defined]
    opened = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, name: Any, *more: Any, **named: Any) -> Any:
        assert name == "manifest.json", "it was read"
        return opened(self, name, *more, **named)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    with pytest.raises(StoreError, match="has 10 B of room"):
        other.import_archive(archive)


def test_files_that_lie_upon_each_other_are_refused(archive: Path, other: Instance) -> None:
    """A bomb whose entries share their bytes: together they have more than the archive."""
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        large = max(opened.infolist(), key=lambda each: each.compress_size)
    assert large.compress_size < len(data)
    directory = data.index(b"PK\x01\x02")
    at = directory
    while data[at : at + 4] == b"PK\x01\x02":
        data[at + 20 : at + 24] = len(data).to_bytes(4, "little")
        name, extra, comment = (int.from_bytes(data[at + shift : at + shift + 2], "little") for shift in (28, 30, 32))
        at += 46 + name + extra + comment
    archive.write_bytes(data)
    with pytest.raises(StoreError, match=r"lie upon each other|can't be read"):
        other.import_archive(archive)


class Trap:
    """Runs code where it is opened."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["TRAP"],)


def test_a_pickle_from_elsewhere_is_taken_in_closed(
    instance: Instance, other: Instance, put: Put, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own user's signature goes along and counts; with another key it counts for nothing until `trust`."""
    put("a", "p", {1, 2})
    put("a", "q", set(range(10_000)))
    instance.export(path)
    other.import_archive(path)
    assert other.load("a", "p") == {1, 2}, "signed by this very user"
    monkeypatch.setenv("NOTEBOOK_ASSETS_SECRET", str(tmp_path / "someone" / "else"))
    with Instance(tmp_path / "third") as third:
        report = third.import_archive(path)
        assert report.untrusted == {AssetKey("a"): 2}
        assert "2 values of a are pickles that you did not sign" in repr(report)
        for partition in ("p", "q"):
            with pytest.raises(UntrustedPickleError):
                third.load("a", partition)
        assert third.verify().untrusted == 2
        assert third.trust("a") == 2
        assert third.load("a", "q") == set(range(10_000))


def test_a_trap_in_an_archive_never_runs(
    instance: Instance, other: Instance, put: Put, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    put("a", "p", {1, 2})
    signature = instance.db.execute("select hex(signature) from materializations").fetchone()[0]
    instance.export(path)
    trap = pickle.dumps(Trap())
    digest = digest_of("pickle", trap)

    def change(files: dict[str, bytes]) -> None:
        files["values/1.pickle"] = trap
        with_event(size=len(trap), digest=digest, signature=signature)(files)

    other.import_archive(rewritten(path, change))
    with pytest.raises(UntrustedPickleError):
        other.load("a", "p")
    other.verify()
    assert not (tmp_path / "sprung").exists()


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
