"""Archives from elsewhere, which may lie: refused as a whole, before anything is written, and nothing is opened."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebook_assets.errors import (
    StoreError,
    StoreVersionError,
    UntrustedPickleError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.store import CheckFinding, Instance, Seen
from notebook_assets.store.archive_format import new_hash
from notebook_assets.store.code_versions import KeptCode
from notebook_assets.store.formats import digest_of
from tests.store.whole_stores import everything

Put = Callable[..., int]


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
    (run,) = (run.run_id for run in instance.runs())
    instance.record_observations("source", [Seen("p", data_version="v1")], run_id=run)
    instance.record_checks("a", "p", findings=[CheckFinding("no_nulls", passed=False, event_id=1)], run_id=run)
    instance.record_failure("a", "q", run_id=run, error_type="E", message="no", code="c1")
    instance.record_step_output("a", "q", run_id=run, text="printed")
    instance.codes.keep([(AssetKey("a"), KeptCode("c1", {"<body>": "function:1"}, {"<body>": "pass"}))])
    instance.export(path)
    return path


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_row("failures.jsonl", kind="materialized"), "'kind' of a row is one of"),
        (with_row("failures.jsonl", latest=2), "'latest' of a row is one of"),
        (with_row("failures.jsonl", latest=None), "no 'latest'"),
        (with_row("failures.jsonl", run=None), "no 'run'"),
        (with_row("failures.jsonl", run="nobody"), "an asset or a run that is not in it"),
        (with_row("failures.jsonl", asset="b"), "an asset or a run that is not in it"),
        (with_row("failures.jsonl", missing="{}"), "what it lacked"),
        (with_row("failures.jsonl", missing="[1]"), "what it lacked"),
        (with_row("failures.jsonl", missing='["\\ud800"]'), "what it lacked"),
        (with_row("failures.jsonl", reads="7"), "what it read"),
        (with_row("failures.jsonl", reads='[["a", "", 1]]'), "what it read"),
        (with_row("failures.jsonl", reads='[["", "", 1, ""]]'), "no asset's key"),
        (with_row("failures.jsonl", id=1), "the column 'id'"),
        (with_row("failures.jsonl", time=1e300), "'time' of a row is a number"),
        (with_row("failures.jsonl", time=10**400), "'time' of a row is a number"),
        (with_row("failures.jsonl", time=-1), "'time' of a row is a number"),
        (with_row("failures.jsonl", duration=10**400), "'duration' of a row is a number"),
        (with_row("checks.jsonl", event=77), "looked at event 77, which is not in it"),
        (with_row("checks.jsonl", severity="MILD"), "'severity' of a row is one of"),
        (with_row("checks.jsonl", passed="yes"), "'passed' of a row is a whole number"),
        (with_row("checks.jsonl", passed=7), "'passed' of a row is one of"),
        (with_row("checks.jsonl", blocking=7), "'blocking' of a row is one of"),
        (with_row("checks.jsonl", name=None), "no 'name'"),
        (with_row("checks.jsonl", asset="a\x00"), "asset's key"),
        (with_row("observations.jsonl", id=1), "have the number of an event"),
        (with_row("observations.jsonl", id=0), "not in order"),
        (with_row("observations.jsonl", tags="[]"), "'tags' of a row is JSON in a text, an object of texts"),
        (with_row("observations.jsonl", tags='{"a": 1}'), "'tags' of a row is JSON in a text, an object of texts"),
        (with_row("runs.jsonl", tags="5"), "'tags' of a row is JSON in a text, an object of texts"),
        (with_row("runs.jsonl", tags="[1]"), "'tags' of a row is JSON in a text, an object of texts"),
        (with_row("runs.jsonl", started_at=1e300), "'started_at' of a row is a number"),
        (with_event(tags='{"a": null}'), "'tags' of a row is JSON in a text, an object of texts"),
        (with_event(tags='{"a": "\\ud800"}'), "'tags' of a row is JSON in a text, an object of texts"),
        (with_event(metadata="5"), "'metadata' of a row is JSON in a text, an object"),
        (with_row("checks.jsonl", metadata="[1]"), "'metadata' of a row is JSON in a text, an object"),
        (with_row("assets.jsonl", upstream="5"), "'upstream' of a row is JSON in a text, a list"),
        (with_row("assets.jsonl", partitions="5"), "'partitions' of a row is JSON in a text, an object"),
        (with_row("observations.jsonl", run="nobody"), "an asset or a run that is not in it"),
        (lambda files: files.update({"observations.jsonl": files["observations.jsonl"] * 2}), "not in order"),
        (with_row("outputs.jsonl", run=None), "no 'run'"),
        (with_row("outputs.jsonl", text=None), "no 'text'"),
        (with_row("outputs.jsonl", text="\ud800"), "'text' of a row is a text"),
        (with_row("codes.jsonl", parts="[]"), "no parts that can be"),
        (with_row("codes.jsonl", parts='{"<body>": "function:1"}'), "no parts that can be"),
        (with_row("codes.jsonl", parts='{"<body>": ["function:1", 7]}'), "no parts that can be"),
        (with_row("codes.jsonl", asset="b"), "an asset or a run that is not in it"),
        (lambda files: files.pop("codes.jsonl"), "lacks 'codes.jsonl'"),
        (with_event(accepted=7), "'accepted' of a row is a text"),
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
        (with_manifest(version=1), "the version 1"),
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
    with pytest.raises(StoreVersionError, match=r"version 3.*upgrade"):
        other.import_archive(rewritten(archive, with_manifest(version=3), vouched=False))


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
