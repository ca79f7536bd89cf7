"""The fields of a resource: what a configuration says of them, and what they are when a run begins."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any

from pydantic import BaseModel

from notebook_assets.errors import InvalidConfigError, InvalidDefinitionError, InvalidInvocationError, a_kind
from notebook_assets.resources.config_annotations import fields_of
from notebook_assets.resources.config_shapes import Field, Shape
from notebook_assets.resources.env_var import resolved
from notebook_assets.resources.resource_definition import is_set_up
from notebook_assets.resources.resource_params import is_resource_field


def schema_of_fields(kind: type[BaseModel], given: dict[str, Any]) -> Shape:
    """Return what a configuration may say of the fields of a resource; it need not say what is given.

    Args:
        kind: The class.
        given: The fields that are given, which may be other resources.

    >>> class Service(BaseModel):
    ...     url: str
    >>> schema_of_fields(Service, {})
    {url: String or {env: String}}
    """
    nested = {name for name, info in kind.model_fields.items() if is_resource_field(info.annotation, info.metadata)}
    nested |= {name for name, value in given.items() if is_set_up(value)}
    fields = fields_of(kind, without=nested)
    known = {name: Field(field.config_type, is_required=False) for name, field in fields.items() if name in given}
    return Shape({**fields, **known})


def value_now(kind: type[BaseModel], name: str, value: Any) -> Any:
    """Return the value of a field as it is now: what the environment holds for a variable.

    Args:
        kind: The class, for errors.
        name: The field, for errors.
        value: What was given for it.

    Raises:
        InvalidConfigError: The variable is not set.

    >>> value_now(BaseModel, "url", "https://example.org")
    'https://example.org'
    """
    try:
        return resolved(value)
    except InvalidConfigError as error:
        raise InvalidConfigError(f"{kind.__name__}: its field {name!r} is not known: {error}.") from None


def context_manager(found: Any, kind: str) -> AbstractContextManager[Any]:
    """Return what a resource's ``yield_for_execution`` gave, for a ``with`` block.

    Args:
        found: What it gave.
        kind: The class, for errors.

    Raises:
        InvalidDefinitionError: It is none for that: the method lacks its decorator.

    >>> context_manager((each for each in "a"), "Service")
    Traceback (most recent call last):
    notebook_assets.errors.InvalidDefinitionError: Service.yield_for_execution gave a generator; decorate it with ...
    """
    if not (hasattr(type(found), "__enter__") and hasattr(type(found), "__exit__")):
        raise InvalidDefinitionError(
            f"{kind}.yield_for_execution gave {a_kind(found)}; decorate it with @contextmanager (of "
            "contextlib), so that it yields the resource once."
        )
    return found  # type: ignore[no-any-return]


def take_private(made: BaseModel, model: BaseModel, but: Collection[str] = ()) -> None:
    """Let an instance begin with the private attributes of another one, such as what a test put there.

    Args:
        made: The instance.
        model: The other one.
        but: Attributes that each has for itself.

    >>> from pydantic import PrivateAttr
    >>> class Service(BaseModel):
    ...     _client: object = PrivateAttr(None)
    >>> tried, fresh = Service(), Service()
    >>> tried._client = "a stand-in"
    >>> take_private(fresh, tried)
    >>> fresh._client
    'a stand-in'
    """
    fresh = made.__pydantic_private__ or {}
    for name, value in (model.__pydantic_private__ or {}).items():
        if name not in but and not _is_same(value, fresh.get(name)):
            setattr(made, name, value)


def _is_same(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except Exception:  # anything may refuse to be compared
        return False


def check_no_end(kind: Any, base: Any) -> None:
    """Refuse to set up by itself what is to be torn down.

    Args:
        kind: The class of a resource.
        base: The class whose methods tear nothing down.

    Raises:
        InvalidInvocationError: It has others.

    >>> from notebook_assets import ConfigurableResource
    >>> check_no_end(ConfigurableResource, ConfigurableResource)
    """
    methods = ("teardown_after_execution", "yield_for_execution")
    if any(getattr(kind, name) is not getattr(base, name) for name in methods):
        raise InvalidInvocationError(
            f"{kind.__name__} tears down what it sets up; use from_resource_context_cm, or "
            "process_config_and_initialize_cm, in a with block."
        )
