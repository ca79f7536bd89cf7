"""RecoveryReport: what could be saved of a damaged store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from notebook_assets.display import Column, Shown, Table, note, plain, stack, title_line


@dataclass(frozen=True, repr=False)
class RecoveryReport(Shown):
    """What could be saved of a damaged store.

    Args:
        rows: How many rows of each table could be read.
        unreadable: Of which tables some could not be, with what SQLite said.
        kept: Where the damaged database is now; None where the store was whole.
        values_without_rows: How many value files no row names.

    >>> RecoveryReport()
    The store's database is whole; nothing was changed.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    kept: Path | None = None
    values_without_rows: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was damaged."""
        return self.kept is None

    @property
    def text(self) -> str:
        """What was saved, in sentences."""
        if self.kept is None:
            return "The store's database is whole; nothing was changed."
        saved = ", ".join(f"{count:,} {table}" for table, count in self.rows.items() if count)
        lost = f" Some rows of {', '.join(self.unreadable)} could not be read." if self.unreadable else ""
        left = f" {self.values_without_rows:,} value files belong to no row." if self.values_without_rows else ""
        return f"Saved: {saved or 'nothing'}.{lost}{left} The damaged database is kept as {str(self.kept)!r}."

    def __str__(self) -> str:
        return self.text

    @property
    def _forms(self) -> tuple[str, str]:
        line = plain(self.text)
        if self.kept is None:
            return line.html, line.text
        rows = [(table, count, self.unreadable.get(table, "")) for table, count in self.rows.items()]
        columns: list[Column | str] = [
            "table",
            Column("rows saved", "right"),
            Column("what could not be read", most=400),
        ]
        kind = "warning" if self.unreadable else "good"
        parts = [title_line("Recovered"), note(line, kind), Table(columns, rows, noun="table").rich]
        whole = stack(parts)
        return whole.html, whole.text
