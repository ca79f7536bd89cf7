"""Set up resources in the order of their dependencies, each once, and tear them down in reverse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ContextDecorator, contextmanager
from copy import copy
from typing import Any

from notebook_assets.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    NotebookAssetsError,
    ResourceFunctionError,
    UnknownResourceError,
    did_you_mean,
)
from notebook_assets.resources.config_types import MISSING, processed
from notebook_assets.resources.covering import held_secrets, masked, quoted
from notebook_assets.resources.logs import piece_log
from notebook_assets.resources.namespace import Resources
from notebook_assets.resources.resource_context import InitResourceContext
from notebook_assets.resources.resource_definition import ResourceDefinition, definition_of


class ResourceSetup:
    """Sets up resources when they are first asked for, and tears down those that it set up.

    Args:
        things: Plain objects and definitions of resources, by key.
        config: The configuration of some of them, by key, as a run's configuration has it: ``{"config": ...}``.
        instance: The store that they are told of.
        run_id: The run that they are told of.
        run: What is known of that run, its ``run_id`` included.

    >>> from notebook_assets.resources.resource_definition import resource
    >>> @resource
    ... def greeter():
    ...     yield "hello"
    ...     print("bye")
    >>> setup = ResourceSetup({"greeter": greeter, "rows": 3})
    >>> setup.get("greeter"), setup.get("rows")
    ('hello', 3)
    >>> setup.close()
    bye
    """

    def __init__(
        self,
        things: Mapping[str, object],
        config: Mapping[str, Any] | None = None,
        instance: Any = None,
        run_id: str | None = None,
        run: Any = None,
    ) -> None:
        self._things = things
        self._config = config or {}
        self._instance = instance
        self._run = run
        self.run_id = run.run_id if run is not None else run_id
        self._values: dict[tuple[str, int], Any] = {}
        self._configs: dict[tuple[str, int], Any] = {}
        self._begun: list[str] = []
        self._to_tear_down: list[tuple[str, tuple[str, int], Any]] = []
        self._kept: list[object] = []  # so that ids stay theirs

    def among(self, things: Mapping[str, object]) -> ResourceSetup:
        """Return a set-up of other things by key, which shares what is set up and torn down with this one."""
        other = copy(self)
        other._things = things
        return other

    def get(self, key: str) -> Any:
        """Return a resource, set up.

        Raises:
            UnknownResourceError: There is none of that key.
            InvalidConfigError: Its configuration does not fit.
            InvalidDefinitionError: It needs itself.
            ResourceFunctionError: It can't be set up.
        """
        if key not in self._things:
            needed_by = f" The resource {self._begun[-1]!r} needs it." if self._begun else ""
            raise UnknownResourceError(
                f"There is no resource {key!r}.{needed_by} Give it by resources={{{key!r}: ...}}."
                f"{did_you_mean(key, self._things)}"
            )
        return self._value(key, self._things[key])

    def _value(self, key: str, thing: object) -> Any:
        definition = definition_of(thing)
        if definition is None:
            return thing
        place = self._place(key, thing)
        if place not in self._values:
            if key in self._begun:
                circle = " → ".join([*self._begun[self._begun.index(key) :], key])
                raise InvalidDefinitionError(f"The resource {key!r} needs itself: {circle}.")
            self._begun.append(key)
            try:
                self._values[place] = self._set_up(key, place, definition)
            finally:
                self._begun.pop()
            self._kept.append(thing)
        return self._values[place]

    def _place(self, key: str, thing: object) -> tuple[str, int]:
        return (key if self._things.get(key) is thing else "", id(thing))

    def config_of(self, key: str) -> Any:
        """Return the configuration that a resource was set up with; None where it has none, or is not set up."""
        return self._configs.get(self._place(key, self._things.get(key)))

    def _set_up(self, key: str, place: tuple[str, int], definition: ResourceDefinition) -> Any:
        given = self._given_config(key)
        config = processed(definition.config_schema, given, f"resources.{key}.config")
        written = _as_written(given)
        required = Resources({name: self.get(name) for name in sorted(definition.required_resource_keys)})
        context = InitResourceContext(
            resource_config=definition.inner_config(config),
            resources=required,
            resource_def=definition,
            instance=self._instance,
            run_id=self.run_id,
            run=self._run,
            set_up=self._nested,
            as_written=definition.as_written if written is None else written,
        )
        self._configs[place] = context.resource_config
        try:
            made = definition.call(context)
            if not isinstance(made, ContextDecorator):
                return made
            manager: Any = made
            value = manager.__enter__()
        except NotebookAssetsError:
            raise
        except Exception as error:
            text = masked(str(error), held_secrets([definition.as_written, written]))
            raise ResourceFunctionError(
                f"The resource {key!r} can't be set up: {type(error).__name__}: {text}"
            ) from error
        self._to_tear_down.append((key, place, manager))
        return value

    def _nested(self, thing: object) -> Any:
        """Set up a resource that another one holds; one that has a key too is the same."""
        key = next((key for key, known in self._things.items() if known is thing), None)
        return self._value(key or f"{self._begun[-1]}.{type(thing).__name__}", thing)

    def _given_config(self, key: str) -> Any:
        entry = self._config.get(key, MISSING)
        if entry is MISSING or hasattr(entry, "__config_values__"):
            return entry
        if not isinstance(entry, dict) or not set(entry) <= {"config"}:
            raise InvalidConfigError(f"resources.{key}: expected {{'config': ...}}, got {quoted(entry)}.")
        return entry.get("config", MISSING)

    def close(self) -> None:
        """Tear down what was set up, in reverse; an error there is logged, and stops no other.

        What needs no tearing down stays, so that values that it holds can still be had.

        Raises:
            KeyboardInterrupt: People pressed stop meanwhile (or something exited); the rest is torn down first.
        """
        stopped: BaseException | None = None
        while self._to_tear_down:
            key, place, manager = self._to_tear_down.pop()
            self._values.pop(place, None)
            try:
                manager.__exit__(None, None, None)
            except Exception as error:
                piece_log().error("The resource %r could not be torn down: %s: %s", key, type(error).__name__, error)
            except BaseException as error:
                stopped = stopped or error
        if stopped is not None:
            raise stopped


def _as_written(given: Any) -> Any:
    """Return a configuration as people wrote it; None where there is none."""
    found = given.__config_values__() if hasattr(given, "__config_values__") else given
    return None if found is MISSING else found


class ResourceView(Mapping[str, object]):
    """Resources by key, each of which is set up when it is first asked for.

    >>> view = ResourceView({"rows": 3}, ResourceSetup({}))
    >>> view["rows"], "rows" in view
    (3, True)
    """

    is_view = True

    def __init__(self, things: Mapping[str, object], setup: ResourceSetup) -> None:
        self._things = things
        self._setup = setup.among(things)

    def __getitem__(self, key: str) -> object:
        if key not in self._things:
            raise KeyError(key)
        return self._setup.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._things

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)

    def config_of(self, key: str) -> Any:
        """Return the configuration that a resource was set up with, if any."""
        return self._setup.config_of(key)


@contextmanager
def build_resources(
    resources: Mapping[str, object],
    instance: Any = None,
    resource_config: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """Set up resources outside of a run, in a ``with`` block, and tear them down at its end.

    Args:
        resources: Plain objects and definitions of resources, by key.
        instance: The store that they are told of.
        resource_config: The configuration of some of them, by key: ``{"config": ...}``.

    Returns:
        The resources, as attributes.

    Raises:
        InvalidInvocationError: They are no dict by texts.
        InvalidConfigError: A configuration does not fit.
        ResourceFunctionError: One can't be set up.

    >>> with build_resources({"rows": 3}) as resources:
    ...     resources.rows
    3
    """
    if not isinstance(resources, Mapping) or not all(isinstance(key, str) for key in resources):
        raise InvalidInvocationError(
            f'build_resources takes resources by their keys, such as {{"database": Database()}}; got {resources!r}.'
        )
    setup = ResourceSetup(resources, resource_config, instance)
    try:
        yield Resources({key: setup.get(key) for key in resources})
    finally:
        setup.close()
