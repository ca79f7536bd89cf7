"""The text of a cell: as the function that it is equivalent to, and line by line where an error is shown."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass

from notebook_assets.magics.options_caret import underline


@dataclass(frozen=True)
class CellText:
    r"""The source of a cell and where it stands.

    Args:
        source: The Python source; lines end with ``\n``.
        first_line: The number that people know its first line by.

    >>> print(CellText("a = 1\nb = a +", first_line=2).show(2, 4, 5))
      3 | b = a +
              ^
    """

    source: str
    first_line: int = 1

    @property
    def lines(self) -> list[str]:
        """The lines without their ends; only a line feed ends one, as for Python."""
        return self.source.split("\n")

    def line(self, row: int) -> str:
        """Return the line of that row, counted from 1 within the source; empty beyond the end."""
        return self.lines[row - 1] if 1 <= row <= len(self.lines) else ""

    def show(self, row: int, start: int, stop: int) -> str:
        """Return a line with its number and carets under its characters from ``start`` to ``stop``."""
        return underline(self.line(row), start, stop, margin=f"  {row + self.first_line - 1} | ")

    def show_node(self, node: ast.AST) -> str:
        """Return the line where a syntax node of the source begins, with carets under the node."""
        row, begin = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        line = self.line(row)
        ends_here = getattr(node, "end_lineno", None) == row
        stop = character_index(line, getattr(node, "end_col_offset", 0)) if ends_here else len(line)
        return self.show(row, character_index(line, begin), stop)

    def number(self, node: ast.AST) -> int:
        """Return the number that people know the line of a syntax node by."""
        row: int = getattr(node, "lineno", 1)
        return row + self.first_line - 1


def character_index(line: str, byte_offset: int) -> int:
    """Return the index of the character at an offset in bytes of UTF-8, in which the syntax tree counts.

    >>> character_index("é = x", 5)
    4
    """
    return len(line.encode("utf-8", "surrogatepass")[:byte_offset].decode("utf-8", "ignore"))


def function_text(head: str, source: str, value: ast.Expr | None) -> str:
    r"""Return ``source`` as the body of a function that returns its last expression.

    Args:
        head: The function's first line, ``def name(a, b):``.
        source: The body; it parses.
        value: The last statement, if its value is to be returned.

    >>> source = "b = a + 1\nb  # the value"
    >>> print(function_text("def f(a):", source, ast.parse(source).body[-1]))
    def f(a):
        b = a + 1
        return b  # the value
    """
    lines = source.split("\n")
    if value is not None:
        line = lines[value.lineno - 1]
        at = character_index(line, value.col_offset)
        lines[value.lineno - 1] = f"{line[:at]}return {line[at:]}"
    kept = _rows_inside_strings(source)
    body = [line if row in kept or not line.strip() else f"    {line}" for row, line in enumerate(lines, start=1)]
    return "\n".join([head, *body]).rstrip()


def _rows_inside_strings(source: str) -> set[int]:
    """Rows that begin inside a string: indenting them would change it."""
    rows: set[int] = set()
    open_at: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            rows.update(range(token.start[0] + 1, token.end[0] + 1))
        elif kind.endswith("STRING_START"):  # from Python 3.12 on an f-string is several tokens
            open_at.append(token.start[0])
        elif kind.endswith("STRING_END"):
            rows.update(range(open_at.pop() + 1, token.end[0] + 1))
    return rows
