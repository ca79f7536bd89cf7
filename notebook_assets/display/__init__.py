"""How anything is shown: escaping, tables, plots, results with an HTML and a plain text form."""

from notebook_assets.display.blocks import (
    TreeItem,
    block,
    facts,
    folded,
    joined,
    note,
    stack,
    title_line,
    tree,
)
from notebook_assets.display.escape import markup, shorten, terminal, visible
from notebook_assets.display.metadata_values import is_long, metadata_facts, metadata_line, metadata_rich
from notebook_assets.display.palette import PALETTE, StateLook, most_urgent
from notebook_assets.display.plot import plot_series
from notebook_assets.display.rich import (
    Rich,
    Showable,
    Shown,
    as_rich,
    badge,
    code,
    counts_bar,
    counts_text,
    link,
    page,
    plain,
    soft,
)
from notebook_assets.display.table import Column, Table
from notebook_assets.display.times import ago, count, duration, moment, number, percent, plural, size

__all__ = [
    "PALETTE",
    "Column",
    "Rich",
    "Showable",
    "Shown",
    "StateLook",
    "Table",
    "TreeItem",
    "ago",
    "as_rich",
    "badge",
    "block",
    "code",
    "count",
    "counts_bar",
    "counts_text",
    "duration",
    "facts",
    "folded",
    "is_long",
    "joined",
    "link",
    "markup",
    "moment",
    "metadata_facts",
    "metadata_line",
    "metadata_rich",
    "most_urgent",
    "note",
    "number",
    "page",
    "percent",
    "plain",
    "plot_series",
    "plural",
    "shorten",
    "size",
    "soft",
    "stack",
    "terminal",
    "title_line",
    "tree",
    "visible",
]
