"""Import: what an archive holds becomes part of a store, all of it or nothing."""

from __future__ import annotations

import heapq
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from notebook_assets.display import Shown, facts, note, plain, plural, size, stack, title_line
from notebook_assets.errors import InvalidInvocationError, StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.store.archive_format import CHECKS, CODES, FAILURES, OBSERVATIONS, OUTPUTS
from notebook_assets.store.archive_reading import Archive
from notebook_assets.store.archive_record_importing import RecordImport
from notebook_assets.store.archive_records import ArchivedRecord
from notebook_assets.store.archive_rows import ASSET_COLUMNS, RUN_COLUMNS, ArchivedEvent
from notebook_assets.store.code_accepting import accept_pieces
from notebook_assets.store.dynamic_partitions import insert_keys
from notebook_assets.store.formats import format_called
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.recording import INSERT_BLOB, INSERT_EVENT, LATEST_MADE
from notebook_assets.store.signing import is_signed
from notebook_assets.store.writing import INLINE_BYTES, StoreWriter

Existing: TypeAlias = Literal["raise", "skip", "replace"]
LATER = (CODES, FAILURES, CHECKS, OUTPUTS)
"""What is written when all events are: it tells of them."""
EXISTING = ("raise", "skip", "replace")
_ABOUT = ("time", "duration", "code", "data_version", "format", "type", "size", "digest")
_NAMED = 5


@dataclass(frozen=True, repr=False)
class ImportReport(Shown):
    """What came of an archive.

    Args:
        path: The file.
        pieces: How many pieces were imported, those that were only tried included.
        events: How many events, older versions included.
        bytes: How many bytes their values have.
        skipped: How many pieces were left out, since they had been made here.
        untrusted: The assets with pickles that this user did not sign, by how many there are.

    >>> ImportReport(Path("daily.zip"), 2, 3, 120, 0, {}).events
    3
    """

    path: Path
    pieces: int
    events: int
    bytes: int
    skipped: int
    untrusted: Mapping[AssetKey, int]

    @property
    def _forms(self) -> tuple[str, str]:
        counts = [("pieces", plural(self.pieces, "piece")), ("versions", f"{self.events:,}, {size(self.bytes)}")]
        if self.skipped:
            counts.append(("left out", f"{plural(self.skipped, 'piece')} that had been made here"))
        parts = [title_line("Imported", str(self.path)), facts(counts)]
        for key, number in self.untrusted.items():
            name = key.to_user_string()
            told = f"{plural(number, 'value')} of {name} are pickles that you did not sign, and are not opened."
            parts.append(note(plain(f"{told} If you know who made them: instance.trust({name!r})."), "warning"))
        whole = stack(parts)
        return whole.html, whole.text


def import_archive(store: StoreWriter, path: Path, existing: Existing) -> ImportReport:
    """Take in what an archive holds: all is checked, then the values are written, then all rows in one transaction.

    Raises:
        InvalidInvocationError: Pieces of it had been made here.
        StoreVersionError: It was written by a newer version of this package.
        StoreError: It is not what it should be, or there is no room for it.
    """
    if existing not in EXISTING:
        raise InvalidInvocationError(f"existing is one of {', '.join(map(repr, EXISTING))}; got {existing!r}.")
    with Archive(path) as archive:
        _check_room(store.files.root.parent, archive)
        pieces = archive.check()
        with store.database.read() as connection:
            left_out = _left_out(connection, path, pieces, existing)
        run = store.begin_run(selection=f"import of {path.name}")
        done = False
        try:
            report = archive.telling(_Import(store, archive, pieces, left_out, existing).carried_out)
            done = True
        finally:
            store.finish_run(run, "success" if done else "failed")
    return report


def _check_room(folder: Path, archive: Archive) -> None:
    free = shutil.disk_usage(folder).free
    if archive.unpacked_size > free:
        raise StoreError(
            f"{str(archive.path)!r} holds {size(archive.unpacked_size)}, and the disk of the store {str(folder)!r} has "
            f"{size(free)} of room. Nothing of it was imported."
        )


