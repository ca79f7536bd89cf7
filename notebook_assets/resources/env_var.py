"""EnvVar: a value that is read from the environment when a run begins, not when it is written."""

from __future__ import annotations

import os
from typing import Any

from notebook_assets.errors import InvalidConfigError


class EnvVar(str):
    """Stands for the value of an environment variable, in configuration and in the arguments of resources.

    What it stands for is looked up when it is needed, so that secrets are neither written down nor kept.

    >>> import os
    >>> os.environ["GREETING_FOR_DOCS"] = "hello"
    >>> EnvVar("GREETING_FOR_DOCS").get_value()
    'hello'
    >>> EnvVar("NOT_SET_FOR_DOCS").get_value("else")
    'else'
    """

    @property
    def env_var_name(self) -> str:
        """The name of the variable."""
        return str.__str__(self)

    @classmethod
    def int(cls, name: str) -> IntEnvVar:
        """Stand for a whole number that is kept in an environment variable."""
        return IntEnvVar.of(name)

    def get_value(self, default: str | None = None) -> str | None:
        """Return the value as it is now; ``default`` where the variable is not set."""
        return os.getenv(self.env_var_name, default=default)

    def __str__(self) -> str:
        raise RuntimeError(
            f"{self!r} stands for a value that is read when a run begins; call get_value() to read it now, or give it "
            "to a resource or a run's configuration as it is."
        )

    def __repr__(self) -> str:
        return f"EnvVar({super().__repr__()})"


class IntEnvVar(int):
    """What :meth:`EnvVar.int` gives: stands for a whole number in the environment.

    >>> EnvVar.int("PORT")
    EnvVar.int('PORT')
    """

    env_var_name: str

    @classmethod
    def of(cls, name: str) -> IntEnvVar:
        """Return the stand-in for the variable ``name``."""
        made = cls(0)
        made.env_var_name = name
        return made

    def get_value(self, default: int | None = None) -> int | None:
        """Return the value as it is now; ``default`` where the variable is not set.

        Raises:
            ValueError: It is set to something else than a whole number.
        """
        found = os.getenv(self.env_var_name)
        try:
            return default if found is None else int(found)
        except ValueError:  # whose text would show the value
            raise ValueError(f"the environment variable {self.env_var_name!r} holds no whole number") from None

    def __str__(self) -> str:
        raise RuntimeError(f"{self!r} stands for a value that is read when a run begins; call get_value() to read it.")

    def __repr__(self) -> str:
        return f"EnvVar.int({self.env_var_name!r})"


def is_env_var(value: object) -> bool:
    """Return whether it stands for a variable of the environment.

    >>> is_env_var(EnvVar("HOME")), is_env_var("HOME")
    (True, False)
    """
    return isinstance(value, EnvVar | IntEnvVar)


def holds_env_vars(value: object) -> bool:
    """Return whether it is a stand-in, or a dict or a list with one in it.

    >>> holds_env_vars({"a": [EnvVar("HOME")]})
    True
    """
    if isinstance(value, dict):
        return any(map(holds_env_vars, value.values()))
    return any(map(holds_env_vars, value)) if isinstance(value, list | tuple) else is_env_var(value)


def environment_value(value: object) -> Any:
    """Return what a stand-in stands for.

    Raises:
        InvalidConfigError: The variable is not set, or holds no whole number where one is wanted.
    """
    if not isinstance(value, EnvVar | IntEnvVar):
        return value
    try:
        found = value.get_value()
    except ValueError:
        raise InvalidConfigError(f"the environment variable {value.env_var_name!r} holds no whole number") from None
    if found is None:
        raise InvalidConfigError(f"the environment variable {value.env_var_name!r} is not set")
    return found


def resolved(value: Any) -> Any:
    """Return it with what stand-ins stand for in their places, to any depth of dicts and lists.

    Raises:
        InvalidConfigError: A variable is not set.

    >>> resolved({"a": [1, "b"]})
    {'a': [1, 'b']}
    """
    if isinstance(value, dict):
        return {name: resolved(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(resolved, value)) if type(value) in (list, tuple) else value
    return environment_value(value)
