"""Which inputs a cell has, what its function does, and what is refused."""

from __future__ import annotations
import __future__

import argparse
import ast
import asyncio.base_events
import dataclasses
import enum
import inspect
import linecache
import statistics
import symtable
import tempfile
import textwrap
import traceback
import typing
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.errors import InvalidDefinitionError, UnknownUpstreamError
from notebook_assets.magics.cell_code import CellFunction, compile_cell, python_name
from notebook_assets.magics.cell_names import names_of

ASSETS = {"hours", "flights", "sum", "days"}
VARIABLES = {"pd", "rate", "hours", "helper", "context", "Output"}


def cell(source: str, **changes: Any) -> CellFunction:
    given_: dict[str, Any] = {
        "filename": "<cell>",
        "is_asset": ASSETS.__contains__,
        "is_variable": VARIABLES.__contains__,
        "known_names": ASSETS | VARIABLES,
    }
    return compile_cell("daily", textwrap.dedent(source).strip("\n"), **{**given_, **changes})


def call(source: str, **values: Any) -> Any:
    """Compile and call with the inputs, and the other values as the notebook's variables."""
    compiled = cell(source, is_variable=lambda name: name in values)
    taken = {name: values.pop(name) for name in compiled.inputs}
    return compiled.function(values)(**taken)


