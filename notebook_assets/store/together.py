"""Values of several partitions as one: a dict by key, or one concatenated frame."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.resources.split_frames import PARTITION_LEVEL
from notebook_assets.store.formats import type_name
from notebook_assets.store.packed_frames import PackedFrame, packed_together

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")


def is_frame(value: Any) -> bool:
    """Whether a value is a DataFrame, packed or not; asking does not load pandas.

    >>> is_frame([1])
    False
    """
    return isinstance(value, PackedFrame) or ("pandas" in sys.modules and isinstance(value, pd.DataFrame))


def unpacked(value: Any) -> Any:
    """Return the value itself, a frame that was still packed included."""
    return value.unpacked() if isinstance(value, PackedFrame) else value


def one_frame(frames: Mapping[str, Any], what: str) -> pd.DataFrame:
    """Return the frames below each other, in the given order.

    The partition key becomes the first level, named ``partition``, of the index; the frames' own index follows, so
    that nothing of them is lost: ``frame.loc[key]`` is one partition again, ``frame.droplevel("partition")`` is
    without the keys, ``frame.groupby("partition")`` goes through them. Without any frame, an empty one.

    Raises:
        InvalidInvocationError: A value is no DataFrame.

    >>> one_frame({"a": pd.DataFrame({"n": [1]}), "b": pd.DataFrame({"n": [2]})}, "daily").loc["b", "n"].tolist()
    [2]
    """
    for partition, frame in frames.items():
        if not is_frame(frame):
            raise InvalidInvocationError(
                f"{what}[{partition}] is a value of type {type_name(frame)}, not a DataFrame, so the partitions can't "
                "be put into one frame; use as_='dict'."
            )
    if not frames:
        return pd.DataFrame(index=pd.Index([], dtype="str", name=PARTITION_LEVEL))
    if all(isinstance(frame, PackedFrame) for frame in frames.values()):
        quickly = packed_together(frames, PARTITION_LEVEL)
        if quickly is not None:
            return quickly
    whole = {partition: unpacked(frame) for partition, frame in frames.items()}
    together: pd.DataFrame = pd.concat(whole, names=[PARTITION_LEVEL])
    return together
