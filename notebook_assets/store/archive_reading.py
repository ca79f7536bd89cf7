"""Reading an archive that may come from anywhere: all of it is checked before anything of it is used.

Nothing is ever extracted by the name that it has in the archive, nothing larger is read than was declared, and no value
is opened.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

from notebook_assets.errors import BrokenValueError, StoreError, StoreVersionError
from notebook_assets.store.archive_format import (
    ASSETS,
    CHECKS,
    CHUNK_BYTES,
    DYNAMIC,
    EVENTS,
    FAILURES,
    LARGEST_MANIFEST,
    LARGEST_TABLE,
    LONGEST_LINE,
    MANIFEST,
    OBSERVATIONS,
    RUNS,
    TABLES,
    ArchivedFile,
    ArchiveFaultError,
    NewerArchiveError,
    new_hash,
    read_manifest,
)
from notebook_assets.store.archive_records import RECORDS, ArchivedRecord
from notebook_assets.store.archive_rows import ArchivedEvent, asset_row, dynamic_row, event_row, run_row
from notebook_assets.store.formats import format_called, new_digest

_UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
T = TypeVar("T")


class Archive:
    """An archive that is open for reading; a context manager.

    Args:
        path: The file.

    Raises:
        StoreVersionError: It was written by a newer version of this package.
        StoreError: It is no archive, or not one that can be what it says.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise self._refused(f"it can't be read: {error}") from error
        try:
            self.files = self.telling(self._checked_files)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    @property
    def unpacked_size(self) -> int:
        """How many bytes all of it has, when it is not compressed."""
        return sum(file.size for file in self.files.values())

    def assets(self) -> Iterator[dict[str, Any]]:
        """Give the rows of the assets, checked."""
        return map(asset_row, self._rows(ASSETS))

    def runs(self) -> Iterator[dict[str, Any]]:
        """Give the rows of the runs, checked."""
        return map(run_row, self._rows(RUNS))

    def dynamic_partitions(self) -> dict[str, list[str]]:
        """Return the keys of dynamic partitions by the name of their definition, checked."""
        found: dict[str, list[str]] = {}
        for name, key in map(dynamic_row, self._rows(DYNAMIC)):
            found.setdefault(name, []).append(key)
        return found

    def events(self) -> Iterator[ArchivedEvent]:
        """Give the events in the order in which they happened, checked."""
        return map(event_row, self._rows(EVENTS))

    def records(self, name: str) -> Iterator[ArchivedRecord]:
        """Give what else is told, of the file of that name, in the order in which it was recorded, checked."""
        return (ArchivedRecord(name, RECORDS[name](row)) for row in self._rows(name))

    def value(self, name: str) -> bytes:
        """Return the bytes of a value's file, as long as was declared."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Give the bytes of a file, chunk by chunk, never more than was declared.

        Raises:
            ArchiveFaultError: They are fewer or more, or have another digest than the manifest has.
        """
        declared, hashed, left = self.files[name], new_hash(), self.files[name].size
        with self._zip.open(name) as file:
            while chunk := file.read(min(CHUNK_BYTES, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                hashed.update(chunk)
                yield chunk
        if left or hashed.hexdigest() != declared.digest:
            raise ArchiveFaultError(f"{name!r} in it was cut short or altered")

    def check(self) -> set[tuple[str, str]]:
        """Read all of it once; return the pieces in it that were made, or that it says were tried.

        Raises:
            StoreError: Something in it is not what it should be; the archive is to be refused as a whole.
        """
        return self.telling(self._check_all)

    def _checked_files(self) -> dict[str, ArchivedFile]:
        """Return the files as the manifest has them; what the archive itself says of them agrees with that."""
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise ArchiveFaultError("it holds two files of one name")
        if sum(entry.compress_size for entry in entries) > self.path.stat().st_size:
            raise ArchiveFaultError("its files lie upon each other")
        if MANIFEST not in names:
            raise ArchiveFaultError("it has no manifest")
        files = read_manifest(self._manifest())
        if set(files) | {MANIFEST} != set(names):
            stray = sorted(set(names) ^ (set(files) | {MANIFEST}))[0]
            raise ArchiveFaultError(f"{stray[:80]!r} is in it and not in its manifest, or the other way round")
        if not set(TABLES) <= set(files):
            raise ArchiveFaultError(f"it lacks {min(set(TABLES) - set(files))!r}")
        for entry in entries:
            self._check_entry(entry, files.get(entry.filename))
        return files

    def _manifest(self) -> str:
        if self._zip.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise ArchiveFaultError("its manifest is larger than any can be")
        with self._zip.open(MANIFEST) as file:
            data = file.read(LARGEST_MANIFEST + 1)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise ArchiveFaultError(f"its manifest is no text: {error}") from error

    def _check_entry(self, entry: zipfile.ZipInfo, file: ArchivedFile | None) -> None:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _WAYS:
            raise ArchiveFaultError(f"{entry.filename!r} in it is packed in a way that no archive is")
        if file is None:
            return
        if entry.file_size != file.size:
            raise ArchiveFaultError(f"{entry.filename!r} in it has not the size that its manifest has")
        if entry.filename in TABLES and file.size > LARGEST_TABLE:
            raise ArchiveFaultError(f"{entry.filename!r} in it is larger than any can be")

    def _check_all(self) -> set[tuple[str, str]]:
        assets = [row["key"] for row in self.assets()]
        runs = [row["id"] for row in self.runs()]
        if len(set(assets)) != len(assets) or len(set(runs)) != len(runs):
            raise ArchiveFaultError("it names an asset or a run twice")
        self.dynamic_partitions()
        known_assets, known_runs = set(assets), {None, *runs}
        last, values, pieces, ids = 0, set(), set(), {0}
        for event in self.events():
            if event.columns["id"] <= last:
                raise ArchiveFaultError("its events are not in order")
            last = event.columns["id"]
            pieces.add(event.piece)
            ids.add(last)
            if event.columns["asset"] not in known_assets or event.columns["run"] not in known_runs:
                raise ArchiveFaultError(f"event {last} in it is of an asset or a run that is not in it")
            if event.value is not None:
                if event.value in values or event.value not in self.files:
                    raise ArchiveFaultError(f"the value of event {last} is not in it, or is that of another one, too")
                values.add(event.value)
                self._check_value(event)
        if len(values) != len(self.files) - len(TABLES):
            raise ArchiveFaultError("it holds values that belong to no event")
        return pieces | self._check_records(known_assets, known_runs, ids)

    def _check_records(
        self, assets: Collection[str], runs: Collection[str | None], ids: set[int]
    ) -> set[tuple[str, str]]:
        """Hold what else is told against the assets, runs and events that there are; return the pieces that failed."""
        last, failed = 0, set()
        for name in (OBSERVATIONS, *(name for name in RECORDS if name != OBSERVATIONS)):  # checks may look at them
            for record in self.records(name):
                columns = record.columns
                if columns["asset"] not in assets or columns.get("run") not in runs:
                    raise ArchiveFaultError(f"{name!r} in it tells of an asset or a run that is not in it")
                if name == OBSERVATIONS:
                    if columns["id"] <= last or columns["id"] in ids:
                        raise ArchiveFaultError("its observations are not in order, or have the number of an event")
                    last = columns["id"]
                    ids.add(last)
                if name == CHECKS and columns["event"] not in ids:
                    raise ArchiveFaultError(f"a check in it looked at event {columns['event']}, which is not in it")
                if name == FAILURES:
                    failed.add(record.piece)
        return failed

    def _check_value(self, event: ArchivedEvent) -> None:
        """Hold a value against the manifest and against its event; it is not opened."""
        columns, name = event.columns, event.value or ""
        try:
            form = format_called(columns["format"], f"event {columns['id']}")
        except BrokenValueError as error:
            known = f"{name!r} in it is in the format {columns['format'][:40]!r}, which is not known"
            raise ArchiveFaultError(known) from error
        if not name.endswith(f".{form.suffix}"):
            raise ArchiveFaultError(f"{name!r} in it is not called as its format is")
        digest = new_digest(form.name)
        for chunk in self.chunks(name):
            digest.update(chunk)
        if self.files[name].size != columns["size"] or digest.hexdigest() != columns["digest"]:
            raise ArchiveFaultError(f"{name!r} in it is not the value that its event tells of")

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        rest = b""
        for chunk in self.chunks(name):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                raise ArchiveFaultError(f"a row of {name!r} in it is longer than any can be")
            yield from (_parsed(line, name) for line in lines)
        if rest:
            raise ArchiveFaultError(f"{name!r} in it ends within a row")

    def telling(self, do: Callable[[], T]) -> T:
        """Return what ``do`` returns; what it finds wrong with the archive becomes an error that names it."""
        try:
            return do()
        except NewerArchiveError as error:
            raise StoreVersionError(str(self._refused(str(error)))) from error
        except ArchiveFaultError as error:
            raise self._refused(str(error)) from error
        except _UNREADABLE as error:
            raise self._refused(f"it can't be read: {error}") from error

    def _refused(self, why: str) -> StoreError:
        return StoreError(f"{str(self.path)!r} is refused, since {why}. Nothing of it was imported.")


def _parsed(line: bytes, name: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ArchiveFaultError(f"a row of {name!r} in it is no JSON: {error}") from error
    if not isinstance(row, dict):
        raise ArchiveFaultError(f"a row of {name!r} in it is no object")
    return row
