"""Lists and maps of a schema, what may be None, and what dicts and lists in it stand for."""

from __future__ import annotations

from typing import Any

from notebook_assets.errors import InvalidConfigDefinitionError
from notebook_assets.resources.config_scalars import ANY
from notebook_assets.resources.config_shapes import Permissive, Shape
from notebook_assets.resources.config_types import ConfigType, Problem, config_type_of, known_as, made_from, refuse


class Array(ConfigType):
    """A list of values of one type.

    >>> Array(int)
    [Int]
    """

    def __init__(self, inner_type: Any) -> None:
        self.inner_type = config_type_of(inner_type)

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return the list of the checked values."""
        if not isinstance(value, list):
            refuse(self, value, path, problems)
            return value
        return [self.inner_type.check(each, f"{path}[{at}]", problems) for at, each in enumerate(value)]

    def shown(self) -> str:
        """Return the type of its values, in brackets."""
        return f"[{self.inner_type.shown()}]"


class Map(ConfigType):
    """Values of one type by keys of one (single) type.

    >>> Map(str, int)
    {[String]: Int}
    """

    def __init__(self, key_type: Any, inner_type: Any, key_label_name: str | None = None) -> None:
        self.key_type = config_type_of(key_type)
        self.inner_type = config_type_of(inner_type)
        self.key_label_name = key_label_name

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return the checked values by their checked keys."""
        if not isinstance(value, dict):
            refuse(self, value, path, problems)
            return value
        return {
            self.key_type.check(key, f"{path}: key {key!r}", problems): self.inner_type.check(
                inner, f"{path}[{key!r}]", problems
            )
            for key, inner in value.items()
        }

    def shown(self) -> str:
        """Return both types."""
        return f"{{[{self.key_type.shown()}]: {self.inner_type.shown()}}}"


class Noneable(ConfigType):
    """A value of a type, or None; None where nothing is given.

    >>> Noneable(int)
    Int or None
    """

    def __init__(self, inner_type: Any) -> None:
        self.inner_type = config_type_of(inner_type)

    def check(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Return None or the checked value."""
        return None if value is None else self.inner_type.check(value, path, problems)

    def shown(self) -> str:
        """Return the type, and None."""
        return f"{self.inner_type.shown()} or None"

    def implied(self) -> Any:
        """Return None."""
        return None


@made_from(dict)
def _type_of_dict(fields: dict[Any, Any]) -> ConfigType:
    if len(fields) == 1 and not isinstance(key := next(iter(fields)), str):
        return Map(key, fields[key])
    return Shape(fields)


@made_from(list)
def _type_of_list(inner: list[Any]) -> ConfigType:
    if len(inner) != 1:
        raise InvalidConfigDefinitionError(f"A list in a schema holds the one type of its values; got {inner!r}.")
    return Array(inner[0])


known_as(Permissive(), dict)
known_as(Array(ANY), list)
