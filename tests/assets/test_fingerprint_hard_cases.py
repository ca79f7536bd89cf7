"""Code identity where it is hard: what changes it, what does not, and what is said because it can't be known.

Each row is code with a mark in it; the mark is replaced by two texts, and ``f`` is the function that is asked about.
"""

from __future__ import annotations

import ast
import itertools
import linecache
import textwrap
from typing import Any

import pytest

from notebook_assets import Config, Field, asset
from notebook_assets.assets.fingerprint import CodeFingerprint, code_fingerprint
from notebook_assets.assets.fingerprint_names import outside_names
from notebook_assets.assets.fingerprint_tree import function_text

_CELLS = itertools.count()


def identity(source: str) -> CodeFingerprint:
    """The identity of the function ``f`` of a notebook that holds this code."""
    text = textwrap.dedent(source)
    name = f"<hard case {next(_CELLS)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), space)
    return code_fingerprint(space["f"])


WRAPPER = """
    import functools
    def twice(fn):
        @functools.wraps(fn)
        def inner(*args):
            return fn(*args) * {}
        return inner
    @twice
    def f(): return 1
"""

CHANGES = {
    "a decorator of one's own": (WRAPPER, "2", "3"),
    "what a decorator is given": ("def by(n): return lambda fn: fn\nK = {}\n@by(K)\ndef f(): return 1", "1", "2"),
    "a cached helper": ("import functools\n@functools.cache\ndef h(): return {}\ndef f(): return h()", "1", "2"),
    "what a closure holds": ("def make(n):\n  def f(): return n\n  return f\nf = make({})", "1", "2"),
    "a lambda in a dict": ("H = {{'a': lambda x: x + {}}}\ndef f(): return H['a'](1)", "1", "2"),
    "what a partial binds": ("import functools\np = functools.partial(max, {})\ndef f(): return p(0)", "1", "2"),
    "a method of a base class": (
        "class A:\n  def m(self): return {}\nclass B(A): pass\ndef f(): return B().m()",
        "1",
        "2",
    ),
    "a method put in from outside": (
        "class A:\n  def m(self): return 1\ndef other(self): return 2\n{}\ndef f(): return A().m()",
        "",
        "A.m = other",
    ),
    "a method of a metaclass": (
        "class M(type):\n  def z(cls): return {}\nclass A(metaclass=M): pass\ndef f(): return A.z()",
        "1",
        "2",
    ),
    "a case of singledispatch": (
        "import functools\n@functools.singledispatch\ndef h(x): return 0\n@h.register\ndef _(x: int): return {}\n"
        "def f(): return h(1)",
        "1",
        "2",
    ),
    "what is set on a function": ("def h(): ...\nh.limit = {}\ndef f(): return h.limit", "1", "2"),
    "a docstring that is read": ("def h():\n  '{}'\ndef f(): return h.__doc__", "a", "b"),
    "a default of a named constant": ("K = {}\ndef f(a=K): return a", "1", "2"),
    "a default of a pydantic field": (
        "from pydantic import BaseModel\nclass A(BaseModel):\n  x: int = {}\ndef f(): return A()",
        "1",
        "2",
    ),
    "a limit of a pydantic field": (
        "from pydantic import BaseModel, Field\nclass A(BaseModel):\n  x: int = Field(1, ge={})\ndef f(): return A()",
        "0",
        "1",
    ),
    "a limit beside an annotation": (
        "from typing import Annotated\nfrom pydantic import BaseModel, Field\nclass A(BaseModel):\n"
        "  x: Annotated[int, Field(gt={})] = 2\ndef f(): return A()",
        "0",
        "1",
    ),
    "a default of an attrs class": (
        "import attrs\n@attrs.define\nclass A:\n  x: int = {}\ndef f(): return A()",
        "1",
        "2",
    ),
    "a default of a named tuple": (
        "from typing import NamedTuple\nclass A(NamedTuple):\n  x: int = {}\ndef f(): return A()",
        "1",
        "2",
    ),
    "the order of an ordered dict": (
        "from collections import OrderedDict\nK = OrderedDict({})\ndef f(): return K",
        "a=1, b=2",
        "b=2, a=1",
    ),
    "a read-only view of a dict": (
        "import types\nK = types.MappingProxyType({{'a': {}}})\ndef f(): return K",
        "1",
        "2",
    ),
    "a view of bytes": ("K = memoryview(b'{}')\ndef f(): return K", "a", "b"),
    "a path": ("import pathlib\nK = pathlib.Path('{}')\ndef f(): return K", "a", "b"),
    "one item of a global list": ("K = [1]\nK.append({})\ndef f(): return K", "2", "3"),
    "an array's kind of number": ("import numpy as np\nK = np.array([1, 2], '{}')\ndef f(): return K", "i4", "i8"),
    "the format in an f-string": ("def f(x): return f'{{x:{}}}'", ".2f", ".3f"),
    "whether it is async": ("{}def f(): return 1", "", "async "),
    "what a generator yields": ("def f():\n  yield {}", "1", "2"),
    "a pattern": ("def f(x):\n  match x:\n    case {}: return 1", "1", "2"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_this_changes_it_and_all_is_known(what: str) -> None:
    code, one, other = CHANGES[what]
    before, after = identity(code.format(one)), identity(code.format(other))
    assert before.digest != after.digest
    assert after.unknown == ()
    assert identity(code.format(one)) == before


LEAVES = {
    "another way to write a number": ("def f(): return {}", "1_000", "0x3E8"),
    "another way to write a text": ("def f(): return {}", "'a' 'b'", '"ab"'),
    "another way to write an f-string": ("def f(x): return {}", "f'{x} a'", 'f"{x}" " a"'),
    "an annotation": ("def f(x: {}): return x", "int", "str"),
    "an annotation that can't be resolved": ("def f() -> '{}': return 1", "X", "Y"),
    "the order of a set": ("K = {}\ndef f(): return K", "{'a', 'b'}", "{'b', 'a'}"),
    "a docstring that no one reads": ("def h():\n  '{}'\ndef f(): return h()", "a", "b"),
    "a constant that no one names": ("K = {}\ndef f(): return 1", "1", "2"),
    "the description of a pydantic field": (
        "from pydantic import BaseModel, Field\nclass A(BaseModel):\n  x: int = Field(1, description='{}')\n"
        "def f(): return A()",
        "a",
        "b",
    ),
    "a counter that it keeps itself": (
        "def make():\n  n = 0\n  def f():\n    nonlocal n\n    n += 1\n    return n\n  return f\nf = make()\n{}",
        "",
        "f()",
    ),
    "a counter on a helper": (
        "def h():\n  h.calls += 1\n  return h.calls\nh.calls = 0\ndef f(): return h()\n{}",
        "",
        "f()",
    ),
}


@pytest.mark.parametrize("what", LEAVES)
def test_this_leaves_it_as_it_is(what: str) -> None:
    code, one, other = LEAVES[what]
    assert identity(code.replace("{}", one, 1)).digest == identity(code.replace("{}", other, 1)).digest


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("K = 1\ndef f(): return globals()['K']", "globals: what it looks up is known only when it runs"),
        ("K = 1\ndef f(): return eval('K')", "eval: what it looks up is known only when it runs"),
        ("import sys\ndef f(): return sys.modules['a'].K", "sys.modules: what it looks up is known only when it runs"),
        (
            "import importlib\ndef f(): return importlib.import_module('helpers').K",
            "importlib.import_module: what it looks up is known only when it runs",
        ),
        (
            "import numpy as np\nr = np.random.default_rng(1)\ndef f(): return r.random()",
            "r: a numpy.random._generator.Generator compares by identity, so that only its type counts",
        ),
        (
            "def make():\n  n = 0\n  def f():\n    nonlocal n\n    n += 1\n    return n\n  return f\nf = make()",
            "<body>.n: the code itself changes it, so that its value doesn't count",
        ),
        (
            "def h(): ...\nh.calls = 0\ndef f():\n  h.calls += 1\n  return h.calls",
            "h.calls: the code itself changes it, so that its value doesn't count",
        ),
    ],
)
def test_what_can_not_be_known_is_said(code: str, said: str) -> None:
    """Nothing is guessed: `%assets` shows these sentences."""
    assert identity(code).unknown == (said,)


