"""How a function or a class says by annotations that it wants a configuration or a resource."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from notebook_assets.resources.plain_hints import plain_hints

T = TypeVar("T")

_PARAM = "a resource"

ResourceParam = Annotated[T, _PARAM]
"""``ResourceParam[TYPE]`` annotates a parameter that is a resource: the one of its name."""

if TYPE_CHECKING:
    ResourceDependency = Annotated[T, _PARAM]
else:

    class ResourceDependency:
        """``ResourceDependency[TYPE]`` annotates a field of a resource that is another resource, of any type.

        >>> ResourceDependency[int]
        typing.Annotated[typing.Any, 'a resource']
        """

        def __class_getitem__(cls, kind: Any) -> Any:
            return Annotated[Any, _PARAM]


def is_resource_field(annotation: Any, metadata: typing.Iterable[Any] = ()) -> bool:
    """Return whether an annotation says that something is a resource.

    >>> is_resource_field(ResourceParam[int]), is_resource_field(int)
    (True, False)
    """
    if any(isinstance(each, str) and each == _PARAM for each in metadata):
        return True
    if typing.get_origin(annotation) is Annotated:
        kind, *marks = typing.get_args(annotation)
        return is_resource_field(kind, marks)
    return isinstance(annotation, type) and getattr(annotation, "__is_resource__", False) is True


def is_config_class(annotation: Any) -> bool:
    """Return whether an annotation is a subclass of Config.

    >>> is_config_class(dict)
    False
    """
    return isinstance(annotation, type) and getattr(annotation, "__is_config__", False) is True


def full_hints(fn: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the annotations of a function with what they say beside the type; none where they can't be resolved.

    >>> def f(database: ResourceParam[str]): ...
    >>> full_hints(f)["database"]
    typing.Annotated[str, 'a resource']
    """
    plain = plain_hints(fn)
    if plain is not None:
        return plain
    try:
        return typing.get_type_hints(fn, include_extras=True)
    except Exception:  # any annotation may raise anything when evaluated
        return {
            name: found for name in getattr(fn, "__annotations__", {}) if (found := _one_hint(fn, name)) is not None
        }


def _one_hint(fn: Callable[..., Any], name: str) -> Any:
    alone = SimpleNamespace(__annotations__={name: fn.__annotations__[name]})
    try:
        return typing.get_type_hints(alone, getattr(fn, "__globals__", {}), include_extras=True)[name]
    except Exception:  # it names what is not there
        return None


def special_parameters(fn: Callable[..., Any]) -> tuple[Any, tuple[str, ...]]:
    """Return the Config class of a function's parameter ``config``, or None, and the parameters that are resources.

    >>> def f(context, upstream, database: ResourceParam[str]): ...
    >>> special_parameters(f)
    (None, ('database',))
    """
    if not getattr(fn, "__annotations__", None):
        return None, ()
    hints = full_hints(fn)
    resources = tuple(name for name, hint in hints.items() if name != "return" and is_resource_field(hint))
    config_class = hints.get("config")
    return (config_class if is_config_class(config_class) else None), resources
