"""In which order a piece of code reads and binds names, scope by scope, from its syntax tree alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from notebook_assets.magics.shell_lines import names_in_shell_call

ScopeKind = Literal["function", "class", "comprehension"]
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class NameUse:
    """One place where a name is read or bound.

    Args:
        name: The name.
        binds: Whether it is bound here (assigned, imported, defined, deleted); else it is read.
        node: The syntax node, for its position.
        nested: Whether this stands in a function, class or comprehension inside.
        in_loop: Whether this stands in the body of a loop, so that what comes later may have happened before.
        is_global: Whether a ``global`` statement says that it is the module's name.
        in_text: Whether this stands in the text of a line for the shell (``!echo {rows} $HOME``), where a name that is
            nobody's is left as it is.
    """

    name: str
    binds: bool
    node: ast.expr | ast.stmt | ast.excepthandler | ast.pattern
    nested: bool = False
    in_loop: bool = False
    is_global: bool = False
    in_text: bool = False


@dataclass(frozen=True)
class ScopeNames:
    """The names of a function's body.

    Args:
        uses: Where names are read or bound, in the order of evaluation; branches as if each were run; a nested scope's
            reads of names that it does not bind itself, where that scope begins.
        bound: Names that are local, since they are bound somewhere in the body.
    """

    uses: tuple[NameUse, ...]
    bound: frozenset[str]

    def first(self, name: str) -> NameUse | None:
        """Return the first use of a name as the function's own, so not as the module's by a ``global`` statement."""
        return next((use for use in self.uses if use.name == name and not use.is_global), None)


def names_of(statements: Sequence[ast.stmt]) -> ScopeNames:
    """Return the names that ``statements``, as the body of a function without parameters, read and bind.

    >>> names = names_of(ast.parse("total = total + len(rows)").body)
    >>> [(use.name, use.binds) for use in names.uses]
    [('total', False), ('len', False), ('rows', False), ('total', True)]
    >>> sorted(names.bound)
    ['total']
    """
    scope = _Scope("function")
    scope.visit_all(statements)
    return ScopeNames(tuple(scope.uses), frozenset(scope.bound))


class _Scope(ast.NodeVisitor):
    """Walks one scope in the order of evaluation; each nested scope gets a walker of its own."""

    def __init__(self, kind: ScopeKind) -> None:
        self.kind = kind
        self.uses: list[NameUse] = []
        self.bound: set[str] = set()
        self._globals: set[str] = set()
        self._nonlocals: set[str] = set()
        self._loops = 0

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    # -- what happens to one name

    def _read(self, name: str, node: ast.expr | ast.stmt) -> None:
        self.uses.append(NameUse(name, False, node, in_loop=self._loops > 0, is_global=name in self._globals))

    def _bind(self, name: str | None, node: ast.expr | ast.stmt | ast.excepthandler | ast.pattern) -> None:
        if name is None or name in self._nonlocals:
            return
        if name not in self._globals:
            self.bound.add(name)
        self.uses.append(NameUse(name, True, node, in_loop=self._loops > 0, is_global=name in self._globals))

    def _bind_around(self, name: str, node: ast.expr) -> None:
        """Bind by ``:=``, which in a comprehension binds in the scope around it."""
        if self.kind == "comprehension":
            self.uses.append(NameUse(name, True, node))
        else:
            self._bind(name, node)

    def _take(self, inner: _Scope) -> None:
        """Add what a nested scope, now complete, uses of this one."""
        for use in inner.uses:
            hidden = use.name in inner.bound and not (inner.kind == "class" and use.nested)
            if use.is_global:
                self.uses.append(replace(use, nested=True))
            elif hidden:
                continue
            elif not use.binds:
                known = use.name in self._globals
                in_loop = use.in_loop or self._loops > 0
                self.uses.append(replace(use, nested=True, in_loop=in_loop, is_global=known))
            elif inner.kind == "comprehension" and isinstance(use.node, ast.expr):
                self._bind_around(use.name, use.node)

    # -- names and assignments

    def visit_Name(self, node: ast.Name) -> None:  # ast calls methods by the names of its nodes
        if not isinstance(node.ctx, ast.Store):  # deleting needs the name too
            self._read(node.id, node)
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id, node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit_all([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, node.target)
        self.visit_all([node.value, node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_all([node.value])
        if isinstance(node.target, ast.Name) and node.value is None:
            self.bound.add(node.target.id)  # makes it local, but gives it no value
        else:
            self.visit(node.target)
        if self.kind == "class":  # in a function Python never evaluates them
            self.visit(node.annotation)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        for name in names_in_shell_call(node):
            self.uses.append(
                NameUse(name, False, node, in_loop=self._loops > 0, is_global=name in self._globals, in_text=True)
            )

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind_around(node.target.id, node.target)

    def visit_Global(self, node: ast.Global) -> None:
        self._globals.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._nonlocals.update(node.names)
        for name in node.names:
            self._read(name, node)

    def _visit_imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name.split(".")[0], node)

    visit_Import = visit_ImportFrom = _visit_imports  # noqa: N815

    # -- statements whose parts do not run in the order of their fields

    def _visit_for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit_all([node.iter, node.target])
        self._loops += 1
        self.visit_all(node.body)
        self._loops -= 1
        self.visit_all(node.orelse)

    visit_For = visit_AsyncFor = _visit_for  # noqa: N815

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._loops += 1
        self.visit_all(node.body)
        self._loops -= 1
        self.visit_all(node.orelse)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.visit_all([node.type])
        self._bind(node.name, node)
        self.visit_all(node.body)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.visit_all([node.pattern])
        self._bind(node.name, node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._bind(node.name, node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.visit_all([*node.keys, *node.patterns])
        self._bind(node.rest, node)

    # -- nested scopes

    def _type_scope(self, node: ast.AST) -> _Scope:
        """The scope of the type parameters of a function, class or alias (Python 3.12), or this one if it has none."""
        parameters = getattr(node, "type_params", [])
        if not parameters:
            return self
        scope = _Scope("function")
        scope.bound.update(parameter.name for parameter in parameters)
        scope.visit_all(parameters)
        return scope

    def _close(self, scope: _Scope) -> None:
        if scope is not self:
            self._take(scope)

    def _visit_arguments(self, arguments: ast.arguments) -> list[str]:
        """Visit defaults and annotations, which belong to the scope around; return the parameters' names."""
        every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        there = [argument for argument in every if argument is not None]
        self.visit_all([*arguments.defaults, *arguments.kw_defaults, *(argument.annotation for argument in there)])
        return [argument.arg for argument in there]

    def _visit_function(self, node: _Function) -> None:
        self.visit_all(node.decorator_list)
        around = self._type_scope(node)
        inner = _Scope("function")
        inner.bound.update(around._visit_arguments(node.args))
        around.visit_all([node.returns])
        inner.visit_all(node.body)
        around._take(inner)
        self._close(around)
        self._bind(node.name, node)

    visit_FunctionDef = visit_AsyncFunctionDef = _visit_function  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        inner = _Scope("function")
        inner.bound.update(self._visit_arguments(node.args))
        inner.visit(node.body)
        self._take(inner)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_all(node.decorator_list)
        around = self._type_scope(node)
        around.visit_all([*node.bases, *node.keywords])
        inner = _Scope("class")
        inner.visit_all(node.body)
        around._take(inner)
        self._close(around)
        self._bind(node.name, node)

    def visit_TypeAlias(self, node: ast.AST) -> None:  # the node is there from Python 3.12 on
        around = self._type_scope(node)
        inner = _Scope("function")
        inner.visit(getattr(node, "value"))  # noqa: B009
        around._take(inner)
        self._close(around)
        self.visit(getattr(node, "name"))  # noqa: B009

    def _visit_comprehension(self, node: _Comprehension) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        inner = _Scope("comprehension")
        inner.visit_all([first.target, *first.ifs])
        for generator in others:
            inner.visit_all([generator.iter, generator.target, *generator.ifs])
        inner.visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._take(inner)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension  # noqa: N815
