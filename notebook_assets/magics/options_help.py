"""What people read about a magic: its usage line, its help page and its row in the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from notebook_assets.magics.options_spec import Magic, Option

COLUMNS = 80
"""A help page is no wider than this."""
LINES = 24
"""A help page is no longer than this, so that it fits a plain terminal."""
_WIDEST = 24
"""Choices that would make the first column of a help page wider stand in the second."""


def usage_lines(magic: Magic, label: str = "Usage: ") -> list[str]:
    """Return the usage line, broken between arguments where it is wider than :data:`COLUMNS`.

    >>> usage_lines(Magic("%assets", "List them."))
    ['Usage: %assets [--help]']
    """
    name, *takes = magic.usage_parts
    lines = [f"{label}{name}"]
    indent = " " * len(lines[0])
    for part in takes:
        if len(lines[-1]) + 1 + len(part) > COLUMNS and lines[-1].strip() != name:
            lines.append(indent)
        lines[-1] += f" {part}"
    return lines


def help_page(magic: Magic) -> str:
    """Return all about a magic as plain text: usage, summary, arguments, examples.

    >>> print(help_page(Magic("%assets", "List the assets.", examples=("%assets group:weather",))))
    Usage: %assets [--help]
    <BLANKLINE>
    List the assets.
    <BLANKLINE>
      --help  show this page
    <BLANKLINE>
    Examples:
      %assets group:weather
    """
    usage = usage_lines(magic)
    if len(usage) > 2:  # all options stand below anyway
        usage = [" ".join(["Usage:", magic.name, *(each.usage for each in magic.positionals), "[OPTIONS]"])]
    rows = [*_places(magic), *map(_short_row, magic.options), _HELP]
    blocks = [usage, textwrap.wrap(magic.summary, COLUMNS), _columns(rows)]
    if magic.examples:
        blocks.append(["Examples:", *(f"  {example}" for example in magic.examples)])
    return "\n\n".join("\n".join(block) for block in blocks)


_HELP = ("--help", "show this page")


def _places(magic: Magic) -> list[tuple[str, str]]:
    return [(positional.name, positional.help) for positional in magic.positionals]


def _row(option: Option) -> tuple[str, str]:
    return f"{', '.join(option.flags)} {option.value_name}".rstrip(), option.help


def _short_row(option: Option) -> tuple[str, str]:
    first, second = _row(option)
    if option.choices and len(first) > _WIDEST:
        return f"{', '.join(option.flags)} WHICH", f"{second}: {', '.join(option.choices)}"
    return first, second


def _columns(rows: list[tuple[str, str]]) -> list[str]:
    """Two columns; a first cell too wide for its column stands on a line of its own only if the line would not fit."""
    width = min(max(len(first) for first, _ in rows), 32)
    lines: list[str] = []
    for first, second in rows:
        begin = f"  {first:<{width}}  "
        wrapped = textwrap.wrap(second, max(20, COLUMNS - len(begin))) or [""]
        if len(begin) > width + 4 and (len(wrapped) > 1 or len(begin) + len(wrapped[0]) > COLUMNS):
            lines.append(begin.rstrip())
            begin = " " * (width + 4)
            wrapped = textwrap.wrap(second, COLUMNS - len(begin))
        lines.append((begin + wrapped[0]).rstrip())
        lines += [" " * (width + 4) + line for line in wrapped[1:]]
    return lines


def magic_table(magics: Iterable[Magic]) -> str:
    """Return a Markdown table of the magics, for the documentation.

    >>> print(magic_table([Magic("%assets", "List the assets.")]))
    | Magic | What it does |
    | --- | --- |
    | `%assets [--help]` | List the assets. |
    """
    rows = [f"| {_code(magic.usage)} | {_cell(magic.summary)} |" for magic in magics]
    return "\n".join(["| Magic | What it does |", "| --- | --- |", *rows])


def option_table(magic: Magic) -> str:
    """Return a Markdown table of the arguments of a magic.

    >>> print(option_table(Magic("%assets", "List the assets.")))
    | Argument | What it does |
    | --- | --- |
    | `--help` | show this page |
    """
    found = [*_places(magic), *map(_row, magic.options), _HELP]
    rows = [f"| {_code(first)} | {_cell(second)} |" for first, second in found]
    return "\n".join(["| Argument | What it does |", "| --- | --- |", *rows])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")  # a bar ends a table's cell even inside code
