"""The configuration of a run: what is given for its computations and its resources, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import AssetGraph
from notebook_assets.errors import InvalidConfigError, InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.resources import Resources
from notebook_assets.resources.config_types import MISSING, Problem, config_type_of, raise_problems
from notebook_assets.run.resource_scope import ResourceScope

_SECTIONS = ("ops", "resources", "execution", "loggers")


@dataclass(frozen=True)
class RunConfig(SelfShown):
    """What a run is configured with; a dict of the same names does too.

    Args:
        ops: By the name of each computation, its Config, or ``{"config": ...}``. An asset's computation is called as
            the asset, the parts of its key joined by ``__``.
        resources: By resource key likewise.
        loggers: Accepted; nothing here is configured by it.
        execution: Accepted; nothing here is configured by it.

    >>> RunConfig(ops={"report": {"config": {"title": "Flights"}}}).to_config_dict()["ops"]
    {'report': {'config': {'title': 'Flights'}}}
    """

    ops: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    loggers: Mapping[str, Any] = field(default_factory=dict)
    execution: Mapping[str, Any] | None = None

    def to_config_dict(self) -> dict[str, Any]:
        """Return it in the form of a dict."""
        return {
            "loggers": dict(self.loggers),
            "resources": {name: _written(entry) for name, entry in self.resources.items()},
            "ops": {name: _written(entry) for name, entry in self.ops.items()},
            "execution": dict(self.execution or {}),
        }


@dataclass(frozen=True)
class CheckedConfig:
    """What a run's configuration amounts to.

    ``ops`` are the configurations by computation, checked and with defaults; ``sections`` is all that was given.
    """

    ops: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)

    def of(self, definition: Any) -> Any:
        """Return the configuration of an asset's computation; None where it has none."""
        return self.ops.get(computation_name(definition)) if self.ops else None

    def arguments(self, definition: Any, resources: Resources) -> dict[str, Any]:
        """Return what an asset's function is given beside its inputs: its configuration, and resources.

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
    ops: Mapping[str, Any],
    needed_ops: Iterable[str],
    resources: Mapping[str, Any],
    needed_resources: Iterable[str],
) -> CheckedConfig:
    """Return the configuration of a run, checked.

    Args:
        given: What was given.
        ops: The schema of each computation that there is, by its name; None where it has none.
        needed_ops: The computations that will run.
        resources: The schema of each resource that there is, by its key; None where it has none.
        needed_resources: The resources that will be set up.

    Raises:
        InvalidInvocationError: It is neither a RunConfig nor a dict.
        InvalidConfigError: It does not fit; all that is wrong is named.

    >>> check_run_config({"ops": {"daily": {"config": {"rows": 3}}}}, {"daily": {"rows": int}}, ["daily"], {}, []).ops
    {'daily': {'rows': 3}}
    """
    problems: list[Problem] = []
    sections = _sections(given, problems)
    found = _checked(sections.get("ops", {}), "ops", ops, set(needed_ops), problems)
    _checked(sections.get("resources", {}), "resources", resources, set(needed_resources), problems)
    raise_problems(problems, "The run's configuration does not fit")
    return CheckedConfig(found, sections)


def config_of_run(
    graph: AssetGraph, made: Sequence[AssetKey], given: RunConfig | Mapping[str, Any] | None, resources: ResourceScope
) -> CheckedConfig:
    """Return the configuration of a run over assets, checked.

    Args:
        graph: The assets; all of them may be configured.
        made: Those that will be made; they must be, where their schemas say so.
        given: What was given.
        resources: What they see.

    Raises:
        InvalidInvocationError: It is neither a RunConfig nor a dict.
        InvalidConfigError: It does not fit; all that is wrong is named.
    """
    nodes = [graph.nodes[key] for key in made]
    known = nodes if given is None else graph.nodes.values()
    ops = {computation_name(node.definition): schema_of(node.definition) for node in known if node.definition}
    needed = [computation_name(node.definition) for node in nodes if node.definition]
    return check_run_config(given, ops, needed, resources.schemas(), resources.needed(nodes))


def resource_config(given: RunConfig | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what a run's configuration says of resources.

    >>> resource_config({"resources": {"database": {"config": {"url": "x"}}}})
    {'database': {'config': {'url': 'x'}}}
    """
    return _sections(given, []).get("resources", {})


