"""A function's syntax tree as text that only changes when what the function does may change.

What counts: the whole tree, defaults included. What does not: comments, formatting, positions, the function's own name,
docstrings, ``pass``, and annotations of arguments, results and local variables (they say, they don't do; the fields of
a class inside the function are the exception, since there an annotation makes the field).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

# Fields of the tree that change nothing in what the code does.
_SILENT_FIELDS = {"ctx", "kind", "type_comment", "annotation", "returns", "type_params", "type_ignores"}
_MUTATORS = {"append", "add", "update", "setdefault", "pop", "popitem", "extend", "insert", "clear", "discard"}
_MUTATORS |= {"remove", "appendleft", "popleft", "sort"}


def function_text(node: FunctionNode) -> str:
    """Return what a function does, without its name and decorators.

    >>> one = ast.parse("def f(x: int) -> int: 'Doc.'; return x+1").body[0]
    >>> two = ast.parse("def g(x): return (x + 1)  # the same").body[0]
    >>> function_text(one) == function_text(two)
    True
    """
    return "".join([f"{type(node).__name__}(", *_text(node.args), *_text(node.body), ")"])


def expression_text(node: ast.expr) -> str:
    """Return what an expression (a decorator) does."""
    return "".join(_text(node))


def _text(node: Any, in_class: bool = False) -> Iterator[str]:
    if isinstance(node, list):
        yield "["
        for item in node:
            if not _says_nothing(item, in_class):
                yield from _text(item, in_class)
        yield "]"
    elif isinstance(node, ast.Constant):
        yield f"{node.value!r};"
    elif isinstance(node, ast.AnnAssign) and not in_class:
        yield "Assign([" if node.value is not None else "Declare(["
        yield from _text(node.target)
        yield "]"
        yield from _text(node.value)
        yield ")"
    elif isinstance(node, ast.AST):
        yield f"{type(node).__name__}("
        silent = _SILENT_FIELDS - {"annotation"} if in_class and isinstance(node, ast.AnnAssign) else _SILENT_FIELDS
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(node, ast.JoinedStr):  # Python 3.12 puts empty texts at the end of formats
                value = [part for part in node.values if not (isinstance(part, ast.Constant) and part.value == "")]
            if field not in silent and value is not None and value != []:
                yield f"{field}=" if field not in ("targets", "target", "value") else ""
                yield from _text(value, isinstance(node, ast.ClassDef) and field == "body")
        yield ")"
    else:
        yield f"{node!r};"


def _says_nothing(node: Any, in_class: bool) -> bool:
    if isinstance(node, ast.AnnAssign):
        return node.value is None and not in_class and isinstance(node.target, ast.Name)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def name_paths(node: ast.AST) -> Iterator[tuple[str, ...]]:
    """Yield the names in an expression, each with the attributes asked of it.

    >>> list(name_paths(ast.parse("retry(times=limits.most)", mode="eval").body))
    [('retry',), ('limits', 'most')]
    """
    attributes: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        attributes.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        yield (inner.id, *reversed(attributes))
        return
    for child in ast.iter_child_nodes(inner):
        yield from name_paths(child)


def changed_in_place(node: FunctionNode) -> frozenset[str]:
    """Return the names whose items or attributes the function sets, or whose changing methods it calls."""
    changed = set()
    for part in ast.walk(node):
        target: ast.AST | None = None
        if isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load):
            target = part.value
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _MUTATORS:
            target = part.func.value
        if isinstance(target, ast.Name):
            changed.add(target.id)
    return frozenset(changed)


def evaluated_defaults(arguments: ast.arguments) -> frozenset[str]:
    """Return the parameters whose default names something: the value that it had then counts, too."""
    positional = [*arguments.posonlyargs, *arguments.args]
    given = positional[len(positional) - len(arguments.defaults) :]
    pairs: Iterable[tuple[ast.arg, ast.expr | None]] = [
        *zip(given, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return frozenset(argument.arg for argument, default in pairs if default and any(name_paths(default)))