# --- which names are inputs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        pytest.param("hours", ["hours"], id="the last expression reads"),
        pytest.param("flights.join(hours) + flights", ["flights", "hours"], id="in the order of reading, once"),
        pytest.param("rate * 2", [], id="a variable is no input"),
        pytest.param("sum(hours)", ["sum", "hours"], id="an asset wins over a builtin and a variable"),
        pytest.param("len(pd.DataFrame())", [], id="builtins and variables"),
        pytest.param("__file__, __name__", [], id="a module's own names"),
        pytest.param("x.hours if (x := rate) else 0", [], id="an attribute is no name"),
        pytest.param("dict(hours=1)", [], id="a keyword is no name"),
        pytest.param("'hours {flights}'", [], id="a string is no name"),
        pytest.param("f'{hours}'", ["hours"], id="an f-string reads"),
        pytest.param("hours = 1\nhours", [], id="bound first"),
        pytest.param("hours = hours + 1\nhours", ["hours"], id="read and bound again"),
        pytest.param("hours += 1\nhours", ["hours"], id="augmented assignment reads and binds"),
        pytest.param("hours[0] += 1", ["hours"], id="augmented assignment to an item reads"),
        pytest.param("hours.x = 1", ["hours"], id="assignment to an attribute reads"),
        pytest.param("if rate:\n    hours = 1\nhours", [], id="bound in one branch only is a local"),
        pytest.param("if rate:\n    hours = hours.x\nhours", ["hours"], id="read, then bound in one branch"),
        pytest.param("for hours in flights:\n    hours", ["flights"], id="a loop binds its target"),
        pytest.param("for hours in hours:\n    hours", ["hours"], id="a loop reads before it binds"),
        pytest.param("import hours", [], id="an import binds"),
        pytest.param("import hours.x\nhours", [], id="an import of a submodule binds the package"),
        pytest.param("import os as hours\nhours", [], id="import as"),
        pytest.param("from os import path as hours\nhours", [], id="from import as"),
        pytest.param("import hours as other\nother", [], id="the imported name itself is not read"),
        pytest.param("def hours():\n    pass\nhours", [], id="a function binds"),
        pytest.param("class hours:\n    pass\nhours", [], id="a class binds"),
        pytest.param("with open(rate) as hours:\n    hours", [], id="with binds"),
        pytest.param("with hours as hours:\n    hours", ["hours"], id="with reads before it binds"),
        pytest.param("try:\n    1\nexcept ValueError as hours:\n    hours", [], id="except binds"),
        pytest.param("match flights:\n    case [hours, *days]:\n        hours, days", ["flights"], id="patterns bind"),
        pytest.param("match 1:\n    case {'a': 1, **hours}:\n        hours", [], id="a pattern's rest binds"),
        pytest.param("match 1:\n    case hours.x:\n        1", ["hours"], id="a pattern's value reads"),
        pytest.param("(hours := 1) + hours", [], id="walrus binds"),
        pytest.param("(hours := hours)", ["hours"], id="walrus reads before it binds"),
        pytest.param("[hours for hours in flights]", ["flights"], id="a comprehension has names of its own"),
        pytest.param("[hours for x in flights]", ["flights", "hours"], id="and reads names of the cell"),
        pytest.param("[hours for hours in hours]", ["hours"], id="its first iterable is the cell's"),
        pytest.param("[x for days in flights for x in days]", ["flights"], id="its second is its own"),
        pytest.param("{hours: days for x in [1]}", ["hours", "days"], id="a dict comprehension"),
        pytest.param("any((hours := x) for x in [1]); hours", [], id="walrus in a comprehension binds in the cell"),
        pytest.param("[(hours := x, hours) for x in [1]]", [], id="and is bound from there on"),
        pytest.param("lambda hours: hours + days", ["days"], id="a lambda's parameter is its own"),
        pytest.param("lambda x=hours: x", ["hours"], id="a default reads"),
        pytest.param("def f(x: hours = flights): return x + days\nf", ["flights", "hours", "days"], id="a function"),
        pytest.param("def f():\n    hours = 1\n    return hours\nf()", [], id="a function's local is its own"),
        pytest.param("def f():\n    return hours\nhours = 1\nf()", ["hours"], id="read in a function, bound later"),
        pytest.param("hours = 1\ndef f():\n    return hours\nf()", [], id="bound, then read in a function"),
        pytest.param("def f():\n    nonlocal hours\n    hours = 1\nf()", ["hours"], id="nonlocal needs the name"),
        pytest.param("hours = 0\ndef f():\n    nonlocal hours\n    hours = 1\nf()", [], id="nonlocal of a local"),
        pytest.param("class A:\n    x = hours\nA", ["hours"], id="a class body reads"),
        pytest.param("class A:\n    hours = 1\n    x = hours\nA", [], id="a class body's own name"),
        pytest.param("class A:\n    hours = 1\n    def f(self): return hours\nA", ["hours"], id="not seen by methods"),
        pytest.param("class A(hours, metaclass=days): pass", ["hours", "days"], id="bases and keywords"),
        pytest.param("@hours\ndef f(): pass", ["hours"], id="a decorator"),
        pytest.param("del hours", ["hours"], id="del needs the name"),
        pytest.param("x: hours = 1\nx", [], id="Python never evaluates a local's annotation"),
        pytest.param("hours: int\nhours", ["hours"], id="a bare annotation gives no value"),
        pytest.param("class A:\n    x: hours\nA", ["hours"], id="but a class's annotation"),
        pytest.param("yield Output(hours)", ["hours"], id="yield"),
        pytest.param("return hours", ["hours"], id="return"),
        pytest.param("await hours", ["hours"], id="await"),
        pytest.param("try:\n    pass\nexcept hours:\n    pass", ["hours"], id="an except clause reads"),
        pytest.param("assert hours, flights", ["hours", "flights"], id="assert"),
        pytest.param("flights[hours:days]", ["flights", "hours", "days"], id="a slice"),
        pytest.param("while hours:\n    hours = hours[1:]", ["hours"], id="while"),
        pytest.param("for x in [1]:\n    if x:\n        hours = x\n    print(hours)", [], id="bound in a loop"),
    ],
)
def test_an_input_is_an_asset_that_is_read_before_it_is_bound(source: str, inputs: list[str]) -> None:
    assert list(cell(source).inputs) == inputs


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("context.partition_key", True),
        ("[context.log for x in [1]]", True),
        ("lambda: context", True),
        ("context = 1\ncontext", False),
        ("lambda context: context", False),
        ("rate", False),
        ("global context\ncontext", False),
    ],
)
def test_the_context_is_the_first_parameter_if_it_is_read(source: str, uses: bool) -> None:
    compiled = cell(source)
    assert compiled.uses_context is uses
    assert ("context" in inspect.signature(compiled.function({})).parameters) is uses
    assert "context" not in compiled.inputs


