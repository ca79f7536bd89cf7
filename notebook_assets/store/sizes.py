"""How much room the values of each asset take, and how much of it older versions do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from notebook_assets.display import Column, Showable, Shown, Table, count, note, plain, size, stack
from notebook_assets.keys import AssetKey

_BY_ASSET = (
    "SELECT m.asset_id, count(DISTINCT m.partition), count(*), count(m.format), "
    "total(CASE WHEN m.format IS NOT NULL AND p.value_event_id = m.id THEN m.size END), "
    "total(CASE WHEN m.format IS NOT NULL AND p.value_event_id IS NOT m.id THEN m.size END), count(m.path), "
    "total(p.event_id = m.id AND m.kind = 'materialization' AND m.digest IS NULL) "
    "FROM materializations m LEFT JOIN pieces p ON p.asset_id = m.asset_id AND p.partition = m.partition "
    "GROUP BY m.asset_id"
)


@dataclass(frozen=True, slots=True)
class AssetSize:
    """How much the store keeps of one asset.

    Args:
        key: The asset.
        pieces: How many of its pieces were ever made.
        versions: How often they were made, in all.
        kept: Of how many of these versions the value is kept.
        latest_bytes: What the latest values take, in bytes.
        older_bytes: What those of older versions take.
        files: How many of the values are files of their own; the others lie in the database.
        elsewhere: Of how many pieces the store never had the latest value: an IO manager keeps it, or nobody does.

    >>> AssetSize(AssetKey("daily"), 2, 5, 5, 100, 250, 0).bytes
    350
    """

    key: AssetKey
    pieces: int
    versions: int
    kept: int
    latest_bytes: int
    older_bytes: int
    files: int
    elsewhere: int = 0

    @property
    def bytes(self) -> int:
        """What all its values take."""
        return self.latest_bytes + self.older_bytes


@dataclass(frozen=True, repr=False)
class StoreSizes(Shown, Sequence[AssetSize]):
    """The sizes of a store, one :class:`AssetSize` for each asset, the largest first; `pandas.DataFrame` takes it.

    Args:
        assets: One for each asset.
        database_bytes: The size of ``store.db``, in bytes; small values are in it.
        free_bytes: How much of that is free for what comes; ``prune(vacuum=True)`` gives it back to the disk.

    >>> StoreSizes((AssetSize(AssetKey("daily"), 2, 5, 4, 1_000, 2_500, 0),), 40_000, 0)
    What the store keeps  ·  3.5 kB of values, 40 kB of database
    <BLANKLINE>
    asset  pieces  versions  values kept  latest   older  files
    ─────  ──────  ────────  ───────────  ──────  ──────  ─────
    daily       2         5            4  1.0 kB  2.5 kB      0
    """

    assets: tuple[AssetSize, ...]
    database_bytes: int
    free_bytes: int

    @property
    def latest_bytes(self) -> int:
        """What the latest values of all assets take, in bytes."""
        return sum(each.latest_bytes for each in self.assets)

    @property
    def older_bytes(self) -> int:
        """What the values of older versions take: as much as :meth:`Instance.prune` can free."""
        return sum(each.older_bytes for each in self.assets)

    @property
    def bytes(self) -> int:
        """What all values take, in bytes."""
        return self.latest_bytes + self.older_bytes

    @property
    def elsewhere(self) -> int:
        """Of how many pieces the store never had the latest value."""
        return sum(each.elsewhere for each in self.assets)

    @overload
    def __getitem__(self, at: int) -> AssetSize: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[AssetSize]: ...
    def __getitem__(self, at: int | slice) -> AssetSize | Sequence[AssetSize]:
        return self.assets[at]

    def __len__(self) -> int:
        return len(self.assets)

    def __iter__(self) -> Iterator[AssetSize]:
        return iter(self.assets)

    @property
    def _forms(self) -> tuple[str, str]:
        numbers = ("pieces", "versions", "values kept", "latest", "older", "files")
        rows: list[list[Showable]] = [
            [each.key.to_user_string(), each.pieces, each.versions, each.kept, *_in_units(each), each.files]
            for each in self.assets
        ]
        free = f", {size(self.free_bytes)} of it free" if self.free_bytes else ""
        table = Table(
            ["asset", *(Column(name, "right", wrap=False) for name in numbers)],
            rows,
            "What the store keeps",
            f"{size(self.bytes)} of values, {size(self.database_bytes)} of database{free}",
            noun="asset",
            empty="Nothing was made yet.",
        )
        if not self.elsewhere:
            return table.html, table.text
        whole = stack([table.rich, note(plain(f"{kept_elsewhere(self.elsewhere)}: how large is not known."))])
        return whole.html, whole.text


def kept_elsewhere(pieces: int) -> str:
    """Return what is said of pieces whose value the store never had.

    >>> kept_elsewhere(3)
    '3 pieces have their values elsewhere, with IO managers, or have none'
    """
    if pieces == 1:
        return "1 piece has its value elsewhere, with an IO manager, or has none"
    return f"{count(pieces)} pieces have their values elsewhere, with IO managers, or have none"


def _in_units(entry: AssetSize) -> tuple[str, str]:
    return size(entry.latest_bytes), size(entry.older_bytes) if entry.older_bytes else "–"


def store_sizes(connection: sqlite3.Connection, chosen: Mapping[int, AssetKey]) -> StoreSizes:
    """Return the sizes of the chosen assets (by number) of which anything was made.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store, store.database.read() as connection:
    ...     len(store_sizes(connection, {}))
    0
    """
    rows = [row for row in connection.execute(_BY_ASSET) if row[0] in chosen]
    entries = [AssetSize(chosen[number], *map(int, counts)) for number, *counts in rows]
    entries.sort(key=lambda each: (-each.bytes, each.key))

    def pragma(name: str) -> Any:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    page = int(pragma("page_size"))
    return StoreSizes(tuple(entries), int(pragma("page_count")) * page, int(pragma("freelist_count")) * page)
