"""Whether a table in SQLite has the columns that are asked for: SQLite takes a quoted name that it lacks for a text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from notebook_assets.errors import BrokenValueError, StoreError, did_you_mean

_NAMED = 10


def check_partition_column(
    there: Collection[str], column: str, table: str, path: Path, others: Sequence[str] = ()
) -> None:
    """Check that a table has the column which says of which partition a row is.

    Args:
        there: The table's columns, in small letters.
        column: What that column is called here.
        table: The table.
        path: The database.
        others: The columns of a piece, of which it is none.

    Raises:
        StoreError: It has none of that name, or one that holds something else.

    >>> check_partition_column(["partition", "n"], "partition", "daily", Path("tables.db"))
    """
    if column.lower() not in there:
        found = f"has no column {column!r}; it has {_listed(there)}.{did_you_mean(column, there)}"
    elif column.lower() in {other.lower() for other in others}:
        found = f"has values in the column {column!r}, which does not tell the partition of a row."
    else:
        return
    raise StoreError(
        f"The table {table!r} in {str(path)!r} {found} Give SQLiteIOManager the partition_column= with which the table "
        "was made."
    )


def check_columns(there: Mapping[str, str], wanted: Sequence[str], table: str, path: Path) -> None:
    """Check that a table still has the columns of a piece.

    Args:
        there: The table's columns, in small letters.
        wanted: Those of the piece.
        table: The table.
        path: The database.

    Raises:
        BrokenValueError: One lacks.

    >>> check_columns({"n": "INTEGER"}, ["n"], "daily", Path("tables.db"))
    """
    lacking = next((name for name in wanted if name.lower() not in there), None)
    if lacking is not None:
        raise BrokenValueError(
            f"The table {table!r} in {str(path)!r} has no column {lacking!r} any more; it has {_listed(there)}. "
            "Another program changed it: name the column as it was, or materialize the asset again."
        )


def _listed(there: Collection[str]) -> str:
    names = list(there)
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(repr, names[:_NAMED])) + more
