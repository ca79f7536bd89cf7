"""Tables: columns and rows as HTML and as aligned plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from notebook_assets.display.blocks import title_line
from notebook_assets.display.escape import markup, pad, shorten, terminal, visible, width
from notebook_assets.display.rich import Rich, Showable, Shown, as_rich
from notebook_assets.display.times import plural

_LONGEST_TOOLTIP = 600
_SHORT = 24


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        title: What stands above it.
        align: Side to which the cells are set.
        wrap: Whether long text may break into lines.
        most: Characters after which a text is cut in the middle (the whole of it stays in the tooltip).
    """

    title: str
    align: Literal["left", "right", "center"] = "left"
    wrap: bool = True
    most: int = 120

    @property
    def css(self) -> str:
        """The class attribute of the column's cells."""
        names = ([f"nba-{self.align}"] if self.align != "left" else []) + ([] if self.wrap else ["nba-nowrap"])
        return f' class="{" ".join(names)}"' if names else ""


@dataclass(frozen=True, repr=False, init=False)
class Table(Shown):
    """Rows under columns.

    Args:
        columns: Columns, or their titles.
        rows: One sequence of cells a row: text, whole numbers, states, None, or :class:`Rich`.
        title: What the table shows.
        detail: Said after the title in a quiet tone.
        most_rows: Rows after which the rest is only counted.
        noun: What a row is, for the count.
        empty: What to say where there are no rows.

    >>> Table(["asset", Column("rows", "right")], [["daily", 365], ["hourly", 8760]])
    asset    rows
    ──────  ─────
    daily     365
    hourly  8,760
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Showable, ...], ...]
    title: str
    detail: str
    most_rows: int
    noun: str
    empty: str

    def __init__(
        self,
        columns: Iterable[Column | str],
        rows: Iterable[Sequence[Showable]],
        title: str = "",
        detail: str = "",
        most_rows: int = 200,
        noun: str = "row",
        empty: str = "Nothing here.",
    ) -> None:
        made = tuple(column if isinstance(column, Column) else Column(column) for column in columns)
        object.__setattr__(self, "columns", made)
        object.__setattr__(self, "rows", tuple(tuple(row) for row in rows))
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "detail", detail)
        object.__setattr__(self, "most_rows", most_rows)
        object.__setattr__(self, "noun", noun)
        object.__setattr__(self, "empty", empty)
        for row in self.rows:
            if len(row) != len(made):
                raise ValueError(f"A row of this table has {len(made)} cells; got {len(row)}: {row!r}.")

    @property
    def _forms(self) -> tuple[str, str]:
        return self.html, self.text

    @property
    def rich(self) -> Rich:
        """The table as a part of something larger."""
        return Rich(self.html, self.text)

    @property
    def _more(self) -> str:
        hidden = len(self.rows) - self.most_rows
        return f"… and {plural(hidden, 'more ' + self.noun)}" if hidden > 0 else ""

    @property
    def html(self) -> str:
        """The table as an HTML fragment."""
        head = "".join(f'<th scope="col"{column.css}>{markup(column.title)}</th>' for column in self.columns)
        body = "".join(
            f"<tr>{''.join(self._html_cell(*pair) for pair in zip(self.columns, row, strict=True))}</tr>"
            for row in self.rows[: self.most_rows]
        )
        last = self._more or (self.empty if not self.rows else "")
        if last:
            body += f'<tr><td class="nba-cut" colspan="{len(self.columns)}">{markup(last)}</td></tr>'
        caption = f"<caption>{title_line(self.title, self.detail).html}</caption>" if self.title else ""
        table = f'<table class="nba-table">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        return f'<div class="nba-scroll">{table}</div>'

    @staticmethod
    def _html_cell(column: Column, value: Showable) -> str:
        if isinstance(value, str) and len(value) > column.most:
            whole = markup(shorten(visible(value), _LONGEST_TOOLTIP))
            return f'<td{column.css} title="{whole}">{markup(shorten(visible(value), column.most))}</td>'
        if (
            isinstance(value, str) and len(value) <= _SHORT and column.align == "left"
        ):  # a name, not a text: on one line
            return f'<td class="nba-nowrap">{markup(value)}</td>'
        return f"<td{column.css}>{as_rich(value).html}</td>"

    @property
    def text(self) -> str:
        """The table as aligned lines."""
        lines = [title_line(self.title, self.detail).text, ""] if self.title else []
        if not self.rows:
            return "\n".join([*lines, self.empty])
        cells = [
            [_one_line(as_rich(value).text, column.most) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows[: self.most_rows]
        ]
        titles = [terminal(column.title, 60) for column in self.columns]
        widths = [max(map(width, entries)) for entries in zip(titles, *cells, strict=True)]
        rule = ["─" * columns for columns in widths]
        for row in [titles, rule, *cells]:
            lines.append(
                "  ".join(
                    pad(cell, room, column.align) for cell, room, column in zip(row, widths, self.columns, strict=True)
                ).rstrip()
            )
        return "\n".join([*lines, self._more] if self._more else lines)


def _one_line(text: str, most: int) -> str:
    first, *rest = text.splitlines() or [""]
    return shorten(first + (" …" if rest else ""), min(most, 60))