def test_the_class_of_a_configuration_is_code() -> None:
    """Another default makes another value of the same call, as another default of the function would."""

    def of(most: int) -> tuple[str, tuple[str, ...]]:
        def rows(config: Any) -> int:
            return int(config.limit)

        members = {"__annotations__": {"limit": int}, "limit": most, "__module__": __name__}
        rows.__annotations__["config"] = type("Limits", (Config,), members)
        made = asset(rows)
        return made.code, made.unknown_code

    assert of(1) == of(1) != of(2)
    assert of(1)[1] == ()


def test_the_defaults_of_a_schema_are_code() -> None:
    """As those of a Config class are; what is only said of a field is none."""

    def of(limit: int, **about: Any) -> str:
        schema = {"limit": Field(int, default_value=limit, **about), "name": str, "more": {"deep": Field(int, limit)}}
        return asset(name="rows", config_schema=schema)(by_schema).code

    assert of(1) == of(1, description="how many at most") != of(2)
    assert asset(name="rows", config_schema={"name": str})(by_schema).code == asset(name="rows")(by_schema).code


def by_schema(context: Any) -> int:
    return int(context.op_config["limit"])


def test_an_explicit_version_wins_over_all_of_it() -> None:
    """Whatever the code says, or can't be known of it."""

    def of(limit: int) -> tuple[str, tuple[str, ...]]:
        @asset(code_version="7")
        def rows() -> Any:
            return eval("limit") + limit

        return rows.code, rows.unknown_code

    assert of(1) == of(2) == ("7", ())


def test_names_of_a_large_function_keep_their_attributes() -> None:
    """Past 256 names the compiled code is padded; that pads nothing here."""
    many = ", ".join(f"name_{number}" for number in range(300))
    code = compile(f"def f(): return [{many}, helpers.clean]", "<large>", "exec")
    assert ("helpers", "clean") in outside_names(code)


def test_an_f_string_reads_the_same_in_every_version_of_python() -> None:
    """Python 3.12 adds an empty text behind a nested format; 3.11 and 3.13 don't."""
    tree: Any = ast.parse("def f(x, k): return f'{x:>{k}}'")
    before = function_text(tree.body[0])
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            node.format_spec.values.append(ast.Constant(""))
    assert function_text(tree.body[0]) == before