def _left_out(
    connection: sqlite3.Connection, path: Path, pieces: Collection[tuple[str, str]], existing: Existing
) -> set[tuple[str, str]]:
    """Return the pieces of the archive that are left out, since they were made here."""
    made = set(
        connection.execute(
            "SELECT a.key, p.partition FROM pieces p JOIN assets a ON a.id = p.asset_id WHERE p.event_id > 0"
        )
    )
    there = made.intersection(pieces)
    if there and existing == "raise":
        names = [piece_name(AssetKey.from_escaped_user_string(key), name) for key, name in sorted(there)[:_NAMED]]
        more = f" and {len(there) - _NAMED:,} more" if len(there) > _NAMED else ""
        raise InvalidInvocationError(
            f"{len(there):,} pieces of {str(path)!r} were made here already: {', '.join(names)}{more}. Leave "
            'them out with existing="skip", or have those of the archive be the latest with existing="replace".'
        )
    return there if existing == "skip" else set()


class _Import:
    """One import, once it is known that the archive is sound."""

    def __init__(
        self,
        store: StoreWriter,
        archive: Archive,
        pieces: Collection[tuple[str, str]],
        left_out: Collection[tuple[str, str]],
        existing: Existing,
    ) -> None:
        self._store = store
        self._archive = archive
        self._pieces = pieces
        self._left_out = left_out
        self._existing = existing
        self._folder = store.files.root.parent
        self._paths: dict[int, str] = {}
        self._asset_ids: dict[str, int] = {}
        self._runs: dict[str | None, int | None] = {None: None}
        self._untrusted: dict[AssetKey, int] = {}
        self._accepted: dict[tuple[str, str], list[str]] = {}

    def carried_out(self) -> ImportReport:
        """Write the large values, then all rows at once; what was written is removed if anything fails."""
        try:
            for event in self._archive.events():
                if event.value is not None and event.piece not in self._left_out:
                    self._write_file(event, event.value)
            with self._store._write() as connection:
                return self._insert_all(connection)
        except BaseException:
            self._store.files.remove(self._paths.values())
            raise

    def _write_file(self, event: ArchivedEvent, name: str) -> None:
        columns = event.columns
        if columns["size"] > INLINE_BYTES:
            key = AssetKey.from_escaped_user_string(columns["asset"])
            suffix = format_called(columns["format"], "an archived value").suffix
            chunks = self._archive.chunks(name)
            self._paths[columns["id"]] = self._store.files.write_chunks(key, columns["partition"], suffix, chunks)

    def _insert_all(self, connection: sqlite3.Connection) -> ImportReport:
        if _left_out(connection, self._archive.path, self._pieces, self._existing) != self._left_out:
            raise StoreError("Pieces of the archive were made here in this moment. Nothing was imported; try again.")
        self._insert_descriptions(connection)
        others = RecordImport(connection, self._asset_id, self._run)
        pieces, events, bytes_ = set(), 0, 0
        for event in self._in_order():
            if event.piece in self._left_out:
                continue
            if isinstance(event, ArchivedRecord):
                others.insert(event)
                continue
            others.events[event.columns["id"]] = self._insert(connection, event)
            pieces.add(event.piece)
            if (accepted := event.columns["accepted"]) is not None:
                self._accepted.setdefault((event.columns["asset"], accepted), []).append(event.piece[1])
            events += 1
            bytes_ += event.columns["size"] or 0 if event.value is not None else 0
        for name in LATER:
            for record in self._archive.records(name):
                if name == CODES or record.piece not in self._left_out:
                    others.insert(record)
        pieces |= others.failed
        for (asset, code), partitions in self._accepted.items():
            accept_pieces(connection, self._asset_id(connection, asset), code, partitions)
        return ImportReport(self._archive.path, len(pieces), events, bytes_, len(self._left_out), self._untrusted)

    def _in_order(self) -> Iterator[ArchivedEvent | ArchivedRecord]:
        """Give events and observations as they happened: of two of a store, the greater number is the later."""
        return heapq.merge(
            self._archive.events(), self._archive.records(OBSERVATIONS), key=lambda each: each.columns["id"]
        )

    def _insert_descriptions(self, connection: sqlite3.Connection) -> None:
        """Write assets, runs and keys of dynamic partitions that are not here yet; what is here stays as it is."""
        names = list(ASSET_COLUMNS)
        for row in self._archive.assets():
            connection.execute("INSERT OR IGNORE INTO assets (key) VALUES (?)", (row["key"],))
            if row["described_at"] is not None:
                marks = ", ".join(f"{name} = ?" for name in names[1:])
                connection.execute(
                    f"UPDATE assets SET {marks} WHERE key = ? AND described_at IS NULL",  # noqa: S608
                    (*(row[name] for name in names[1:]), row["key"]),
                )
        for name, keys in self._archive.dynamic_partitions().items():
            insert_keys(connection, name, list(dict.fromkeys(keys)))
        for row in self._archive.runs():
            columns = ", ".join(RUN_COLUMNS)
            connection.execute(
                f"INSERT OR IGNORE INTO runs ({columns}) VALUES ({', '.join('?' * len(RUN_COLUMNS))})",  # noqa: S608
                tuple(row[name] for name in RUN_COLUMNS),
            )

    def _insert(self, connection: sqlite3.Connection, event: ArchivedEvent) -> int:
        columns = event.columns
        asset_id, run = self._asset_id(connection, columns["asset"]), self._run(connection, columns["run"])
        path = self._paths.get(columns["id"])
        data = self._archive.value(event.value) if event.value is not None and path is None else None
        about = [columns[name] for name in _ABOUT]
        stored = (self._signature(event, data, path), path)
        texts = (columns["metadata"], columns["tags"], columns["description"])
        row = (asset_id, columns["partition"], columns["kind"], run, *about, *stored, *texts)
        number = connection.execute(INSERT_EVENT, row).lastrowid
        if data is not None:
            connection.execute(INSERT_BLOB, (number, data))
        for read in event.reads:  # up to no event of this store: whether it is the same is told by the digest
            connection.execute(
                "INSERT OR IGNORE INTO input_reads (materialization_id, upstream_id, subset, up_to_event, digest) "
                "VALUES (?, ?, ?, 0, ?)",
                (number, self._asset_id(connection, read.upstream), read.subset, read.digest),
            )
        is_made = columns["kind"] == "materialization"
        state = ("materialized", "materialization") if is_made else ("empty", "empty")
        latest = (*state, number, number if event.value is not None else 0, run, columns["time"], columns["duration"])
        kept = columns["size"] if event.value is not None else 0
        piece = (asset_id, columns["partition"], *latest, kept, columns["code"], columns["data_version"])
        connection.execute(LATEST_MADE, piece)
        assert number is not None  # noqa: S101  (an INSERT that raised nothing has one)
        return number

    def _signature(self, event: ArchivedEvent, data: bytes | None, path: str | None) -> bytes | None:
        """Return the signature of a pickle if it is this user's own; one of anyone else is worth nothing here."""
        columns = event.columns
        if event.value is None or not format_called(columns["format"], "an archived value").executes:
            return None
        try:
            signature = bytes.fromhex(columns["signature"] or "")
        except ValueError:
            signature = b""
        if signature:
            held = data if data is not None else self._store.files.read(path or "", "an archived value")
            if is_signed(held, signature):
                return signature
        key = AssetKey.from_escaped_user_string(columns["asset"])
        self._untrusted[key] = self._untrusted.get(key, 0) + 1
        return None

    def _asset_id(self, connection: sqlite3.Connection, key: str) -> int:
        found = self._asset_ids.get(key)
        if found is None:
            connection.execute("INSERT OR IGNORE INTO assets (key) VALUES (?)", (key,))
            row = connection.execute("SELECT id FROM assets WHERE key = ?", (key,)).fetchone()
            found = self._asset_ids[key] = int(row[0])
        return found

    def _run(self, connection: sqlite3.Connection, run_id: str | None) -> int | None:
        if run_id not in self._runs:
            row = connection.execute("SELECT number FROM runs WHERE id = ?", (run_id,)).fetchone()
            self._runs[run_id] = int(row[0])
        return self._runs[run_id]
