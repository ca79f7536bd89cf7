"""@io_manager and @input_manager: functions that set up what stores values, and what loads inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, overload

from notebook_assets.resources.config_types import config_type_of
from notebook_assets.resources.io_contexts import InputContext
from notebook_assets.resources.io_manager import IOManager
from notebook_assets.resources.resource_definition import ResourceDefinition


class IOManagerDefinition(ResourceDefinition):
    """How an IO manager is set up: a function of an InitResourceContext, made by :func:`io_manager`.

    >>> class Nowhere(IOManager):
    ...     def handle_output(self, context, obj): ...
    ...     def load_input(self, context): ...
    >>> IOManagerDefinition.hardcoded_io_manager(Nowhere())
    <IOManagerDefinition <lambda>>
    """

    output_config_schema: Any = None
    """What it wants to be told of each output: ``{"ops": {name: {"outputs": {"result": ...}}}}`` of a run."""
    input_config_schema: Any = None
    """What it may be told of each input."""

    @classmethod
    def hardcoded_io_manager(cls, value: IOManager, description: str | None = None) -> IOManagerDefinition:
        """Return the definition of an IO manager that is always ``value``."""
        return cls(lambda: value, description=description)


@overload
def io_manager(config_schema: Callable[..., Any]) -> IOManagerDefinition: ...
@overload
def io_manager(
    config_schema: Any = None,
    description: str | None = None,
    output_config_schema: Any = None,
    input_config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: str | None = None,
) -> Callable[[Callable[..., Any]], IOManagerDefinition]: ...
def io_manager(
    config_schema: Any = None,
    description: str | None = None,
    output_config_schema: Any = None,
    input_config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: str | None = None,
) -> IOManagerDefinition | Callable[[Callable[..., Any]], IOManagerDefinition]:
    """Define an IO manager by the function that sets it up.

    Args:
        config_schema: What its configuration looks like; or the function, without parentheses.
        description: For people to read; by default the function's docstring.
        output_config_schema: What it wants to be told of each output that it stores, in a run's configuration
            ``{"ops": {"daily": {"outputs": {"result": {...}}}}}``; ``context.config`` has it.
        input_config_schema: What it may be told of each input that it loads, under ``"inputs"`` likewise.
        required_resource_keys: The resources that it needs itself.
        version: Kept; it says nothing here.

    Raises:
        InvalidDefinitionError: The function takes more than the context, or the schema is none.

    >>> class Texts(IOManager):
    ...     def __init__(self, folder):
    ...         self.folder = folder
    ...     def handle_output(self, context, obj): ...
    ...     def load_input(self, context): ...
    >>> @io_manager(config_schema={"folder": str})
    ... def texts(context):
    ...     return Texts(context.resource_config["folder"])
    >>> from notebook_assets import build_resources
    >>> with build_resources({"texts": texts.configured({"folder": "letters"})}) as resources:
    ...     resources.texts.folder
    'letters'
    """

    ends = _schema(output_config_schema), _schema(input_config_schema)

    def define(fn: Callable[..., Any]) -> IOManagerDefinition:
        made = IOManagerDefinition(fn, config_schema, description or fn.__doc__, required_resource_keys, version)
        made.output_config_schema, made.input_config_schema = ends
        return made

    if callable(config_schema) and not isinstance(config_schema, type):
        fn, config_schema = config_schema, None
        return define(fn)
    return define


class InputManager(ABC):
    """Loads values for an input that names it by ``AssetIn(input_manager_key=...)``, and stores none.

    >>> class Threes(InputManager):
    ...     def load_input(self, context):
    ...         return 3
    >>> Threes().load_input(None)
    3
    """

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """Load and return the value of the upstream piece (or pieces) that ``context`` describes."""


class _LoadedBy(InputManager):
    def __init__(self, fn: Callable[..., Any]) -> None:
        self._fn = fn

    def load_input(self, context: InputContext) -> Any:
        return self._fn(context)


def _schema(given: Any) -> Any:
    return None if given is None else config_type_of(given)


class InputManagerDefinition(ResourceDefinition):
    """How an input manager is set up; made by :func:`input_manager`.

    >>> input_manager(lambda context: 3)().load_input(None)
    3
    """

    input_config_schema: Any = None
    """What it wants to be told of each input."""


@overload
def input_manager(config_schema: Callable[..., Any]) -> InputManagerDefinition: ...
@overload
def input_manager(
    config_schema: Any = None,
    description: str | None = None,
    input_config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: str | None = None,
) -> Callable[[Callable[..., Any]], InputManagerDefinition]: ...
def input_manager(
    config_schema: Any = None,
    description: str | None = None,
    input_config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    version: str | None = None,
) -> InputManagerDefinition | Callable[[Callable[..., Any]], InputManagerDefinition]:
    """Define an input manager by the function that loads the value for an InputContext.

    Args:
        config_schema: What its configuration looks like; or the function, without parentheses.
        description: For people to read.
        input_config_schema: What it wants to be told of each input, in a run's configuration
            ``{"ops": {"report": {"inputs": {"daily": {...}}}}}``; ``context.config`` has it.
        required_resource_keys: The resources that it uses by ``context.resources``.
        version: Kept; it says nothing here.

    Raises:
        InvalidDefinitionError: The schema is none.

    >>> @input_manager
    ... def threes(context):
    ...     return 3
    >>> threes().load_input(None)
    3
    """

    of_input = _schema(input_config_schema)

    def define(fn: Callable[..., Any]) -> InputManagerDefinition:
        text = description or fn.__doc__
        made = InputManagerDefinition(lambda: _LoadedBy(fn), config_schema, text, required_resource_keys, version)
        made.input_config_schema = of_input
        return made

    if callable(config_schema) and not isinstance(config_schema, type):
        fn, config_schema = config_schema, None
        return define(fn)
    return define
