"""One frame of several partitions, taken apart: the reverse of `one_frame`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from notebook_assets.errors import OutputTypeError
from notebook_assets.store.together import PARTITION_LEVEL, is_frame


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
    if not is_frame(value):
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
    bare = value.droplevel(PARTITION_LEVEL) if value.index.nlevels > 1 else value.reset_index(drop=True)
    rows = value.groupby(places.to_numpy()).indices if len(value) else {}
    return {key: bare.iloc[rows.get(key, [])] for key in keys}
