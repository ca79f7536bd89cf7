"""Fills a small disk with a store, and looks what is lost: nothing.

``python tests/store/small_disk.py FOLDER ARCHIVE [LIMIT]``: ARCHIVE is the name of a file elsewhere, which is made.
FOLDER lies on a small file system; where none can be had, LIMIT is the most bytes that a file may have, which the
kernel enforces like a quota.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.errors import StoreError

VALUE = 50_000
keys = StaticPartitionsDefinition([f"{number:04}" for number in range(300)])


@asset(partitions_def=keys)
def filling(context: Any) -> bytes:
    """As many bytes as make a file."""
    return context.partition_key.encode() * (VALUE // 4)


def fill(instance: Instance, key: str, size: int) -> tuple[list[str], str]:
    """Record pieces until there is no room; return those that were recorded, and the error."""
    run, done = instance.begin_run(), list[str]()
    try:
        for number in range(100_000):
            value = instance.encode(os.urandom(size), key)
            instance.record_materialization(key, f"{number}", run_id=run, value=value)
            done.append(f"{number}")
    except StoreError as error:
        return done, str(error)
    raise AssertionError("the disk was never full")


def check(instance: Instance, done: dict[str, list[str]]) -> None:
    """Raise AssertionError where anything that was recorded is not there, or anything that was not is."""
    for key, partitions in done.items():
        for partition in partitions:
            assert len(instance.load(key, partition)) > 0
        assert set(partitions) == instance.get_materialized_partitions(key)
    report = instance.verify()
    assert report.ok, repr(report)
    assert not report.litter.young, "a file was left that no row names"


def refused(do: Any, *arguments: Any, **named: Any) -> str:
    """Return the error of what finds no room; '' where it found some."""
    try:
        do(*arguments, **named)
    except StoreError as error:
        return str(error)
    return ""


def main(folder: Path, archive: Path) -> dict[str, Any]:
    """Fill the disk in several ways; return what was told."""
    told: dict[str, Any] = {}
    with Instance(folder) as instance:
        run = instance.begin_run()
        for number in range(12):  # older versions, which pruning removes when the disk is full
            value = instance.encode(bytes([number]) * VALUE, "old")
            instance.record_materialization("old", "p", run_id=run, value=value)
        done = {"old": ["p"]}
        done["large"], told["large"] = fill(instance, "large", VALUE)
        check(instance, done)
        done["small"], told["small"] = fill(instance, "small", 10_000)
        check(instance, done)
        told["output"] = refused(instance.record_step_output, "old", "p", run_id=run, text="x" * 60_000)
        check(instance, done)
        told["export"] = refused(instance.export, folder / "some.zip")
        assert list(folder.glob("some*")) == []
        told["import"] = refused(instance.import_archive, archive)
        check(instance, done)
        told["backfill"] = refused(materialize, [filling], instance=instance, partitions="all", progress=False)
        made = instance.get_materialized_partitions("filling")
        report = instance.verify()
        assert report.ok, repr(report)
        told["pruned"] = instance.prune().versions
        assert instance.load("old", "p") == bytes([11]) * VALUE
        for key in ("large", "small"):
            told[f"wiped {key}"] = instance.wipe(key)
        told["resumed"] = resume(instance, len(made))
        check(instance, {"old": ["p"]})
    return told


def under_a_limit(folder: Path) -> dict[str, Any]:
    """Write what is larger than any file may be, to the store and to an archive; return what was told."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    with Instance(folder) as instance:
        run = instance.begin_run()
        for number in range(4):
            value = instance.encode(os.urandom(limit // 3), "small")
            instance.record_materialization("small", f"{number}", run_id=run, value=value)
        large = instance.encode(os.urandom(limit + 1), "large")
        told = {"large": refused(instance.record_materialization, "large", run_id=run, value=large)}
        told["export"] = refused(instance.export, folder / "some.zip")
        assert list(folder.glob("some*")) == []
        check(instance, {"small": [f"{number}" for number in range(4)]})
    return told


def resume(instance: Instance, made: int) -> int:
    """Go on with the backfill until it is through or full again; return how many more pieces there are."""
    refused(materialize, [filling], instance=instance, partitions="all", only="missing", progress=False)
    return len(instance.get_materialized_partitions("filling")) - made


def an_archive(path: Path) -> Path:
    """Return an archive of more than the disk has room for, from a store elsewhere."""
    with Instance.ephemeral() as other:
        run = other.begin_run()
        for number in range(8):
            other.record_materialization("other", f"{number}", run_id=run, value=other.encode(os.urandom(VALUE), "o"))
        other.export(path)
    return path


if __name__ == "__main__":
    elsewhere = an_archive(Path(sys.argv[2]))
    if len(sys.argv) > 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
        print(json.dumps(under_a_limit(Path(sys.argv[1]) / "store")))
    else:
        print(json.dumps(main(Path(sys.argv[1]) / "store", elsewhere)))
