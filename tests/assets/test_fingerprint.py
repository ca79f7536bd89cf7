"""Which edits change a function's code identity, which don't, and what is said where it can't be known."""

from __future__ import annotations

import functools
import linecache
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import notebook_assets
from notebook_assets.assets.fingerprint import CodeFingerprint, code_fingerprint, fingerprint_changes

_cells = iter(range(1_000_000))


def notebook(*cells: str) -> dict[str, Any]:
    """The namespace after some cells, each with a source as IPython leaves it."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        name, text = f"<cell {next(_cells)}>", textwrap.dedent(cell)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec", dont_inherit=True), space)
    return space


def identity(*cells: str) -> CodeFingerprint:
    return code_fingerprint(notebook(*cells)["f"])


BEFORE = """
import math
import functools
from dataclasses import dataclass

LIMIT = 3
NAMES = {"b", "a"}

@dataclass
class Rule:
    least: int = 1
    def holds(self, x):
        return x >= self.least

def clean(x):
    return deeper(x)

def deeper(x):
    return x + OFFSET

OFFSET = 1
UNUSED = 5
twice = lambda x: 2 * x
tripled = functools.partial(pow, 3)

def unused():
    return UNUSED

def f(rows, most=LIMIT):
    "Say what it does."
    total = 0
    for row in rows:
        if Rule(2).holds(row) and row not in NAMES:
            total += clean(row) + twice(row) * math.pi + tripled(2)
    return total
