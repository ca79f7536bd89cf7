"""What a lineage picture is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from notebook_assets.states import PieceState


@dataclass(frozen=True)
class LineageNode:
    """One asset in a lineage picture.

    Args:
        key: What the edges call it, unique in the picture.
        label: What is written on the card; the key if empty.
        kind: ``asset``, or ``source`` for one that is only read.
        group: The frame that it stands in; None for none.
        partitions: What its partitions are, such as ``daily · 365``; empty if it has none.
        counts: How many of its pieces are in each state; empty if nothing is known.
        remark: One short remark, such as ``shadowed``.
        tooltip: What is shown when the pointer rests on the card; made from the rest if empty.
        href: Where a click leads; nowhere if empty.
    """

    key: str
    label: str = ""
    kind: Literal["asset", "source"] = "asset"
    group: str | None = None
    partitions: str = ""
    counts: Mapping[PieceState, int] = field(default_factory=dict)
    remark: str = ""
    tooltip: str = ""
    href: str = ""

    @property
    def name(self) -> str:
        """What is written on the card."""
        return self.label or self.key


@dataclass(frozen=True)
class LineageEdge:
    """One dependency.

    Args:
        upstream: Key of the node that is read.
        downstream: Key of the node that reads.
        label: What the mapping between their partitions is; empty if it is the default one.
    """

    upstream: str
    downstream: str
    label: str = ""
