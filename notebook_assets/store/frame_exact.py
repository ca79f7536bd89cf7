"""Whether two frames are the very same: values, dtypes, index, names, and the types of objects."""

from __future__ import annotations

import datetime
import decimal
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")

_PLAIN_OBJECTS = (str, bytes, bool, int, datetime.date, decimal.Decimal, datetime.time, type(None))


def frames_are_same(one: pd.DataFrame, other: pd.DataFrame, *, with_freq: bool = True) -> bool:
    """Whether nothing tells the frames apart; columns of objects only if these are plain (text, dates, ...).

    >>> frames_are_same(pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [1]})), frames_are_same(
    ...     pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [1.0]})
    ... )
    (True, False)
    """
    try:
        pd.testing.assert_frame_equal(
            one,
            other,
            check_exact=True,
            check_index_type="exact",  # type: ignore[arg-type]  # pandas takes it, its stubs do not
            check_column_type="exact",  # type: ignore[arg-type]  # the same
            check_freq=with_freq,
        )
    except (AssertionError, TypeError, ValueError):
        return False
    if not _same_dtypes(list(one.dtypes), list(other.dtypes)) or not _same_index(one.columns, other.columns):
        return False
    if not _same_index(one.index, other.index):
        return False
    return all(
        _same_objects(one.iloc[:, place], other.iloc[:, place])
        for place, dtype in enumerate(other.dtypes)
        if dtype.kind == "O" and not isinstance(dtype, pd.api.extensions.ExtensionDtype)
    )


def _same_index(one: pd.Index[Any], other: pd.Index[Any]) -> bool:
    if isinstance(other, pd.MultiIndex):
        levels = range(other.nlevels)
        return all(_same_index(one.get_level_values(level), other.get_level_values(level)) for level in levels)
    if not _same_dtypes([one.dtype], [other.dtype]) or type(one.name) is not type(other.name):
        return False
    return (
        other.dtype.kind != "O"
        or isinstance(other.dtype, pd.api.extensions.ExtensionDtype)
        or _same_objects(one, other)
    )


def _same_dtypes(ones: list[Any], others: list[Any]) -> bool:
    return all(
        type(one) is type(other) and one == other and repr(one) == repr(other)
        for one, other in zip(ones, others, strict=True)
    )


def _same_objects(ones: Any, others: Any) -> bool:
    return all(
        type(one) is type(other)
        and isinstance(other, _PLAIN_OBJECTS)
        and (not isinstance(other, decimal.Decimal) or one.as_tuple() == other.as_tuple())
        for one, other in zip(ones, others, strict=True)
    )