def test_the_context_comes_first_and_the_inputs_by_name() -> None:
    function = cell("hours, context, days").function({})
    assert list(inspect.signature(function).parameters) == ["context", "hours", "days"]
    assert function.__name__ == "daily"


# --- what the function does -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("hours * 2", 42),
        ("x = hours\nx", 21),
        ("x = hours; x;", 21),
        ("x = hours", None),
        ("hours\nif True:\n    hours", None),
        ("if hours > 3:\n    return 'many'\n'few'", "many"),
        ("'text'", "text"),
        ("'''two\nlines'''", "two\nlines"),
        ("'a docstring'\nhours", 21),
        ("(hours\n + 1)", 22),
        ("hours + \\\n  1", 22),
        ("*[hours], 1", (21, 1)),
        ("f'''{\nhours}\n  x'''", "21\n  x"),
        ("# first\nhours  # the value\n# last", 21),
        ("import math\n[math.floor(x) for x in [hours / 2]]", [10]),
        ("def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nf(3)", 6),
        ("hours += 1\nhours", 22),
        ("é = 'é'; é", "é"),
        ("\tx = 1\n\tx".replace("\t", ""), 1),
        ("if hours:\n\tx = 1\nx", 1),
        ("x = 'a\\\n  b'\nx", "a  b"),
    ],
)
def test_the_last_expression_is_the_value_and_the_text_means_the_same(source: str, value: object) -> None:
    compiled = cell(source, is_variable=lambda name: False)
    values = dict.fromkeys(compiled.inputs, 21)
    assert compiled.function({})(**values) == value
    namespace: dict[str, Any] = {}
    exec(compiled.source, namespace)
    assert namespace["daily"](**values) == value
    assert compiled.function({}).__asset_source__ == compiled.source  # type: ignore[attr-defined]


def test_the_text_is_the_cell_indented_with_its_comments() -> None:
    source = """
    # hours to days
    text = '''a
    b'''

    text + hours  # joined
    """
    assert cell(source).source == (
        "def daily(hours):\n    # hours to days\n    text = '''a\nb'''\n\n    return text + hours  # joined"
    )


def test_a_docstring_describes_the_function_unless_it_is_the_value() -> None:
    assert cell("'Days.'\nhours").function({}).__doc__ == "Days."
    assert cell("'Days.'").function({}).__doc__ is None


def test_variables_of_the_notebook_are_looked_up_when_the_function_runs() -> None:
    compiled = cell("hours * rate")
    namespace = {"rate": 2}
    function = compiled.function(namespace)
    namespace["rate"] = 3
    assert function(hours=7) == 21


def test_a_cell_leaves_no_names_behind_unless_it_says_global() -> None:
    namespace: dict[str, Any] = {}
    cell("global seen\nseen = 1\nlocal = 2\nseen").function(namespace)()
    assert namespace["seen"] == 1
    assert "local" not in namespace


def test_a_cell_that_yields_gives_what_it_yields() -> None:
    compiled = cell("if hours:\n    yield hours\n\nprint")
    assert compiled.is_generator
    assert not compiled.is_async
    assert compiled.gives_value
    assert list(compiled.function({})(hours=3)) == [3]
    assert list(compiled.function({})(hours=0)) == []
    assert list(call("yield hours\nreturn", hours=1)) == [1]
    assert list(call("yield 1\nyield 2")) == [1, 2]
    assert not cell("def f():\n    yield 1\nlist(f())").is_generator


