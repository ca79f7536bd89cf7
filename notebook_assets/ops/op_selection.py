"""Which ops of a job to run: names with ``*`` and ``+`` for what is upstream and downstream of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from notebook_assets.errors import InvalidInvocationError, InvalidSubsetError, did_you_mean
from notebook_assets.ops.flat_graph import FlatGraph, FlatOp
from notebook_assets.ops.node_wiring import Collected, FanIn, FromOutput, Source

_CLAUSE = re.compile(r"(\*|\+*)([A-Za-z0-9_.\[\]]+)(\*|\+*)")


def selected_ops(graph: FlatGraph, op_selection: Sequence[str] | None) -> FlatGraph:
    """Return a graph of some of the ops; what they need of others must be given to the run, or have a default.

    Args:
        graph: All ops.
        op_selection: Names of ops or graphs: ``"*clean"`` with all that is upstream, ``"clean++"`` with two layers of
            what is downstream; None, an empty list or ``["*"]`` for all ops.

    Raises:
        InvalidInvocationError: It is no list of texts.
        InvalidSubsetError: No op has such a name.

    >>> selected_ops(FlatGraph({}, {}), None).ops
    {}
    """
    chosen_names = _checked(op_selection)
    if not chosen_names or chosen_names == ["*"]:
        return graph
    parents = {path: _givers(flat) for path, flat in graph.ops.items()}
    children: dict[str, set[str]] = {path: set() for path in graph.ops}
    for path, givers in parents.items():
        for giver in givers:
            children[giver].add(path)
    chosen: set[str] = set()
    for clause in chosen_names:
        found = _CLAUSE.fullmatch(clause)
        name = found[2] if found else clause
        begun = {path for path in graph.ops if path == name or path.startswith(f"{name}.")}
        if found is None or not begun:
            raise InvalidSubsetError(
                f"op_selection: no op is called {clause!r}; there are {list(graph.ops)}.{did_you_mean(name, graph.ops)}"
            )
        chosen |= begun | _walk(begun, parents, found[1]) | _walk(begun, children, found[3])
    ops = {path: _without_others(flat, chosen) for path, flat in graph.ops.items() if path in chosen}
    outputs = {
        name: source
        for name, source in graph.outputs.items()
        if not isinstance(source, FromOutput) or source.node in chosen
    }
    return FlatGraph(ops, outputs, graph.graph)


def _checked(op_selection: Any) -> list[str]:
    if isinstance(op_selection, str):
        raise InvalidInvocationError(f"op_selection is a list; got {op_selection!r}. Write [{op_selection!r}].")
    if op_selection is not None and not isinstance(op_selection, Iterable):
        raise InvalidInvocationError(f"op_selection is a list of names of ops; got {op_selection!r}.")
    names = list(op_selection or ())
    for name in names:
        if not isinstance(name, str):
            raise InvalidInvocationError(f"op_selection is a list of names of ops; got {name!r} in it.")
    return names


def _walk(begun: Iterable[str], edges: Mapping[str, set[str]], sign: str) -> set[str]:
    depth = len(edges) if sign == "*" else len(sign)
    found, front = set(begun), set(begun)
    for _ in range(depth):
        front = {other for path in front for other in edges[path]} - found
        if not front:
            break
        found |= front
    return found


def _givers(flat: FlatOp) -> set[str]:
    return {_giver(source) for source in flat.sources() if isinstance(source, FromOutput | Collected)}


def _giver(source: FromOutput | Collected) -> str:
    return source.source.node if isinstance(source, Collected) else source.node


def _without_others(flat: FlatOp, chosen: set[str]) -> FlatOp:
    inputs = {
        name: kept for name, source in flat.inputs.items() if (kept := _without_other(source, chosen)) is not None
    }
    scope = flat.scope if flat.scope is None or flat.scope.node in chosen else None
    return replace(flat, inputs=inputs, scope=scope)


def _without_other(source: Source, chosen: set[str]) -> Source | None:
    if isinstance(source, FanIn):
        items = tuple(kept for each in source.sources if (kept := _without_other(each, chosen)) is not None)
        return FanIn(items) if items else None
    if isinstance(source, FromOutput | Collected):
        return source if _giver(source) in chosen else None
    return source
