"""ResourceDefinition and @resource: a resource that a function sets up, once for each run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, overload

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions.arguments import check_text, check_texts, parameters_of
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.resources.config_scalars import ANY, StringSource
from notebook_assets.resources.config_shapes import Permissive
from notebook_assets.resources.config_types import MISSING, config_type_of, processed
from notebook_assets.resources.resource_context import InitResourceContext

if TYPE_CHECKING:
    from unittest import mock
else:
    mock = lazy_module("unittest.mock")


class ResourceDefinition(SelfShown):
    """How a resource is set up: a function of an :class:`InitResourceContext`, made by :func:`resource`.

    What the function returns is the resource; a generator yields it, and tears it down afterwards.

    Args:
        resource_fn: The function; it takes the context, or nothing.
        config_schema: What its configuration looks like; by default, anything.
        description: For people to read.
        required_resource_keys: The resources that it needs itself; they are set up before it.
        version: Kept; it says nothing here.

    Raises:
        InvalidDefinitionError: The function takes more than the context.

    >>> ResourceDefinition.hardcoded_resource(3)()
    3
    """

    def __init__(
        self,
        resource_fn: Callable[..., Any],
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: AbstractSet[str] | None = None,
        version: str | None = None,
    ) -> None:
        check_text(description, f"{type(self).__name__}: description", '"a connection"')
        check_texts(required_resource_keys, f"{type(self).__name__}: required_resource_keys", '{"database"}')
        self.resource_fn = resource_fn
        self.has_schema = config_schema is not None
        self.config_schema = config_type_of(config_schema) if config_schema is not None else _OPTIONAL
        self.description = description
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.version = version
        self.as_written: Any = None  # its configuration, where it has one already, with the names of variables in it
        self._takes_context = _takes_context(resource_fn)
        self._inner_config: Callable[[Any], Any] | None = None

    @classmethod
    def hardcoded_resource(cls, value: Any, description: str | None = None) -> ResourceDefinition:
        """Return the definition of a resource that is always ``value``."""
        return ResourceDefinition(lambda: value, description=description)

    @classmethod
    def none_resource(cls, description: str | None = None) -> ResourceDefinition:
        """Return the definition of a resource that is None."""
        return cls.hardcoded_resource(None, description)

    @classmethod
    def string_resource(cls, description: str | None = None) -> ResourceDefinition:
        """Return the definition of a resource that is its configuration, a text."""
        return ResourceDefinition(lambda context: context.resource_config, StringSource, description)

    @classmethod
    def mock_resource(cls, description: str | None = None) -> ResourceDefinition:
        """Return the definition of a resource that takes whatever is done to it: a ``MagicMock``."""
        return ResourceDefinition(lambda: mock.MagicMock(), description=description)

    def configured(self, config_or_config_fn: Any, config_schema: Any = None, description: str | None = None) -> Self:
        """Return the same resource with its configuration given, or made by a function of another one.

        Args:
            config_or_config_fn: The configuration, or a function that makes it of one of ``config_schema``.
            config_schema: What the function takes.
            description: For people to read.

        Raises:
            InvalidConfigError: The configuration does not fit.
        """
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.description = description or self.description
        if callable(config_or_config_fn):
            made.config_schema = config_type_of(config_schema) if config_schema is not None else ANY
            made._inner_config = lambda config: self.inner_config(
                processed(self.config_schema, config_or_config_fn(config), "config")
            )
        else:
            fixed = processed(self.config_schema, config_or_config_fn, "config")
            made.config_schema = _OPTIONAL
            made._inner_config = lambda config: self.inner_config(fixed)
            made.as_written = config_or_config_fn
        made.has_schema = callable(config_or_config_fn)
        return made

    def inner_config(self, config: Any) -> Any:
        """Return what the function is given for a configuration that fits :attr:`config_schema`."""
        return config if self._inner_config is None else self._inner_config(config)

    def __resource_definition__(self) -> ResourceDefinition:
        """Return itself: how anything says how it is set up."""
        return self

    def call(self, context: InitResourceContext) -> Any:
        """Call the function; a generator comes back as what a ``with`` block takes."""
        fn = contextmanager(self.resource_fn) if inspect.isgeneratorfunction(self.resource_fn) else self.resource_fn
        return fn(context) if self._takes_context else fn()

    def __call__(self, context: Any = None) -> Any:
        """Call the function directly, in a test; a generator comes back as what a ``with`` block takes.

        Args:
            context: What :func:`build_init_resource_context` gave; a function decorated with ``@resource`` may stand
                here too, as if this were the decorator.

        Raises:
            InvalidInvocationError: It needs a context, and there is none.
            InvalidConfigError: The context's configuration does not fit.
        """
        if self._takes_context and context is None:
            raise InvalidInvocationError(
                "This resource's function takes a context; call it with build_init_resource_context(config=...)."
            )
        if context is None:
            return self.call(InitResourceContext())
        config = context.resource_config
        if self.has_schema:
            config = processed(self.config_schema, MISSING if config is None else config, "config")
        return self.call(context.replace_config(self.inner_config(config)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self.resource_fn, '__name__', '')}>"


class _OptionalAnything(type(ANY)):  # type: ignore[misc]  # its class is private
    """Any configuration, or none."""

    def implied(self) -> Any:
        return None


_OPTIONAL = _OptionalAnything()


def _takes_context(fn: Callable[..., Any]) -> bool:
    if not callable(fn):
        raise InvalidDefinitionError(f"A resource is set up by a function; got {fn!r}.")
    parameters = [
        each
        for each in parameters_of(fn).values()
        if each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    if len(parameters) > 1:
        name = getattr(fn, "__name__", repr(fn))
        raise InvalidDefinitionError(
            f"The resource {name}: its function takes the context, or nothing; got {list(map(str, parameters))}. "
            "Other resources are named by required_resource_keys, and come by context.resources."
        )
    return bool(parameters) or any(each.kind is each.VAR_POSITIONAL for each in parameters_of(fn).values())


@overload
def resource(config_schema: Callable[..., Any]) -> ResourceDefinition: ...
@overload
def resource(
    config_schema: Any = None,
    description: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: str | None = None,
) -> Callable[[Callable[..., Any]], ResourceDefinition]: ...
def resource(
    config_schema: Any = None,
    description: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: str | None = None,
) -> ResourceDefinition | Callable[[Callable[..., Any]], ResourceDefinition]:
    """Define a resource by the function that sets it up.

    Args:
        config_schema: What its configuration looks like; or the function, without parentheses.
        description: For people to read; by default the function's docstring.
        required_resource_keys: The resources that it needs itself.
        version: Kept; it says nothing here.

    Raises:
        InvalidDefinitionError: The function takes more than the context, or the schema is none.

    >>> @resource(config_schema={"greeting": str})
    ... def greeter(context):
    ...     yield context.resource_config["greeting"]
    ...     print("bye")
    >>> from notebook_assets import build_resources
    >>> with build_resources({"greeter": greeter.configured({"greeting": "hello"})}) as resources:
    ...     print(resources.greeter)
    hello
    bye
    """

    def define(fn: Callable[..., Any]) -> ResourceDefinition:
        text = description or inspect.getdoc(fn)
        return ResourceDefinition(fn, config_schema, text, required_resource_keys, version)

    if callable(config_schema) and not isinstance(config_schema, type):
        fn, config_schema = config_schema, None
        return define(fn)
    return define


def make_values_resource(**kwargs: Any) -> ResourceDefinition:
    """Return the definition of a resource that is its configuration: a dict of values.

    Args:
        kwargs: The type of each value by its name; without any, all is taken.

    >>> make_values_resource(rows=int).config_schema
    {rows: Int}
    """
    return ResourceDefinition(lambda context: context.resource_config, kwargs or Permissive())


def configured(configurable: Any, config_schema: Any = None, **options: Any) -> Callable[[Any], Any]:
    """Return a decorator: a function of a configuration makes that of ``configurable``.

    Args:
        configurable: A resource's definition, or anything else with a method ``configured``.
        config_schema: What the function takes.
        options: Given on to that method, such as a description.

    Raises:
        InvalidInvocationError: It can't be configured.

    >>> @configured(ResourceDefinition.string_resource(), {"name": str})
    ... def greeting(config):
    ...     return f"hello {config['name']}"
    >>> greeting.config_schema
    {name: String}
    """
    if not callable(getattr(configurable, "configured", None)):
        raise InvalidInvocationError(
            f"configured takes what can be configured (a resource's definition, an IO manager's, an op, a graph); got "
            f"{configurable!r}."
        )

    def decorate(config_or_config_fn: Any) -> Any:
        return configurable.configured(config_or_config_fn, config_schema=config_schema, **options)

    return decorate


def definition_of(thing: object) -> ResourceDefinition | None:
    """Return how a thing is set up; None for a plain object, which is a resource as it is.

    >>> definition_of(3) is None
    True
    """
    if not is_set_up(thing):
        return None
    found: ResourceDefinition = thing.__resource_definition__()  # type: ignore[attr-defined]
    return found


def is_set_up(thing: object) -> bool:
    """Whether a thing says how it is set up, and stands for what it will be then.

    Its class is asked, not the thing: a mock with the spec of a resource has all its attributes, and is a plain object.

    >>> is_set_up(ResourceDefinition.none_resource()), is_set_up(3)
    (True, False)
    """
    return hasattr(type(thing), "__resource_definition__")


def definitions_of(things: Mapping[str, object]) -> dict[str, ResourceDefinition]:
    """Return how each of some resources is set up, by key; plain objects are left out.

    >>> definitions_of({"a": 3})
    {}
    """
    return {key: found for key, thing in things.items() if (found := definition_of(thing)) is not None}
