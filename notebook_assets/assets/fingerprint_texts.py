"""The source of each part of a fingerprint, as people read it: to show what changed, never to decide it.

Of constants only numbers and the like are given: a text may be a password.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Mapping
from datetime import date, time, timedelta
from textwrap import dedent
from types import FunctionType, MethodType
from typing import Any

from notebook_assets.assets.fingerprint_classes import class_members
from notebook_assets.assets.fingerprint_source import function_node

MOST_BYTES = 65_536
"""A longer source is not kept."""
_SHOWN = (int, float, complex, bool, type(None), date, time, timedelta)  # a datetime is a date
_MOST_ITEMS = 40


def part_text(named: Any) -> str | None:
    """Return the source of a function or class, or a plain number as it is written; None where it is not to be had.

    >>> print(part_text(part_text).splitlines()[0])
    def part_text(named: Any) -> str | None:
    >>> part_text(3), part_text((1, 2)), part_text("secret")
    ('3', '(1, 2)', None)
    """
    try:
        text = _text(named)
        return text if text is not None and len(text.encode()) <= MOST_BYTES else None
    except Exception:  # whatever a user's object may raise, or no valid Unicode; it is said where it is shown
        return None


def part_texts(named: Mapping[str, Any]) -> dict[str, str]:
    """Return the same for each part whose source is to be had."""
    return {name: text for name, value in named.items() if (text := part_text(value)) is not None}


def _text(named: Any) -> str | None:
    if isinstance(named, MethodType):
        named = named.__func__
    if isinstance(named, FunctionType):
        return _function_text(named)
    if isinstance(named, type):
        return _class_text(named)
    return repr(named) if _is_shown(named) else None


def _is_shown(value: Any) -> bool:
    if type(value) in (tuple, list, set, frozenset):
        return len(value) <= _MOST_ITEMS and all(type(item) in _SHOWN for item in value)
    return isinstance(value, _SHOWN) and type(value).__module__ in ("builtins", "datetime")


def _function_text(function: FunctionType) -> str | None:
    given = function.__dict__.get("__asset_source__")
    if isinstance(given, str):
        return _plain(given)
    node = function_node(function.__code__)
    if node is None:
        return None
    lines = linecache.getlines(function.__code__.co_filename)
    if isinstance(node, ast.Lambda):
        return ast.get_source_segment("".join(lines), node)
    return _lines_of(node, lines)


def _lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str]) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return _plain("".join(lines[first - 1 : node.end_lineno]))


def _plain(text: str) -> str:
    return dedent(text).strip("\n")


def _class_text(cls: type) -> str:
    """The class as the file of its methods has it; one without any is told by what it holds."""
    for value in vars(cls).values():
        function = getattr(value, "__func__", value)
        if isinstance(function, FunctionType) and function_node(function.__code__) is not None:
            code = function.__code__
            found = _class_in(code.co_filename, code.co_firstlineno, cls.__name__)
            if found is not None:
                return found
    members = dict(class_members(cls))
    lines = [f"{name}: {getattr(kind, '__name__', kind)}" for name, kind in members.pop("(fields)")]
    lines += [f"{name} = {value!r}" for name, value in members.items() if name[:2] != "__" and _is_shown(value)]
    return "\n    ".join([f"class {cls.__qualname__}:", *(lines or ["..."])])


def _class_in(file: str, line: int, name: str) -> str | None:
    lines = linecache.getlines(file)
    for node in ast.walk(ast.parse("".join(lines))):
        if isinstance(node, ast.ClassDef) and node.name == name and node.lineno <= line <= (node.end_lineno or 0):
            return _lines_of(node, lines)
    return None