def validate_run_config(job: Any, run_config: RunConfig | Mapping[str, Any] | None = None) -> Any:
    """Check what a job would be run with; return it with defaults filled in.

    Args:
        job: Assets, or definitions or a job over assets.
        run_config: What would be given.

    Raises:
        InvalidConfigError: It does not fit; all that is wrong is named.

    >>> from notebook_assets import asset
    >>> @asset(config_schema={"rows": int})
    ... def daily(context): ...
    >>> validate_run_config(daily, {"ops": {"daily": {"config": {"rows": 3}}}})
    {'ops': {'daily': {'config': {'rows': 3}}}}
    """
    listed = job if isinstance(job, list | tuple) else getattr(job, "assets", None) or [job]
    schemas = {computation_name(each): schema_of(each) for each in listed if hasattr(each, "fn")}
    found = check_run_config(run_config, schemas, schemas, {}, ())
    return {"ops": {name: {"config": _plain(config)} for name, config in found.ops.items()}}


def computation_name(definition: Any) -> str:
    """Return what the computation of an asset (or of several) is called in a run's configuration.

    >>> from notebook_assets import asset
    >>> @asset(key_prefix="one")
    ... def two(): ...
    >>> computation_name(two)
    'one__two'
    """
    return definition.name or definition.key.to_python_identifier()  # type: ignore[no-any-return]


def schema_of(definition: Any) -> Any:
    """Return what the configuration of an asset looks like: its Config class or its schema; None without any."""
    config_class = definition.signature.config_class
    return definition.config_schema if config_class is None else config_class


def _plain(config: Any) -> Any:
    return config.__config_values__() if hasattr(config, "__config_values__") else config


def _written(entry: Any) -> Any:
    if hasattr(entry, "__config_values__"):
        return {"config": entry.__config_values__()}
    if isinstance(entry, Mapping) and "config" in entry:
        return {**entry, "config": _plain(entry["config"])}
    return entry


def _sections(given: Any, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    if given is None:
        return {}
    sections = given.to_config_dict() if isinstance(given, RunConfig) else given
    if not isinstance(sections, Mapping):
        raise InvalidInvocationError(
            "A run is configured by RunConfig(ops={...}, resources={...}), or a dict such as "
            f"{{'ops': {{'ASSET': {{'config': {{...}}}}}}}}; got {given!r}."
        )
    for name, section in sections.items():
        if name not in _SECTIONS:
            problems.append(
                Problem(
                    "",
                    f"unknown section {name!r}; there are: {', '.join(_SECTIONS)}.{did_you_mean(str(name), _SECTIONS)}",
                )
            )
        elif not isinstance(section, Mapping | None):
            problems.append(Problem(name, f"expected a dict, got {section!r}"))
    return {name: dict(section) for name, section in sections.items() if isinstance(section, Mapping)}


def _checked(
    entries: Mapping[str, Any], section: str, schemas: Mapping[str, Any], needed: set[str], problems: list[Problem]
) -> dict[str, Any]:
    for name in entries:
        if name not in schemas:
            known = ", ".join(schemas) or "none"
            problems.append(
                Problem(section, f"there is no {name!r}; there are: {known}.{did_you_mean(str(name), schemas)}")
            )
    found: dict[str, Any] = {}
    for name, schema in schemas.items():
        config = _given_config(entries.get(name, MISSING), f"{section}.{name}", problems)
        if schema is None:
            if config is not MISSING:
                found[name] = config
        elif config is not MISSING or name in needed:
            found[name] = _one(schema, config, f"{section}.{name}.config", problems)
    return found


def _given_config(entry: Any, path: str, problems: list[Problem]) -> Any:
    if entry is MISSING or entry is None:
        return MISSING
    written = _written(entry)
    if not isinstance(written, dict):
        problems.append(Problem(path, f"expected {{'config': ...}}, got {entry!r}"))
        return MISSING
    problems.extend(
        Problem(path, f"unknown field {name!r}; there is: config.{did_you_mean(str(name), ['config'])}")
        for name in written
        if name not in ("config", "inputs", "outputs", "ops")
    )
    return written.get("config", MISSING)


def _one(schema: Any, config: Any, path: str, problems: list[Problem]) -> Any:
    """Return one configuration, checked; of what is missing altogether, the missing fields are named."""
    kind = config_type_of(schema)
    if config is MISSING:
        config = kind.implied()
        config = {} if config is MISSING and kind.shown().startswith("{") else config
    if config is MISSING:
        problems.append(Problem(path, f"it is missing; expected {kind.shown()}"))
        return None
    try:
        return kind.check(config, path, problems)
    except InvalidConfigError as error:
        problems.extend(error.problems or [Problem(path, str(error))])
        return None
