"""Type: a check of values that has a name; what a check answers, and what it is given to look around."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.arguments import check_mapping
from notebook_assets.resources.logs import piece_log


@dataclass(frozen=True)
class TypeCheck:
    """What the check of a type found.

    Args:
        success: Whether the value is of the type.
        description: What is wrong with it, in words.
        metadata: What else to know.

    >>> TypeCheck(False, "a rate lies between 0 and 1", {"rate": 7}).metadata["rate"].value
    7
    """

    success: bool
    description: str | None = None
    metadata: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.success, bool):
            raise InvalidDefinitionError(f"TypeCheck: success is True or False; got {self.success!r}.")
        check_mapping(self.metadata, "TypeCheck: metadata", '{"rows": 3}')
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata, "TypeCheck metadata"))


@dataclass(frozen=True)
class TypeCheckContext:
    """What the check of a type may look at beside the value: the run, its resources, the log.

    >>> TypeCheckContext("20240101-1").run_id
    '20240101-1'
    """

    run_id: str = ""
    resources: Any = None

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()


CheckFunction: TypeAlias = Callable[[TypeCheckContext, Any], "TypeCheck | bool"]


@dataclass(frozen=True, eq=False)
class Type:
    """A check of values that has a name, for what an annotation can't say.

    Args:
        type_check_fn: Takes a context and the value; answers True, False or a :class:`TypeCheck`.
        key: Tells it from others; by default its name.
        name: What it is called.
        is_builtin: Whether it comes with this package.
        description: What it is, for people.
        required_resource_keys: Resources that the check uses.
        typing_type: The Python type that it stands for.
        metadata: Static metadata.

    Raises:
        InvalidDefinitionError: The check can't be called, or there is neither a key nor a name.

    >>> rate = Type(lambda context, value: 0 <= value <= 1, name="Rate")
    >>> rate.type_check(None, 7).success
    False
    """

    type_check_fn: CheckFunction
    key: str | None = None
    name: str | None = None
    is_builtin: bool = False
    description: str | None = None
    required_resource_keys: AbstractSet[str] | None = field(default=None, kw_only=True)
    typing_type: Any = field(default=Any, kw_only=True)
    metadata: Mapping[str, Any] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not callable(self.type_check_fn):
            raise InvalidDefinitionError(
                "The type_check_fn of a Type is a function of a context and a value; got "
                f"{self.type_check_fn!r}. Write Type(lambda context, value: value > 0, name='Positive')."
            )
        for what, text in (("name", self.name), ("key", self.key), ("description", self.description)):
            if text is not None and not isinstance(text, str):
                raise InvalidDefinitionError(f"The {what} of a Type is a string; got {text!r}.")
        if not (self.name or self.key):
            raise InvalidDefinitionError("A Type has a name; give it one by name=.")
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "required_resource_keys", frozenset(self.required_resource_keys or ()))
        check_mapping(self.metadata, "Type: metadata", '{"rows": 3}')
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata, "Type metadata"))

    @property
    def unique_name(self) -> str | None:
        """Its name, if it has one."""
        return self.name

    @property
    def display_name(self) -> str:
        """What to call it: its name, else its key."""
        return self.name or self.key or ""

    def type_check(self, context: TypeCheckContext | None, value: Any) -> TypeCheck:
        """Return what the check says of a value.

        Args:
            context: What the check may look at; by default one of no run.
            value: The value.

        Raises:
            InvalidDefinitionError: The check answered something else than True, False or a TypeCheck.
            Exception: What the check itself raises.
        """
        answer = self.type_check_fn(context or TypeCheckContext(), value)
        if isinstance(answer, TypeCheck):
            return answer
        plain = answer.item() if hasattr(answer, "item") and getattr(answer, "shape", None) == () else answer
        if not isinstance(plain, bool):
            raise InvalidDefinitionError(
                f"The check of the type {self.display_name} answers True, False or a TypeCheck; got {answer!r}."
            )
        return TypeCheck(plain)

    def __repr__(self) -> str:
        return f"Type({self.display_name!r})"


class PythonObjectType(Type):
    """A type whose values are the instances of one or several classes.

    Args:
        python_type: The class, or a tuple of them.
        key: Tells it from others; by default its name.
        name: What it is called; by default as the class.
        **more: What else :class:`Type` takes.

    >>> PythonObjectType((int, str)).display_name
    'int | str'
    """

    def __init__(
        self, python_type: type | tuple[type, ...], key: str | None = None, name: str | None = None, **more: Any
    ) -> None:
        classes = python_type if isinstance(python_type, tuple) else (python_type,)
        wrong = [each for each in classes if not isinstance(each, type)]
        if wrong or not classes:
            raise InvalidDefinitionError(f"A PythonObjectType is made from a class, or several; got {python_type!r}.")
        typing_type: Any = classes[0]
        for each in classes[1:]:
            typing_type = typing_type | each
        own_name = name or key or " | ".join(each.__name__ for each in classes)
        more.setdefault("typing_type", typing_type)
        super().__init__(lambda _, value: isinstance(value, classes), key, own_name, **more)
