"""Files in ``values/`` that no row names: what a kill, a full disk or a damaged database left, and sweeping it away."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from notebook_assets.display import Shown, folded, note, plain, plural, size, stack, title_line
from notebook_assets.store.database import Database
from notebook_assets.store.values import LITTER_SUFFIX, ValueFiles, is_value_path

YOUNG = 60.0
"""Seconds for which a file without a row is left alone, however the clock went: its row may be on its way."""


@dataclass(frozen=True, slots=True)
class LitterFile:
    """A file that no row names: its path in ``values/``, its size in bytes, when it was written (seconds since 1970).

    >>> LitterFile("a/p.0.txt", 3, 0.0).size
    3
    """

    path: str
    size: int
    time: float


@dataclass(frozen=True, repr=False)
class Litter(Shown):
    """What was found in ``values/`` that no row names.

    Args:
        files: What kills left, and may go.
        young: What is too young to tell: a run that is not over, or this very moment, may still record it.
        strangers: Files that no store writes; they are never touched.
        swept: Whether ``files`` were removed.

    >>> Litter((), (), ())
    No litter.
    """

    files: tuple[LitterFile, ...]
    young: tuple[LitterFile, ...] = field(default=())
    strangers: tuple[str, ...] = ()
    swept: bool = False

    @property
    def bytes(self) -> int:
        """How many bytes may go, or went."""
        return sum(file.size for file in self.files)

    @property
    def text(self) -> str:
        """What was found, in a sentence."""
        told = f"{plural(len(self.files), 'file')} of litter, {size(self.bytes)}" if self.files else "No litter"
        if self.swept and self.files:
            told = f"Swept away {told}"
        if self.young:
            told += f"; {plural(len(self.young), 'file')} without a row may belong to a run that is not over"
        if self.strangers:
            told += f"; {plural(len(self.strangers), 'file')} that no store writes stay where they are"
        return told + "."

    @property
    def _forms(self) -> tuple[str, str]:
        names = [file.path for file in self.files] + [f"{name} (not ours)" for name in self.strangers]
        if not names:
            line = plain(self.text)
            return line.html, line.text
        shown = note(plain("\n".join(names[:200])))
        whole = stack([title_line("Litter", self.text), folded("which", shown)])
        return whole.html, title_line("Litter", self.text).text


NO_LITTER = Litter((), ())
"""What a tidy store has."""


def find_litter(database: Database, files: ValueFiles, *, now: float | None = None) -> Litter:
    """Return the files of the folder that no row names.

    The folder is looked at before the rows, so that a file whose row came meanwhile is not taken for litter.

    Args:
        database: The store's database.
        files: Its value files.
        now: The time, in seconds since 1970; by default that of the clock.
    """
    found = list(_files_below(files.root))
    with database.read() as connection:
        named = {row[0] for row in connection.execute("SELECT path FROM materializations WHERE path IS NOT NULL")}
        since = _oldest_running(connection)
    bound = min(since, (time.time() if now is None else now) - YOUNG)
    nameless = [file for file in found if file.path not in named]
    ours = [file for file in nameless if is_value_path(file.path.removesuffix(LITTER_SUFFIX))]
    strangers = {file.path for file in nameless} - {file.path for file in ours}
    return Litter(
        tuple(file for file in ours if file.time < bound),
        tuple(file for file in ours if file.time >= bound),
        tuple(sorted(strangers)),
    )


def sweep_litter(database: Database, files: ValueFiles, *, now: float | None = None) -> Litter:
    """Remove the litter; return what was found, without what could not be removed.

    A row that names one of the files can't come any more: every run that wrote one of that age is over.
    """
    found = find_litter(database, files, now=now)
    gone = []
    for file in found.files:
        try:
            (files.root / file.path).unlink()
        except OSError:  # gone already, or not ours to remove
            continue
        gone.append(file)
    return Litter(tuple(gone), found.young, found.strangers, swept=True)


def _files_below(root: Path) -> Iterator[LitterFile]:
    for folder in _entries(root):
        if not folder.is_dir(follow_symlinks=False):
            yield from _one(folder, folder.name)
            continue
        for entry in _entries(folder.path):
            yield from _one(entry, f"{folder.name}/{entry.name}")


def _one(entry: os.DirEntry[str], path: str) -> Iterable[LitterFile]:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:  # it is gone already
        return ()
    return (LitterFile(path, about.st_size, about.st_mtime),)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _oldest_running(connection: sqlite3.Connection) -> float:
    """Return when the first of the runs began that are not over."""
    row = connection.execute("SELECT min(started_at) FROM runs WHERE status = 'running'").fetchone()
    return float("inf") if row[0] is None else float(row[0])
