"""What a mapping picture is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Literal

from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import span_algebra as algebra
from notebook_assets.partitions.arrays import IntArray
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Windows:
    """When the keys of a side begin and end, if each stands for a stretch of time.

    Args:
        starts: int64 of shape ``(n,)``, seconds since 1970 in UTC, ascending.
        ends: int64 of shape ``(n,)``, likewise.
        timezone: On whose clocks times are written.
    """

    starts: IntArray
    ends: IntArray
    timezone: str = "UTC"


@dataclass(frozen=True, eq=False)
class MappingSide:
    """One of the two assets of a mapping.

    Args:
        asset: Its name.
        keys: Its partition keys in the order of their definition; a single key ``""`` if it has no partitions.
        states: The state of each key; None if they don't matter.
        noun: What a key is, such as ``hour``.
        windows: When each key begins and ends; None if they are no stretches of time.
    """

    asset: str
    keys: Sequence[str]
    states: Sequence[PieceState] | None = None
    noun: str = "key"
    windows: Windows | None = None

    def __post_init__(self) -> None:
        if self.states is not None and len(self.states) != len(self.keys):
            raise ValueError(f"{self.asset!r} has {len(self.keys)} keys, but {len(self.states)} states were given.")
        if self.windows is not None and len(self.windows.starts) != len(self.keys):
            found = len(self.windows.starts)
            raise ValueError(f"{self.asset!r} has {len(self.keys)} keys, but {found} windows were given.")


@dataclass(frozen=True, eq=False)
class MappingData:
    """Which upstream keys some downstream keys need.

    Args:
        upstream: The asset that is read, with all its keys.
        downstream: The asset that reads, with all its keys.
        rows: The downstream keys to show, as indices into ``downstream.keys``; ascending.
        spans: For each row the upstream keys that it needs, as (start, stop) spans of indices; ascending and disjoint.
        nonexistent: For a row (its place in ``rows``) the upstream keys that it requires and that do not exist.
        description: What the mapping is, in words.
        asked: Of which side keys were chosen, and so in which direction the text form is read.
        lost_windows: When a nonexistent key would begin and end, in seconds since 1970, where that is known.
    """

    upstream: MappingSide
    downstream: MappingSide
    rows: Sequence[int]
    spans: Sequence[Sequence[Span]]
    nonexistent: Mapping[int, Sequence[str]] = field(default_factory=dict)
    description: str = ""
    asked: Literal["downstream", "upstream"] = "downstream"
    lost_windows: Mapping[str, Span] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.spans):
            raise ValueError(f"A mapping picture needs spans for each of its {len(self.rows)} rows.")

    @cached_property
    def lost(self) -> tuple[str, ...]:
        """The nonexistent keys, each once."""
        return tuple(dict.fromkeys(chain.from_iterable(self.nonexistent.values())))

    @cached_property
    def columns(self) -> tuple[IntArray, IntArray, IntArray]:
        """All spans in three int64 arrays of the same length: the place in ``rows``, the start, the stop."""
        lengths = np.fromiter(map(len, self.spans), np.int64, len(self.spans))
        flat = np.fromiter(chain.from_iterable(chain.from_iterable(self.spans)), np.int64, 2 * int(lengths.sum()))
        return np.repeat(np.arange(len(self.spans), dtype=np.int64), lengths), flat[::2], flat[1::2]

    @cached_property
    def needed(self) -> list[Span]:
        """The upstream keys that any row needs, as spans of indices; ascending and disjoint."""
        _, starts, stops = self.columns
        first, last = algebra.normalised(starts, stops)
        return list(zip(first.tolist(), last.tolist(), strict=True))

    @property
    def is_monotone(self) -> bool:
        """Whether later rows need later keys, mostly one stretch each: then two axes show the mapping well."""
        rows, starts, stops = self.columns
        if not len(rows) or len(rows) > 1.5 * len(self.rows) + 8:
            return not len(rows)
        heads = np.flatnonzero(np.diff(rows, prepend=-1))
        tails = np.append(heads[1:], len(rows)) - 1
        return bool((np.diff(starts[heads]) >= 0).all() and (np.diff(stops[tails]) >= 0).all())
