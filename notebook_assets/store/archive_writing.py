"""Export: pieces of a store, with their values and descriptions, as one file."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from notebook_assets.display import Shown, facts, plural, size, stack, title_line
from notebook_assets.errors import (
    InvalidInvocationError,
    NeverMaterializedError,
    StoreNotWritableError,
    ValueNotFoundError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.store.archive_dynamic import dynamic_keys
from notebook_assets.store.archive_format import (
    ASSETS,
    CHECKS,
    CODES,
    DYNAMIC,
    EVENTS,
    FAILURES,
    MANIFEST,
    OBSERVATIONS,
    OUTPUTS,
    RUNS,
    TABLES,
    ArchivedFile,
    manifest_text,
    new_hash,
    value_name,
)
from notebook_assets.store.archive_record_queries import archived_codes, archived_records, codes_used, known_checks
from notebook_assets.store.archive_rows import ASSET_COLUMNS, EVENT_COLUMNS, RUN_COLUMNS
from notebook_assets.store.database import Database
from notebook_assets.store.formats import format_called
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.run_owners import without_place
from notebook_assets.store.value_rows import checked_bytes
from notebook_assets.store.value_versions import version_row
from notebook_assets.store.values import ValueFiles

Versions: TypeAlias = Literal["latest", "all"]
_STORED = ("parquet", "npy", "npy-scalar", "bytes")
"""Formats that are compressed already, or whose readers want to look into the file."""

_EVENTS = (
    "SELECT m.id, a.key, m.partition, m.kind, r.id, m.time, m.duration, m.code, m.data_version, m.format, m.type, "
    "m.size, m.digest, lower(hex(m.signature)), m.metadata, m.tags, m.description, NULL, p.code "
    "FROM materializations m JOIN assets a ON a.id = m.asset_id LEFT JOIN runs r ON r.number = m.run "
    "LEFT JOIN pieces p ON p.asset_id = m.asset_id AND p.partition = m.partition AND p.event_id = m.id "
    "AND p.code IS NOT m.code WHERE m.asset_id = ? {latest} ORDER BY m.id"
)
_LATEST = (
    "AND m.id IN (SELECT event_id FROM pieces WHERE asset_id = m.asset_id UNION "
    "SELECT value_event_id FROM pieces WHERE asset_id = m.asset_id)"
)
_READS = (
    "SELECT a.key, i.subset, i.digest FROM input_reads i JOIN assets a ON a.id = i.upstream_id "
    "WHERE i.materialization_id = ? ORDER BY a.key"
)
_ATTEMPTS = 3  # at a store that is pruned meanwhile
_OF_PIECES = (FAILURES, CHECKS, OBSERVATIONS, OUTPUTS)
_Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, repr=False)
class ArchiveReport(Shown):
    """What an archive holds.

    Args:
        path: The file.
        assets: How many assets.
        pieces: How many of their pieces, those that were only tried included.
        values: How many values, versions included.
        bytes: How many bytes these have; the file has fewer where they could be compressed.

    >>> ArchiveReport(Path("daily.zip"), 1, 3, 3, 120)
    Exported  ·  daily.zip
    <BLANKLINE>
    assets  1
    pieces  3
    values  3 values, 120 B
    """

    path: Path
    assets: int
    pieces: int
    values: int
    bytes: int

    @property
    def _forms(self) -> tuple[str, str]:
        values = f"{plural(self.values, 'value')}, {size(self.bytes)}"
        counts = facts([("assets", self.assets), ("pieces", self.pieces), ("values", values)])
        whole = stack([title_line("Exported", str(self.path)), counts])
        return whole.html, whole.text


def write_archive(
    database: Database,
    files: ValueFiles,
    path: Path,
    chosen: Mapping[int, AssetKey],
    partitions: Collection[str] | None,
    versions: Versions,
) -> ArchiveReport:
    """Write an archive, which gets its name when it is whole; each value is held against its digest.

    Raises:
        InvalidInvocationError: There is a file of that name already.
        NeverMaterializedError: A partition was never made of any of the assets.
        StoreNotWritableError: It can't be written; nothing is left behind.
        BrokenValueError: A value is not whole.
        ValueNotFoundError: Values are pruned again and again while it is written.
    """
    if path.exists():
        raise InvalidInvocationError(f"There is a file {str(path)!r} already. Remove it, or choose another name.")
    partitions = None if partitions is None else frozenset(partitions)
    for _ in range(_ATTEMPTS - 1):
        with suppress(ValueNotFoundError):  # it was pruned since its row was read
            return _written(database, files, path, chosen, partitions, versions)
    return _written(database, files, path, chosen, partitions, versions)


def _written(
    database: Database,
    files: ValueFiles,
    path: Path,
    chosen: Mapping[int, AssetKey],
    partitions: Collection[str] | None,
    versions: Versions,
) -> ArchiveReport:
    """Write an archive of what is there now."""
    events = list(_events(database, chosen, partitions, versions))
    tables = _tables(database, [row for _, row in events], chosen, partitions, versions)
    numbers = {key.to_escaped_user_string(): asset_id for asset_id, key in chosen.items()}
    told = [*events, *((numbers[row["asset"]], row) for name in _OF_PIECES for row in tables[name])]
    _check_found(told, partitions)
    part = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    try:
        with zipfile.ZipFile(part, "x", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            writer = _Writer(archive)
            for asset_id, row in events:
                if row["format"] is not None:
                    writer.add_value(database, files, chosen[asset_id], asset_id, row)
            tables[ASSETS] = list(_assets(database, tables))
            tables[RUNS] = list(_runs(database, tables))
            tables[DYNAMIC] = list(dynamic_keys(database, told))
            for name in TABLES:
                writer.add_table(name, tables[name])
            when = datetime.now(UTC).isoformat(timespec="seconds")
            archive.writestr(MANIFEST, manifest_text(writer.files, {"made_at": when}))
        _give_name(part, path)
    except FileExistsError as error:
        raise InvalidInvocationError(f"There is a file {str(path)!r} already. Choose another name.") from error
    except OSError as error:
        raise StoreNotWritableError(f"The archive {str(path)!r} can't be written: {error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    pieces = {(row["asset"], row["partition"]) for name in (EVENTS, FAILURES) for row in tables[name]}
    return ArchiveReport(path, len(tables[ASSETS]), len(pieces), writer.values, writer.bytes)


def _tables(
    database: Database,
    events: list[_Row],
    chosen: Iterable[int],
    partitions: Collection[str] | None,
    versions: Versions,
) -> dict[str, list[_Row]]:
    """Return the rows of each file that tells of pieces, and the codes that these name."""
    tables = {EVENTS: events, **archived_records(database, chosen, partitions, latest=versions == "latest")}
    there = {row["id"] for name in (EVENTS, OBSERVATIONS) for row in tables[name]}
    tables[CHECKS] = known_checks(tables[CHECKS], there)
    tables[CODES] = archived_codes(database, codes_used([*events, *tables[FAILURES]]))
    return tables


def _give_name(part: Path, path: Path) -> None:
    """Let a file that is whole be called ``path``, unless there came one of that name meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system
        if path.exists():
            raise FileExistsError from None
        part.rename(path)