def test_a_cell_that_awaits_is_an_async_function() -> None:
    source = "import asyncio\nawait asyncio.sleep(0)\nhours"
    compiled = cell(source)
    assert compiled.is_async
    assert compiled.source.startswith("async def daily(hours):\n")
    assert asyncio.run(compiled.function({})(hours=1)) == 1
    assert cell("async for x in hours:\n    x").is_async
    assert cell("async with hours:\n    pass").is_async
    assert cell("[x async for x in hours]").is_async
    assert not cell("async def f():\n    await hours\nf").is_async
    both = cell("await hours\nyield 1")
    assert both.is_async
    assert both.is_generator


@pytest.mark.parametrize(
    ("source", "gives"),
    [
        ("hours", True),
        ("x = hours", False),
        ("return hours", True),
        ("return", False),
        ("yield 1", True),
        ("pass", False),
    ],
)
def test_a_cell_knows_whether_it_can_give_a_value(source: str, gives: bool) -> None:
    assert cell(source).gives_value is gives


@pytest.mark.parametrize("name", ["daily weather", "2013", "class", "été", "a-b", "日本", "🌦", "None", "ﬁ", "²"])
def test_a_function_has_a_python_name_whatever_the_asset_is_called(name: str) -> None:
    compiled = compile_cell(name, "1", filename="<cell>", is_asset=lambda name: False)
    assert compiled.name.isidentifier()
    assert compiled.function({}).__name__ == compiled.name
    ast.parse(compiled.source)


@given(st.text(min_size=1))
def test_any_text_gives_a_python_name(text: str) -> None:
    ast.parse(f"def {python_name(text)}(): pass")


def test_features_of_this_package_do_not_reach_the_cell() -> None:
    assert cell("def f(x: int): pass\nf.__annotations__").function({})() == {"x": int}


def test_features_of_the_notebook_reach_the_cell_but_no_other_flags() -> None:
    flags = __future__.annotations.compiler_flag | ast.PyCF_ONLY_AST | 0x200 | 0x4000  # as an interactive compiler has
    compiled = cell("def f(x: int):\n    pass\nf.__annotations__", flags=flags)
    assert compiled.function({})() == {"x": "int"}
    with pytest.raises(InvalidDefinitionError, match="was never closed"):
        cell("(1", flags=flags)


# --- tracebacks -------------------------------------------------------------------------------------------------------


def test_a_traceback_shows_the_true_line_of_the_cell() -> None:
    whole = "%%asset daily\nx = 1\n\ny = [\n    x / zero\n    for zero in [0]\n]\ny"
    linecache.cache["<cell 7>"] = (len(whole), None, whole.splitlines(keepends=True), "<cell 7>")
    source = whole.split("\n", 1)[1]
    function = compile_cell("daily", source, filename="<cell 7>", first_line=2, is_asset=lambda n: False).function({})
    with pytest.raises(ZeroDivisionError) as caught:
        function()
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("<cell 7>", 5, "x / zero")
    assert (last.colno, last.end_colno) == (4, 12)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "says", "line", "marked"),
    [
        ("x = 1\ny = = 2", "does not parse: invalid syntax", 3, "="),
        ("x = (1", "'(' was never closed", 2, "("),
        ("x = 1\n  y = 2", "unexpected indent", 3, None),
        ("break", "'break' outside loop", 2, "break"),
        ("x = 1\nnonlocal x", "nonlocal", 3, None),
        ("[(yield x) for x in hours]", "'yield' inside list comprehension", 2, None),
        ("é = 'ééé' 3", "invalid syntax", 2, None),
        ("1\nfrom os import *\npath", "names that nobody can know", 3, "from os import *"),
        ("from __future__ import annotations", "must be the first line of a cell", 2, None),
        ("yield 1\nreturn 2", "where it would be lost", 3, "return 2"),
        ("x = 1\nrate = rate + x", "reads 'rate' at line 3, before it binds it", 3, "rate"),
        ("with pd:\n    rate = rate.x", "reads 'rate' at line 3, before", 3, "rate"),
        ("print(total)\ntotal = 1", "reads 'total' at line 2, before", 2, "total"),
        ("del total", "reads 'total' at line 2, before", 2, "total"),
        ("len = len(hours)", "reads 'len' at line 2, before", 2, "len"),
    ],
)
def test_a_cell_that_can_not_work_is_refused_with_its_line(
    source: str, says: str, line: int, marked: str | None
) -> None:
    with pytest.raises(InvalidDefinitionError) as caught:
        cell(source, first_line=2)
    first, shown, carets, *_ = str(caught.value).split("\n")
    assert first.startswith("The cell of asset 'daily' ")
    assert says in str(caught.value)
    assert f"line {line}" in first
    assert shown.startswith(f"  {line} | ")
    if marked is not None:
        assert shown[carets.index("^") : len(carets)] == marked


