"""What is refused in a cell that is to be an asset, and how that is said."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NoReturn

from notebook_assets.errors import InvalidDefinitionError, UnknownUpstreamError, did_you_mean
from notebook_assets.magics.cell_names import NameUse, ScopeNames
from notebook_assets.magics.cell_text import CellText


def own_nodes(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes that belong to the cell's own function, not to a function or class inside it."""
    pending: list[ast.AST] = [*reversed(statements)]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += [*node.decorator_list, *node.args.defaults]
        elif isinstance(node, ast.ClassDef):
            pending += [*node.decorator_list, *node.bases]
        elif not isinstance(node, ast.Lambda):
            pending += reversed(list(ast.iter_child_nodes(node)))


def awaits(node: ast.AST) -> bool:
    """Whether a node needs an ``async def`` around it."""
    asynchronous = isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)
    return asynchronous or (isinstance(node, ast.comprehension) and bool(node.is_async))


def yields(node: ast.AST) -> bool:
    """Whether a node makes its function a generator."""
    return isinstance(node, ast.Yield | ast.YieldFrom)


def gives(node: ast.AST) -> bool:
    """Whether a node hands a value to the caller."""
    return yields(node) or (isinstance(node, ast.Return) and node.value is not None)


def refuse_what_can_not_work(name: str, text: CellText, body: Sequence[ast.stmt]) -> None:
    """Refuse statements that parse but have no place in a function, or would lose a value.

    Raises:
        InvalidDefinitionError: There is one.
    """
    nodes = list(own_nodes(body))
    cell_yields = any(yields(node) for node in nodes)
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            why = "imports names that nobody can know before it runs. Import the names one by one"
        elif isinstance(node, ast.ImportFrom) and node.module == "__future__":
            why = "must be the first line of a cell. Put it in a cell of its own, above"
        elif isinstance(node, ast.Return) and gives(node) and cell_yields:
            why = "returns a value from a cell that yields, where it would be lost. Yield it, or return everything"
        else:
            continue
        raise InvalidDefinitionError(
            f"The cell of asset {name!r} can't be a function because of line {text.number(node)}:\n"
            f"{text.show_node(node)}\n"
            f"This {why}."
        )


def refuse_syntax(name: str, text: CellText, error: SyntaxError, row: int) -> NoReturn:
    """Raise InvalidDefinitionError that says where the cell does not parse, by the cell's own line numbers."""
    start = max((error.offset or 1) - 1, 0)
    span = (error.end_lineno or 0) - (error.lineno or 0)
    stop = (error.end_offset or 0) - 1 if span == 0 else len(text.line(row))
    raise InvalidDefinitionError(
        f"The cell of asset {name!r} does not parse: {error.msg}, at line {row + text.first_line - 1}:\n"
        f"{text.show(row, start, max(start + 1, stop))}"
    ) from error


def refuse_unbound_names(name: str, text: CellText, names: ScopeNames, parameters: set[str]) -> None:
    """Refuse a cell that reads a name of its own too early, as ``df = df.dropna()`` does where ``df`` is no input.

    Raises:
        InvalidDefinitionError: There is such a name, and no loop or function inside that could bind it first.
    """
    for local in sorted(names.bound - parameters):
        use = names.first(local)
        if use and not (use.binds or use.nested or use.in_loop or use.in_text):
            raise InvalidDefinitionError(
                f"The cell of asset {name!r} reads {local!r} at line {text.number(use.node)}, before it binds it:\n"
                f"{text.show_node(use.node)}\n"
                f"A name that the cell binds is the cell's own, and {local!r} is no asset. "
                f"Give the new value another name."
            )


def refuse_global_assets(name: str, text: CellText, body: Sequence[ast.stmt], is_asset: Callable[[str], bool]) -> None:
    """Refuse a cell that declares an asset ``global``: its value is the function's own name.

    Raises:
        InvalidDefinitionError: There is such a statement.
    """
    for node in (node for statement in body for node in ast.walk(statement)):
        for declared in node.names if isinstance(node, ast.Global) else ():
            if is_asset(declared):
                raise InvalidDefinitionError(
                    f"The cell of asset {name!r} declares {declared!r} global at line {text.number(node)}, but "
                    f"{declared!r} is an asset, whose value a cell gets as a name of its own:\n"
                    f"{text.show_node(node)}\n"
                    f"Leave that line out; or, to set a variable of the notebook, give it another name."
                )


def refuse_unknown_names(
    name: str,
    text: CellText,
    names: ScopeNames,
    is_known: Callable[[str], bool],
    known_names: Iterable[str],
    resources: Collection[str] = (),
) -> None:
    """Refuse a cell that reads names which are nobody's; a resource is to be asked of the context.

    Raises:
        UnknownUpstreamError: There is such a name; the first is shown, with near matches, the others are listed.
    """
    made = {use.name for use in names.uses if use.binds and use.is_global}
    unknown: dict[str, NameUse] = {}
    for use in names.uses:
        local = use.name in names.bound and not use.is_global
        if not (use.binds or use.in_text or local or use.name in made or is_known(use.name)):
            unknown.setdefault(use.name, use)
    if not unknown:
        return
    asked, use = next(iter(unknown.items()))
    others = [f"{other!r} (line {text.number(at.node)})" for other, at in list(unknown.items())[1:]]
    also = f" Unknown too: {', '.join(others)}." if others else ""
    near = did_you_mean(asked, {*known_names, *names.bound, *dir(builtins)})
    cure = (
        f"It is a resource: write context.resources.{asked}."
        if asked in resources
        else f"Define it in another cell first, or import or bind it in this one.{near}"
    )
    raise UnknownUpstreamError(
        f"The cell of asset {name!r} reads {asked!r} at line {text.number(use.node)}, "
        f"which is no asset, no variable and no builtin:\n"
        f"{text.show_node(use.node)}\n"
        f"{cure}{also}"
    )
