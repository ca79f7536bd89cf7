"""How a metadata value is shown: each kind in its own way, in a notebook and in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from notebook_assets.display.blocks import block, facts, folded, joined
from notebook_assets.display.escape import shorten, visible
from notebook_assets.display.metadata_markdown import markdown
from notebook_assets.display.rich import Rich, as_rich, code, link, plain, soft
from notebook_assets.display.table import Column, Table
from notebook_assets.display.times import ago, count, moment, number, plural
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnLineage,
    TableMetadataValue,
    TableSchema,
)

LONG_TEXT = 300
"""Characters after which a text is folded, so that one value does not push the others away."""
MOST_ROWS = 20
"""Rows of a table in metadata that are shown."""


def metadata_facts(metadata: Mapping[str, MetadataValue]) -> Rich:
    """Return metadata as names with their values, one pair a line.

    >>> metadata_facts({"rows": MetadataValue.int(8760), "page": MetadataValue.url("https://example.org")})
    rows  8,760
    page  https://example.org
    """
    return facts((name, metadata_rich(value)) for name, value in metadata.items())


def metadata_rich(value: MetadataValue) -> Rich:
    """Return one metadata value as its kind is best shown; what a person wrote in it is text wherever it ends up.

    >>> metadata_rich(MetadataValue.json({"a": [1, 2]}))
    {"a": [1, 2]}
    >>> metadata_rich(MetadataValue.float(0.123456))
    0.123456
    """
    show = _SHOWN.get(value.kind)
    return show(value.value) if show is not None else _text(str(value.value))


def metadata_line(value: MetadataValue) -> str:
    """Return one metadata value in a few words on one line, for a table's cell or a sentence; of a table its size.

    >>> metadata_line(MetadataValue.float(0.25)), metadata_line(MetadataValue.table([{"a": 1}, {"a": 2}]))
    ('0.25', '2 rows')
    """
    count_it = _COUNTED.get(value.kind)
    if count_it is not None:
        return count_it(value.value)
    return shorten(" ".join(metadata_rich(value).text.split()), 60)


_COUNTED: dict[str, Callable[[Any], str]] = {
    "table": lambda value: plural(len(value.records), "row"),
    "table_schema": lambda schema: plural(len(schema.columns), "column"),
    "column_lineage": lambda lineage: plural(len(lineage.deps_by_column), "column"),
}
"""The kinds that are no line: what is said of them in its place."""


def is_long(value: MetadataValue) -> bool:
    """Return whether :func:`metadata_line` leaves out what :func:`metadata_rich` shows.

    >>> is_long(MetadataValue.int(3)), is_long(MetadataValue.md("# A title"))
    (False, True)
    """
    return value.kind in _COUNTED or value.kind == "md" or len(metadata_rich(value).text) > 60


def _text(text: str) -> Rich:
    if not text.strip():
        return soft("empty")
    if len(text) <= LONG_TEXT and text.count("\n") < 6:
        return Rich("<br>".join(plain(line).html for line in text.splitlines()), visible(text, keep="\n"))
    first = next((line for line in text.splitlines() if line.strip()), "")
    head = f"{shorten(visible(first), 100)} · {count(len(text))} characters"
    return Rich(folded(head, block(text)).html, head)


def _markdown(text: str) -> Rich:
    found = markdown(text)
    return found if len(text) <= 10 * LONG_TEXT else Rich(folded(_size(text, "Markdown"), found).html, found.text)


def _size(text: str, what: str) -> str:
    return f"{what} · {plural(len(text), 'character')}"


def _whole(value: int) -> Rich:
    """Whole numbers are told to the last digit, with separators; nobody reads more than thirty of them."""
    return plain(count(value) if abs(value) < 10**30 else shorten(str(value), 40))


def _number(value: float) -> Rich:
    """A number with few digits is told as it is, the rest with six that mean something; all are in the tooltip."""
    text = number(value) if value == round(value, 0) and abs(value) < 1e15 else f"{value:,.6g}"
    return Rich(f'<span title="{plain(repr(value)).html}">{plain(text).html}</span>', text)


def _json(data: Any) -> Rich:
    line = json.dumps(data, ensure_ascii=False)
    if len(line) <= 100:
        return code(line)
    head = f"JSON · {_inside(data)}"
    indented = json.dumps(data, ensure_ascii=False, indent=2)
    return Rich(folded(head, block(indented)).html, f"{head} · {shorten(visible(line), 120)}")


def _inside(data: Any) -> str:
    if isinstance(data, dict):
        return f"{plural(len(data), 'name')}: {shorten(visible(', '.join(data)), 60)}"
    return plural(len(data), "entry", "entries") if isinstance(data, list) else plural(len(str(data)), "character")


def _timestamp(seconds: float) -> Rich:
    said, exact = ago(seconds), f"{moment(seconds)} UTC"
    return Rich(f"{plain(said).html} {soft(exact).html}", f"{said} ({exact})")


def _asset(key: AssetKey) -> Rich:
    return plain(key.to_user_string())


def _job(value: Any) -> Rich:
    where = " · ".join(part for part in (value.location_name, value.repository_name) if part)
    return joined([plain(value.job_name), soft(where)]) if where else plain(value.job_name)


def _artifact(value: Any) -> Rich:
    return code(f"{value.module}.{value.name}")


def _table(value: TableMetadataValue) -> Rich:
    names = list(value.records[0].data) if value.records else [column.name for column in value.schema.columns]
    types = {column.name: column.type for column in value.schema.columns}
    columns = [Column(name, "right" if types.get(name) in ("int", "float") else "left") for name in names]
    rows = [[_cell(record.data.get(name)) for name in names] for record in value.records]
    return Table(columns, rows, most_rows=MOST_ROWS, empty="No rows.").rich


def _cell(value: Any) -> Any:
    return _number(value) if isinstance(value, float) else str(value) if isinstance(value, bool) else value


def _schema(schema: TableSchema) -> Rich:
    rows = [[column.name, column.type, _rules(column), column.description or ""] for column in schema.columns]
    with_text = [at for at in range(4) if at < 2 or any(row[at] for row in rows)]
    titles = ["column", "type", "constraints", "description"]
    table = Table([titles[at] for at in with_text], [[row[at] for at in with_text] for row in rows], most_rows=100).rich
    rules = list(schema.constraints.other if schema.constraints else ())
    return Rich(f"{table.html}{soft('; '.join(rules)).html}", f"{table.text}\n{'; '.join(rules)}") if rules else table


def _rules(column: TableColumn) -> str:
    rules = column.constraints or TableColumnConstraints()
    words = [] if rules.nullable else ["never missing"]
    tags = [f"{name}={value}" if value else name for name, value in (column.tags or {}).items()]
    return ", ".join([*words, *(["unique"] if rules.unique else []), *(rules.other or ()), *tags])


def _lineage(lineage: TableColumnLineage) -> Rich:
    rows = [
        [name, ", ".join(f"{dep.key.to_user_string()}.{dep.column_name}" for dep in deps)]
        for name, deps in lineage.deps_by_column.items()
    ]
    return Table(["column", "made from"], rows, most_rows=100, empty="No columns.").rich


_SHOWN: dict[str, Callable[[Any], Rich]] = {
    "text": _text,
    "int": _whole,
    "float": _number,
    "bool": lambda value: plain(str(value)),
    "url": link,
    "path": code,
    "notebook": code,
    "json": _json,
    "md": _markdown,
    "timestamp": _timestamp,
    "null": as_rich,
    "asset": _asset,
    "job": _job,
    "run": code,
    "pool": plain,
    "python_artifact": _artifact,
    "table": _table,
    "table_schema": _schema,
    "column_lineage": _lineage,
}
