"""A cell as a function: its parameters are the assets that it reads, its last expression is what it returns."""

from __future__ import annotations
import __future__

import ast
import builtins
import inspect
import keyword
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.magics.cell_checks import (
    awaits,
    gives,
    own_nodes,
    refuse_global_assets,
    refuse_syntax,
    refuse_unbound_names,
    refuse_unknown_names,
    refuse_what_can_not_work,
    yields,
)
from notebook_assets.magics.cell_names import ScopeNames, names_of
from notebook_assets.magics.cell_text import CellText, function_text

CONTEXT = "context"
"""The name by which a cell reads the context of its run."""

_FEATURES = 0
for _feature in __future__.all_feature_names:
    _FEATURES |= getattr(__future__, _feature).compiler_flag

_EVERYWHERE = {*dir(builtins), "__builtins__", "__doc__", "__file__", "__name__", "__package__", "__spec__"}


@dataclass(frozen=True)
class CellFunction:
    """A cell, compiled as a function.

    Args:
        name: The function's name.
        inputs: The assets that it reads, in the order in which they are first read.
        uses_context: Whether its first parameter is ``context``.
        source: The equivalent ``def``, comments included.
        code: The function's code; its lines are the cell's.
        gives_value: Whether it returns or yields anything, so whether the asset can have a value but None.
        reads: For each input, the line that reads it first, marked, as an error shows it.
    """

    name: str
    inputs: tuple[str, ...]
    uses_context: bool
    source: str
    code: CodeType
    gives_value: bool
    reads: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_async(self) -> bool:
        """Whether the cell awaits, so that the function is a coroutine function or an asynchronous generator."""
        return bool(self.code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR))

    @property
    def is_generator(self) -> bool:
        """Whether the cell yields."""
        return bool(self.code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR))

    def function(self, namespace: dict[str, Any]) -> FunctionType:
        """Return the function, with ``namespace`` as its global names and its text as ``__asset_source__``.

        >>> cell = compile_cell("double", "n * 2", filename="<cell>", is_asset={"n"}.__contains__)
        >>> cell.function({})(n=21)
        42
        """
        function = FunctionType(self.code, namespace, self.name)
        function.__asset_source__ = self.source  # type: ignore[attr-defined]
        return function


def compile_cell(
    name: str,
    source: str,
    *,
    filename: str,
    first_line: int = 1,
    is_asset: Callable[[str], bool],
    is_variable: Callable[[str], bool] = lambda name: False,
    known_names: Iterable[str] = (),
    flags: int = 0,
    resources: Collection[str] = (),
) -> CellFunction:
    """Return the function whose body is ``source``, with its inputs found by static analysis.

    A name that the cell reads before it binds it is an input if it names an asset, even if a variable or a builtin has
    the same name; ``context`` is the context of the run. All names that the cell binds are local to it. Other names
    are looked up when the function runs. A cell that yields gives only what it yields; one that awaits becomes an
    ``async def``.

    Args:
        name: The asset's name; the function gets it, with ``_`` for what no Python name can hold.
        source: The cell's Python source; magics and shell lines already transformed.
        filename: What tracebacks find the cell's lines by.
        first_line: The number of the source's first line in that file; 2 if ``%%asset`` is line 1.
        is_asset: Whether a name is an asset's.
        is_variable: Whether a name is the notebook's.
        known_names: Assets and variables to look for near matches in, when a name is unknown.
        flags: Compiler flags of the notebook; its ``from __future__`` features are used, its other flags are not.
        resources: The keys of the notebook's resources, which the context gives.

    Raises:
        InvalidDefinitionError: The cell does not parse, is empty, reads a name of its own before it binds it, or
            holds a statement that can't work in a function.
        UnknownUpstreamError: A name that is read is no asset, no variable and no builtin.

    >>> source = "days = hours.resample('D')\\ndays.mean()"
    >>> cell = compile_cell("daily", source, filename="<cell>", is_asset=lambda name: name == "hours")
    >>> cell.inputs
    ('hours',)
    """
    text = CellText(source.replace("\r\n", "\n").replace("\r", "\n"), first_line)
    features = flags & _FEATURES
    tree = _parse(name, text, filename, features)
    refuse_what_can_not_work(name, text, tree.body)
    refuse_global_assets(name, text, tree.body, is_asset)
    names = _names(name, tree)
    inputs = tuple(_inputs(names, is_asset))
    uses_context = _is_read_first(names, CONTEXT)
    parameters = ([CONTEXT] if uses_context else []) + list(inputs)
    refuse_unbound_names(name, text, names, set(parameters))
    known = {*parameters, *_EVERYWHERE}
    refuse_unknown_names(name, text, names, lambda asked: asked in known or is_variable(asked), known_names, resources)
    reads = {each: text.show_node(use.node) for each in inputs if (use := names.first(each)) is not None}
    identifier = python_name(name)
    definition, last = _definition(identifier, parameters, tree.body)
    head = ast.unparse(definition).split("\n", 1)[0]
    return CellFunction(
        name=identifier,
        inputs=inputs,
        uses_context=uses_context,
        source=function_text(head, text.source, last),
        code=_compile(name, text, definition, tree.body, last, filename, features),
        gives_value=last is not None or any(gives(node) for node in own_nodes(tree.body)),
        reads=reads,
    )


