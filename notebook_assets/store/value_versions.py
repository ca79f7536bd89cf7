"""The versions of a piece: each time that it was made, and which of the values are still kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, overload

from notebook_assets.display import Column, Shown, Table, duration, moment, size, visible
from notebook_assets.errors import BrokenValueError, ValueNotFoundError
from notebook_assets.keys import AssetKey
from notebook_assets.store.database import Database
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.value_rows import ValueRow, read_value
from notebook_assets.store.values import ValueFiles

_VERSIONS = (
    "SELECT m.id, m.time, r.id, m.kind, m.duration, m.code, m.data_version, m.type, m.format, m.size, "
    "m.format IS NOT NULL, m.digest IS NOT NULL FROM materializations m LEFT JOIN runs r ON r.number = m.run "
    "WHERE m.asset_id = ? AND m.partition = ? ORDER BY m.id DESC"
)
_ONE = (
    "SELECT m.kind, m.format, m.type, m.digest, m.signature, m.path, CAST(b.data AS BLOB) FROM materializations m "
    "LEFT JOIN value_blobs b ON b.materialization_id = m.id WHERE m.id = ? AND m.asset_id = ? AND m.partition = ?"
)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class ValueVersion:
    """One time that a piece was made.

    Args:
        event_id: The number of the event; ``instance.load(asset, partition, version=event_id)`` gives its value.
        time: When, in seconds since 1970 (UTC).
        run_id: The run that made it, None where it was reported without one.
        kind: ``"materialization"``, or ``"empty"`` where the function yielded nothing.
        duration: How long the function ran, in seconds.
        code: The fingerprint of the code that made it.
        data_version: Changes when the value does.
        type: The type of the value, None where the store never had it.
        format: How the value is kept, None where it is not.
        size: The size of the value in bytes, also of one that was pruned.
        is_kept: Whether the value is in the store.
        was_pruned: Whether it was there, and :meth:`Instance.prune` removed it.

    >>> ValueVersion(7, 0.0, None, "empty", 0.1, None, None, None, None, None, False, False).is_kept
    False
    """

    event_id: int
    time: float
    run_id: str | None
    kind: str
    duration: float
    code: str | None
    data_version: str | None
    type: str | None
    format: str | None
    size: int | None
    is_kept: bool
    was_pruned: bool

    @property
    def value(self) -> str:
        """What is to be had of the value, in words."""
        if self.is_kept:
            return "kept"
        if self.kind == "empty":
            return "empty"
        return "pruned" if self.was_pruned else "not kept by the store"


@dataclass(frozen=True, repr=False)
class ValueVersions(Shown, Sequence[ValueVersion]):
    """The history of a piece, one :class:`ValueVersion` for each time it was made, the latest first.

    `pandas.DataFrame` takes it.

    Args:
        name: What it is the history of.
        versions: The versions, the latest first.

    >>> ValueVersions("daily", ())
    Versions of daily
    <BLANKLINE>
    It was never made.
    """

    name: str
    versions: tuple[ValueVersion, ...]

    @overload
    def __getitem__(self, at: int) -> ValueVersion: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ValueVersion]: ...
    def __getitem__(self, at: int | slice) -> ValueVersion | Sequence[ValueVersion]:
        return self.versions[at]

    def __len__(self) -> int:
        return len(self.versions)

    def __iter__(self) -> Iterator[ValueVersion]:
        return iter(self.versions)

    @property
    def _forms(self) -> tuple[str, str]:
        rows = [
            [
                str(each.event_id),
                f"{moment(each.time)} UTC",
                duration(each.duration),
                each.type,
                size(each.size),
                each.value,
                each.data_version,
                each.run_id,
            ]
            for each in self.versions
        ]
        table = Table(
            [_number("version"), "made", _number("took"), "type", _number("size"), "value", "data version", "run"],
            rows,
            f"Versions of {self.name}",
            noun="version",
            empty="It was never made.",
        )
        return table.html, table.text


def _number(title: str) -> Column | str:
    return Column(title, "right", wrap=False)


def value_versions(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int | None, partition: str | None
) -> ValueVersions:
    """Return the versions of a piece, the latest first.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store, store.database.read() as connection:
    ...     len(value_versions(connection, AssetKey("daily"), None, None))
    0
    """
    rows = [] if asset_id is None else connection.execute(_VERSIONS, (asset_id, partition or ""))
    found = (
        ValueVersion(*row[:10], is_kept=bool(row[10]), was_pruned=bool(row[11]) and not row[10])  # type: ignore[misc]
        for row in rows
    )
    return ValueVersions(piece_name(key, partition), tuple(found))


def version_row(
    connection: sqlite3.Connection, key: AssetKey, asset_id: int | None, partition: str | None, version: int
) -> ValueRow:
    """Return the row of one version of a piece, which has a value.

    Raises:
        ValueNotFoundError: The piece has no such version, or its value is not kept any more.
    """
    what = piece_name(key, partition)
    row: tuple[Any, ...] | None = None
    if asset_id is not None and _is_event(version):
        row = connection.execute(_ONE, (int(version), asset_id, partition or "")).fetchone()
    if row is not None and row[1] is not None:
        kind, *stored = row
        return ValueRow(partition or "", "materialized", kind, int(version), int(version), *stored)
    known = value_versions(connection, key, asset_id, partition)
    kept = [str(each.event_id) for each in known if each.is_kept]
    older = " and older ones" if len(kept) > _NAMED else ""
    found = f"the value is kept of {', '.join(kept[:_NAMED])}{older}" if kept else "none has a value"
    if row is None:
        raise ValueNotFoundError(f"{what} has no version {version!r}. Of its {len(known)} versions {found}.")
    why = next(each.value for each in known if each.event_id == version)
    reason = {"pruned": "was pruned", "empty": "yielded nothing, so it has no value"}.get(why, "is not in the store")
    raise ValueNotFoundError(f"Version {version} of {visible(what)} {reason}. Of its {len(known)} versions {found}.")


def load_version(
    database: Database, files: ValueFiles, key: AssetKey, asset_id: int | None, partition: str | None, version: int
) -> Any:
    """Return the value of one version of a piece.

    Raises:
        ValueNotFoundError: The piece has no such version, or its value is not kept any more.
        BrokenValueError: It is gone, cut short, altered or unreadable.
        UntrustedPickleError: It is a pickle that this user did not sign.
    """
    with database.read() as connection:
        row = version_row(connection, key, asset_id, partition, version)
    try:
        return read_value(row, files, piece_name(key, partition))
    except BrokenValueError:
        with database.read() as connection:  # where it was pruned meanwhile, that is said
            version_row(connection, key, asset_id, partition, version)
        raise


def _is_event(version: Any) -> bool:
    """Whether something can be the number of an event: a whole number, NumPy's too, that SQLite takes."""
    try:
        return not isinstance(version, bool) and 0 < index(version) < 2**63
    except TypeError:
        return False
