"""Whether the values that rows name are there, whole and readable; no pickle is opened for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from notebook_assets.errors import BrokenValueError
from notebook_assets.keys import AssetKey
from notebook_assets.store.database import Database
from notebook_assets.store.formats import decode, digest_of, format_called
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.problems import StoreProblem
from notebook_assets.store.signing import is_signed
from notebook_assets.store.values import ValueFiles

_AT_ONCE = 400  # rows of one look at the database: with their small values at most a few megabytes
_ROWS = (
    "SELECT m.id, m.asset_id, m.partition, m.format, m.size, m.digest, m.signature, m.path, {data}, "
    "b.materialization_id IS NOT NULL, length(b.data) FROM materializations m "
    "LEFT JOIN value_blobs b ON b.materialization_id = m.id "
    "WHERE m.id > ? AND m.format IS NOT NULL ORDER BY m.id LIMIT ?"
)
_STILL_KEPT = "SELECT 1 FROM materializations WHERE id = ? AND format IS NOT NULL"


@dataclass
class CheckedValues:
    """How many values were looked at, and what is wrong with which.

    >>> CheckedValues().values
    0
    """

    values: int = 0
    bytes: int = 0
    untrusted: int = 0
    """Pickles that this user did not sign: they are whole, and won't be opened."""
    problems: list[StoreProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    event: int
    asset_id: int
    partition: str
    format: str
    size: int
    digest: str
    signature: bytes | None
    path: str | None
    data: bytes | None
    is_inline: bool
    inline_size: int | None


_Rows: TypeAlias = Iterator[_Row]


def check_values(database: Database, files: ValueFiles, chosen: Mapping[int, AssetKey], *, deep: bool) -> CheckedValues:
    """Look at every value of the chosen assets (by number), of older versions too.

    Args:
        database: The store's database.
        files: Its value files.
        chosen: The assets.
        deep: Whether each is read, held against its digest and decoded (pickles: held against their signature); else
            only that it is there with its size.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     check_values(store.database, store.files, {}, deep=True).problems
    []
    """
    checked = CheckedValues()
    for row in _rows(database, deep=deep):
        key = chosen.get(row.asset_id)
        if key is None:
            continue
        checked.values += 1
        checked.bytes += row.size
        what = piece_name(key, row.partition)
        try:
            if not deep:
                _check_size(row, files, what)
            elif not _check_contents(row, files, what):
                checked.untrusted += 1
        except BrokenValueError as error:
            if _is_still_kept(database, row.event):  # else it was wiped or pruned in this moment
                checked.problems.append(StoreProblem(key, row.partition or None, row.event, str(error)))
    return checked


def _rows(database: Database, *, deep: bool) -> _Rows:
    query = _ROWS.format(data="CAST(b.data AS BLOB)" if deep else "NULL")
    last = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(query, (last, _AT_ONCE)).fetchall()
        if not rows:
            return
        for row in rows:
            yield _Row(*row)
        last = int(rows[-1][0])


def _check_size(row: _Row, files: ValueFiles, what: str) -> None:
    if row.path is not None:
        try:
            found = files.locate(row.path, what).stat().st_size
        except OSError as error:
            raise BrokenValueError(f"The value of {what} is gone: {error.strerror}: {row.path!r}.") from error
    elif row.inline_size is None:
        raise BrokenValueError(f"The value of {what} is gone from the database.")
    else:
        found = row.inline_size
    if found != row.size:
        raise BrokenValueError(f"The value of {what} has {found:,} bytes; {row.size:,} were stored.")


def _check_contents(row: _Row, files: ValueFiles, what: str) -> bool:
    """Raise an error if a value is not whole or not readable; return whether it may be opened."""
    form = format_called(row.format, what)
    data = files.read(row.path, what) if row.path is not None else row.data
    if data is None:
        raise BrokenValueError(f"The value of {what} is gone from the database.")
    if len(data) != row.size or digest_of(form.name, data) != row.digest:
        raise BrokenValueError(
            f"The value of {what} was cut short or altered after it was stored: it has {len(data):,} bytes, "
            f"{row.size:,} were stored, and the digest is another."
            if len(data) != row.size
            else f"The value of {what} was altered after it was stored: its digest is another."
        )
    if form.executes:
        return is_signed(data, row.signature)
    decode(form.name, data, what)
    return True


def _is_still_kept(database: Database, event: int) -> bool:
    with database.read() as connection:
        return connection.execute(_STILL_KEPT, (event,)).fetchone() is not None