def python_name(name: str) -> str:
    """Return a Python name like ``name``.

    >>> python_name("daily weather"), python_name("2013"), python_name("class")
    ('daily_weather', '_2013', 'class_')
    """
    kept = "".join(character if f"a{character}".isidentifier() else "_" for character in name)
    kept = unicodedata.normalize("NFKC", kept)  # as Python does with names
    if not kept.isidentifier():
        kept = f"_{kept}"
    return kept if not keyword.iskeyword(kept) else f"{kept}_"


# --- from text to code ------------------------------------------------------------------------------------------------


def _parse(name: str, text: CellText, filename: str, flags: int) -> ast.Module:
    try:
        tree = compile(text.source, filename, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        refuse_syntax(name, text, error, error.lineno or 1)
    except ValueError as error:  # a null byte
        raise InvalidDefinitionError(f"The cell of asset {name!r} does not parse: {error}.") from error
    assert isinstance(tree, ast.Module)  # noqa: S101  # compile's type says less than its flags do
    if not tree.body:
        raise InvalidDefinitionError(
            f"The cell of asset {name!r} has no code. Its last line must be an expression, the asset's value."
        )
    return tree


def _names(name: str, tree: ast.Module) -> ScopeNames:
    try:
        return names_of(tree.body)
    except RecursionError:
        raise InvalidDefinitionError(
            f"The cell of asset {name!r} holds an expression that is nested too deeply. Split it into several lines."
        ) from None


def _definition(
    identifier: str, parameters: list[str], body: Sequence[ast.stmt]
) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.Expr | None]:
    """The function without its body, and the statement whose value it returns."""
    nodes = list(own_nodes(body))
    begin = "async def" if any(awaits(node) for node in nodes) else "def"
    definition = ast.parse(f"{begin} {identifier}({', '.join(parameters)}): pass").body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101
    last = body[-1]
    returned = isinstance(last, ast.Expr) and not any(yields(node) for node in nodes)
    return definition, last if returned and isinstance(last, ast.Expr) else None


def _compile(
    name: str,
    text: CellText,
    definition: ast.FunctionDef | ast.AsyncFunctionDef,
    body: Sequence[ast.stmt],
    last: ast.Expr | None,
    filename: str,
    flags: int,
) -> CodeType:
    statements = list(body)
    if last is not None:
        statements[-1] = ast.copy_location(ast.Return(last.value), last)
    for statement in statements:
        ast.increment_lineno(statement, text.first_line - 1)
    definition.body = statements
    module = ast.Module([definition], [])
    try:
        code = compile(module, filename, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        refuse_syntax(name, text, error, (error.lineno or text.first_line) - text.first_line + 1)
    function = next(constant for constant in code.co_consts if isinstance(constant, CodeType))
    # Its lines are a whole cell's, and only of a frame of that name does inspect (so IPython in a kernel) show a cell.
    return function.replace(co_name="<module>")


# --- which names are inputs -------------------------------------------------------------------------------------------


def _is_read_first(names: ScopeNames, name: str) -> bool:
    first = names.first(name)
    return first is not None and not first.binds


def _inputs(names: ScopeNames, is_asset: Callable[[str], bool]) -> Iterator[str]:
    asked = dict.fromkeys(use.name for use in names.uses)
    return (name for name in asked if name != CONTEXT and _is_read_first(names, name) and is_asset(name))