"""


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("a comment", "total = 0", "total = 0  # nothing yet"),
        ("formatting", "total = 0", "total  =  (0)"),
        ("an empty line", "total = 0", "\n\n    total = 0"),
        ("the docstring", '"Say what it does."', '"Other words."'),
        ("no docstring", '"Say what it does."', "pass"),
        ("an annotation of a parameter", "rows, most", "rows: list, most"),
        ("an annotation of the result", "most=LIMIT):", "most=LIMIT) -> float:"),
        ("an annotation of a local name", "total = 0", "total: int = 0"),
        ("an annotation of a helper", "def deeper(x)", "def deeper(x: int) -> int"),
        ("a comment in a helper", "return x + OFFSET", "return x + OFFSET  # shifted"),
        ("the order of a set", '{"b", "a"}', '{"a", "b"}'),
        ("a constant by the same value", "LIMIT = 3", "LIMIT = 1 + 2"),
        ("a constant that nothing uses", "UNUSED = 5", "UNUSED = 6"),
        ("a function that nothing uses", "return UNUSED", "return -UNUSED"),
        ("where a helper stands", "UNUSED = 5", "UNUSED = 5\n\n\n"),
        ("the quotes of a text", '{"b", "a"}', "{'b', 'a'}"),
        ("a comment in a class", "class Rule:", "class Rule:  # of the house"),
        ("a docstring of a class", "class Rule:", "class Rule:\n    'Doc.'"),
    ],
)
def test_this_edit_does_not_change_it(what: str, old: str, new: str) -> None:
    assert old in BEFORE
    before, after = identity(BEFORE), identity(BEFORE.replace(old, new))
    assert fingerprint_changes(before.parts, after.parts) == []
    assert before.digest == after.digest, what
    assert before.unknown == after.unknown == ()


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("total = 0", "total = 0.0", ["the body changed"]),
        ("total = 0", "total = False", ["the body changed"]),
        ("total += clean", "total -= clean", ["the body changed"]),
        ("rows, most=LIMIT", "rows, most=LIMIT, least=1", ["the body changed"]),
        ("* math.pi", "* math.e", ["the body changed"]),
        ("return deeper(x)", "return -deeper(x)", ["helper `clean` changed"]),
        ("return x + OFFSET", "return x - OFFSET", ["helper `deeper` changed"]),
        ("OFFSET = 1", "OFFSET = 2", ["constant `OFFSET` changed"]),
        ("LIMIT = 3", "LIMIT = 4", ["constant `<body>.most` changed"]),
        ('{"b", "a"}', '{"b", "c"}', ["constant `NAMES` changed"]),
        ('{"b", "a"}', '["b", "a"]', ["constant `NAMES` changed"]),
        ("lambda x: 2 * x", "lambda x: 3 * x", ["helper `twice` changed"]),
        ("partial(pow, 3)", "partial(pow, 4)", ["constant `tripled` changed"]),
        ("x >= self.least", "x > self.least", ["helper `Rule.holds` changed"]),
        ("least: int = 1", "least: int = 0", ["class `Rule` changed"]),
        ("least: int = 1", "least: float = 1", ["class `Rule` changed"]),
        ("@dataclass", "@dataclass(frozen=True)", ["class `Rule` changed"]),
        ("class Rule:", "class Rule(dict):", ["class `Rule` changed"]),
        ("def clean(x):", "@functools.lru_cache\ndef clean(x):", ["the body changed", "helper `clean` changed"]),
        ("return deeper(x)", "return x", ["helper `clean` changed", "helper `deeper` is no longer used"]),
        ("return x + OFFSET", "return x + OFFSET + UNUSED", ["constant `UNUSED` is new", "helper `deeper` changed"]),
    ],
)
def test_this_edit_changes_it_and_is_named(old: str, new: str, changes: list[str]) -> None:
    assert old in BEFORE
    before, after = identity(BEFORE), identity(BEFORE.replace(old, new))
    assert before.digest != after.digest
    said = fingerprint_changes(before.parts, after.parts)
    assert [each for each in said if not each.startswith("constant `OFFSET` is no")] == changes


def test_a_new_name_of_the_function_changes_nothing() -> None:
    assert identity("def f(x): return x + 1").digest == code_fingerprint(notebook("def g(x): return x + 1")["g"]).digest


def test_parts_are_named_with_their_kind() -> None:
    kinds = {name: part.partition(":")[0] for name, part in identity(BEFORE).parts.items()}
    assert kinds == {
        "<body>": "function",
        "<body>.most": "constant",
        "NAMES": "constant",
        "OFFSET": "constant",
        "Rule": "class",
        "Rule.holds": "function",
        "clean": "function",
        "deeper": "function",
        "tripled": "constant",
        "twice": "function",
    }


def test_helpers_that_call_each_other_end() -> None:
    text = "def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return n and even(n - {})\ndef f(n): return even(n)"
    assert set(identity(text.format(1)).parts) == {"<body>", "even", "odd"}
    assert identity(text.format(1)).digest != identity(text.format(2)).digest


def test_a_function_that_calls_itself_ends() -> None:
    assert set(identity("def f(n): return f(n - 1) if n else 0").parts) == {"<body>"}


def test_two_lambdas_on_one_line_are_told_apart() -> None:
    first, second = notebook("pair = [lambda x: x + 1, lambda x: x + 2]")["pair"]
    swapped, _ = notebook("pair = [lambda x: x + 2, lambda x: x + 1]")["pair"]
    assert code_fingerprint(first).digest != code_fingerprint(second).digest
    assert code_fingerprint(second).digest == code_fingerprint(swapped).digest
    assert code_fingerprint(first).unknown == ()


def test_closures_count_by_what_they_hold() -> None:
    text = "def make(rate):\n    def inner(x): return x * rate + plus\n    return inner\nplus = 1\nf = make({})"
    assert identity(text.format(2)).digest == identity(text.format(2)).digest
    before, after = identity(text.format(2)), identity(text.format(3))
    assert fingerprint_changes(before.parts, after.parts) == ["constant `<body>.rate` changed"]


def test_nested_functions_and_comprehensions_count_with_their_names() -> None:
    text = """
        A = 1
        B = 2
        def f(x):
            def g(y): return [y + A for _ in x]
            return map(lambda z: z + B, g(1))
    """
    assert set(identity(text).parts) == {"<body>", "A", "B"}


def test_a_local_name_is_not_the_global_of_that_name() -> None:
    assert set(identity("A = 1\ndef f():\n    A = 2\n    return A").parts) == {"<body>"}


def test_partials_and_bound_methods_count_with_what_they_bind() -> None:
    space = notebook(
        "def g(x, y): return x + y\nclass Box:\n    def __init__(self, n): self.n = n\n    def get(self): return self.n"
    )
    g, box = space["g"], space["Box"]
    assert code_fingerprint(functools.partial(g, 1)).digest != code_fingerprint(functools.partial(g, 2)).digest
    assert code_fingerprint(functools.partial(g, 1)).digest == code_fingerprint(functools.partial(g, 1)).digest
    assert code_fingerprint(box(1).get).digest != code_fingerprint(box(2).get).digest
    assert code_fingerprint(box(1).get).digest == code_fingerprint(box(1).get).digest


def test_a_decorator_of_the_users_counts_and_what_it_wraps_too() -> None:
    text = """
        import functools
        def loud(fn):
            @functools.wraps(fn)
            def inner(*args): return fn(*args) * 2
            return inner
        @loud
        def clean(x): return x + 1
        def f(x): return clean(x)
    """
    before = identity(text)
    assert before.digest != identity(text.replace("* 2", "* 3")).digest
    assert before.digest != identity(text.replace("x + 1", "x + 2")).digest
    assert before.unknown == ()


def test_a_library_counts_by_name_and_its_version_is_only_told() -> None:
    prints = identity("import numpy as np\ndef f(x): return np.mean(x)")
    assert prints.parts["numpy"] == f"library:{np.__version__}"
    other = {**prints.parts, "numpy": "library:1.0"}
    assert fingerprint_changes(other, prints.parts) == [f"library `numpy` went from 1.0 to {np.__version__}"]


def test_a_function_of_a_library_is_not_followed() -> None:
    prints = identity("from textwrap import dedent\nfrom numpy import sqrt\ndef f(x): return sqrt(x), dedent(x)")
    assert set(prints.parts) == {"<body>", "numpy"}
    assert prints.unknown == ()


def test_other_assets_count_by_their_key() -> None:
    text = """
        class Asset:
            __notebook_asset__ = True
            keys = frozenset({'daily'})
            n = 1
        daily = Asset()
        def f(): return daily
    """
    assert dict(identity(text).parts).keys() == {"<body>", "asset daily"}
    assert identity(text).digest == identity(text.replace("n = 1", "n = 2")).digest
    assert identity(text).digest != identity(text.replace("'daily'", "'weekly'")).digest


def test_the_source_of_an_asset_cell_is_used() -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec("def f(a):\n    return a + 1", space)
    without = code_fingerprint(space["f"])
    assert without.unknown == ("<body>: its source is not to be had, so that its compiled code counts",)
    space["f"].__asset_source__ = "def f(a):\n    # add one\n    return a + 1"
    assert code_fingerprint(space["f"]).unknown == ()
    assert code_fingerprint(space["f"]).digest == identity("def f(a): return a + 1").digest


def test_compiled_code_stands_in_where_there_is_no_source() -> None:
    def compiled(text: str) -> str:
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(text, space)
        return code_fingerprint(space["f"]).digest

    assert compiled("def f(a): return a + 1") == compiled("\n\ndef f(a):  return a + 1")
    assert compiled("def f(a): return a + 1") != compiled("def f(a): return a + 2")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("def f(): return nowhere", "nowhere: it is not defined"),
        ("def f(): return Out[3]\nOut = {}", "Out: the session's history is not code"),
        (
            "seen = {}\ndef f(x): seen[x] = 1\n",
            "seen: the code itself changes it, so that its value doesn't count",
        ),
        (
            "count = 0\ndef f():\n    global count\n    count = count + 1",
            "count: the code itself changes it, so that its value doesn't count",
        ),
        (
            "import threading\nlock = threading.Lock()\ndef f():\n    with lock: pass",
            "lock: a _thread.lock compares by identity, so that only its type counts",
        ),
    ],
)
def test_what_cannot_be_known_is_said(text: str, unknown: str) -> None:
    assert identity(text).unknown == (unknown,)


def test_state_that_a_helper_changes_does_not_count() -> None:
    space = notebook("seen = []\ndef note(x): seen.append(x)\ndef f(x):\n    note(x)\n    return len(seen)")
    before = code_fingerprint(space["f"])
    space["f"](1)
    assert code_fingerprint(space["f"]).digest == before.digest


@pytest.mark.parametrize(
    "make",
    [
        lambda n: np.arange(n, n + 5),
        lambda n: np.float64(n),
        lambda n: np.array(["a", n], dtype=object),
        lambda n: pd.DataFrame({"a": [1, 2, n], "b": ["x", "y", None]}),
        lambda n: pd.Series([1.5, n], name="s"),
        lambda n: pd.Timestamp("2013-01-01") + pd.Timedelta(days=n),
        lambda n: {"a": [n, {"b": (n, None)}], "z": {1, 2}},
        lambda n: [*range(100), n],
        lambda n: __import__("datetime").date(2013, 1, n),
        lambda n: __import__("decimal").Decimal(n) / 3,
        lambda n: __import__("pathlib").PurePath(f"a/{n}"),
        lambda n: __import__("re").compile(f"a{n}"),
        lambda n: __import__("operator").itemgetter(n),
        lambda n: functools.partial(max, n),
        lambda n: frozenset({n, "a"}),
    ],
)
def test_constants_of_these_types_count_by_what_they_hold(make: Callable[[int], Any]) -> None:
    def prints(n: int) -> CodeFingerprint:
        space = notebook("def f(): return TABLE")
        space["TABLE"] = make(n)
        return code_fingerprint(space["f"])

    assert prints(3).digest == prints(3).digest
    assert prints(3).digest != prints(4).digest
    assert prints(3).unknown == ()


@pytest.mark.parametrize(
    ("table", "note"),
    [
        (pd.DataFrame({"a": range(50_000)}), "a frame of 50,000 rows, of which a sample counts"),
        (np.zeros(1_000_000), "an array of 8,000,000 bytes, of which a sample counts"),
        (["x" * 2_000_000], "it is larger than 1,048,576 bytes, so that only its type counts"),
        (object.__new__(type("Client", (), {"__module__": "numpy.x"})), "compares by identity"),
    ],
)
def test_large_and_opaque_constants_are_cheap_and_named(table: Any, note: str) -> None:
    space = notebook("def f(): return TABLE")
    space["TABLE"] = table
    code_fingerprint(space["f"])
    start = time.process_time()
    (said,) = code_fingerprint(space["f"]).unknown
    assert note in said
    assert time.process_time() - start < 0.1


def test_modules_of_the_project_are_followed_and_an_edit_without_reload_is_said(tmp_path: Any) -> None:
    helpers = tmp_path / "nb_fingerprint_helpers.py"
    helpers.write_text("RATE = 2\n\ndef scale(x):\n    return x * RATE\n\ndef other(x):\n    return x\n")
    module = _load(helpers)
    try:
        space = notebook("import nb_fingerprint_helpers as h\ndef f(x): return h.scale(x)")
        before = code_fingerprint(space["f"])
        name = module.__name__
        assert set(before.parts) == {"<body>", f"{name}.scale", f"{name}.RATE"}
        assert before.unknown == ()
        module.RATE = 3  # type: ignore[attr-defined]
        after = code_fingerprint(space["f"])
        assert fingerprint_changes(before.parts, after.parts) == [f"constant `{name}.RATE` changed"]
        helpers.write_text("RATE = 3\n\ndef scale(x):\n    return x + RATE\n")
        linecache.checkcache(str(helpers))
        edited = notebook("import nb_fingerprint_helpers as h\ndef f(x): return h.other(x)")
        said = code_fingerprint(edited["f"]).unknown
        assert said == (f"{name}.other: its file no longer says what was loaded, so that its compiled code counts",)
    finally:
        del sys.modules[module.__name__]


def _load(path: Any) -> ModuleType:
    import importlib.util

    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


SCRIPT = """
from notebook_assets.assets.fingerprint import code_fingerprint
import pandas as pd, enum
class Level(enum.Enum):
    LOW = 1
    HIGH = "x"
