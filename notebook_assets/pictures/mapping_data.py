"""What a mapping picture is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from notebook_assets.states import PieceState

Span = tuple[int, int]


@dataclass(frozen=True)
class MappingSide:
    """One of the two assets of a mapping.

    Args:
        asset: Its name.
        keys: Its partition keys in the order of their definition; a single key ``""`` if it has no partitions.
        states: The state of each key; None if they don't matter.
        noun: What a key is, such as ``hour``.
    """

    asset: str
    keys: Sequence[str]
    states: Sequence[PieceState] | None = None
    noun: str = "key"

    def __post_init__(self) -> None:
        if self.states is not None and len(self.states) != len(self.keys):
            raise ValueError(f"{self.asset!r} has {len(self.keys)} keys, but {len(self.states)} states were given.")


@dataclass(frozen=True)
class MappingData:
    """Which upstream keys some downstream keys need.

    Args:
        upstream: The asset that is read, with all its keys.
        downstream: The asset that reads, with all its keys.
        rows: The downstream keys to show, as indices into ``downstream.keys``; ascending.
        spans: For each row the upstream keys that it needs, as (start, stop) spans of indices; ascending and disjoint.
        nonexistent: For a row (its place in ``rows``) the upstream keys that it requires and that do not exist.
        description: What the mapping is, in words.
    """

    upstream: MappingSide
    downstream: MappingSide
    rows: Sequence[int]
    spans: Sequence[Sequence[Span]]
    nonexistent: Mapping[int, Sequence[str]] = field(default_factory=dict)
    description: str = ""

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.spans):
            raise ValueError(f"A mapping picture needs spans for each of its {len(self.rows)} rows.")