class _Writer:
    """Adds files to an archive, and keeps what the manifest is to say of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, ArchivedFile] = {}
        self.values = 0
        self.bytes = 0

    def add_table(self, name: str, rows: Iterable[_Row]) -> None:
        """Add rows, one a line."""
        hashed, length = new_hash(), 0
        with self._archive.open(name, "w", force_zip64=True) as file:
            for row in rows:
                told = {column: value for column, value in row.items() if value is not None}
                line = json.dumps(told).encode() + b"\n"
                file.write(line)
                hashed.update(line)
                length += len(line)
        self.files[name] = ArchivedFile(length, hashed.hexdigest())

    def add_value(self, database: Database, files: ValueFiles, key: AssetKey, asset_id: int, row: _Row) -> None:
        """Add the value of an event, and name its file in the row."""
        what = piece_name(key, row["partition"])
        with database.read() as connection:
            kept = version_row(connection, key, asset_id, row["partition"], row["id"])
        data = checked_bytes(kept, files, what)
        row["value"] = name = value_name(row["id"], format_called(row["format"], what).suffix)
        way = zipfile.ZIP_STORED if row["format"] in _STORED else zipfile.ZIP_DEFLATED
        self._archive.writestr(name, data, way)
        hashed = new_hash()
        hashed.update(data)
        self.files[name] = ArchivedFile(len(data), hashed.hexdigest())
        self.values += 1
        self.bytes += len(data)


def _events(
    database: Database, chosen: Mapping[int, AssetKey], partitions: Collection[str] | None, versions: Versions
) -> Iterator[tuple[int, _Row]]:
    """Give the rows of the events, in the order in which they happened, with what each read."""
    query = _EVENTS.format(latest=_LATEST if versions == "latest" else "")
    found: list[tuple[int, _Row]] = []
    with database.read() as connection:
        for asset_id in chosen:
            for row in connection.execute(query, (asset_id,)).fetchall():
                columns = dict(zip(EVENT_COLUMNS, row, strict=True))
                if partitions is None or columns["partition"] in partitions:
                    columns["signature"] = columns["signature"] or None
                    columns["reads"] = [list(read) for read in connection.execute(_READS, (columns["id"],))]
                    found.append((asset_id, columns))
    return iter(sorted(found, key=lambda each: each[1]["id"]))


def _check_found(events: Collection[tuple[int, _Row]], partitions: Collection[str] | None) -> None:
    if partitions is None:
        return
    never = sorted(set(partitions) - {row["partition"] for _, row in events})
    if never:
        more = f" and {len(never) - 5:,} more" if len(never) > 5 else ""
        raise NeverMaterializedError(f"Of these partitions nothing was ever made: {', '.join(never[:5])}{more}.")


def _assets(database: Database, tables: Mapping[str, Sequence[_Row]]) -> Iterator[_Row]:
    wanted = {row["asset"] for rows in tables.values() for row in rows if "asset" in row}
    query = f"SELECT {', '.join(ASSET_COLUMNS)} FROM assets ORDER BY key"  # noqa: S608
    return _table(database, query, ASSET_COLUMNS, "key", wanted)


def _runs(database: Database, tables: Mapping[str, Sequence[_Row]]) -> Iterator[_Row]:
    wanted = {row["run"] for rows in tables.values() for row in rows if "run" in row}
    query = f"SELECT {', '.join(RUN_COLUMNS)} FROM runs ORDER BY number"  # noqa: S608
    found = _table(database, query, RUN_COLUMNS, "id", wanted)
    return ({**row, "tags": without_place(row["tags"])} for row in found)


def _table(
    database: Database, query: str, columns: Mapping[str, str], name: str, wanted: Collection[str]
) -> Iterator[_Row]:
    with database.read() as connection:
        rows: list[sqlite3.Row] = connection.execute(query).fetchall()
    named = (dict(zip(columns, row, strict=True)) for row in rows)
    return (row for row in named if row[name] in wanted)
