"""Own classes as types, the check of a value by hand, and the names that the reference has for Python's types."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any as Any
from typing import TypeAlias, TypeVar, overload

from notebook_assets.assets.types import PythonObjectType, Type, TypeCheck
from notebook_assets.assets.types_from_annotations import type_from, use_as_type
from notebook_assets.errors import InvalidDefinitionError

C = TypeVar("C", bound=type)

String: TypeAlias = str
Int: TypeAlias = int
Float: TypeAlias = float
Bool: TypeAlias = bool
Nothing: type[None] = NoneType


@overload
def usable_as_type(name: C, description: str | None = None) -> C: ...
@overload
def usable_as_type(name: str | None = None, description: str | None = None) -> Callable[[C], C]: ...
def usable_as_type(name: Any = None, description: str | None = None) -> Any:
    """Give a class a name and a description as a type; a decorator, with or without parentheses.

    Args:
        name: What the type is called; by default as the class.
        description: What it is, for people.

    >>> @usable_as_type(name="Reading", description="what a sensor said")
    ... class SensorReading: ...
    >>> check_type(SensorReading, 3).success
    False
    """

    def decorate(cls: C) -> C:
        if not isinstance(cls, type):
            raise InvalidDefinitionError(f"usable_as_type decorates a class; got {cls!r}.")
        use_as_type(cls, PythonObjectType(cls, name=type_name or cls.__name__, description=description))
        return cls

    type_name = None if isinstance(name, type) else name
    return decorate(name) if isinstance(name, type) else decorate


def make_python_type_usable_as_type(python_type: type, dagster_type: Type) -> None:
    """Let a class that is written as an annotation stand for a type of its own, with a check.

    Args:
        python_type: The class; one of another library, say.
        dagster_type: The type.

    Raises:
        InvalidDefinitionError: One of them is none.

    >>> class Rate(float): ...
    >>> make_python_type_usable_as_type(Rate, Type(lambda context, value: 0 <= value <= 1, name="Rate"))
    >>> check_type(Rate, 7).success
    False
    """
    if not isinstance(python_type, type) or not isinstance(dagster_type, Type):
        raise InvalidDefinitionError(
            f"make_python_type_usable_as_type takes a class and a Type; got {python_type!r}, {dagster_type!r}."
        )
    use_as_type(python_type, dagster_type)


def check_type(dagster_type: Any, value: Any) -> TypeCheck:
    """Return what a type says of a value, to test a check by itself.

    Args:
        dagster_type: A :class:`Type`, or an annotation.
        value: The value.

    >>> check_type(dict[str, int], {"a": "b"}).description
    "at ['a'] it is of type str: 'b'"
    """
    found = type_from(dagster_type)
    return TypeCheck(True) if found is None else found.type_check(None, value)
