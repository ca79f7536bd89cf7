"""ConfigMapping: a function that makes the configuration of one thing of that of another."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

from notebook_assets.errors import InvalidConfigError, InvalidDefinitionError
from notebook_assets.ops.op_annotations import annotations_of
from notebook_assets.resources.config_collections import Noneable
from notebook_assets.resources.config_scalars import ANY
from notebook_assets.resources.config_types import MISSING, processed
from notebook_assets.resources.covering import quoted


@dataclass(frozen=True)
class ConfigMapping:
    """How a graph (or a job) is configured by something else than the configuration of each of its ops.

    Args:
        config_fn: Takes the configuration, and returns that of the ops by name: ``{"clean": {"config": {...}}}``; for
            a job, the whole run configuration.
        config_schema: What it takes; by default the Config class that its parameter is annotated with, or anything.
        receive_processed_config_values: False for a function that takes the configuration as it was written, without
            defaults.

    Raises:
        InvalidDefinitionError: It is no function of one parameter.
        InvalidConfigDefinitionError: The schema is none.

    >>> by_rows = ConfigMapping(lambda rows: {"clean": {"config": {"rows": rows}}}, int)
    >>> by_rows.resolve(3, "config")
    {'clean': {'config': {'rows': 3}}}
    """

    config_fn: Callable[[Any], Any]
    config_schema: Any = None
    receive_processed_config_values: bool | None = None
    fixed: Any = field(default=MISSING, kw_only=True, repr=False)
    """The configuration that it comes down to, where that is always the same."""
    chain: tuple[ConfigMapping, ...] = field(default=(), kw_only=True, repr=False)
    """The mappings that it is made of, one after the other, where it is made of several."""

    def __post_init__(self) -> None:
        if not callable(self.config_fn) or isinstance(self.config_fn, type):
            raise InvalidDefinitionError(f"A config mapping is a function of a configuration; got {self.config_fn!r}.")
        annotated = _config_class(self.config_fn)
        if annotated is not None and self.config_schema is not None:
            raise InvalidDefinitionError(
                "A config mapping has a config_schema and a parameter of a Config class; leave one of them out."
            )
        if annotated is not None:
            object.__setattr__(self, "config_schema", annotated)

    @cached_property
    def schema(self) -> Any:
        """What it takes, whatever was said of it."""
        return ANY if self.config_schema is None else self.config_schema

    def resolve(self, given: Any, path: str) -> Any:
        """Return what the function makes of a configuration.

        Args:
            given: The configuration; MISSING for none.
            path: Where it stands, for errors.

        Raises:
            InvalidConfigError: It does not fit the schema, or the function fails.
        """
        checked = processed(self.schema, given, path)
        as_written = self.receive_processed_config_values is False
        try:
            return self.config_fn(given if as_written else checked)
        except InvalidConfigError:  # of a mapping within this one
            raise
        except Exception as error:
            raise InvalidConfigError(
                f"{path}: the config mapping {getattr(self.config_fn, '__name__', '')!r} failed with "
                f"{type(error).__name__}: {error}"
            ) from error


NOTHING_MORE = Noneable(ANY)
"""What a thing takes whose configuration is fixed: nothing, or anything, which is not looked at."""


def fixed_config(config: Any) -> ConfigMapping:
    """Return a mapping that gives one configuration, whatever is asked.

    >>> fixed_config({"rows": 3}).resolve(None, "config")
    {'rows': 3}
    """
    return ConfigMapping(lambda _: config, NOTHING_MORE, fixed=config)


def check_graph_config(config: Any, what: str) -> None:
    """Raise InvalidDefinitionError unless something is the configuration of a graph.

    Args:
        config: A dict by node, a config mapping, or None.
        what: What errors call the graph.

    >>> check_graph_config({"clean": {"config": {}}}, "The graph 'totals'")
    """
    if config is not None and not isinstance(config, ConfigMapping | Mapping):
        raise InvalidDefinitionError(
            f'{what}: config is a dict by node, such as {{"clean": {{"config": {{}}}}}}, or a ConfigMapping; got '
            f"{quoted(config)}."
        )


def mapping_of(config_or_config_fn: Any, config_schema: Any) -> ConfigMapping:
    """Return the mapping that ``configured`` is given: a fixed configuration, or a function of one.

    >>> mapping_of({"rows": 3}, None).resolve(None, "config")
    {'rows': 3}
    """
    if callable(config_or_config_fn) and not isinstance(config_or_config_fn, type):
        return ConfigMapping(config_or_config_fn, config_schema)
    return fixed_config(config_or_config_fn)


def chained(first: ConfigMapping, then: ConfigMapping) -> ConfigMapping:
    """Return a mapping that gives what ``then`` makes of what ``first`` makes.

    >>> doubled = ConfigMapping(lambda number: number * 2, int)
    >>> chained(doubled, doubled).resolve(3, "config")
    12
    """
    return ConfigMapping(
        lambda config: then.resolve(first.config_fn(config), "what it is configured by"),
        first.schema,
        fixed=first.fixed,
        chain=(*(first.chain or (first,)), *(then.chain or (then,))),
    )


@overload
def config_mapping(config_fn: Callable[..., Any], /) -> ConfigMapping: ...
@overload
def config_mapping(
    config_fn: None = None, *, config_schema: Any = None, receive_processed_config_values: bool | None = None
) -> Callable[[Callable[..., Any]], ConfigMapping]: ...
def config_mapping(
    config_fn: Callable[..., Any] | None = None,
    *,
    config_schema: Any = None,
    receive_processed_config_values: bool | None = None,
) -> ConfigMapping | Callable[[Callable[..., Any]], ConfigMapping]:
    """Make a function a config mapping, which a graph, job or graph-backed asset is given as ``config``.

    Args:
        config_fn: The function, when the decorator is used without parentheses.
        config_schema: What it takes; or annotate its parameter with a Config class.
        receive_processed_config_values: As for :class:`ConfigMapping`.

    Raises:
        InvalidDefinitionError: It is no function of one parameter.

    >>> from notebook_assets import graph, op
    >>> @op(config_schema={"rows": int})
    ... def read(context): return list(range(context.op_config["rows"]))
    >>> @config_mapping(config_schema={"days": int})
    ... def by_days(config): return {"read": {"config": {"rows": 24 * config["days"]}}}
    >>> @graph(config=by_days)
    ... def hours(): return read()
    >>> len(hours.execute_in_process(run_config={"ops": {"config": {"days": 2}}}).output_value())
    48
    """

    def define(fn: Callable[..., Any]) -> ConfigMapping:
        return ConfigMapping(fn, config_schema, receive_processed_config_values)

    return define if config_fn is None else define(config_fn)


def _config_class(fn: Callable[..., Any]) -> Any:
    """Return the Config class that the one parameter is annotated with, None if it is none."""
    try:
        parameters = [each for each in inspect.signature(fn).parameters.values() if each.default is each.empty]
    except (TypeError, ValueError):  # some builtins have no signature
        return None
    if len(parameters) != 1:
        raise InvalidDefinitionError(
            f"A config mapping is a function of one parameter, the configuration; {getattr(fn, '__name__', fn)!r} has "
            f"{len(parameters)}."
        )
    annotation = annotations_of(fn).get(parameters[0].name)
    return annotation if hasattr(annotation, "__config_type__") else None
