"""What one call gave of several partitions, taken apart: a dict by key, or one frame with the key in its index."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import OutputTypeError, a_kind
from notebook_assets.lazy import lazy_module
from notebook_assets.resources.io_contexts import OutputContext

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")

PARTITION_LEVEL = "partition"
"""The name of the index level that holds the partition key in one frame of several partitions."""


def parts_of_frame(value: Any, keys: Sequence[str]) -> Any:
    """Return the frames of several partitions by key, where ``value`` is one frame; else ``value`` itself.

    Args:
        value: A frame whose index has a level ``partition``, as several partitions are loaded; a dict by key; anything.
        keys: The keys; those without rows get a frame without rows.

    Raises:
        OutputTypeError: The frame has no such level, or rows of other partitions.

    >>> import pandas as pd
    >>> frame = pd.concat({"a": pd.DataFrame({"n": [1]}), "b": pd.DataFrame({"n": [2]})}, names=["partition"])
    >>> [part["n"].tolist() for part in parts_of_frame(frame, ["a", "b", "c"]).values()]
    [[1], [2], []]
    """
    if "pandas" not in sys.modules or not isinstance(value, pd.DataFrame):
        return value
    if PARTITION_LEVEL not in value.index.names:
        raise OutputTypeError(
            f"A DataFrame of {len(keys)} partitions has an index level {PARTITION_LEVEL!r} that says which row is of "
            f"which; this one has {list(value.index.names)}. pd.concat({{key: frame}}, names=[{PARTITION_LEVEL!r}]) "
            "makes one; or give a dict by partition key."
        )
    places = value.index.get_level_values(PARTITION_LEVEL)
    others = places.difference(list(keys), sort=False)
    if len(others):
        raise OutputTypeError(
            f"The DataFrame has rows of {others[0]!r}, which is not among the {len(keys)} partitions that are made."
        )
    rows = value.groupby(places.to_numpy()).indices if len(value) else {}
    if value.index.nlevels == 1:  # the key is all that it has
        return {key: value.iloc[rows.get(key, [])].reset_index(drop=True) for key in keys}
    bare = value.droplevel(PARTITION_LEVEL)
    return {key: bare.iloc[rows.get(key, [])] for key in keys}


def checked_parts(context: OutputContext, obj: Any, manager: object) -> Mapping[str, Any]:
    """Return the values of several partitions, by key.

    Args:
        context: What is stored. Of a call that makes a range, it is no error here if some lack: the run knows better.
        obj: What was made: a dict by key, a DataFrame whose index level ``partition`` is the key, or None.
        manager: What stores it, for the error.

    Raises:
        OutputTypeError: It is none of these, or some lack.

    >>> from notebook_assets import build_output_context
    >>> checked_parts(build_output_context(asset_key="daily", partition_key="a"), {"a": 1, "b": 2}, None)
    {'a': 1}
    """
    keys, name = context.asset_partition_keys, context.asset_key.to_user_string()
    if obj is None:
        return dict.fromkeys(keys)
    obj = parts_of_frame(obj, keys)
    if not isinstance(obj, Mapping):
        raise OutputTypeError(
            f"{name}: {type(manager).__name__} stores {len(keys)} partitions at once as a dict by partition key; got "
            f"{a_kind(obj)}."
        )
    lacking = [key for key in keys if key not in obj]
    if lacking and not context.is_range:
        raise OutputTypeError(
            f"{name}: of the {len(keys)} partitions that are to be stored, the dict lacks {len(lacking)}: "
            f"{', '.join(map(repr, lacking[:3]))}."
        )
    return {key: obj[key] for key in keys if key in obj}
