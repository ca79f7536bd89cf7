"""A DataFrame as rows for SQLite and a description, by which the same frame is made of the rows again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import BrokenValueError, InvalidInvocationError, UnsupportedValueError
from notebook_assets.lazy import lazy_module
from notebook_assets.store.formats import type_name
from notebook_assets.store.sqlite_columns import PackedColumn, packed_column, restored_column
from notebook_assets.store.together import is_frame

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")


@dataclass(frozen=True)
class PackedRows:
    """A frame as SQLite keeps it.

    Args:
        columns: Its columns, those of the index first.
        form: What it takes to make the frame again, as JSON.
        count: How many rows there are.
    """

    columns: Sequence[PackedColumn]
    form: Mapping[str, Any]
    count: int


def packed_rows(frame: Any, what: str, reserved: str) -> PackedRows:
    """Return a frame as columns for SQLite.

    Args:
        frame: The DataFrame. A named index, and one that is no range, is kept in columns too.
        what: The table, for an error.
        reserved: The name of the column that holds the partition.

    Raises:
        UnsupportedValueError: It is no DataFrame, or one whose names or values SQLite can't keep.

    >>> packed_rows(pd.DataFrame({"n": [1, 2]}), "daily", "partition").form["index"]
    {'range': [0, 2, 1], 'name': None}
    """
    if not is_frame(frame):
        raise UnsupportedValueError(
            f"The value of {what} is of type {type_name(frame)}; SQLiteIOManager keeps DataFrames. Give the asset "
            "another IO manager, or none: the store keeps any value."
        )
    index = frame.index
    columns: list[PackedColumn] = []
    form: dict[str, Any]
    if type(index) is pd.RangeIndex:
        form = {"index": {"range": [index.start, index.stop, index.step], "name": index.name}}
    else:
        names = [f"level_{at}" if name is None else name for at, name in enumerate(index.names)]
        _check_names(names, what, reserved)
        columns = [packed_column(name, index.get_level_values(at).to_series(), what) for at, name in enumerate(names)]
        form = {"index": {"levels": len(names), "names": list(index.names)}}
    _check_names([*(column.name for column in columns), *frame.columns.tolist()], what, reserved)
    columns += [packed_column(name, frame[name], what) for name in frame.columns]
    form |= {"columns": [[column.name, dict(column.form)] for column in columns], "columns_name": frame.columns.name}
    return PackedRows(columns, form, len(frame))


def restored_frame(
    form: Mapping[str, Any],
    values: Mapping[str, Sequence[Any]],
    chosen: Sequence[str] | None = None,
    what: str = "the table",
) -> pd.DataFrame:
    """Return the frame that :func:`packed_rows` was given.

    Args:
        form: Its description.
        values: The values of its columns, by name.
        chosen: The columns that are wanted, where not all are.
        what: The table, for an error.

    Raises:
        InvalidInvocationError: There is no such column.
        BrokenValueError: The values are no such frame any more.

    >>> packed = packed_rows(pd.DataFrame({"n": [1, 2]}, index=[5, 6]), "daily", "partition")
    >>> restored_frame(packed.form, {column.name: column.values for column in packed.columns})["n"].to_dict()
    {5: 1, 6: 2}
    """
    names = [name for name, _ in form["columns"][form["index"].get("levels", 0) :]]
    unknown = [name for name in chosen or () if name not in names]
    if unknown:
        raise InvalidInvocationError(f"There is no column {unknown[0]!r}; there are: {', '.join(map(repr, names))}.")
    try:
        frame = _made_again(form, values)
    except (ValueError, TypeError, OverflowError, LookupError) as error:
        raise BrokenValueError(
            f"The rows of {what} are no such frame as was stored any more: {error}. Another program changed them: put "
            "them back, or materialize the asset again."
        ) from error
    return frame if chosen is None else frame[list(chosen)]


def _made_again(form: Mapping[str, Any], values: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    index = form["index"]
    levels = index.get("levels", 0)
    arrays = [(name, restored_column(kind, values[name])) for name, kind in form["columns"] if name in values]
    parts = [pd.Index(array, name=name) for (_, array), name in zip(arrays, index.get("names", ()), strict=False)]
    if not levels:
        start, stop, step = index["range"]
        made: Any = pd.RangeIndex(start, stop, step, name=index["name"])
    else:
        made = parts[0] if levels == 1 else pd.MultiIndex.from_arrays(parts)
    frame = pd.DataFrame(dict(arrays[levels:]) or None, index=made)
    frame.columns.name = form["columns_name"]
    return frame


def _check_names(names: Sequence[Any], what: str, reserved: str) -> None:
    for name in names:
        if not isinstance(name, str) or not name or "\0" in name:
            raise UnsupportedValueError(f"{what}: a column of a table in SQLite is called by a text; got {name!r}.")
        if name.casefold() == reserved.casefold():
            raise UnsupportedValueError(
                f"{what}: the column {name!r} would be taken for the one that holds the partition; rename it, or give "
                "SQLiteIOManager another partition_column=."
            )
    twice = [name for name, count in Counter(name.lower() for name in names).items() if count > 1]
    if twice:
        raise UnsupportedValueError(
            f"{what}: SQLite does not tell {twice[0]!r} from a column whose name differs in case only; rename one."
        )
