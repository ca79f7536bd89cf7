"""The configuration of a run: what is given for its computations and its resources, checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode, Dependency
from notebook_assets.errors import InvalidConfigError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.shown import SelfShown, shown
from notebook_assets.resources import Resources
from notebook_assets.resources.config_types import MISSING, Problem, raise_problems
from notebook_assets.resources.covering import covered
from notebook_assets.run.config_checking import (
    CheckedEntry,
    Configurable,
    checked_section,
    checked_sections,
    plain,
    written,
)
from notebook_assets.run.resource_scope import ResourceScope


@dataclass(frozen=True)
class RunConfig(SelfShown):
    """What a run is configured with; a dict of the same names does too.

    Args:
        ops: By the name of each computation, its Config, or ``{"config": ...}``. An asset's computation is called as
            the asset, the parts of its key joined by ``__``.
        resources: By resource key likewise; a resource with other fields, too.
        loggers: Accepted; nothing here is configured by it.
        execution: Accepted; nothing here is configured by it.

    >>> RunConfig(ops={"report": {"config": {"title": "Flights"}}}).to_config_dict()["ops"]
    {'report': {'config': {'title': 'Flights'}}}
    """

    ops: Mapping[str, Any] | None = field(default_factory=dict)
    resources: Mapping[str, Any] | None = field(default_factory=dict)
    loggers: Mapping[str, Any] | None = field(default_factory=dict)
    execution: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        parts = (f"{each.name}={covered(getattr(self, each.name))!r}" for each in fields(self))
        return f"RunConfig({', '.join(parts)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook keeps of it as text: without secrets."""
        printer.text(repr(shown(self)))

    def to_config_dict(self) -> dict[str, Any]:
        """Return it in the form of a dict."""
        return {
            "loggers": dict(self.loggers or {}),
            "resources": {name: written(entry) for name, entry in (self.resources or {}).items()},
            "ops": {name: written(entry) for name, entry in (self.ops or {}).items()},
            "execution": dict(self.execution or {}),
        }


@dataclass(frozen=True)
class CheckedConfig:
    """What a run's configuration amounts to.

    ``entries`` are those of the computations, checked and with defaults; ``sections`` is all that was given.
    """

    entries: Mapping[str, CheckedEntry] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)

    def _entry(self, definition: Any) -> CheckedEntry | None:
        return self.entries.get(computation_name(definition)) if self.entries else None

    def of(self, definition: Any) -> Any:
        """Return the configuration of a computation (of an asset, a check, an observation); None where it has none."""
        entry = self._entry(definition)
        return None if entry is None or entry.config is MISSING else entry.config

    def of_output(self, definition: Any, name: str) -> Any:
        """Return what the IO manager is told for an output of a computation; None where that is nothing."""
        entry = self._entry(definition)
        return None if entry is None else entry.outputs.get(name)

    def of_input(self, definition: Any, name: str | None) -> Any:
        """Return what the IO manager is told for an input of a computation; None where that is nothing."""
        entry = self._entry(definition)
        return None if entry is None or name is None else entry.inputs.get(name)

    def told(self, definition: Any, dependency: Dependency, upstream: AssetNode) -> tuple[Any, Any]:
        """Return what that which loads an input is told: of the input, and of the output that is loaded."""
        if not self.entries:
            return None, None
        made_by = upstream.definition
        output = next((name for name, key in made_by.outputs.items() if key == upstream.key), "") if made_by else ""
        return self.of_input(definition, dependency.input_name), self.of_output(made_by, output) if output else None

    def arguments(self, definition: Any, resources: Resources) -> dict[str, Any]:
        """Return what a computation's function is given beside its inputs: its configuration, and resources.

        >>> from notebook_assets import asset
        >>> @asset
        ... def one(): ...
        >>> CheckedConfig().arguments(one, Resources())
        {}
        """
        found = {name: resources[name] for name in definition.signature.resources}
        return found if definition.signature.config_class is None else {**found, "config": self.of(definition)}


def check_run_config(
    given: RunConfig | Mapping[str, Any] | None,
    computations: Mapping[str, Configurable],
    resources: Mapping[str, Configurable],
) -> CheckedConfig:
    """Return the configuration of a run, checked.

    Args:
        given: What was given.
        computations: What each computation that there is can be configured with, by its name.
        resources: The same of each resource, by its key.

    Raises:
        InvalidInvocationError: It is neither a RunConfig nor a dict.
        InvalidConfigError: It does not fit; all that is wrong is named.

    >>> known = {"daily": Configurable({"rows": int})}
    >>> found = check_run_config({"ops": {"daily": {"config": {"rows": 3}}}}, known, {})
    >>> found.entries["daily"].config
    {'rows': 3}
    """
    problems: list[Problem] = []
    sections = _sections(given, problems)
    found = checked_section(sections.get("ops", {}), "ops", computations, problems)
    checked_section(sections.get("resources", {}), "resources", resources, problems)
    raise_problems(problems, "The run's configuration does not fit")
    return CheckedConfig(found, sections)