NAMES = {"b", "a", "c", ("d", 1), frozenset({"e", "f"})}
TABLE = {"z": {3, 2, 1}, "y": pd.DataFrame({"a": ["u", "v"]}), "x": Level.LOW}
def helper(x): return x in NAMES or x in {"p", "q", "r"} or Level.HIGH
def f(x): return helper(x), TABLE
print(code_fingerprint(f))
"""


def test_a_restart_and_another_hash_seed_change_nothing(tmp_path: Any) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    folder = str(Path(notebook_assets.__file__).parents[1])
    said = set()
    for seed in ("0", "1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": folder}
        said.add(subprocess.run([sys.executable, script], env=environment, capture_output=True, check=True).stdout)
    assert len(said) == 1
    assert b"unknown=()" in said.pop()


def test_cells_of_a_real_shell(shell: InteractiveShell) -> None:
    def run(cell: str) -> CodeFingerprint:
        assert shell.run_cell(cell, store_history=True).success
        return code_fingerprint(shell.user_ns["f"])

    before = run("RATE = 2\ndef clean(x):\n    return x * RATE\ndef f(x):\n    return clean(x)")
    assert before.unknown == ()
    assert set(before.parts) == {"<body>", "RATE", "clean"}
    assert run("def f(x):  # said again\n    return clean( x )").digest == before.digest
    assert fingerprint_changes(before.parts, run("RATE = 3").parts) == ["constant `RATE` changed"]
    run("RATE = 2")
    after = run("def clean(x):\n    return x * RATE + 1")
    assert fingerprint_changes(before.parts, after.parts) == ["helper `clean` changed"]
    assert run("def clean(x): return x * RATE").digest == before.digest


def test_a_class_of_a_cell_is_followed(shell: InteractiveShell) -> None:
    shell.run_cell("class Box:\n    size = 1\n    def get(self): return self.size\ndef f(): return Box().get()")
    before = code_fingerprint(shell.user_ns["f"])
    shell.run_cell("class Box:\n    size = 2\n    def get(self): return self.size")
    assert fingerprint_changes(before.parts, code_fingerprint(shell.user_ns["f"]).parts) == ["class `Box` changed"]


def test_asking_again_takes_under_a_millisecond() -> None:
    function = notebook(BEFORE)["f"]
    code_fingerprint(function)
    start = time.process_time()
    for _ in range(50):
        code_fingerprint(function)
    assert (time.process_time() - start) / 50 < 1e-3 * 4  # 0.2 ms on a quiet machine
