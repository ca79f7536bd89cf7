"""Removing the values of older versions; that they were made stays known."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, overload

from notebook_assets.display import Column, Shown, Table, count, plural, size
from notebook_assets.errors import InvalidInvocationError, StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.store.database import Database, is_full
from notebook_assets.store.values import ValueFiles
from notebook_assets.store.wiping import Transaction, in_little_room

Age: TypeAlias = timedelta | datetime | None
"""How old something has to be: so old, or from before then (a datetime without a time zone is local); None: any age."""

_OLDER = (
    "SELECT id, path, size FROM (SELECT id, path, size, time, row_number() OVER "
    "(PARTITION BY partition ORDER BY id DESC) AS newest FROM materializations WHERE asset_id = ? "
    "AND format IS NOT NULL) WHERE newest > ? AND time < ? ORDER BY id"
)
_OLDER_OUTPUTS = (
    "SELECT id FROM (SELECT id, time, row_number() OVER (PARTITION BY partition ORDER BY id DESC) AS newest "
    "FROM step_outputs WHERE asset_id = ?) WHERE newest > ? AND time < ?"
)
_EPOCH_YEAR = 1970
_AT_ONCE = 900  # versions in one transaction: others who write wait no longer than for a few milliseconds


@dataclass(frozen=True, slots=True)
class PrunedAsset:
    """What is pruned of one asset: so many versions lose their values, of so many bytes in all.

    >>> PrunedAsset(AssetKey("daily"), 3, 300, 0, 0).versions
    3
    """

    key: AssetKey
    versions: int
    bytes: int
    files: int
    outputs: int


@dataclass(frozen=True, repr=False)
class PruneReport(Shown, Sequence[PrunedAsset]):
    """What :meth:`Instance.prune` removed, or would remove; one :class:`PrunedAsset` for each asset with any.

    Args:
        assets: One for each asset that loses something, the most bytes first.
        dry_run: Whether this is only what would be removed.

    >>> PruneReport((), dry_run=True)
    Would be pruned  ·  nothing
    <BLANKLINE>
    No older versions have values.
    """

    assets: tuple[PrunedAsset, ...]
    dry_run: bool

    @property
    def versions(self) -> int:
        """How many versions lose their value."""
        return sum(each.versions for each in self.assets)

    @property
    def bytes(self) -> int:
        """How many bytes these values have."""
        return sum(each.bytes for each in self.assets)

    @property
    def files(self) -> int:
        """How many of them are files; the others lie in the database, where their room is used again."""
        return sum(each.files for each in self.assets)

    @overload
    def __getitem__(self, at: int) -> PrunedAsset: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PrunedAsset]: ...
    def __getitem__(self, at: int | slice) -> PrunedAsset | Sequence[PrunedAsset]:
        return self.assets[at]

    def __len__(self) -> int:
        return len(self.assets)

    def __iter__(self) -> Iterator[PrunedAsset]:
        return iter(self.assets)

    @property
    def _forms(self) -> tuple[str, str]:
        numbers = ("versions", "bytes", "files", "printed")
        told = f"{plural(self.versions, 'value')}, {size(self.bytes)}" if self.assets else "nothing"
        table = Table(
            ["asset", *(Column(name, "right") for name in numbers)],
            [
                [each.key.to_user_string(), each.versions, size(each.bytes), each.files, count(each.outputs)]
                for each in self.assets
            ],
            "Would be pruned" if self.dry_run else "Pruned",
            told,
            noun="asset",
            empty="No older versions have values.",
        )
        return table.html, table.text


def moment_before(older_than: Age, now: float) -> float:
    """Return the time (seconds since 1970) before which something is older than asked for.

    Raises:
        InvalidInvocationError: It is no age.

    >>> moment_before(timedelta(seconds=10), 100.0), moment_before(None, 100.0)
    (90.0, inf)
    """
    if older_than is None:
        return float("inf")
    if isinstance(older_than, timedelta):
        return now - older_than.total_seconds()
    if isinstance(older_than, datetime):
        try:
            return older_than.timestamp()
        except (ValueError, OverflowError, OSError):  # so early or late that the system has no number for it
            return float("-inf") if older_than.year < _EPOCH_YEAR else float("inf")
    raise InvalidInvocationError(
        f"older_than is a timedelta, such as timedelta(days=30), or a datetime; got {older_than!r}."
    )


def prune_values(
    transaction: Transaction,
    database: Database,
    files: ValueFiles,
    chosen: Mapping[int, AssetKey],
    *,
    keep: int,
    older_than: Age,
    dry_run: bool,
) -> PruneReport:
    """Remove the values of versions that are not among the newest ``keep`` with a value, and what they printed.

    Rows first, a few at a time, then the files that they named. A process that is killed in between leaves litter.

    Raises:
        InvalidInvocationError: ``keep`` is no number from 1 on, or ``older_than`` no age.
        StoreError: The store can't be written; what was pruned before is recorded as such.
    """
    if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
        raise InvalidInvocationError(
            f"prune keeps at least the latest value of each piece: keep is 1 or more; got {keep!r}."
        )
    limits = min(keep, 2**62), moment_before(older_than, time.time())
    pruned = []
    for asset_id, key in chosen.items():
        with database.read() as connection:
            rows = connection.execute(_OLDER, (asset_id, *limits)).fetchall()
            outputs = [row[0] for row in connection.execute(_OLDER_OUTPUTS, (asset_id, *limits))]
        if not dry_run:
            rows = _remove_values(transaction, database, files, [row[0] for row in rows])
            _remove_outputs(transaction, outputs)
        if rows or outputs:
            counts = len(rows), sum(row[2] for row in rows), sum(row[1] is not None for row in rows)
            pruned.append(PrunedAsset(key, *counts, len(outputs)))
    pruned.sort(key=lambda each: (-each.bytes, each.key))
    return PruneReport(tuple(pruned), dry_run)


_Row: TypeAlias = tuple[int, str | None, int]


def _remove_values(
    transaction: Transaction, database: Database, files: ValueFiles, events: Sequence[int]
) -> list[_Row]:
    """Remove the values of events; return the id, path and size of those that had one still."""
    removed: list[_Row] = []
    for start in range(0, len(events), _AT_ONCE):
        part = events[start : start + _AT_ONCE]
        try:
            with transaction() as connection:
                rows = _forget(connection, part)
        except StoreError as error:
            if not is_full(error.__cause__):
                raise
            rows = [row for event in part for row in _remove_one(transaction, database, files, event)]
        files.remove(row[1] for row in rows if row[1] is not None)
        removed += rows
    return removed


def _remove_one(transaction: Transaction, database: Database, files: ValueFiles, event: int) -> list[_Row]:
    """Remove the value of one event on a full disk."""

    def forget() -> list[_Row]:
        with transaction() as connection:
            return _forget(connection, [event])

    with database.read() as connection:
        path = connection.execute("SELECT path FROM materializations WHERE id = ?", (event,)).fetchone()
    rows = in_little_room(database, files, [path[0]] if path and path[0] else [], forget, "pruning")
    files.remove(row[1] for row in rows if row[1] is not None)
    return rows


def _forget(connection: sqlite3.Connection, events: Sequence[int]) -> list[_Row]:
    """Take note inside a transaction that values are not kept any more; what and how large they were stays known."""
    marks = ", ".join("?" * len(events))
    rows: list[_Row] = connection.execute(
        f"SELECT id, path, size FROM materializations WHERE id IN ({marks}) AND format IS NOT NULL",  # noqa: S608
        events,
    ).fetchall()
    connection.execute(f"DELETE FROM value_blobs WHERE materialization_id IN ({marks})", events)  # noqa: S608
    connection.execute(
        f"UPDATE materializations SET format = NULL, path = NULL, signature = NULL WHERE id IN ({marks})",  # noqa: S608
        events,
    )
    return rows


def _remove_outputs(transaction: Transaction, outputs: Sequence[int]) -> None:
    for start in range(0, len(outputs), _AT_ONCE):
        part = outputs[start : start + _AT_ONCE]
        with transaction() as connection:
            connection.execute(f"DELETE FROM step_outputs WHERE id IN ({', '.join('?' * len(part))})", part)  # noqa: S608
