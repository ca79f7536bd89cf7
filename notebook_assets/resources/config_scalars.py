"""Single values of a schema: numbers, texts, truth values, names of an enumeration, and what the environment holds."""

from __future__ import annotations

import enum
import typing
from collections.abc import Sequence
from typing import Any as AnyValue

from notebook_assets.errors import InvalidConfigDefinitionError, InvalidConfigError, did_you_mean
from notebook_assets.resources.config_types import ConfigType, Problem, config_type_of, known_as, refuse
from notebook_assets.resources.env_var import EnvVar, environment_value, is_env_var


class _Scalar(ConfigType):
    """A single value of one of some Python types."""

    def __init__(self, name: str, types: tuple[type, ...], but_not: tuple[type, ...] = ()) -> None:
        self.name = name
        self._types = types
        self._but_not = but_not

    def check(self, value: AnyValue, path: str, problems: list[Problem]) -> AnyValue:
        if is_env_var(value):
            return self._of_variable(value, path, problems)
        if not self.fits(value):
            refuse(self, value, path, problems)
            return value
        return float(value) if self.name == "Float" else value

    def fits(self, value: AnyValue) -> bool:
        """Return whether it is of one of the Python types."""
        return isinstance(value, self._types) and not isinstance(value, self._but_not)

    def _of_variable(self, variable: AnyValue, path: str, problems: list[Problem]) -> AnyValue:
        """Return what a variable of the environment holds, which no message shows: it may be a secret."""
        try:
            value = environment_value(variable)
        except InvalidConfigError as error:
            problems.append(Problem(path, str(error)))
            return variable
        if not self.fits(value):
            problems.append(Problem(path, f"expected {self.shown()}, which {variable!r} does not hold"))
        return value

    def shown(self) -> str:
        return self.name


class _Anything(ConfigType):
    def check(self, value: AnyValue, path: str, problems: list[Problem]) -> AnyValue:
        return value

    def shown(self) -> str:
        return "Any"


ANY = _Anything()
BOOL = _Scalar("Bool", (bool,))
INT = _Scalar("Int", (int,), (bool,))
FLOAT = _Scalar("Float", (float, int))
STRING = _Scalar("String", (str,))

for _type, _things in {
    ANY: (typing.Any, object, "Any"),
    BOOL: (bool, "Bool"),
    INT: (int, "Int"),
    FLOAT: (float, "Float"),
    STRING: (str, "String"),
}.items():
    known_as(_type, *_things)


class _Source(ConfigType):
    """A value, or ``{"env": NAME}`` for what a variable of the environment holds."""

    def __init__(self, inner: _Scalar) -> None:
        self.inner = inner

    def check(self, value: AnyValue, path: str, problems: list[Problem]) -> AnyValue:
        if isinstance(value, dict):
            if list(value) != ["env"] or not isinstance(value["env"], str):
                refuse(self, value, path, problems)
                return value
            try:
                return self._read(environment_value(EnvVar(value["env"])))
            except InvalidConfigError as error:
                problems.append(Problem(path, str(error)))
            except ValueError:
                name = value["env"]
                problems.append(Problem(path, f"the environment variable {name!r} holds no {self.inner.shown()}"))
            return value
        return self.inner.check(value, path, problems)

    def _read(self, text: str) -> AnyValue:
        if self.inner is INT:
            return int(text)
        if self.inner is BOOL:
            words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
            if text.lower() not in words:
                raise ValueError(text)
            return words[text.lower()]
        return text

    def shown(self) -> str:
        return f"{self.inner.shown()} or {{env: String}}"


StringSource = _Source(STRING)
"""A text, or ``{"env": NAME}``."""
IntSource = _Source(INT)
"""A whole number, or ``{"env": NAME}``."""
BoolSource = _Source(BOOL)
"""A truth value, or ``{"env": NAME}``."""


class EnumValue:
    """One name of an :class:`Enum`, and the Python value that it stands for (by default the name itself).

    >>> EnumValue("LOW", python_value=1).python_value
    1
    """

    def __init__(self, config_value: str, python_value: AnyValue = None, description: str | None = None) -> None:
        if not isinstance(config_value, str):
            raise InvalidConfigDefinitionError(f"An EnumValue is a name, a string; got {config_value!r}.")
        self.config_value = config_value
        self.python_value = config_value if python_value is None else python_value
        self.description = description


class Enum(ConfigType):
    """One of some names, each of which stands for a Python value.

    Args:
        name: What the enumeration is called.
        enum_values: The names.

    Raises:
        InvalidConfigDefinitionError: A name stands there twice.

    >>> from notebook_assets.resources.config_types import processed
    >>> processed(Enum("Level", [EnumValue("LOW", 1), EnumValue("HIGH", 2)]), "HIGH")
    2
    """

    def __init__(self, name: str, enum_values: Sequence[EnumValue]) -> None:
        self.given_name = name
        self.enum_values = list(enum_values)
        self._values = {each.config_value: each.python_value for each in self.enum_values}
        if len(self._values) < len(self.enum_values):
            names = [each.config_value for each in self.enum_values]
            twice = next(each for each in names if names.count(each) > 1)
            raise InvalidConfigDefinitionError(
                f"The Enum {name!r} has the name {twice!r} twice; a name stands for one value."
            )

    @classmethod
    def from_python_enum(cls, enum: type[enum.Enum], name: str | None = None) -> Enum:
        """Return the enumeration of the members of a Python one, which are what the names stand for."""
        return cls(name or enum.__name__, [EnumValue(each.name, python_value=each) for each in enum])

    @classmethod
    def from_python_enum_direct_values(cls, enum: type[enum.Enum], name: str | None = None) -> Enum:
        """Return the enumeration of a Python one, whose names stand for the members' values."""
        return cls(name or enum.__name__, [EnumValue(each.name, python_value=each.value) for each in enum])

    def check(self, value: AnyValue, path: str, problems: list[Problem]) -> AnyValue:
        """Return what the name stands for."""
        if isinstance(value, str) and value in self._values:
            return self._values[value]
        near = did_you_mean(value, self._values) if isinstance(value, str) else ""
        refuse(self, value, path, problems, near)
        return value

    def shown(self) -> str:
        """Return the names."""
        return f"{self.given_name} ({', '.join(self._values)})"


class ScalarUnion(ConfigType):
    """A single value of one type, or else something that is none: a dict or a list.

    >>> from notebook_assets.resources.config_types import processed
    >>> either = ScalarUnion(scalar_type=str, non_scalar_schema={"rows": int})
    >>> processed(either, "all"), processed(either, {"rows": 3})
    ('all', {'rows': 3})
    """

    def __init__(self, scalar_type: AnyValue, non_scalar_schema: AnyValue, _key: str | None = None) -> None:
        self.scalar_type = config_type_of(scalar_type)
        self.non_scalar_type = config_type_of(non_scalar_schema)

    def check(self, value: AnyValue, path: str, problems: list[Problem]) -> AnyValue:
        """Check it as what it is."""
        if value is None:
            refuse(self, value, path, problems)
            return None
        kind = self.non_scalar_type if isinstance(value, dict | list) else self.scalar_type
        return kind.check(value, path, problems)

    def shown(self) -> str:
        """Return both types."""
        return f"{self.scalar_type.shown()} or {self.non_scalar_type.shown()}"
