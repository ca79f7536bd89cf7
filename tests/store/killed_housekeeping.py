"""Kills processes at random moments of pruning, importing, exporting, wiping and sweeping.

``python tests/store/killed_housekeeping.py KILLS [SEED]`` prints as JSON how often what was killed had come to its end.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from notebook_assets import Instance
from notebook_assets.store.archive_reading import Archive
from notebook_assets.store.litter import sweep_litter
from tests.store.killed_processes import killed

PIECES, VERSIONS = 30, 3


def value_of(number: int, version: int) -> str:
    """Return what a piece is: every second one is a file of its own."""
    return f"{number}-{version} " * (3_000 if number % 2 else 1)


def fill(instance: Instance, key: str, version: int) -> None:
    """Make all pieces of an asset once."""
    run = instance.begin_run()
    for number in range(PIECES):
        value = instance.encode(value_of(number, version), key)
        instance.record_materialization(key, f"{number}", run_id=run, value=value)
    instance.finish_run(run, "success")


def check(folder: Path) -> None:
    """Raise AssertionError where anything is broken, or a latest value is gone."""
    with Instance(folder) as instance:
        report = instance.verify()
        assert report.ok, repr(report)
        for number in range(PIECES):
            assert instance.load("kept", f"{number}") == value_of(number, VERSIONS - 1)


def prune(home: Path, told: int) -> None:
    """Be the child: prune."""
    with Instance(home / "store") as instance:
        os.write(told, b"begun\n")
        instance.prune()
        os.write(told, b"done\n")


def import_(home: Path, told: int) -> None:
    """Be the child: import what others made."""
    with Instance(home / "store") as instance:
        os.write(told, b"begun\n")
        instance.import_archive(home / "others.zip", existing="replace")
        os.write(told, b"done\n")


def export(home: Path, told: int) -> None:
    """Be the child: export to a name that is free."""
    with Instance(home / "store") as instance:
        os.write(told, b"begun\n")
        instance.export(home / "exported.zip", "kept")
        os.write(told, b"done\n")


def wipe(home: Path, told: int) -> None:
    """Be the child: wipe."""
    with Instance(home / "store") as instance:
        os.write(told, b"begun\n")
        instance.wipe("wiped")
        os.write(told, b"done\n")


def sweep(home: Path, told: int) -> None:
    """Be the child: sweep, an hour from now."""
    with Instance(home / "store") as instance:
        os.write(told, b"begun\n")
        sweep_litter(instance.database, instance.files, now=time.time() + 3_600)
        os.write(told, b"done\n")


def check_import(folder: Path, before: int) -> int:
    """Return how many events of the imported asset there are: so many more as the archive has, or none."""
    with Instance(folder) as instance:
        now = len(
            list(
                instance.db.query(
                    "select 1 from materializations m join assets a on a.id = m.asset_id where a.key = 'other'"
                )
            )
        )
    assert now in (before, before + PIECES), f"{now} of an import, {before} before"
    return now


def check_export(path: Path) -> None:
    """Raise AssertionError where there is a file of that name that is not whole."""
    if path.exists():
        with Archive(path) as archive:
            assert len(archive.check()) == PIECES
        path.unlink()


def torture(home: Path, kills: int, chance: random.Random) -> dict[str, int]:
    """Kill children that keep a store in order, by turns; return how many had come to their end."""
    children: list[Callable[[Path, int], None]] = [prune, import_, export, wipe, sweep]
    ended, imported = dict.fromkeys((child.__name__ for child in children), 0), 0
    for number in range(kills):
        child = children[number % len(children)]
        with Instance(home / "store") as instance:
            if child is prune:
                for version in range(VERSIONS):
                    fill(instance, "kept", version)
            if child is wipe:
                fill(instance, "wiped", 0)
        told = killed(partial(child, home), 1, chance.uniform(0, 0.03))
        ended[child.__name__] += "done" in told
        check(home / "store")
        imported = check_import(home / "store", imported)
        check_export(home / "exported.zip")
    return ended


def main(kills: int, seed: int) -> dict[str, int]:
    """Make the stores, kill, and look at the end whether all is in order."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["NOTEBOOK_ASSETS_SECRET"] = str(home / "secret")
        with Instance(home / "others") as others:
            fill(others, "other", 0)
            others.export(home / "others.zip")
        gc.freeze()
        ended = torture(home, kills, random.Random(seed))
        with Instance(home / "store") as instance:
            instance.prune()
            sweep_litter(instance.database, instance.files, now=time.time() + 3_600)
            rows = {
                row["path"] for row in instance.db.query("select path from materializations where path is not null")
            }
            files = {
                str(path.relative_to(home / "store" / "values")) for path in (home / "store" / "values").glob("*/*")
            }
            assert files == rows
            assert instance.verify().ok
    return ended


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.getrandbits(32))))
