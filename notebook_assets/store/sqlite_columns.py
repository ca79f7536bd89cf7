"""DataFrames as columns of SQLite, and back with the same dtypes: what SQLite has no type for is text or a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import UnsupportedValueError
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

_SQL_OF_KIND = {"i": "INTEGER", "u": "INTEGER", "b": "INTEGER", "f": "REAL", "M": "TEXT", "m": "INTEGER"}


@dataclass(frozen=True)
class PackedColumn:
    """One column as SQLite keeps it.

    Args:
        name: Its name.
        sql_type: ``INTEGER``, ``REAL``, ``TEXT`` or ``BLOB``; empty for texts and numbers mixed.
        form: What it takes to make the column again, as JSON.
        values: The values; None where one is missing.
    """

    name: str
    sql_type: str
    form: Mapping[str, Any]
    values: Sequence[Any]


def packed_column(name: str, given: Any, what: str) -> PackedColumn:
    """Return a column, or a level of an index, as SQLite keeps it.

    Args:
        name: Its name.
        given: An array or a Series.
        what: The table, for an error.

    Raises:
        UnsupportedValueError: It holds what SQLite can't keep so that the same comes back.

    >>> packed_column("at", pd.Series(pd.to_datetime(["2024-01-01"]).as_unit("s")), "daily").values
    ['2024-01-01T00:00:00']
    """
    series = pd.Series(given).reset_index(drop=True)
    dtype = series.dtype
    form: dict[str, Any] = {"dtype": str(dtype)}
    if isinstance(dtype, pd.CategoricalDtype):
        categories = dtype.categories
        if not isinstance(categories.dtype, pd.StringDtype):
            raise _unsupported(name, dtype, what, "categories that are no texts")
        form |= {"dtype": "category", "categories": categories.tolist(), "of": str(categories.dtype)}
        form |= {"ordered": bool(dtype.ordered)}
        return PackedColumn(name, "TEXT", form, _nones(series.astype("object"), series.isna()))
    if isinstance(dtype, pd.DatetimeTZDtype):
        form |= {"dtype": "datetimetz", "unit": dtype.unit, "tz": str(dtype.tz)}
        return PackedColumn(name, "TEXT", form, _moments(series.dt.tz_convert("UTC").dt.tz_localize(None), "+00:00"))
    if isinstance(dtype, pd.StringDtype):
        return PackedColumn(name, "TEXT", form, _nones(series.astype("object"), series.isna()))
    if isinstance(dtype, np.dtype):
        return _of_numpy(name, series, dtype, form, what)
    if dtype.kind in "iufb":  # pandas' own numbers, which may be missing
        values = _nones(series.astype("object"), series.isna())
        _check_size(name, values if dtype.kind == "u" else (), what)
        form |= _minus_zeros(series.to_numpy("float64", na_value=np.nan) if dtype.kind == "f" else ())
        return PackedColumn(name, _SQL_OF_KIND[dtype.kind], form, values)
    raise _unsupported(name, dtype, what, f"the type {dtype}")


def _of_numpy(name: str, series: Any, dtype: Any, form: dict[str, Any], what: str) -> PackedColumn:
    if dtype.kind == "M":
        return PackedColumn(name, "TEXT", form, _moments(series, ""))
    if dtype.kind == "m":
        return PackedColumn(name, "INTEGER", form, _nones(series.astype("int64"), series.isna()))
    if dtype.kind in "iub":
        _check_size(name, series.tolist() if dtype.kind == "u" else (), what)
        return PackedColumn(name, "INTEGER", form, [int(value) for value in series.tolist()])
    if dtype.kind == "f" and dtype.itemsize <= 8:
        form |= _minus_zeros(series.to_numpy())
        return PackedColumn(name, "REAL", form, _nones(series, series.isna()))
    if dtype.kind == "O":
        return _of_objects(name, series, form, what)
    raise _unsupported(name, dtype, what, f"the type {dtype}")


def _of_objects(name: str, series: Any, form: dict[str, Any], what: str) -> PackedColumn:
    values = _nones(series, [value is None or value is pd.NA or value != value for value in series])
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds <= {str, int, float, bytes}:
        odd = next(iter(sorted(kind.__name__ for kind in kinds - {str, int, float, bytes})))
        raise _unsupported(name, series.dtype, what, f"objects of type {odd}")
    _check_size(name, [value for value in values if isinstance(value, int)], what)
    sql_type = {str: "TEXT", bytes: "BLOB", int: "INTEGER", float: "REAL"}.get(next(iter(kinds), str), "")
    return PackedColumn(name, sql_type if len(kinds) < 2 else "", form, values)


def restored_column(form: Mapping[str, Any], values: Sequence[Any]) -> Any:
    """Return the array that :func:`packed_column` was given.

    >>> column = packed_column("n", pd.Series([1.5, None]), "daily")
    >>> restored_column(column.form, column.values).tolist()
    [1.5, nan]
    """
    name = form["dtype"]
    if name == "category":
        categories = pd.Index(form["categories"], dtype=form["of"])
        return pd.Categorical(list(values), categories=categories, ordered=form["ordered"])
    if name == "datetimetz":
        bare = np.array([None if value is None else value[:-6] for value in values], dtype=f"M8[{form['unit']}]")
        return pd.DatetimeIndex(bare).tz_localize("UTC").tz_convert(form["tz"]).array
    if name == "object":
        found = np.empty(len(values), dtype=object)
        found[:] = list(values)
        return found
    if name.startswith(("datetime64", "timedelta64")):
        return np.array(list(values), dtype=name)
    values = _with_minus_zeros(form, values)
    if name.startswith("float"):
        return np.array([np.nan if value is None else value for value in values], dtype=name)
    return pd.array(list(values), dtype=name) if name[0].isupper() or name in _OF_PANDAS else np.array(values, name)


_OF_PANDAS = ("str", "string", "boolean")


def _minus_zeros(values: Any) -> dict[str, Any]:
    """Return where a column has -0.0, of which SQLite makes 0.0."""
    array = np.asarray(values, dtype="float64")
    found = np.flatnonzero((array == 0) & np.signbit(array)).tolist()
    return {"minus_zeros": found} if found else {}


def _with_minus_zeros(form: Mapping[str, Any], values: Sequence[Any]) -> Sequence[Any]:
    places = [at for at in form.get("minus_zeros", ()) if at < len(values) and values[at] == 0]
    if not places:
        return values
    made = list(values)
    for at in places:
        made[at] = -0.0
    return made


def _check_size(name: str, values: Sequence[Any], what: str) -> None:
    large = next((value for value in values if value is not None and not -(2**63) <= value < 2**63), None)
    if large is not None:
        raise UnsupportedValueError(
            f"The column {name!r} of {what} holds {large}, which is no whole number of 64 bits with a sign, as SQLite "
            "has them. Convert it to text or floats, or give the asset another IO manager."
        )


def _moments(series: Any, ending: str) -> list[str | None]:
    values: Any = series.to_numpy()
    unit: Any = np.datetime_data(values.dtype)[0]
    texts = np.datetime_as_string(values, unit=unit).tolist()
    return [None if text == "NaT" else text + ending for text in texts]


def _nones(series: Any, missing: Any) -> list[Any]:
    return [None if lacks else value for value, lacks in zip(series.tolist(), list(missing), strict=True)]


def _unsupported(name: str, dtype: Any, what: str, which: str) -> UnsupportedValueError:
    return UnsupportedValueError(
        f"The column {name!r} of {what} holds {which}, which SQLite can't keep so that the same comes back. Convert it "
        "(to text or numbers, say), or give the asset another IO manager."
    )
