"""The configuration of all ops of a graph: those of its parts, defaults and config mappings resolved; and checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.errors import InvalidConfigError, did_you_mean
from notebook_assets.ops.config_mappings import ConfigMapping
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.node_wiring import FromInput
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.resources.config_types import MISSING, Problem, raise_problems
from notebook_assets.resources.covering import quoted
from notebook_assets.run.config_checking import written

_OF_OP = ("config", "inputs", "outputs")
_OF_GRAPH = ("ops", "inputs", "outputs")
_OF_MAPPED = ("config", "inputs", "outputs")


@dataclass
class GraphConfig:
    """What a run's configuration amounts to, by the paths of ops.

    ``configs`` are the configurations as functions get them, ``inputs`` what is given for inputs that nothing is
    connected to, ``outputs`` what IO managers are told of outputs.
    """

    configs: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def root_entry(graph: GraphDefinition, run_config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a run's configuration says of the outermost graph.

    Args:
        graph: The graph.
        run_config: That of the whole run; of a graph with a config mapping, ``{"ops": {"config": ...}}``.
    """
    ops = run_config.get("ops")
    ops = {} if ops is None else ops
    return ops if graph.config_mapping is not None else {"ops": ops}


def checked_graph_config(
    graph: GraphDefinition, entry: Mapping[str, Any], chosen: Collection[str] | None = None, place: str = ""
) -> GraphConfig:
    """Return the configuration of every op of a graph, checked and with defaults.

    Args:
        graph: The graph.
        entry: What the run's configuration says of it: ``{"ops": {...}}``, or ``{"config": ...}`` where it has a config
            mapping.
        chosen: The paths of the ops that will be run; None for all.
        place: Where the entry stands, for errors: ``"ops.totals."``.

    Raises:
        InvalidConfigError: It does not fit; all that is wrong is named.

    >>> from notebook_assets import graph, op
    >>> @op(config_schema={"rows": int})
    ... def read(context): ...
    >>> @graph(config={"read": {"config": {"rows": 3}}})
    ... def totals(): read()
    >>> checked_graph_config(totals, {}).configs
    {'read': {'rows': 3}}
    """
    walk = _Walk(chosen)
    walk.graph(graph, entry, "", place)
    raise_problems(walk.problems)
    return walk.found


@dataclass
class _Walk:
    """Goes through the nodes of a graph and of those in it; gathers what is wrong."""

    chosen: Collection[str] | None
    found: GraphConfig = field(default_factory=GraphConfig)
    problems: list[Problem] = field(default_factory=list)

    def graph(self, graph: GraphDefinition, entry: Mapping[str, Any], path: str, place: str) -> None:
        at = place.removesuffix(".")
        mapping = graph.config_mapping
        self._check_fields(entry, _OF_GRAPH if mapping is None else _OF_MAPPED, at)
        if mapping is not None:
            ops = self._mapped(mapping, entry, at)
            place = f"{at} (by its config mapping): " if at else "(by the config mapping) "
        else:
            given = entry.get("ops") or {}
            if not isinstance(given, Mapping):
                self.problems.append(Problem(f"{place}ops", f"expected a dict by node, got {quoted(given)}"))
                given = {}
            defaults: Any = graph.config or {}
            ops = {**defaults, **given}
            place = f"{place}ops."
        if ops is not None:
            inputs = entry.get("inputs") if path else None
            self._nodes(graph, ops, path, place, inputs if isinstance(inputs, Mapping) else {})

    def _mapped(self, mapping: ConfigMapping, entry: Mapping[str, Any], at: str) -> Mapping[str, Any] | None:
        try:
            ops = mapping.resolve(entry.get("config", MISSING), f"{at}.config" if at else "ops.config")
        except InvalidConfigError as error:
            self.problems.extend(error.problems or [Problem(at, str(error))])
            return None
        if not isinstance(ops, Mapping):
            self.problems.append(Problem(at, f"its config mapping gives a dict by node; it gave {quoted(ops)}"))
            return None
        return ops

    def _nodes(
        self, graph: GraphDefinition, ops: Mapping[str, Any], path: str, place: str, inputs: Mapping[str, Any]
    ) -> None:
        for name in ops:
            if name not in graph.nodes:
                self.problems.append(Problem(place.rstrip(".: "), unknown("there is no", name, graph.nodes)))
        for name, node in graph.nodes.items():
            entry = {} if ops.get(name) is None else written(ops[name])
            where, inner = f"{place}{name}", f"{path}{name}"
            if not isinstance(entry, Mapping):
                self.problems.append(Problem(where, f"expected {{'config': ...}}, got {quoted(entry)}"))
                continue
            given = {
                each: inputs[source.name]
                for each, source in node.inputs.items()
                if isinstance(source, FromInput) and source.name in inputs
            }
            if given:  # what is given for an input of the graph is given for those that it goes to
                entry = {**entry, "inputs": {**given, **(entry.get("inputs") or {})}}
            if isinstance(node.definition, GraphDefinition):
                self.graph(node.definition, entry, f"{inner}.", f"{where}.")
            elif isinstance(node.definition, OpDefinition):
                self._op(node.definition, entry, inner, where)

    def _op(self, op: OpDefinition, entry: Mapping[str, Any], path: str, place: str) -> None:
        self._check_fields(entry, _OF_OP, place)
        if self.chosen is not None and path not in self.chosen:
            return
        try:
            self.found.configs[path] = op.config_of(entry.get("config", MISSING), f"{place}.config")
        except InvalidConfigError as error:
            self.problems.extend(error.problems or [Problem(f"{place}.config", str(error))])
        inputs = entry.get("inputs") or {}
        if not isinstance(inputs, Mapping):
            self.problems.append(Problem(f"{place}.inputs", f"expected a dict by input, got {quoted(inputs)}"))
            return
        for name in inputs:
            if name not in op.ins:
                self.problems.append(Problem(f"{place}.inputs", unknown("there is no", name, op.ins)))
        self.found.inputs[path] = inputs
        outputs = entry.get("outputs") or {}
        if isinstance(outputs, Mapping):
            self.found.outputs[path] = outputs
        else:
            self.problems.append(Problem(f"{place}.outputs", f"expected a dict by output, got {quoted(outputs)}"))

    def _check_fields(self, entry: Mapping[str, Any], known: Collection[str], place: str) -> None:
        for name in entry:
            if name not in known:
                self.problems.append(Problem(place or "run_config", unknown("unknown field", name, known)))


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """Say that a name is of nothing there is.

    >>> unknown("there is no", "cleen", ["clean"])
    "there is no 'cleen'; there are: clean. Did you mean 'clean'?"
    """
    names = list(known)
    near = did_you_mean(str(name), names)
    return f"{what} {name!r}; there are: {', '.join(names) or 'none'}" + (f".{near}" if near else "")
