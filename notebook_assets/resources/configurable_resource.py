"""ConfigurableResource: a resource as a class with typed fields, set up and torn down by its methods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from notebook_assets.errors import InvalidConfigError, InvalidInvocationError
from notebook_assets.partitions.shown import SelfShown, shown
from notebook_assets.resources.config_annotations import note_variables, plain_values, problems_of
from notebook_assets.resources.config_types import Problem, raise_problems
from notebook_assets.resources.covering import VariablesRead, covered, fields_written, held_secrets
from notebook_assets.resources.env_var import is_env_var
from notebook_assets.resources.field_names import check_no_hooks, checked_names, names_of, unknown_field
from notebook_assets.resources.given_by_name import GivenByName
from notebook_assets.resources.resource_context import InitResourceContext
from notebook_assets.resources.resource_definition import ResourceDefinition, is_set_up
from notebook_assets.resources.resource_fields import (
    check_no_end,
    context_manager,
    schema_of_fields,
    take_private,
    value_now,
)
from notebook_assets.resources.resource_setup import ResourceSetup
from notebook_assets.resources.showing_resources import fields_shown

T = TypeVar("T")


class ConfigurableResourceFactory(GivenByName, SelfShown, BaseModel, Generic[T]):
    """A resource of any type, made by :meth:`create_resource` from the typed fields of a class.

    >>> from notebook_assets import build_resources
    >>> class Lines(ConfigurableResourceFactory[list]):
    ...     many: int
    ...     def create_resource(self, context):
    ...         return ["-"] * self.many
    >>> with build_resources({"lines": Lines(many=2)}) as resources:
    ...     resources.lines
    ['-', '-']
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    __is_resource__: ClassVar[bool] = True

    _given: dict[str, Any] = PrivateAttr(default_factory=dict)
    _variables: VariablesRead = PrivateAttr(default_factory=VariablesRead)
    _context: InitResourceContext | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _known_fields_only(cls, given: Any) -> Any:
        return checked_names(cls, given)

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        check_no_hooks(cls, ConfigurableResourceFactory)

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**fields)
        self._given = {name: value for name, value in fields.items() if name in names_of(type(self))}

    @field_validator("*", mode="wrap")
    @classmethod
    def _set_up_later(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        """Leave what is known only in a run as it is: other resources, and variables of the environment."""
        return value if is_set_up(value) or is_env_var(value) else handler(value)

    def create_resource(self, context: InitResourceContext) -> T:
        """Return the resource; called with the fields as they are in the run.

        Args:
            context: What is known of the run.
        """
        raise NotImplementedError(f"{type(self).__name__} lacks create_resource(self, context), which makes it.")

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Prepare; called once for each run, before :meth:`create_resource`. State is kept in ``PrivateAttr``."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Clean up; called once for each run, at its end, whatever happened."""

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[T]:
        """Set up, yield the resource and tear down: what the methods above do, for those that need a ``with`` block."""
        self.setup_for_execution(context)
        try:
            yield self.create_resource(context)
        finally:
            self.teardown_after_execution(context)

    def get_resource_context(self) -> InitResourceContext:
        """Return what is known of the run.

        Raises:
            InvalidInvocationError: It is not set up.
        """
        if self._context is None:
            raise InvalidInvocationError(f"{type(self).__name__} is not set up: it has a context during a run only.")
        return self._context

    @classmethod
    def configure_at_launch(cls, **fields: Any) -> PartialResource:
        """Return the resource with some of its fields left to the run's configuration.

        Args:
            fields: The others.

        Raises:
            InvalidConfigError: There is no such field.
        """
        return PartialResource(cls, fields)

    def get_resource_definition(self) -> ResourceDefinition:
        """Return how it is set up."""
        return _definition(type(self), self._given, self)

    __resource_definition__ = get_resource_definition

    @classmethod
    def from_resource_context(cls, context: InitResourceContext) -> T:
        """Return the resource for a context, set up.

        Args:
            context: Its configuration gives the fields.

        Raises:
            InvalidInvocationError: It is to be torn down, so that a ``with`` block is needed.
        """
        check_no_end(cls, ConfigurableResourceFactory)
        with cls.from_resource_context_cm(context) as made:
            return made

    @classmethod
    def from_resource_context_cm(cls, context: InitResourceContext) -> AbstractContextManager[T]:
        """Return the resource for a context, for a ``with`` block, at whose end it is torn down."""
        return _set_up({"resource": PartialResource(cls, {})}, context)

    def process_config_and_initialize(self) -> T:
        """Return the resource, set up outside of a run.

        Raises:
            InvalidInvocationError: It is to be torn down, so that a ``with`` block is needed.
        """
        check_no_end(type(self), ConfigurableResourceFactory)
        with self.process_config_and_initialize_cm() as made:
            return made

    def process_config_and_initialize_cm(self) -> AbstractContextManager[T]:
        """Return the resource, set up outside of a run, for a ``with`` block."""
        return _set_up({"resource": self}, InitResourceContext())

    def __config_values__(self) -> dict[str, Any]:
        """Return the fields that were given, but for other resources, as they are written in a configuration."""
        names = {name for name, value in self._given.items() if not is_set_up(value)}
        return {name: value for name, value in plain_values(self).items() if name in names}

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr`` writes; a notebook keeps it, so that secrets are covered."""
        yield from fields_written(self, super().__repr_args__())

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and type(self).model_config.get("frozen"):
            raise InvalidInvocationError(
                f"A {type(self).__name__} can't be changed ({name} = {covered(value, name)!r}); what it needs during a "
                "run, it keeps in private attributes: _name: TYPE = PrivateAttr()."
            )
        super().__setattr__(name, value)


class ConfigurableResource(ConfigurableResourceFactory[T], Generic[T]):
    """A resource as a class: its fields are its configuration, and its methods are what assets use.

    Fields may be other resources, and ``EnvVar("NAME")`` for what the environment holds when a run begins. An asset
    has it as a parameter that is annotated with the class, or by ``context.resources``. Override
    :meth:`setup_for_execution` and :meth:`teardown_after_execution`, or :meth:`yield_for_execution`, to begin and end
    something with each run.

    Raises:
        pydantic.ValidationError: A value does not fit, or there is no such field.

    >>> from notebook_assets import Instance, asset, materialize
    >>> class Greeter(ConfigurableResource):
    ...     greeting: str = "hello"
    ...     def greet(self, name):
    ...         return f"{self.greeting} {name}"
    >>> @asset
    ... def letter(greeter: Greeter):
    ...     return greeter.greet("Ann")
    >>> made = materialize([letter], instance=Instance.ephemeral(), resources={"greeter": Greeter()}, progress=False)
    >>> made.asset_value("letter")
    'hello Ann'
    """

    def create_resource(self, context: InitResourceContext) -> Any:
        """Return the resource: itself."""
        return self


class PartialResource:
    """A resource some of whose fields are left to the run's configuration: ``Class.configure_at_launch()``.

    Args:
        resource_class: The class.
        fields: The fields that are known.

    >>> class Greeter(ConfigurableResource):
    ...     greeting: str
    >>> Greeter.configure_at_launch()
    Greeter.configure_at_launch()
    """

    def __init__(self, resource_class: type[ConfigurableResourceFactory[Any]], fields: dict[str, Any]) -> None:
        problem = unknown_field(resource_class, fields)
        if problem is not None:
            raise InvalidConfigError(f"{resource_class.__name__}.configure_at_launch: {problem}")
        self._class = resource_class
        self._fields = fields

    def get_resource_definition(self) -> ResourceDefinition:
        """Return how it is set up."""
        return _definition(self._class, self._fields, None)

    __resource_definition__ = get_resource_definition

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={covered(value, name)!r}" for name, value in self._fields.items())
        return f"{self._class.__name__}.configure_at_launch({fields})"


def _definition(
    kind: type[ConfigurableResourceFactory[Any]], given: dict[str, Any], model: ConfigurableResourceFactory[Any] | None
) -> ResourceDefinition:
    """Return how a class is set up with the fields that are given, over which those of the configuration go."""

    @contextmanager
    def set_up(context: InitResourceContext) -> Iterator[Any]:
        fields = {**given, **(context.resource_config or {})}
        written = {**given, **(context.as_written if isinstance(context.as_written, dict) else {})}
        made = _with_nested(kind, fields, written, context)
        if model is not None:
            take_private(made, model, but=("_given", "_context", "_variables"))
        made._context = context
        with context_manager(made.yield_for_execution(context), kind.__name__) as value:
            yield value

    definition = ResourceDefinition(set_up, schema_of_fields(kind, given), kind.__doc__)
    definition.as_written = given
    return definition


def _with_nested(
    kind: type[ConfigurableResourceFactory[Any]],
    fields: dict[str, Any],
    written: dict[str, Any],
    context: InitResourceContext,
) -> ConfigurableResourceFactory[Any]:
    """Return an instance whose fields are those of the run: other resources set up, variables read."""
    problems: list[Problem] = []
    plain = {name: value_now(kind, name, value) for name, value in fields.items()}
    try:
        made = kind(**plain)
    except ValidationError as error:
        problems = problems_of(error, "", held_secrets(written))
    raise_problems(problems, f"{kind.__name__} can't be set up")  # out here: its traceback must not tell the values
    note_variables(made, written)
    for name in kind.model_fields:
        value = getattr(made, name)
        if is_set_up(value):
            made.__dict__[name] = context.set_up(value)
    return made


@contextmanager
def _set_up(things: dict[str, object], context: InitResourceContext) -> Iterator[Any]:
    config = {} if context.resource_config is None else {"resource": {"config": context.resource_config}}
    setup = ResourceSetup(things, config, context.instance, context.run_id)
    try:
        yield setup.get("resource")
    finally:
        setup.close()


shown.register(ConfigurableResourceFactory, fields_shown)