@pytest.mark.parametrize("source", ["", "\n\n", "# nothing but a comment"])
def test_an_empty_cell_is_refused(source: str) -> None:
    with pytest.raises(InvalidDefinitionError, match="has no code"):
        cell(source)


def test_a_null_byte_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="null bytes"):
        cell("x\0")


@pytest.mark.parametrize(
    "source",
    [
        "for x in [1]:\n    if x > 1:\n        total = total + x\n    else:\n        total = 0\ntotal",
        "while rate:\n    try:\n        total\n    except NameError:\n        total = 0",
        "f = lambda: total\ntotal = 1\nf()",
        "if rate:\n    total = 1\ntotal",
        "global total\ntotal = 1\ntotal",
        "def f():\n    global total\n    total = 1\nf()",
    ],
)
def test_a_name_that_may_have_been_bound_before_is_not_refused(source: str) -> None:
    assert cell(source).inputs == ()


@pytest.mark.parametrize(
    ("source", "name", "line", "near"),
    [
        ("x = 1\nhurs + x", "hurs", 2, "hours"),
        ("def f():\n    return fligths\nf", "fligths", 2, "flights"),
        ("[helpr(x) for x in hours]", "helpr", 1, "helper"),
        ("pirnt(1)", "pirnt", 1, "print"),
        ("total = 1\ntotl", "totl", 2, "total"),
        ("é = hurs", "hurs", 1, "hours"),
        ("global hurs\nhurs", "hurs", 2, "hours"),
    ],
)
def test_a_name_that_is_nobodys_is_refused_with_near_matches(source: str, name: str, line: int, near: str) -> None:
    with pytest.raises(UnknownUpstreamError) as caught:
        cell(source)
    first, shown, carets, what_to_do = str(caught.value).split("\n")
    assert f"reads {name!r} at line {line}, which is no asset, no variable and no builtin" in first
    assert shown[carets.index("^") : len(carets)] == name
    assert repr(near) in what_to_do


def test_an_expression_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="nested too deeply"):
        cell(" + ".join(["hours"] * 900))


