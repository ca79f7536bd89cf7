"""Names in the lines that a cell hands to its shell: ``!cp {source} $target``, ``%time total(rows)``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

_EXPANDED = ("system", "getoutput", "getoutput_as", "system_raw", "run_line_magic", "run_cell_magic")
_PYTHON = ("time", "timeit", "prun", "mprun", "lprun", "memit")  # magics whose text is Python
_DOLLAR = re.compile(r"\$([^\W\d]\w*)")
_OPTIONS = re.compile(r"\s*(?:-\w+(?:\s*\d+)?\s+)*")


def names_in_shell_call(node: ast.Call) -> list[str]:
    """Return the names that a line for the shell reads, given as the call that IPython makes of it.

    >>> call = ast.parse("get_ipython().system('cp {source[0]} $target')", mode="eval").body
    >>> names_in_shell_call(call)
    ['source', 'target']
    >>> names_in_shell_call(ast.parse("print('{source}')", mode="eval").body)
    []
    """
    called = node.func
    if not isinstance(called, ast.Attribute) or called.attr not in _EXPANDED or not _is_shell(called.value):
        return []
    texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    written = [text for text in texts if isinstance(text, str)]
    names = [name for text in written for name in _expanded(text)]
    if called.attr.endswith("_magic") and written and written[0] in _PYTHON:
        names += [name for text in written[1:] for name in _in_python(_OPTIONS.sub("", text, count=1))]
    return list(dict.fromkeys(names))


def _is_shell(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _expanded(text: str) -> Iterator[str]:
    """The names in what IPython fills in: ``{expression}`` and ``$name``."""
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field]
    except ValueError:  # IPython leaves such a text as it is
        fields = []
    for field in fields:
        yield from _in_python(field)
    yield from _DOLLAR.findall(text)


def _in_python(source: str) -> list[str]:
    try:
        tree = ast.parse(source.strip())
    except (SyntaxError, ValueError):
        return []
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