def config_of_run(
    graph: AssetGraph,
    made: Sequence[AssetKey],
    given: RunConfig | Mapping[str, Any] | None,
    resources: ResourceScope,
    looking: Sequence[Any] = (),
) -> CheckedConfig:
    """Return the configuration of a run over assets, checked.

    Args:
        graph: The assets and checks; all of them may be configured.
        made: Those that will be made; they must be, where their schemas say so.
        given: What was given.
        resources: What they see.
        looking: The definitions of checks that will be carried out, and the functions that will observe sources.

    Raises:
        InvalidInvocationError: It is neither a RunConfig nor a dict.
        InvalidConfigError: It does not fit; all that is wrong is named. Or one of two computations of one name has one.
    """
    nodes = [graph.nodes[key] for key in made]
    others: list[Any] = []
    if given is not None:
        sources = (node.source.observing for node in graph.nodes.values() if node.source is not None)
        others = [*(node.definition for node in graph.nodes.values()), *graph.checks.definitions, *sources]
    found = {
        computation_name(each): Configurable(schema_of(each), check_inside=_check_inside(each))
        for each in others
        if each
    }
    for each in (*(node.definition for node in nodes), *looking):
        if each is not None:
            found[computation_name(each)] = Configurable(
                schema_of(each), is_needed=True, check_inside=_check_inside(each)
            )
    _check_names([*others, *(node.definition for node in nodes), *looking])
    if resources.have_ends:
        _add_ends(found, graph.nodes.values() if given is not None else nodes, graph, resources)
    needed = resources.needed(nodes, looking)
    things = {key: Configurable(schema, key in needed) for key, schema in resources.schemas().items()}
    return check_run_config(given, found, things)


def _check_names(computations: Iterable[Any]) -> None:
    """Refuse two computations of one name of which one is configured: each would get what is meant for the other."""
    by_name: dict[str, Any] = {}
    for each in filter(None, computations):
        name = computation_name(each)
        other = by_name.setdefault(name, each)
        if other.fn is not each.fn and (schema_of(each) is not None or schema_of(other) is not None):
            raise InvalidConfigError(
                f"Two functions are called {name!r} in a run's configuration, and one of them is configured: "
                f"{other!r} and {each!r}. Name one of them otherwise."
            )


def _add_ends(
    found: dict[str, Configurable], nodes: Iterable[AssetNode], graph: AssetGraph, resources: ResourceScope
) -> None:
    """Add what IO managers want to be told for outputs and inputs."""
    for node in nodes:
        definition = node.definition
        if definition is None:
            continue
        name = computation_name(definition)
        schema = resources.output_schema(node)
        if schema is not None:
            output = next(each for each, key in definition.outputs.items() if key == node.key)
            found[name] = replace(found[name], outputs={**found[name].outputs, output: schema})
        found[name] = _with_inputs(found[name], node.dependencies, graph, resources)
    for checks in graph.checks.definitions:
        name = computation_name(checks)
        if name in found:
            found[name] = _with_inputs(found[name], checks.dependencies, graph, resources)


def _with_inputs(
    about: Configurable, dependencies: Iterable[Dependency], graph: AssetGraph, resources: ResourceScope
) -> Configurable:
    schemas = {
        each.input_name: schema
        for each in dependencies
        if each.input_name and (schema := resources.input_schema(graph.nodes[each.key], each)) is not None
    }
    by_key = {each.input_name for each in dependencies if each.input_manager_key}
    needed = about.needed_inputs.union(name for name in schemas if name in by_key)
    return replace(about, inputs={**about.inputs, **schemas}, needed_inputs=needed)


def resource_config(given: RunConfig | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what a run's configuration says of resources.

    >>> resource_config({"resources": {"database": {"config": {"url": "x"}}}})
    {'database': {'config': {'url': 'x'}}}
    """
    return _sections(given, []).get("resources", {})


def validate_run_config(job: Any, run_config: RunConfig | Mapping[str, Any] | None = None) -> Any:
    """Check what a job would be run with; return it with defaults filled in.

    Args:
        job: Assets and checks, or definitions or a job over assets; or a job of ops.
        run_config: What would be given.

    Raises:
        InvalidConfigError: It does not fit; all that is wrong is named.

    >>> from notebook_assets import asset
    >>> @asset(config_schema={"rows": int})
    ... def daily(context): ...
    >>> validate_run_config(daily, {"ops": {"daily": {"config": {"rows": 3}}}})
    {'ops': {'daily': {'config': {'rows': 3}}}}
    """
    if hasattr(job, "checked_run_config"):
        return job.checked_run_config(run_config)
    listed = job if isinstance(job, list | tuple) else getattr(job, "assets", None) or [job]
    functions = [getattr(each, "observing", None) or each for each in listed]
    known = {
        computation_name(each): Configurable(schema_of(each), is_needed=True, check_inside=_check_inside(each))
        for each in functions
        if hasattr(each, "fn")
    }
    found = check_run_config(run_config, known, {})
    return {"ops": {name: {"config": plain(entry.config)} for name, entry in found.entries.items()}}


def computation_name(definition: Any) -> str:
    """Return what the computation of an asset (of several, of a check) is called in a run's configuration.

    >>> from notebook_assets import asset, asset_check
    >>> @asset(key_prefix="one")
    ... def two(): ...
    >>> @asset_check(asset=two)
    ... def rows(): ...
    >>> computation_name(two), computation_name(rows)
    ('one__two', 'one__two_rows')
    """
    return definition.name or definition.key.to_python_identifier()  # type: ignore[no-any-return]


def schema_of(definition: Any) -> Any:
    """Return what the configuration of a function looks like: its Config class or its schema; None without any."""
    config_class = definition.signature.config_class
    return getattr(definition, "config_schema", None) if config_class is None else config_class


def _check_inside(definition: Any) -> Callable[[Mapping[str, Any], str], None] | None:
    """Return what checks the configuration of the ops in a definition that a graph makes."""
    found: Callable[[Mapping[str, Any], str], None] | None = getattr(definition.fn, "check_run_config", None)
    return found


def _sections(given: Any, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    return checked_sections(given.to_config_dict() if isinstance(given, RunConfig) else given, problems)
