"""The sections of a run's configuration, checked against what can be configured; all that is wrong is named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.errors import InvalidConfigError, InvalidInvocationError, did_you_mean
from notebook_assets.resources.config_types import MISSING, Problem, config_type_of
from notebook_assets.resources.covering import quoted

SECTIONS = ("ops", "resources", "execution", "loggers")


@dataclass(frozen=True)
class Configurable:
    """One computation, or one resource, that a run's configuration may name.

    ``inputs`` and ``outputs`` are the schemas that IO managers have for some of them. What is needed must be
    configured where its schema says so, and so must all outputs, and those inputs that ``needed_inputs`` names.
    """

    schema: Any = None
    is_needed: bool = False
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    needed_inputs: frozenset[str] = frozenset()
    check_inside: Callable[[Mapping[str, Any], str], None] | None = None
    """Checks what is said of the ops in it, if there are any: gets the entry, and the path before its fields."""

    @property
    def is_graph(self) -> bool:
        """Whether there are ops in it."""
        return self.check_inside is not None

    @property
    def inside(self) -> Collection[str]:
        """The names of the ops in it, as far as what checks them tells."""
        return getattr(getattr(self.check_inside, "__self__", None), "op_names", ())


@dataclass(frozen=True)
class CheckedEntry:
    """The configuration of one of them, with defaults; MISSING where there is none."""

    config: Any = MISSING
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)


def written(entry: Any) -> Any:
    """Return an entry in the form of a dict, where it is a Config or holds one.

    >>> written({"config": {"rows": 3}})
    {'config': {'rows': 3}}
    """
    if hasattr(entry, "__config_values__"):
        return {"config": entry.__config_values__()}
    if isinstance(entry, Mapping) and "config" in entry:
        return {**entry, "config": plain(entry["config"])}
    return entry


def plain(config: Any) -> Any:
    """Return a configuration as a dict, where it is a Config."""
    return config.__config_values__() if hasattr(config, "__config_values__") else config


def checked_sections(given: Any, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    """Return the sections of a configuration.

    Raises:
        InvalidInvocationError: It is no dict.

    >>> checked_sections({"ops": {"daily": {}}}, [])
    {'ops': {'daily': {}}}
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidInvocationError(
            "A run is configured by RunConfig(ops={...}, resources={...}), or a dict such as "
            f"{{'ops': {{'ASSET': {{'config': {{...}}}}}}}}; got {quoted(given)}."
        )
    for name, section in given.items():
        if name not in SECTIONS:
            near = did_you_mean(str(name), SECTIONS)
            problems.append(Problem("", f"unknown section {name!r}; there are: {', '.join(SECTIONS)}.{near}"))
        elif not isinstance(section, Mapping | None):
            problems.append(Problem(name, f"expected a dict, got {quoted(section)}"))
    return {name: dict(section) for name, section in given.items() if isinstance(section, Mapping)}


def _place_inside(section: str, name: str, known: Mapping[str, Configurable]) -> str:
    """Return where an op is configured that stands in a graph; nothing if there is none."""
    graph = next((graph for graph, about in known.items() if name in about.inside), None)
    return "" if graph is None else f" It stands in {graph}: {section} → {graph} → ops → {name}."


def checked_section(
    entries: Mapping[str, Any], section: str, known: Mapping[str, Configurable], problems: list[Problem]
) -> dict[str, CheckedEntry]:
    """Return what one section says of what can be configured, by name; what is wrong is added to ``problems``.

    Args:
        entries: What was given.
        section: What the section is called.
        known: What can be configured.
        problems: What is wrong so far.

    >>> checked_section({"daily": {"config": {"rows": 3}}}, "ops", {"daily": Configurable({"rows": int})}, [])
    {'daily': CheckedEntry(config={'rows': 3}, inputs={}, outputs={})}
    """
    for name in entries:
        if name not in known:
            there = ", ".join(known) or "none"
            near = _place_inside(section, str(name), known) or did_you_mean(str(name), known)
            problems.append(Problem(section, f"there is no {name!r}; there are: {there}.{near}"))
    found: dict[str, CheckedEntry] = {}
    for name, about in known.items():
        path = f"{section}.{name}"
        entry = _entry(entries.get(name), about, path, problems)
        checked = CheckedEntry(
            _config(about, entry.get("config", MISSING), f"{path}.config", problems),
            _ends(about, "inputs", entry, path, problems),
            _ends(about, "outputs", entry, path, problems),
        )
        if checked.config is not MISSING or checked.inputs or checked.outputs:
            found[name] = checked
        if about.check_inside is not None and (about.is_needed or name in entries):
            try:
                about.check_inside(entry, f"{path}.")
            except InvalidConfigError as error:
                problems.extend(error.problems or [Problem(path, str(error))])
    return found


def _entry(given: Any, about: Configurable, path: str, problems: list[Problem]) -> Mapping[str, Any]:
    if given is None:
        return {}
    entry = written(given)
    if not isinstance(entry, Mapping):
        problems.append(Problem(path, f"expected {{'config': ...}}, got {quoted(given, path)}"))
        return {}
    more = (
        ["ops", "inputs", "outputs"]
        if about.is_graph
        else [name for name, schemas in (("inputs", about.inputs), ("outputs", about.outputs)) if schemas]
    )
    allowed = ["config", *more]
    for name in entry:
        if name not in allowed and not about.is_graph:  # of a graph, its own check tells
            near = did_you_mean(str(name), allowed)
            problems.append(Problem(path, f"unknown field {name!r}; there is: {', '.join(allowed)}.{near}"))
    return entry


def _config(about: Configurable, config: Any, path: str, problems: list[Problem]) -> Any:
    if about.schema is None or (config is MISSING and not about.is_needed):
        return config
    return _one(about.schema, config, path, problems)


def _ends(
    about: Configurable, which: str, entry: Mapping[str, Any], path: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return the configuration of inputs, or of outputs, by name."""
    schemas = about.inputs if which == "inputs" else about.outputs
    given = entry.get(which) or {}
    if not schemas:
        return {}
    if not isinstance(given, Mapping):
        problems.append(Problem(f"{path}.{which}", f"expected a dict, got {quoted(given)}"))
        return {}
    for name in given:
        if name not in schemas and not about.is_graph:
            near = did_you_mean(str(name), schemas)
            there = ", ".join(schemas)
            problems.append(Problem(f"{path}.{which}", f"{name!r} can't be configured; what can: {there}.{near}"))
    found: dict[str, Any] = {}
    for name, schema in schemas.items():
        is_needed = about.is_needed and (which == "outputs" or name in about.needed_inputs)
        if name in given or is_needed:
            found[name] = _one(schema, given.get(name, MISSING), f"{path}.{which}.{name}", problems)
    return found


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