LINES = [
    "x = 1", "hours", "yield", "return 1", "if x:", "    x", "    y = hours", "for y in x:", "    await x", "def f(a):",
    "    return [a for b in a if (c := b)]", "lambda: (yield)", "global x", "    nonlocal x", "del x", "x: int",
    "f'{x", "}'", "class A(x):", "try:", "except x as y:", "with x as (y, z):", "match x:", "    case [a, *b]:",
    "(", ")", "import x.y", "\\", "async for x in y: x", "from x import *", "\t", "\f", "é", "x += y",
    "*x, y", "x = yield", "break",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_any_cell_is_compiled_or_refused(lines: list[str]) -> None:
    try:
        compiled = compile_cell("daily", "\n".join(lines), filename="<cell>", is_asset="hours".__eq__)
    except InvalidDefinitionError:
        return
    compile(compiled.source, "<cell>", "exec", dont_inherit=True)
    assert set(compiled.inputs) <= {"hours"}


def test_all_unknown_names_are_listed() -> None:
    with pytest.raises(UnknownUpstreamError) as caught:
        cell("zzz\n\nyyy + zzz")
    assert str(caught.value) == (
        "The cell of asset 'daily' reads 'zzz' at line 1, which is no asset, no variable and no builtin:\n"
        "  1 | zzz\n"
        "      ^^^\n"
        "Define it in another cell first, or import or bind it in this one. Unknown too: 'yyy' (line 3)."
    )


# --- the analysis, against the compiler's own -------------------------------------------------------------------------

MODULES: list[ModuleType] = [argparse, asyncio.base_events, dataclasses, enum, inspect, statistics, tempfile, typing]


def functions_of(module: ModuleType) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def tables_of(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from tables_of(child)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_analysis_agrees_with_the_compiler(module: ModuleType) -> None:
    """Each function of some modules, as if its body were a cell: its parameters become free names."""
    compared = 0
    for node in functions_of(module):
        body = "\n".join(ast.unparse(statement) for statement in node.body)
        text = "async def cell():\n" + textwrap.indent(body, "    ")
        if "nonlocal " in body or any(isinstance(inside, ast.AnnAssign) for inside in ast.walk(node)):
            continue  # not a function of its own; annotations that are never evaluated count for the compiler
        top = symtable.symtable(text, "<cell>", "exec").get_children()[0]
        bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_local()}
        free = {
            symbol.get_name()
            for table in tables_of(top)
            for symbol in table.get_symbols()
            if symbol.is_global() and not symbol.is_declared_global() and symbol.is_referenced()
        }
        names = names_of(ast.parse(text).body[0].body)  # type: ignore[attr-defined]
        read = {use.name for use in names.uses if not use.binds and not use.is_global}
        assert names.bound == bound, text
        assert read - names.bound == free - {"__class__"}, text
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_text_and_the_code_of_a_cell_are_the_same_function(module: ModuleType) -> None:
    source = inspect.getsource(module)
    for node in functions_of(module):
        begin, end = node.body[0].lineno, node.body[-1].end_lineno
        body = textwrap.dedent("\n".join(source.split("\n")[begin - 1 : end]))
        try:
            statements = ast.parse(body).body
        except SyntaxError:  # a string that stands less deep than the code, or a body beside its def
            continue
        has_value = all(getattr(statement, "value", None) is not None for statement in statements[-1:])
        if "nonlocal" in body or "global " in body or not has_value:
            continue
        compiled = compile_cell("f", body, filename="<cell>", first_line=2, is_asset=lambda name: True)
        again = compile(compiled.source, "<cell>", "exec", dont_inherit=True)
        code = next(constant for constant in again.co_consts if hasattr(constant, "co_code"))
        assert code.co_code == compiled.code.co_code
        assert list(code.co_lines()) == list(compiled.code.co_lines())
        assert code.co_names == compiled.code.co_names
        assert code.co_varnames == compiled.code.co_varnames


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("get_ipython().system('head {hours} $days')", ("hours", "days")),
        ("x = get_ipython().getoutput('ls {hours[0]} {nobody} $HOME')\nx", ("hours",)),
        ("get_ipython().run_line_magic('timeit', '-n 3 len(hours)')", ("hours",)),
        ("get_ipython().run_cell_magic('time', '', 'x = hours\\nx')", ("hours",)),
        ("get_ipython().run_line_magic('cd', 'hours')", ()),
        ("get_ipython().system(\"awk '{print $1}' {hours}\")", ("hours",)),
        ("print('{hours} $hours')", ()),
    ],
)
def test_names_in_lines_for_the_shell_are_inputs_where_they_are_assets(source: str, inputs: tuple[str, ...]) -> None:
    """As IPython fills them in; what is nobody's is left to the shell, as ``$HOME`` must be."""
    cell = compile_cell(
        "f",
        source,
        filename="<cell>",
        is_asset={"hours", "days"}.__contains__,
        is_variable={"get_ipython"}.__contains__,
    )
    assert cell.inputs == inputs
