"""Impact: what would become stale if some pieces changed, to be looked at, counted, and made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.display import Column, Shown, Table, count, note, plural, stack
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsSubset

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_module("pandas")

_MOST_RANGES = 4


@dataclass(frozen=True)
class ImpactedAsset:
    """What a change would make stale of one asset.

    Args:
        key: The asset.
        partitions: The keys of its pieces that are there and would become stale; empty without partitions.
        subset: The same as a subset; None without partitions.
        count: How many pieces those are.
        stale_already: How many of them are stale now.
        not_made: How many pieces are made from what changes, and were never made.
        total: How many pieces it has.
    """

    key: AssetKey
    partitions: tuple[str, ...]
    subset: PartitionsSubset | None
    count: int
    stale_already: int
    not_made: int
    total: int

    @property
    def ranges(self) -> str:
        """The keys as ranges; of many, the first few; "" without partitions."""
        if self.subset is None or not self.count:
            return ""
        keys = self.subset.partitions_def.get_partition_keys()
        return some_ranges(keys, self.subset.positions().tolist(), _MOST_RANGES)


@dataclass(frozen=True, repr=False)
class Impact(Shown):
    """Everything downstream that would become stale if some pieces changed; made by :func:`~notebook_assets.impact`.

    ``assets`` has one :class:`ImpactedAsset` for each, upstream first. After the change,
    ``materialize(found.keys, only="stale")`` makes them again.

    >>> Impact("raw", ()).count
    0
    """

    changed: str
    """What changes, as people write it."""
    assets: tuple[ImpactedAsset, ...]

    @property
    def count(self) -> int:
        """How many pieces would become stale."""
        return sum(each.count for each in self.assets)

    @property
    def keys(self) -> tuple[AssetKey, ...]:
        """The assets of which pieces would become stale, upstream first."""
        return tuple(each.key for each in self.assets if each.count)

    @property
    def subsets(self) -> Mapping[AssetKey, PartitionsSubset]:
        """Of those with partitions, which ones."""
        return {each.key: each.subset for each in self.assets if each.subset is not None and each.count}

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each piece that would become stale: asset, partition, in the order of making."""
        rows = list(self._rows())
        assets: list[str | None] = [row[0] for row in rows]
        partitions = [row[1] for row in rows]
        return pd.DataFrame(
            {"asset": pd.array(assets, dtype="string"), "partition": pd.array(partitions, dtype="string")}
        )

    def _rows(self) -> Iterator[tuple[str, str | None]]:
        for each in self.assets:
            name = each.key.to_user_string()
            if each.subset is None:
                yield from [(name, None)] * each.count
            else:
                yield from ((name, key) for key in each.partitions)

    @property
    def _forms(self) -> tuple[str, str]:
        rows = [
            [
                each.key.to_user_string(),
                f"{count(each.count)} of {count(each.total)}" if each.subset is not None else None,
                each.ranges or None,
                count(each.stale_already) if each.stale_already else None,
                count(each.not_made) if each.not_made else None,
            ]
            for each in self.assets
        ]
        many = f"{plural(self.count, 'piece')} of {plural(len(self.keys), 'asset')}"
        table = Table(
            [
                Column("asset", wrap=False),
                Column("would be stale", wrap=False),
                "partitions",
                Column("stale already", "right"),
                Column("not made yet", "right"),
            ],
            rows,
            title=f"If {self.changed or 'nothing'} changed",
            detail=f"{many} would be stale" if self.count else "nothing that is made would be stale",
            noun="asset",
            empty="Nothing is made from it." if self.changed else "Nothing was named.",
        )
        parts = [table.rich]
        if self.count:
            parts.append(note("Where a piece is made again with the same contents, what is made from it stays fresh."))
        whole = stack(parts)
        return whole.html, whole.text
