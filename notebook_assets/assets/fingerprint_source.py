"""What one function says: its source found, digested and kept for its code object.

The source is the attribute ``__asset_source__`` where the function has one, else what linecache holds (files and
notebook cells alike), as long as it still says what was compiled; else the compiled code itself counts.
"""

from __future__ import annotations

import ast
import linecache
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from types import CodeType, FunctionType

from notebook_assets.assets.fingerprint_imports import Imported, imports_of
from notebook_assets.assets.fingerprint_names import assigned_globals, compiled_text, nested_codes, outside_names
from notebook_assets.assets.fingerprint_tree import (
    FunctionNode,
    changed_in_place,
    evaluated_defaults,
    expression_text,
    function_text,
    name_paths,
)

_CACHED_FUNCTIONS = 4_096
_CACHED_FILES = 256
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, SystemError)
"""What reading a source may raise; its compiled code counts then."""


@dataclass(frozen=True)
class FunctionSyntax:
    """What one function says, by its source or, where there is none, by its compiled code.

    Args:
        digest: Hex digest of the normalised syntax tree, or of the compiled code.
        names: The names from outside that it reads, each with the attributes asked of it: ``("np", "mean")``.
        decorators: Those that its decorators name, in the order of the decorators, one tuple of paths for each.
        decorator_digests: Hex digests of the decorators themselves.
        imports: What it imports while it runs, with what it asks of the modules.
        changed: Global names that it assigns or changes in place: its state rather than a constant.
        evaluated_defaults: Names of the parameters whose default names something.
        note: Why the source was not used, or an empty string.
    """

    digest: str
    names: tuple[tuple[str, ...], ...]
    decorators: tuple[tuple[tuple[str, ...], ...], ...] = ()
    decorator_digests: tuple[str, ...] = ()
    imports: tuple[Imported, ...] = ()
    changed: frozenset[str] = frozenset()
    evaluated_defaults: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class _SourceFile:
    nodes: dict[tuple[int, str], list[FunctionNode]]
    codes: dict[tuple[int, str], list[CodeType]] | None  # None: a cell, which no one can edit after it was compiled


_functions: OrderedDict[tuple[int, str | None], tuple[CodeType, FunctionSyntax]] = OrderedDict()
_files: OrderedDict[str, tuple[str, _SourceFile | None]] = OrderedDict()


def hex_digest(text: str) -> str:
    """Return 16 hex digits for a text.

    >>> hex_digest("a")
    '40f89e395b66422f'
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def function_syntax(function: FunctionType) -> FunctionSyntax:
    """Return the syntax of a function; kept for its code object, so that asking again is nearly free.

    >>> function_syntax(hex_digest).names
    (('blake2b',),)
    """
    code = function.__code__
    source = function.__dict__.get("__asset_source__")
    cache_key = (id(code), source)
    found = _functions.get(cache_key)
    if found is not None and found[0] is code:
        return found[1]
    syntax = _analyse(code, source, function.__doc__)
    _functions[cache_key] = (code, syntax)  # holding the code keeps its id from being used again
    if len(_functions) > _CACHED_FUNCTIONS:
        _functions.popitem(last=False)
    return syntax


def _analyse(code: CodeType, source: str | None, doc: str | None) -> FunctionSyntax:
    node, note = _node_of_text(source) if isinstance(source, str) else _node_of_code(code)
    names, imports, assigned = outside_names(code), imports_of(code), assigned_globals(code)
    if node is None:
        return FunctionSyntax(hex_digest(compiled_text(code, doc)), names, (), (), imports, assigned, note=note)
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return FunctionSyntax(
        hex_digest(function_text(node)),
        names,
        tuple(tuple(sorted(set(name_paths(decorator)))) for decorator in decorators),
        tuple(hex_digest(expression_text(decorator)) for decorator in decorators),
        imports,
        assigned | (changed_in_place(node) & {name[0] for name in names}),
        evaluated_defaults(node.args),
        note,
    )


def function_node(code: CodeType) -> FunctionNode | None:
    """Return the syntax tree of a function in its file; None where the file no longer says what was compiled.

    >>> function_node(hex_digest.__code__).name
    'hex_digest'
    """
    return _node_of_code(code)[0]


def parsed(text: str) -> ast.Module:
    """Return the syntax tree of a source.

    CPython 3.11 may raise a SystemError for a good source, if it ran out of memory or depth before; not twice.

    Args:
        text: The source.

    Raises:
        SyntaxError: It is none.
        SystemError: It can't be read, for no reason of its own.

    >>> type(parsed("x = 1").body[0]).__name__
    'Assign'
    """
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)


def _node_of_text(source: str) -> tuple[FunctionNode | None, str]:
    try:
        tree = parsed(source)
    except _UNREADABLE:
        return None, "its source does not parse, so that its compiled code counts"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node, ""
    return None, "its source holds no function, so that its compiled code counts"


def _node_of_code(code: CodeType) -> tuple[FunctionNode | None, str]:
    node = _look_up(code)
    if node is None:  # the file may have been edited and loaded anew since it was read here
        linecache.checkcache(code.co_filename)
        node = _look_up(code)
    if node is not None:
        return node, ""
    if linecache.getlines(code.co_filename):
        return None, "its file no longer says what was loaded, so that its compiled code counts"
    return None, "its source is not to be had, so that its compiled code counts"


def _look_up(code: CodeType) -> FunctionNode | None:
    file = _source_file(code.co_filename)
    if file is None:
        return None
    place = (code.co_firstlineno, code.co_name)
    if file.codes is not None and code not in file.codes.get(place, ()):
        return None
    nodes = file.nodes.get(place, [])
    return nodes[0] if len(nodes) == 1 else _the_one_at(code, nodes)


def _the_one_at(code: CodeType, nodes: list[FunctionNode]) -> FunctionNode | None:
    """Several lambdas may begin on one line: their compiled positions tell them apart."""
    spots = [(line, column) for line, _, column, _ in code.co_positions() if line is not None and column is not None]
    spots = [spot for spot in spots if spot != (code.co_firstlineno, 0)]  # where the prologue is said to be
    for node in nodes:
        body = node.body[0] if isinstance(node.body, list) else node.body
        start, end = (body.lineno, body.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
        if spots and all(start <= spot < end for spot in spots):
            return node
    return None


def _source_file(name: str) -> _SourceFile | None:
    text = "".join(linecache.getlines(name))
    known = _files.get(name)
    if known is not None and known[0] == text:
        return known[1]
    file: _SourceFile | None = None
    if text:
        try:
            file = _read_source(name, text)
        except _UNREADABLE:
            file = None
    _files[name] = (text, file)
    if len(_files) > _CACHED_FILES:
        _files.popitem(last=False)
    return file


def _read_source(name: str, text: str) -> _SourceFile:
    nodes: dict[tuple[int, str], list[FunctionNode]] = {}
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Lambda):
            nodes.setdefault((node.lineno, "<lambda>"), []).append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            nodes.setdefault((line, node.name), []).append(node)
    entry = linecache.cache.get(name)
    if entry is None or len(entry) < 4 or entry[1] is None:
        return _SourceFile(nodes, None)
    codes: dict[tuple[int, str], list[CodeType]] = {}
    for code in nested_codes(compile(text, name, "exec", dont_inherit=True)):
        codes.setdefault((code.co_firstlineno, code.co_name), []).append(code)
    return _SourceFile(nodes, codes)
