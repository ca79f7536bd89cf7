"""The public names: all documented with an example, none hidden by a folder; and importing the package stays light."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import notebook_assets

HEAVY = ("pandas", "numpy", "pyarrow", "sqlite_utils", "nbformat", "graphviz", "pygraphviz", "pendulum", "ipywidgets")
SHARE_A_NAME = ("__init__.py", "conftest.py")


def documentable() -> list[str]:
    """Return the public names of classes and functions; constants and Python's own types are documented elsewhere."""
    public = ((name, getattr(notebook_assets, name)) for name in notebook_assets.__all__)
    own = [(name, value) for name, value in public if getattr(value, "__module__", "").startswith("notebook_assets")]
    return sorted(name for name, value in own if inspect.isclass(value) or inspect.isfunction(value))


def test_every_public_name_exists_and_is_listed_once() -> None:
    """``__all__`` holds nothing twice and nothing that is not there."""
    counts = Counter(notebook_assets.__all__)
    assert [name for name, count in counts.items() if count > 1] == []
    assert [name for name in counts if not hasattr(notebook_assets, name)] == []


@pytest.mark.parametrize("name", documentable())
def test_public_name_is_documented_with_an_example(name: str) -> None:
    """Each public class and function has a docstring of its own, with at least one example that the doctests run."""
    value = getattr(notebook_assets, name)
    doc = inspect.cleandoc(value.__dict__.get("__doc__") or "") if inspect.isclass(value) else inspect.getdoc(value)
    assert doc, f"{name} has no docstring"
    if inspect.isclass(value) and issubclass(value, BaseException):
        return  # an error is shown by the functions that raise it
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [example for test in finder.find(value, name) for example in test.examples]
    assert examples, f"{name} has no example"


def test_no_public_function_bears_the_name_of_a_module(repository: Path) -> None:
    """A later import of ``notebook_assets.X`` would put the module in the place of a function X."""
    package = repository / "notebook_assets"
    modules = {path.parent.name if path.name == "__init__.py" else path.stem for path in package.glob("*/__init__.py")}
    modules |= {path.stem for path in package.glob("*.py")}
    assert modules & set(notebook_assets.__all__) == set()


def test_file_names_are_unique(repository: Path) -> None:
    """No two Python files of the project have one name, so that a name says which file is meant."""
    folders = ("notebook_assets", "tests", "benchmarks", "notebooks")
    names = Counter(path.name for folder in folders for path in (repository / folder).rglob("*.py"))
    assert [name for name, count in names.items() if count > 1 and name not in SHARE_A_NAME] == []


def test_import_loads_no_heavy_module() -> None:
    """Importing every public name and the magics leaves the heavy libraries for their first use."""
    code = (
        "import sys, notebook_assets.magics; from notebook_assets import *; "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
