"""@io_manager and @input_manager: functions that set up what stores values, and what loads inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, overload

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
        output_config_schema: Not used here.
        input_config_schema: Not used here.
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

    def define(fn: Callable[..., Any]) -> IOManagerDefinition:
        return IOManagerDefinition(fn, config_schema, description or fn.__doc__, required_resource_keys, version)

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


class InputManagerDefinition(ResourceDefinition):
    """How an input manager is set up; made by :func:`input_manager`.

    >>> input_manager(lambda context: 3)().load_input(None)
    3
    """


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
        input_config_schema: Not used here.
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

    def define(fn: Callable[..., Any]) -> InputManagerDefinition:
        text = description or fn.__doc__
        return InputManagerDefinition(lambda: _LoadedBy(fn), config_schema, text, required_resource_keys, version)

    if callable(config_schema) and not isinstance(config_schema, type):
        fn, config_schema = config_schema, None
        return define(fn)
    return define
